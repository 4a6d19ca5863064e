"""The report after a run: what happened, when, by whom, and what it teaches.

- Made from the log alone: no clock, no chance, no words of anybody's memory. Made again
  of the same log it is the same, byte for byte.
- It tells one viewer what that viewer may see; of the rest not even how much there is.
- Persons are never named; nations are.

Source: reference/response.md, sections 5.2 and 6.1 (12).
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Final

import msgspec

from foedus.clock import from_ms
from foedus.decisions.reading import find_decision
from foedus.ids import NationCode
from foedus.intel.reading import Snapshot
from foedus.releasability.access import Access
from foedus.releasability.labels import print_label
from foedus.releasability.viewers import Viewer
from foedus.response.assignments import terms_of
from foedus.response.events import Cause
from foedus.response.firings import ClockBreached, ClockEscalated
from foedus.response.report_findings import (
    Breach,
    Deviation,
    Improvement,
    breaches_of,
    deviations_of,
    improvements_of,
    text_of_move,
)
from foedus.response.report_reading import Material, Reference, read
from foedus.response.runs import Status, label_of_named
from foedus.response.tasks import Ending, Standing, Task, is_inside

FORMAT: Final = "foedus-after-action/1"
"""What a report says that it is; another shape has another number."""

_DECISION: Final = "decision--"


class Clocks(msgspec.Struct, frozen=True, kw_only=True):
    """How long after it was asked a task passed each mark, in seconds.

    Attributes:
        delivered: C1.
        acknowledged: C2.
        answered: C3, accepted or declined.
        begun: C4.
        done: C5.
        confirmed: C6.
    """

    delivered: int | None
    acknowledged: int | None
    answered: int | None
    begun: int | None
    done: int | None
    confirmed: int | None


class TaskRow(msgspec.Struct, frozen=True, kw_only=True):
    """One nation's part of a step.

    Attributes:
        clocks: seconds since `asked`.
        missed: the clocks whose deadline it missed.
        text: what the nation said: its caveat, or its reply.
    """

    task: str
    step: str
    nation: NationCode
    standing: Standing
    ending: Ending | None
    asked: datetime
    ended: datetime | None
    clocks: Clocks
    missed: tuple[str, ...]
    text: str


class NationRow(msgspec.Struct, frozen=True, kw_only=True):
    """How one nation fared.

    Attributes:
        median: of its tasks that passed each mark, in seconds.
        late: deadlines missed by its own lateness.
        unreachable: deadlines missed since it was never reached.
        reminded: rungs of ladders that were reached.
    """

    nation: NationCode
    tasks: int
    done: int
    declined: int
    late: int
    unreachable: int
    reminded: int
    median: Clocks


class NamedRow(msgspec.Struct, frozen=True, kw_only=True):
    """A clock that the protocol is known by.

    Attributes:
        since: when it began; null if it did not.
        until: when it stopped; null if it did not.
        within_s: how long it may take.
        took_s: how long it took; null while it has not stopped.
        met: whether that was in time; null while nobody can say.
    """

    name: str
    since: datetime | None
    until: datetime | None
    within_s: int
    took_s: int | None
    met: bool | None


class DecisionRow(msgspec.Struct, frozen=True, kw_only=True):
    """A decision that the run rests on, or that a step waited for.

    Attributes:
        effective: when its procedure ended.
        step: that it let go on; empty for what started the run.
    """

    decision: str
    title: str
    phase: str
    effective: datetime | None
    step: str


class Moment(msgspec.Struct, frozen=True, kw_only=True):
    """A line of the time line.

    Attributes:
        nation: who did it, or whose task it was; null for the run's own.
    """

    at: datetime
    what: str
    step: str
    nation: NationCode | None
    text: str


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """The report after a run, or on one that goes on, for one viewer.

    Attributes:
        reader: the nation whose part it tells.
        evidence: the ids of what the run rests on.
    """

    format: str
    run: str
    name: str
    playbook: str
    modified: str
    exercise: bool
    label: str
    reader: NationCode
    coordinator: NationCode
    status: Status
    started: datetime
    ended: datetime | None
    cause: Cause
    evidence: tuple[str, ...]
    named: tuple[NamedRow, ...]
    nations: tuple[NationRow, ...]
    breaches: tuple[Breach, ...]
    decisions: tuple[DecisionRow, ...]
    deviations: tuple[Deviation, ...]
    improvements: tuple[Improvement, ...]
    tasks: tuple[TaskRow, ...]
    timeline: tuple[Moment, ...]
    reference: Reference


def make(seen: Snapshot, viewer: Viewer, run: str) -> Report:
    """Make the report on a run.

    Raises:
        NotFoundError: there is no such run, or not for this viewer.
    """
    material = read(seen, viewer, run)
    breaches = breaches_of(material)
    deviations = deviations_of(material, viewer.nation)
    found = material.found
    edition = found.started.editions[0]
    return Report(
        format=FORMAT,
        run=run,
        name=found.run.name,
        playbook=edition.playbook,
        modified=edition.modified,
        exercise=found.run.exercise,
        label=print_label(found.label.label, seen.access.alliance),
        reader=viewer.nation,
        coordinator=found.run.coordinator,
        status=found.run.status,
        started=from_ms(found.run.started_ms),
        ended=_at(found.run.ended_ms),
        cause=found.started.cause,
        evidence=found.started.evidence,
        named=tuple(_named(material, seen.access, viewer)),
        nations=tuple(_nations(material, breaches)),
        breaches=breaches,
        decisions=tuple(_decisions(seen, viewer, material)),
        deviations=deviations,
        improvements=improvements_of(material, breaches, deviations),
        tasks=tuple(_tasks(material, breaches, viewer.nation)),
        timeline=_timeline(material, viewer.nation),
        reference=material.reference,
    )


def as_json(report: Report) -> bytes:
    """Write a report as JSON; equal reports, equal bytes."""
    return msgspec.json.format(msgspec.json.encode(report), indent=1) + b"\n"


def _at(ms: int | None) -> datetime | None:
    return None if ms is None else from_ms(ms)


def _named(material: Material, access: Access, viewer: Viewer) -> Iterator[NamedRow]:
    """Measure the named clocks whose steps the reader sees."""
    if material.library is None:
        return
    run = material.found.run
    first = material.library.version(material.found.started.editions[0].version)
    began: dict[str, int] = {"": run.started_ms}
    ended: dict[str, int] = {} if run.ended_ms is None else {"": run.ended_ms}
    for step in material.steps:
        began.setdefault(step.step, step.began_ms)
        if step.ended_ms is not None:
            ended.setdefault(step.step, step.ended_ms)
    for clock in terms_of(first).named_clocks:
        label = label_of_named(material.found.started, clock)
        if not access.may_see(viewer, label, run.coordinator):
            continue
        since, until = began.get(clock.since), ended.get(clock.until)
        took = None if since is None or until is None else until - since
        yield NamedRow(
            name=clock.name,
            since=_at(since),
            until=_at(until),
            within_s=clock.within_ms // 1_000,
            took_s=None if took is None else took // 1_000,
            met=None if took is None else took <= clock.within_ms,
        )


def _clocks(task: Task) -> Clocks:
    passed: dict[str, int | None] = msgspec.structs.asdict(task.passed)
    asked = task.asked.asked_ms
    return Clocks(
        **{
            name: None if ms is None else max(0, ms - asked) // 1_000
            for name, ms in passed.items()
        }
    )


def _tasks(
    material: Material, breaches: Iterable[Breach], reader: NationCode
) -> Iterator[TaskRow]:
    missed: dict[str, list[str]] = {}
    for breach in breaches:
        missed.setdefault(breach.task, []).append(breach.clock)
    for task in material.tasks:
        said = task.caveat or task.reply
        yield TaskRow(
            task=task.asked.task,
            step=task.asked.name,
            nation=task.asked.nation,
            standing=task.standing,
            ending=task.ending,
            asked=from_ms(task.asked.asked_ms),
            ended=_at(task.ended_ms),
            clocks=_clocks(task),
            missed=tuple(missed.get(task.asked.task, ())),
            text=said if is_inside(task, reader) else "",
        )


def _nations(material: Material, breaches: tuple[Breach, ...]) -> Iterator[NationRow]:
    by_id = {each.asked.task: each for each in material.tasks}
    reminded = [
        by_id[each.task].asked.nation
        for each in material.firings
        if isinstance(each, ClockEscalated) and each.tell
    ]
    for nation in sorted({each.asked.nation for each in material.tasks}):
        own = [each for each in material.tasks if each.asked.nation == nation]
        missed = [each.cause for each in breaches if each.nation == nation]
        clocks = [_clocks(each) for each in own]
        yield NationRow(
            nation=nation,
            tasks=len(own),
            done=sum(each.counts_as_done for each in own),
            declined=sum(each.standing is Standing.DECLINED for each in own),
            late=missed.count("late"),
            unreachable=missed.count("unreachable"),
            reminded=reminded.count(nation),
            median=Clocks(
                **{
                    name: _median(getattr(each, name) for each in clocks)
                    for name in Clocks.__struct_fields__
                }
            ),
        )


def _median(values: Iterable[int | None]) -> int | None:
    """Give the lower median of what is there: a value that was measured."""
    known = sorted(each for each in values if each is not None)
    return known[(len(known) - 1) // 2] if known else None


def _decisions(
    seen: Snapshot, viewer: Viewer, material: Material
) -> Iterator[DecisionRow]:
    cause = material.found.started.cause
    named = {(cause.reference, "")} | {
        (each, task.asked.name)
        for task in material.tasks
        if is_inside(task, viewer.nation)
        for each in task.evidence
    }
    for name, step in sorted(named):
        if not name.startswith(_DECISION):
            continue
        found = find_decision(seen.db, seen.access, viewer, name)
        if found is not None:
            yield DecisionRow(
                decision=name,
                title=found.text.title,
                phase=found.phase.value,
                effective=_at(found.effective_ms),
                step=step,
            )


def _timeline(material: Material, reader: NationCode) -> tuple[Moment, ...]:
    lines = [*_of_run(material), *_of_steps(material), *_of_tasks(material, reader)]
    return tuple(
        sorted(
            lines,
            key=lambda each: (each.at, each.step, each.nation or "", each.what),
        )
    )


def _of_run(material: Material) -> Iterator[Moment]:
    run = material.found.run
    reason = material.found.started.cause.reason
    yield _line(run.started_ms, "run started", text=reason)
    for each in run.stills:
        yield _line(each.since_ms, "run paused", text=each.reason)
        if each.until_ms is not None and each.until_ms != run.ended_ms:
            yield _line(each.until_ms, "run resumed", text=each.said)
    if run.ended_ms is not None:
        yield _line(run.ended_ms, f"run {run.status.value}", text=run.cancelled)


def _of_steps(material: Material) -> Iterator[Moment]:
    for step in material.steps:
        yield _line(step.began_ms, "step began", step=step.name)
        if step.ended_ms is not None:
            yield _line(step.ended_ms, f"step {step.ending}", step=step.name)


def _of_tasks(material: Material, reader: NationCode) -> Iterator[Moment]:
    by_id = {each.asked.task: each for each in material.tasks}
    for name, move in material.moves:
        task = by_id[name]
        what = str(type(move).__struct_config__.tag).removeprefix("response.")
        text = text_of_move(move) if is_inside(task, reader) else ""
        step = task.asked.name
        yield _line(move.at_ms, what, step=step, nation=move.nation, text=text)
    for fired in material.firings:
        asked = by_id[fired.task].asked
        what = f"{fired.key.clock}: {_told(fired)}"
        yield _line(
            fired.due_ms,
            what,
            step=asked.name,
            nation=asked.nation,
            text=fired.reason,
        )
    for pause in material.pauses:
        asked = by_id[pause.task].asked
        which = pause.clock or "all clocks"
        yield _line(
            pause.since_ms,
            f"{which}: paused",
            step=asked.name,
            nation=asked.nation,
            text=pause.reason,
        )


def _told(fired: object) -> str:
    if isinstance(fired, ClockBreached):
        return f"deadline missed ({fired.state.value})"
    return "ladder" if isinstance(fired, ClockEscalated) else "warning"


def _line(
    at_ms: int,
    what: str,
    *,
    step: str = "",
    nation: NationCode | None = None,
    text: str = "",
) -> Moment:
    return Moment(at=from_ms(at_ms), what=what, step=step, nation=nation, text=text)
