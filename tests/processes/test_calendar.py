"""Dated changes act at midnight, once, by an event."""

import asyncio
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from foedus import app
from foedus.alliance import commands
from foedus.alliance.pack import load_pack
from foedus.alliance.statuses import Status
from foedus.clock import StoppedClock
from foedus.eventlog.envelope import Act, Who
from foedus.hub import Hub
from foedus.ids import NationCode
from foedus.processes import calendar
from foedus.processes.calendar import Calendar

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
MDA = NationCode("MDA")


async def founded(folder: Path, clock: StoppedClock) -> Hub:
    hub = await app.create(folder, load_pack("nato"), environment={}, clock=clock)
    who = Who(account="account--x", nation="NATO", door="cli")
    await commands.change_status(
        hub.log,
        MDA,
        status=Status.INVITEE,
        since=date(2026, 11, 24),
        act=Act(who=who, at=clock()),
    )
    hub.projector.catch_up()
    return hub


def of(hub: Hub) -> Calendar:
    return Calendar(log=hub.log, reading=hub.reading, clock=hub.clock)


@pytest.fixture
def clock() -> StoppedClock:
    return StoppedClock(NOON)


async def test_a_future_change_acts_when_its_day_has_begun(
    tmp_path: Path, clock: StoppedClock
) -> None:
    hub = await founded(tmp_path / "hub", clock)
    assert await calendar.begin_due_day(of(hub)) is None
    clock.set(datetime(2026, 11, 24, tzinfo=UTC))
    assert hub.access.alliance.status(MDA, hub.access.on) is Status.PARTNER

    assert await calendar.begin_due_day(of(hub)) is not None
    hub.projector.catch_up()

    assert hub.access.alliance.status(MDA, hub.access.on) is Status.INVITEE
    app.close_hub(hub)


async def test_a_day_begins_once(tmp_path: Path, clock: StoppedClock) -> None:
    hub = await founded(tmp_path / "hub", clock)
    clock.set(datetime(2026, 11, 25, tzinfo=UTC))

    first, second = await asyncio.gather(
        calendar.begin_due_day(of(hub)), calendar.begin_due_day(of(hub))
    )

    assert (first is None) != (second is None)
    hub.projector.catch_up()
    assert await calendar.begin_due_day(of(hub)) is None
    app.close_hub(hub)


async def test_it_sleeps_to_midnight_and_never_longer_than_a_minute(
    tmp_path: Path, clock: StoppedClock
) -> None:
    hub = await founded(tmp_path / "hub", clock)
    clock.set(datetime(2026, 11, 23, 23, 59, 30, tzinfo=UTC))
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)
        clock.advance(timedelta(seconds=seconds))
        hub.projector.catch_up()
        if len(slept) == 3:
            raise asyncio.CancelledError

    with pytest.raises(asyncio.CancelledError):
        await calendar.keep(of(hub), sleep)

    assert slept == [30, 60, 60]
    assert hub.access.alliance.status(MDA, hub.access.on) is Status.INVITEE
    app.close_hub(hub)
