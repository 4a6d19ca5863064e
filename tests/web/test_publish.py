import re
from datetime import timedelta

import httpx
import orjson
import pytest

from foedus.hub import Hub
from foedus.identity.accounts import Account
from foedus.intel.pages import Filters
from tests.web.conftest import SignIn, form_token

WHAT = "hxxps://mail-sync[.]example/login\n203.0.113.7"


@pytest.fixture
async def norway(browser: httpx.AsyncClient, sign_in: SignIn) -> httpx.AsyncClient:
    await sign_in("norway")  # type: ignore[misc]  # as everywhere here
    return browser


async def filled(browser: httpx.AsyncClient, **chosen: str) -> dict[str, str]:
    """Fill in the form of the page as it is shown."""
    page = (await browser.get("/publish")).text
    main = page[page.index("<main") :]
    form = dict(re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', main))
    form["form-token"] = form_token(main)
    return form | {"what": WHAT, "level": "1", "who": "members"} | chosen


def titles(hub: Hub, account: str) -> list[str]:
    viewer = hub.authenticator.named(account).viewer()
    found = []
    for collection in hub.reading.collections(viewer):
        page = hub.reading.page(viewer, collection, Filters(), limit=10_000)
        found += [orjson.loads(each.raw).get("name", "") for each in page.records]
    return found


def reader(hub: Hub, name: str) -> Account:
    return hub.authenticator.named(name)


async def test_before_anything_is_published_it_is_shown_who_receives_it(
    norway: httpx.AsyncClient, hub: Hub
) -> None:
    form = await filled(norway)
    page = (await norway.post("/publish", data=form | {"preview": "1"})).text
    assert "32 nations will receive it" in page
    assert "Publish to 32 nations" in page
    assert "hxxps://mail-sync[.]example/login" in page
    assert "NATO RESTRICTED" in page
    assert "203.0.113.7" not in titles(hub, "norway")


async def test_what_is_published_goes_to_whom_it_was_said_to(
    norway: httpx.AsyncClient, hub: Hub
) -> None:
    form = await filled(norway)
    answer = await norway.post("/publish", data=form | {"publish": "1"})
    assert answer.status_code == 303
    wanted = {"https://mail-sync.example/login", "203.0.113.7"}
    assert wanted <= set(titles(hub, "norway"))
    assert wanted <= set(titles(hub, "sweden"))
    assert not wanted & set(titles(hub, "moldova"))


async def test_nothing_chosen_goes_to_the_own_nation_alone(
    norway: httpx.AsyncClient, hub: Hub
) -> None:
    form = await filled(norway, what="own.example", who="own", level="0")
    page = (await norway.post("/publish", data=form | {"preview": "1"})).text
    assert "Publish to your nation only" in page
    await norway.post("/publish", data=form | {"publish": "1"})
    assert "own.example" in titles(hub, "norway")
    assert "own.example" not in titles(hub, "sweden")


async def test_one_value_leads_to_its_object(norway: httpx.AsyncClient) -> None:
    form = await filled(norway, what="one.example", note="Seen twice.")
    answer = await norway.post("/publish", data=form | {"publish": "1"})
    page = (await norway.get(answer.headers["location"])).text
    assert "one.example" in page
    assert "Seen twice." in page
    assert "Published." in page


async def test_a_form_that_is_sent_twice_publishes_once(
    norway: httpx.AsyncClient, hub: Hub
) -> None:
    form = await filled(norway, what="twice.example") | {"publish": "1"}
    first = await norway.post("/publish", data=form)
    second = await norway.post("/publish", data=form)
    assert first.headers["location"] == second.headers["location"]
    assert titles(hub, "norway").count("twice.example") == 1


async def test_a_form_that_lay_open_too_long_is_dated_anew(
    norway: httpx.AsyncClient, hub: Hub
) -> None:
    old = (hub.clock() - timedelta(hours=25)).strftime("%Y-%m-%dT%H:%M:%S.000Z")
    form = await filled(norway, what="late.example", at=old) | {"publish": "1"}
    answer = await norway.post("/publish", data=form)
    page = (await norway.get(answer.headers["location"])).text
    assert old[:10] not in page


@pytest.mark.parametrize(
    ("chosen", "said"),
    [
        ({"what": "not a value"}, "write one a line"),
        ({"what": ""}, "Paste a domain"),
        ({"who": "everybody", "level": "2"}, "lowest level"),
        ({"nations": "Atlantis"}, "Atlantis"),
        ({"level": "4"}, "clearance"),
        ({"collection": "elsewhere"}, "Choose a collection"),
        ({"meaning": "fun"}, "what it means"),
    ],
)
async def test_what_cannot_be_published_is_said_and_nothing_is_lost(
    norway: httpx.AsyncClient, chosen: dict[str, str], said: str
) -> None:
    form = await filled(norway, note="Keep me.", **chosen)
    page = (await norway.post("/publish", data=form | {"preview": "1"})).text
    assert said in page
    assert "Keep me." in page


async def test_who_changes_something_finds_the_form_as_it_was(
    norway: httpx.AsyncClient,
) -> None:
    form = await filled(norway, note="Keep me.", nations="UKR") | {"change": "1"}
    page = (await norway.post("/publish", data=form)).text
    assert "Keep me." in page
    assert 'value="UKR"' in page
    assert form["at"] in page


async def test_levels_above_the_clearance_cannot_be_chosen(
    norway: httpx.AsyncClient,
) -> None:
    page = (await norway.get("/publish")).text
    assert re.search(r'value="4" disabled>COSMIC TOP SECRET', page)


async def test_a_form_from_elsewhere_is_refused(norway: httpx.AsyncClient) -> None:
    form = await filled(norway) | {"publish": "1", "form-token": "x"}
    assert (await norway.post("/publish", data=form)).status_code == 403


async def test_who_is_not_signed_in_signs_in_first(browser: httpx.AsyncClient) -> None:
    assert (await browser.get("/publish")).status_code == 303
