import re

import httpx
import pytest

from foedus.hub import Hub
from foedus.intel.pages import Filters
from tests.web.conftest import SignIn

ALL = re.compile(r'href="/objects/([^"]+)"')


def _id_of(hub: Hub, name: str, text: str) -> str:
    """Find the object of a demo story by a word of it, as an account sees it."""
    viewer = hub.authenticator.named(name).viewer()
    return next(
        record.id
        for each in hub.reading.collections(viewer)
        for record in hub.reading.page(viewer, each, Filters(), limit=100).records
        if text in record.raw.decode()
    )


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


async def test_an_object_says_who_may_see_it_and_why(
    hub: Hub, browser: httpx.AsyncClient, sign_in: SignIn
) -> None:
    await sign_in("sweden")
    stix_id = _id_of(hub, "sweden", "Command server of")

    page = (await browser.get(f"/objects/{stix_id}")).text

    assert "32 nations" in page
    assert "SWE published it" in page
    assert "REL TO NATO 2024-03-07" in page
    assert "pattern_type" in page


async def test_an_object_leads_to_what_it_names_as_far_as_one_sees_it(
    hub: Hub, browser: httpx.AsyncClient, sign_in: SignIn
) -> None:
    await sign_in("norway")
    stix_id = _id_of(hub, "norway", "sighting_of_ref")

    page = (await browser.get(f"/objects/{stix_id}")).text

    assert "Connected to" in page
    assert "Sighting of" in page


@pytest.mark.parametrize("text", ["National until the source", "Joint analysis of two"])
async def test_a_hidden_object_is_like_one_that_is_not(
    text: str, hub: Hub, browser: httpx.AsyncClient, sign_in: SignIn
) -> None:
    hidden_id = _id_of(hub, "norway", text)
    await sign_in("moldova")
    stix_type, _, _ = hidden_id.partition("--")
    absent_id = f"{stix_type}--00000000-0000-4000-8000-000000000000"

    hidden = await browser.get(f"/objects/{hidden_id}")
    absent = await browser.get(f"/objects/{absent_id}")
    nonsense = await browser.get("/objects/nonsense")

    assert {hidden.status_code, absent.status_code, nonsense.status_code} == {404}
    assert _without_time(hidden.text) == _without_time(absent.text)
    assert _without_time(hidden.text) == _without_time(nonsense.text)


def _without_time(page: str) -> str:
    return re.sub(r"\d\d:\d\d(:\d\d)?", "", page)
