"""The heartbeat of the channel by which silence is broken.

- Every process that serves marks in `state.db`, every few seconds, that the channel can
  be reached. All share one mark, so the channel is down only when none of them serves.
- Into the log goes a stretch of reachable time every ten minutes, when a stretch ends,
  when the hub stops, and before an end of silence is judged: some 150 entries a day.
- What no stretch covers was an outage. A hub that was killed is known to have served up
  to its last mark, which the next one to start writes into the log.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

import msgspec
import structlog

from foedus.clock import Clock, to_ms
from foedus.decisions.channel import Stretch
from foedus.decisions.events import CHANNEL, ChannelReachable
from foedus.errors import FoedusError
from foedus.eventlog.envelope import Append, Who
from foedus.eventlog.log import EventLog
from foedus.identity.store import StateStore
from foedus.ids import AccountId, Position, derived_event_id
from foedus.processes.edge import Edge
from foedus.processes.timekeeping import Sure, always

CLERK: Final = AccountId("account--00000000-0000-4000-8000-000000000004")
"""Stands in the log for the hub's own keeping of decisions."""

MARK_EVERY_S: Final = 5.0
"""Seconds between two marks."""

LOST_MS: Final = 20_000
"""Milliseconds without a mark after which the channel was out."""

BEAT_MS: Final = 600_000
"""Milliseconds between two stretches in the log."""

STOP_S: Final = 2.0
"""Seconds in which the last stretch is written when the hub stops."""

Sleep = Callable[[float], Awaitable[None]]
"""Waits so many seconds."""

SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS channel_mark (
    one       INTEGER NOT NULL PRIMARY KEY CHECK (one = 1),
    since_ms  INTEGER NOT NULL,
    seen_ms   INTEGER NOT NULL,
    told_ms   INTEGER NOT NULL
) STRICT;
"""

_MARK = "SELECT since_ms, seen_ms, told_ms FROM channel_mark WHERE one = 1"

_SET = """
INSERT INTO channel_mark (one, since_ms, seen_ms, told_ms)
VALUES (1, :since_ms, :seen_ms, :told_ms)
    ON CONFLICT (one) DO UPDATE
   SET since_ms = :since_ms, seen_ms = :seen_ms, told_ms = :told_ms
"""

_log = structlog.get_logger(__name__)


class Channel(msgspec.Struct, frozen=True, kw_only=True):
    """What the heartbeat works with.

    Attributes:
        nation: the code of the alliance's own body.
        sure: whether the time is; while it is not, nothing is marked, and what is not
            marked was an outage.
    """

    log: EventLog
    store: StateStore
    clock: Clock
    nation: str
    sure: Sure = always


async def mark(channel: Channel, *, tell: bool = False) -> Position | None:
    """Mark that the channel can be reached, and tell the log where that is due.

    Args:
        channel: what to mark.
        tell: whether the log is told at once.

    Returns:
        The position of what the log was told last; None if it was told nothing.

    Raises:
        UnavailableError: `state.db` or the log takes nothing now.
    """
    if not await asyncio.to_thread(channel.sure):
        return None
    found = await asyncio.to_thread(_marked, channel, tell=tell)
    position: Position | None = None
    for stretch in found:
        position = await channel.log.append(_append(channel, stretch))
    return position


async def keep(channel: Channel, sleep: Sleep = asyncio.sleep) -> None:
    """Mark for as long as the hub runs, and tell the log when it stops."""
    try:
        while True:
            with Edge("channel_not_marked"):
                await mark(channel)
            await sleep(MARK_EVERY_S)
    except asyncio.CancelledError:
        await _tell_the_end(channel)
        raise


async def _tell_the_end(channel: Channel) -> None:
    try:
        async with asyncio.timeout(STOP_S):
            await mark(channel, tell=True)
    except (FoedusError, TimeoutError):
        _log.warning("channel_end_not_told")


def _marked(channel: Channel, *, tell: bool) -> list[Stretch]:
    """Move the mark to now; give the stretches that the log has to be told."""
    channel.store.ensure(SCHEMA)
    now_ms = to_ms(channel.clock())
    with channel.store.transaction() as db:
        row = db.execute(_MARK).fetchone()
        since_ms, seen_ms, told_ms = row or (now_ms, now_ms, 0)
        is_new = row is None or abs(now_ms - seen_ms) > LOST_MS
        found = [Stretch(since_ms, seen_ms)] if is_new and row is not None else []
        if is_new:
            since_ms = seen_ms = now_ms
        seen_ms = max(seen_ms, now_ms)
        if is_new or tell or now_ms - told_ms >= BEAT_MS:
            found.append(Stretch(since_ms, seen_ms))
            told_ms = now_ms
        db.execute(
            _SET, {"since_ms": since_ms, "seen_ms": seen_ms, "told_ms": told_ms}
        ).fetchall()
    return found


def _append(channel: Channel, stretch: Stretch) -> Append:
    return Append(
        event_id=derived_event_id(
            stretch.until_ms, CHANNEL, stretch.since_ms, stretch.until_ms
        ),
        stream=CHANNEL,
        event=ChannelReachable(since_ms=stretch.since_ms, until_ms=stretch.until_ms),
        who=Who(account=CLERK, nation=channel.nation, door="process"),
    )
