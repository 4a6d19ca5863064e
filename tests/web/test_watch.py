"""The watch: what arrived since the last one, and what waits."""

import re
from datetime import timedelta

import httpx
import orjson
import pytest

from foedus.clock import to_ms
from foedus.eventlog.envelope import Act, Who
from foedus.hub import Hub
from foedus.identity.accounts import Account, Holder
from foedus.identity.commands import open_account
from foedus.identity.rules import Opening
from foedus.identity.tokens import TokenTerms
from foedus.identity.webhooks import Webhook
from foedus.ids import WHOEVER_RUNS_THE_HUB, NationCode
from foedus.intel.pages import Filters
from foedus.processes.webhook_registering import Application, register
from foedus.releasability.viewers import Role
from tests.api.world import indicator
from tests.web.conftest import SignIn, form_token

ROWS = re.compile(r'<li id="arrived-([^"]+)"')
UNTIL = re.compile(r'name="until" value="(\d+)"')
FOUNDER = Who(account=WHOEVER_RUNS_THE_HUB, nation=NationCode("NATO"), door="cli")


async def seen(browser: httpx.AsyncClient, **fields: str) -> httpx.Response:
    """Say that what the page shows has been seen."""
    page = (await browser.get("/watch")).text
    found = UNTIL.search(page)
    until = found[1] if found else "0"
    form = {"form-token": form_token(page), "until": until} | fields
    return await browser.post("/watch", data=form)


async def service(hub: Hub, nation: str) -> Account:
    """Open the account of a service of a nation."""
    opening = Opening(
        name=f"siem-{nation.lower()}",
        nation=nation,
        roles=frozenset({Role.READER}),
        holder=Holder.SERVICE,
    )
    act = Act(who=FOUNDER, at=hub.clock())
    opened = await open_account(
        hub.registry, opening, TokenTerms(), alliance=hub.alliance, act=act
    )
    hub.projector.catch_up()
    return hub.authenticator.named(opened.name)


async def webhook(hub: Hub, nation: str) -> Webhook:
    asked = Application(url="https://siem.example/in?key=hidden", ceiling="NU")
    account = await service(hub, nation)
    made, _ = await register(hub.dispatch, account, asked, at=hub.clock())
    return made


async def test_a_first_watch_shows_the_last_day_and_no_more_than_one_sees(
    browser: httpx.AsyncClient, sign_in: SignIn
) -> None:
    await sign_in("norway")
    norway = ROWS.findall((await browser.get("/watch")).text)
    browser.cookies.clear()
    await sign_in("moldova")
    page = (await browser.get("/watch")).text
    moldova = ROWS.findall(page)

    assert moldova
    assert set(norway) - set(moldova)
    assert "in the last 24 hours" in page
    assert 'data-follow="/live"' in page


async def test_what_was_seen_is_not_shown_again_and_what_came_meanwhile_is(
    hub: Hub, browser: httpx.AsyncClient, sign_in: SignIn
) -> None:
    await sign_in("sweden")
    before = (await browser.get("/watch")).text
    rows = ROWS.findall(before)
    newest = UNTIL.search(before)
    assert newest is not None
    await publish(hub)

    done = await seen(browser, until=newest[1])

    assert (done.status_code, done.headers["location"]) == (303, "/watch?done=seen")
    after = (await browser.get("/watch?done=seen")).text
    assert 'role="status">Noted.' in after
    assert "since your last watch" in after
    assert len(ROWS.findall(after)) == 1
    assert not set(ROWS.findall(after)) & set(rows)


async def publish(hub: Hub) -> None:
    account = hub.authenticator.named("sweden")
    act = hub.act(account, door="web", at=hub.clock())
    place = hub.reading.collection(account.viewer(), "open")
    outcomes = await hub.publish(account, act, place.id, [orjson.dumps(indicator(1))])
    assert outcomes[0].outcome == "stored", outcomes


async def test_after_everything_was_seen_there_is_nothing_and_it_says_so(
    browser: httpx.AsyncClient, sign_in: SignIn
) -> None:
    await sign_in("sweden")
    await seen(browser)
    page = (await browser.get("/watch")).text
    assert ROWS.findall(page) == []
    assert "Nothing has arrived since." in page


async def test_nobody_marks_what_is_still_to_come_or_nonsense(
    hub: Hub, browser: httpx.AsyncClient, sign_in: SignIn
) -> None:
    await sign_in("sweden")
    account = hub.authenticator.named("sweden")
    assert (await seen(browser, until="soon")).status_code == 400
    assert (await seen(browser, until="9" * 30)).status_code == 400
    assert hub.keyring.watches.until_us(account.id) is None
    assert (await seen(browser, until="9" * 18)).status_code == 303
    marked = hub.keyring.watches.until_us(account.id)
    assert marked is not None
    assert marked <= to_ms(hub.clock()) * 1_000


def of_sweden(hub: Hub) -> str:
    """Name a report of Sweden's that Norway sees."""
    viewer = hub.authenticator.named("sweden").viewer()
    return next(
        record.id
        for each in hub.reading.collections(viewer)
        for record in hub.reading.page(viewer, each, Filters(), limit=100).records
        if b"Command server of" in record.raw
    )


async def test_a_recall_waits_until_it_is_confirmed(
    hub: Hub, browser: httpx.AsyncClient, sign_in: SignIn
) -> None:
    await sign_in("sweden")
    stix_id = of_sweden(hub)
    asking = (await browser.get(f"/objects/{stix_id}/recall")).text
    form = {
        "form-token": form_token(asking),
        "reason": "It names a hospital",
        "confirm": "recall",
    }
    assert (await browser.post(f"/objects/{stix_id}/recall", data=form)).is_redirect
    browser.cookies.clear()
    await sign_in("norway")

    page = (await browser.get("/watch")).text

    assert "It names a hospital" in page
    address = re.search(r'action="(/recalls/[^"]+/acknowledge)"', page)
    assert address is not None
    token = {"form-token": form_token(page)}
    assert (await browser.post(address[1], data=token)).is_redirect
    assert "It names a hospital" not in (await browser.get("/watch")).text


async def test_ones_nations_webhooks_are_shown_by_host_and_how_they_fare(
    hub: Hub, browser: httpx.AsyncClient, sign_in: SignIn
) -> None:
    made, other = await webhook(hub, "NOR"), await webhook(hub, "SWE")
    await sign_in("norway")

    page = (await browser.get("/watch")).text

    assert "siem-nor" in page
    assert "webhook to siem.example" in page
    assert "nothing sent yet" in page
    assert "key=" not in page
    assert "siem-swe" not in page
    lease = hub.keyring.leases.take("webhooks", hub.clock())
    assert lease is not None
    now = to_ms(hub.clock())
    soon = to_ms(hub.clock() + timedelta(minutes=1))
    webhooks = hub.keyring.webhooks
    webhooks.fail(lease, made, "it answered 500", at_ms=now, next_ms=soon)
    assert ": it answered 500" in (await browser.get("/watch")).text
    webhooks.stop(lease, made, "gone for good")
    assert 'bad end">stopped' in (await browser.get("/watch")).text
    webhooks.resume(made.id)
    webhooks.pause(made.id)
    assert "paused" in (await browser.get("/watch")).text
    webhooks.move(lease, made, "there", taken=True, at_ms=now)
    webhooks.resume(made.id)
    assert "last sent" in (await browser.get("/watch")).text
    assert other.nation == "SWE"


async def test_the_parts_are_those_of_the_page(
    browser: httpx.AsyncClient, sign_in: SignIn
) -> None:
    await sign_in("norway")
    page = (await browser.get("/watch")).text
    answer = await browser.get("/watch/parts")
    parts = answer.json()
    assert answer.headers["cache-control"] == "no-store"
    assert set(parts) == {
        "arrivals",
        "waiting",
        "consumers",
        "seen",
        "rest",
        "marking-top",
        "marking-foot",
    }
    for html in parts.values():
        assert html.strip() in page
    assert all(f'id="{name}"' in page for name in parts)


@pytest.mark.parametrize("path", ["/watch", "/watch/parts"])
async def test_only_who_has_signed_in_watches(
    browser: httpx.AsyncClient, path: str
) -> None:
    answer = await browser.get(path)
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/sign-in")
