"""How a procedure ends, and what follows: expiry, meetings, conditions, sunset.

- Whether silence adopts depends on the history and on what the log knows of standing
  and of the channel; never on when somebody looks. The effective instant is the end of
  silence, however late it is written.
- Where the hub cannot tell that everybody could have objected, it holds, and the chair
  decides.

Source: `response` reference, sections 4.3 and 4.4, cases 8, 10, 17 and 19.
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, time

import msgspec

from foedus.clock import to_ms
from foedus.decisions.channel import Stretch, outages
from foedus.decisions.deadlines import has_moved
from foedus.decisions.events import (
    Activated,
    Adopted,
    Ended,
    Held,
    NotAdopted,
    Stance,
)
from foedus.decisions.profiles import HOUR_MS, Ceiling, Profile, Share
from foedus.decisions.speakers import (
    SETTLE_MS,
    Speaker,
    check_chair,
    check_phase,
    received_ms,
)
from foedus.decisions.states import Decision, Phase
from foedus.errors import RuleViolationError
from foedus.ids import NationCode


class Circumstances(msgspec.Struct, frozen=True, kw_only=True):
    """What the log knows beside the decision.

    Attributes:
        reachable: when the channel could be reached.
        without_standing: nations of the electorate that have no standing.
    """

    reachable: tuple[Stretch, ...] = ()
    without_standing: tuple[NationCode, ...] = ()


def due_ms(decision: Decision) -> int | None:
    """Tell when somebody has to look at a decision next; None if nobody has to."""
    if decision.phase is Phase.SILENT and decision.deadline is not None:
        return decision.deadline.at_ms + SETTLE_MS
    return sunset_ms(decision)


def expire(
    decision: Decision, now_ms: int, known: Circumstances
) -> Adopted | NotAdopted | Held | None:
    """Decide what the end of silence makes of a decision.

    Args:
        decision: the decision as it stands.
        now_ms: the present instant.
        known: what the log knows of standing and channel.

    Returns:
        None as long as silence has not ended, and everything received in time has
        been written.
    """
    if decision.phase is not Phase.SILENT or decision.deadline is None:
        return None
    if decision.profile is None or decision.opened_ms is None:
        return None  # the opening was redacted; only the chair can go on
    if now_ms < decision.deadline.at_ms + SETTLE_MS:
        return None
    return _hold(decision, known) or _adopt(
        decision, by="silence", effective_ms=decision.deadline.at_ms
    )


def confirm(
    decision: Decision, speaker: Speaker, known: Circumstances
) -> Adopted | NotAdopted:
    """Decide whether the chair may let silence that was held stand.

    Raises:
        ForbiddenError: the account is not of the chair.
        RuleViolationError: it is not held, or what it is held for has to be mended.
    """
    check_chair(decision, speaker)
    check_phase(decision, Phase.HELD)
    assert decision.deadline is not None, "it ended, and stays"
    lacking = _hold_for_standing(decision, known) or _hold_for_receipts(decision)
    if lacking is not None:
        raise RuleViolationError(f"{lacking.note}; extend it, or mend that first")
    return _adopt(
        decision,
        by="silence",
        effective_ms=decision.deadline.at_ms,
        confirmed=True,
    )


def conclude(decision: Decision, speaker: Speaker) -> Adopted | NotAdopted:
    """Decide whether a meeting has agreed.

    Raises:
        ForbiddenError: the account is not of the chair.
        RuleViolationError: it is before no meeting, or a nation objects.
    """
    check_chair(decision, speaker)
    check_phase(decision, Phase.MEETING)
    objecting = [
        each.nation for each in decision.positions if each.stance is Stance.OBJECTS
    ]
    if objecting:
        raise RuleViolationError(
            f"{', '.join(sorted(objecting))} objects; send the text back or close it"
        )
    return _adopt(decision, by="meeting", effective_ms=received_ms(decision, speaker))


def activate(decision: Decision, speaker: Speaker, reason: str) -> Activated:
    """Decide whether the chair may record that the condition is met.

    Raises:
        ForbiddenError: the account is not of the chair.
        RuleViolationError: there is no condition, or it is met already.
    """
    check_chair(decision, speaker)
    check_activable(decision)
    return Activated(reason=reason)


def check_activable(decision: Decision) -> None:
    """Refuse to bring into force what is not waiting for its condition.

    Raises:
        RuleViolationError: it was not adopted, or is in force.
    """
    check_phase(decision, Phase.ADOPTED)
    if decision.in_force_ms is not None:
        raise RuleViolationError(
            "it is in force already; there is no condition left to record"
        )


def activate_by(decision: Decision, by: Decision) -> Activated:
    """Decide whether another decision may bring this one into force.

    Raises:
        RuleViolationError: it is not waiting, or others decided it.
    """
    check_activable(decision)
    _check_same_nations(decision, by)
    return Activated(by=by.id)


def end_by(decision: Decision, by: Decision) -> Ended:
    """Decide whether another decision may end this one.

    Raises:
        RuleViolationError: it is not adopted, or others decided it.
    """
    check_phase(decision, Phase.ADOPTED)
    _check_same_nations(decision, by)
    assert by.effective_ms is not None, "what has effects was adopted"
    return Ended(effective_ms=by.effective_ms, by=by.id)


def sunset_ms(decision: Decision) -> int | None:
    """Tell when an adopted decision ends by itself; None if it does not."""
    if decision.phase is not Phase.ADOPTED or decision.text.sunset is None:
        return None
    return to_ms(datetime.combine(decision.text.sunset, time(), tzinfo=UTC))


def sunset(decision: Decision, now_ms: int) -> Ended | None:
    """Decide whether a decision has reached its own end."""
    end_ms = sunset_ms(decision)
    if end_ms is None or now_ms < end_ms:
        return None
    return Ended(effective_ms=end_ms)


def pending(decision: Decision) -> tuple[int, ...]:
    """List the ordinals of the effects that are still to take place."""
    if decision.in_force_ms is None or decision.phase is not Phase.ADOPTED:
        return ()
    done = {each.ordinal for each in decision.done}
    numbers = range(len(decision.text.effects))
    return tuple(each for each in numbers if each not in done)


def reaches_ceiling(
    ceiling: Ceiling,
    abstained: Iterable[NationCode],
    electorate: Iterable[NationCode],
    weights: Mapping[str, int],
) -> bool:
    """Tell whether so many abstain that nothing is adopted.

    Source: Treaty on European Union, Article 31(1), second subparagraph.
    """
    those, everybody = tuple(abstained), tuple(electorate)
    if not those or not _is_share(ceiling.states, len(those), len(everybody)):
        return False
    if ceiling.population is None:
        return True
    part = sum(weights.get(each, 0) for each in those)
    return _is_share(
        ceiling.population, part, sum(weights.get(each, 0) for each in everybody)
    )


def needs_receipts(decision: Decision) -> int:
    """Tell how many nations have to confirm that they have read a text.

    Source: `response` reference, section 4.4, case 17.
    """
    profile, ends = decision.profile, decision.deadline
    if profile is None or ends is None or decision.opened_ms is None:
        return 0
    if ends.at_ms - decision.opened_ms >= profile.short_hours * HOUR_MS:
        return 0
    part, whole = profile.short_readers
    return -(-part * len(decision.electorate) // whole)


def _hold(decision: Decision, known: Circumstances) -> Held | None:
    assert decision.deadline is not None, "silence has ended"
    if has_moved(decision.deadline):
        return Held(
            cause="zone",
            note=f"the rules of {decision.deadline.zone} have changed since "
            f"{decision.deadline.announced} was announced",
        )
    return (
        _hold_for_standing(decision, known)
        or _hold_for_outage(decision, known)
        or _hold_for_receipts(decision)
    )


def _hold_for_standing(decision: Decision, known: Circumstances) -> Held | None:
    gone = [each for each in decision.electorate if each in known.without_standing]
    if not gone:
        return None
    return Held(
        cause="standing",
        note=f"{', '.join(gone)} has lost its standing: go on without it, or restart",
    )


def _hold_for_outage(decision: Decision, known: Circumstances) -> Held | None:
    profile, ends = decision.profile, decision.deadline
    assert profile is not None, "it was fixed with the clock"
    assert ends is not None, "silence has ended"
    assert decision.opened_ms is not None, "silence was opened"
    since_ms = max(ends.at_ms - profile.hold_hours * HOUR_MS, decision.opened_ms)
    found = outages(
        known.reachable,
        Stretch(since_ms, ends.at_ms),
        profile.outage_min_s * 1_000,
    )
    if not found:
        return None
    return Held(
        cause="outage",
        note=f"silence could not be broken for {_minutes(found[0], profile)}",
        since_ms=found[0].since_ms,
        until_ms=found[0].until_ms,
    )


def _minutes(outage: Stretch, profile: Profile) -> str:
    minutes = -(-(outage.until_ms - outage.since_ms) // 60_000)
    return f"{minutes} min of the last {profile.hold_hours} h"


def _hold_for_receipts(decision: Decision) -> Held | None:
    wanted = needs_receipts(decision)
    read = len(set(decision.receipts) & set(decision.electorate))
    if read >= wanted:
        return None
    return Held(
        cause="receipts",
        note=f"{read} nations have confirmed to have read it; so short a period "
        f"needs {wanted}",
    )


def _adopt(
    decision: Decision, *, by: str, effective_ms: int, confirmed: bool = False
) -> Adopted | NotAdopted:
    abstained = tuple(
        sorted(
            each.nation
            for each in decision.positions
            if each.stance is Stance.ABSTAINS and each.nation in decision.electorate
        )
    )
    ceiling = decision.profile.abstention if decision.profile is not None else None
    if ceiling is not None and reaches_ceiling(
        ceiling, abstained, decision.electorate, decision.text.forum.weights
    ):
        return NotAdopted(
            reason=f"{', '.join(abstained)} abstain: the ceiling is reached",
            effective_ms=effective_ms,
        )
    return Adopted(
        version=decision.version,
        opening=decision.opening,
        text_hash=decision.text_hash,
        by="silence" if by == "silence" else "meeting",
        effective_ms=effective_ms,
        abstained=abstained,
        effects=decision.text.effects,
        confirmed=confirmed,
    )


def _is_share(share: Share, part: int, whole: int) -> bool:
    return part * share[1] >= share[0] * whole


def _check_same_nations(decision: Decision, by: Decision) -> None:
    if not set(decision.electorate) <= set(by.electorate):
        raise RuleViolationError(
            f"{decision.id} was decided by more nations than {by.id}; they all have to "
            "decide"
        )
