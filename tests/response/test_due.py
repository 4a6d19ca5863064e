"""The clocks of tasks as tables: when each tells something next, and what was told."""

from pathlib import Path
from typing import Final

import msgspec
import pytest

from foedus.eventlog.envelope import Append, Redacted, Who, redaction_stream
from foedus.eventlog.projector import Projector, tables_dump
from foedus.ids import NationCode, new_event_id
from foedus.releasability.labelled import LabelView
from foedus.releasability.news import NewsView
from foedus.response import due_reading
from foedus.response.assignments import OF_PLAYBOOKS
from foedus.response.due import ClockView
from foedus.response.events import (
    RunCancelled,
    TaskAcknowledged,
    TaskDelivered,
    TaskDone,
    TaskReturned,
    run_stream,
)
from foedus.response.firings import (
    ClockBreached,
    ClockEscalated,
    ClockPaused,
    ClockResumed,
    ClocksAudited,
    ClocksHeld,
    ClocksReleased,
    ClockWarned,
    FiringMissed,
)
from foedus.response.ladders import Key
from foedus.response.views import ResponseView
from tests.response.books import book, step_id
from tests.response.running import RUN
from tests.response.ticking import GIVEN, MINUTE, T0, Clocked

EST: Final = NationCode("EST")
NATO: Final = NationCode("NATO")


@pytest.fixture
def clocked(tmp_path: Path) -> Clocked:
    return Clocked(tmp_path)


def acknowledged(minutes: int) -> TaskAcknowledged:
    return TaskAcknowledged(nation=EST, at_ms=T0 + minutes * MINUTE)


async def test_a_task_that_is_given_out_has_something_due(clocked: Clocked) -> None:
    task = await clocked.ask()
    assert clocked.due(task) == 15
    assert due_reading.next_ms(clocked.db) == T0 + 15 * MINUTE


async def test_a_task_without_clocks_has_nothing_due(clocked: Clocked) -> None:
    bare = msgspec.structs.replace(GIVEN, clocks=type(GIVEN.clocks)(), ladder=())
    task = await clocked.ask(bare)
    assert due_reading.watched(clocked.db, task.asked.task) is None


async def test_what_a_nation_does_moves_what_is_due(clocked: Clocked) -> None:
    task = await clocked.ask()
    await clocked.did(task, acknowledged(10))
    assert clocked.due(task) == 120


async def test_a_run_that_ends_tells_nothing_more(clocked: Clocked) -> None:
    task = await clocked.ask()
    cancelled = RunCancelled(nation=EST, reason="over", at_ms=T0 + MINUTE)
    await clocked.add(run_stream(RUN), cancelled)
    assert clocked.due(task) is None


async def test_what_was_told_is_not_due_again(clocked: Clocked) -> None:
    task = await clocked.ask()
    first = ClockEscalated(
        task=task.asked.task,
        key=Key("acknowledge", "1"),
        due_ms=T0 + 20 * MINUTE,
        fired_ms=T0 + 21 * MINUTE,
        tell=("coordinator",),
        instead_of=(Key("acknowledge", "0"), Key("acknowledge", "50%")),
    )
    await clocked.ticked(task, first)
    assert clocked.due(task) == 30
    reasons = clocked.db.execute(
        "SELECT point, reason FROM clock_firing ORDER BY point"
    ).fetchall()
    assert reasons == [
        ("0", "told by 1 of acknowledge"),
        ("1", ""),
        ("50%", "told by 1 of acknowledge"),
    ]


async def test_what_a_clock_does_is_told_with_whom_it_means(clocked: Clocked) -> None:
    task = await clocked.ask()
    breached = ClockBreached(
        task=task.asked.task,
        key=Key("complete", "deadline"),
        due_ms=T0 + 240 * MINUTE,
        fired_ms=T0 + 241 * MINUTE,
        tell=("nation", "coordinator"),
    )
    await clocked.ticked(task, breached)
    await clocked.ticked(task, breached)
    (told,) = clocked.news()
    assert told == {
        "task": task.asked.task,
        "happened": "breached",
        "name": "A",
        "nation": "EST",
        "clock": "complete",
        "called": "4 h to look",
        "point": "deadline",
        "tell": ["nation", "coordinator"],
        "due": "2026-11-23T12:00:00.000+00:00",
        "late": True,
    }


async def test_what_was_told_to_nobody_is_no_news(clocked: Clocked) -> None:
    task = await clocked.ask()
    silent = ClockWarned(
        task=task.asked.task,
        key=Key("acknowledge", "50%"),
        due_ms=T0,
        fired_ms=T0,
        reason="the clock stopped before it could be told",
    )
    await clocked.ticked(task, silent)
    assert clocked.news() == []
    assert clocked.due(task) == 15


async def test_a_pause_stops_what_is_due_and_resuming_puts_it_off(
    clocked: Clocked,
) -> None:
    task = await clocked.ask()
    name = task.asked.task
    pause = ClockPaused(task=name, nation=NATO, reason="wait", at_ms=T0 + 5 * MINUTE)
    await clocked.ticked(task, pause)
    assert clocked.due(task) is None
    resume = ClockResumed(task=name, nation=NATO, at_ms=T0 + 65 * MINUTE)
    await clocked.ticked(task, resume)
    assert clocked.due(task) == 75
    assert [each["happened"] for each in clocked.news()] == ["paused", "resumed"]


async def test_a_return_begins_the_acknowledgement_anew(clocked: Clocked) -> None:
    task = await clocked.ask()
    await clocked.did(task, TaskDone(nation=EST, at_ms=T0 + 5 * MINUTE))
    back = TaskReturned(nation=NATO, at_ms=T0 + 50 * MINUTE, reason="look again")
    await clocked.did(task, back)
    assert clocked.due(task) == 65


NAMED: Final = book(
    {"A": {"on_completion": "E"}, "E": {}},
    extension_definitions={
        OF_PLAYBOOKS: {
            "type": "extension-definition",
            "name": "Foedus: how runs are started",
            "created_by": "identity--0f1b651d-3f95-43d7-81a5-1b150b71c92d",
            "schema": "https://foedus.example/schemas/foedus-run",
            "version": "1",
        }
    },
    playbook_extensions={
        OF_PLAYBOOKS: {
            "type": "foedus-run",
            "named_clocks": [
                {"name": "The 48 hours", "from": step_id("A"), "within": "PT48H"}
            ],
        }
    },
)


async def test_a_clock_with_a_name_runs_over_the_run(clocked: Clocked) -> None:
    await clocked.ask(document=NAMED)
    found = due_reading.watched(clocked.db, f"{RUN}/0")
    assert found is not None
    assert [each.moment for each in found.course.marks] == ["acknowledged", "assigned"]
    due_ms = clocked.db.execute("SELECT due_ms FROM clock WHERE named <> ''").get
    assert (due_ms - T0) // MINUTE == 24 * 60
    cancelled = RunCancelled(nation=EST, reason="over", at_ms=T0 + MINUTE)
    await clocked.add(run_stream(RUN), cancelled)
    assert clocked.db.execute("SELECT due_ms FROM clock WHERE named <> ''").get is None


async def test_what_the_auditor_missed_counts_until_it_is_made_up_for(
    clocked: Clocked,
) -> None:
    task = await clocked.ask()
    key = Key("acknowledge", "0")
    missed = FiringMissed(
        task=task.asked.task, key=key, due_ms=T0 + 15 * MINUTE, found_ms=T0
    )
    await clocked.ticked(task, missed)
    assert due_reading.figures(clocked.db, T0).missing == 1
    late = ClockEscalated(task=task.asked.task, key=key, due_ms=T0, fired_ms=T0)
    await clocked.ticked(task, late)
    found = due_reading.figures(clocked.db, T0 + 31 * MINUTE)
    assert (found.missing, found.waiting, found.overdue_s) == (0, 2, 16 * 60)


async def test_what_is_held_is_known_until_it_is_released(clocked: Clocked) -> None:
    assert due_reading.held(clocked.db) is None
    held = ClocksHeld(jump="backward", was_ms=T0, is_ms=T0 - 1)
    await clocked.add("clocks/holds", held)
    found = due_reading.held(clocked.db)
    assert found is not None
    assert (found.jump, found.was_ms, found.is_ms) == ("backward", T0, T0 - 1)
    await clocked.add("clocks/holds", ClocksReleased(cause="confirmed", at_ms=T0))
    assert due_reading.held(clocked.db) is None


async def test_the_last_heartbeat_is_known(clocked: Clocked) -> None:
    assert due_reading.last_audit(clocked.db) is None
    beat = ClocksAudited(since_ms=1, until_ms=2, position=3, tasks=4, missed=5)
    await clocked.add("clocks/audit", beat)
    found = due_reading.last_audit(clocked.db)
    assert found == due_reading.Audit(since_ms=1, until_ms=2, upto=3, tasks=4, missed=5)


async def redact(clocked: Clocked, position: int) -> None:
    await clocked.log.redact(
        Append(
            event_id=new_event_id(2),
            stream=redaction_stream(position),
            event=Redacted(position=position),  # type: ignore[arg-type] - one of the log
            who=Who(account="account--1", nation="NATO", door="test"),
        )
    )
    clocked.projector.catch_up()


async def test_what_is_erased_is_as_if_it_had_never_been(
    clocked: Clocked, tmp_path: Path
) -> None:
    task = await clocked.ask(document=NAMED)
    await clocked.did(task, TaskDelivered(nation=EST, at_ms=T0 + MINUTE))
    answer = await clocked.did(task, acknowledged(10))
    name = task.asked.task
    pause = await clocked.ticked(
        task, ClockPaused(task=name, nation=NATO, reason="x", at_ms=T0 + 12 * MINUTE)
    )
    await clocked.ticked(task, ClockResumed(task=name, nation=NATO, at_ms=T0 + MINUTE))
    await redact(clocked, pause)
    await redact(clocked, answer)
    assert clocked.due(task) == 15

    folder = tmp_path / "again"
    folder.mkdir()
    views = [LabelView(), NewsView(), ResponseView(), ClockView()]
    again = Projector(clocked.log, folder / "views.db", clocked.projector._codec, views)  # noqa: SLF001
    again.catch_up()
    found = tables_dump(again._db)  # noqa: SLF001 - the same log, folded anew
    now = tables_dump(clocked.db)
    assert {each: found[each] for each in found if each.startswith("clock")} == {
        each: now[each] for each in now if each.startswith("clock")
    }
    again.close()
