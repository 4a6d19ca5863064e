"""Clocks on time: told once, in order, through restarts, jumps and several workers."""

import asyncio
import os
import random
import signal
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

import msgspec
import pytest

from foedus import app
from foedus.clock import from_ms, to_ms
from foedus.errors import ConflictError
from foedus.eventlog.envelope import Append
from foedus.eventlog.log import EventLog, Outcome
from foedus.ids import NationCode
from foedus.processes import escalating
from foedus.processes.auditing_expected import Case, Expected, Fact, expected
from foedus.processes.escalating import begin, keep, may_tell, settle
from foedus.response import due_reading
from foedus.response.assignments import Assignment, Clocks, TimeLimit
from foedus.response.events import TaskAcknowledged, TaskDelivered
from foedus.response.firings import HOLDS, ClocksReleased
from foedus.response.ladders import Key
from foedus.response.tasks import Task
from tests.processes import clockwork
from tests.processes.clockwork import GIVEN, MINUTE, T0, Works

EST: Final = NationCode("EST")
ROOT: Final = Path(__file__).parents[2]

SOAK_KILLS: Final = 200
SOAK_STEP_MS: Final = 2 * MINUTE
SOAK_LIFE_S: Final = 0.4
SOAK_RUNS: Final = 60
SOAK_NATIONS: Final = ("EST", "LVA", "LTU", "POL", "FIN", "SWE", "NOR", "DNK")


@pytest.fixture(scope="module")
def founded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("works") / "data"
    asyncio.run(clockwork.found(folder))
    return folder


@pytest.fixture
def works(founded: Path, tmp_path: Path) -> Iterator[Works]:
    made = Works(founded, tmp_path)
    yield made
    app.close_hub(made.hub)


async def test_what_is_due_is_told_once_and_in_its_time(works: Works) -> None:
    await works.start()
    assert await settle(works.escalator) == 0
    works.pass_minutes(15)
    assert await settle(works.escalator) == 2
    assert await settle(works.escalator) == 0
    assert works.fired() == [
        "15 warned acknowledge 50%/0",
        "15 escalated acknowledge 0/0",
    ]


async def test_an_acknowledgement_stops_the_ladder(works: Works) -> None:
    task = await works.start()
    works.pass_minutes(16)
    await settle(works.escalator)
    await works.did(task, TaskAcknowledged(nation=EST, at_ms=T0 + 16 * MINUTE))
    works.pass_minutes(60)
    assert await settle(works.escalator) == 0


async def test_what_is_answered_at_the_last_moment_is_not_told(works: Works) -> None:
    # The answer is in the log, and the views have not followed yet.
    task = await works.start(given=Assignment(
        clocks=Clocks(acknowledge=TimeLimit(within="PT30M")), warnings=()
    ))  # fmt: skip
    works.pass_minutes(29.9)
    await clockwork.append(
        works.hub,
        f"tasks/{task}",
        TaskAcknowledged(nation=EST, at_ms=to_ms(works.clock())),
    )
    works.pass_minutes(1)
    await settle(works.escalator)
    assert works.fired() == []


async def test_after_an_hour_down_everything_comes_in_due_order(works: Works) -> None:
    first = await works.start()
    works.pass_minutes(3)
    await works.start(("LVA",))
    works.pass_minutes(60)
    works.reopen()
    await settle(works.escalator)
    assert works.fired() == [
        "15 escalated acknowledge 0/0",
        "18 escalated acknowledge 0/0",
        "30 breached acknowledge deadline/0",
        "33 breached acknowledge deadline/0",
        "40 escalated acknowledge 1/1",
        "43 escalated acknowledge 1/1",
    ]
    with works.hub.reading.snapshot() as seen:
        rows = seen.db.execute(
            "SELECT point, loop, reason FROM clock_firing"
            " WHERE subject = :first AND reason <> '' ORDER BY 1, 2",
            {"first": first},
        ).fetchall()
        told = seen.db.execute("SELECT document FROM news WHERE kind = 'task'")
        late = [b'"late":true' in document for (document,) in told]
    assert rows == [
        ("1", 0, "told by 1 of acknowledge"),
        ("50%", 0, "told by deadline of acknowledge"),
    ]
    assert late.count(True) == 6


async def test_of_several_workers_each_point_is_told_once(works: Works) -> None:
    await works.start(("EST", "LVA", "LTU"))
    works.pass_minutes(31)
    await asyncio.gather(*(settle(works.another()) for _ in range(3)))
    assert len(works.fired()) == 9
    with works.hub.reading.snapshot() as seen:
        entries = seen.db.execute(
            "SELECT count(*), count(DISTINCT position) FROM clock_firing"
            " WHERE reason = ''"
        ).fetchone()
        written = seen.db.execute(
            "SELECT count(*) FROM log.entry WHERE kind LIKE 'response.clock-%'"
        ).get
    assert entries == (9, 9)
    assert written == 9


async def test_whether_a_nation_is_late_or_was_never_reached_is_told(
    works: Works,
) -> None:
    given = Assignment(
        clocks=Clocks(acknowledge=TimeLimit(within="PT30M")), warnings=()
    )
    reached = await works.start(given=given)
    await works.start(("LVA",), given)
    await works.did(reached, TaskDelivered(nation=EST, at_ms=T0 + MINUTE))
    works.pass_minutes(30)
    await settle(works.escalator)
    with works.hub.reading.snapshot() as seen:
        rows = seen.db.execute("SELECT subject, body FROM clock_firing").fetchall()
    said = {subject == reached: body for subject, body in rows}
    assert b'"owner"' not in said[True]
    assert b'"state":"unreachable","owner":"hub"' in said[False]


async def test_summer_time_moves_no_deadline_of_elapsed_time(works: Works) -> None:
    # 48 hours from Saturday 28 March 2026, 12:00 in Brussels, are Monday 13:00 there.
    works.clock.set(from_ms(T0 + 125 * 24 * 60 * MINUTE))
    before = to_ms(works.clock())
    await works.start(
        given=Assignment(clocks=Clocks(complete=TimeLimit(within="PT48H")), warnings=())
    )
    with works.hub.reading.snapshot() as seen:
        due_ms = due_reading.next_ms(seen.db)
    assert due_ms == before + 48 * 60 * MINUTE


async def test_a_clock_that_goes_back_freezes_telling_until_it_is_there_again(
    works: Works,
) -> None:
    await works.start()
    works.pass_minutes(14)
    assert await may_tell(works.escalator)
    works.put_by(-10)
    assert not await may_tell(works.escalator)
    works.pass_minutes(9)
    assert not await may_tell(works.escalator)
    works.pass_minutes(2)
    assert await may_tell(works.escalator)
    await settle(works.escalator)
    assert works.fired() == [
        "15 warned acknowledge 50%/0",
        "15 escalated acknowledge 0/0",
    ]
    assert holds(works) == [("backward", "recovered")]


async def test_a_clock_that_goes_forward_asks_and_goes_on_when_confirmed(
    works: Works,
) -> None:
    await works.start()
    works.put_by(6)
    assert not await may_tell(works.escalator)
    works.pass_minutes(60)
    assert not await may_tell(works.escalator)
    released = ClocksReleased(cause="confirmed", at_ms=to_ms(works.clock()))
    await works.add(HOLDS, released, "NATO")
    assert await may_tell(works.escalator)
    assert await settle(works.escalator) > 0
    assert holds(works) == [("forward", "confirmed")]


async def test_a_clock_that_is_put_right_again_needs_nobody(works: Works) -> None:
    works.put_by(30)
    assert not await may_tell(works.escalator)
    works.pass_minutes(40)
    works.put_by(-30)
    assert await may_tell(works.escalator)
    assert holds(works) == [("forward", "recovered")]


async def test_all_workers_hold_and_go_on_together(works: Works) -> None:
    other = works.another()
    works.put_by(30)
    assert not await may_tell(works.escalator)
    assert not await may_tell(other)
    late_comer = works.another()  # knows nothing of what the clock showed before
    works.pass_minutes(60)
    assert not await may_tell(late_comer)
    works.put_by(-30)
    assert not await may_tell(late_comer)
    assert await may_tell(other)
    assert await may_tell(works.escalator)
    assert await may_tell(late_comer)
    assert holds(works) == [("forward", "recovered")]


async def test_a_worker_that_comes_late_sees_a_clock_that_was_put_right(
    works: Works,
) -> None:
    works.put_by(30)
    assert not await may_tell(works.escalator)
    works.reopen()
    assert not await may_tell(works.escalator)
    works.put_by(-29)
    assert await may_tell(works.escalator)


async def test_a_clock_that_is_behind_the_log_at_the_start_holds(works: Works) -> None:
    works.pass_minutes(60)
    await works.start()
    works.put_by(-30)
    works.reopen()
    await begin(works.escalator)
    assert not await may_tell(works.escalator)
    works.pass_minutes(31)
    assert await may_tell(works.escalator)


async def test_what_was_written_before_a_crash_is_not_written_again(
    works: Works,
) -> None:
    await works.start(("EST", "LVA", "LTU"))
    works.pass_minutes(31)
    requests = escalating._due(works.escalator)  # noqa: SLF001 - killed in between
    await works.hub.log.append_many(requests[:4])
    works.reopen()
    await settle(works.escalator)
    assert written(works) == {"entries": 9, "points": 9, "news": 9}


@pytest.mark.soak
async def test_through_200_kills_nothing_is_lost_and_nothing_doubled(
    works: Works,
) -> None:
    lot = random.Random(6)  # noqa: S311 - a test's own
    for _ in range(SOAK_RUNS):
        await works.start(SOAK_NATIONS)
        works.pass_minutes(2)
    with works.hub.reading.snapshot() as seen:
        tasks = [name for (name,) in seen.db.execute("SELECT task FROM task")]
    app.close_hub(works.hub)
    lives = [lot.uniform(0, SOAK_LIFE_S) for _ in range(SOAK_KILLS)]
    await run_and_kill(works.folder, lives)
    now_ms = T0 + SOAK_KILLS * SOAK_STEP_MS
    works.clock.set(from_ms(now_ms))
    works.hub = works.another_hub()
    works.escalator = works.another()
    await settle(works.escalator)
    due = {
        (name, each.key)
        for name in tasks
        for each in expected_of(works, str(name))
        if each.at_ms <= now_ms
    }
    with works.hub.reading.snapshot() as seen:
        rows = seen.db.execute(
            "SELECT subject, clock, point, turn, loop FROM clock_firing"
        ).fetchall()
    assert {(subject, Key(*key)) for subject, *key in rows} == due
    assert len(due) > SOAK_RUNS * len(SOAK_NATIONS)
    found = written(works)
    assert found["entries"] == found["points"] == found["news"]


async def run_and_kill(folder: Path, lives: list[float]) -> None:
    """Let processes tell, one behind the other, and kill each after its seconds."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.processes.dying_teller"),
        *(str(folder), str(SOAK_STEP_MS / SOAK_LIFE_S / 1_000)),
        cwd=ROOT,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    for number, life_s in enumerate(lives):
        process.stdin.write(b"%d\n" % (T0 + number * SOAK_STEP_MS))
        while not (line := await process.stdout.readline()).startswith(b"ready "):
            assert line, "it ended before anybody killed it"
        await asyncio.sleep(life_s)
        os.kill(int(line.split()[1]), signal.SIGKILL)
    process.stdin.close()
    await process.wait()


def expected_of(works: Works, name: str) -> list[Expected]:
    """Reckon what a task should tell, as the auditor does."""
    with works.hub.reading.snapshot() as seen:
        raw = seen.db.execute("SELECT state FROM task WHERE task = ?", (name,)).get
    task = msgspec.json.decode(raw, type=Task)
    facts = (Fact(task.asked.asked_ms, "assigned"),)
    return expected(Case(given=task.asked.plan, calendar=None, facts=facts))


def written(works: Works) -> dict[str, int]:
    """Count entries of the log, points that were told, and news of them."""
    statements = {
        "entries": "SELECT count(*) FROM log.entry WHERE kind GLOB 'response.clock-*'",
        "points": "SELECT count(*) FROM clock_firing WHERE reason = ''",
        "news": "SELECT count(*) FROM news WHERE instr(document, CAST(:word AS BLOB))",
    }
    with works.hub.reading.snapshot() as seen:
        return {
            name: int(seen.db.execute(statement, {"word": '"clock"'}).get)
            for name, statement in statements.items()
        }


async def test_the_machine_that_sleeps_is_no_jump(works: Works) -> None:
    works.pass_minutes(600)
    assert await may_tell(works.escalator)
    assert holds(works) == []


async def test_it_goes_on_when_the_log_takes_nothing(works: Works) -> None:
    await works.start(given=GIVEN)
    works.pass_minutes(15)
    naps: list[float] = []

    async def nap(seconds: float) -> None:
        naps.append(seconds)
        if len(naps) > 1:
            raise asyncio.CancelledError

    with pytest.raises(asyncio.CancelledError):
        await keep(works.escalator, nap)
    assert len(works.fired()) == 2
    assert all(0 < each <= 0.5 for each in naps)


def holds(works: Works) -> list[tuple[str, str | None]]:
    with works.hub.reading.snapshot() as seen:
        rows = seen.db.execute("SELECT jump, cause FROM clock_hold ORDER BY position")
        return [(str(jump), cause and str(cause)) for jump, cause in rows]


class Refusing:
    """A log that takes all but the first of what it is given together."""

    def __init__(self, log: EventLog) -> None:
        self._log = log

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401
        return getattr(self._log, name)

    async def append_many(self, requests: Sequence[Append]) -> list[Outcome]:
        taken = await self._log.append_many(requests[1:])
        return [ConflictError("somebody was faster"), *taken]


async def test_what_cannot_be_told_holds_up_nothing_behind_it(works: Works) -> None:
    await works.start(given=GIVEN)
    works.pass_minutes(15)
    escalator = works.escalator
    desk = msgspec.structs.replace(escalator.desk, log=Refusing(escalator.log))

    written = await settle(msgspec.structs.replace(escalator, desk=desk))

    assert written == len(works.fired()) > 0
