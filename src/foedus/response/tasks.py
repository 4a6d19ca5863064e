"""A task: one step of a run, asked of one nation, and what the nation did with it.

- What was asked never changes but for its time, which is moved by as long as the run
  stood still; what became of it is folded from the task's history.
- A fold trusts what the log says; whether an act was allowed was asked before.
- *Declined* is not *failed* is not *late*: a task that was declined says so for ever,
  also where its step went on without it.
"""

import hashlib
from collections.abc import Iterable
from enum import StrEnum
from typing import Final, assert_never
from uuid import UUID

import msgspec

from foedus.clock import LAST_MS
from foedus.ids import NationCode
from foedus.releasability.join import FixedLabel, decode_label
from foedus.response.assignments import Assignment
from foedus.response.events import (
    AnyTaskEvent,
    OfferAnswered,
    Sends,
    TaskAccepted,
    TaskAcknowledged,
    TaskAuthorised,
    TaskBegun,
    TaskBroken,
    TaskConfirmed,
    TaskDeclined,
    TaskDelegated,
    TaskDelivered,
    TaskDone,
    TaskHanded,
    TaskNoted,
    TaskReturned,
    TaskSent,
)
from foedus.response.seeing import restricted

NOTES_MAX: Final = 200
"""Notes of a task that are kept in it; the history has them all."""


class Standing(StrEnum):
    """How far a nation has come with a task.

    Attributes:
        BROKEN: what the hub sent for it was not taken.
    """

    ASKED = "asked"
    DELIVERED = "delivered"
    ACKNOWLEDGED = "acknowledged"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    BEGUN = "begun"
    DONE = "done"
    CONFIRMED = "confirmed"
    BROKEN = "broken"


class Ending(StrEnum):
    """Why nothing more can be done with a task.

    Attributes:
        ANSWERED: the step went on, its rule having been met.
        FAILED: the step went on as failed: its rule could no longer be met.
        TIMED_OUT: the step's time was up.
        DROPPED: what the step stood in ended before it.
        CANCELLED: the run was cancelled.
        FORCED: the coordinator ended the step by hand.
    """

    ANSWERED = "answered"
    FAILED = "failed"
    TIMED_OUT = "timed-out"
    DROPPED = "dropped"
    CANCELLED = "cancelled"
    FORCED = "forced"


class Asked(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What is asked; it never changes, but that time is given back.

    Attributes:
        task: the id.
        number: which activation of the run; never shown.
        nation: who is asked.
        sends: the hub carries it out; `None` where people do.
        by_hand: why people do what a machine could.
        version: of the playbook that the step stands in.
        step: its id.
        plan: the assignment as it was when the run started.
        released: see `Plan`.
        outputs: the names of what the step gives back.
        asked_ms: when the step began.
        due_ms: when the step times out; later by as long as its run stood still.
        still_ms: since when its run stands still; `None` while it does not.
        label: of the step, a `FixedLabel` in JSON.
    """

    task: str
    run: str
    number: int
    nation: NationCode
    coordinator: NationCode
    version: str
    step: str
    name: str
    plan: Assignment = Assignment()
    released: bool = False
    sends: Sends | None = None
    by_hand: str = ""
    outputs: tuple[str, ...] = ()
    exercise: bool = False
    asked_ms: int
    due_ms: int
    still_ms: int | None = None
    label: msgspec.Raw


class Instants(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """When a task passed each of its marks, in milliseconds since 1970.

    Attributes:
        delivered: C1.
        acknowledged: C2.
        answered: C3, accepted or declined.
        begun: C4.
        done: C5; a task that was given back has none.
        confirmed: C6.
    """

    delivered: int | None = None
    acknowledged: int | None = None
    answered: int | None = None
    begun: int | None = None
    done: int | None = None
    confirmed: int | None = None


class Note(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody wrote beside a task."""

    nation: NationCode
    at_ms: int
    text: str


class Sending(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How far the hub has come with a task that it carries out.

    Attributes:
        authorised: how many persons have agreed since it was sent last.
        decision: an adopted decision that stands for a second one.
        attempts: how often it was sent.
        until_ms: by when the outcome of the last stands here; `None` once it does.
        requests: what was sent last.
        handed: why people do it now; empty while the hub does.
        unknown: something was sent, and nobody knows what became of it.
    """

    authorised: int = 0
    decision: str = ""
    attempts: int = 0
    until_ms: int | None = None
    requests: tuple[str, ...] = ()
    handed: str = ""
    unknown: bool = False

    def is_on_the_way(self, now_ms: int) -> bool:
        """Tell whether an outcome may still come."""
        return self.until_ms is not None and now_ms < self.until_ms

    def is_agreed(self, needed: int) -> bool:
        """Tell whether enough persons have agreed; after an unknown outcome, one."""
        wanted = max(needed, 1) if self.unknown else needed
        is_decided = bool(self.decision) and self.authorised > 0
        return is_decided or self.authorised >= wanted


class Task(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A task as it stands.

    Attributes:
        standing: how far the nation has come.
        passed: when it passed each mark.
        caveat: why the nation declined.
        team: who of the nation does it, in its own words.
        offered: the nation that is asked to take it.
        doer: the nation that took it; `None` while it is its own.
        returned: why the coordinator gave it back, and how often.
        sending: how far the hub has come with it, where it carries it out.
        ending: why nothing more can be done with it; `None` while it is open.
    """

    asked: Asked
    standing: Standing = Standing.ASKED
    passed: Instants = Instants()
    caveat: str = ""
    team: str = ""
    offered: NationCode | None = None
    doer: NationCode | None = None
    reply: str = ""
    evidence: tuple[str, ...] = ()
    outputs: dict[str, str | None] = {}
    returned: str = ""
    returns: int = 0
    notes: tuple[Note, ...] = ()
    sending: Sending = Sending()
    ended_ms: int | None = None
    ending: Ending | None = None

    @property
    def is_open(self) -> bool:
        """Whether the step still waits."""
        return self.ending is None

    @property
    def counts_as_done(self) -> bool:
        """Whether the rule of the step counts it as done."""
        if self.asked.plan.needs_confirmation:
            return self.standing is Standing.CONFIRMED
        return self.standing in (Standing.DONE, Standing.CONFIRMED)

    @property
    def counted_ms(self) -> int | None:
        """When it became done, or declined, as the rule of the step counts it."""
        if self.standing is Standing.DECLINED:
            return self.passed.answered
        if not self.counts_as_done:
            return None
        if self.asked.plan.needs_confirmation:
            return self.passed.confirmed
        return self.passed.done


def task_id(seed: str, number: int, nation: str) -> str:
    """Give the id of a task; without the seed of its run nobody can tell it."""
    words = f"task\n{seed}\n{number}\n{nation}".encode()
    digest = hashlib.sha256(words).digest()
    return f"task--{UUID(bytes=digest[:16], version=4)}"


def label_of(task: Task) -> FixedLabel:
    """Give the label of a task: its step's, for those alone who have to do with it."""
    return _for(task, task.asked.nation, task.offered, task.doer)


def label_inside(task: Task) -> FixedLabel:
    """Give the label of how far a task has come: nobody's who is only offered it."""
    return _for(task, task.asked.nation, task.doer)


def is_inside(task: Task, nation: NationCode) -> bool:
    """Tell whether a nation is shown how far a task has come, and what was said of it.

    One that is only offered it sees what is asked, and that something happened.
    """
    return nation in (task.asked.nation, task.asked.coordinator, task.doer)


def _for(task: Task, *parties: NationCode | None) -> FixedLabel:
    return restricted(
        decode_label(bytes(task.asked.label)),
        [each for each in parties if each is not None],
        task.asked.coordinator,
    )


def fold(task: Task, history: Iterable[AnyTaskEvent]) -> Task:
    """Tell what a history makes of a task."""
    for event in history:
        task = step(task, event)
    return task


def step(task: Task, event: AnyTaskEvent) -> Task:  # noqa: C901, PLR0911, PLR0912
    """Tell what one more event makes of a task: a branch for each kind."""
    match event:
        case TaskDelivered():
            return _passed(task, event.at_ms, Standing.DELIVERED)
        case TaskAcknowledged():
            return _passed(task, event.at_ms, Standing.ACKNOWLEDGED)
        case TaskAccepted():
            accepted = _passed(task, event.at_ms, Standing.ACCEPTED)
            return _noted(accepted, event.nation, event.at_ms, event.note)
        case TaskDeclined():
            declined = _passed(task, event.at_ms, Standing.DECLINED)
            return _changed(declined, caveat=event.caveat, offered=None)
        case TaskDelegated():
            seen = _passed(task, event.at_ms, Standing.ACKNOWLEDGED)
            return _changed(seen, team=event.team, offered=event.offered)
        case OfferAnswered():
            others = None if task.doer == event.nation else task.doer
            doer = event.nation if event.taken else others
            answered = _changed(task, offered=None, doer=doer)
            return _noted(answered, event.nation, event.at_ms, event.reason)
        case TaskBegun():
            return _passed(task, event.at_ms, Standing.BEGUN)
        case TaskDone():
            return _changed(
                _settled(_passed(task, event.at_ms, Standing.DONE)),
                reply=event.reply,
                evidence=event.evidence,
                outputs=event.outputs,
            )
        case TaskConfirmed():
            return _passed(task, event.at_ms, Standing.CONFIRMED)
        case TaskReturned():
            return _returned(task, event)
        case TaskNoted():
            return _noted(task, event.nation, event.at_ms, event.text)
        case TaskAuthorised() | TaskSent() | TaskBroken() | TaskHanded():
            return _sending(task, event)
        case _:
            assert_never(event)


def end(task: Task, ending: Ending, at_ms: int, reason: str = "") -> Task:
    """Close a task, since its step no longer waits.

    Args:
        task: the task.
        ending: why.
        at_ms: when.
        reason: what the coordinator said of it; it stands among the notes.
    """
    said = _noted(task, task.asked.coordinator, at_ms, reason)
    return _changed(said, ending=ending, ended_ms=at_ms, offered=None)


def stand(task: Task, since_ms: int | None, later_ms: int) -> Task:
    """Let the time of a task stand still, or go on.

    Args:
        task: the task.
        since_ms: since when its run stands still; None if it goes on.
        later_ms: how much later its time is up.
    """
    asked = msgspec.structs.replace(
        task.asked,
        still_ms=since_ms,
        due_ms=min(task.asked.due_ms + later_ms, LAST_MS),
    )
    return _changed(task, asked=asked)


_MARKS: Final[tuple[tuple[str, Standing], ...]] = (
    ("delivered", Standing.DELIVERED),
    ("acknowledged", Standing.ACKNOWLEDGED),
    ("answered", Standing.ACCEPTED),
    ("begun", Standing.BEGUN),
    ("done", Standing.DONE),
    ("confirmed", Standing.CONFIRMED),
)
"""The marks in their order, and the standing that each gives."""

_ORDER: Final = {standing: n for n, (_, standing) in enumerate(_MARKS)} | {
    Standing.ASKED: -1,
    Standing.DECLINED: 2,
    Standing.BROKEN: len(_MARKS),
}


def _passed(task: Task, at_ms: int, standing: Standing) -> Task:
    """Pass a mark, and whatever lies before it that was not passed yet.

    Who begins has accepted, and who acknowledges was told; but what was declined and is
    taken up again is accepted anew. Delivered alone never takes a standing back.
    """
    rank = _ORDER[standing]
    marks = {
        name: at_ms
        for n, (name, _) in enumerate(_MARKS[: rank + 1])
        if getattr(task.passed, name) is None
        or (n == rank and rank >= _ORDER[Standing.ACCEPTED])
    }
    is_further = rank > _ORDER[task.standing] or rank >= _ORDER[Standing.ACCEPTED]
    return _changed(
        task,
        passed=msgspec.structs.replace(task.passed, **marks),
        standing=standing if is_further else task.standing,
    )


def _sending(
    task: Task, event: TaskAuthorised | TaskSent | TaskBroken | TaskHanded
) -> Task:
    """Tell what the hub's own doing makes of a task."""
    now, at_ms = task.sending, event.at_ms
    match event:
        case TaskAuthorised():
            return _sent(
                task,
                authorised=now.authorised + 1,
                decision=event.decision or now.decision,
            )
        case TaskSent():
            begun = _passed(task, at_ms, Standing.BEGUN)
            return _changed(
                begun,
                sending=Sending(
                    attempts=now.attempts + 1,
                    until_ms=event.until_ms,
                    requests=event.requests,
                ),
            )
        case TaskBroken():
            broken = _changed(_settled(task), standing=Standing.BROKEN)
            return _noted(broken, event.nation, at_ms, event.reason)
        case TaskHanded():
            return _sent(
                task,
                until_ms=None,
                authorised=0,
                decision="",
                handed=event.reason,
                unknown=event.unknown,
            )
        case _:
            assert_never(event)


def _settled(task: Task) -> Task:
    """Note that the outcome is known, as the hub or a person says."""
    return _sent(task, until_ms=None, unknown=False)


def _sent(task: Task, **changes: object) -> Task:
    return _changed(task, sending=msgspec.structs.replace(task.sending, **changes))


def _returned(task: Task, event: TaskReturned) -> Task:
    return _changed(
        task,
        standing=Standing.BEGUN,
        passed=msgspec.structs.replace(task.passed, done=None, confirmed=None),
        returned=event.reason,
        returns=task.returns + 1,
    )


def _noted(task: Task, nation: NationCode, at_ms: int, text: str) -> Task:
    if not text:
        return task
    note = Note(nation=nation, at_ms=at_ms, text=text)
    return _changed(task, notes=(*task.notes, note)[-NOTES_MAX:])


def _changed(task: Task, **changes: object) -> Task:
    return msgspec.structs.replace(task, **changes)
