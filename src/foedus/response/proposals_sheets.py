"""Activation rules and proposals as every surface shows them.

Of the evidence only what the reader still sees is shown; what was withdrawn since, or
taken from the reader, is counted and no more. Nobody is shown who approved.
"""

from datetime import datetime

import msgspec

from foedus.clock import from_ms
from foedus.ids import NationCode
from foedus.intel.reading import Snapshot
from foedus.releasability.access import Access
from foedus.releasability.join import decode_label
from foedus.releasability.labels import print_label
from foedus.releasability.viewers import Viewer
from foedus.response.proposals import Phase, Proposal, approvals_for
from foedus.response.proposals_events import TriggerSet
from foedus.response.triggers import Evidence, Trigger


class RuleSheet(msgspec.Struct, frozen=True, kw_only=True):
    """An activation rule.

    Attributes:
        reads: up to which level it reads.
        modified: the version of the protocol that it proposes.
        needed: how many persons must agree to what it proposes.
    """

    rule: str
    nation: NationCode
    terms: Trigger
    reads: str
    modified: str
    impact: int | None
    needed: int
    since: datetime
    label: str


class ProposalSheet(msgspec.Struct, frozen=True, kw_only=True):
    """A proposal to start a protocol.

    Attributes:
        subjects: what it is about, as far as the reader still sees it.
        impact: of the protocol; null where it states none.
        approvals: how many persons have agreed.
        needed: how many must, or one with an adopted decision.
        agreed: whether the reader is one of them.
        gone: pieces of evidence that the reader sees no longer.
        run: the run that it started; null before.
    """

    proposal: str
    rule: str
    name: str
    nation: NationCode
    playbook: str
    modified: str
    launch: dict[str, str | None]
    phase: Phase
    score: int
    sighted_by: tuple[NationCode, ...]
    subjects: tuple[str, ...]
    evidence: tuple[Evidence, ...]
    gone: int
    impact: int | None
    approvals: int
    needed: int
    agreed: bool
    decision: str
    reason: str
    run: str | None
    at: datetime
    label: str


def rule_sheet(rule: TriggerSet, access: Access) -> RuleSheet:
    """Show a rule."""
    alliance = access.alliance
    return RuleSheet(
        rule=rule.trigger,
        nation=rule.nation,
        terms=rule.terms,
        reads=alliance.levels[rule.ceiling].name,
        modified=rule.edition.modified,
        impact=rule.impact,
        needed=approvals_for(rule.impact),
        since=from_ms(rule.at_ms),
        label=print_label(decode_label(bytes(rule.label)).label, alliance),
    )


def proposal_sheet(seen: Snapshot, viewer: Viewer, proposal: Proposal) -> ProposalSheet:
    """Show a proposal to somebody who may know of it."""
    ids = sorted({each.id for each in proposal.evidence})
    held = {
        f"{each.id}@{each.version}" for each in seen.stored(viewer, ids) if each.held
    }
    evidence = tuple(each for each in proposal.evidence if each.key in held)
    shown = {each.id for each in evidence} | {each.of for each in evidence}
    return ProposalSheet(
        proposal=proposal.proposal,
        rule=proposal.trigger,
        name=proposal.name,
        nation=proposal.nation,
        playbook=proposal.edition.playbook,
        modified=proposal.edition.modified,
        launch=proposal.launch,
        phase=proposal.phase,
        score=proposal.score,
        sighted_by=proposal.sighted_by,
        subjects=tuple(each for each in proposal.subjects if each in shown),
        evidence=evidence,
        gone=len(proposal.evidence) - len(evidence),
        impact=proposal.impact,
        approvals=len(proposal.approvals),
        needed=proposal.needed,
        agreed=any(each.account == viewer.account for each in proposal.approvals),
        decision=proposal.decision,
        reason=proposal.reason,
        run=proposal.run if _was_started(proposal) else None,
        at=from_ms(proposal.at_ms),
        label=print_label(proposal.label.label, seen.access.alliance),
    )


def _was_started(proposal: Proposal) -> bool:
    return bool(proposal.decision) or len(proposal.approvals) >= proposal.needed
