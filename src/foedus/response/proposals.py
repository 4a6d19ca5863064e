"""Proposals to start a protocol: what they rest on, and who must agree.

- Whatever came about the same rule joins its proposal while that is open or its run
  goes on; about the same thing also for the rule's quiet time after that.
- Above a set impact two different persons agree, or one with an adopted decision. A
  protocol that states no impact counts as above it.
- Dismissing is one act: it ends the proposal, and the run that it started.

Source: reference/response.md, section 6.1 (8).
"""

import hashlib
import uuid
from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Final, assert_never

import msgspec

from foedus.errors import ConflictError, ForbiddenError, RuleViolationError
from foedus.ids import AccountId, NationCode
from foedus.releasability.join import FixedLabel, decode_label, encode_label, join
from foedus.releasability.labels import clause
from foedus.response.events import Edition
from foedus.response.proposals_events import (
    EvidenceAdded,
    ProposalApproved,
    ProposalDismissed,
    Proposed,
)
from foedus.response.triggers import (
    EVIDENCE_MAX,
    Evidence,
    Judgement,
    Piece,
    Trigger,
)

IMPACT_OF_TWO: Final = 40
"""From this impact on, of 100, one person alone starts nothing."""

REASON_MAX: Final = 1_000
"""Characters of a reason."""

ProposalMoved = Proposed | EvidenceAdded | ProposalApproved | ProposalDismissed


class Phase(StrEnum):
    """Where a proposal stands."""

    OPEN = "open"
    APPROVED = "approved"
    DISMISSED = "dismissed"


class Approval(msgspec.Struct, frozen=True, kw_only=True):
    """That a person agreed.

    Attributes:
        account: who; nobody is shown it, it only keeps one person from being two.
    """

    account: AccountId
    at_ms: int


class Proposal(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A proposal as it stands.

    Attributes:
        subjects: what it is about, the first thing first.
        launch: values of external variables.
        decision: the adopted decision that stands for a second person.
        run_labels: under which the run shall be, by each who named one; all of them
            bind it.
        reason: why it was dismissed.
        ended_by: who dismissed it; nobody is shown it.
    """

    proposal: str
    trigger: str
    nation: NationCode
    name: str
    edition: Edition
    launch: dict[str, str | None] = {}
    subjects: tuple[str, ...]
    impact: int | None = None
    needed: int
    score: int
    sighted_by: tuple[NationCode, ...] = ()
    evidence: tuple[Evidence, ...]
    at_ms: int
    label: FixedLabel
    phase: Phase = Phase.OPEN
    approvals: tuple[Approval, ...] = ()
    decision: str = ""
    run_labels: tuple[str, ...] = ()
    reason: str = ""
    ended_by: AccountId | None = None
    ended_ms: int | None = None

    @property
    def run(self) -> str:
        """The run that it starts, once it is approved."""
        return f"run--{_uuid('run', self.proposal)}"

    @property
    def keys(self) -> frozenset[str]:
        """What names each version that it rests on."""
        return frozenset(each.key for each in self.evidence)


def approvals_for(impact: int | None) -> int:
    """Tell how many persons must agree to start a protocol.

    Args:
        impact: what it states; `None` and 0 are unstated, which is not low.
    """
    return 1 if impact and impact < IMPACT_OF_TWO else 2


def own_label(nation: NationCode, level: int) -> FixedLabel:
    """Make the label of a nation's own rules and proposals."""
    return FixedLabel(
        level=level,
        closed_terms=clause(nations=[nation]),
        closed=frozenset({nation}),
    )


class Proposing(msgspec.Struct, frozen=True, kw_only=True):
    """What makes the events of one rule.

    Attributes:
        trigger_id: the rule.
        own: the label of the rule; those of the evidence are joined to it.
        edition: the version of the protocol that it proposes.
        impact: of that.
    """

    trigger_id: str
    trigger: Trigger
    own: FixedLabel
    nation: NationCode
    edition: Edition
    impact: int | None

    def first(
        self, subject: str, found: Judgement, cause: Evidence, at_ms: int
    ) -> Proposed:
        """Propose.

        Args:
            subject: the thing.
            found: how it was judged.
            cause: what came last; the id of the proposal is derived from it, so that
                whoever judges it proposes the same.
            at_ms: when that came.
        """
        pieces = found.pieces[:EVIDENCE_MAX]
        words = (self.trigger_id, subject, cause.key)
        return Proposed(
            proposal=f"proposal--{_uuid('proposal', *words)}",
            trigger=self.trigger_id,
            nation=self.nation,
            name=self.trigger.name,
            edition=self.edition,
            launch=self.trigger.launch,
            subject=subject,
            impact=self.impact or None,
            approvals=approvals_for(self.impact),
            score=found.score,
            sighted_by=found.sighted_by,
            evidence=tuple(each.evidence for each in pieces),
            at_ms=at_ms,
            label=self._label(self.own, pieces),
        )

    def more(
        self, proposal: Proposal, subject: str, found: Judgement, at_ms: int
    ) -> EvidenceAdded | None:
        """Let what came join a proposal; `None` if it holds all that already."""
        known = proposal.keys
        pieces = [each for each in found.pieces if each.evidence.key not in known]
        pieces = pieces[: EVIDENCE_MAX - len(known)]
        if not pieces:
            return None
        return EvidenceAdded(
            proposal=proposal.proposal,
            subject=subject,
            score=found.score,
            sighted_by=found.sighted_by,
            evidence=tuple(each.evidence for each in pieces),
            at_ms=at_ms,
            label=self._label(proposal.label, pieces),
        )

    def _label(self, label: FixedLabel, pieces: Iterable[Piece]) -> msgspec.Raw:
        for each in pieces:
            label = join(label, each.label, originator=self.nation)
        return msgspec.Raw(encode_label(label))


def joins(
    proposals: Iterable[Proposal],
    subject: str,
    *,
    at_ms: int,
    quiet_ms: int,
    ended_ms: Mapping[str, int | None],
) -> Proposal | None:
    """Find the proposal of a rule that what came joins; `None` if it is a new one.

    Args:
        proposals: of the rule, the newest first.
        subject: what came is about.
        at_ms: when it came.
        quiet_ms: the rule's quiet time.
        ended_ms: of each approved proposal, when its run ended; `None` while it goes
            on.
    """
    for each in proposals:
        ended = each.ended_ms
        if each.phase is Phase.APPROVED:
            ended = ended_ms.get(each.proposal)
        if ended is None:
            return each
        if subject in each.subjects and at_ms < ended + quiet_ms:
            return each
    return None


def check_approve(proposal: Proposal, account: AccountId, *, decision: str) -> None:
    """Refuse an approval that cannot be.

    Args:
        proposal: as it stands.
        account: who approves.
        decision: the adopted decision that is named; empty for none.

    Raises:
        ConflictError: it is decided already.
        ForbiddenError: the same person has agreed before.
        RuleViolationError: one person is enough, or a decision is named already.
    """
    if proposal.phase is not Phase.OPEN:
        raise ConflictError(f"the proposal is {proposal.phase} already")
    if any(each.account == account for each in proposal.approvals):
        raise ForbiddenError(
            "you have agreed already; another person must, or name an adopted decision "
            "in your own approval"
        )
    if decision and proposal.needed == 1:
        raise RuleViolationError("no decision is needed; approve without one")


def is_enough(proposal: Proposal, *, decision: str) -> bool:
    """Tell whether one approval more starts the protocol."""
    return bool(decision) or len(proposal.approvals) + 1 >= proposal.needed


def check_dismiss(proposal: Proposal, reason: str) -> None:
    """Refuse to dismiss what is dismissed, or without a reason.

    Raises:
        ConflictError: it is dismissed already.
        RuleViolationError: no reason is given, or one that is too long.
    """
    if proposal.phase is Phase.DISMISSED:
        raise ConflictError("the proposal is dismissed already")
    if not 0 < len(reason.strip()) <= REASON_MAX:
        raise RuleViolationError(
            f"say why it is dismissed, in 1 to {REASON_MAX} characters"
        )


def step(
    proposal: Proposal | None, event: ProposalMoved, account: str
) -> Proposal | None:
    """Tell what one more event makes of a proposal.

    Args:
        proposal: as it stood; `None` before it was made.
        event: what happened.
        account: who wrote the entry.
    """
    if isinstance(event, Proposed):
        return _made(event) if proposal is None else proposal
    if proposal is None:
        return None
    match event:
        case EvidenceAdded():
            return _added(proposal, event)
        case ProposalApproved():
            return _approved(proposal, event, AccountId(account))
        case ProposalDismissed():
            return msgspec.structs.replace(
                proposal,
                phase=Phase.DISMISSED,
                reason=event.reason,
                ended_by=AccountId(account),
                ended_ms=event.at_ms,
            )
        case _:
            assert_never(event)


def _made(event: Proposed) -> Proposal:
    return Proposal(
        proposal=event.proposal,
        trigger=event.trigger,
        nation=event.nation,
        name=event.name,
        edition=event.edition,
        launch=event.launch,
        subjects=(event.subject,),
        impact=event.impact,
        needed=event.approvals,
        score=event.score,
        sighted_by=event.sighted_by,
        evidence=event.evidence,
        at_ms=event.at_ms,
        label=decode_label(bytes(event.label)),
    )


def _added(proposal: Proposal, event: EvidenceAdded) -> Proposal:
    known = proposal.keys
    new = tuple(each for each in event.evidence if each.key not in known)
    return msgspec.structs.replace(
        proposal,
        subjects=tuple(dict.fromkeys((*proposal.subjects, event.subject))),
        score=max(proposal.score, event.score),
        sighted_by=tuple(sorted({*proposal.sighted_by, *event.sighted_by})),
        evidence=(*proposal.evidence, *new),
        label=decode_label(bytes(event.label)),
    )


def _approved(
    proposal: Proposal, event: ProposalApproved, account: AccountId
) -> Proposal:
    if proposal.phase is not Phase.OPEN:
        return proposal
    enough = is_enough(proposal, decision=event.decision)
    return msgspec.structs.replace(
        proposal,
        approvals=(*proposal.approvals, Approval(account=account, at_ms=event.at_ms)),
        launch={**proposal.launch, **event.launch},
        decision=event.decision or proposal.decision,
        run_labels=(*proposal.run_labels, *filter(None, [event.run_label])),
        phase=Phase.APPROVED if enough else Phase.OPEN,
    )


def _uuid(*words: str) -> uuid.UUID:
    digest = hashlib.sha256("\n".join(words).encode()).digest()
    return uuid.UUID(bytes=digest[:16], version=4)
