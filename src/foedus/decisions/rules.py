"""When the procedure may go on: who may draft, circulate, stop and change what.

- The proposer changes and withdraws the text; the chair runs the clock and the body.
- A running clock is never shortened: it is extended before it ends, or stopped and
  resumed with at least what was left. After its end nothing is extended but what the
  hub itself holds for the chair.
- From a break no way leads to adoption but a new opening of silence, after every break
  was taken back; or a new version, another body, a meeting.

Source: `response` reference, section 4.3 and 4.4.
"""

from datetime import date
from typing import Final

import msgspec

from foedus.clock import from_ms
from foedus.decisions.deadlines import Deadline, find_zone
from foedus.decisions.events import (
    Amended,
    Child,
    Circulated,
    Corrected,
    Drafted,
    ElectorateReduced,
    Extended,
    NotAdopted,
    PutToMeeting,
    ReferredUp,
    Resumed,
    Returned,
    Split,
    Suspended,
    Tabled,
    Withdrawn,
)
from foedus.decisions.profiles import HOUR_MS, Profile, find_profile
from foedus.decisions.speakers import (
    Speaker,
    Table,
    check_chair,
    check_phase,
    check_running,
    check_speaks,
    received_ms,
)
from foedus.decisions.states import CLOSED, Decision, Phase
from foedus.decisions.texts import Draft, Forum, Text, hash_of
from foedus.errors import ForbiddenError, RuleViolationError
from foedus.ids import DecisionId, NationCode
from foedus.releasability.join import FixedLabel, encode_label

PERIOD_MAX_MS: Final = 366 * 24 * HOUR_MS
"""The longest period of silence; more is a slip of the pen."""


def draft(
    sent: Draft,
    speaker: Speaker,
    decision: DecisionId,
    *,
    chair: NationCode,
    table: Table,
) -> Drafted:
    """Decide whether a text may be drafted.

    Raises:
        ForbiddenError: the account speaks for nobody who may propose.
        InvalidInputError: the profile is unknown.
    """
    check_speaks(speaker)
    if speaker.nation not in (*table.electorate, chair):
        raise ForbiddenError(
            f"{speaker.nation} has no say in {sent.text.forum.name}; only its nations "
            "and its chair propose"
        )
    find_profile(sent.profile)
    return Drafted(
        decision=decision,
        nation=speaker.nation,
        chair=chair,
        text=sent.text,
        profile=sent.profile,
        follows=None if sent.follows is None else DecisionId(sent.follows),
        label=msgspec.Raw(encode_label(table.label)),
    )


def table(decision: Decision, speaker: Speaker, before: Table) -> Tabled:
    """Decide whether a draft may be put before the nations for comments.

    Raises:
        ForbiddenError: the account is neither the proposer's nor the chair's.
        RuleViolationError: it lies before them already, or a nation has nobody who may
            see the text.
    """
    _check_proposer_or_chair(decision, speaker)
    check_phase(decision, Phase.DRAFT)
    _check_reached(before)
    return Tabled(
        electorate=before.electorate, label=msgspec.Raw(encode_label(before.label))
    )


def circulate(
    decision: Decision, speaker: Speaker, deadline: Deadline, before: Table
) -> Circulated:
    """Decide whether silence may be opened.

    Raises:
        ForbiddenError: the account is not of the chair.
        RuleViolationError: the phase, the period, the day or the profile forbid it; a
            break has not been taken back; or a nation has nobody who may see the text.
    """
    check_chair(decision, speaker)
    profile = find_profile(decision.profile_name)
    at_ms = received_ms(decision, speaker)
    _check_may_open(decision, profile, deadline)
    _check_period(profile, at_ms, deadline)
    _check_reached(before)
    _check_weights(profile, decision.text.forum, before.electorate)
    return Circulated(
        version=decision.version,
        opening=decision.opening + 1,
        text_hash=hash_of(decision.text),
        electorate=before.electorate,
        deadline=deadline,
        profile=profile,
        at_ms=at_ms,
        label=msgspec.Raw(encode_label(before.label)),
    )


def extend(
    decision: Decision, speaker: Speaker, deadline: Deadline, reason: str
) -> Extended:
    """Decide whether the chair may give more time.

    Raises:
        ForbiddenError: the account is not of the chair.
        RuleViolationError: silence has ended, or the time would be shorter.
    """
    check_chair(decision, speaker)
    check_phase(decision, Phase.SILENT, Phase.HELD)
    assert decision.profile is not None, "it was fixed with the clock"
    at_ms = received_ms(decision, speaker)
    if decision.phase is Phase.SILENT:
        ends = check_running(decision, at_ms).at_ms
        if deadline.at_ms <= ends:
            raise RuleViolationError(
                "a period of silence is never shortened; withdraw and open it anew"
            )
    _check_ahead(at_ms, deadline)
    _check_day(decision.profile, deadline)
    return Extended(deadline=deadline, reason=reason, at_ms=at_ms)


def suspend(decision: Decision, speaker: Speaker, reason: str) -> Suspended:
    """Decide whether the chair may stop the clock.

    Raises:
        ForbiddenError: the account is not of the chair.
        RuleViolationError: no clock runs.
    """
    check_chair(decision, speaker)
    check_phase(decision, Phase.SILENT)
    at_ms = received_ms(decision, speaker)
    check_running(decision, at_ms)
    return Suspended(reason=reason, at_ms=at_ms)


def resume(decision: Decision, speaker: Speaker, deadline: Deadline) -> Resumed:
    """Decide whether the clock may run again.

    Raises:
        ForbiddenError: the account is not of the chair.
        RuleViolationError: it is not stopped, or less time would be left than was.
    """
    check_chair(decision, speaker)
    check_phase(decision, Phase.SUSPENDED)
    assert decision.deadline is not None, "it stands while the clock is stopped"
    assert decision.suspended_ms is not None, "the clock was stopped"
    assert decision.profile is not None, "it was fixed with the clock"
    at_ms = received_ms(decision, speaker)
    left_ms = decision.deadline.at_ms - decision.suspended_ms
    if deadline.at_ms < max(decision.deadline.at_ms, at_ms + left_ms):
        raise RuleViolationError(
            f"{left_ms // 60_000} minutes were left when the clock was stopped; the "
            "new end has to leave at least as much, and be no earlier than the old one"
        )
    _check_ahead(at_ms, deadline)
    _check_day(decision.profile, deadline)
    return Resumed(deadline=deadline, at_ms=at_ms)


def amend(
    decision: Decision,
    speaker: Speaker,
    text: Text,
    *,
    chair: NationCode,
    label: FixedLabel,
) -> Amended:
    """Decide whether the proposer may put another text in place: a new version.

    A draft has no versions yet: how often it was written is nobody else's to know.

    Raises:
        ForbiddenError: the account is not of the proposer's nation.
        RuleViolationError: silence has ended, or the procedure is over.
    """
    check_speaks(speaker)
    if speaker.nation != decision.proposer:
        raise ForbiddenError(
            f"only the proposer, {decision.proposer}, amends the text; under silence "
            "an amendment of yours is a break"
        )
    check_phase(
        decision,
        Phase.DRAFT,
        Phase.CONSULTING,
        Phase.SILENT,
        Phase.SUSPENDED,
        Phase.BROKEN,
    )
    if decision.phase is Phase.SILENT:
        check_running(decision, received_ms(decision, speaker))
    return Amended(
        version=decision.version + (decision.phase is not Phase.DRAFT),
        text=text,
        chair=chair,
        label=msgspec.Raw(encode_label(label)),
    )


def correct(
    decision: Decision, speaker: Speaker, *, title: str, summary: str
) -> Corrected:
    """Decide whether title and summary may be corrected; the hash stays.

    Raises:
        ForbiddenError: the account is not of the chair.
        RuleViolationError: the procedure is over.
    """
    check_chair(decision, speaker)
    _check_open(decision)
    return Corrected(title=title, summary=summary)


def withdraw(decision: Decision, speaker: Speaker, reason: str) -> Withdrawn:
    """Decide whether the proposer may take the text back.

    Raises:
        ForbiddenError: the account is not of the proposer's nation.
        RuleViolationError: silence has ended, or the procedure is over.
    """
    check_speaks(speaker)
    if speaker.nation != decision.proposer:
        raise ForbiddenError(f"only the proposer, {decision.proposer}, withdraws it")
    _check_open(decision)
    if decision.phase is Phase.HELD:
        raise RuleViolationError("silence has ended; the chair confirms or extends it")
    if decision.phase is Phase.SILENT:
        check_running(decision, received_ms(decision, speaker))
    return Withdrawn(reason=reason)


def put_to_meeting(decision: Decision, speaker: Speaker, before: Table) -> PutToMeeting:
    """Decide whether a text may be put to a meeting.

    Raises:
        ForbiddenError: the account is not of the chair.
        RuleViolationError: a clock runs or the procedure is over.
    """
    check_chair(decision, speaker)
    check_phase(decision, Phase.DRAFT, Phase.CONSULTING)
    profile = find_profile(decision.profile_name)
    _check_reached(before)
    _check_weights(profile, decision.text.forum, before.electorate)
    return PutToMeeting(
        version=decision.version,
        text_hash=hash_of(decision.text),
        electorate=before.electorate,
        profile=profile,
        label=msgspec.Raw(encode_label(before.label)),
    )


def send_back(decision: Decision, speaker: Speaker, reason: str) -> Returned:
    """Decide whether a meeting may send the text back for consultation.

    Raises:
        ForbiddenError: the account is not of the chair.
        RuleViolationError: it is before no meeting.
    """
    check_chair(decision, speaker)
    check_phase(decision, Phase.MEETING)
    return Returned(reason=reason)


def refer_up(
    decision: Decision,
    speaker: Speaker,
    successor: DecisionId,
    forum: Forum,
    reason: str,
) -> ReferredUp:
    """Decide whether the text may go to another body, as a decision of its own.

    Raises:
        ForbiddenError: the account is not of the chair.
        RuleViolationError: a clock runs, or the procedure is over.
    """
    check_chair(decision, speaker)
    check_phase(decision, Phase.CONSULTING, Phase.BROKEN, Phase.MEETING)
    return ReferredUp(successor=successor, forum=forum, reason=reason)


def split(decision: Decision, speaker: Speaker, children: tuple[Child, ...]) -> Split:
    """Decide whether a text may be split into decisions of their own.

    Raises:
        ForbiddenError: the account is neither the proposer's nor the chair's.
        RuleViolationError: silence has ended, the procedure is over, there are less
            than two parts, or a part would be seen by others than the whole.
    """
    _check_proposer_or_chair(decision, speaker)
    check_phase(
        decision,
        Phase.DRAFT,
        Phase.CONSULTING,
        Phase.SILENT,
        Phase.SUSPENDED,
        Phase.BROKEN,
    )
    if decision.phase is Phase.SILENT:
        check_running(decision, received_ms(decision, speaker))
    if len(children) < 2:  # noqa: PLR2004 - what "split" means
        raise RuleViolationError("a text is split into two parts or more")
    if any(each.text.label != decision.text.label for each in children):
        raise RuleViolationError("every part keeps the label of the whole")
    return Split(children=children)


def close(decision: Decision, speaker: Speaker, reason: str) -> NotAdopted:
    """Decide whether the chair may end a procedure without adoption.

    Raises:
        ForbiddenError: the account is not of the chair.
        RuleViolationError: a clock runs, or the procedure is over.
    """
    check_chair(decision, speaker)
    check_phase(decision, Phase.CONSULTING, Phase.BROKEN, Phase.MEETING)
    at_ms = received_ms(decision, speaker)
    return NotAdopted(reason=reason or "closed by the chair", effective_ms=at_ms)


def reduce_electorate(
    decision: Decision, speaker: Speaker, nation: NationCode, lost_ms: int | None
) -> ElectorateReduced:
    """Decide whether the chair may go on without a nation that lost its standing.

    Args:
        decision: the decision as it stands.
        speaker: the chair.
        nation: which nation.
        lost_ms: since when it has no standing; None if it has.

    Raises:
        ForbiddenError: the account is not of the chair.
        RuleViolationError: the nation has standing or no say here, or nobody would be
            left.
    """
    check_chair(decision, speaker)
    check_phase(
        decision, Phase.SILENT, Phase.SUSPENDED, Phase.HELD, Phase.BROKEN, Phase.MEETING
    )
    if nation not in decision.electorate:
        raise RuleViolationError(
            f"{nation} has no say in this decision; name one that decides"
        )
    if lost_ms is None:
        raise RuleViolationError(
            f"{nation} has its standing; nobody decides without it"
        )
    if decision.electorate == (nation,):
        raise RuleViolationError("nobody would be left to decide; withdraw it")
    return ElectorateReduced(nation=nation, since_ms=lost_ms)


def _check_proposer_or_chair(decision: Decision, speaker: Speaker) -> None:
    check_speaks(speaker)
    if speaker.nation not in (decision.proposer, decision.chair):
        raise ForbiddenError(
            f"only the proposer, {decision.proposer}, and the chair, {decision.chair}, "
            "do this"
        )


def _check_open(decision: Decision) -> None:
    if decision.phase in CLOSED:
        raise RuleViolationError(f"the decision is {decision.phase}; draft a new one")


def _check_reached(before: Table) -> None:
    if before.unreached:
        raise RuleViolationError(
            "nobody of "
            + ", ".join(before.unreached)
            + " may see the text: open an account there with the role delegate and the "
            "clearance, use a label that reaches them, or let another nation preside"
        )


def _check_may_open(decision: Decision, profile: Profile, deadline: Deadline) -> None:
    if decision.phase is Phase.BROKEN:
        left = [each.nation for each in decision.standing_letters()]
        if left:
            raise RuleViolationError(
                f"silence was broken by {', '.join(left)}; each takes its break back "
                "first, or the text is amended"
            )
    elif decision.phase is Phase.SUSPENDED:
        assert decision.deadline is not None, "it stands while the clock is stopped"
        if deadline.at_ms < decision.deadline.at_ms:
            raise RuleViolationError(
                "a restart ends no earlier than the period that was stopped"
            )
    elif profile.opened_in_meeting:
        if decision.phase is not Phase.MEETING:
            raise RuleViolationError(
                f"under {profile.name} silence is opened in a meeting; put the text to "
                "a meeting first"
            )
    else:
        check_phase(decision, Phase.DRAFT, Phase.CONSULTING, Phase.MEETING)


def _check_period(profile: Profile, at_ms: int, deadline: Deadline) -> None:
    _check_ahead(at_ms, deadline)
    if deadline.at_ms - at_ms < profile.period_min_hours * HOUR_MS:
        raise RuleViolationError(
            f"under {profile.name} silence lasts at least {profile.period_min_hours} "
            "hours; choose a later end"
        )
    _check_day(profile, deadline)


def _check_ahead(at_ms: int, deadline: Deadline) -> None:
    if not at_ms < deadline.at_ms <= at_ms + PERIOD_MAX_MS:
        raise RuleViolationError(
            "the end of silence lies ahead, and at most a year; choose another"
        )


def _check_day(profile: Profile, deadline: Deadline) -> None:
    day: date = from_ms(deadline.at_ms).astimezone(find_zone(deadline.zone)).date()
    if f"{day:%m-%d}" in profile.not_expiring_on:
        raise RuleViolationError(
            f"under {profile.name} silence does not end on {day}, a common holiday"
        )


def _check_weights(
    profile: Profile, forum: Forum, electorate: tuple[NationCode, ...]
) -> None:
    if profile.abstention is None or profile.abstention.population is None:
        return
    missing = [each for each in electorate if each not in forum.weights]
    if missing:
        raise RuleViolationError(
            f"{profile.name} counts populations; give forum.weights of "
            + ", ".join(missing)
        )
