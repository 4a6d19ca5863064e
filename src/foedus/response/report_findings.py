"""What a run teaches: missed deadlines with causes, deviations, improvements.

- Late, declined and unreachable are three things: a nation that declined has answered,
  and one that was never reached is not late.
- An improvement names an outcome of the NIST Cybersecurity Framework 2.0, what was
  found, how often, and of whom; whoever plans decides what to do about it.
- Pure: the same material gives the same findings.

Source: reference/response.md, sections 5.2 and 6.1 (12); NIST CSWP 29 (CSF 2.0,
February 2024) and SP 800-61r3. The texts of the outcomes are from background knowledge.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Final, Literal

import msgspec

from foedus.clock import from_ms
from foedus.ids import NationCode
from foedus.response.clocks import ClockName, Owner, State
from foedus.response.events import (
    AnyTaskEvent,
    TaskBroken,
    TaskDelegated,
    TaskHanded,
    TaskReturned,
)
from foedus.response.firings import ClockBreached, ClockEscalated
from foedus.response.queries import StepRow
from foedus.response.report_reading import Material
from foedus.response.runs import Status
from foedus.response.tasks import Ending, Standing, Task, is_inside
from foedus.stix.strict_json import read_object

Cause = Literal["late", "declined", "unreachable"]
"""Why a deadline was missed."""

_MARKS: Final[dict[ClockName, str]] = {
    "deliver": "delivered",
    "acknowledge": "acknowledged",
    "accept": "answered",
    "start": "begun",
    "complete": "done",
    "confirm": "confirmed",
}
"""What of a task stops each clock."""

OUTCOMES: Final[Mapping[str, str]] = {
    "ID.IM-02": "Improvements are identified from tests and exercises",
    "ID.IM-03": "Improvements are identified from the execution of procedures",
    "ID.IM-04": "Plans are established, communicated, maintained and improved",
    "RS.MA-01": "The plan is executed in coordination with relevant third parties",
    "RS.MA-04": "Incidents are escalated or elevated as needed",
    "RS.AN-03": "Analysis establishes what has taken place, and its root cause",
    "RS.CO-02": "Internal and external stakeholders are notified",
    "RS.CO-03": "Information is shared with designated stakeholders",
    "RS.MI-01": "Incidents are contained",
    "RS.MI-02": "Incidents are eradicated",
    "RC.RP-01": "The recovery portion of the plan is executed",
}
"""Outcomes of the framework that findings are mapped to."""

_OF_ACTIVITY: Final[Mapping[str, str]] = {
    "analyze-collected-data": "RS.AN-03",
    "match-indicator": "RS.AN-03",
    "identify-indicators": "RS.AN-03",
    "scan-system": "RS.AN-03",
    "scan-vulnerabilities": "RS.AN-03",
    "compose-content": "RS.CO-03",
    "deliver-content": "RS.CO-03",
    "identify-audience": "RS.CO-03",
    "identify-channel": "RS.CO-03",
    "configure-systems": "RS.MI-01",
    "disconnect-system": "RS.MI-01",
    "restrict-access": "RS.MI-01",
    "eliminate-risk": "RS.MI-02",
    "restore-capabilities": "RC.RP-01",
    "restore-data": "RC.RP-01",
    "revert-system": "RC.RP-01",
}
"""What it is about when a step of an activity is not done in time."""

_OF_CLOCK: Final[Mapping[ClockName, str]] = {
    "deliver": "RS.CO-02",
    "acknowledge": "RS.CO-02",
    "accept": "RS.MA-01",
    "start": "RS.MA-01",
    "complete": "RS.MA-01",
    "confirm": "RS.MA-01",
}

_FOUND: Final[Mapping[str, str]] = {
    "deliver": "tasks reached nobody in time",
    "acknowledge": "tasks were acknowledged late, or not at all",
    "accept": "nations said late, or never, whether they would take part",
    "start": "work began late",
    "complete": "work was done late, or not at all",
    "confirm": "what was done was confirmed late",
}


class Breach(msgspec.Struct, frozen=True, kw_only=True):
    """A missed deadline.

    Attributes:
        waiting_for: whom the clock was waiting for: whose lateness it is.
        happened: when it came after all; null if it never did.
    """

    task: str
    step: str
    nation: NationCode
    clock: ClockName
    due: datetime
    happened: datetime | None
    late_s: int | None
    cause: Cause
    waiting_for: Owner


class Deviation(msgspec.Struct, frozen=True, kw_only=True):
    """Where the run left the way that the protocol foresees.

    Attributes:
        nation: whose; null for the run's own.
    """

    what: str
    step: str
    nation: NationCode | None
    at: datetime | None
    text: str


class Improvement(msgspec.Struct, frozen=True, kw_only=True):
    """What to look at before the next time.

    Attributes:
        outcome: of the framework, such as RS.CO-02.
        says: what the outcome asks for.
        finding: what was found.
        count: how often.
        nations: of whom.
    """

    outcome: str
    says: str
    finding: str
    count: int
    nations: tuple[NationCode, ...]


def breaches_of(material: Material) -> tuple[Breach, ...]:
    """List the missed deadlines, by when they were due."""
    by_id = {each.asked.task: each for each in material.tasks}
    found = []
    for fired in material.firings:
        task = by_id.get(fired.task)
        if not isinstance(fired, ClockBreached) or task is None:
            continue
        at_ms = getattr(task.passed, _MARKS[fired.key.clock])
        found.append(
            Breach(
                task=fired.task,
                step=task.asked.name,
                nation=task.asked.nation,
                clock=fired.key.clock,
                due=from_ms(fired.due_ms),
                happened=None if at_ms is None else from_ms(at_ms),
                late_s=None if at_ms is None else (at_ms - fired.due_ms) // 1_000,
                cause=_cause(fired, task),
                waiting_for=fired.owner,
            )
        )
    return tuple(found)


def _cause(fired: ClockBreached, task: Task) -> Cause:
    if fired.state is State.UNREACHABLE:
        return "unreachable"
    return "declined" if task.standing is Standing.DECLINED else "late"


def deviations_of(material: Material, reader: NationCode) -> tuple[Deviation, ...]:
    """List where the run left its way, as far as a reader may know the words."""
    tasks = _of_tasks(material, reader)
    found = [*_of_steps(material, reader), *tasks, *_of_run(material)]
    return tuple(
        sorted(found, key=lambda each: (each.at is None, each.at, each.what, each.step))
    )


def _of_steps(material: Material, reader: NationCode) -> Iterator[Deviation]:
    said = {
        Ending.FAILED: "it went on as failed",
        Ending.TIMED_OUT: "its time was up",
        Ending.DROPPED: "what it stood in ended before it",
        Ending.CANCELLED: "the run was cancelled",
        Ending.FORCED: "the coordinator ended it by hand",
    }
    for step in material.steps:
        ending = None if step.ending is None else Ending(step.ending)
        if ending in said and step.ended_ms is not None:
            yield Deviation(
                what=f"step {ending.value}",
                step=step.name,
                nation=None,
                at=from_ms(step.ended_ms),
                text=_forced(material, step, reader) or said[ending],
            )


def _forced(material: Material, step: StepRow, reader: NationCode) -> str:
    """Give what the coordinator said of a step that it ended by hand."""
    if step.ending != Ending.FORCED:
        return ""
    notes = (
        note.text
        for task in material.tasks
        if task.asked.number == step.number and is_inside(task, reader)
        for note in task.notes
        if note.at_ms == step.ended_ms and note.nation == task.asked.coordinator
    )
    return next(notes, "")


def _of_tasks(material: Material, reader: NationCode) -> Iterator[Deviation]:
    for found, task in _said_of_tasks(material):
        if is_inside(task, reader):
            yield found
        else:
            yield msgspec.structs.replace(found, text="")


def _said_of_tasks(material: Material) -> Iterator[tuple[Deviation, Task]]:
    by_id = {each.asked.task: each for each in material.tasks}
    for task in material.tasks:
        if task.standing is Standing.DECLINED and task.passed.answered is not None:
            yield _of(task, "declined", task.passed.answered, task.caveat)
    for name, move in material.moves:
        if isinstance(move, TaskReturned):
            yield _of(by_id[name], "given back", move.at_ms, move.reason)
        if isinstance(move, TaskBroken):
            yield _of(by_id[name], "not taken", move.at_ms, move.reason)
        if isinstance(move, TaskHanded):
            what = "outcome not known" if move.unknown else "left to people"
            yield _of(by_id[name], what, move.at_ms, move.reason)
        if isinstance(move, TaskDelegated) and move.offered is not None:
            to = f"to {move.offered}"
            yield _of(by_id[name], "offered to another nation", move.at_ms, to)
    for pause in material.pauses:
        text = f"{pause.clock or 'all clocks'}, by {pause.authority}: {pause.reason}"
        yield _of(by_id[pause.task], "clock paused", pause.since_ms, text)


def _of(task: Task, what: str, at_ms: int, text: str) -> tuple[Deviation, Task]:
    found = Deviation(
        what=what,
        step=task.asked.name,
        nation=task.asked.nation,
        at=from_ms(at_ms),
        text=text,
    )
    return found, task


def _of_run(material: Material) -> Iterator[Deviation]:
    run = material.found.run
    for still in run.stills:
        yield Deviation(
            what="run paused",
            step="",
            nation=None,
            at=from_ms(still.since_ms),
            text=still.reason,
        )
    at = None if run.ended_ms is None else from_ms(run.ended_ms)
    said = {
        Status.FAILED: "nothing handled a failure",
        Status.HANDLED: "a failure led to the exception path",
        Status.CANCELLED: run.cancelled,
    }
    if run.status in said:
        yield Deviation(
            what=f"run {run.status.value}",
            step="",
            nation=None,
            at=at,
            text=said[run.status],
        )
    if material.is_inside:
        for text in material.found.state.warnings:
            yield Deviation(
                what="warning of the engine", step="", nation=None, at=None, text=text
            )


def improvements_of(
    material: Material, breaches: Iterable[Breach], deviations: Iterable[Deviation]
) -> tuple[Improvement, ...]:
    """Map findings to outcomes of the framework, the most frequent first."""
    counted: dict[tuple[str, str], list[NationCode | None]] = {}

    def count(outcome: str, finding: str, nation: NationCode | None) -> None:
        counted.setdefault((outcome, finding), []).append(nation)

    activities = _activities(material)
    by_id = {each.asked.task: each for each in material.tasks}
    for breach in breaches:
        outcome = _OF_CLOCK[breach.clock]
        if breach.cause == "unreachable":
            outcome = "RS.CO-02"
        elif breach.clock == "complete":
            asked = by_id[breach.task].asked
            outcome = activities.get((asked.version, asked.step), outcome)
        count(outcome, _FOUND[breach.clock], breach.nation)
    for fired in material.firings:
        if isinstance(fired, ClockEscalated) and fired.tell:
            nation = by_id[fired.task].asked.nation
            count("RS.MA-04", "somebody had to be reminded by a ladder", nation)
    for each in deviations:
        count(*_mapped(each, exercise=material.found.run.exercise), each.nation)
    return tuple(
        Improvement(
            outcome=outcome,
            says=OUTCOMES[outcome],
            finding=finding,
            count=len(nations),
            nations=tuple(sorted({each for each in nations if each is not None})),
        )
        for (outcome, finding), nations in sorted(
            counted.items(), key=lambda item: (-len(item[1]), item[0])
        )
    )


_BY_HAND: Final = {
    "step forced": "steps had to be ended by hand",
    "run paused": "the run had to stand still",
}
"""What the coordinator did by hand, and what is found of it."""


def _mapped(deviation: Deviation, *, exercise: bool) -> tuple[str, str]:
    from_practice = "ID.IM-02" if exercise else "ID.IM-03"
    if deviation.what in {"declined", "offered to another nation"}:
        return "ID.IM-04", "nations were asked for what they could not give"
    if deviation.what in _BY_HAND:
        return from_practice, _BY_HAND[deviation.what]
    if deviation.what == "given back":
        return from_practice, "what was done was not what was needed"
    if deviation.what in {"not taken", "outcome not known", "left to people"}:
        return from_practice, "what the hub was to send itself did not get through"
    if deviation.what == "clock paused":
        return "ID.IM-04", "clocks had to be stopped by hand"
    return from_practice, f"{deviation.what}: the way of failure was taken"


def _activities(material: Material) -> dict[tuple[str, str], str]:
    """Tell what each step is about, by the activity of its first command."""
    if material.library is None:
        return {}
    found = {}
    for edition in material.found.started.editions:
        workflow = read_object(material.library.version(edition.version).source).get(
            "workflow"
        )
        for step, entry in workflow.items() if isinstance(workflow, dict) else ():
            activity = _activity(entry)
            if activity in _OF_ACTIVITY:
                found[edition.version, step] = _OF_ACTIVITY[activity]
    return found


def _activity(entry: object) -> str:
    commands = entry.get("commands") if isinstance(entry, dict) else None
    first = commands[0] if isinstance(commands, list) and commands else None
    activity = first.get("playbook_activity") if isinstance(first, dict) else None
    return activity if isinstance(activity, str) else ""


def text_of_move(move: AnyTaskEvent) -> str:
    """Give the words of what was done with a task; empty where there were none."""
    for name in ("caveat", "reply", "reason", "note", "text", "team"):
        found = getattr(move, name, "")
        if found:
            return str(found)
    return ""
