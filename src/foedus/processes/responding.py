"""Protocols on time: steps are answered when their rule is met, and time passes.

- What is due follows from the log alone; it is written under an id derived from run and
  step, or run and instant, behind the last position of the run: so every process of a
  hub may do it, at any time after, and it happens once.
- Of one run the earlier comes first: what a nation did in time counts, however long the
  hub was down before anybody looked.
- Many runs share a commit.
- When somebody puts the clock of the machine, runs stand where they are until the time
  is sure again; no instant that has not come yet is written.

Source: reference/response.md, sections 5.4 and 6.1 (5).
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Final

import msgspec

from foedus.clock import Clock, to_ms
from foedus.errors import ConflictError, FoedusError
from foedus.eventlog.envelope import Append, Who
from foedus.eventlog.projector import Projector
from foedus.ids import AccountId, derived_event_id
from foedus.intel.commands import Desk
from foedus.intel.reading import Snapshot
from foedus.processes.edge import Edge
from foedus.processes.timekeeping import Sure, always
from foedus.releasability.join import FixedLabel, decode_label
from foedus.releasability.labels import print_label
from foedus.response import queries
from foedus.response.events import RunEvent, StepAnswered, TimePassed, run_stream
from foedus.response.queries import Due, Ready
from foedus.response.seeing import restricted

RESPONDER: Final = AccountId("account--00000000-0000-4000-8000-000000000005")
"""Stands in the log for the hub's own keeping of protocols."""

LOOK_EVERY_S: Final = 1.0
"""Longest sleep between two looks; the log wakes earlier."""

LOOK_AGAIN_S: Final = 0.05
"""Shortest pause between two looks; it bounds what commits of others cost."""

ROUNDS_MAX: Final = 100_000
"""Rounds of one settling; a run that is waited for so often is stuck."""

Sleep = Callable[[float], Awaitable[None]]
"""Waits so many seconds."""


class Responder(msgspec.Struct, frozen=True, kw_only=True):
    """What keeping protocols works with.

    Attributes:
        sure: whether the time is; while it is not, runs stand where they are, and what
            nations do meanwhile is kept.
    """

    desk: Desk
    projector: Projector
    clock: Clock
    sure: Sure = always


async def settle(responder: Responder) -> int:
    """Do everything that is due; gives how much it was.

    Raises:
        UnavailableError: the log takes no more now, or the views do not follow.
    """
    done = 0
    for _ in range(ROUNDS_MAX):
        head = responder.desk.log.head()
        await responder.projector.wait(head)
        requests = await asyncio.to_thread(_due, responder)
        if not requests:
            break
        outcomes = await responder.desk.log.append_many(requests)
        written = [each for each in outcomes if isinstance(each, int) and each > head]
        lost = [each for each in outcomes if isinstance(each, ConflictError)]
        failed = [each for each in outcomes if isinstance(each, FoedusError)]
        if len(failed) > len(lost):
            raise next(each for each in failed if not isinstance(each, ConflictError))
        if not written and not lost:
            break  # what was erased since it was written is not written again
        done += len(written)
    return done


async def keep(responder: Responder, sleep: Sleep = asyncio.sleep) -> None:
    """Do what is due, for as long as the hub runs; woken by the log."""
    loop = asyncio.get_running_loop()
    woken = asyncio.Event()

    def wake() -> None:
        with suppress(RuntimeError):  # the loop has ended, and so has this
            loop.call_soon_threadsafe(woken.set)

    stop = responder.desk.log.listen(wake)
    try:
        while True:
            woken.clear()
            longest_s: float | None = None
            with Edge("protocols_not_kept"):
                await settle(responder)
                longest_s = await asyncio.to_thread(_wait_s, responder)
            if longest_s is None:  # what went wrong is not tried again at once
                await sleep(LOOK_EVERY_S)
            else:
                await _until(woken, longest_s)
                await sleep(LOOK_AGAIN_S)  # many commits of others wake it once
    finally:
        stop()


async def _until(woken: asyncio.Event, longest_s: float) -> None:
    with suppress(TimeoutError):
        async with asyncio.timeout(longest_s):
            await woken.wait()


def _wait_s(responder: Responder) -> float:
    with responder.desk.reading.snapshot() as seen:
        due_ms = queries.next_due_ms(seen.db)
    if due_ms is None:
        return LOOK_EVERY_S
    wait_s = (due_ms - to_ms(responder.clock())) / 1_000
    return min(max(wait_s, LOOK_AGAIN_S), LOOK_EVERY_S)


def _due(responder: Responder) -> list[Append]:
    """Give what is to be written next, one event a run, the earliest first."""
    if not responder.sure():
        return []
    now_ms = to_ms(responder.clock())
    with responder.desk.reading.snapshot() as seen:
        first: dict[str, Ready | Due] = {}
        for due in queries.due(seen.db, now_ms):
            first[due.run] = due
        for ready in queries.ready(seen.db):
            known = first.get(ready.run)
            if known is None or _instant(ready) < _instant(known):
                first[ready.run] = ready
        return [_request(seen, each, now_ms) for each in first.values()]


def _instant(one: Ready | Due) -> int:
    return one.ready_ms if isinstance(one, Ready) else one.due_ms


def _request(seen: Snapshot, one: Ready | Due, now_ms: int) -> Append:
    event: RunEvent
    if isinstance(one, Ready):
        event_id = derived_event_id(one.began_ms, one.run, one.number, "answered")
        event = StepAnswered(
            number=one.number,
            result=one.result,
            gathered=True,
            reason=one.reason,
            # An act under a clock that was put right since may lie ahead of now.
            at_ms=max(min(one.ready_ms, now_ms), one.began_ms),
        )
    else:
        event_id = derived_event_id(one.due_ms, one.run, "time-passed")
        event = TimePassed(at_ms=one.due_ms)
    alliance = seen.access.alliance
    return Append(
        event_id=event_id,
        stream=run_stream(one.run),
        event=event,
        who=Who(account=RESPONDER, nation=alliance.code, door="process"),
        label=print_label(_inner(seen, one.run).label, alliance),
        after=queries.last_of(seen.db, run_stream(one.run)),
    )


def _inner(seen: Snapshot, run: str) -> FixedLabel:
    """Give the label under which what goes into a run is filed: the coordinator's."""
    started = queries.started_of(seen.db, run)
    assert started is not None, "what is due is due in a run"
    label = decode_label(bytes(started.label))
    return restricted(label, [], started.coordinator)
