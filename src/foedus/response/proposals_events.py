"""What can happen to activation rules and to what they propose.

All of it is the owning nation's business: the label of each is its level and that
nation alone.
"""

from typing import Final

import msgspec

from foedus.eventlog.envelope import Event
from foedus.ids import NationCode
from foedus.response.events import Edition
from foedus.response.triggers import Evidence, Trigger

READ_STREAM: Final = "triggers/read"
"""The history of how far intelligence has been looked through."""


class TriggerSet(
    Event, frozen=True, kw_only=True, omit_defaults=True, tag="response.trigger-set"
):
    """A nation set an activation rule.

    Attributes:
        trigger: its id.
        nation: whose it is.
        ceiling: up to which level it reads; index into the alliance's levels.
        edition: the version of the protocol that it proposes, as it was then.
        impact: of that; `None` where it states none.
        label: a `FixedLabel` in JSON.
    """

    trigger: str
    nation: NationCode
    ceiling: int
    edition: Edition
    impact: int | None = None
    terms: Trigger
    at_ms: int
    label: msgspec.Raw


class TriggerRemoved(Event, frozen=True, kw_only=True, tag="response.trigger-removed"):
    """A nation removed an activation rule; what it proposed stays."""

    trigger: str
    nation: NationCode


class IntelRead(Event, frozen=True, kw_only=True, tag="response.intel-read"):
    """All intelligence until an instant has been looked through by every rule."""

    until_ms: int


class Proposed(
    Event, frozen=True, kw_only=True, omit_defaults=True, tag="response.proposed"
):
    """A rule proposed that a protocol is started.

    Attributes:
        proposal: its id.
        trigger: the rule.
        nation: whose.
        edition: the version of the protocol.
        subject: the id of the thing.
        impact: of the protocol; `None` where it states none, or 0.
        approvals: how many different persons must agree.
        score: how sure the nations are together.
        at_ms: when what fulfilled the rule came to the nation.
        label: a `FixedLabel` in JSON.
    """

    proposal: str
    trigger: str
    nation: NationCode
    name: str
    edition: Edition
    launch: dict[str, str | None] = msgspec.field(default_factory=dict)
    subject: str
    impact: int | None = None
    approvals: int
    score: int
    sighted_by: tuple[NationCode, ...] = ()
    evidence: tuple[Evidence, ...]
    at_ms: int
    label: msgspec.Raw


class EvidenceAdded(
    Event, frozen=True, kw_only=True, omit_defaults=True, tag="response.evidence-added"
):
    """More came about what was proposed; it makes no second proposal.

    Attributes:
        label: that of the proposal with this evidence, a `FixedLabel` in JSON.
    """

    proposal: str
    subject: str
    score: int
    sighted_by: tuple[NationCode, ...] = ()
    evidence: tuple[Evidence, ...]
    at_ms: int
    label: msgspec.Raw


class ProposalApproved(
    Event,
    frozen=True,
    kw_only=True,
    omit_defaults=True,
    tag="response.proposal-approved",
):
    """A person agreed to start the protocol; who, stands in the entry.

    Attributes:
        launch: values that were set then, over those of the rule.
        decision: an adopted decision, in the place of a second person.
        run_label: under which the run shall be, as it was written; empty for none.
    """

    nation: NationCode
    at_ms: int
    launch: dict[str, str | None] = msgspec.field(default_factory=dict)
    decision: str = ""
    run_label: str = ""


class ProposalDismissed(
    Event, frozen=True, kw_only=True, tag="response.proposal-dismissed"
):
    """A person ended it as a false trigger; a run that it started is cancelled."""

    nation: NationCode
    reason: str
    at_ms: int


ProposalEvent = (
    TriggerSet
    | TriggerRemoved
    | IntelRead
    | Proposed
    | EvidenceAdded
    | ProposalApproved
    | ProposalDismissed
)
"""Every kind of event of rules and proposals."""


def trigger_stream(trigger: str) -> str:
    """Name the history of a rule."""
    return f"triggers/{trigger}"


def proposal_stream(proposal: str) -> str:
    """Name the history of a proposal."""
    return f"proposals/{proposal}"
