"""Making a release: filled in, looked at, confirmed."""

import re
from collections.abc import AsyncIterator
from datetime import timedelta

import httpx
import pytest
from starlette.applications import Starlette

from foedus.hub import Hub
from foedus.identity.commands import open_account
from foedus.identity.rules import Opening
from foedus.ids import NationCode
from foedus.intel import releasing
from foedus.releasability.viewers import Role
from foedus.web.routes import routes
from foedus.web.visitors import session_cookie
from tests.web.conftest import SignIn, form_token

FIELDS = {
    "to": "Moldova",
    "label": "NATO RESTRICTED // REL TO NATO 2024-03-07",
    "since": "2026-01-01",
    "ask": "SWE",
    "reason": "spring campaign <b>",
}


@pytest.fixture
def fields(hub: Hub) -> dict[str, str]:
    since = hub.clock().date() - timedelta(days=30)
    return FIELDS | {"since": since.isoformat()}


@pytest.fixture
async def norway(browser: httpx.AsyncClient, sign_in: SignIn) -> httpx.AsyncClient:
    """Somebody who has signed in as Norway's publisher."""
    await sign_in("norway")
    return browser


async def _send(
    browser: httpx.AsyncClient, path: str, fields: dict[str, str]
) -> httpx.Response:
    token = form_token((await browser.get("/releases/new")).text)
    return await browser.post(path, data=fields | {"form-token": token})


def _hidden(page: str) -> dict[str, str]:
    """Take what the page of the preview carries on to the confirmation."""
    form = page[page.index('action="/releases"') :]
    pairs = re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', form)
    return {
        name: value.replace("&lt;", "<").replace("&gt;", ">") for name, value in pairs
    }


def _released(hub: Hub) -> int:
    viewer = hub.authenticator.named("norway").viewer()
    with hub.reading.snapshot() as seen:
        return len(releasing.shown(seen, viewer))


def _count(hub: Hub, name: str) -> int:
    viewer = hub.authenticator.named(name).viewer()
    collections = hub.reading.collections(viewer)
    return sum(hub.reading.count(viewer, each) for each in collections)


async def test_a_preview_says_what_it_does_and_does_nothing(
    fields: dict[str, str], hub: Hub, browser: httpx.AsyncClient, sign_in: SignIn
) -> None:
    await sign_in("norway")
    before = _count(hub, "moldova")

    answer = await _send(browser, "/releases/new", fields)

    assert answer.status_code == 200
    assert re.search(r"\d+ objects of Norway will become visible", answer.text)
    assert "Release to Republic of Moldova" in answer.text
    assert "spring campaign &lt;b&gt;" in answer.text
    assert "By label" in answer.text
    assert (_released(hub), _count(hub, "moldova")) == (0, before)


async def test_what_was_looked_at_is_released_on_confirmation(
    fields: dict[str, str], hub: Hub, browser: httpx.AsyncClient, sign_in: SignIn
) -> None:
    await sign_in("norway")
    before = _count(hub, "moldova")
    seen = await _send(browser, "/releases/new", fields)

    answer = await browser.post("/releases", data=_hidden(seen.text))
    page = (await browser.get(answer.headers["location"])).text

    assert answer.status_code == 303
    assert "The release is made." in page
    assert "spring campaign &lt;b&gt;" in page
    assert _count(hub, "moldova") > before


async def test_a_confirmation_that_is_sent_twice_releases_once(
    fields: dict[str, str], hub: Hub, browser: httpx.AsyncClient, sign_in: SignIn
) -> None:
    await sign_in("norway")
    form = _hidden((await _send(browser, "/releases/new", fields)).text)

    first = await browser.post("/releases", data=form)
    second = await browser.post("/releases", data=form)

    assert first.headers["location"] == second.headers["location"]
    assert _released(hub) == 1


async def test_the_same_release_may_be_made_again_on_purpose(
    fields: dict[str, str], hub: Hub, browser: httpx.AsyncClient, sign_in: SignIn
) -> None:
    await sign_in("norway")
    for _ in range(2):
        form = _hidden((await _send(browser, "/releases/new", fields)).text)
        await browser.post("/releases", data=form)

    assert _released(hub) == 2


@pytest.mark.parametrize(
    "case",
    [
        ({"to": "Atlantis"}, 400, "is no nation or community"),
        ({"to": "NOR"}, 400, "at least one other nation"),
        ({"to": ""}, 400, "at least one other nation"),
        ({"label": "NATO RESTRICTED // REL TO ATLANTIS"}, 422, "ATLANTIS"),
        ({"label": "COSMIC TOP SECRET // REL TO NATO"}, 422, "above your clearance"),
        ({"since": "yesterday"}, 400, "Write since when as a day"),
        ({"since": "2999-01-01"}, 422, "has not come yet"),
        ({"ask": "Atlantis"}, 400, "is no nation or community"),
        ({"label": "x" * 5_000}, 400, "at most 4096 characters"),
    ],
)
@pytest.mark.parametrize("path", ["/releases/new", "/releases"])
async def test_what_is_refused_stands_on_the_form_with_all_that_was_filled_in(
    path: str,
    case: tuple[dict[str, str], int, str],
    fields: dict[str, str],
    hub: Hub,
    norway: httpx.AsyncClient,
) -> None:
    changed, status, said = case

    answer = await _send(norway, path, fields | changed | {"from-now-on": "1"})

    assert answer.status_code == status
    assert said in answer.text
    assert "spring campaign &lt;b&gt;" in answer.text
    assert 'name="from-now-on" value="1" checked' in answer.text
    assert _released(hub) == 0


async def test_one_may_go_back_and_change_what_was_looked_at(
    fields: dict[str, str], browser: httpx.AsyncClient, sign_in: SignIn
) -> None:
    await sign_in("norway")
    seen = await _send(browser, "/releases/new", fields | {"include-controlled": "1"})

    form = _hidden(seen.text) | {"change": "1"}
    answer = await browser.post("/releases/new", data=form)

    assert answer.status_code == 200
    assert 'value="Moldova"' in answer.text
    assert 'name="include-controlled" value="1" checked' in answer.text


@pytest.mark.parametrize("path", ["/releases/new", "/releases"])
async def test_a_form_of_another_site_releases_nothing(
    path: str,
    fields: dict[str, str],
    hub: Hub,
    browser: httpx.AsyncClient,
    sign_in: SignIn,
) -> None:
    await sign_in("norway")

    answer = await browser.post(path, data=fields | {"form-token": "guess"})

    assert answer.status_code == 403
    assert _released(hub) == 0


@pytest.fixture
async def reader(hub: Hub) -> AsyncIterator[httpx.AsyncClient]:
    """A person of Norway who may read and nothing else."""
    opening = Opening(
        name="reader",
        nation=NationCode("NOR"),
        roles=frozenset({Role.READER}),
        clearance=1,
    )
    duty = hub.authenticator.named("duty")
    act = hub.act(duty, door="test", at=hub.clock())
    opened = await open_account(
        hub.registry, opening, None, alliance=hub.alliance, act=act
    )
    await hub.seen([opened.position])
    account = hub.authenticator.named("reader")
    cookie = hub.authenticator.start_session(account).reveal()
    transport = httpx.ASGITransport(app=Starlette(routes=routes(hub)))
    async with httpx.AsyncClient(
        transport=transport,
        base_url="http://127.0.0.1:8440",
        cookies={session_cookie(hub): cookie},
    ) as client:
        yield client


async def test_who_may_release_nothing_sees_no_way_to_do_so(
    fields: dict[str, str], hub: Hub, reader: httpx.AsyncClient
) -> None:
    listed = (await reader.get("/releases")).text
    form = fields | {"form-token": form_token(listed)}

    shown = await reader.get("/releases/new")
    answers = [
        await reader.post(path, data=form) for path in ("/releases/new", "/releases")
    ]

    assert "/releases/new" not in listed
    assert {shown.status_code, *(each.status_code for each in answers)} == {403}
    assert _released(hub) == 0


async def test_nations_without_standing_are_named_before_the_release(
    fields: dict[str, str], browser: httpx.AsyncClient, sign_in: SignIn
) -> None:
    await sign_in("norway")

    answer = await _send(browser, "/releases/new", fields | {"to": "MDA, BLR"})

    assert "Without standing" in answer.text
    assert "Release to 2 nations" in answer.text


async def test_a_release_of_nothing_yet_says_so(
    fields: dict[str, str], browser: httpx.AsyncClient, sign_in: SignIn
) -> None:
    await sign_in("moldova")

    answer = await _send(browser, "/releases/new", fields | {"to": "SWE", "ask": ""})

    assert "would become visible now" in answer.text
