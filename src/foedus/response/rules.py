"""When something may be done with a task, and by whom.

- A nation is asked, not ordered: it may decline with a caveat until it is done, and
  take that back while the step still waits.
- What arrives at the instant at which the step's time is up is late.
- What says nothing new is taken without a word: the rule gives `None`.

Source: reference/response.md, sections 5.2, 5.3 and 6.2.
"""

from typing import Final

import msgspec

from foedus.errors import ForbiddenError, InvalidInputError, RuleViolationError
from foedus.ids import NationCode
from foedus.response.events import (
    OfferAnswered,
    RunCancelled,
    RunPaused,
    RunResumed,
    TaskAccepted,
    TaskAcknowledged,
    TaskAuthorised,
    TaskBegun,
    TaskConfirmed,
    TaskDeclined,
    TaskDelegated,
    TaskDone,
    TaskNoted,
    TaskReturned,
)
from foedus.response.runs import Run
from foedus.response.tasks import Standing, Task

STILLS_MAX: Final = 100
"""How often a run may stand still; all of it stands in the run."""

_OVER: Final = frozenset({Standing.DONE, Standing.CONFIRMED, Standing.BROKEN})

_TAKEN: Final = frozenset({Standing.ACCEPTED, Standing.BEGUN, Standing.DECLINED})


class Actor(msgspec.Struct, frozen=True, kw_only=True):
    """Who acts, and when.

    Attributes:
        acts: whether the account has the role that the task asks for.
        notes: whether it may write beside the task.
        directs: whether it may direct runs for its nation.
        at_ms: when the act was received.
    """

    nation: NationCode
    acts: bool
    notes: bool
    directs: bool
    at_ms: int


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """That a task was done.

    Attributes:
        adopted: which of the evidence are adopted decisions.
    """

    reply: str = ""
    evidence: tuple[str, ...] = ()
    outputs: dict[str, str | None] = msgspec.field(default_factory=dict)
    adopted: frozenset[str] = frozenset()


class Agreeing(msgspec.Struct, frozen=True, kw_only=True):
    """Who agrees that the hub sends something, beside the actor.

    Attributes:
        is_person: whether the account is a person's.
        has_agreed: whether it has, since the task was sent last.
        decision: in the place of a second person; empty for none.
        is_decided: whether that is adopted, about this, and one the actor may see.
    """

    is_person: bool
    has_agreed: bool = False
    decision: str = ""
    is_decided: bool = False


def acknowledge(task: Task, actor: Actor) -> TaskAcknowledged | None:
    """Say that the nation knows of it."""
    _check_asked(task, actor)
    if task.passed.acknowledged is not None:
        return None
    return TaskAcknowledged(nation=actor.nation, at_ms=_at(task, actor))


def accept(
    task: Task, actor: Actor, note: str = ""
) -> TaskAccepted | OfferAnswered | None:
    """Say that the nation will do it; of an offer, that it takes it."""
    if task.offered == actor.nation:
        return _answer_offer(task, actor, taken=True, reason=note)
    _check_asked(task, actor)
    _check_no_outcome_awaited(task, actor)
    standing = task.standing
    is_accepted = standing in (*_OVER, Standing.ACCEPTED, Standing.BEGUN)
    if is_accepted:
        return None
    return TaskAccepted(nation=actor.nation, at_ms=_at(task, actor), note=note)


def decline(task: Task, actor: Actor, caveat: str) -> TaskDeclined | OfferAnswered:
    """Say that the nation will not do it; of an offer, that it does not take it.

    Raises:
        InvalidInputError: there is no caveat.
        RuleViolationError: it was done, or declined already.
    """
    if actor.nation in (task.offered, task.doer):
        return _answer_offer(task, actor, taken=False, reason=caveat)
    _check_asked(task, actor)
    _check_no_outcome_awaited(task, actor)
    if not caveat.strip():
        raise InvalidInputError("say why; the coordinator plans with the caveat")
    if task.standing in _OVER:
        raise RuleViolationError("it was done; what is done is not declined")
    if task.standing is Standing.DECLINED:
        raise RuleViolationError("it was declined already; accept it to take that back")
    return TaskDeclined(nation=actor.nation, at_ms=_at(task, actor), caveat=caveat)


def delegate_to_team(task: Task, actor: Actor, team: str) -> TaskDelegated:
    """Name the team of the nation that does it."""
    _check_asked(task, actor)
    _check_unfinished(task)
    _check_no_outcome_awaited(task, actor)
    if not team.strip():
        raise InvalidInputError("name the team or the role that does it")
    return TaskDelegated(nation=actor.nation, at_ms=_at(task, actor), team=team)


def offer(task: Task, actor: Actor, to: NationCode) -> TaskDelegated:
    """Ask another nation to take it.

    Of whom the step is asked besides is told to nobody but the coordinator; so the
    answer is the same for every nation. One that may not see the step is not reached.

    Raises:
        RuleViolationError: it is one's own nation.
    """
    _check_asked(task, actor)
    _check_unfinished(task)
    _check_no_outcome_awaited(task, actor)
    if to == task.asked.nation:
        raise RuleViolationError("offer it to another nation than your own")
    return TaskDelegated(nation=actor.nation, at_ms=_at(task, actor), offered=to)


def begin(task: Task, actor: Actor) -> TaskBegun | None:
    """Say that work on it began."""
    _check_doing(task, actor)
    _check_unfinished(task)
    _check_no_outcome_awaited(task, actor)
    if task.standing is Standing.BEGUN:
        return None
    return TaskBegun(nation=actor.nation, at_ms=_at(task, actor))


def finish(task: Task, actor: Actor, report: Report) -> TaskDone:
    """Say that it was done.

    Raises:
        InvalidInputError: an output is not one of the step.
        RuleViolationError: it was done already, or evidence is missing.
    """
    _check_doing(task, actor)
    if task.standing in _OVER:
        raise RuleViolationError("it was done already; add a note instead")
    _check_unfinished(task)
    _check_no_outcome_awaited(task, actor)
    unknown = sorted(set(report.outputs) - set(task.asked.outputs))
    if unknown:
        raise InvalidInputError(
            f"{unknown[0]!a} is no output of the step; it has: "
            + (", ".join(task.asked.outputs) or "none")
        )
    plan = task.asked.plan
    if plan.evidence == "required" and not report.evidence:
        raise RuleViolationError("the step asks for evidence; name what shows it")
    if plan.gate == "decision" and not report.adopted:
        raise RuleViolationError(
            "the step waits for a decision; name the adopted one as evidence"
        )
    return TaskDone(
        nation=actor.nation,
        at_ms=_at(task, actor),
        reply=report.reply,
        evidence=report.evidence,
        outputs=report.outputs,
    )


def confirm(task: Task, actor: Actor) -> TaskConfirmed | None:
    """Confirm that it was done, as the coordinator."""
    _check_directing(task, actor)
    if task.standing is Standing.CONFIRMED:
        return None
    if task.standing is not Standing.DONE:
        raise RuleViolationError("it is not done yet; there is nothing to confirm")
    return TaskConfirmed(nation=actor.nation, at_ms=_at(task, actor))


def give_back(task: Task, actor: Actor, reason: str) -> TaskReturned:
    """Give it back as not done yet, as the coordinator."""
    _check_directing(task, actor)
    if task.standing not in _OVER or task.standing is Standing.BROKEN:
        raise RuleViolationError("it is not done yet; there is nothing to give back")
    if not reason.strip():
        raise InvalidInputError("say what is missing")
    return TaskReturned(nation=actor.nation, at_ms=_at(task, actor), reason=reason)


def authorise(task: Task, actor: Actor, agreeing: Agreeing) -> TaskAuthorised:
    """Agree that the hub sends what a task asks for, as a person of the coordinator.

    After an outcome that nobody knows it is asked for again: then it is sent again.

    Raises:
        ForbiddenError: the account does not direct the run, is no person's, or has
            agreed already.
        RuleViolationError: the hub does not carry it out, nobody is asked, or the
            decision is not adopted or about something else.
    """
    _check_directing(task, actor)
    if not agreeing.is_person:
        raise ForbiddenError("a person agrees, never a service; use your own account")
    sends, sending = task.asked.sends, task.sending
    if sends is None or (sending.handed and not sending.unknown):
        why = sending.handed or task.asked.by_hand or "the hub does not send it"
        raise RuleViolationError(f"{why}; do it by hand, and report it done")
    _check_unfinished(task)
    _check_no_outcome_awaited(task, actor)
    if task.standing in _TAKEN and not sending.unknown:
        raise RuleViolationError("somebody does it by hand already; report it done")
    if sending.is_agreed(sends.needed):
        raise RuleViolationError("enough have agreed; the hub sends it by itself")
    if agreeing.has_agreed:
        raise ForbiddenError(
            "you have agreed already; another person must, or name an adopted decision "
            "the first time"
        )
    if agreeing.decision and not agreeing.is_decided:
        raise RuleViolationError(
            "no adopted decision of that id decides on this task or its run; cite the "
            "one that does"
        )
    return TaskAuthorised(
        nation=actor.nation, at_ms=_at(task, actor), decision=agreeing.decision
    )


def note(task: Task, actor: Actor, text: str) -> TaskNoted:
    """Write something beside it, also once it is over."""
    is_coordinator = actor.nation == task.asked.coordinator and actor.directs
    if not is_coordinator and not (_is_party(task, actor.nation) and actor.notes):
        raise ForbiddenError(_FORBIDDEN)
    if not text.strip():
        raise InvalidInputError("write what is to be noted")
    return TaskNoted(nation=actor.nation, at_ms=actor.at_ms, text=text)


def cancel(run: Run, actor: Actor, reason: str) -> RunCancelled:
    """End a run, as its coordinator: one recorded act.

    Raises:
        ForbiddenError: the account does not direct runs of the coordinator.
        InvalidInputError: there is no reason.
        RuleViolationError: it has ended.
    """
    if actor.nation != run.coordinator or not actor.directs:
        raise ForbiddenError("only a duty officer of the coordinator cancels a run")
    if not reason.strip():
        raise InvalidInputError("say why; everybody who was asked is told")
    _check_open(run)
    return RunCancelled(nation=actor.nation, reason=reason, at_ms=actor.at_ms)


def pause(run: Run, actor: Actor, reason: str) -> RunPaused:
    """Let a run stand still, as its coordinator.

    Raises:
        ForbiddenError: the account does not direct runs of the coordinator.
        InvalidInputError: there is no reason.
        RuleViolationError: it has ended, stands still already, or has too often.
    """
    if actor.nation != run.coordinator or not actor.directs:
        raise ForbiddenError("only a duty officer of the coordinator pauses a run")
    if not reason.strip():
        raise InvalidInputError("say why; whoever may see the run reads it")
    _check_open(run)
    if run.still is not None:
        raise RuleViolationError("the run stands still already; resume it first")
    if len(run.stills) >= STILLS_MAX:
        raise RuleViolationError(
            f"the run has stood still {STILLS_MAX} times; cancel it, or pause clocks"
        )
    return RunPaused(nation=actor.nation, reason=reason, at_ms=actor.at_ms)


def resume(run: Run, actor: Actor, reason: str) -> RunResumed:
    """Let a run that stands still go on, as its coordinator.

    Raises:
        ForbiddenError: the account does not direct runs of the coordinator.
        RuleViolationError: it has ended, or does not stand still.
    """
    if actor.nation != run.coordinator or not actor.directs:
        raise ForbiddenError("only a duty officer of the coordinator resumes a run")
    _check_open(run)
    if run.still is None:
        raise RuleViolationError("the run does not stand still; nothing is to resume")
    at_ms = max(actor.at_ms, run.still.since_ms)
    return RunResumed(nation=actor.nation, reason=reason, at_ms=at_ms)


def _check_open(run: Run) -> None:
    if not run.is_open:
        raise RuleViolationError(f"the run has ended ({run.status.value})")


def check_force(run: Run, actor: Actor, reason: str) -> None:
    """Refuse to end a step by hand but to the coordinator, with a reason.

    Raises:
        ForbiddenError: the account does not direct runs of the coordinator.
        InvalidInputError: there is no reason.
        RuleViolationError: the run has ended, or stands still.
    """
    if actor.nation != run.coordinator or not actor.directs:
        raise ForbiddenError("only a duty officer of the coordinator ends a step")
    if not reason.strip():
        raise InvalidInputError("say why; whoever was asked reads it")
    _check_open(run)
    if run.still is not None:
        raise RuleViolationError("the run stands still; resume it first")


_FORBIDDEN = "your account may not act on this task; it needs the role that it asks for"


def _answer_offer(
    task: Task, actor: Actor, *, taken: bool, reason: str
) -> OfferAnswered:
    if not actor.acts:
        raise ForbiddenError(_FORBIDDEN)
    return OfferAnswered(
        nation=actor.nation, at_ms=_at(task, actor), taken=taken, reason=reason
    )


def _is_party(task: Task, nation: NationCode) -> bool:
    return nation in (task.asked.nation, task.doer, task.offered)


def _check_asked(task: Task, actor: Actor) -> None:
    """Refuse whoever does not speak for the nation that is asked."""
    if actor.nation != task.asked.nation or not actor.acts:
        raise ForbiddenError(_FORBIDDEN)


def _check_doing(task: Task, actor: Actor) -> None:
    """Refuse whoever is neither of the nation that is asked nor of the taker."""
    if actor.nation not in (task.asked.nation, task.doer) or not actor.acts:
        raise ForbiddenError(_FORBIDDEN)


def _check_directing(task: Task, actor: Actor) -> None:
    if actor.nation != task.asked.coordinator or not actor.directs:
        raise ForbiddenError("only a duty officer of the coordinator does that")


def _check_unfinished(task: Task) -> None:
    if task.standing in _OVER:
        raise RuleViolationError("it was done; the coordinator may give it back")
    if task.standing is Standing.DECLINED:
        raise RuleViolationError("it was declined; accept it to take that back")


def _check_no_outcome_awaited(task: Task, actor: Actor) -> None:
    """Refuse what would come between the hub's sending something and its outcome."""
    if task.sending.is_on_the_way(actor.at_ms):
        raise RuleViolationError("the hub is sending it; wait for the outcome")


def _at(task: Task, actor: Actor) -> int:
    """Give the instant that counts; refuse what comes when the step is over."""
    if task.ending is not None:
        raise RuleViolationError(f"the step is over ({task.ending.value}); add a note")
    if task.asked.still_ms is None and actor.at_ms >= task.asked.due_ms:
        raise RuleViolationError("the step's time is up; add a note")
    return max(actor.at_ms, task.asked.asked_ms)
