"""A decision as its events make it.

- A fold trusts what the log says and decides nothing: whether an act was allowed was
  asked before it was written.
- `last_ms` is the latest instant that the history knows of; rules never go behind it,
  so that a clock that is put back opens nothing again.
- A break belongs to one opening of silence. Opening anew begins without letters and
  without receipts; what was said in the opening before stays in the history.
"""

from collections.abc import Iterable
from typing import assert_never

import msgspec

from foedus.decisions.events import (
    Activated,
    Adopted,
    Amended,
    Associated,
    BreakLifted,
    Circulated,
    Commented,
    Corrected,
    DecisionEvent,
    Drafted,
    Duty,
    DutyStated,
    EffectDone,
    ElectorateReduced,
    Ended,
    Extended,
    Held,
    NotAdopted,
    PositionTaken,
    PutToMeeting,
    ReadConfirmed,
    ReferredUp,
    Resumed,
    Returned,
    SilenceBroken,
    Split,
    Stated,
    Suspended,
    Tabled,
    Withdrawn,
)
from foedus.decisions.states import Application, Decision, Letter, Phase, Position
from foedus.releasability.join import decode_label


def fold(history: Iterable[tuple[DecisionEvent, int]]) -> Decision | None:
    """Fold a history; None if nothing was drafted.

    Args:
        history: every event with its arrival in milliseconds since 1970, in order.
    """
    decision: Decision | None = None
    for event, arrival_ms in history:
        decision = step(decision, event, arrival_ms)
    return decision


def step(
    decision: Decision | None, event: DecisionEvent, arrival_ms: int
) -> Decision | None:
    """Tell what one more event makes of a decision."""
    if isinstance(event, Drafted):
        return _drafted(event, arrival_ms)
    if decision is None:
        return None
    received = getattr(event, "at_ms", 0)
    last_ms = max(decision.last_ms, arrival_ms, received)
    changed = _changed(decision, event, arrival_ms)
    return msgspec.structs.replace(changed, last_ms=last_ms)


def _drafted(event: Drafted, arrival_ms: int) -> Decision:
    return Decision(
        id=event.decision,
        proposer=event.nation,
        chair=event.chair,
        text=event.text,
        profile_name=event.profile,
        label=decode_label(bytes(event.label)),
        follows=event.follows,
        last_ms=arrival_ms,
    )


_Procedure = (
    Tabled
    | Circulated
    | Extended
    | Suspended
    | Resumed
    | Amended
    | Corrected
    | Withdrawn
    | PutToMeeting
    | Returned
    | ReferredUp
    | Split
    | ElectorateReduced
)

_Said = (
    Commented
    | PositionTaken
    | ReadConfirmed
    | SilenceBroken
    | Associated
    | BreakLifted
    | Stated
    | DutyStated
)


def _changed(was: Decision, event: DecisionEvent, arrival_ms: int) -> Decision:
    match event:
        case Drafted():
            return was
        case Held() | Adopted() | NotAdopted() | Activated() | Ended() | EffectDone():
            return _ended(was, event, arrival_ms)
        case (
            Commented()
            | PositionTaken()
            | ReadConfirmed()
            | SilenceBroken()
            | Associated()
            | BreakLifted()
            | Stated()
            | DutyStated()
        ):
            return _said(was, event)
        case _:
            return _proceeded(was, event)


def _proceeded(was: Decision, event: _Procedure) -> Decision:  # noqa: C901, PLR0911, PLR0912 - one case an event
    replace = msgspec.structs.replace
    match event:
        case Tabled():
            return replace(
                was,
                phase=Phase.CONSULTING,
                electorate=event.electorate,
                label=decode_label(bytes(event.label)),
            )
        case Circulated():
            return _opened(was, event)
        case Extended():
            return replace(was, phase=Phase.SILENT, deadline=event.deadline, hold=None)
        case Suspended():
            return replace(was, phase=Phase.SUSPENDED, suspended_ms=event.at_ms)
        case Resumed():
            return replace(
                was, phase=Phase.SILENT, deadline=event.deadline, suspended_ms=None
            )
        case Amended():
            return _amended(was, event)
        case Corrected():
            text = replace(was.text, title=event.title, summary=event.summary)
            return replace(was, text=text)
        case Withdrawn():
            return _over(was, Phase.WITHDRAWN, event.reason)
        case PutToMeeting():
            return _before_a_meeting(was, event)
        case Returned():
            back = replace(was, phase=Phase.CONSULTING, positions=())
            return replace(back, reason=event.reason)
        case ReferredUp():
            over = _over(was, Phase.SUPERSEDED, event.reason)
            return replace(over, successors=(event.successor,))
        case Split():
            over = _over(was, Phase.SUPERSEDED, "")
            parts = tuple(each.decision for each in event.children)
            return replace(over, successors=parts)
        case ElectorateReduced():
            return _reduced(was, event)
        case _:
            assert_never(event)


def _opened(was: Decision, event: Circulated) -> Decision:
    return msgspec.structs.replace(
        was,
        phase=Phase.SILENT,
        opening=event.opening,
        text_hash=event.text_hash,
        electorate=event.electorate,
        deadline=event.deadline,
        profile=event.profile,
        opened_ms=event.at_ms,
        label=decode_label(bytes(event.label)),
        **_FRESH,
    )


def _amended(was: Decision, event: Amended) -> Decision:
    is_draft = was.phase is Phase.DRAFT
    return msgspec.structs.replace(
        was,
        phase=Phase.DRAFT if is_draft else Phase.CONSULTING,
        version=event.version,
        text=event.text,
        chair=event.chair,
        label=decode_label(bytes(event.label)),
        text_hash="",
        deadline=None,
        opened_ms=None,
        profile=None,
        positions=(),
        **_FRESH,
    )


def _before_a_meeting(was: Decision, event: PutToMeeting) -> Decision:
    return msgspec.structs.replace(
        was,
        phase=Phase.MEETING,
        electorate=event.electorate,
        text_hash=event.text_hash,
        profile=event.profile,
        label=decode_label(bytes(event.label)),
        deadline=None,
        opened_ms=None,
        positions=(),
        **_FRESH,
    )


_FRESH: dict[str, object] = {
    "receipts": (),
    "letters": (),
    "suspended_ms": None,
    "hold": None,
    "reason": "",
}
"""What begins anew with an opening, a version and a meeting."""


def _over(was: Decision, phase: Phase, reason: str) -> Decision:
    return msgspec.structs.replace(
        was, phase=phase, deadline=None, suspended_ms=None, hold=None, reason=reason
    )


def _reduced(was: Decision, event: ElectorateReduced) -> Decision:
    letters = tuple(
        msgspec.structs.replace(each, lifted=True)
        if each.nation == event.nation and each.at_ms >= event.since_ms
        else each
        for each in was.letters
    )
    return msgspec.structs.replace(
        was,
        electorate=tuple(each for each in was.electorate if each != event.nation),
        positions=tuple(each for each in was.positions if each.nation != event.nation),
        letters=letters,
    )


def _said(was: Decision, event: _Said) -> Decision:  # noqa: PLR0911 - one case an event
    replace = msgspec.structs.replace
    match event:
        case Commented() | Stated():
            return was
        case PositionTaken():
            others = (each for each in was.positions if each.nation != event.nation)
            taken = Position(
                nation=event.nation,
                stance=event.stance,
                text=event.text,
                until_ms=event.until_ms,
            )
            return replace(was, positions=(*others, taken))
        case ReadConfirmed():
            return replace(was, receipts=(*was.receipts, event.nation))
        case SilenceBroken():
            letters = (*was.letters, _letter(was, event))
            return replace(was, phase=Phase.BROKEN, letters=letters)
        case Associated():
            letter = Letter(
                nation=event.nation,
                version=was.version,
                at_ms=was.last_ms,
                reason=event.reason,
                associated=True,
            )
            return replace(was, letters=(*was.letters, letter))
        case BreakLifted():
            letters = tuple(
                replace(each, lifted=True) if each.nation == event.nation else each
                for each in was.letters
            )
            return replace(was, letters=letters)
        case DutyStated():
            return replace(was, applications=_applied(was, event))
        case _:
            assert_never(event)


def _letter(was: Decision, event: SilenceBroken) -> Letter:
    return Letter(
        nation=event.nation,
        version=was.version,
        at_ms=event.at_ms,
        reason=event.reason,
        named=event.named,
        proposal=event.proposal,
    )


def _applied(was: Decision, event: DutyStated) -> tuple[Application, ...]:
    said = Application(nation=event.nation, duty=event.duty, text=event.text)
    return tuple(
        said if each.nation == event.nation else each for each in was.applications
    )


def _ended(  # noqa: PLR0911 - one case an event
    was: Decision,
    event: Held | Adopted | NotAdopted | Activated | Ended | EffectDone,
    arrival_ms: int,
) -> Decision:
    replace = msgspec.structs.replace
    match event:
        case Held():
            return replace(was, phase=Phase.HELD, hold=event)
        case Adopted():
            return _adopted(was, event, arrival_ms)
        case NotAdopted():
            over = _over(was, Phase.NOT_ADOPTED, event.reason)
            return replace(
                over, effective_ms=event.effective_ms, recorded_ms=arrival_ms
            )
        case Activated():
            return replace(was, in_force_ms=arrival_ms)
        case Ended():
            lapsed = tuple(
                replace(each, duty=Duty.LAPSED)
                if each.duty in {Duty.PENDING, Duty.ACCEPTED}
                else each
                for each in was.applications
            )
            return replace(
                was,
                phase=Phase.ENDED,
                ended_ms=event.effective_ms,
                applications=lapsed,
            )
        case EffectDone():
            if any(each.ordinal == event.ordinal for each in was.done):
                return was
            return replace(was, done=(*was.done, event))
        case _:
            assert_never(event)


def _adopted(was: Decision, event: Adopted, arrival_ms: int) -> Decision:
    applications: tuple[Application, ...] = ()
    if was.text.commits:
        applications = tuple(
            Application(
                nation=nation,
                duty=Duty.NOT_APPLYING if nation in event.abstained else Duty.PENDING,
            )
            for nation in was.electorate
        )
    over = _over(was, Phase.ADOPTED, "")
    return msgspec.structs.replace(
        over,
        deadline=was.deadline,
        by=event.by,
        adopted_hash=event.text_hash,
        effective_ms=event.effective_ms,
        recorded_ms=arrival_ms,
        in_force_ms=None if was.text.condition else event.effective_ms,
        abstained=event.abstained,
        confirmed=event.confirmed,
        applications=applications,
    )
