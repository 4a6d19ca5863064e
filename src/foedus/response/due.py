"""The clocks of tasks and runs as they are known, and when each tells something next.

- A clock's row holds its plan and the calendar of the nation as both were when the task
  was given out. What happened stands beside it as marks; what was told, as firings.
- `due_ms` is when the task tells something next; the index on it is all that the loop
  of escalation reads while nothing is due.
- A clock with a name runs over a whole run, from the beginning of one step to the end
  of another; it is kept like that of a task which the coordinator has.
- While a whole run stands still, so do the clocks of all its tasks. A clock with a name
  goes on: it says how long something took for those outside.
- Tasks are found by the position at which they moved; this view stands behind the one
  of runs and tasks, and a redaction makes the rows of a run anew.
"""

from collections.abc import Iterable
from typing import Any

import apsw
import msgspec

from foedus.eventlog.envelope import Event, Recorded, Redacted
from foedus.response.due_news import Happened, announce
from foedus.response.due_rows import (
    MOMENTS,
    keep_calendars,
    keep_task,
    mark,
    mark_named,
    name_clocks,
    schedule,
)
from foedus.response.due_schema import (
    AUDITED,
    ENTRY,
    FIRING,
    FORGET,
    FORGET_MARKS,
    HOLD,
    IS_KEPT,
    MISSED,
    MOVED,
    PAUSE,
    RELEASE,
    RESUME,
    RUN_NOW,
    SCHEMA,
    SUBJECTS_OF_RUN,
    TASK_EVENTS,
    TASKS_OF_RUN,
)
from foedus.response.events import (
    AnyTaskEvent,
    RunEvent,
    RunPaused,
    RunResumed,
    RunStarted,
    TaskEvent,
)
from foedus.response.firings import (
    LATE_MS,
    ClockFired,
    ClockPaused,
    ClockResumed,
    ClocksAudited,
    ClocksHeld,
    ClocksReleased,
    FiringMissed,
)
from foedus.response.ladders import Key
from foedus.response.tasks import Task

_task = msgspec.json.Decoder(Task).decode
_written = msgspec.json.Decoder(AnyTaskEvent).decode


class ClockView:
    """Folds the clocks of tasks and runs into tables."""

    folds = (
        RunEvent
        | TaskEvent
        | ClockFired
        | ClockPaused
        | ClockResumed
        | FiringMissed
        | ClocksHeld
        | ClocksReleased
        | ClocksAudited
        | Redacted
    )
    version = 3
    schema = SCHEMA

    def __init__(self) -> None:
        self._moved: dict[str, None] = {}

    def load(self, db: apsw.Connection) -> None:  # noqa: ARG002 - the projector's port
        """Forget which tasks have moved in a commit that was not folded to its end."""
        self._moved.clear()

    def apply(self, db: apsw.Connection, recorded: Recorded, event: Event) -> None:
        """Fold one event; those of other capabilities change nothing here."""
        moved: Iterable[str] = ()
        match event:
            case RunStarted() | TaskEvent():
                moved = _happened(db, recorded, event)
            case ClockFired():
                moved = _fire(db, recorded, event)
            case ClockPaused() | ClockResumed():
                moved = _pause(db, recorded, event)
            case Redacted():
                moved = _forget(db, event.position)
            case _:
                if isinstance(event, RunEvent):
                    moved = _happened(db, recorded, event)
                else:
                    _watch(db, recorded, event)
        self._moved |= dict.fromkeys(moved)

    def close_commit(
        self,
        db: apsw.Connection,
        arrival_ms: int,  # noqa: ARG002 - the projector's port
    ) -> None:
        """Note when the tasks that have moved tell something next; once a commit."""
        for subject in self._moved:
            schedule(db, subject)
        self._moved.clear()


def subject_of(recorded: Recorded) -> str:
    """Give the task, or the clock with a name, that an entry is about."""
    return recorded.stream.partition("/")[2]


def _happened(
    db: apsw.Connection, recorded: Recorded, event: RunEvent | TaskEvent
) -> list[str]:
    """Take over what an event did to tasks and to the clocks of its run."""
    moved = [
        _task(raw) for (raw,) in db.execute(MOVED, {"position": recorded.position})
    ]
    if isinstance(event, TaskEvent):
        run = moved[0].asked.run if moved else None
        moment = MOMENTS.get(type(event))
        if moment is not None:
            mark(db, subject_of(recorded), recorded.position, moment, event.at_ms)
    else:
        run = subject_of(recorded)
        if isinstance(event, RunStarted):
            keep_calendars(db, run, event)
            name_clocks(db, run, event)
    if run is None:
        return []
    db.execute(ENTRY, {"position": recorded.position, "run": run})
    for task in moved:
        keep_task(db, task, recorded.position)
    if isinstance(event, RunPaused | RunResumed):
        _stand(db, recorded.position, event, [each for each in moved if each.is_open])
    named = [] if isinstance(event, TaskEvent) else mark_named(db, run)
    return [each.asked.task for each in moved] + named


def _stand(
    db: apsw.Connection,
    position: int,
    event: RunPaused | RunResumed,
    moved: Iterable[Task],
) -> None:
    """Let the clocks of a run's tasks stand still, or go on; why, the run says."""
    for task in moved:
        where: dict[str, Any] = {
            "position": position,
            "subject": task.asked.task,
            "clock": None,
            "whole": True,
        }
        if isinstance(event, RunResumed):
            db.execute(RESUME, where | {"until_ms": event.at_ms})
            continue
        since = {"since_ms": task.asked.still_ms, "authority": event.nation}
        db.execute(PAUSE, where | since | {"awaits": None, "reason": ""})


def _fire(db: apsw.Connection, recorded: Recorded, event: ClockFired) -> list[str]:
    """Note that a point, and those for which it stands, were written."""
    subject = event.task
    if not db.execute(IS_KEPT, {"subject": subject}).get:
        return []
    kind = recorded.kind.removeprefix("response.clock-")
    told: dict[str, Any] = {
        "subject": subject,
        "kind": kind,
        "due_ms": event.due_ms,
        "fired_ms": event.fired_ms,
        "arrival_ms": recorded.arrival_ms,
        "position": recorded.position,
    }
    body = msgspec.json.encode(event)
    is_new = db.execute(
        FIRING,
        told | _columns(event.key) | {"reason": event.reason, "body": body},
    ).fetchall()
    for key in event.instead_of:
        reason = f"told by {event.key.point} of {event.key.clock}"
        one = told | _columns(key) | {"reason": reason, "body": body}
        db.execute(FIRING, one).fetchall()
    if is_new and not event.reason:
        late = event.fired_ms - event.due_ms > LATE_MS
        what = Happened(
            what=kind,
            key=event.key,
            tell=event.tell,
            due_ms=event.due_ms,
            late=late,
        )
        announce(db, recorded, subject, what)
    return [subject]


def _columns(key: Key) -> dict[str, Any]:
    return msgspec.structs.asdict(key)


def _pause(
    db: apsw.Connection, recorded: Recorded, event: ClockPaused | ClockResumed
) -> list[str]:
    subject = event.task
    if isinstance(event, ClockPaused):
        db.execute(
            PAUSE,
            {
                "position": recorded.position,
                "subject": subject,
                "clock": event.clock,
                "whole": False,
                "since_ms": event.at_ms,
                "authority": event.nation,
                "awaits": event.awaits,
                "reason": event.reason,
            },
        )
    else:
        db.execute(
            RESUME,
            {
                "subject": subject,
                "clock": event.clock,
                "whole": False,
                "until_ms": event.at_ms,
                "position": recorded.position,
            },
        )
    happened = recorded.kind.removeprefix("response.clock-")
    announce(db, recorded, subject, Happened(what=happened, clock=event.clock))
    return [subject]


def _watch(db: apsw.Connection, recorded: Recorded, event: Event) -> None:
    """Note what was held, and what the auditor found."""
    match event:
        case FiringMissed():
            row = {"subject": event.task, "position": recorded.position}
            row |= {"due_ms": event.due_ms, "found_ms": event.found_ms}
            if db.execute(MISSED, row | _columns(event.key)).fetchall():
                what = Happened(
                    what="missed",
                    key=event.key,
                    tell=("coordinator", "duty-officer"),
                    due_ms=event.due_ms,
                )
                announce(db, recorded, event.task, what)
        case ClocksHeld():
            db.execute(
                HOLD,
                {
                    "position": recorded.position,
                    "jump": event.jump,
                    "was_ms": event.was_ms,
                    "is_ms": event.is_ms,
                },
            )
        case ClocksReleased():
            db.execute(RELEASE, {"released_ms": event.at_ms, "cause": event.cause})
        case ClocksAudited():
            db.execute(
                AUDITED,
                {
                    "position": recorded.position,
                    "since_ms": event.since_ms,
                    "until_ms": event.until_ms,
                    "upto": event.position,
                    "tasks": event.tasks,
                    "missed": event.missed,
                },
            )
        case _:
            pass


def _forget(db: apsw.Connection, position: int) -> list[str]:
    """Make the rows of a run, or of one task's clocks, anew without an entry."""
    where = {"position": position}
    row = db.execute("SELECT run FROM clock_entry WHERE position = :position", where)
    run = row.get
    db.execute("DELETE FROM clock_entry WHERE position = :position", where)
    subjects = db.execute(
        "SELECT subject FROM clock_firing WHERE position = :position"
        " UNION SELECT subject FROM clock_pause"
        " WHERE position = :position OR ended = :position",
        where,
    ).fetchall()
    db.execute("DELETE FROM clock_firing WHERE position = :position", where)
    db.execute("DELETE FROM clock_pause WHERE position = :position", where)
    db.execute(
        "UPDATE clock_pause SET until_ms = NULL, ended = NULL WHERE ended = :position",
        where,
    )
    if run is not None:
        return _make_anew(db, str(run))
    for table in ("clock_missed", "clock_audit", "clock_hold"):
        db.execute(f"DELETE FROM {table} WHERE position = :position", where)  # noqa: S608 - names of our own
    return [str(subject) for (subject,) in subjects]


def _make_anew(db: apsw.Connection, run: str) -> list[str]:
    """Take over a run that was folded again."""
    where = {"run": run}
    found = {task.asked.task: task for task in map(_task, _states(db, run))}
    is_kept = db.execute(RUN_NOW, where).get is not None
    for (subject,) in db.execute(SUBJECTS_OF_RUN, where).fetchall():
        is_known = is_kept if "/" in str(subject) else subject in found
        for statement in (FORGET_MARKS,) if is_known else FORGET:
            db.execute(statement, {"subject": subject})
    events: list[tuple[Any, ...]] = db.execute(TASK_EVENTS, where).fetchall()
    for position, task, body in events:
        event = _written(body)
        moment = MOMENTS.get(type(event))
        if moment is not None:
            mark(db, task, position, moment, event.at_ms)
    for each in found.values():
        keep_task(db, each, _moved(db, each.asked.task))
    if not is_kept:
        db.execute("DELETE FROM clock_calendar WHERE run = :run", where)
        return []
    return [*found, *mark_named(db, run)]


def _states(db: apsw.Connection, run: str) -> list[bytes]:
    rows: list[tuple[Any, ...]] = db.execute(TASKS_OF_RUN, {"run": run}).fetchall()
    return [raw for (raw,) in rows]


def _moved(db: apsw.Connection, task: str) -> int:
    row = db.execute("SELECT moved FROM task WHERE task = :task", {"task": task})
    return int(row.get)
