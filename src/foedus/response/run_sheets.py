"""What a viewer is shown of playbooks and runs.

- Of a run a viewer sees the steps whose label it may see, and of the others nothing: no
  number, no gap, no name.
- Trace, warnings and variables are the coordinator's alone.
- Persons are never shown.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

import msgspec

from foedus.clock import from_ms
from foedus.ids import NationCode
from foedus.releasability.access import Access
from foedus.releasability.labels import print_label
from foedus.releasability.viewers import Viewer
from foedus.response.assignments import assignment_of, terms_of
from foedus.response.events import Cause
from foedus.response.queries import FoundRun, StepRow
from foedus.response.runs import Run, Status, Still
from foedus.response.shelf import Shelved, Title
from foedus.response.tasks import Ending, Standing, Task
from foedus.response.vocabulary import StepKind


class PlaybookLine(msgspec.Struct, frozen=True, kw_only=True):
    """A playbook as a list shows it.

    Attributes:
        nation: whose it is here.
    """

    playbook: str
    name: str
    nation: NationCode
    modified: str
    label: str
    imported: datetime


class LaunchVariable(msgspec.Struct, frozen=True, kw_only=True):
    """A value that whoever starts the playbook may set."""

    name: str
    type: str
    value: str | None


class PlannedStep(msgspec.Struct, frozen=True, kw_only=True):
    """An action of a playbook, and of whom it is asked.

    Attributes:
        nations: as written; none means the coordinator.
    """

    step: str
    name: str
    nations: tuple[str, ...]
    role: str | None
    completion: str


class PlaybookSheet(PlaybookLine, frozen=True, kw_only=True):
    """A playbook, as far as one may know it.

    Attributes:
        impact: how much a run may disturb, 0 to 100.
        versions: when each version was modified, the newest first.
    """

    description: str
    impact: int | None
    revoked: bool
    valid_from: str | None
    valid_until: str | None
    exercise: bool
    variables: tuple[LaunchVariable, ...]
    steps: tuple[PlannedStep, ...]
    versions: tuple[str, ...]


class RunLine(msgspec.Struct, frozen=True, kw_only=True):
    """A run as a list shows it."""

    run: str
    name: str
    coordinator: NationCode
    status: Status
    exercise: bool
    started: datetime
    ended: datetime | None


class TaskState(msgspec.Struct, frozen=True, kw_only=True):
    """How far one nation has come with a step."""

    task: str
    nation: NationCode
    standing: Standing
    ending: Ending | None


class StepSheet(msgspec.Struct, frozen=True, kw_only=True):
    """An action of a run.

    Attributes:
        ending: why it no longer waits; none while it does.
        tasks: of it, as far as one may know them.
    """

    step: str
    name: str
    began: datetime
    due: datetime
    ended: datetime | None
    ending: Ending | None
    tasks: tuple[TaskState, ...]


class Inside(msgspec.Struct, frozen=True, kw_only=True):
    """What the coordinator alone is shown."""

    variables: dict[str, str | None]
    trace: list[str]
    warnings: list[str]
    due: datetime | None


class StillSheet(msgspec.Struct, frozen=True, kw_only=True):
    """A time for which the whole run stood still.

    Attributes:
        until: none while it does.
        reason: why, as its coordinator said.
        said: what the coordinator said when it went on.
    """

    since: datetime
    until: datetime | None
    reason: str
    said: str


class RunSheet(RunLine, frozen=True, kw_only=True):
    """A run, as far as one may know it.

    Attributes:
        playbook: its id.
        modified: which version.
        evidence: the ids of what it rests on.
        cancelled: why, where it was cancelled.
        paused: when, and why, it stood still; the last one may last.
        inside: for the coordinator.
    """

    playbook: str
    modified: str
    label: str
    cause: Cause
    evidence: tuple[str, ...]
    cancelled: str
    paused: tuple[StillSheet, ...]
    steps: tuple[StepSheet, ...]
    inside: Inside | None


def playbook_line(title: Title | Shelved, access: Access) -> PlaybookLine:
    """Show a playbook in a list."""
    name = title.name if isinstance(title, Title) else title.playbook.name
    return PlaybookLine(
        playbook=title.edition.playbook,
        name=name,
        nation=title.edition.nation,
        modified=title.edition.modified,
        label=print_label(title.label.label, access.alliance),
        imported=from_ms(title.arrival_ms),
    )


def playbook_sheet(
    found: Shelved, lane: Sequence[Title], access: Access
) -> PlaybookSheet:
    """Show a playbook.

    Args:
        found: the edition.
        lane: all that the viewer may see, in the order of the shelf.
        access: who may see what, now.
    """
    book = found.playbook
    line = msgspec.structs.asdict(playbook_line(found, access))
    return PlaybookSheet(
        **line,
        description=book.description,
        impact=book.impact,
        revoked=book.revoked,
        valid_from=book.valid_from,
        valid_until=book.valid_until,
        exercise=terms_of(book).exercise,
        variables=tuple(
            LaunchVariable(name=name, type=each.kind, value=each.value)
            for name, each in book.variables.items()
            if each.external
        ),
        steps=tuple(
            PlannedStep(
                step=step.id,
                name=step.label,
                nations=(given := assignment_of(step)).nations,
                role=given.role,
                completion=given.completion.rule,
            )
            for step in book.workflow.values()
            if step.kind is StepKind.ACTION
        ),
        versions=tuple(
            each.edition.modified
            for each in lane
            if each.edition.nation == found.edition.nation
        ),
    )


def run_line(run: Run) -> RunLine:
    """Show a run in a list."""
    return RunLine(
        run=run.run,
        name=run.name,
        coordinator=run.coordinator,
        status=run.status,
        exercise=run.exercise,
        started=from_ms(run.started_ms),
        ended=None if run.ended_ms is None else from_ms(run.ended_ms),
    )


def run_sheet(
    found: FoundRun,
    steps: Iterable[StepRow],
    tasks: Iterable[Task],
    viewer: Viewer,
    access: Access,
) -> RunSheet:
    """Show a run.

    Args:
        found: the run, which the viewer may see.
        steps: of it, those that the viewer may see.
        tasks: likewise.
        viewer: who looks.
        access: who may see what, now.
    """
    by_step: dict[int, list[TaskState]] = {}
    for each in tasks:
        by_step.setdefault(each.asked.number, []).append(_task_state(each))
    edition = found.started.editions[0]
    is_inside = viewer.nation == found.run.coordinator
    return RunSheet(
        **msgspec.structs.asdict(run_line(found.run)),
        playbook=edition.playbook,
        modified=edition.modified,
        label=print_label(found.label.label, access.alliance),
        cause=found.started.cause,
        evidence=found.started.evidence,
        cancelled=found.run.cancelled,
        paused=tuple(map(_still_sheet, found.run.stills)),
        steps=tuple(
            _step_sheet(each, tuple(by_step.get(each.number, ()))) for each in steps
        ),
        inside=_inside(found) if is_inside else None,
    )


def _still_sheet(still: Still) -> StillSheet:
    return StillSheet(
        since=from_ms(still.since_ms),
        until=None if still.until_ms is None else from_ms(still.until_ms),
        reason=still.reason,
        said=still.said,
    )


def _inside(found: FoundRun) -> Inside:
    due_ms = found.run.due_ms
    return Inside(
        variables=found.state.values(),
        trace=found.state.printed(),
        warnings=list(found.state.warnings),
        due=None if due_ms is None else from_ms(due_ms),
    )


def _step_sheet(step: StepRow, tasks: tuple[TaskState, ...]) -> StepSheet:
    return StepSheet(
        step=step.step,
        name=step.name,
        began=from_ms(step.began_ms),
        due=from_ms(step.due_ms),
        ended=None if step.ended_ms is None else from_ms(step.ended_ms),
        ending=None if step.ending is None else Ending(step.ending),
        tasks=tasks,
    )


def _task_state(task: Task) -> TaskState:
    return TaskState(
        task=task.asked.task,
        nation=task.asked.nation,
        standing=task.standing,
        ending=task.ending,
    )
