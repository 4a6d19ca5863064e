import asyncio
from datetime import date, timedelta

import msgspec
import pytest

from foedus.alliance import commands
from foedus.alliance.events import STREAM
from foedus.alliance.records import Pack
from foedus.alliance.statuses import Status
from foedus.clock import StoppedClock
from foedus.errors import ConflictError, NotFoundError, RuleViolationError
from foedus.eventlog.envelope import Act
from foedus.eventlog.memory import MemoryEventLog
from foedus.ids import NationCode

QMC = NationCode("QMC")
TODAY = date(2026, 11, 22)


async def test_a_hub_is_founded_once(
    log: MemoryEventLog, harbour_pack: Pack, act: Act
) -> None:
    await commands.found(log, harbour_pack, act)

    with pytest.raises(ConflictError, match="already"):
        await commands.found(log, harbour_pack, act)


async def test_of_two_who_found_at_once_one_is_refused(
    log: MemoryEventLog, harbour_pack: Pack, act: Act
) -> None:
    outcomes = await asyncio.gather(
        *(commands.found(log, harbour_pack, act) for _ in range(2)),
        return_exceptions=True,
    )

    assert sorted(isinstance(each, ConflictError) for each in outcomes) == [False, True]


async def test_a_change_is_decided_after_all_changes_before_it(
    log: MemoryEventLog, harbour_pack: Pack, act: Act
) -> None:
    await commands.found(log, harbour_pack, act)
    await commands.change_status(log, QMC, status=Status.MEMBER, since=TODAY, act=act)

    with pytest.raises(RuleViolationError, match="already"):
        await commands.change_status(
            log, QMC, status=Status.MEMBER, since=TODAY, act=act
        )

    assert [each.kind for each in log.read(STREAM)] == [
        "alliance.founded",
        "alliance.status-changed",
    ]


async def test_nothing_changes_before_the_founding(
    log: MemoryEventLog, act: Act
) -> None:
    with pytest.raises(NotFoundError, match="foedus init"):
        await commands.change_status(
            log, QMC, status=Status.MEMBER, since=TODAY, act=act
        )
    with pytest.raises(NotFoundError, match="foedus init"):
        await commands.begin_day(log, TODAY, act)


async def test_a_day_begins_when_it_has_come_and_only_once(
    log: MemoryEventLog, harbour_pack: Pack, act: Act, clock: StoppedClock
) -> None:
    await commands.found(log, harbour_pack, act)
    tomorrow = TODAY + timedelta(days=1)
    with pytest.raises(RuleViolationError, match="not come"):
        await commands.begin_day(log, tomorrow, act)
    clock.advance(timedelta(days=1))
    later = msgspec.structs.replace(act, at=clock())

    await commands.begin_day(log, tomorrow, later)

    with pytest.raises(ConflictError, match="begun already"):
        await commands.begin_day(log, tomorrow, later)
