"""Pages of releases, as their author, whom they ask and whom they concern."""

import re
from datetime import timedelta

import httpx
import pytest

from foedus.hub import Hub
from foedus.ids import ReleaseId
from foedus.intel import releasing
from foedus.intel.releases import Draft
from foedus.web.releases import label_of, make_row, may_release
from tests.web.conftest import SignIn, form_token

SELECTION = "NATO RESTRICTED // REL TO NATO 2024-03-07"
REASON = "harbour-lights-shared"
NOWHERE = "release--00000000-0000-4000-8000-000000000009"


@pytest.fixture
async def release(hub: Hub) -> ReleaseId:
    """Norway's release to Moldova, which asks Sweden."""
    account = hub.authenticator.named("norway")
    act = hub.act(account, door="test", at=hub.clock())
    draft = Draft(
        to=("MDA",),
        label=SELECTION,
        since=act.at.date() - timedelta(days=1),
        ask=("SWE",),
        reason=REASON,
    )
    release, _, position = await releasing.add(hub.desk, account.viewer(), act, draft)
    await hub.seen([position])
    await hub.delivered()
    return release


def _count(hub: Hub, name: str) -> int:
    viewer = hub.authenticator.named(name).viewer()
    collections = hub.reading.collections(viewer)
    return sum(hub.reading.count(viewer, each) for each in collections)


def _buttons(page: str) -> list[str]:
    main = page[page.index("<main") :]
    return re.findall(r"<button[^>]*>([^<]+)</button>", main)


async def _press(
    browser: httpx.AsyncClient, release: str, verb: str, **fields: str
) -> httpx.Response:
    page = await browser.get(f"/releases/{release}")
    form = {"form-token": form_token(page.text)} | fields
    return await browser.post(f"/releases/{release}/{verb}", data=form)


@pytest.mark.parametrize(
    ("name", "buttons"),
    [
        ("norway", ["Withdraw the release"]),
        ("sweden", ["Consent for Sweden"]),
        ("moldova", []),
        ("duty", ["Withdraw the release"]),
    ],
)
async def test_a_release_is_shown_to_whom_it_concerns_with_what_they_may_do(
    name: str,
    buttons: list[str],
    release: ReleaseId,
    browser: httpx.AsyncClient,
    sign_in: SignIn,
) -> None:
    await sign_in(name)

    listed = (await browser.get("/releases")).text
    page = (await browser.get(f"/releases/{release}")).text

    assert f"/releases/{release}" in listed
    assert REASON in page
    assert "NATO RESTRICTED" in page
    assert _buttons(page) == buttons


async def test_whom_a_release_does_not_concern_it_is_not_there(
    release: ReleaseId, browser: httpx.AsyncClient, sign_in: SignIn
) -> None:
    await sign_in("illustria")

    listed = (await browser.get("/releases")).text
    hidden = await browser.get(f"/releases/{release}")
    absent = await browser.get(f"/releases/{NOWHERE}")

    assert "No release concerns you yet." in listed
    assert hidden.status_code == absent.status_code == 404
    assert REASON not in hidden.text
    assert len(hidden.text) == len(absent.text)


@pytest.mark.parametrize("verb", ["consent", "withdraw"])
async def test_nothing_is_done_to_a_release_that_one_may_not_know(
    verb: str,
    release: ReleaseId,
    hub: Hub,
    browser: httpx.AsyncClient,
    sign_in: SignIn,
) -> None:
    await sign_in("illustria")
    before = _count(hub, "moldova")
    form = {"form-token": form_token((await browser.get("/releases")).text)}

    answer = await browser.post(
        f"/releases/{release}/{verb}", data=form | {"reason": "mischief"}
    )

    assert answer.status_code == 404
    assert _count(hub, "moldova") == before


async def test_its_author_ends_a_release_and_says_why(
    release: ReleaseId, hub: Hub, browser: httpx.AsyncClient, sign_in: SignIn
) -> None:
    await sign_in("norway")
    before = _count(hub, "moldova")

    answer = await _press(browser, release, "withdraw", reason="was too much")
    page = await browser.get(answer.headers["location"])

    assert answer.status_code == 303
    assert 'role="status">The release is withdrawn' in page.text
    assert _buttons(page.text) == []
    assert _count(hub, "moldova") < before


async def test_without_a_reason_no_release_ends(
    release: ReleaseId, hub: Hub, browser: httpx.AsyncClient, sign_in: SignIn
) -> None:
    await sign_in("norway")
    before = _count(hub, "moldova")

    answer = await _press(browser, release, "withdraw", reason="  ")

    assert answer.status_code == 400
    assert "Say why" in answer.text
    assert _count(hub, "moldova") == before


async def test_who_was_asked_consents_and_leaves_again(
    release: ReleaseId, hub: Hub, browser: httpx.AsyncClient, sign_in: SignIn
) -> None:
    await sign_in("sweden")
    before = _count(hub, "moldova")

    consented = await _press(browser, release, "consent")
    page = (await browser.get(consented.headers["location"])).text
    with_sweden = _count(hub, "moldova")
    left = await _press(browser, release, "withdraw", reason="second thoughts")
    after = (await browser.get(left.headers["location"])).text

    assert "Your nation has consented." in page
    assert _buttons(page) == ["Withdraw your consent"]
    assert with_sweden > before == _count(hub, "moldova")
    assert "consent is withdrawn" in after
    assert _buttons(after) == ["Consent for Sweden"]


async def test_what_the_rules_refuse_is_said_on_the_page(
    release: ReleaseId, browser: httpx.AsyncClient, sign_in: SignIn
) -> None:
    await sign_in("moldova")

    consent = await _press(browser, release, "consent")
    withdrawal = await _press(browser, release, "withdraw", reason="keep this text")

    assert consent.status_code == 422
    assert "was not asked" in consent.text
    assert withdrawal.status_code == 403
    assert "Only its author" in withdrawal.text


@pytest.mark.parametrize("verb", ["consent", "withdraw"])
async def test_a_form_of_another_site_changes_no_release(
    verb: str,
    release: ReleaseId,
    hub: Hub,
    browser: httpx.AsyncClient,
    sign_in: SignIn,
) -> None:
    await sign_in("sweden" if verb == "consent" else "norway")
    before = _count(hub, "moldova")

    answer = await browser.post(
        f"/releases/{release}/{verb}", data={"form-token": "guess", "reason": "x"}
    )

    assert answer.status_code == 403
    assert _count(hub, "moldova") == before


async def test_who_has_not_signed_in_is_sent_to_do_so(
    browser: httpx.AsyncClient,
) -> None:
    answer = await browser.get("/releases")

    assert answer.headers["location"] == "/sign-in?next=/releases"


def test_a_row_says_who_was_asked_and_has_not_answered(
    hub: Hub, release: ReleaseId
) -> None:
    viewer = hub.authenticator.named("norway").viewer()
    with hub.reading.snapshot() as seen:
        [found] = releasing.shown(seen, viewer)
        row = make_row(found, viewer, seen.access)

    assert row.id == release
    assert [(each.nation.code, each.consented) for each in row.asks] == [("SWE", False)]
    assert (row.may_end, row.may_leave, row.may_consent) == (True, False, False)


def test_what_a_release_says_is_for_those_whom_it_concerns(
    hub: Hub, release: ReleaseId
) -> None:
    viewer = hub.authenticator.named("norway").viewer()
    with hub.reading.snapshot() as seen:
        [found] = releasing.shown(seen, viewer)
        label = label_of(found.event, seen.access)

    assert found.event.release == release
    assert label.closed == {"NOR", "SWE", "MDA"}
    assert label.level == hub.alliance.level("NATO RESTRICTED")


def test_a_reader_may_release_nothing(hub: Hub) -> None:
    assert may_release(hub.authenticator.named("norway").viewer())
    assert may_release(hub.authenticator.named("duty").viewer())
