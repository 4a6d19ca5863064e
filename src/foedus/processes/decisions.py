"""Decisions on time: silence ends, decisions end, parts and successors begin.

- What an end of silence makes of a decision depends on the log alone. It is written
  under an id derived from the decision and its deadline, after the last position read:
  so every process of a hub may do it, at any time after, and it happens once.
- The effective instant is the end of silence; when it was written stands beside it.
- A decision that another one brought forth is drafted under an id derived from both.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Final

import msgspec

from foedus.alliance.nations import Alliance
from foedus.clock import Clock, to_ms
from foedus.decisions import outcomes, reading
from foedus.decisions.commands import read_decision
from foedus.decisions.events import (
    DecisionEvent,
    Drafted,
    ReferredUp,
    Split,
    stream,
)
from foedus.decisions.outcomes import Circumstances
from foedus.decisions.profiles import HOUR_MS
from foedus.decisions.rooms import Room, without_standing
from foedus.decisions.states import Decision, Phase
from foedus.decisions.texts import Text, chair_of
from foedus.errors import ConflictError
from foedus.eventlog.envelope import Append, Who
from foedus.eventlog.projector import Projector
from foedus.identity.views import delegates
from foedus.ids import START, DecisionId, Position, derived_event_id
from foedus.intel.commands import Desk
from foedus.intel.reading import Snapshot
from foedus.processes import decisions_channel
from foedus.processes.decisions_channel import CLERK, Channel
from foedus.processes.decisions_effects import (
    EXECUTORS,
    Executor,
    Work,
    carry_out,
)
from foedus.processes.edge import Edge
from foedus.processes.timekeeping import Sure, always
from foedus.processes.widening import Deliverer, deliver
from foedus.releasability.join import encode_label
from foedus.releasability.labels import print_label

LOOK_EVERY_S: Final = 0.25
"""Longest sleep between two looks; an effect takes place within a second."""

LOOK_BACK_MS: Final = 48 * HOUR_MS
"""How far back the channel is looked at; no profile looks further."""

Sleep = Callable[[float], Awaitable[None]]
"""Waits so many seconds."""


class Clerk(msgspec.Struct, frozen=True, kw_only=True):
    """What keeping decisions works with.

    Attributes:
        channel: the heartbeat; None where this process serves nobody, and cannot say
            whether silence could be broken.
        executors: how each kind of effect takes place.
        sure: whether the time is; while it is not, no silence and no decision ends.
    """

    desk: Desk
    projector: Projector
    clock: Clock
    channel: Channel | None = None
    executors: Mapping[type, Executor] = EXECUTORS
    sure: Sure = always


def room_of(seen: Snapshot, since_ms: int = 0) -> Room:
    """Tell where decisions are taken, as the views stand.

    Args:
        seen: the views.
        since_ms: from when on the channel is asked for.
    """
    return Room(
        access=seen.access,
        delegates=delegates(seen.db),
        circumstances=Circumstances(reachable=reading.reachable(seen.db, since_ms)),
    )


async def settle(clerk: Clerk) -> int:
    """Do everything that is due; gives how much it was.

    Raises:
        UnavailableError: the log takes no more now, or the views do not follow.
    """
    done = 0
    while True:
        positions = [
            *await _end_clocks(clerk),
            *await _begin_successors(clerk),
            *await carry_out(_work(clerk), _pending(clerk)),
        ]
        if not positions:
            return done
        await clerk.projector.wait(Position(max(positions)))
        done += len(positions)


async def keep(clerk: Clerk, sleep: Sleep = asyncio.sleep) -> None:
    """Do what is due, for as long as the hub runs."""
    while True:
        with Edge("decisions_not_kept"):
            if await settle(clerk):
                # What a release gives is not left to the deliverer's next look.
                await deliver(_deliverer(clerk))
        await sleep(LOOK_EVERY_S)


async def _end_clocks(clerk: Clerk) -> list[Position]:
    """End every silence, and every decision, whose time has come."""
    now_ms = to_ms(clerk.clock())
    with clerk.desk.reading.snapshot() as seen:
        names = reading.due(seen.db, now_ms)
    if not names or not await asyncio.to_thread(clerk.sure):
        return []
    if clerk.channel is not None:
        told = await decisions_channel.mark(clerk.channel, tell=True)
        if told is not None:
            await clerk.projector.wait(told)
    found = await asyncio.gather(*(_end_clock(clerk, each, now_ms) for each in names))
    return [each for each in found if each is not None]


async def _end_clock(clerk: Clerk, name: DecisionId, now_ms: int) -> Position | None:
    decision, after, _ = await asyncio.to_thread(read_decision, clerk.desk.log, name)
    if decision is None:
        return None
    due_ms = outcomes.due_ms(decision)
    event: DecisionEvent | None
    if decision.phase is Phase.SILENT:
        with clerk.desk.reading.snapshot() as seen:
            ends = now_ms if decision.deadline is None else decision.deadline.at_ms
            room = room_of(seen, ends - LOOK_BACK_MS)
        known = msgspec.structs.replace(
            room.circumstances, without_standing=without_standing(room.access, decision)
        )
        event = outcomes.expire(decision, now_ms, known)
    else:
        event = outcomes.sunset(decision, now_ms)
    if event is None or due_ms is None:
        return None
    return await _append_derived(clerk, decision, event, due_ms, after=after)


async def _begin_successors(clerk: Clerk) -> list[Position]:
    """Draft the decisions that others have brought forth."""
    with clerk.desk.reading.snapshot() as seen:
        awaited = reading.awaited_successors(seen.db)
        alliance = seen.access.alliance
    found = [await _begin(clerk, alliance, name, of) for name, of in awaited]
    return [each for each in found if each is not None]


async def _begin(
    clerk: Clerk, alliance: Alliance, name: DecisionId, of: DecisionId
) -> Position | None:
    log = clerk.desk.log
    parent, _, history = await asyncio.to_thread(read_decision, log, of)
    if parent is None:
        return None
    for event, recorded in history:
        text = _text_of(event, parent, name)
        if text is None:
            continue
        drafted = Drafted(
            decision=name,
            nation=parent.proposer,
            chair=chair_of(text.forum, alliance),
            text=text,
            profile=parent.profile_name,
            follows=of,
            label=msgspec.Raw(encode_label(parent.label)),
        )
        request = Append(
            event_id=derived_event_id(recorded.arrival_ms, name, "drafted"),
            stream=stream(name),
            event=drafted,
            who=Who(account=CLERK, nation=alliance.code, door="process"),
            label=print_label(parent.label.label, alliance),
            after=START,
        )
        try:
            return await log.append(request)
        except ConflictError:
            return log.head()
    return None


def _text_of(event: DecisionEvent, parent: Decision, name: DecisionId) -> Text | None:
    """Give the text of a successor, if an event brought it forth."""
    if isinstance(event, ReferredUp) and event.successor == name:
        return msgspec.structs.replace(parent.text, forum=event.forum)
    if isinstance(event, Split):
        return next(
            (each.text for each in event.children if each.decision == name), None
        )
    return None


def _pending(clerk: Clerk) -> list[DecisionId]:
    with clerk.desk.reading.snapshot() as seen:
        return reading.with_pending_effects(seen.db)


def _deliverer(clerk: Clerk) -> Deliverer:
    return Deliverer(desk=clerk.desk, projector=clerk.projector, clock=clerk.clock)


def _work(clerk: Clerk) -> Work:
    return Work(
        desk=clerk.desk,
        projector=clerk.projector,
        clock=clerk.clock,
        executors=clerk.executors,
    )


async def _append_derived(
    clerk: Clerk,
    decision: Decision,
    event: DecisionEvent,
    due_ms: int,
    *,
    after: Position,
) -> Position | None:
    """Append what follows from a decision; None if another process was faster."""
    alliance = clerk.desk.reading.access().alliance
    request = Append(
        event_id=derived_event_id(due_ms, decision.id, "ended"),
        stream=stream(decision.id),
        event=event,
        who=Who(account=CLERK, nation=alliance.code, door="process"),
        label=print_label(decision.label.label, alliance),
        after=after,
    )
    try:
        return await clerk.desk.log.append(request)
    except ConflictError:
        return None
