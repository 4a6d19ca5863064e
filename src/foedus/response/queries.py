"""What a viewer reads of runs and tasks, and what the hub's own processes look for.

What a viewer may not know is filtered inside the SQL; what only the coordinator may
know of what is visible is left to `run_sheets` and `task_sheets`.
"""

from typing import Any, Final, Literal

import apsw
import msgspec

from foedus.eventlog.streams import stream_key
from foedus.ids import Position
from foedus.releasability.access import Access
from foedus.releasability.join import FixedLabel, decode_label
from foedus.releasability.labelled import readable_labels
from foedus.releasability.viewers import Viewer
from foedus.response.events import RunStarted
from foedus.response.frames import Result, RunState
from foedus.response.runs import Run
from foedus.response.schema import TASK_STATE
from foedus.response.tasks import Task

PAGE_SIZE_MAX: Final = 500
"""Runs or tasks on one page of a list."""

STEPS_MAX: Final = 20_000
"""Steps of one run, as many as it may have."""

DUE_MAX: Final = 1_000
"""Runs that are looked at together."""

Part = Literal["mine", "coordinated", "all"]
"""Whose tasks are listed."""

Rows = list[tuple[Any, ...]]

_run = msgspec.json.Decoder(Run).decode
_started = msgspec.json.Decoder(RunStarted).decode
_state = msgspec.msgpack.Decoder(RunState).decode
_task = msgspec.json.Decoder(Task).decode

_ONE_RUN = """
SELECT r.now, r.started, r.state, l.fixed
  FROM run AS r
  JOIN label AS l ON l.label = r.label
 WHERE r.run = :run
   AND substr(:readable, r.label, 1) = x'01'
"""

_RUNS = """
SELECT now
  FROM run
 WHERE substr(:readable, label, 1) = x'01'
   AND (:open IS NULL OR open = :open)
 ORDER BY started_ms DESC, run
 LIMIT :limit
"""

_RUNS_AFTER = """
SELECT r.now
  FROM run AS r
  JOIN run AS a ON a.run = :after
 WHERE substr(:readable, r.label, 1) = x'01'
   AND substr(:readable, a.label, 1) = x'01'
   AND (:open IS NULL OR r.open = :open)
   AND (r.started_ms < a.started_ms
        OR (r.started_ms = a.started_ms AND r.run > a.run))
 ORDER BY r.started_ms DESC, r.run
 LIMIT :limit
"""

_STEPS = """
SELECT number, version, step, name, began_ms, due_ms, ended_ms, ending
  FROM activation
 WHERE run = :run
   AND substr(:readable, label, 1) = x'01'
 ORDER BY began_ms, name, number
 LIMIT :limit
"""

_ONE_TASK = """
SELECT t.state, t.moved, l.fixed
  FROM task AS t
  JOIN label AS l ON l.label = t.label
 WHERE t.task = :task
   AND substr(:readable, t.label, 1) = x'01'
"""

_TASKS_OF_RUN = """
SELECT state
  FROM task
 WHERE run = :run
   AND substr(:readable, label, 1) = x'01'
 ORDER BY asked_ms, nation, task
 LIMIT :limit
"""

_VISIBLE_TASKS = """
SELECT t.state
  FROM task AS t
 WHERE substr(:readable, t.label, 1) = x'01'
   AND (:open IS NULL OR t.open = :open)
"""

_MINE = """
   AND t.task IN (
       SELECT task FROM task WHERE nation = :nation
       UNION ALL
       SELECT task FROM task WHERE doer = :nation AND doer IS NOT NULL
       UNION ALL
       SELECT task FROM task WHERE offered = :nation AND offered IS NOT NULL)
"""

_COORDINATED = "   AND t.coordinator = :nation"

_FROM_THE_NEXT_DUE = """
   AND (:after = '' OR (t.due_ms, t.task) > (
        SELECT a.due_ms, a.task
          FROM task AS a
         WHERE a.task = :after AND substr(:readable, a.label, 1) = x'01'))
 ORDER BY t.due_ms, t.task
 LIMIT :limit
"""

_TASKS: Final = {
    "mine": _VISIBLE_TASKS + _MINE + _FROM_THE_NEXT_DUE,
    "coordinated": _VISIBLE_TASKS + _COORDINATED + _FROM_THE_NEXT_DUE,
    "all": _VISIBLE_TASKS + _FROM_THE_NEXT_DUE,
}

_DONE_WITH = """
SELECT state
  FROM task
 WHERE run = :run AND number = :number AND done_ms IS NOT NULL
 ORDER BY done_ms, nation
"""

_READY = """
SELECT a.run, a.number, a.began_ms, a.ready_ms, a.result, a.reason
  FROM activation AS a
  JOIN run AS r ON r.run = a.run
 WHERE a.ready_ms IS NOT NULL AND a.ended_ms IS NULL AND r.open = 1
   AND r.still = 0
 ORDER BY a.ready_ms, a.run, a.number
 LIMIT :limit
"""

_DUE = """
SELECT run, due_ms
  FROM run
 WHERE due_ms <= :now_ms
 ORDER BY due_ms, run
 LIMIT :limit
"""

_SENDING = """
SELECT state
  FROM task
 WHERE sends = 1 AND open = 1
 ORDER BY asked_ms, task
 LIMIT :limit
"""

_LAST = """
SELECT coalesce(max(position), 0)
  FROM log.entry
 WHERE stream_key = :key
   AND stream = :stream
   AND position <= (SELECT position FROM folded)
"""

_NEXT_DUE = "SELECT min(due_ms) FROM run WHERE due_ms IS NOT NULL"


class FoundRun(msgspec.Struct, frozen=True, kw_only=True):
    """A run that a viewer may see.

    Attributes:
        started: what went in; not for showing as it is.
        state: of the machine; likewise.
    """

    run: Run
    started: RunStarted
    state: RunState
    label: FixedLabel


class StepRow(msgspec.Struct, frozen=True, array_like=True):
    """An action of a run that a viewer may see.

    Attributes:
        number: which activation; never shown.
        ending: why it no longer waits; None while it does.
    """

    number: int
    version: str
    step: str
    name: str
    began_ms: int
    due_ms: int
    ended_ms: int | None
    ending: str | None


class FoundTask(msgspec.Struct, frozen=True, kw_only=True):
    """A task that a viewer may see."""

    task: Task
    label: FixedLabel


class Ready(msgspec.Struct, frozen=True, array_like=True):
    """A step whose rule is met, or can no longer be, and that still waits."""

    run: str
    number: int
    began_ms: int
    ready_ms: int
    result: Result
    reason: str


class Due(msgspec.Struct, frozen=True, array_like=True):
    """A run in which something is due."""

    run: str
    due_ms: int


def find_run(
    db: apsw.Connection, access: Access, viewer: Viewer, name: str
) -> FoundRun | None:
    """Find a run; None if there is none, or none for this viewer."""
    bindings = {"run": name, "readable": readable_labels(db, access, viewer)}
    row: tuple[Any, ...] | None = db.execute(_ONE_RUN, bindings).fetchone()
    if row is None:
        return None
    return FoundRun(
        run=_run(row[0]),
        started=_started(row[1]),
        state=_state(row[2]),
        label=decode_label(bytes(row[3])),
    )


def list_runs(  # noqa: PLR0913 - how a page is asked for
    db: apsw.Connection,
    access: Access,
    viewer: Viewer,
    *,
    open: bool | None = None,  # noqa: A002 - as it is asked for
    after: str = "",
    limit: int = PAGE_SIZE_MAX,
) -> list[Run]:
    """List the runs that a viewer may see, the newest first.

    Args:
        db: the views.
        access: who may see what, now.
        viewer: who looks.
        open: only those that run, or only those that have ended; None for all.
        after: the last one of the page before; of one that the viewer may not see,
            nothing follows.
        limit: how many at most.
    """
    bindings = {
        "readable": readable_labels(db, access, viewer),
        "open": open,
        "after": after,
        "limit": min(limit, PAGE_SIZE_MAX),
    }
    rows: Rows = db.execute(_RUNS_AFTER if after else _RUNS, bindings).fetchall()
    return [_run(row[0]) for row in rows]


def steps_of(
    db: apsw.Connection, access: Access, viewer: Viewer, run: str
) -> list[StepRow]:
    """List the actions of a run that a viewer may see, as they began."""
    bindings = {
        "run": run,
        "readable": readable_labels(db, access, viewer),
        "limit": STEPS_MAX,
    }
    return msgspec.convert(db.execute(_STEPS, bindings).fetchall(), list[StepRow])


def find_task(
    db: apsw.Connection, access: Access, viewer: Viewer, name: str
) -> FoundTask | None:
    """Find a task; None if there is none, or none for this viewer."""
    bindings = {"task": name, "readable": readable_labels(db, access, viewer)}
    row: tuple[Any, ...] | None = db.execute(_ONE_TASK, bindings).fetchone()
    if row is None:
        return None
    return FoundTask(task=_task(row[0]), label=decode_label(bytes(row[2])))


def tasks_of_run(
    db: apsw.Connection, access: Access, viewer: Viewer, run: str
) -> list[Task]:
    """List the tasks of a run that a viewer may see, as they were asked."""
    bindings = {
        "run": run,
        "readable": readable_labels(db, access, viewer),
        "limit": STEPS_MAX,
    }
    rows: Rows = db.execute(_TASKS_OF_RUN, bindings).fetchall()
    return [_task(row[0]) for row in rows]


def list_tasks(  # noqa: PLR0913 - how a page is asked for
    db: apsw.Connection,
    access: Access,
    viewer: Viewer,
    *,
    part: Part = "mine",
    open: bool | None = True,  # noqa: A002 - as it is asked for
    after: str = "",
    limit: int = PAGE_SIZE_MAX,
) -> list[Task]:
    """List the tasks that a viewer may see, what is due first.

    Args:
        db: the views.
        access: who may see what, now.
        viewer: who looks.
        part: `mine`, what the viewer's nation is asked to do, has taken or is offered;
            `coordinated`, what it asks of others; `all`.
        open: only what still waits, or only what does not; None for all.
        after: the last one of the page before; as with `list_runs`.
        limit: how many at most.
    """
    bindings = {
        "readable": readable_labels(db, access, viewer),
        "nation": viewer.nation,
        "open": open,
        "after": after,
        "limit": min(limit, PAGE_SIZE_MAX),
    }
    rows: Rows = db.execute(_TASKS[part], bindings).fetchall()
    return [_task(row[0]) for row in rows]


# For the hub's own processes and rules; nobody is shown any of it.


def sending(db: apsw.Connection) -> list[Task]:
    """List the waiting tasks that the hub itself carries out, the oldest first."""
    rows: Rows = db.execute(_SENDING, {"limit": DUE_MAX}).fetchall()
    return [_task(row[0]) for row in rows]


def task_as_it_stands(db: apsw.Connection, name: str) -> Task | None:
    """Give a task as the views know it."""
    row: tuple[Any, ...] | None = db.execute(TASK_STATE, {"task": name}).fetchone()
    return None if row is None else _task(row[0])


def outputs_of(db: apsw.Connection, run: str, number: int) -> dict[str, str | None]:
    """Gather what nations gave back of a step; of two values the later stays."""
    rows: Rows = db.execute(_DONE_WITH, {"run": run, "number": number}).fetchall()
    gathered: dict[str, str | None] = {}
    for (raw,) in rows:
        gathered |= _task(raw).outputs
    return gathered


def started_of(db: apsw.Connection, run: str) -> RunStarted | None:
    """Give what went into a run at its start."""
    row: tuple[Any, ...] | None = db.execute(
        "SELECT started FROM run WHERE run = :run", {"run": run}
    ).fetchone()
    return None if row is None else _started(row[0])


def last_of(db: apsw.Connection, stream: str) -> Position:
    """Give the last position of a history that the views know, erased ones included.

    Who appends behind it has decided by all that had happened.
    """
    bindings = {"key": stream_key(stream), "stream": stream}
    return Position(int(db.execute(_LAST, bindings).get))


def ready(db: apsw.Connection) -> list[Ready]:
    """List the steps that are to be answered, by when they became so."""
    rows = db.execute(_READY, {"limit": DUE_MAX}).fetchall()
    return msgspec.convert(rows, list[Ready])


def due(db: apsw.Connection, now_ms: int) -> list[Due]:
    """List the runs in which something is due, in that order."""
    rows = db.execute(_DUE, {"now_ms": now_ms, "limit": DUE_MAX}).fetchall()
    return msgspec.convert(rows, list[Due])


def next_due_ms(db: apsw.Connection) -> int | None:
    """Tell when something is due next in any run; None for never."""
    found = db.execute(_NEXT_DUE).get
    return None if found is None else int(found)
