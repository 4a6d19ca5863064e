"""What can happen to a decision, and to the channel by which silence is broken.

- `at_ms` is the instant at which the act was received; the entry's arrival is when it
  was written. Both stay.
- What silence rests on stands in `Circulated` itself: text hash, electorate, clock and
  rules. No later event changes it but by its own kind.
"""

from enum import StrEnum
from typing import Literal

import msgspec

from foedus.decisions.consultations import ConsultationEvent
from foedus.decisions.deadlines import Deadline
from foedus.decisions.profiles import Profile
from foedus.decisions.texts import Effect, Forum, Text
from foedus.eventlog.envelope import Event
from foedus.ids import DecisionId, NationCode


class Stance(StrEnum):
    """What a nation says of a text without breaking silence.

    Attributes:
        SILENT: nothing; takes back what was said before.
        AGREES: it agrees.
        STATES: it agrees, and makes a statement for the record.
        AD_REFERENDUM: it agrees subject to its capital.
        RESERVES: it does not block, and has a reservation.
        ABSTAINS: it abstains constructively: it need not apply the decision.
        OBJECTS: it objects, in a meeting.
    """

    SILENT = "silent"
    AGREES = "agrees"
    STATES = "states"
    AD_REFERENDUM = "ad-referendum"
    RESERVES = "reserves"
    ABSTAINS = "abstains"
    OBJECTS = "objects"


class Duty(StrEnum):
    """What a nation says of applying an adopted decision."""

    PENDING = "pending"
    ACCEPTED = "accepted"
    NOT_APPLYING = "not-applying"
    FULFILLED = "fulfilled"
    LAPSED = "lapsed"


HoldCause = Literal["outage", "receipts", "standing", "zone", "holiday"]
"""Why silence that ended is held for the chair."""

Outcome = Literal["done", "recorded", "refused"]
"""What became of an effect: it happened, stands as a record, or a rule refused it."""


class Drafted(
    Event, frozen=True, kw_only=True, omit_defaults=True, tag="decisions.drafted"
):
    """A text was drafted, for its author's nation and the chair alone.

    Attributes:
        nation: whose delegate drafted it.
        chair: whose delegates preside.
        profile: the id of the rules.
        follows: the decision that it continues.
        label: a `FixedLabel` in JSON.
    """

    decision: DecisionId
    nation: NationCode
    chair: NationCode
    text: Text
    profile: str
    follows: DecisionId | None = None
    label: msgspec.Raw


class Tabled(Event, frozen=True, kw_only=True, tag="decisions.tabled"):
    """The text was put before the nations for comments; no clock runs."""

    electorate: tuple[NationCode, ...]
    label: msgspec.Raw


class Circulated(
    Event, frozen=True, kw_only=True, omit_defaults=True, tag="decisions.circulated"
):
    """Silence was opened: whoever says nothing before the deadline agrees.

    Attributes:
        version: of the text.
        opening: how often silence has been opened, this time included.
        text_hash: of what is operative in the text.
        electorate: who decides, fixed now; the text was delivered to each.
        profile: the rules, as they are now.
    """

    version: int
    opening: int
    text_hash: str
    electorate: tuple[NationCode, ...]
    deadline: Deadline
    profile: Profile
    at_ms: int
    label: msgspec.Raw


class Commented(
    Event, frozen=True, kw_only=True, omit_defaults=True, tag="decisions.commented"
):
    """Somebody commented.

    Attributes:
        open: whether observers may read it, too.
    """

    nation: NationCode
    text: str
    open: bool = False


class PositionTaken(
    Event, frozen=True, kw_only=True, omit_defaults=True, tag="decisions.position-taken"
):
    """A nation took a position, in place of the one before.

    Attributes:
        until_ms: when it has to be settled; of an ad-referendum position only.
    """

    nation: NationCode
    stance: Stance
    text: str = ""
    until_ms: int | None = None


class ReadConfirmed(Event, frozen=True, kw_only=True, tag="decisions.read-confirmed"):
    """A nation confirmed that it has read the text under silence."""

    nation: NationCode


class SilenceBroken(
    Event, frozen=True, kw_only=True, omit_defaults=True, tag="decisions.silence-broken"
):
    """An entitled nation objected in time.

    Attributes:
        named: further nations in whose name the letter speaks.
        proposal: the wording that the nation would have instead; an amendment by
            anybody but the proposer breaks silence.
        sent_ms: when it was sent, where it came through another hub.
    """

    nation: NationCode
    reason: str
    named: tuple[NationCode, ...] = ()
    proposal: str = ""
    at_ms: int
    sent_ms: int | None = None


class Associated(
    Event, frozen=True, kw_only=True, omit_defaults=True, tag="decisions.associated"
):
    """A nation associated itself with a break."""

    nation: NationCode
    reason: str = ""


class BreakLifted(
    Event, frozen=True, kw_only=True, omit_defaults=True, tag="decisions.break-lifted"
):
    """A nation took its break, or its association, back; the clock stays gone."""

    nation: NationCode
    reason: str = ""


class Stated(
    Event, frozen=True, kw_only=True, omit_defaults=True, tag="decisions.stated"
):
    """A nation's statement for the record.

    Attributes:
        late: whether it was meant as a break and came too late.
    """

    nation: NationCode
    text: str
    late: bool = False
    at_ms: int


class Extended(
    Event, frozen=True, kw_only=True, omit_defaults=True, tag="decisions.extended"
):
    """The chair gave more time; of silence that was held, time anew."""

    deadline: Deadline
    reason: str = ""
    at_ms: int


class Suspended(Event, frozen=True, kw_only=True, tag="decisions.suspended"):
    """The chair stopped the clock."""

    reason: str
    at_ms: int


class Resumed(Event, frozen=True, kw_only=True, tag="decisions.resumed"):
    """The chair let the clock run again, with at least the time that was left."""

    deadline: Deadline
    at_ms: int


class Amended(Event, frozen=True, kw_only=True, tag="decisions.amended"):
    """There is a new version of the text; no clock runs."""

    version: int
    text: Text
    chair: NationCode
    label: msgspec.Raw


class Corrected(Event, frozen=True, kw_only=True, tag="decisions.corrected"):
    """The chair corrected what is not operative; the hash stays."""

    title: str
    summary: str


class Withdrawn(
    Event, frozen=True, kw_only=True, omit_defaults=True, tag="decisions.withdrawn"
):
    """The proposer took the text back."""

    reason: str = ""


class PutToMeeting(Event, frozen=True, kw_only=True, tag="decisions.put-to-meeting"):
    """The text was put to a meeting, where positions are taken live."""

    version: int
    text_hash: str
    electorate: tuple[NationCode, ...]
    profile: Profile
    label: msgspec.Raw


class Returned(
    Event, frozen=True, kw_only=True, omit_defaults=True, tag="decisions.returned"
):
    """The meeting sent the text back for consultation."""

    reason: str = ""


class ReferredUp(Event, frozen=True, kw_only=True, tag="decisions.referred-up"):
    """The text went to another body, as a decision of its own."""

    successor: DecisionId
    forum: Forum
    reason: str


class Child(msgspec.Struct, frozen=True, kw_only=True):
    """A part of a text, as a decision of its own."""

    decision: DecisionId
    text: Text


class Split(Event, frozen=True, kw_only=True, tag="decisions.split"):
    """The text was split; each part is a decision of its own."""

    children: tuple[Child, ...]


class ElectorateReduced(
    Event, frozen=True, kw_only=True, tag="decisions.electorate-reduced"
):
    """The chair goes on without a nation that lost its standing.

    Attributes:
        since_ms: when it lost it; a break of its own since then is void.
    """

    nation: NationCode
    since_ms: int


class Held(Event, frozen=True, kw_only=True, omit_defaults=True, tag="decisions.held"):
    """Silence ended, but the chair has to look first.

    Attributes:
        note: what the chair has to know, in a sentence.
        since_ms: when the outage began, where there was one.
        until_ms: when it ended.
    """

    cause: HoldCause
    note: str
    since_ms: int | None = None
    until_ms: int | None = None


class Adopted(
    Event, frozen=True, kw_only=True, omit_defaults=True, tag="decisions.adopted"
):
    """The text was adopted.

    Attributes:
        text_hash: as it was when silence was opened.
        effective_ms: the instant at which silence ended, or the meeting agreed.
        abstained: who abstained constructively.
        effects: what it does, in order.
        confirmed: whether the chair confirmed it after it was held.
    """

    version: int
    opening: int
    text_hash: str
    by: Literal["silence", "meeting"]
    effective_ms: int
    abstained: tuple[NationCode, ...] = ()
    effects: tuple[Effect, ...] = ()
    confirmed: bool = False


class NotAdopted(
    Event, frozen=True, kw_only=True, omit_defaults=True, tag="decisions.not-adopted"
):
    """The procedure ended without adoption."""

    reason: str
    effective_ms: int


class Activated(
    Event, frozen=True, kw_only=True, omit_defaults=True, tag="decisions.activated"
):
    """The condition was met: the decision is in force.

    Attributes:
        by: the decision whose effect it is; None where the chair recorded it.
    """

    reason: str = ""
    by: DecisionId | None = None


class Ended(
    Event, frozen=True, kw_only=True, omit_defaults=True, tag="decisions.ended"
):
    """The decision is no longer in force.

    Attributes:
        by: the decision whose effect it is; None at its own sunset.
    """

    effective_ms: int
    by: DecisionId | None = None


class DutyStated(
    Event, frozen=True, kw_only=True, omit_defaults=True, tag="decisions.duty-stated"
):
    """A nation said how it applies an adopted decision."""

    nation: NationCode
    duty: Duty
    text: str = ""


class EffectDone(
    Event, frozen=True, kw_only=True, omit_defaults=True, tag="decisions.effect-done"
):
    """An effect has taken place, or cannot.

    Attributes:
        ordinal: which one, from 0.
        reference: what it made, such as the id of a release.
        reason: why it was refused.
    """

    ordinal: int
    outcome: Outcome
    reference: str = ""
    reason: str = ""


DecisionEvent = (
    Drafted
    | Tabled
    | Circulated
    | Commented
    | PositionTaken
    | ReadConfirmed
    | SilenceBroken
    | Associated
    | BreakLifted
    | Stated
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
    | Held
    | Adopted
    | NotAdopted
    | Activated
    | Ended
    | DutyStated
    | EffectDone
)
"""Everything that can happen to one decision."""


class ChannelReachable(Event, frozen=True, kw_only=True, tag="decisions.channel"):
    """Over a stretch of time, silence could be broken here."""

    since_ms: int
    until_ms: int


class EffectRecorded(Event, frozen=True, kw_only=True, tag="decisions.effect-recorded"):
    """What an adopted decision says is so now, as a record of its kind."""

    decision: DecisionId
    ordinal: int
    effect: Effect


DecisionsEvent = DecisionEvent | ConsultationEvent | ChannelReachable | EffectRecorded
"""Every kind of event of this capability."""

CHANNEL = "decisions/channel"
"""The history of the channel by which silence is broken."""


def stream(decision: str) -> str:
    """Name the history of a decision."""
    return f"decisions/{decision}"


def effect_stream(decision: str, ordinal: int) -> str:
    """Name the history of what one effect of a decision recorded."""
    return f"decisions/{decision}/effects/{ordinal}"
