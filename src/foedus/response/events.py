"""What can happen to playbooks, to runs, and to the tasks of nations.

- A run is what went into it: its start, the answers to its steps, the time that passed,
  and that it was cancelled. What the machine makes of that is folded, never written.
- A task comes to be when its step begins; what a nation does with it stands in a
  history of its own, so that fifty nations never wait for each other.
- `at_ms` is the instant at which the act was received; the entry's arrival is when it
  was written. Who acted is told as a nation, never as a person.
"""

from typing import Literal

import msgspec

from foedus.eventlog.envelope import Event
from foedus.ids import NationCode
from foedus.response.assignments import Assignment
from foedus.response.calendars import Calendar
from foedus.response.frames import Result
from foedus.response.machine import Limits

ENGINE = 1
"""What a run means; a machine that would mean something else has a further number."""


class PlaybookImported(
    Event, frozen=True, kw_only=True, omit_defaults=True, tag="response.imported"
):
    """A playbook was taken in.

    Attributes:
        playbook: its id.
        modified: with the id, which version it is.
        nation: whose it is here; only that nation brings newer versions.
        lenient: it was taken leniently.
        label: a `FixedLabel` in JSON.
        source: the bytes, as they were given.
    """

    playbook: str
    modified: str
    nation: NationCode
    lenient: bool = False
    label: msgspec.Raw
    source: msgspec.Raw


class Edition(msgspec.Struct, frozen=True, kw_only=True, order=True):
    """One version of a playbook, as one nation brought it.

    Attributes:
        nation: who brought it.
    """

    playbook: str
    modified: str
    nation: NationCode

    @property
    def version(self) -> str:
        """The name of the version, as the machine has it."""
        return f"{self.playbook}@{self.modified}"


class Cause(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Why a run was started.

    Attributes:
        reference: the decision or the proposal.
        reason: in a sentence.
    """

    by: Literal["person", "decision", "proposal"] = "person"
    reference: str = ""
    reason: str = ""


class Sends(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """That the hub itself carries out an action, if enough persons agree.

    Attributes:
        needed: how many of the coordinator's; 0 for nobody.
    """

    needed: int = 0


class Plan(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Of whom an action is asked in a run, fixed when the run starts.

    Attributes:
        version: of the playbook that the step stands in.
        step: its id.
        nations: who is asked; communities mean their nations at the start.
        given: the assignment as it was then: completion, clocks, ladder.
        released: whether the author released the step's text under a label of its
            own, so that values of the run are not shown with it.
        sends: the hub carries it out; `None` where people do.
        by_hand: why people do what a machine could; empty where that is no question.
        label: of the step, a `FixedLabel` in JSON.
    """

    version: str
    step: str
    nations: tuple[NationCode, ...]
    given: Assignment = Assignment()
    released: bool = False
    sends: Sends | None = None
    by_hand: str = ""
    label: msgspec.Raw


class RunStarted(
    Event, frozen=True, kw_only=True, omit_defaults=True, tag="response.run-started"
):
    """A run was started.

    Attributes:
        run: its id.
        seed: drawn by lot; ids of tasks are derived from it, so that nobody can
            count in them what is hidden. It is shown to nobody.
        coordinator: the nation that started it.
        editions: the playbook, then those that it calls.
        launch: the first values of external variables.
        evidence: the ids of what it rests on; its label is joined in.
        limits: what the run may use.
        calendars: of the nations that are asked, as they were then.
        label: a `FixedLabel` in JSON.
    """

    run: str
    seed: str
    engine: int = ENGINE
    coordinator: NationCode
    editions: tuple[Edition, ...]
    launch: dict[str, str | None] = msgspec.field(default_factory=dict)
    plans: tuple[Plan, ...] = ()
    exercise: bool = False
    cause: Cause = Cause()
    evidence: tuple[str, ...] = ()
    limits: Limits = Limits()
    calendars: tuple[Calendar, ...] = ()
    at_ms: int
    label: msgspec.Raw


class StepAnswered(
    Event, frozen=True, kw_only=True, omit_defaults=True, tag="response.step-answered"
):
    """The completion rule of a step was met, or can no longer be.

    Attributes:
        number: which activation of the run.
        outputs: what was given back, in entries of old; see `gathered`.
        gathered: what was given back is what the tasks of the step tell, and is not
            told here again, so that erasing it there erases it.
        at_ms: when the last that was needed happened.
        reason: in a few words, such as `3 of 5 nations`.
    """

    number: int
    result: Result
    outputs: dict[str, str | None] = msgspec.field(default_factory=dict)
    gathered: bool = False
    reason: str = ""
    at_ms: int


class TimePassed(Event, frozen=True, kw_only=True, tag="response.time-passed"):
    """The run was told an instant at which something was due."""

    at_ms: int


class RunCancelled(Event, frozen=True, kw_only=True, tag="response.run-cancelled"):
    """The coordinator ended the run."""

    nation: NationCode
    reason: str
    at_ms: int


class StepForced(
    Event, frozen=True, kw_only=True, omit_defaults=True, tag="response.step-forced"
):
    """The coordinator ended a step by hand.

    Attributes:
        number: which activation of the run.
        reason: why; whoever was asked reads it.
    """

    nation: NationCode
    number: int
    result: Result
    outputs: dict[str, str | None] = msgspec.field(default_factory=dict)
    reason: str
    at_ms: int


class RunPaused(Event, frozen=True, kw_only=True, tag="response.run-paused"):
    """The coordinator let the whole run stand still.

    Attributes:
        reason: why; whoever may see the run reads it.
    """

    nation: NationCode
    reason: str
    at_ms: int


class RunResumed(
    Event, frozen=True, kw_only=True, omit_defaults=True, tag="response.run-resumed"
):
    """The coordinator let a run that stood still go on: what was left is left."""

    nation: NationCode
    reason: str = ""
    at_ms: int


RunEvent = (
    RunStarted
    | StepAnswered
    | TimePassed
    | RunCancelled
    | StepForced
    | RunPaused
    | RunResumed
)
"""Everything that goes into a run."""


class TaskEvent(Event, frozen=True, kw_only=True, omit_defaults=True):
    """Something that a nation did with a task.

    Attributes:
        nation: who did it.
        at_ms: when it was received.
    """

    nation: NationCode
    at_ms: int


class TaskDelivered(TaskEvent, frozen=True, kw_only=True, tag="response.delivered"):
    """Somebody of the nation was shown the task (C1)."""


class TaskAcknowledged(
    TaskEvent, frozen=True, kw_only=True, tag="response.acknowledged"
):
    """The nation knows of the task (C2)."""


class TaskAccepted(TaskEvent, frozen=True, kw_only=True, tag="response.accepted"):
    """The nation will do it (C3)."""

    note: str = ""


class TaskDeclined(TaskEvent, frozen=True, kw_only=True, tag="response.declined"):
    """The nation will not do it, for a reason of its own (C3); no failure."""

    caveat: str


class TaskDelegated(TaskEvent, frozen=True, kw_only=True, tag="response.delegated"):
    """Somebody else does it: a team of the nation, or another nation if it takes it.

    Attributes:
        team: of the same nation, in its own words.
        offered: the nation that is asked to take it; `None` for a team.
    """

    team: str = ""
    offered: NationCode | None = None


class OfferAnswered(TaskEvent, frozen=True, kw_only=True, tag="response.offer"):
    """The nation that was asked to take a task took it, or did not."""

    taken: bool
    reason: str = ""


class TaskBegun(TaskEvent, frozen=True, kw_only=True, tag="response.begun"):
    """Work on it began (C4)."""


class TaskDone(TaskEvent, frozen=True, kw_only=True, tag="response.done"):
    """It was done (C5).

    Attributes:
        reply: what is to be said of it.
        evidence: ids or addresses of what shows it.
        outputs: values of the step's `out_args`.
        sent: the hub itself sent it, and it was taken.
    """

    reply: str = ""
    evidence: tuple[str, ...] = ()
    outputs: dict[str, str | None] = msgspec.field(default_factory=dict)
    sent: bool = False


class TaskConfirmed(TaskEvent, frozen=True, kw_only=True, tag="response.confirmed"):
    """The coordinator confirmed that it was done (C6)."""


class TaskReturned(TaskEvent, frozen=True, kw_only=True, tag="response.returned"):
    """The coordinator gave it back: it is not done yet."""

    reason: str


class TaskNoted(TaskEvent, frozen=True, kw_only=True, tag="response.noted"):
    """Somebody wrote something beside it."""

    text: str


class TaskAuthorised(TaskEvent, frozen=True, kw_only=True, tag="response.authorised"):
    """A person of the coordinator agreed that the hub sends it; who, the entry says.

    Attributes:
        decision: an adopted decision, in the place of a second person.
    """

    decision: str = ""


class TaskSent(TaskEvent, frozen=True, kw_only=True, tag="response.sent"):
    """The hub is about to send it (C4): written before, so that it is never twice.

    Attributes:
        until_ms: by when the outcome stands here, or else nobody knows it.
        requests: what is sent, without credentials and bodies.
    """

    until_ms: int
    requests: tuple[str, ...]


class TaskBroken(TaskEvent, frozen=True, kw_only=True, tag="response.broken"):
    """What the hub sent was not taken, for certain: the step fails."""

    reason: str


class TaskHanded(TaskEvent, frozen=True, kw_only=True, tag="response.handed"):
    """The hub leaves it to people.

    Attributes:
        unknown: something was sent, and nobody knows what became of it.
    """

    reason: str
    unknown: bool = False


AnyTaskEvent = (
    TaskDelivered
    | TaskAcknowledged
    | TaskAccepted
    | TaskDeclined
    | TaskDelegated
    | OfferAnswered
    | TaskBegun
    | TaskDone
    | TaskConfirmed
    | TaskReturned
    | TaskNoted
    | TaskAuthorised
    | TaskSent
    | TaskBroken
    | TaskHanded
)
"""Everything that is done with a task."""


class CalendarSet(Event, frozen=True, kw_only=True, tag="response.calendar-set"):
    """A working calendar was brought; it counts for runs that start from then on.

    Attributes:
        nation: who brought it.
        calendar: of whom, and where it is from.
    """

    nation: NationCode
    calendar: Calendar


ResponseEvent = PlaybookImported | RunEvent | AnyTaskEvent | CalendarSet
"""Every kind of event of playbooks, runs and tasks."""


def playbook_stream(playbook: str, nation: str) -> str:
    """Name the history of a playbook, as one nation brings it."""
    return f"playbooks/{playbook}/{nation}"


def calendar_stream(nation: str) -> str:
    """Name the history of a nation's working calendar."""
    return f"calendars/{nation}"


def run_stream(run: str) -> str:
    """Name the history of a run."""
    return f"runs/{run}"


def task_stream(task: str) -> str:
    """Name the history of what is done with a task."""
    return f"tasks/{task}"
