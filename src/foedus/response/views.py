"""Playbooks, runs, steps and tasks as they are known: tables folded from the log.

- The state of a run's machine stands in its row, so that an event costs one step and
  not the whole run again.
- Tasks are made in the fold of the run that asks them: there is nothing between a step
  and its tasks that could be lost or doubled.
- What a step gave back stands in the events of its tasks, and nowhere else.
- A redaction folds the run again from its other events; a run whose start, or whose
  playbook, was erased is gone.
"""

from typing import Any, Final

import apsw
import msgspec

from foedus.clock import LAST_MS
from foedus.eventlog.envelope import Event, Recorded, Redacted
from foedus.ids import NationCode
from foedus.releasability.join import decode_label
from foedus.releasability.labelled import intern_label
from foedus.response import runs, tasks
from foedus.response.announcing import announce_run, announce_task
from foedus.response.completion import Standpoint, judge
from foedus.response.events import (
    AnyTaskEvent,
    CalendarSet,
    Plan,
    PlaybookImported,
    RunEvent,
    RunStarted,
    StepAnswered,
    TaskBroken,
)
from foedus.response.frames import Result, RunState
from foedus.response.library import Library
from foedus.response.machine import Machine, Pending
from foedus.response.queries import outputs_of
from foedus.response.runs import Fed, Run, Status
from foedus.response.schema import (
    ACTIVATION,
    ACTIVATION_ENDED,
    ACTIVATIONS_LATER,
    CALENDAR,
    EVENT,
    EVENTS_OF,
    FORGET_CALENDAR,
    FORGET_EVENTS,
    FORGET_RUN,
    FORGET_STEPS,
    FORGET_TASKS,
    OPEN_TASKS,
    OPEN_TASKS_OF_RUN,
    PLAYBOOK,
    PLAYBOOK_AT,
    READY,
    RUN,
    RUN_OF,
    RUN_OF_POSITION,
    RUN_ROW,
    RUNS_OF_EDITION,
    SCHEMA,
    SOURCE,
    STANDPOINTS,
    TASK,
    TASK_ROW,
    TASK_STATE,
)
from foedus.response.tasks import Standing, Task, task_id

Rows = list[tuple[Any, ...]]

_state = msgspec.msgpack.Decoder(RunState).decode
_run = msgspec.json.Decoder(Run).decode
_started = msgspec.json.Decoder(RunStarted).decode
_task = msgspec.json.Decoder(Task).decode
_written = msgspec.json.Decoder(RunEvent | AnyTaskEvent).decode


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """Where an event of a run stands.

    Attributes:
        task: whose it is; empty for the run's own.
        recorded: the entry while it is folded first; `None` when it is folded again,
            so that nobody is told twice.
    """

    position: int
    arrival_ms: int
    nation: str
    run: str
    task: str = ""
    recorded: Recorded | None = None


class ResponseView:
    """Folds playbooks, runs and tasks into tables."""

    folds = PlaybookImported | RunEvent | AnyTaskEvent | CalendarSet | Redacted
    version = 4
    schema = SCHEMA

    def load(self, db: apsw.Connection) -> None:
        """Do nothing: nothing is kept in memory but playbooks, which never change."""

    def apply(self, db: apsw.Connection, recorded: Recorded, event: Event) -> None:
        """Fold one event; those of other capabilities change nothing here."""
        if isinstance(event, PlaybookImported):
            _import(db, recorded, event)
        elif isinstance(event, RunEvent):
            run = recorded.stream.removeprefix("runs/")
            _fold(db, _entry(recorded, run), event)
        elif isinstance(event, AnyTaskEvent):
            task = recorded.stream.removeprefix("tasks/")
            row = db.execute(RUN_OF, {"task": task}).fetchone()
            if row is not None:
                _fold(db, _entry(recorded, str(row[0]), task), event)
        elif isinstance(event, CalendarSet):
            body = msgspec.json.encode(event.calendar)
            nation = event.calendar.nation
            row = {"position": recorded.position, "nation": nation, "body": body}
            db.execute(CALENDAR, row)
        elif isinstance(event, Redacted):
            _forget(db, event.position)

    def close_commit(self, db: apsw.Connection, arrival_ms: int) -> None:
        """Do nothing: no row here depends on where a commit ends."""


def library_of(db: apsw.Connection, started: RunStarted) -> Library | None:
    """Give the playbooks of a run; `None` if one of them was erased."""
    found = []
    for edition in started.editions:
        bindings = msgspec.structs.asdict(edition)
        row: tuple[Any, ...] | None = db.execute(SOURCE, bindings).fetchone()
        if row is None:
            return None
        found.append(runs.playbook_of(bytes(row[0]), bool(row[1])))
    return Library(found)


def _entry(recorded: Recorded, run: str, task: str = "") -> Entry:
    return Entry(
        position=recorded.position,
        arrival_ms=recorded.arrival_ms,
        nation=recorded.who.nation,
        run=run,
        task=task,
        recorded=recorded,
    )


def _import(db: apsw.Connection, recorded: Recorded, event: PlaybookImported) -> None:
    source = bytes(event.source)
    playbook = runs.playbook_of(source, event.lenient)
    db.execute(
        PLAYBOOK,
        {
            "playbook": event.playbook,
            "nation": event.nation,
            "modified": event.modified,
            "position": recorded.position,
            "arrival_ms": recorded.arrival_ms,
            "label": intern_label(db, decode_label(bytes(event.label)), event.nation),
            "name": playbook.name,
            "lenient": event.lenient,
            "source": source,
        },
    )


def _fold(db: apsw.Connection, entry: Entry, event: RunEvent | AnyTaskEvent) -> None:
    if isinstance(event, AnyTaskEvent):
        if _fold_task(db, entry, event):
            _keep(db, entry, event)
        return
    row = db.execute(RUN_ROW, {"run": entry.run}).fetchone()
    if isinstance(event, RunStarted):
        if row is None and _start(db, entry, event):
            _keep(db, entry, event)
        return
    if row is None:
        return
    started, run, state = _started(row[0]), _run(row[1]), _state(row[2])
    library = library_of(db, started)
    assert library is not None, "a run without its playbooks is not kept"
    machine = Machine(library, state, started.limits)
    fed = runs.feed(run, _whole(db, entry.run, event), machine)
    _write_run(db, fed.run, state, started)
    _end_steps(db, entry, fed)
    _begin_steps(db, entry, fed, started)
    if fed.run.is_open and fed.run.still != run.still:
        _stand(db, entry, fed)
    _keep(db, entry, event)
    if fed.run.status != run.status:
        happened = _HAPPENED.get(fed.run.status, "ended")
        announce_run(db, entry.recorded, fed.run, started, happened)


_HAPPENED: Final = {Status.PAUSED: "paused", Status.RUNNING: "resumed"}
"""What is told of a run whose status is another one now."""


def _whole(db: apsw.Connection, run: str, event: RunEvent) -> RunEvent:
    """Add to an answer what its tasks tell; it is kept there alone."""
    if not isinstance(event, StepAnswered) or not event.gathered:
        return event
    outputs = outputs_of(db, run, event.number)
    return msgspec.structs.replace(event, outputs=outputs)


def _keep(db: apsw.Connection, entry: Entry, event: Event) -> None:
    bindings = msgspec.structs.asdict(entry) | {"body": msgspec.json.encode(event)}
    del bindings["recorded"]
    db.execute(EVENT, bindings)


def _start(db: apsw.Connection, entry: Entry, started: RunStarted) -> bool:
    library = library_of(db, started)
    if library is None:
        return False
    state = RunState()
    fed = runs.begin(started, library, state)
    _write_run(db, fed.run, state, started)
    announce_run(db, entry.recorded, fed.run, started, "started")
    _begin_steps(db, entry, fed, started)
    return True


def _write_run(
    db: apsw.Connection, run: Run, state: RunState, started: RunStarted
) -> None:
    label = decode_label(bytes(started.label))
    db.execute(
        RUN,
        {
            "run": run.run,
            "label": intern_label(db, label, started.coordinator),
            "coordinator": started.coordinator,
            "open": run.is_open,
            "still": run.still is not None,
            "started_ms": run.started_ms,
            "due_ms": run.due_ms,
            "started": msgspec.json.encode(started),
            "now": msgspec.json.encode(run),
            "state": msgspec.msgpack.encode(state),
        },
    )


def _begin_steps(
    db: apsw.Connection, entry: Entry, fed: Fed, started: RunStarted
) -> None:
    """Write the steps that began to wait, and the task of each nation."""
    for one in fed.began if fed.run.is_open else ():
        plan = runs.plan_of(started.plans, one)
        assert plan is not None, "every action was planned when the run started"
        label = decode_label(bytes(plan.label))
        db.execute(
            ACTIVATION,
            {
                "run": fed.run.run,
                "number": one.number,
                "version": one.playbook,
                "step": one.step.id,
                "name": one.step.label,
                "label": intern_label(db, label, started.coordinator),
                "began_ms": one.began_ms,
                "due_ms": one.due_ms,
            },
        )
        for nation in plan.nations:
            task = Task(asked=_asked(started, plan, one, nation))
            _write_task(db, entry, task, is_new=True)
            announce_task(db, entry.recorded, task, "asked")


def _asked(
    started: RunStarted, plan: Plan, one: Pending, nation: NationCode
) -> tasks.Asked:
    return tasks.Asked(
        task=task_id(started.seed, one.number, nation),
        run=started.run,
        number=one.number,
        nation=nation,
        coordinator=started.coordinator,
        version=one.playbook,
        step=one.step.id,
        name=one.step.label,
        plan=plan.given,
        released=plan.released,
        sends=plan.sends,
        by_hand=plan.by_hand,
        outputs=one.step.out_args,
        exercise=started.exercise,
        asked_ms=one.began_ms,
        due_ms=one.due_ms,
        label=plan.label,
    )


def _end_steps(db: apsw.Connection, entry: Entry, fed: Fed) -> None:
    """Close the steps that no longer wait, and their tasks."""
    for number, ending in fed.ended:
        which = {"run": fed.run.run, "number": number}
        ended = {"ended_ms": fed.at_ms, "ending": ending.value}
        db.execute(ACTIVATION_ENDED, which | ended)
        rows: Rows = db.execute(OPEN_TASKS, which).fetchall()
        for (raw,) in rows:
            said = fed.reason if ending is tasks.Ending.FORCED else ""
            task = tasks.end(_task(raw), ending, fed.at_ms, said)
            _write_task(db, entry, task)
            announce_task(db, entry.recorded, task, "ended")


def _stand(db: apsw.Connection, entry: Entry, fed: Fed) -> None:
    """Let the time of all that waits stand still with its run, or go on with it."""
    run, still = fed.run.run, fed.run.still
    later = {"run": run, "later_ms": fed.later_ms, "last_ms": LAST_MS}
    db.execute(ACTIVATIONS_LATER, later)
    rows: Rows = db.execute(OPEN_TASKS_OF_RUN, {"run": run}).fetchall()
    for (raw,) in rows:
        since_ms = None if still is None else still.since_ms
        task = tasks.stand(_task(raw), since_ms, fed.later_ms)
        _write_task(db, entry, task)
        announce_task(
            db, entry.recorded, task, "run-resumed" if still is None else "run-paused"
        )


def _fold_task(db: apsw.Connection, entry: Entry, event: AnyTaskEvent) -> bool:
    row = db.execute(TASK_STATE, {"task": entry.task}).fetchone()
    if row is None:
        return False
    task = tasks.step(_task(row[0]), event)
    _write_task(db, entry, task)
    if isinstance(event, TaskBroken):
        _fail(db, task, event)
    elif task.is_open:
        _judge(db, task)
    happened = str(type(event).__struct_config__.tag).removeprefix("response.")
    announce_task(db, entry.recorded, task, happened)
    return True


def _write_task(
    db: apsw.Connection, entry: Entry, task: Task, *, is_new: bool = False
) -> None:
    asked, declined = task.asked, task.standing is Standing.DECLINED
    changing = {
        "task": asked.task,
        "label": intern_label(db, tasks.label_of(task), asked.coordinator, own=False),
        "offered": task.offered,
        "doer": task.doer,
        "open": task.is_open,
        "standing": task.standing.value,
        "due_ms": asked.due_ms,
        "done_ms": None if declined else task.counted_ms,
        "declined_ms": task.counted_ms if declined else None,
        "moved": entry.position,
        "state": msgspec.json.encode(task),
    }
    if not is_new:
        db.execute(TASK_ROW, changing)
        return
    fixed = {
        "run": asked.run,
        "number": asked.number,
        "nation": asked.nation,
        "coordinator": asked.coordinator,
        "asked_ms": asked.asked_ms,
        "sends": asked.sends is not None,
    }
    db.execute(TASK, changing | fixed)


def _judge(db: apsw.Connection, task: Task) -> None:
    """Note whether the rule of a step is met, or can no longer be."""
    which = {"run": task.asked.run, "number": task.asked.number}
    rows: Rows = db.execute(STANDPOINTS, which).fetchall()
    verdict = judge(
        task.asked.plan.completion,
        {
            NationCode(str(nation)): Standpoint(done_ms=done, declined_ms=declined)
            for nation, done, declined in rows
        },
    )
    db.execute(
        READY,
        which
        | {
            "ready_ms": None if verdict is None else verdict.at_ms,
            "result": None if verdict is None else verdict.result.value,
            "reason": "" if verdict is None else verdict.reason,
        },
    )


def _fail(db: apsw.Connection, task: Task, event: TaskBroken) -> None:
    """Note that a step that the hub itself carries out has failed."""
    db.execute(
        READY,
        {
            "run": task.asked.run,
            "number": task.asked.number,
            "ready_ms": event.at_ms,
            "result": Result.FAIL.value,
            "reason": event.reason,
        },
    )


def _forget(db: apsw.Connection, position: int) -> None:
    """Fold again what an erased event was part of."""
    db.execute(FORGET_CALENDAR, {"position": position})
    row = db.execute(RUN_OF_POSITION, {"position": position}).fetchone()
    if row is not None:
        _refold(db, str(row[0]), position)
        return
    edition = db.execute(PLAYBOOK_AT, {"position": position}).fetchone()
    if edition is None:
        return
    db.execute(
        "DELETE FROM playbook WHERE position = :position", {"position": position}
    )
    runs.playbook_of.cache_clear()  # what was erased is not kept in memory either
    playbook, nation, modified = edition
    named = msgspec.json.encode(
        {"playbook": playbook, "modified": modified, "nation": nation}
    ).decode()
    runs_of: Rows = db.execute(RUNS_OF_EDITION, {"edition": named}).fetchall()
    for (run,) in runs_of:
        _refold(db, str(run), position)


def _refold(db: apsw.Connection, run: str, without: int) -> None:
    rows: Rows = db.execute(EVENTS_OF, {"run": run}).fetchall()
    for statement in (FORGET_EVENTS, FORGET_TASKS, FORGET_STEPS, FORGET_RUN):
        db.execute(statement, {"run": run})
    for position, arrival_ms, nation, task, body in rows:
        if position != without:
            entry = Entry(
                position=position,
                arrival_ms=arrival_ms,
                nation=nation,
                run=run,
                task=task,
            )
            _fold(db, entry, _written(body))
