"""The auditor of clocks: what is missing is found, what is right is left alone."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import apsw
import pytest

from foedus import app
from foedus.clock import to_ms
from foedus.eventlog.envelope import Append, Redacted, Who, redaction_stream
from foedus.folder.formats import VIEWS
from foedus.ids import NationCode, new_event_id
from foedus.processes.auditing import (
    BEAT_MS,
    FIRST_S,
    GRACE_MS,
    LOOK_EVERY_S,
    MARK,
    Auditor,
    keep,
    read_mark,
)
from foedus.processes.escalating import may_tell, settle
from foedus.response import due_reading
from foedus.response.assignments import Assignment, Clocks, TimeLimit
from foedus.response.events import TaskAcknowledged
from foedus.response.firings import ClockPaused, ClockResumed, clock_stream
from tests.processes import clockwork
from tests.processes.clockwork import MINUTE, T0, Works

EST: Final = NationCode("EST")
LOOK_MIN: Final = LOOK_EVERY_S / 60
GRACE_MIN: Final = GRACE_MS / MINUTE


@pytest.fixture(scope="module")
def founded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("audited") / "data"
    asyncio.run(clockwork.found(folder))
    return folder


@pytest.fixture
def works(founded: Path, tmp_path: Path) -> Iterator[Works]:
    made = Works(founded, tmp_path)
    yield made
    app.close_hub(made.hub)


def auditor_of(works: Works) -> Auditor:
    hub = works.hub
    return Auditor(hub.log, hub.reading, hub.store, works.clock)


def suppress(works: Works) -> None:
    """Let the loop of escalation believe that nothing is due."""
    with_others = apsw.Connection(str(works.folder / VIEWS))
    with_others.set_busy_timeout(5_000)
    with_others.execute("UPDATE clock SET due_ms = NULL").fetchall()
    with_others.close()


def missed(works: Works) -> list[tuple[str, str, int]]:
    with works.hub.reading.snapshot() as seen:
        rows = seen.db.execute(
            "SELECT clock, point, due_ms FROM clock_missed ORDER BY due_ms, point"
        ).fetchall()
    return [(str(a), str(b), (int(c) - T0) // MINUTE) for a, b, c in rows]


async def looked(works: Works, auditor: Auditor) -> int:
    found = await auditor.look()
    await works.hub.seen([works.hub.log.head()])
    return found


async def test_a_suppressed_escalation_is_found_within_two_minutes(
    works: Works,
) -> None:
    auditor = auditor_of(works)
    await works.start()
    await looked(works, auditor)
    suppress(works)
    works.pass_minutes(15)
    waited = 0.0
    while not await looked(works, auditor):
        assert await settle(works.escalator) == 0
        works.pass_minutes(LOOK_MIN)
        waited += LOOK_MIN
    assert waited < 2
    assert missed(works) == [("acknowledge", "0", 15), ("acknowledge", "50%", 15)]
    with works.hub.reading.snapshot() as seen:
        told = [
            bytes(document)
            for (document,) in seen.db.execute("SELECT document FROM news")
            if b'"missed"' in document
        ]
        assert due_reading.figures(seen.db, to_ms(works.clock())).missing == 2
    assert len(told) == 2


async def test_it_is_found_once_by_however_many(works: Works) -> None:
    await works.start()
    suppress(works)
    auditor = auditor_of(works)
    await looked(works, auditor)
    works.pass_minutes(16)
    assert await looked(works, auditor) == 2
    works.pass_minutes(1)
    assert await looked(works, auditor) == 0
    works.reopen()
    another = auditor_of(works)
    works.pass_minutes(1)
    await looked(works, another)
    works.pass_minutes(1)
    await looked(works, another)
    assert len(missed(works)) == 2


async def test_what_is_told_in_time_is_not_missing(works: Works) -> None:
    auditor = auditor_of(works)
    task = await works.start(("EST", "LVA"))
    for minute in range(0, 250, 5):
        if minute == 20:
            await works.did(task, TaskAcknowledged(nation=EST, at_ms=T0 + 20 * MINUTE))
        await settle(works.escalator)
        assert await looked(works, auditor) == 0
        works.pass_minutes(5)
    assert len(works.fired()) == 11


async def test_those_who_tell_have_their_time_first(works: Works) -> None:
    await works.start()
    works.pass_minutes(120)
    works.reopen()
    auditor = auditor_of(works)
    assert await looked(works, auditor) == 0
    works.pass_minutes(GRACE_MIN / 2)
    await settle(works.escalator)
    works.pass_minutes(GRACE_MIN)
    assert await looked(works, auditor) == 0


async def test_what_is_held_is_not_missing(works: Works) -> None:
    auditor = auditor_of(works)
    await works.start()
    await looked(works, auditor)
    works.put_by(30)
    assert not await may_tell(works.escalator)
    works.pass_minutes(5)
    assert await looked(works, auditor) == 0


async def test_a_pause_is_reckoned_with(works: Works) -> None:
    auditor = auditor_of(works)
    task = await works.start()
    pause = ClockPaused(task=task, nation=EST, reason="wait", at_ms=T0 + MINUTE)
    await works.add(clock_stream(task), pause)
    await looked(works, auditor)
    works.pass_minutes(120)
    assert await looked(works, auditor) == 0
    resume = ClockResumed(task=task, nation=EST, at_ms=to_ms(works.clock()))
    await works.add(clock_stream(task), resume)
    suppress(works)
    works.pass_minutes(13)
    assert await looked(works, auditor) == 0
    works.pass_minutes(2)
    assert await looked(works, auditor) == 2


async def test_what_was_told_and_erased_is_not_missing(works: Works) -> None:
    auditor = auditor_of(works)
    only = Assignment(clocks=Clocks(complete=TimeLimit(within="PT10M")), warnings=())
    task = await works.start(given=only)
    works.pass_minutes(11)
    await settle(works.escalator)
    (entry,) = works.hub.log.read(clock_stream(task))
    await works.hub.log.redact(
        Append(
            event_id=new_event_id(2),
            stream=redaction_stream(entry.position),
            event=Redacted(position=entry.position),
            who=Who(account="account--1", nation="NATO", door="test"),
        )
    )
    await looked(works, auditor)
    works.pass_minutes(2)
    assert await looked(works, auditor) == 0


async def test_its_mark_says_when_it_looked(works: Works) -> None:
    auditor = auditor_of(works)
    await works.start(("EST", "LVA"))
    await looked(works, auditor)
    first = to_ms(works.clock())
    works.pass_minutes(LOOK_MIN)
    await looked(works, auditor)
    mark = read_mark(works.hub.store.setting(MARK))
    assert mark is not None
    assert (mark.since_ms, mark.seen_ms, mark.tasks) == (
        first,
        first + LOOK_EVERY_S * 1_000,
        2,
    )


async def test_its_heartbeat_stands_in_the_log_every_ten_minutes(works: Works) -> None:
    auditor = auditor_of(works)
    for _ in range(2 * BEAT_MS // 30_000 + 1):
        await auditor.look()
        works.pass_minutes(0.5)
    await works.hub.seen([works.hub.log.head()])
    with works.hub.reading.snapshot() as seen:
        beats = seen.db.execute("SELECT until_ms FROM clock_audit").fetchall()
        last = due_reading.last_audit(seen.db)
    assert [until_ms - T0 for (until_ms,) in beats] == [0, BEAT_MS, 2 * BEAT_MS]
    assert last is not None
    assert last.since_ms == T0


async def test_one_of_several_looks(works: Works) -> None:
    await auditor_of(works).look()
    mark = works.hub.store.setting(MARK)
    works.pass_minutes(0.1)
    await auditor_of(works).look()
    assert works.hub.store.setting(MARK) == mark


def test_a_mark_that_cannot_be_read_is_none() -> None:
    assert read_mark(None) is None
    assert read_mark("{}") is None


async def test_it_looks_until_it_is_stopped(works: Works) -> None:
    naps: list[float] = []

    async def nap(seconds: float) -> None:
        naps.append(seconds)
        works.pass_minutes(1)
        if len(naps) == 2:
            raise asyncio.CancelledError

    with pytest.raises(asyncio.CancelledError):
        await keep(auditor_of(works), nap)
    assert naps == [FIRST_S, LOOK_EVERY_S]
