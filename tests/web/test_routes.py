import re

import httpx
import pytest

from foedus.hub import Hub
from foedus.web.rendering import POLICY
from tests.web.conftest import SignIn

PAGES = [
    "/worlds",
    "/sign-in",
    "/home",
    "/collections",
    "/collections/open",
    "/releases",
    "/releases/new",
]
EVERYWHERE = [*PAGES, "/account", "/objects/nothing", "/collections/nothing"]


@pytest.mark.parametrize("path", EVERYWHERE)
async def test_no_page_holds_script_or_style_of_its_own_or_a_foreign_host(
    path: str, browser: httpx.AsyncClient, sign_in: SignIn
) -> None:
    await sign_in("norway")

    page = (await browser.get(path)).text
    markup = re.sub(r">[^<]*<", "><", page)

    assert re.search(r"\sstyle=|\son[a-z]+=|<style|<script>", markup) is None
    assert re.findall(r'(?:src|href|action)="(?![/#])', markup) == []


@pytest.mark.parametrize("path", EVERYWHERE)
async def test_every_page_forbids_keeping_embedding_and_foreign_content(
    path: str, browser: httpx.AsyncClient, sign_in: SignIn
) -> None:
    await sign_in("norway")

    headers = (await browser.get(path)).headers

    assert headers["content-security-policy"] == POLICY
    assert headers["cache-control"] == "no-store"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"


async def test_a_file_of_style_may_be_kept_under_the_name_of_its_content(
    browser: httpx.AsyncClient,
) -> None:
    page = (await browser.get("/sign-in")).text
    address = re.search(r'/static/base\.css\?v=[^"]+', page)
    assert address is not None

    named = await browser.get(address[0])
    bare = await browser.get("/static/base.css")

    assert "immutable" in named.headers["cache-control"]
    assert bare.headers["cache-control"] == "no-cache"
    assert named.content == bare.content


async def test_a_file_that_the_browser_has_is_not_sent_again(
    browser: httpx.AsyncClient,
) -> None:
    first = await browser.get("/static/foedus.js")

    again = await browser.get(
        "/static/foedus.js", headers={"If-None-Match": first.headers["etag"]}
    )

    assert (again.status_code, again.content) == (304, b"")


async def test_style_travels_packed_and_pages_never_do(
    browser: httpx.AsyncClient,
) -> None:
    packed = await browser.get("/static/base.css")
    plain = await browser.get("/static/base.css", headers={"Accept-Encoding": "br"})
    page = await browser.get("/sign-in")
    assert packed.headers["content-encoding"] == "gzip"
    assert packed.headers["vary"] == "Accept-Encoding"
    assert "content-encoding" not in plain.headers
    assert packed.content == plain.content
    assert "content-encoding" not in page.headers


async def test_there_is_no_other_file(browser: httpx.AsyncClient) -> None:
    assert (await browser.get("/static/other.css")).status_code == 404


async def test_the_script_is_short(browser: httpx.AsyncClient) -> None:
    assert len((await browser.get("/static/foedus.js")).content) <= 6_144
    assert len((await browser.get("/static/keys.js")).content) <= 6_144


async def test_the_start_leads_to_the_worlds_of_a_demo_hub(
    browser: httpx.AsyncClient,
) -> None:
    assert (await browser.get("/")).headers["location"] == "/worlds"


async def test_the_start_leads_anybody_else_to_sign_in(
    stranger: httpx.AsyncClient,
) -> None:
    answer = await stranger.get("/")

    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in")


async def test_the_start_leads_home_who_is_signed_in(
    browser: httpx.AsyncClient, sign_in: SignIn
) -> None:
    await sign_in("sweden")

    assert (await browser.get("/")).headers["location"] == "/home"


async def test_a_page_of_style_and_markup_is_small(
    hub: Hub, browser: httpx.AsyncClient
) -> None:
    page = await browser.get("/worlds")

    assert hub.alliance.code == "NATO"
    assert len(page.content) < 150_000
