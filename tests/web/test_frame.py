import re

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from structlog.testing import capture_logs

from foedus.hub import Hub
from foedus.web.frame import Site, guarded
from foedus.web.rendering import Renderer
from tests.web.conftest import SignIn

CONTENT = "mail-sync.example"


def _rail(page: str) -> list[str]:
    rail = page[page.index('<nav class="rail"') : page.index("</nav>")]
    return re.findall(r'<li><a href="([^"]+)"', rail)


async def test_navigation_lists_what_a_visitor_may_open(
    browser: httpx.AsyncClient, sign_in: SignIn
) -> None:
    before = _rail((await browser.get("/sign-in")).text)
    await sign_in("norway")
    after = _rail((await browser.get("/home")).text)

    assert before == ["/worlds", "/sign-in"]
    assert after == [
        "/home",
        "/inbox",
        "/worlds",
        "/search",
        "/watch",
        "/collections",
        "/releases",
        "/recalls",
        "/decisions",
        "/consultations",
        "/updates",
        "/board",
        "/protocols",
        "/runs",
        "/tasks",
        "/measures",
        "/units",
        "/plans",
        "/exercises",
        "/training",
        "/state",
        "/nations",
        "/regions",
        "/frameworks",
        "/engagements",
        "/map",
        "/plots",
        "/guide",
        "/account",
    ]


async def test_every_page_of_the_navigation_exists(
    browser: httpx.AsyncClient, sign_in: SignIn
) -> None:
    await sign_in("norway")
    paths = _rail((await browser.get("/home")).text)

    codes = [(await browser.get(path)).status_code for path in paths]

    assert codes == [200] * len(paths)


async def test_the_page_that_is_open_is_marked(
    browser: httpx.AsyncClient, sign_in: SignIn
) -> None:
    await sign_in("norway")

    page = (await browser.get("/collections/open")).text

    assert 'href="/collections" aria-current="page"' in page


async def test_a_stranger_learns_nothing_of_the_demo(
    stranger: httpx.AsyncClient,
) -> None:
    page = (await stranger.get("/sign-in")).text
    worlds = await stranger.get("/worlds")
    nothing = await stranger.get("/collections/nothing")

    assert "/worlds" not in page
    assert worlds.status_code == 404
    assert nothing.status_code == 303


async def test_clocks_name_their_place(browser: httpx.AsyncClient) -> None:
    page = (await browser.get("/sign-in")).text

    assert re.search(r"\d\d:\d\d UTC</span>", page)
    assert re.search(r"\d\d:\d\d Brussels</span>", page)


async def test_a_failure_is_a_page_with_an_id_and_the_log_holds_no_values(
    hub: Hub,
) -> None:
    async def fail(_site: Site, _request: Request) -> Response:
        raise ValueError(CONTENT)

    page = guarded(Site(hub=hub, renderer=Renderer()), fail)
    transport = httpx.ASGITransport(app=Starlette(routes=[Route("/", page)]))
    async with httpx.AsyncClient(transport=transport, base_url="http://h") as http:
        with capture_logs() as logged:
            answer = await http.get("/")

    assert answer.status_code == 500
    assert answer.headers["cache-control"] == "no-store"
    [line] = logged
    assert (line["event"], line["error"]) == ("web_request_failed", "ValueError")
    assert line["error_id"] in answer.text
    assert CONTENT not in answer.text + str(logged)


@pytest.fixture
def ordinary(hub: Hub) -> Hub:
    """The same hub, which has forgotten that it is a demo."""
    hub.store.write("DELETE FROM setting WHERE name = :name", {"name": "demo.seats"})
    return hub


async def test_an_ordinary_hub_has_no_page_of_worlds(
    ordinary: Hub, browser: httpx.AsyncClient
) -> None:
    worlds = await browser.get("/worlds")
    events = await browser.get("/worlds/events")
    published = await browser.post("/worlds", data={})

    assert ordinary.store.setting("demo.seats") is None
    assert {worlds.status_code, events.status_code, published.status_code} == {404}
