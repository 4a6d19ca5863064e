"""What of a decision or a consultation waits for a nation, and until when.

What waits is a function of what the nation may know of it: of the phase, of what it has
said itself, and of what it presides over or has proposed.
"""

from typing import Final

import msgspec

from foedus.decisions.consultations import Consultation
from foedus.decisions.events import Duty, Stance
from foedus.decisions.states import Decision, Phase
from foedus.ids import NationCode


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """What a nation is asked for.

    Attributes:
        words: in a sentence.
        until_ms: until when; None where no clock runs.
        answered: whether the nation has said something already.
    """

    words: str
    until_ms: int | None = None
    answered: bool = False


def wanted(decision: Decision, nation: NationCode) -> Wanted | None:
    """Tell what a decision wants of a nation; None if nothing."""
    found = None
    if nation == decision.chair:
        found = _of_chair(decision)
    if found is None and nation == decision.proposer:
        found = _of_proposer(decision)
    if found is None and nation in decision.electorate:
        found = _of_member(decision, nation)
    return found


def consulted(found: Consultation, nation: NationCode) -> Wanted | None:
    """Tell what a consultation wants of a nation; None if nothing."""
    if found.closed:
        return None
    if nation == found.chair:
        met = (
            "Record its outcome and close it" if found.met_ms else "Bring them together"
        )
        return Wanted(words=f"{met}, as the chair.")
    if nation in found.electorate:
        return Wanted(
            words="Consult; ask alongside, if it concerns you as well.",
            answered=nation in found.nations,
        )
    return None


_CHAIR: Final = {
    Phase.HELD: "Silence is held: confirm it, or give more time.",
    Phase.SUSPENDED: "The clock is stopped: let it run again.",
    Phase.MEETING: "State that the meeting agrees, or send it back.",
    Phase.DRAFT: "A draft: open silence when the nations are ready.",
    Phase.CONSULTING: "Open silence when the nations are ready.",
}
"""What waits for the chair in a phase, whatever else there is."""


def _of_chair(decision: Decision) -> Wanted | None:
    words = _CHAIR.get(decision.phase, "")
    if decision.phase is Phase.BROKEN and not decision.standing_letters():
        words = "Every break was taken back: open silence anew."
    if decision.phase is Phase.ADOPTED and decision.in_force_ms is None:
        words = "Adopted: record it when its condition is met."
    return Wanted(words=words) if words else None


def _of_proposer(decision: Decision) -> Wanted | None:
    match decision.phase:
        case Phase.DRAFT:
            return Wanted(words="Your draft: lay it before the nations.")
        case Phase.BROKEN if decision.standing_letters():
            return Wanted(words="Silence was broken: amend your text, or talk.")
        case _:
            return None


def _of_member(decision: Decision, nation: NationCode) -> Wanted | None:
    said = decision.position(nation)
    answered = said is not None and said.stance is not Stance.SILENT
    match decision.phase:
        case Phase.SILENT:
            return _under_silence(decision, nation, answered=answered)
        case Phase.CONSULTING:
            return Wanted(words="Comment, or take a position.", answered=answered)
        case Phase.MEETING:
            return Wanted(words="Say your position.", answered=answered)
        case Phase.BROKEN if any(
            each.nation == nation for each in decision.standing_letters()
        ):
            return Wanted(
                words="Your break stands: take it back when you can agree.",
                answered=True,
            )
        case Phase.ADOPTED if (
            decision.in_force_ms is not None and decision.duty(nation) is Duty.PENDING
        ):
            return Wanted(words="Adopted: say how you apply it.")
        case _:
            return None


def _under_silence(decision: Decision, nation: NationCode, *, answered: bool) -> Wanted:
    assert decision.deadline is not None, "under silence a clock runs"
    said = decision.position(nation)
    if said is not None and said.stance is Stance.AD_REFERENDUM:
        return Wanted(
            words="Your capital has to decide.", until_ms=said.until_ms, answered=True
        )
    words = "Read it; break silence if you cannot agree."
    if nation in decision.receipts:
        words = "Break silence if you cannot agree."
    return Wanted(words=words, until_ms=decision.deadline.at_ms, answered=answered)
