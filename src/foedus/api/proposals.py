"""Activation rules, and the proposals to start a protocol that they make."""

from typing import Annotated, Final

import msgspec

from foedus.api.operations import (
    PAGE_SIZE,
    PAGE_SIZE_MAX,
    Answer,
    Asked,
    Closed,
    Door,
    Keep,
    Operation,
    Part,
)
from foedus.releasability.ceilings import resolve_ceiling
from foedus.response.proposals import REASON_MAX
from foedus.response.proposals_commands import (
    Approving,
    approve,
    dismiss,
    remove_rule,
    set_rule,
)
from foedus.response.proposals_sheets import (
    ProposalSheet,
    RuleSheet,
    proposal_sheet,
    rule_sheet,
)
from foedus.response.proposals_views import (
    Wanted,
    find_proposal,
    find_rule,
    list_proposals,
    list_rules,
)
from foedus.response.triggers import Trigger

RULE_ID: Final = "^trigger--[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$"
"""How the id of a rule is written."""

ID: Final = "^proposal--[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$"
"""How the id of a proposal is written."""


class NewRule(Closed, frozen=True, kw_only=True):
    """The activation rule that is to be set.

    Attributes:
        reads: the name of the level up to which it reads; the asker's own clearance
            without.
    """

    rule: Trigger
    reads: str = ""


class ProposalsQuery(Closed, frozen=True, kw_only=True):
    """Which proposals.

    Attributes:
        every: those that are decided, too.
        limit: entries on the page.
        after: the id of the last entry of the page before.
    """

    every: bool = False
    limit: Annotated[int, msgspec.Meta(ge=1, le=PAGE_SIZE_MAX)] = PAGE_SIZE
    after: Annotated[str, msgspec.Meta(max_length=100)] = ""


class Dismissing(Closed, frozen=True, kw_only=True):
    """Why a proposal is dismissed."""

    reason: Annotated[str, msgspec.Meta(min_length=1, max_length=REASON_MAX)]


async def list_all_rules(asked: Asked) -> Answer:
    """List the activation rules of one's own nation that one may know of."""
    with asked.hub.reading.snapshot() as seen:
        found = list_rules(seen.db, seen.access, asked.viewer)
        return Answer(value=[rule_sheet(each, seen.access) for each in found])


async def add_rule(asked: Asked) -> Answer:
    """Set an activation rule for one's own nation.

    Raises:
        ForbiddenError: the one who asks is no duty officer.
        InvalidInputError: the rule cannot be judged.
        NotFoundError: there is no such protocol for the one who asks.
        RuleViolationError: it reads above the clearance, or there are too many.
    """
    sent, hub = asked.sends(NewRule), asked.hub
    ceiling = resolve_ceiling(sent.reads, hub.alliance) if sent.reads else None
    name, position = await set_rule(
        hub.desk, asked.viewer, asked.act, sent.rule, ceiling
    )
    await hub.seen([position])
    with hub.reading.snapshot() as seen:
        found = find_rule(seen.db, seen.access, asked.viewer, name)
        return Answer(
            value=rule_sheet(found, seen.access), location=f"{asked.path}/{name}"
        )


async def end_rule(asked: Asked) -> Answer:
    """Remove an activation rule; what it has proposed stays.

    Raises:
        NotFoundError: there is none, or not for the one who asks.
        ForbiddenError: the one who asks is no duty officer.
    """
    position = await remove_rule(
        asked.hub.desk, asked.viewer, asked.act, asked.parts["id"]
    )
    await asked.hub.seen([position])
    return Answer()


async def list_some(asked: Asked) -> Answer:
    """List the proposals that one may know of, the newest first."""
    page = asked.asks(ProposalsQuery)
    with asked.hub.reading.snapshot() as seen:
        wanted = Wanted(every=page.every, after=page.after, limit=page.limit + 1)
        found = list_proposals(seen.db, seen.access, asked.viewer, wanted)
        shown = [
            proposal_sheet(seen, asked.viewer, each) for each in found[: page.limit]
        ]
    more = len(found) > page.limit
    return Answer(value=shown, after=shown[-1].proposal if more else "")


async def show_one(asked: Asked) -> Answer:
    """Show one proposal.

    Raises:
        NotFoundError: there is none, or not for the one who asks.
    """
    return Answer(value=_sheet(asked))


async def approve_one(asked: Asked) -> Answer:
    """Agree to start what was proposed.

    Raises:
        NotFoundError: there is none, or not for the one who asks.
        ForbiddenError: the one who asks may not, or has agreed already.
        ConflictError: it is decided, or others were faster.
        RuleViolationError: the decision does not fit, or the run could not start.
    """
    written = await approve(
        asked.hub.desk,
        asked.viewer,
        asked.act,
        asked.parts["id"],
        asked.sends(Approving),
    )
    await asked.hub.seen(written)
    return Answer(value=_sheet(asked))


async def dismiss_one(asked: Asked) -> Answer:
    """Dismiss a false trigger, and cancel the run that it started.

    Raises:
        NotFoundError: there is none, or not for the one who asks.
        ForbiddenError: the one who asks is no duty officer.
        ConflictError: it is dismissed, or others were faster.
        RuleViolationError: there is no reason.
    """
    written = await dismiss(
        asked.hub.desk,
        asked.viewer,
        asked.act,
        asked.parts["id"],
        asked.sends(Dismissing).reason,
    )
    await asked.hub.seen(written)
    return Answer(value=_sheet(asked))


def _sheet(asked: Asked) -> ProposalSheet:
    with asked.hub.reading.snapshot() as seen:
        found = find_proposal(seen.db, seen.access, asked.viewer, asked.parts["id"])
        return proposal_sheet(seen, asked.viewer, found)


_RULE: Final = {"id": Part(description="The rule's id.", pattern=RULE_ID)}
_PARTS: Final = {"id": Part(description="The proposal's id.", pattern=ID)}

OPERATIONS: Final = (
    Operation(
        method="GET",
        path="/api/v1/activation-rules",
        name="listActivationRules",
        summary="The activation rules of one's own nation.",
        handler=list_all_rules,
        gives=list[RuleSheet],
        keep=Keep.NOBODY,
    ),
    Operation(
        method="POST",
        path="/api/v1/activation-rules",
        name="setActivationRule",
        summary="Set a rule by which intelligence proposes to start a protocol.",
        handler=add_rule,
        gives=RuleSheet,
        status=201,
        body=NewRule,
        door=Door.WRITE,
        keep=Keep.NOBODY,
        errors=(403, 404, 422),
    ),
    Operation(
        method="DELETE",
        path="/api/v1/activation-rules/{id}",
        name="removeActivationRule",
        summary="Remove a rule; what it has proposed stays.",
        handler=end_rule,
        gives=None,
        status=204,
        parts=_RULE,
        door=Door.WRITE,
        keep=Keep.NOBODY,
        errors=(403, 404),
    ),
    Operation(
        method="GET",
        path="/api/v1/proposals",
        name="listProposals",
        summary="What was proposed to start, the newest first.",
        handler=list_some,
        gives=list[ProposalSheet],
        query=ProposalsQuery,
        keep=Keep.NOBODY,
    ),
    Operation(
        method="GET",
        path="/api/v1/proposals/{id}",
        name="showProposal",
        summary="One proposal with its evidence and score.",
        handler=show_one,
        gives=ProposalSheet,
        parts=_PARTS,
        keep=Keep.NOBODY,
        errors=(404,),
    ),
    Operation(
        method="POST",
        path="/api/v1/proposals/{id}/approve",
        name="approveProposal",
        summary="Agree to start it; above a set impact a second person must, too.",
        handler=approve_one,
        gives=ProposalSheet,
        parts=_PARTS,
        body=Approving,
        door=Door.WRITE,
        keep=Keep.NOBODY,
        errors=(403, 404, 409, 422),
    ),
    Operation(
        method="POST",
        path="/api/v1/proposals/{id}/dismiss",
        name="dismissProposal",
        summary="Dismiss a false trigger, and cancel the run that it started.",
        handler=dismiss_one,
        gives=ProposalSheet,
        parts=_PARTS,
        body=Dismissing,
        door=Door.WRITE,
        keep=Keep.NOBODY,
        errors=(403, 404, 409, 422),
    ),
)
