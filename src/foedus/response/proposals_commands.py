"""The verbs of activation rules and proposals.

- A duty officer sets a rule for the own nation, up to the own clearance, and fixes the
  version of the protocol that it proposes.
- A service approves nothing: an approval is a person's.
- The name of a rule and the reasons of its officers stay with its proposals: their
  label may be above that of the run.
- An approval that is enough starts the run at once; where the run could not be started,
  nothing is approved and the reason is told.
"""

import asyncio
from typing import Final
from uuid import uuid4

import msgspec

from foedus.clock import to_ms
from foedus.decisions.reading import find_decision
from foedus.decisions.states import Phase as DecisionPhase
from foedus.errors import (
    ForbiddenError,
    InvalidInputError,
    NotFoundError,
    RuleViolationError,
)
from foedus.eventlog.envelope import Act, Append, Event
from foedus.identity.accounts import Holder
from foedus.identity.views import account_facts
from foedus.ids import START, Position, derived_event_id, new_event_id
from foedus.intel.commands import Desk
from foedus.intel.reading import Snapshot
from foedus.releasability.ceilings import check_ceiling
from foedus.releasability.join import FixedLabel, encode_label
from foedus.releasability.labels import print_label
from foedus.releasability.viewers import Viewer
from foedus.response import commands, proposals
from foedus.response.commands import Mandate, read_label
from foedus.response.events import Cause
from foedus.response.mandates import decides_on, is_mandate
from foedus.response.planning import Starting
from foedus.response.proposals import Proposal
from foedus.response.proposals_events import (
    ProposalApproved,
    ProposalDismissed,
    TriggerRemoved,
    TriggerSet,
    proposal_stream,
    trigger_stream,
)
from foedus.response.proposals_views import (
    count_rules,
    find_proposal,
    find_rule,
)
from foedus.response.queries import find_run
from foedus.response.seeing import directs
from foedus.response.shelf import find_edition
from foedus.response.triggers import Trigger, check_trigger

RULES_OF_NATION_MAX: Final = 50
"""Rules of one nation; each reads all that the nation is given."""


FALSE_TRIGGER: Final = "false trigger"
"""Why a run is cancelled whose proposal was dismissed."""


class Approving(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An approval.

    Attributes:
        launch: values of the protocol's external variables, over those of the rule.
        decision: an adopted decision, in the place of a second person.
        label: of the run, as far as its playbook and evidence allow.
    """

    launch: dict[str, str | None] = msgspec.field(default_factory=dict)
    decision: str = ""
    label: str = ""


async def set_rule(
    desk: Desk, viewer: Viewer, act: Act, trigger: Trigger, ceiling: int | None
) -> tuple[str, Position]:
    """Set an activation rule for one's own nation.

    Args:
        desk: where the log and the views are.
        viewer: who sets it.
        act: by which door, and when.
        trigger: what it looks for, and what it proposes.
        ceiling: up to which level it reads; None for the one's own clearance.

    Raises:
        ForbiddenError: the account directs no runs.
        InvalidInputError: the rule cannot be judged.
        NotFoundError: there is no such protocol for this viewer.
        RuleViolationError: the ceiling is above the clearance, or the nation has as
            many rules as it may.
        LabelError: the ceiling is above the hub's.
    """
    check_trigger(trigger)
    name = f"trigger--{uuid4()}"
    reads = viewer.clearance if ceiling is None else ceiling

    def prepared() -> Append:
        with desk.reading.snapshot() as seen:
            _check_directs(viewer, seen)
            _check_ceiling(desk, seen, viewer, reads)
            found = find_edition(seen.db, seen.access, viewer, trigger.playbook)
            if found is None:
                raise NotFoundError(f"no playbook {trigger.playbook}; list them")
            unknown = sorted(set(trigger.launch) - set(found.playbook.variables))
            if unknown:
                raise InvalidInputError(f"{unknown[0]!a} is no variable of it")
            label = proposals.own_label(viewer.nation, reads)
            event = TriggerSet(
                trigger=name,
                nation=viewer.nation,
                ceiling=reads,
                edition=found.edition,
                impact=found.playbook.impact or None,
                terms=trigger,
                at_ms=to_ms(act.at),
                label=msgspec.Raw(encode_label(label)),
            )
            return _request(seen, act, event, trigger_stream(name), label, START)

    return name, await desk.log.append(await asyncio.to_thread(prepared))


async def remove_rule(desk: Desk, viewer: Viewer, act: Act, name: str) -> Position:
    """Remove an activation rule; what it has proposed stays.

    Raises:
        NotFoundError: there is none, or the viewer may not know of it.
        ForbiddenError: the account directs no runs.
    """

    def prepared() -> Append:
        with desk.reading.snapshot() as seen:
            rule = find_rule(seen.db, seen.access, viewer, name)
            _check_directs(viewer, seen)
            label = proposals.own_label(rule.nation, rule.ceiling)
            event = TriggerRemoved(trigger=name, nation=viewer.nation)
            return _request(seen, act, event, trigger_stream(name), label, None)

    return await desk.log.append(await asyncio.to_thread(prepared))


async def approve(
    desk: Desk, viewer: Viewer, act: Act, name: str, approving: Approving
) -> list[Position]:
    """Agree to start what was proposed; with the last approval it is started.

    Raises:
        NotFoundError: there is no such proposal for this viewer.
        ForbiddenError: the account directs no runs, is no person, or has agreed.
        ConflictError: it is decided already, or others were faster.
        RuleViolationError: the decision is not adopted or says nothing of the
            protocol, or the run could not be started.
        FoedusError: otherwise as when a run is started.
    """

    def prepared() -> tuple[Append, Proposal]:
        with desk.reading.snapshot() as seen:
            proposal = find_proposal(seen.db, seen.access, viewer, name)
            _check_directs(viewer, seen)
            _check_person(viewer, seen)
            said = approving.decision
            proposals.check_approve(proposal, viewer.account, decision=said)
            if said:
                _check_decision(seen, viewer, proposal, said)
            if approving.label:
                read_label(desk, seen, viewer, act, approving.label)
            event = ProposalApproved(
                nation=viewer.nation,
                at_ms=to_ms(act.at),
                launch=approving.launch,
                decision=said,
                run_label=approving.label,
            )
            after = proposals.step(proposal, event, viewer.account)
            assert after is not None, "it was there"
            if after.phase is proposals.Phase.APPROVED:
                _check_start(desk, seen, viewer, act, after)
            stream = proposal_stream(name)
            last = _last(desk, stream)
            return _request(seen, act, event, stream, proposal.label, last), after

    request, after = await asyncio.to_thread(prepared)
    approved = await desk.log.append(request)
    if after.phase is not proposals.Phase.APPROVED:
        return [approved]
    return [approved, await start_run(desk, viewer, act, after)]


async def start_run(
    desk: Desk, viewer: Viewer, act: Act, proposal: Proposal
) -> Position:
    """Start the run of an approved proposal, once however often it is asked for.

    All that it is started with stands in the log: whoever comes first starts the same.

    Raises:
        FoedusError: as when a run is started by hand.
    """
    with desk.reading.snapshot() as seen:
        starting = _starting(seen, viewer, proposal)
    return await commands.start_mandated(
        desk, viewer, act, starting, _mandate(proposal)
    )


async def dismiss(
    desk: Desk, viewer: Viewer, act: Act, name: str, reason: str
) -> list[Position]:
    """End a proposal as a false trigger, and cancel the run that it started.

    Raises:
        NotFoundError: there is no such proposal for this viewer.
        ForbiddenError: the account directs no runs.
        ConflictError: it is dismissed already, or others were faster.
        RuleViolationError: no reason is given.
    """

    def prepared() -> tuple[Append, Proposal]:
        with desk.reading.snapshot() as seen:
            proposal = find_proposal(seen.db, seen.access, viewer, name)
            _check_directs(viewer, seen)
            proposals.check_dismiss(proposal, reason)
            event = ProposalDismissed(
                nation=viewer.nation, reason=reason.strip(), at_ms=to_ms(act.at)
            )
            stream = proposal_stream(name)
            last = _last(desk, stream)
            return _request(seen, act, event, stream, proposal.label, last), proposal

    request, proposal = await asyncio.to_thread(prepared)
    dismissed = await desk.log.append(request)
    cancelled = await cancel_run(desk, viewer, act, proposal)
    return [dismissed] if cancelled is None else [dismissed, cancelled]


async def cancel_run(
    desk: Desk, viewer: Viewer, act: Act, proposal: Proposal
) -> Position | None:
    """Cancel the run of a dismissed proposal; None if none goes on.

    Whoever was asked is told that the trigger was false, and not why: the reason
    belongs to the proposal, which may be above the run.
    """
    with desk.reading.snapshot() as seen:
        found = find_run(seen.db, seen.access, viewer, proposal.run)
    if found is None or not found.run.is_open:
        return None
    return await commands.cancel(desk, viewer, act, proposal.run, FALSE_TRIGGER)


def _starting(seen: Snapshot, viewer: Viewer, proposal: Proposal) -> Starting:
    """Say what is started: on what of the evidence is there still to be seen."""
    ids = sorted({each.id for each in proposal.evidence})
    held = {each.id for each in seen.stored(viewer, ids) if each.held}
    return Starting(
        playbook=proposal.edition.playbook,
        modified=proposal.edition.modified,
        launch=proposal.launch,
        label=next(iter(proposal.run_labels), ""),
        evidence=tuple(each for each in ids if each in held),
    )


def _mandate(proposal: Proposal) -> Mandate:
    return Mandate(
        run=proposal.run,
        event_id=derived_event_id(proposal.at_ms, proposal.proposal, "run"),
        cause=Cause(by="proposal", reference=proposal.proposal),
        named=proposal.run_labels,
    )


def _check_start(
    desk: Desk, seen: Snapshot, viewer: Viewer, act: Act, proposal: Proposal
) -> None:
    """Refuse what could not be started, before anything is approved."""
    starting = _starting(seen, viewer, proposal)
    commands.check_start(desk, seen, viewer, act, starting, _mandate(proposal))


def _check_directs(viewer: Viewer, seen: Snapshot) -> None:
    if not directs(viewer, seen.access):
        raise ForbiddenError("only a duty officer does that; ask yours")


def _check_person(viewer: Viewer, seen: Snapshot) -> None:
    facts = account_facts(seen.db, viewer.account)
    if facts is None or facts.holder is not Holder.PERSON:
        raise ForbiddenError("a person approves, never a service; use your own account")


def _check_ceiling(desk: Desk, seen: Snapshot, viewer: Viewer, ceiling: int) -> None:
    levels = seen.access.alliance.levels
    if not 0 <= ceiling <= viewer.clearance:
        raise RuleViolationError(
            f"a rule reads up to your clearance, {levels[viewer.clearance].name}"
        )
    if desk.ceiling is not None:
        check_ceiling(ceiling, desk.ceiling, seen.access.alliance)
    if count_rules(seen.db, seen.access, viewer) >= RULES_OF_NATION_MAX:
        raise RuleViolationError(
            f"a nation has at most {RULES_OF_NATION_MAX} rules; remove one"
        )


def _check_decision(
    seen: Snapshot, viewer: Viewer, proposal: Proposal, name: str
) -> None:
    """Refuse a decision that is not adopted, or is about something else."""
    found = find_decision(seen.db, seen.access, viewer, name)
    if found is None:
        raise NotFoundError(f"no decision {name}; list the decisions")
    if found.phase is not DecisionPhase.ADOPTED:
        raise RuleViolationError("the decision is not adopted; wait until it is")
    if not is_mandate(found):
        raise RuleViolationError(
            "one nation alone has adopted it; let a second person of yours approve"
        )
    if not decides_on(found, (proposal.proposal,)):
        raise RuleViolationError(
            f"no paragraph of the decision agrees or decides on {proposal.proposal}; "
            "cite one that names it"
        )


def _last(desk: Desk, stream: str) -> Position:
    history = desk.log.read(stream)
    return history[-1].position if history else START


def _request(  # noqa: PLR0913, PLR0917 - an entry with its label
    seen: Snapshot,
    act: Act,
    event: Event,
    stream: str,
    label: FixedLabel,
    after: Position | None,
) -> Append:
    return Append(
        event_id=new_event_id(to_ms(act.at)),
        stream=stream,
        event=event,
        who=act.who,
        label=print_label(label.label, seen.access.alliance),
        after=after,
    )
