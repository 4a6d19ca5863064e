"""A run: what went into it, fed to the machine one event at a time.

- The state of a run follows from its events and the bytes of its playbooks, and from
  nothing else: the same log gives the same run on every node, at any time.
- While a run stands still, no time passes in it and nothing follows from anything; then
  each delay and each timeout has left what it had. What nations do meanwhile counts.
- Feeding an event tells which actions began and which no longer wait; from these the
  tasks of nations are made.
"""

from collections.abc import Iterable
from enum import StrEnum
from functools import lru_cache
from typing import assert_never

import msgspec

from foedus.ids import NationCode
from foedus.releasability.join import FixedLabel, decode_label, join_all
from foedus.response.assignments import NamedClock, bounded
from foedus.response.cacao import Playbook
from foedus.response.events import (
    Edition,
    Plan,
    RunCancelled,
    RunEvent,
    RunPaused,
    RunResumed,
    RunStarted,
    StepAnswered,
    StepForced,
    TimePassed,
)
from foedus.response.findings import Findings
from foedus.response.frames import Final, Result, RunState
from foedus.response.library import Library
from foedus.response.machine import Machine, Pending
from foedus.response.reading import read_playbook
from foedus.response.tasks import Ending
from foedus.stix.strict_json import read_object

PARSED_MAX = 256
"""Playbooks that a process keeps read."""


PACE_MS = 1_000
"""Between two instants that are written for one run: a wait of a millisecond in a loop
fills no log. What is due between them happens in its order, each at its own instant."""


class Status(StrEnum):
    """How a run stands, to whoever may see it.

    Attributes:
        PAUSED: the coordinator lets it stand still.
    """

    RUNNING = "running"
    PAUSED = "paused"
    COMPLETED = "completed"
    FAILED = "failed"
    HANDLED = "exception-handled"
    CANCELLED = "cancelled"


class Still(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A time for which a run stood still.

    Attributes:
        reason: why, as the coordinator said.
        until_ms: None while it does.
        said: what the coordinator said when it went on.
    """

    since_ms: int
    reason: str
    until_ms: int | None = None
    said: str = ""


class Run(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A run as it stands, beside the state of its machine.

    Attributes:
        name: of the playbook.
        due_ms: when something happens by itself next; `None` for nothing.
        passed_ms: the instant that was written last.
        cancelled: why it was cancelled, if it was.
        stills: the times for which it stood still, in order.
    """

    run: str
    name: str
    coordinator: NationCode
    editions: tuple[Edition, ...]
    exercise: bool = False
    status: Status = Status.RUNNING
    started_ms: int
    ended_ms: int | None = None
    due_ms: int | None = None
    passed_ms: int | None = None
    cancelled: str = ""
    stills: tuple[Still, ...] = ()

    @property
    def is_open(self) -> bool:
        """Whether it has not ended."""
        return self.status in (Status.RUNNING, Status.PAUSED)

    @property
    def still(self) -> Still | None:
        """Since when, and why, it stands still; None if it does not."""
        return self.stills[-1] if self.status is Status.PAUSED else None


class Fed(msgspec.Struct, frozen=True, kw_only=True):
    """What one event made of a run.

    Attributes:
        began: the actions that began to wait for an answer.
        ended: those that no longer do, and why.
        reason: what the coordinator said of the one that it ended by hand.
        at_ms: when.
        later_ms: how much later what is due comes, since the run stood still.
    """

    run: Run
    at_ms: int
    began: tuple[Pending, ...] = ()
    ended: tuple[tuple[int, Ending], ...] = ()
    reason: str = ""
    later_ms: int = 0


def begin(started: RunStarted, library: Library, state: RunState) -> Fed:
    """Start a run.

    Args:
        started: what went in.
        library: the editions that it names.
        state: a new one; it is changed.
    """
    playbook = library.version(started.editions[0].version)
    machine = Machine(library, state, started.limits)
    machine.start(playbook, started.launch, started.at_ms)
    run = Run(
        run=started.run,
        name=playbook.name,
        coordinator=started.coordinator,
        editions=started.editions,
        exercise=started.exercise,
        started_ms=started.at_ms,
    )
    return Fed(
        run=_standing(run, machine), at_ms=started.at_ms, began=machine.pending()
    )


def feed(run: Run, event: RunEvent, machine: Machine) -> Fed:
    """Feed one further event to a run.

    Args:
        run: as it stood.
        event: what happened.
        machine: with the state of the run, which is changed.
    """
    before = {each.number: each for each in machine.pending()}
    is_void = not run.is_open or _is_void(run, event)
    if is_void or isinstance(event, RunStarted):
        return Fed(run=run, at_ms=machine.state.now_ms)
    if isinstance(event, RunCancelled):
        return _cancelled(run, event, before)
    later_ms = 0
    answered: StepAnswered | StepForced | None = None
    match event:
        case StepAnswered() | StepForced():
            taken = machine.answer(
                event.number, event.result, event.at_ms, event.outputs
            )
            answered = event if taken else None
        case TimePassed():
            machine.pass_time(event.at_ms)
            run = msgspec.structs.replace(run, passed_ms=event.at_ms)
        case RunPaused():
            machine.pass_time(event.at_ms)
            run = _paused(run, event, machine.state)
        case RunResumed():
            run, later_ms = _resumed(run, event)
            machine.stand_still(later_ms, event.at_ms)
        case _:
            assert_never(event)
    now = {each.number: each for each in machine.pending()}
    ended = tuple(
        (number, _ending(each, answered, machine.state))
        for number, each in before.items()
        if number not in now
    )
    began = tuple(each for number, each in now.items() if number not in before)
    return Fed(
        run=_standing(run, machine),
        at_ms=machine.state.now_ms,
        began=began,
        ended=ended,
        reason=answered.reason if isinstance(answered, StepForced) else "",
        later_ms=later_ms,
    )


def _is_void(run: Run, event: RunEvent) -> bool:
    """Tell whether an event means nothing while a run stands still, or while not."""
    if run.still is None:
        return isinstance(event, RunResumed)
    return not isinstance(event, RunResumed | RunCancelled)


def _paused(run: Run, event: RunPaused, state: RunState) -> Run:
    """Let a run stand still, unless what was due before has ended it."""
    if state.final is not None:
        return run
    still = Still(since_ms=state.now_ms, reason=event.reason)
    return msgspec.structs.replace(
        run, status=Status.PAUSED, stills=(*run.stills, still)
    )


def _resumed(run: Run, event: RunResumed | RunCancelled) -> tuple[Run, int]:
    """End the standstill of a run; tell how long it was."""
    since_ms = run.stills[-1].since_ms
    until_ms = max(event.at_ms, since_ms)
    said = event.reason if isinstance(event, RunResumed) else ""
    still = msgspec.structs.replace(run.stills[-1], until_ms=until_ms, said=said)
    running = msgspec.structs.replace(
        run, status=Status.RUNNING, stills=(*run.stills[:-1], still)
    )
    return running, until_ms - since_ms


def plan_of(plans: Iterable[Plan], pending: Pending) -> Plan | None:
    """Find of whom an action is asked."""
    for plan in plans:
        if plan.step == pending.step.id and plan.version == pending.playbook:
            return plan
    return None


def label_of_named(started: RunStarted, clock: NamedClock) -> FixedLabel:
    """Give the label of a clock with a name: that of the run and of both its steps.

    It tells when one step begins and when another ends, so whoever may not see one of
    them is told nothing of the clock.
    """
    first = started.editions[0].version
    steps = {clock.since, clock.until}
    labels = [started.label] + [
        each.label
        for each in started.plans
        if each.version == first and each.step in steps
    ]
    return join_all(
        [decode_label(bytes(each)) for each in labels], originator=started.coordinator
    )


@lru_cache(maxsize=PARSED_MAX)
def playbook_of(source: bytes, lenient: bool) -> Playbook:  # noqa: FBT001 - a key
    """Read a playbook that was taken in; nothing of it is judged again."""
    document = read_object(source)
    read = read_playbook(document, Findings(lenient=lenient))
    return bounded(msgspec.structs.replace(read, bare_words=lenient, source=source))


def _standing(run: Run, machine: Machine) -> Run:
    final = machine.state.final
    if run.still is not None:
        return msgspec.structs.replace(run, due_ms=None)
    if final is None:
        due_ms = machine.due_ms()
        if due_ms is not None and run.passed_ms is not None:
            due_ms = max(due_ms, run.passed_ms + PACE_MS)
        return msgspec.structs.replace(run, due_ms=due_ms)
    return msgspec.structs.replace(
        run, status=_STATUS[final], ended_ms=machine.state.now_ms, due_ms=None
    )


_STATUS = {
    Final.COMPLETED: Status.COMPLETED,
    Final.FAILED: Status.FAILED,
    Final.HANDLED: Status.HANDLED,
    Final.REFUSED: Status.FAILED,
}


def _cancelled(run: Run, event: RunCancelled, before: dict[int, Pending]) -> Fed:
    if run.still is not None:
        run, _ = _resumed(run, event)
    ended = msgspec.structs.replace(
        run,
        status=Status.CANCELLED,
        cancelled=event.reason,
        ended_ms=event.at_ms,
        due_ms=None,
    )
    gone = tuple((number, Ending.CANCELLED) for number in before)
    return Fed(run=ended, at_ms=event.at_ms, ended=gone)


def _ending(
    one: Pending, answered: StepAnswered | StepForced | None, state: RunState
) -> Ending:
    if answered is not None and answered.number == one.number:
        if isinstance(answered, StepForced):
            return Ending.FORCED
        return Ending.ANSWERED if answered.result is Result.OK else Ending.FAILED
    return Ending.TIMED_OUT if one.due_ms <= state.now_ms else Ending.DROPPED
