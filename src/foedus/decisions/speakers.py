"""Who acts, before whom, and when it counts: what all rules ask first."""

from typing import Final

import msgspec

from foedus.decisions.deadlines import Deadline
from foedus.decisions.states import Decision, Phase
from foedus.errors import ForbiddenError, RuleViolationError
from foedus.ids import NationCode
from foedus.releasability.join import FixedLabel

SETTLE_MS: Final = 1_000
"""How long after the end of silence the hub waits for what was received before it and
is still being written. The instant that counts is the end of silence all the same."""


class Speaker(msgspec.Struct, frozen=True, kw_only=True):
    """Who acts.

    Attributes:
        nation: the nation, or the alliance's own body.
        speaks: whether the account may speak for it: a delegate of a nation, the
            secretariat of the alliance.
        at_ms: when the act was received, in milliseconds since 1970.
        sent_ms: when it was sent, where it came through another hub.
    """

    nation: NationCode
    speaks: bool
    at_ms: int
    sent_ms: int | None = None


class Table(msgspec.Struct, frozen=True, kw_only=True):
    """The nations before which a text is laid, as the alliance stands.

    Attributes:
        electorate: who decides.
        label: who may see the text, fixed today.
        unreached: nations of the electorate that have nobody who may see it.
    """

    electorate: tuple[NationCode, ...]
    label: FixedLabel
    unreached: tuple[NationCode, ...] = ()


def received_ms(decision: Decision, speaker: Speaker) -> int:
    """Tell when an act counts as received.

    A clock that was put back does not count: nothing is received before what the
    history knows of. What crossed another act by a moment keeps its own instant.
    """
    behind = decision.last_ms - speaker.at_ms
    return speaker.at_ms if behind <= SETTLE_MS else decision.last_ms


def check_speaks(speaker: Speaker) -> None:
    """Refuse whoever may not speak for a nation or for the alliance.

    Raises:
        ForbiddenError: the account has not the role.
    """
    if not speaker.speaks:
        raise ForbiddenError(
            "only delegates speak for a nation here, and the secretariat for the "
            "alliance; ask one of them"
        )


def check_chair(decision: Decision, speaker: Speaker) -> None:
    """Refuse whoever does not preside.

    Raises:
        ForbiddenError: the account is not of the chair.
    """
    check_speaks(speaker)
    if speaker.nation != decision.chair:
        raise ForbiddenError(f"only the chair, {decision.chair}, does this; ask it")


def check_phase(decision: Decision, *phases: Phase) -> None:
    """Refuse what is not for the phase of a decision.

    Raises:
        RuleViolationError: it is in another one.
    """
    if decision.phase not in phases:
        raise RuleViolationError(
            f"the decision is {decision.phase}; this is for one that is "
            + " or ".join(phases)
        )


def check_running(decision: Decision, at_ms: int) -> Deadline:
    """Refuse what comes when silence has ended, though nobody has written so yet.

    Raises:
        RuleViolationError: silence has ended.
    """
    assert decision.deadline is not None, "under silence a clock runs"
    if at_ms >= decision.deadline.at_ms:
        raise RuleViolationError(
            f"silence has ended, at {decision.deadline.announced}; ask the chair"
        )
    return decision.deadline
