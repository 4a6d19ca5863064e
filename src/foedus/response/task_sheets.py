"""What a viewer is shown of a task.

- Its nation, whoever took it and the coordinator see what was said of it; a nation that
  is only asked to take it sees what is asked.
- The run is named to whoever may see the run; a step whose text was released alone is
  shown without the values of the run.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Final

import apsw
import msgspec

from foedus.clock import from_ms
from foedus.errors import FoedusError
from foedus.ids import NationCode
from foedus.releasability.access import Access
from foedus.releasability.labels import print_label
from foedus.releasability.viewers import Viewer
from foedus.response import rules
from foedus.response.frames import RunState
from foedus.response.queries import FoundRun, FoundTask, find_run
from foedus.response.rules import Actor, Report
from foedus.response.seeing import acts, directs
from foedus.response.stack import Stack
from foedus.response.tasks import Ending, Standing, Task
from foedus.response.variables import look
from foedus.response.views import library_of


class TaskLine(msgspec.Struct, frozen=True, kw_only=True):
    """A task as a list shows it.

    Attributes:
        due: when the step's time is up.
        offered: the nation that is asked to take it.
        ending: why nothing more can be done with it; none while it is open.
    """

    task: str
    name: str
    nation: NationCode
    coordinator: NationCode
    standing: Standing
    ending: Ending | None
    exercise: bool
    offered: NationCode | None
    asked: datetime
    due: datetime


class Marks(msgspec.Struct, frozen=True, kw_only=True):
    """When a task passed each mark, C1 to C6; none where it has not."""

    delivered: datetime | None
    acknowledged: datetime | None
    answered: datetime | None
    begun: datetime | None
    done: datetime | None
    confirmed: datetime | None


class Remark(msgspec.Struct, frozen=True, kw_only=True):
    """What a nation wrote beside it."""

    nation: NationCode
    at: datetime
    text: str


class Said(msgspec.Struct, frozen=True, kw_only=True):
    """What was said of a task, for its nation and the coordinator.

    Attributes:
        doer: the nation that took it.
        returned: why the coordinator gave it back.
    """

    caveat: str
    team: str
    doer: NationCode | None
    reply: str
    evidence: tuple[str, ...]
    outputs: Mapping[str, str | None]
    returned: str
    notes: tuple[Remark, ...]


class TaskSheet(TaskLine, frozen=True, kw_only=True):
    """A task, as far as one may know it.

    Attributes:
        text: what is to be done.
        question: what is to be answered.
        evidence: whether what is done has to be shown.
        gate: what has to be named: an adopted decision.
        confirmed: whether it counts once the coordinator has confirmed it.
        gives: the names of what it gives back.
        values: the values that the step is given.
        run: the run that it belongs to, and its name.
        may: what the one who asks may do now.
    """

    text: str
    question: str
    role: str | None
    completion: str
    evidence: str
    gate: str | None
    confirmed: bool
    gives: tuple[str, ...]
    values: Mapping[str, str | None]
    label: str
    run: str | None
    run_name: str | None
    marks: Marks
    said: Said | None
    may: tuple[str, ...]


def task_line(task: Task) -> TaskLine:
    """Show a task in a list."""
    asked = task.asked
    return TaskLine(
        task=asked.task,
        name=asked.name,
        nation=asked.nation,
        coordinator=asked.coordinator,
        standing=task.standing,
        ending=task.ending,
        exercise=asked.exercise,
        offered=task.offered,
        asked=from_ms(asked.asked_ms),
        due=from_ms(asked.due_ms),
    )


def task_sheet(
    db: apsw.Connection,
    found: FoundTask,
    viewer: Viewer,
    access: Access,
    now_ms: int,
) -> TaskSheet:
    """Show a task that the viewer may see."""
    task, plan = found.task, found.task.asked.plan
    run = find_run(db, access, viewer, task.asked.run)
    is_inside = viewer.nation in (
        task.asked.nation,
        task.asked.coordinator,
        task.doer,
    )
    return TaskSheet(
        **msgspec.structs.asdict(task_line(task)),
        text=task.asked.text,
        question=plan.reply,
        role=plan.role,
        completion=plan.completion.rule,
        evidence=plan.evidence,
        gate=plan.gate,
        confirmed=plan.needs_confirmation,
        gives=task.asked.outputs,
        values=_values(db, task, run) if run is not None and is_inside else {},
        label=print_label(found.label.label, access.alliance),
        run=None if run is None else run.run.run,
        run_name=None if run is None else run.run.name,
        marks=_marks(task),
        said=_said(task) if is_inside else None,
        may=_may(task, viewer, access, now_ms),
    )


def _values(db: apsw.Connection, task: Task, run: FoundRun) -> dict[str, str | None]:
    """Give what the step is given by its `in_args`, while it waits."""
    library = library_of(db, run.started)
    if library is None or not task.is_open:
        return {}
    step = library.version(task.asked.version).workflow[task.asked.step]
    return _inputs(run.state, task.asked.number, step.in_args)


def _inputs(
    state: RunState, number: int, names: tuple[str, ...]
) -> dict[str, str | None]:
    stack = Stack(state)
    for frame, active in stack.running():
        if active.number == number:
            found = {name: look(name, stack.scopes(frame)) for name in names}
            return {name: each.value for name, each in found.items() if each}
    return {}


def _marks(task: Task) -> Marks:
    passed = msgspec.structs.asdict(task.passed)
    return Marks(
        **{name: None if ms is None else from_ms(ms) for name, ms in passed.items()}
    )


def _said(task: Task) -> Said:
    return Said(
        caveat=task.caveat,
        team=task.team,
        doer=task.doer,
        reply=task.reply,
        evidence=task.evidence,
        outputs=task.outputs,
        returned=task.returned,
        notes=tuple(
            Remark(nation=each.nation, at=from_ms(each.at_ms), text=each.text)
            for each in task.notes
        ),
    )


_ANYTHING: Final = Report(reply="-", evidence=("-",), adopted=frozenset({"-"}))


def _may(task: Task, viewer: Viewer, access: Access, now_ms: int) -> tuple[str, ...]:
    """Ask each rule whether it would allow the act."""
    actor = Actor(
        nation=viewer.nation,
        acts=acts(viewer, access, task.asked.plan.role),
        directs=directs(viewer, access),
        at_ms=now_ms,
    )
    tried: dict[str, Callable[[], object]] = {
        "acknowledge": lambda: rules.acknowledge(task, actor),
        "accept": lambda: rules.accept(task, actor),
        "decline": lambda: rules.decline(task, actor, "-"),
        "delegate": lambda: rules.delegate_to_team(task, actor, "-"),
        "start": lambda: rules.begin(task, actor),
        "done": lambda: rules.finish(task, actor, _ANYTHING),
        "confirm": lambda: rules.confirm(task, actor),
        "return": lambda: rules.give_back(task, actor, "-"),
        "note": lambda: rules.note(task, actor, "-"),
    }
    allowed = []
    for name, ask in tried.items():
        try:
            if ask() is not None:
                allowed.append(name)
        except FoedusError:
            continue
    return tuple(allowed)
