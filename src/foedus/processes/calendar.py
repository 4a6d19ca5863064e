"""The calendar: dated changes of the alliance act at 00:00 UTC of their day.

The event `alliance.day-begun` carries the day; until it is in the log nothing has
changed for anybody. Every process of a hub may run this: all propose the same event
after the same position, and the log lets one win.
"""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime, time, timedelta

import msgspec

from foedus.alliance import commands
from foedus.clock import Clock
from foedus.errors import ConflictError
from foedus.eventlog.envelope import Act, Who
from foedus.eventlog.log import EventLog
from foedus.ids import AccountId, Position
from foedus.intel.reading import IntelReading
from foedus.processes.edge import Edge

CALENDAR = AccountId("account--00000000-0000-4000-8000-000000000001")
"""Stands in the log for the hub's own calendar."""

WAIT_MAX = timedelta(minutes=1)
"""Longest sleep; a clock that is put forward is noticed within it."""

Sleep = Callable[[float], Awaitable[None]]
"""Waits so many seconds."""


class Calendar(msgspec.Struct, frozen=True, kw_only=True):
    """What the calendar works with."""

    log: EventLog
    reading: IntelReading
    clock: Clock


def due_day(calendar: Calendar) -> date | None:
    """Tell the day that has to begin now; None if nothing changed until today."""
    access = calendar.reading.access()
    today = calendar.clock().astimezone(UTC).date()
    change = access.alliance.next_change(access.on)
    return today if change is not None and change <= today else None


async def begin_due_day(calendar: Calendar) -> Position | None:
    """Begin the day if a dated change waits for it.

    Returns:
        The position to wait for; None if there was nothing to do or another process
        was faster.
    """
    day = due_day(calendar)
    if day is None:
        return None
    access = calendar.reading.access()
    who = Who(account=CALENDAR, nation=access.alliance.code, door="process")
    try:
        return await commands.begin_day(
            calendar.log, day, Act(who=who, at=calendar.clock())
        )
    except ConflictError:
        return None


async def keep(calendar: Calendar, sleep: Sleep = asyncio.sleep) -> None:
    """Begin every day that brings a change, for as long as the hub runs."""
    while True:
        with Edge("day_not_begun"):
            await begin_due_day(calendar)
        await sleep(_seconds_to_wait(calendar.clock()))


def _seconds_to_wait(now: datetime) -> float:
    midnight = datetime.combine(now.date() + timedelta(days=1), time(), tzinfo=UTC)
    return min(midnight - now, WAIT_MAX).total_seconds()
