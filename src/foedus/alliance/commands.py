"""Founding the alliance of a hub, changing a status, beginning a day."""

import asyncio
from datetime import UTC, date
from typing import cast
from uuid import UUID

from foedus.alliance import rules
from foedus.alliance.events import STREAM, AllianceEvent, ParticipationChanged
from foedus.alliance.records import Pack
from foedus.alliance.rules import State
from foedus.alliance.statuses import Status
from foedus.clock import from_ms, to_ms
from foedus.errors import NotFoundError
from foedus.eventlog.codec import Codec
from foedus.eventlog.envelope import Act, Append
from foedus.eventlog.log import EventLog
from foedus.ids import START, NationCode, Position, new_event_id


async def found(log: EventLog, pack: Pack, act: Act) -> Position:
    """Found the hub for an alliance.

    Raises:
        ConflictError: it serves an alliance already.
    """
    state, after = await asyncio.to_thread(_read, log)
    event = rules.found(state, pack)
    return await _append(log, event, act, after=after)


async def change_status(  # noqa: PLR0913 - what changes, and under which id
    log: EventLog,
    nation: NationCode,
    *,
    status: Status,
    since: date,
    act: Act,
    event_id: UUID | None = None,
) -> Position:
    """Record that a nation has another status from a day on.

    Args:
        log: where.
        nation: which nation.
        status: what it becomes.
        since: the first day, past or to come.
        act: who records it, and when.
        event_id: under which it is written once, where it follows from something
            else; a new one by default.

    Raises:
        NotFoundError: no alliance has been founded, or it knows no such nation.
        RuleViolationError: the change says nothing new, or is too far ahead.
        ConflictError: somebody was faster; decide anew.
    """
    state, after = await _founded(log)
    event = rules.change_status(
        state.alliance, nation, status=status, since=since, today=_day(act)
    )
    return await _append(log, event, act, after=after, event_id=event_id)


async def change_participation(
    log: EventLog,
    wanted: ParticipationChanged,
    act: Act,
    *,
    event_id: UUID | None = None,
) -> Position:
    """Record that a nation joins or leaves a framework on a day.

    Args:
        log: where.
        wanted: the change.
        act: who records it, and when.
        event_id: under which it is written once, where it follows from something
            else; a new one by default.

    Raises:
        NotFoundError: no alliance has been founded, or it knows no such nation or
            framework.
        RuleViolationError: the change says nothing new, is too far ahead, is of
            membership, or follows from something else.
        ConflictError: somebody was faster; decide anew.
    """
    state, after = await _founded(log)
    event = rules.change_participation(state.alliance, wanted, today=_day(act))
    return await _append(log, event, act, after=after, event_id=event_id)


async def begin_day(log: EventLog, day: date, act: Act) -> Position:
    """Let the dated changes up to a day take effect.

    Raises:
        NotFoundError: no alliance has been founded.
        RuleViolationError: the day has not come yet.
        ConflictError: the day has begun already, or somebody was faster.
    """
    state, after = await _founded(log)
    event = rules.begin_day(state.access_day, day, today=_day(act))
    return await _append(log, event, act, after=after)


async def _founded(log: EventLog) -> tuple[State, Position]:
    # Reading the log waits for the disk, which the event loop must not.
    state, after = await asyncio.to_thread(_read, log)
    if state is None:
        raise NotFoundError("no alliance has been founded here; run `foedus init`")
    return state, after


def _read(log: EventLog) -> tuple[State | None, Position]:
    history = log.read(STREAM)
    state = State.fold(
        (
            # The codec of this module reads nothing else.
            cast("AllianceEvent", _CODEC.decode(recorded)),
            from_ms(recorded.arrival_ms).date(),
        )
        for recorded in history
    )
    return state, history[-1].position if history else START


async def _append(
    log: EventLog,
    event: AllianceEvent,
    act: Act,
    *,
    after: Position,
    event_id: UUID | None = None,
) -> Position:
    return await log.append(
        Append(
            event_id=event_id or new_event_id(to_ms(act.at)),
            stream=STREAM,
            event=event,
            who=act.who,
            after=after,
        )
    )


def _day(act: Act) -> date:
    return act.at.astimezone(UTC).date()


_CODEC = Codec(AllianceEvent)
