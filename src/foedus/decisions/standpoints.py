"""What nations say of a text: positions, breaks, statements, receipts.

- Only an accredited person of a nation of the electorate breaks; observers comment and
  nothing else.
- A break counts if it is received before the end of silence; one that is received on
  the instant is late, and kept as a statement.
- What a nation has said may be replaced until silence ends; the history stays.
"""

from foedus.decisions.events import (
    Associated,
    BreakLifted,
    Commented,
    Duty,
    DutyStated,
    PositionTaken,
    ReadConfirmed,
    SilenceBroken,
    Stance,
    Stated,
)
from foedus.decisions.profiles import find_profile
from foedus.decisions.speakers import (
    Speaker,
    check_phase,
    check_running,
    check_speaks,
    received_ms,
)
from foedus.decisions.states import Decision, Phase
from foedus.errors import ForbiddenError, InvalidInputError, RuleViolationError
from foedus.ids import NationCode

_SAYING = frozenset(
    {Stance.STATES, Stance.RESERVES, Stance.ABSTAINS, Stance.AD_REFERENDUM}
)
"""Positions that need words."""


def check_member(decision: Decision, speaker: Speaker) -> None:
    """Refuse whoever does not speak for a nation of the electorate.

    Raises:
        ForbiddenError: the account does not, or its nation has no say.
    """
    check_speaks(speaker)
    if speaker.nation not in decision.electorate:
        raise ForbiddenError(
            f"{speaker.nation} has no say in this decision; it may comment"
        )


def comment(
    decision: Decision, speaker: Speaker, text: str, *, is_open: bool
) -> Commented:
    """Decide whether somebody may comment.

    An observer's comment is read by all who may see the text.

    Raises:
        ForbiddenError: the account speaks for nobody.
        RuleViolationError: the text was withdrawn or has become another decision.
    """
    check_speaks(speaker)
    if decision.phase in {Phase.WITHDRAWN, Phase.SUPERSEDED}:
        raise RuleViolationError(
            f"the decision is {decision.phase}; comment on what continues it"
        )
    _check_words(text)
    observes = speaker.nation not in (
        *decision.electorate,
        decision.proposer,
        decision.chair,
    )
    return Commented(nation=speaker.nation, text=text, open=is_open or observes)


def take_position(
    decision: Decision,
    speaker: Speaker,
    stance: Stance,
    *,
    text: str = "",
    until_ms: int | None = None,
) -> PositionTaken:
    """Decide whether a nation may take a position.

    Raises:
        ForbiddenError: the nation has no say.
        InvalidInputError: the position needs words, or an end.
        RuleViolationError: silence has ended, or the rules know no such position.
    """
    check_member(decision, speaker)
    if decision.phase in {Phase.ADOPTED, Phase.ENDED}:
        return _take_back(decision, speaker, stance)
    check_phase(
        decision, Phase.CONSULTING, Phase.SILENT, Phase.SUSPENDED, Phase.MEETING
    )
    at_ms = received_ms(decision, speaker)
    if decision.phase is Phase.SILENT:
        check_running(decision, at_ms)
    if stance in _SAYING:
        _check_words(text)
    if stance is Stance.ABSTAINS:
        _check_may_abstain(decision)
    if stance is Stance.OBJECTS and decision.phase is not Phase.MEETING:
        raise RuleViolationError(
            "one objects in a meeting; under silence one breaks it"
        )
    if stance is Stance.AD_REFERENDUM:
        _check_settled_in_time(decision, at_ms, until_ms)
    elif until_ms is not None:
        raise InvalidInputError(
            "only an ad-referendum position has an end; leave it out"
        )
    return PositionTaken(
        nation=speaker.nation, stance=stance, text=text, until_ms=until_ms
    )


def confirm_reading(decision: Decision, speaker: Speaker) -> ReadConfirmed | None:
    """Decide whether a nation may confirm that it has read the text.

    Returns:
        None where it has done so already.

    Raises:
        ForbiddenError: the nation has no say.
        RuleViolationError: the text is not under silence.
    """
    check_member(decision, speaker)
    check_phase(decision, Phase.SILENT, Phase.SUSPENDED, Phase.HELD)
    if speaker.nation in decision.receipts:
        return None
    return ReadConfirmed(nation=speaker.nation)


def is_late(decision: Decision, speaker: Speaker) -> bool:
    """Tell whether a break by this nation would come after the end of silence."""
    if decision.phase is Phase.HELD or (
        decision.phase is Phase.ADOPTED and decision.by == "silence"
    ):
        return True
    if decision.phase is not Phase.SILENT or decision.deadline is None:
        return False
    return received_ms(decision, speaker) >= decision.deadline.at_ms


def break_silence(
    decision: Decision,
    speaker: Speaker,
    *,
    reason: str,
    named: tuple[NationCode, ...] = (),
    proposal: str = "",
) -> SilenceBroken | None:
    """Decide whether the acting nation may still object.

    Args:
        decision: the decision as it stands.
        speaker: who objects, and when the objection was received.
        reason: why; shown to the electorate.
        named: further nations in whose name the letter speaks.
        proposal: what the nation would have instead.

    Returns:
        None where the nation has broken this silence already.

    Raises:
        ForbiddenError: the nation has no say in this decision.
        InvalidInputError: there is no reason, or a named nation has no say.
        RuleViolationError: silence has ended, or none runs.

    Source:
        `response` reference, invariants I5 and I8: an objection counts if it is
        received before the end; one that is received on the instant is late.
    """
    check_member(decision, speaker)
    _check_words(reason)
    if any(each.nation == speaker.nation for each in decision.standing_letters()):
        return None
    if decision.phase is Phase.BROKEN:
        # A second letter counts as long as silence would have lasted.
        check_running(decision, received_ms(decision, speaker))
    elif is_late(decision, speaker):
        raise RuleViolationError(
            "silence has already ended; make a statement, or propose a new decision"
        )
    else:
        check_phase(decision, Phase.SILENT)
    strangers = sorted(set(named) - set(decision.electorate))
    if strangers:
        raise InvalidInputError(
            f"{', '.join(strangers)} has no say in this decision; leave it out"
        )
    return SilenceBroken(
        nation=speaker.nation,
        reason=reason,
        named=tuple(sorted(set(named) - {speaker.nation})),
        proposal=proposal,
        at_ms=received_ms(decision, speaker),
        sent_ms=speaker.sent_ms,
    )


def object_late(decision: Decision, speaker: Speaker, reason: str) -> Stated:
    """Keep a break that came too late as a statement.

    Raises:
        ForbiddenError: the nation has no say in this decision.
        InvalidInputError: there is no reason.
    """
    check_member(decision, speaker)
    _check_words(reason)
    at_ms = received_ms(decision, speaker)
    return Stated(nation=speaker.nation, text=reason, late=True, at_ms=at_ms)


def associate(decision: Decision, speaker: Speaker, reason: str) -> Associated | None:
    """Decide whether a nation may associate itself with a break.

    Returns:
        None where it has broken silence, or has associated itself, already.

    Raises:
        ForbiddenError: the nation has no say.
        RuleViolationError: silence has not been broken, or every break was taken back.
    """
    check_member(decision, speaker)
    check_phase(decision, Phase.BROKEN)
    letters = decision.standing_letters()
    if not letters:
        raise RuleViolationError(
            "every break was taken back; there is none to join; comment, or speak "
            "when silence is opened anew"
        )
    if any(each.nation == speaker.nation for each in letters):
        return None
    return Associated(nation=speaker.nation, reason=reason)


def lift(decision: Decision, speaker: Speaker, reason: str) -> BreakLifted:
    """Decide whether a nation may take its break back; the old clock stays gone.

    Raises:
        ForbiddenError: the nation has no say.
        RuleViolationError: it has no break to take back.
    """
    check_member(decision, speaker)
    check_phase(decision, Phase.BROKEN)
    if all(each.nation != speaker.nation for each in decision.standing_letters()):
        raise RuleViolationError(
            f"{speaker.nation} has no break to take back; each takes back its own"
        )
    return BreakLifted(nation=speaker.nation, reason=reason)


def state(decision: Decision, speaker: Speaker, text: str) -> Stated:
    """Decide whether a nation may make a statement for the record.

    Raises:
        ForbiddenError: the nation has no say.
        RuleViolationError: it is a draft.
    """
    check_member(decision, speaker)
    _check_words(text)
    if decision.phase is Phase.DRAFT:
        raise RuleViolationError("a draft has no record yet; comment on it")
    return Stated(
        nation=speaker.nation, text=text, at_ms=received_ms(decision, speaker)
    )


def state_duty(
    decision: Decision, speaker: Speaker, duty: Duty, text: str = ""
) -> DutyStated:
    """Decide whether a nation may say how it applies what was adopted.

    Raises:
        ForbiddenError: the nation has no say.
        InvalidInputError: nobody says that for itself.
        RuleViolationError: it is not in force, or binds the nation to nothing.
    """
    check_member(decision, speaker)
    check_phase(decision, Phase.ADOPTED)
    if decision.in_force_ms is None:
        raise RuleViolationError(
            "its condition is not met; it is not in force yet; the chair records when "
            "it is"
        )
    if duty in {Duty.PENDING, Duty.LAPSED}:
        raise InvalidInputError("say accepted, not-applying or fulfilled")
    if decision.duty(speaker.nation) is None:
        raise RuleViolationError(
            f"it binds {speaker.nation} to nothing; make a statement, if you have to"
        )
    if duty is Duty.NOT_APPLYING:
        _check_words(text)
    return DutyStated(nation=speaker.nation, duty=duty, text=text)


def _take_back(decision: Decision, speaker: Speaker, stance: Stance) -> PositionTaken:
    """Let a footnote be taken back after adoption; nothing else changes then."""
    said = decision.position(speaker.nation)
    footnote = said is not None and said.stance in {Stance.RESERVES, Stance.STATES}
    if stance is not Stance.SILENT or not footnote:
        raise RuleViolationError(
            "it was adopted; what is left is to take a reservation or statement back"
        )
    return PositionTaken(nation=speaker.nation, stance=Stance.SILENT)


def _check_words(text: str) -> None:
    if not text.strip():
        raise InvalidInputError("say it in words; the text is empty")


def _check_may_abstain(decision: Decision) -> None:
    profile = decision.profile or find_profile(decision.profile_name)
    if profile.abstention is None:
        raise RuleViolationError(
            f"{profile.name} knows no constructive abstention; reserve, or make a "
            "statement"
        )


def _check_settled_in_time(
    decision: Decision, at_ms: int, until_ms: int | None
) -> None:
    if until_ms is None or until_ms <= at_ms:
        raise InvalidInputError("say until when the capital decides, an hour ahead")
    if decision.deadline is not None and until_ms >= decision.deadline.at_ms:
        raise RuleViolationError(
            "the capital has to decide before silence ends; choose an earlier hour, or "
            "ask the chair to extend it"
        )
