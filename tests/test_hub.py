from collections.abc import AsyncIterator
from datetime import UTC, date, datetime
from pathlib import Path

import msgspec
import pytest

from foedus import app
from foedus.alliance.pack import load_pack
from foedus.alliance.statuses import Status
from foedus.clock import StoppedClock
from foedus.errors import (
    ConflictError,
    ForbiddenError,
    NotFoundError,
    UnavailableError,
)
from foedus.eventlog.envelope import Act, Who
from foedus.eventlog.projector import Projector
from foedus.hub import STALE_S_MAX, Hub
from foedus.identity.accounts import Account
from foedus.identity.commands import open_account
from foedus.identity.rules import Opening as AccountOpening
from foedus.identity.secret import Secret
from foedus.intel import commands as intel
from foedus.intel.pages import Filters
from foedus.intel.rules import Opening
from foedus.releasability.viewers import Role
from tests.intel.world import dump, report, thing, viewer

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


@pytest.fixture
async def hub(tmp_path: Path) -> AsyncIterator[Hub]:
    clock = StoppedClock(NOON)
    hub = await app.create(
        tmp_path / "d", load_pack("nato"), environment={}, clock=clock
    )
    hub.projector.start()
    yield hub
    app.close_hub(hub)


def founder(hub: Hub) -> Act:
    who = Who(account="account--test", nation="NATO", door="test")
    return Act(who=who, at=hub.clock())


async def staff(hub: Hub) -> Account:
    opening = AccountOpening(
        name="desk", nation="NATO", roles=frozenset({Role.SECRETARIAT})
    )
    await open_account(
        hub.registry, opening, None, alliance=hub.alliance, act=founder(hub)
    )
    hub.projector.catch_up()
    return hub.authenticator.named("desk")


async def account(hub: Hub) -> Account:
    opening = AccountOpening(
        name="pol", nation="POL", roles=frozenset({Role.READER, Role.PUBLISHER})
    )
    password = "correct horse battery"  # noqa: S105 - of a test account
    await open_account(
        hub.registry, opening, Secret(password), alliance=hub.alliance, act=founder(hub)
    )
    hub.projector.catch_up()
    return await hub.authenticator.authorize(
        b"Basic cG9sOmNvcnJlY3QgaG9yc2UgYmF0dGVyeQ==", address="127.0.0.1"
    )


async def test_what_was_published_can_be_read_at_once(hub: Hub) -> None:
    desk = intel.Desk(log=hub.log, reading=hub.reading)
    opening = Opening(alias="c", title="T", default_label="TLP:CLEAR", write="POL")
    opened, position = await intel.open_collection(
        desk, viewer("NATO0", Role.OPERATOR), founder(hub), opening
    )
    await hub.seen([position])
    pol = await account(hub)
    act = hub.act(pol, door="test", at=hub.clock())
    assert (act.who.account, act.who.nation, act.who.door) == (pol.id, "POL", "test")
    (outcome,) = await hub.publish(pol, act, opened, [dump(thing(1))])
    assert outcome.outcome == "stored"
    found = hub.reading.collection(pol.viewer(), "c")
    page = hub.reading.page(pol.viewer(), found, Filters(), limit=10)
    assert [each.id for each in page.records] == [report(1)]


async def test_there_is_nothing_to_wait_for_where_nothing_was_written(
    hub: Hub,
) -> None:
    await hub.seen([])
    await hub.seen([None, ConflictError("somebody was faster")])


async def test_a_hub_whose_views_are_fresh_serves(hub: Hub) -> None:
    hub.check_fresh()


async def test_a_hub_whose_views_lag_serves_nothing(hub: Hub) -> None:
    class Late(Projector):
        def lag_s(self) -> float:
            return STALE_S_MAX + 0.1

    late = Late(hub.log, hub.folder / "other.db", hub.codec, [])
    with pytest.raises(UnavailableError):
        msgspec.structs.replace(hub, projector=late).check_fresh()
    late.close()


async def test_a_change_of_status_is_seen_by_the_next_who_asks(hub: Hub) -> None:
    desk = await staff(hub)
    act = hub.act(desk, door="test", at=hub.clock())
    change = await hub.change_status(
        desk, act, "moldova", status=Status.SUSPENDED, since=NOON.date()
    )

    assert (change.nation, change.acts) == ("MDA", "now")
    assert change.position == hub.log.head()
    assert not hub.access.standing(change.nation)


async def test_a_change_to_come_acts_on_its_day(hub: Hub) -> None:
    desk = await staff(hub)
    act = hub.act(desk, door="test", at=hub.clock())
    change = await hub.change_status(
        desk, act, "MDA", status=Status.SUSPENDED, since=date(2026, 11, 24)
    )

    assert change.acts == "2026-11-24"
    assert hub.access.standing(change.nation)


async def test_a_status_is_changed_by_staff_and_of_a_nation_only(hub: Hub) -> None:
    desk, pol = await staff(hub), await account(hub)
    head = hub.log.head()
    for who, nation, error in (
        (pol, "MDA", ForbiddenError),
        (desk, "ATL", NotFoundError),
    ):
        act = hub.act(who, door="test", at=hub.clock())
        with pytest.raises(error):
            await hub.change_status(
                who, act, nation, status=Status.NONE, since=NOON.date()
            )
    assert hub.log.head() == head
