"""What a decision is at a moment; `folding` makes it of its history."""

from enum import StrEnum

import msgspec

from foedus.decisions.deadlines import Deadline
from foedus.decisions.events import Duty, EffectDone, Held, Stance
from foedus.decisions.profiles import Profile
from foedus.decisions.texts import Text
from foedus.ids import DecisionId, NationCode
from foedus.releasability.join import FixedLabel


class Phase(StrEnum):
    """Where a decision stands."""

    DRAFT = "draft"
    CONSULTING = "consulting"
    SILENT = "silent"
    SUSPENDED = "suspended"
    HELD = "held"
    BROKEN = "broken"
    MEETING = "meeting"
    ADOPTED = "adopted"
    NOT_ADOPTED = "not-adopted"
    WITHDRAWN = "withdrawn"
    SUPERSEDED = "superseded"
    ENDED = "ended"


CLOSED = frozenset(
    {Phase.ADOPTED, Phase.NOT_ADOPTED, Phase.WITHDRAWN, Phase.SUPERSEDED, Phase.ENDED}
)
"""Phases in which the procedure is over."""


class Position(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a nation said of the text.

    Attributes:
        until_ms: when an ad-referendum position has to be settled.
    """

    nation: NationCode
    stance: Stance
    text: str = ""
    until_ms: int | None = None


class Letter(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A break of silence, or an association with one.

    Attributes:
        version: of the text that it is about.
        named: further nations in whose name it speaks.
        associated: whether it only joins another's.
        lifted: whether it was taken back, or is void.
    """

    nation: NationCode
    version: int
    at_ms: int
    reason: str = ""
    named: tuple[NationCode, ...] = ()
    proposal: str = ""
    associated: bool = False
    lifted: bool = False


class Application(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How a nation applies what was adopted."""

    nation: NationCode
    duty: Duty
    text: str = ""


class Decision(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A decision by now.

    Attributes:
        version: of the text.
        text_hash: what was circulated, or put to a meeting, last.
        opening: how often silence has been opened.
        receipts: who has confirmed to have read the text, in this opening.
        suspended_ms: when the clock was stopped, while it is.
        hold: why it is held, while it is.
        by: how it was adopted.
        in_force_ms: since when it is in force; None while a condition is open.
        effective_ms: when the procedure ended.
        recorded_ms: when that was written.
        reason: why it was not adopted, was withdrawn or returned.
        done: what became of those effects that have taken place or were refused.
        last_ms: the latest arrival or receipt in its history.
    """

    id: DecisionId
    proposer: NationCode
    chair: NationCode
    text: Text
    profile_name: str
    label: FixedLabel
    phase: Phase = Phase.DRAFT
    follows: DecisionId | None = None
    version: int = 1
    profile: Profile | None = None
    text_hash: str = ""
    opening: int = 0
    opened_ms: int | None = None
    deadline: Deadline | None = None
    electorate: tuple[NationCode, ...] = ()
    receipts: tuple[NationCode, ...] = ()
    positions: tuple[Position, ...] = ()
    letters: tuple[Letter, ...] = ()
    suspended_ms: int | None = None
    hold: Held | None = None
    by: str = ""
    adopted_hash: str = ""
    in_force_ms: int | None = None
    effective_ms: int | None = None
    recorded_ms: int | None = None
    ended_ms: int | None = None
    confirmed: bool = False
    reason: str = ""
    abstained: tuple[NationCode, ...] = ()
    applications: tuple[Application, ...] = ()
    done: tuple[EffectDone, ...] = ()
    successors: tuple[DecisionId, ...] = ()
    last_ms: int = 0

    def position(self, nation: NationCode) -> Position | None:
        """Give what a nation said last; None if nothing."""
        return next((each for each in self.positions if each.nation == nation), None)

    def standing_letters(self) -> tuple[Letter, ...]:
        """Give the breaks and associations that have not been taken back."""
        return tuple(each for each in self.letters if not each.lifted)

    def duty(self, nation: NationCode) -> Duty | None:
        """Tell how a nation applies the decision; None where it has no duty."""
        found = (each.duty for each in self.applications if each.nation == nation)
        return next(found, None)
