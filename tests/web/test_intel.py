import re

import httpx

from foedus.hub import Hub
from tests.web.conftest import SignIn

ALL = re.compile(r'href="/objects/([^"]+)"')


async def test_home_shows_what_changed_and_no_more_than_the_account_sees(
    browser: httpx.AsyncClient, sign_in: SignIn
) -> None:
    await sign_in("norway")
    norway = set(ALL.findall((await browser.get("/home")).text))
    browser.cookies.clear()
    await sign_in("moldova")
    moldova = set(ALL.findall((await browser.get("/home")).text))

    assert moldova
    assert norway - moldova


async def test_the_collections_are_listed_with_what_one_may_do(
    browser: httpx.AsyncClient, sign_in: SignIn
) -> None:
    await sign_in("sweden")

    page = (await browser.get("/collections")).text

    assert page.count("read and publish") == 3


async def test_a_collection_is_found_by_alias_and_by_id(
    hub: Hub, browser: httpx.AsyncClient, sign_in: SignIn
) -> None:
    await sign_in("sweden")
    viewer = hub.authenticator.named("sweden").viewer()
    collection = hub.reading.collection(viewer, "warnings")

    by_alias = await browser.get("/collections/warnings")
    by_id = await browser.get(f"/collections/{collection.id}")

    assert by_alias.status_code == by_id.status_code == 200


async def test_a_collection_can_be_read_from_the_oldest(
    browser: httpx.AsyncClient, sign_in: SignIn
) -> None:
    await sign_in("sweden")

    newest = ALL.findall((await browser.get("/collections/warnings")).text)
    oldest = ALL.findall((await browser.get("/collections/warnings?after=")).text)

    assert newest == [each for each in reversed(oldest) if "marking" not in each]


async def test_a_page_goes_on_after_an_instant(
    browser: httpx.AsyncClient, sign_in: SignIn
) -> None:
    await sign_in("sweden")

    later = await browser.get("/collections/open?after=2999-01-01T00:00:00Z")
    wrong = await browser.get("/collections/open?after=yesterday")

    assert "Nothing you may see matches." in later.text
    assert wrong.status_code == 400


async def test_after_an_act_the_list_says_what_was_done_and_no_more_than_that(
    browser: httpx.AsyncClient, sign_in: SignIn
) -> None:
    await sign_in("sweden")

    done = (await browser.get("/collections/open?done=withdrawn")).text
    other = (await browser.get("/collections/open?done=<b>")).text

    assert 'role="status">Withdrawn.' in done
    assert 'role="status"' not in other
