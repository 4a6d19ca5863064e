"""The rows of clocks: what a task counts, what happened to it, what it tells next."""

from functools import lru_cache
from typing import Any, Final

import apsw
import msgspec

from foedus.ids import NationCode
from foedus.releasability.labelled import intern_label
from foedus.response import tasks
from foedus.response.assignments import terms_of
from foedus.response.calendars import Calendar
from foedus.response.clocks import Course, Mark, Moment, Pause, Terms
from foedus.response.due_schema import (
    BEGAN,
    CALENDAR,
    CALENDAR_OF,
    CLOCK,
    CLOCK_ROW,
    ENDED,
    MARK,
    MARKS,
    NAMED_OF_RUN,
    PAUSES,
    RUN_NOW,
    SET_DUE,
    TOLD,
)
from foedus.response.events import (
    RunStarted,
    TaskAccepted,
    TaskAcknowledged,
    TaskBegun,
    TaskConfirmed,
    TaskDeclined,
    TaskDelegated,
    TaskDelivered,
    TaskDone,
    TaskEvent,
    TaskReturned,
    TaskSent,
)
from foedus.response.firings import next_due
from foedus.response.ladders import Key, Plan, foresee, make_plan, plan_of
from foedus.response.runs import Run, label_of_named
from foedus.response.tasks import Task
from foedus.response.views import library_of

MOMENTS: dict[type[TaskEvent], Moment] = {
    TaskDelivered: "delivered",
    TaskAcknowledged: "acknowledged",
    TaskDelegated: "acknowledged",
    TaskAccepted: "accepted",
    TaskDeclined: "declined",
    TaskBegun: "started",
    TaskDone: "done",
    TaskSent: "started",
    TaskReturned: "returned",
    TaskConfirmed: "confirmed",
}
"""Which instant of a task each act of a nation is; who delegates has acknowledged."""

READ_MAX: Final = 1_024
"""Plans, and calendars, that a process keeps read."""

_plan = msgspec.json.Decoder(Plan).decode
_calendar = msgspec.json.Decoder(Calendar).decode
_run = msgspec.json.Decoder(Run).decode


def course_of(db: apsw.Connection, subject: str) -> Course:
    """Read what has happened to a task, in order; no instant before an earlier one."""
    where = {"subject": subject}
    marks: list[Mark] = []
    for moment, at_ms in db.execute(MARKS, where):
        earliest = marks[-1].at_ms if marks else int(at_ms)
        marks.append(Mark(moment, max(int(at_ms), earliest)))
    pauses = [
        Pause(
            since_ms=since_ms,
            until_ms=until_ms,
            authority=NationCode(str(authority)),
            clock=clock,
            awaits=None if awaits is None else NationCode(str(awaits)),
        )
        for since_ms, until_ms, authority, clock, awaits, _ in db.execute(PAUSES, where)
    ]
    return Course(marks=tuple(marks), pauses=tuple(pauses))


def told_of(db: apsw.Connection, subject: str) -> set[Key]:
    """Read which points of a task are written."""
    return {Key(*row) for row in db.execute(TOLD, {"subject": subject})}


@lru_cache(maxsize=READ_MAX)
def plan_in(raw: bytes) -> Plan:
    """Read the plan of a row; the tasks of a step have the same."""
    return _plan(raw)


@lru_cache(maxsize=READ_MAX)
def calendar_in(raw: bytes | None) -> Calendar | None:
    """Read the calendar of a row; None if there is none."""
    return None if raw is None else _calendar(raw)


def keep_calendars(db: apsw.Connection, run: str, event: RunStarted) -> None:
    """Keep the calendars of nations as they were when a run started."""
    for each in event.calendars:
        document = msgspec.json.encode(each)
        db.execute(CALENDAR, {"run": run, "nation": each.nation, "calendar": document})


def keep_task(db: apsw.Connection, task: Task, position: int) -> None:
    """Write the row of a task that has clocks, and when it tells something next."""
    asked = task.asked
    plan = plan_of(asked.plan)
    if not plan.clocks:
        return
    where = {"run": asked.run, "nation": asked.nation}
    db.execute(
        CLOCK,
        {
            **where,
            "subject": asked.task,
            "named": "",
            "since": "",
            "until": "",
            "name": asked.name,
            "coordinator": asked.coordinator,
            "label": intern_label(
                db, tasks.label_inside(task), asked.coordinator, own=False
            ),
            "exercise": asked.exercise,
            "began_ms": asked.asked_ms,
            "plan": msgspec.json.encode(plan),
            "calendar": db.execute(CALENDAR_OF, where).get,
        },
    )
    # What was asked comes before everything that is done with it.
    mark(db, asked.task, 0, "assigned", asked.asked_ms)
    if task.ended_ms is not None:
        mark(db, asked.task, position, "closed", task.ended_ms)


def name_clocks(db: apsw.Connection, run: str, event: RunStarted) -> None:
    """Write the rows of the clocks with a name."""
    library = library_of(db, event)
    if library is None:
        return
    terms = terms_of(library.version(event.editions[0].version))
    for number, clock in enumerate(terms.named_clocks):
        plan = make_plan({"complete": Terms(within=clock.within, name=clock.name)})
        db.execute(
            CLOCK,
            {
                "subject": f"{run}/{number}",
                "run": run,
                "named": clock.name,
                "since": clock.since,
                "until": clock.until,
                "name": clock.name,
                "nation": event.coordinator,
                "coordinator": event.coordinator,
                "label": intern_label(
                    db, label_of_named(event, clock), event.coordinator
                ),
                "exercise": event.exercise,
                "began_ms": event.at_ms,
                "plan": msgspec.json.encode(plan),
                "calendar": None,
            },
        )


def mark_named(db: apsw.Connection, run: str) -> list[str]:
    """Let clocks with a name begin and stop with their steps, or with the run.

    Returns:
        The clocks.
    """
    row = db.execute(RUN_NOW, {"run": run}).get
    named = db.execute(NAMED_OF_RUN, {"run": run}).fetchall() if row else ()
    rows: list[tuple[Any, ...]] = list(named)
    for subject, since, until in rows:
        now = _run(row)
        began = {"run": run, "step": since}
        began_ms = db.execute(BEGAN, began).get if since else now.started_ms
        ended = {"run": run, "step": until}
        ended_ms = db.execute(ENDED, ended).get if until else now.ended_ms
        if began_ms is not None:
            _mark_once(db, subject, "assigned", began_ms)
            _mark_once(db, subject, "acknowledged", began_ms)
        if began_ms is not None and ended_ms is not None:
            _mark_once(db, subject, "done", max(ended_ms, began_ms))
        if now.ended_ms is not None:
            _mark_once(db, subject, "closed", now.ended_ms)
    return [str(row[0]) for row in rows]


def _mark_once(db: apsw.Connection, subject: str, moment: Moment, at_ms: int) -> None:
    # Without a position, so that they are the same when a run is folded again.
    known = {name for name, _ in db.execute(MARKS, {"subject": subject})}
    if moment not in known:
        mark(db, subject, 0, moment, at_ms)


def mark(
    db: apsw.Connection, subject: str, position: int, moment: Moment, at_ms: int
) -> None:
    """Note that something happened to a task; once for each entry."""
    db.execute(
        MARK,
        {"subject": subject, "position": position, "moment": moment, "at_ms": at_ms},
    )


def schedule(db: apsw.Connection, subject: str) -> None:
    """Note when a task tells something next."""
    row = db.execute(CLOCK_ROW, {"subject": subject}).fetchone()
    if row is None:
        return
    found = foresee(plan_in(row[0]), course_of(db, subject), calendar_in(row[1]))
    due = next_due(found, told_of(db, subject))
    db.execute(
        SET_DUE, {"subject": subject, "due_ms": None if due is None else due.at_ms}
    )
