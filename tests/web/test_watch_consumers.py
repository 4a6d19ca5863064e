"""The programs of one's nation on the watch page, and how far they have come."""

from datetime import timedelta

import httpx
import pytest

from foedus.clock import StoppedClock, to_ms
from foedus.eventlog.envelope import Act, Who
from foedus.hub import Hub
from foedus.identity.accounts import Account, Holder
from foedus.identity.commands import close_account, open_account
from foedus.identity.consumers import Consumers
from foedus.identity.rules import Opening
from foedus.identity.tokens import TokenTerms
from foedus.ids import WHOEVER_RUNS_THE_HUB, NationCode
from foedus.processes.consuming import Roll
from foedus.processes.webhook_registering import Application, register
from foedus.releasability.viewers import Role
from foedus.web.watch_consumers import LATE, in_words
from tests.web.conftest import SignIn

FOUNDER = Who(account=WHOEVER_RUNS_THE_HUB, nation=NationCode("NATO"), door="cli")


async def service(
    hub: Hub, name: str, nation: str = "NOR", level: int = 0, role: Role = Role.READER
) -> Account:
    """Open the account of a service."""
    opening = Opening(
        name=name,
        nation=nation,
        roles=frozenset({role}),
        clearance=level,
        holder=Holder.SERVICE,
    )
    act = Act(who=FOUNDER, at=hub.clock())
    opened = await open_account(
        hub.registry, opening, TokenTerms(), alliance=hub.alliance, act=act
    )
    hub.projector.catch_up()
    return hub.authenticator.named(opened.name)


async def shown(roll: Roll, browser: httpx.AsyncClient) -> str:
    """Give the panel of one's nation's programs."""
    roll.write()
    parts = (await browser.get("/watch/parts")).json()
    return str(parts["consumers"])


@pytest.fixture
def clock(hub: Hub) -> StoppedClock:
    return StoppedClock(hub.clock())


@pytest.fixture
def roll(hub: Hub, clock: StoppedClock) -> Roll:
    """What a worker knows whose clock we turn."""
    return Roll(Consumers(hub.store), clock)


async def test_a_stream_is_shown_with_how_far_it_has_come(
    hub: Hub,
    browser: httpx.AsyncClient,
    sign_in: SignIn,
    roll: Roll,
    clock: StoppedClock,
) -> None:
    await sign_in("norway")
    taking = roll.begin(await service(hub, "siem"), "live")
    roll.reach(taking)
    panel = await shown(roll, browser)
    assert "siem</b>" in panel
    assert "live stream" in panel
    assert "up to date</span>" in panel
    roll.reach(taking, to_ms(clock() - timedelta(minutes=2)))
    assert "2 minutes behind" in await shown(roll, browser)
    roll.reach(taking, to_ms(clock() - LATE))
    assert "up to date</span>" in await shown(roll, browser)
    clock.set(hub.clock() - timedelta(minutes=1))
    roll.reach(taking)
    clock.set(hub.clock())
    assert "stalled</span>" in await shown(roll, browser)
    roll.end(taking)
    assert "not connected" in await shown(roll, browser)


async def test_a_client_of_taxii_is_shown_by_collection_with_how_far_it_has_come(
    hub: Hub,
    browser: httpx.AsyncClient,
    sign_in: SignIn,
    roll: Roll,
    clock: StoppedClock,
) -> None:
    await sign_in("norway")
    siem = await service(hub, "siem")
    viewer = hub.authenticator.named("norway").viewer()
    collection = hub.reading.collections(viewer)[0]
    clock.set(hub.clock() - timedelta(days=2))
    roll.note(siem, "taxii", collection.id, None)
    assert "silent</span>" in await shown(roll, browser)
    clock.set(hub.clock())
    roll.note(siem, "taxii", collection.id, 0)
    assert "begins with what there is" in await shown(roll, browser)
    roll.note(siem, "taxii", collection.id, None)
    panel = await shown(roll, browser)
    assert f"TAXII, {collection.title}" in panel
    assert "up to date</span>" in panel
    roll.note(siem, "taxii", "of nobody", None)
    assert (await shown(roll, browser)).count("siem</b>") == 1


async def test_programs_that_see_more_or_are_of_others_are_not_shown(
    hub: Hub, browser: httpx.AsyncClient, sign_in: SignIn, roll: Roll
) -> None:
    await sign_in("norway")
    person = hub.authenticator.named("norway")
    higher = await service(hub, "higher", level=person.clearance + 1)
    others = await service(hub, "others", nation="SWE")
    auditor = await service(hub, "auditor", role=Role.AUDITOR)
    closed = await service(hub, "closed")
    for each in (higher, others, auditor, closed):
        roll.note(each, "live", "", None)
    levels = hub.alliance.levels
    asked = Application(
        url="https://siem.example/in", ceiling=levels[person.clearance + 1].name
    )
    await register(hub.dispatch, higher, asked, at=hub.clock())
    assert "closed</b>" in await shown(roll, browser)
    act = Act(who=FOUNDER, at=hub.clock())
    await close_account(hub.registry, closed.id, act=act)
    hub.projector.catch_up()

    panel = await shown(roll, browser)

    for each in ("higher", "others", "auditor", "closed"):
        assert f"{each}</b>" not in panel


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(1, "1 s"), (59, "59 s"), (60, "1 minute"), (7_300, "2 hours"), (90_000, "1 day")],
)
def test_a_lag_is_told_in_its_largest_unit(seconds: int, said: str) -> None:
    assert in_words(timedelta(seconds=seconds)) == said
