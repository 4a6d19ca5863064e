"""Activation: intelligence proposes that protocols are started; people decide.

- Every rule is judged on what its nation sees, as it comes there. What it proposes has
  ids derived from what caused it: every process of a hub may judge, and each proposal
  is made once, through any crash.
- How far all has been read stands in the log once an hour, so that a hub that was away
  goes on from there; what is read twice makes nothing twice.
- An approved proposal starts its run under an id derived from it; a dismissed one
  cancels it. Whoever approves does it at once, and this here is the net below.

Source: reference/response.md, section 6.1 (8).
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from datetime import datetime, timedelta
from typing import Final

import msgspec
import structlog

from foedus.clock import Clock
from foedus.errors import ConflictError, ForbiddenError, UnavailableError
from foedus.eventlog.envelope import Act, Append, Who
from foedus.eventlog.projector import Projector
from foedus.identity.views import account_facts
from foedus.ids import START, AccountId, Position, derived_event_id
from foedus.intel.commands import Desk
from foedus.intel.following import head, state
from foedus.intel.places import END, Place
from foedus.intel.reading import Snapshot
from foedus.processes.activating_reading import Came, came
from foedus.processes.edge import Edge
from foedus.releasability.join import FixedLabel, decode_label
from foedus.releasability.labels import print_label
from foedus.releasability.viewers import Viewer
from foedus.response.proposals import Phase, Proposal, Proposing, joins, step
from foedus.response.proposals_commands import cancel_run, start_run
from foedus.response.proposals_events import (
    READ_STREAM,
    EvidenceAdded,
    IntelRead,
    Proposed,
    TriggerSet,
    proposal_stream,
)
from foedus.response.proposals_views import (
    of_rule,
    open_rules,
    read_until,
    unsettled,
)
from foedus.response.triggers import judge

ACTIVATING: Final = AccountId("account--00000000-0000-4000-8000-000000000007")
"""Stands in the log for the hub's own judging of activation rules."""

LOOK_EVERY_S: Final = 0.25
"""Seconds between two looks at what came."""

RULES_MAX: Final = 2_000
"""Rules of all nations that are judged; each reads all that its nation is given."""

READ_EVERY_MS: Final = 3_600_000
"""How far the log goes on before it is written how far all has been read."""

RETRY: Final = timedelta(seconds=30)
"""Between two attempts to carry out what cannot be now."""

Sleep = Callable[[float], Awaitable[None]]
"""Waits so many seconds."""

Moved = Proposed | EvidenceAdded

_log = structlog.get_logger(__name__)


class Activation(msgspec.Struct, frozen=True, kw_only=True):
    """What activation works with."""

    desk: Desk
    projector: Projector
    clock: Clock


class Watch:
    """How far one process has come with each rule.

    Args:
        activation: what it works with.
    """

    def __init__(self, activation: Activation) -> None:
        self._activation = activation
        self._places: dict[str, Place] = {}
        self._seen: tuple[int, int] | None = None
        self._failed: dict[str, datetime] = {}

    async def settle(self) -> int:
        """Do everything that is due; gives how much it was.

        Raises:
            UnavailableError: the log takes no more now, or the views do not follow.
        """
        done = 0
        while True:
            positions = [*await self._judge(), *await self._carry_out()]
            if not positions:
                return done
            await self._activation.projector.wait(Position(max(positions)))
            done += len(positions)

    async def keep(self, sleep: Sleep = asyncio.sleep) -> None:
        """Do what is due, for as long as the hub runs."""
        while True:
            with Edge("rules_not_judged"):
                await self.settle()
            await sleep(LOOK_EVERY_S)

    async def _judge(self) -> list[Position]:
        """Look through what came, for every rule."""
        with self._activation.desk.reading.snapshot() as seen:
            now = state(seen)
            if now == self._seen:
                return []
            rules = open_rules(seen.db, limit=RULES_MAX)
            last_ms, until_ms = head(seen).commit_ms, read_until(seen.db)
        if not rules:
            self._seen = now
            return []
        for rule in rules:
            written: list[Position] = []
            # What one nation set or published holds up no rule of the others.
            with Edge("rule_not_judged", passes=UnavailableError):
                written = await self._judge_by(rule, until_ms)
            if written:
                return written
        self._seen = now
        return await self._note(last_ms, until_ms)

    async def _judge_by(self, rule: TriggerSet, until_ms: int) -> list[Position]:
        """Look through what came for one rule, up to the first that is written."""
        place = self._places.get(rule.trigger) or Place(max(rule.at_ms, until_ms), END)
        more = True
        while more:
            moved, found = await asyncio.to_thread(self._look, rule, place)
            written = [await self._append(rule, each) for each in moved]
            if found is None:
                return []
            self._places[rule.trigger] = place = found.place
            more = found.more
            if positions := [each for each in written if each is not None]:
                return positions
        return []

    def _look(self, rule: TriggerSet, place: Place) -> tuple[list[Moved], Came | None]:
        """Judge what came behind a place; gives what is to be written of it."""
        with self._activation.desk.reading.snapshot() as seen:
            try:
                found = came(seen, rule, place)
            except ForbiddenError:  # the nation has no standing: it sees nothing
                return [], None
            return list(_propose(seen, rule, found)), found

    async def _append(self, rule: TriggerSet, event: Moved) -> Position | None:
        alliance = self._activation.desk.reading.access().alliance
        after: Position | None = None
        name, words = event.proposal, [each.key for each in event.evidence]
        if isinstance(event, Proposed):
            after, words = START, ["proposed"]
        request = Append(
            event_id=derived_event_id(event.at_ms, name, *words),
            stream=proposal_stream(name),
            event=event,
            who=Who(account=ACTIVATING, nation=rule.nation, door="process"),
            label=print_label(_label_of(event).label, alliance),
            after=after,
        )
        try:
            return await self._activation.desk.log.append(request)
        except ConflictError:
            return None

    async def _note(self, last_ms: int, until_ms: int) -> list[Position]:
        """Write how far all has been read, if that is much further than before."""
        if last_ms - until_ms < READ_EVERY_MS:
            return []
        nation = self._activation.desk.reading.access().alliance.code
        request = Append(
            event_id=derived_event_id(last_ms, "intel-read"),
            stream=READ_STREAM,
            event=IntelRead(until_ms=last_ms),
            who=Who(account=ACTIVATING, nation=nation, door="process"),
        )
        return [await self._activation.desk.log.append(request)]

    async def _carry_out(self) -> list[Position]:
        """Start what was approved, and cancel what was dismissed."""
        now = self._activation.clock()
        self._failed = {
            name: at for name, at in self._failed.items() if now - at < RETRY
        }
        written = []
        for proposal, viewer in await asyncio.to_thread(self._waiting):
            self._failed[proposal.proposal] = now
            if viewer is None:
                continue
            with Edge("proposal_not_carried_out"):  # the others are not held up
                written.append(await self._carry(proposal, viewer))
                del self._failed[proposal.proposal]
        return [each for each in written if each is not None]

    def _waiting(self) -> list[tuple[Proposal, Viewer | None]]:
        """Give what is to be carried out, and as whom; None of a closed account."""
        with self._activation.desk.reading.snapshot() as seen:
            return [
                (each, _behind(seen, each)) for each in unsettled(seen.db, self._failed)
            ]

    async def _carry(self, proposal: Proposal, viewer: Viewer) -> Position | None:
        desk = self._activation.desk
        who = Who(account=viewer.account, nation=viewer.nation, door="process")
        act = Act(who=who, at=self._activation.clock())
        if proposal.phase is Phase.APPROVED:
            return await start_run(desk, viewer, act, proposal)
        return await cancel_run(desk, viewer, act, proposal)


def _behind(seen: Snapshot, proposal: Proposal) -> Viewer | None:
    """Tell whose act is to be carried out; None if that account is closed."""
    account = proposal.ended_by or proposal.approvals[-1].account
    facts = account_facts(seen.db, account)
    if facts is None or not facts.open:
        return None
    return Viewer(
        nation=facts.nation,
        clearance=facts.clearance,
        roles=facts.roles,
        account=account,
    )


def _propose(seen: Snapshot, rule: TriggerSet, found: Came) -> Iterator[Moved]:
    """Tell what is to be written of what came to a rule's nation."""
    proposals, ended = of_rule(seen.db, rule.trigger)
    proposing = Proposing(
        trigger_id=rule.trigger,
        trigger=rule.terms,
        own=decode_label(bytes(rule.label)),
        nation=rule.nation,
        edition=rule.edition,
        impact=rule.impact,
    )
    for thing, cause, at_ms in found.things:
        judgement = judge(rule.terms, thing, at_ms)
        if judgement is None or any(cause.key in each.keys for each in proposals):
            continue
        joined = joins(
            proposals,
            thing.id,
            at_ms=at_ms,
            quiet_ms=rule.terms.quiet_ms,
            ended_ms=ended,
        )
        event: Moved | None
        if joined is None:
            event = proposing.first(thing.id, judgement, cause, at_ms)
        else:
            event = proposing.more(joined, thing.id, judgement, at_ms)
        if event is None:
            continue
        yield event
        made = step(joined, event, ACTIVATING)
        assert made is not None, "what is proposed is a proposal"
        proposals = [made, *(each for each in proposals if each is not joined)]


def _label_of(event: Moved) -> FixedLabel:
    return decode_label(bytes(event.label))
