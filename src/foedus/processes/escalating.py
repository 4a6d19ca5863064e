"""Clocks on time: warnings, rungs of ladders and missed deadlines are told when due.

- What is due follows from the log alone; it is written under an id derived from task
  and point: so every process of a hub may do it, at any time after, and it happens
  once. Before anything is written the views have followed the log, so that nothing is
  told that an answer has made void.
- Everything is written in the order in which it was due, also after a time without the
  hub; many points share a commit. Reminders that a later one says again are not
  repeated; deadlines always are written.
- When somebody puts the clock of the machine, nothing is told. If it went back, that
  lasts until it shows the time again that it showed before; if it went forward by more
  than five minutes, until an operator confirms the time, or it is put right.

Source: `response` reference, section 5.4 (a) to (c).
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from typing import Final, TypeVar

import msgspec
import structlog

from foedus.alliance.nations import Alliance
from foedus.clock import Clock, to_ms
from foedus.errors import ConflictError, FoedusError, UnavailableError
from foedus.eventlog.envelope import Append, Event, Who
from foedus.eventlog.log import COMMIT_APPENDS_MAX, EventLog
from foedus.eventlog.projector import Projector
from foedus.ids import START, AccountId, Position, derived_event_id, new_event_id
from foedus.intel.commands import Desk
from foedus.intel.reading import Snapshot
from foedus.processes.edge import Edge
from foedus.processes.escalating_watch import BACK_MS, TimeWatch
from foedus.releasability.labelled import label_of
from foedus.releasability.labels import print_label
from foedus.response import due_reading
from foedus.response.clocks import State, standing
from foedus.response.due_reading import Held, Watched
from foedus.response.firings import (
    HOLDS,
    ClockBreached,
    ClockEscalated,
    ClockFired,
    ClocksHeld,
    ClocksReleased,
    ClockWarned,
    Firing,
    Jump,
    clock_stream,
    overdue,
)
from foedus.response.ladders import foresee

ESCALATING: Final = AccountId("account--00000000-0000-4000-8000-000000000006")
"""Stands in the log for the hub's own keeping of clocks."""

LOOK_EVERY_S: Final = 0.5
"""Longest sleep between two looks; nothing is told much later than it is due."""

LOOK_SOONEST_S: Final = 0.02
"""Seconds after the next instant, so that what is due beside it shares a commit."""

TASKS_MAX: Final = 20_000
"""Tasks that are looked at together; bounds memory, and how long a look takes."""

BATCH: Final = COMMIT_APPENDS_MAX
"""Points that are handed to the log together; a task is looked at once a commit."""

FOLLOW_S: Final = 60.0
"""Seconds in which the views have to follow; after a long time down there is much."""

AHEAD_MS: Final = 5_000
"""How far the log may be ahead of the clock when the hub starts: a burst does that."""

Sleep = Callable[[float], Awaitable[None]]
"""Waits so many seconds."""

F = TypeVar("F", bound=ClockFired)

_log = structlog.get_logger(__name__)


class Escalator(msgspec.Struct, frozen=True, kw_only=True):
    """What telling works with.

    Attributes:
        watch: whether the clock was put, as this process has seen it.
    """

    desk: Desk
    projector: Projector
    clock: Clock
    watch: TimeWatch

    @property
    def log(self) -> EventLog:
        """Where it is written."""
        return self.desk.log


async def settle(escalator: Escalator) -> int:
    """Tell everything that is due; gives how much was written.

    Raises:
        UnavailableError: the log takes no more now, or the views do not follow.
    """
    done = 0
    while True:
        if not await asyncio.to_thread(_is_any_due, escalator):
            return done
        head = escalator.log.head()
        await escalator.projector.wait(head)
        requests = await asyncio.to_thread(_due, escalator)
        written = await _write(escalator, requests, head)
        if not written:
            return done  # others were faster, or what was erased is not written again
        done += written


async def may_tell(escalator: Escalator) -> bool:
    """Tell whether the time is sure; if not, hold everything, and say so once.

    Raises:
        UnavailableError: the log takes no more now, or the views do not follow.
    """
    with escalator.desk.reading.snapshot() as seen:
        held = due_reading.held(seen.db)
    now_ms = to_ms(escalator.clock())
    jump = escalator.watch.jump()
    if held is None:
        return await _is_sure(escalator, jump, now_ms)
    escalator.watch.note(doubts=jump == held.jump)
    if not _is_right_again(escalator.watch, held, jump, now_ms):
        return False
    released = ClocksReleased(cause="recovered", at_ms=now_ms)
    await _note(escalator, released, after=held.position)
    escalator.watch.trust()
    return True


async def begin(escalator: Escalator) -> None:
    """Hold everything if the clock shows less than the log has seen already.

    Raises:
        UnavailableError: the log takes no more now, or the views do not follow.
    """
    with escalator.desk.reading.snapshot() as seen:
        held = due_reading.held(seen.db)
        last_ms = due_reading.last_arrival_ms(seen.db)
    now_ms = to_ms(escalator.clock())
    if held is None and now_ms < last_ms - AHEAD_MS:
        await _hold(escalator, "backward", was_ms=last_ms, is_ms=now_ms)


async def keep(escalator: Escalator, sleep: Sleep = asyncio.sleep) -> None:
    """Tell what is due, for as long as the hub runs."""
    has_begun = False
    while True:
        wait_s = LOOK_EVERY_S
        with Edge("clocks_not_kept"):
            if not has_begun:
                await begin(escalator)
                has_begun = True
            if await may_tell(escalator):
                await settle(escalator)
            wait_s = await asyncio.to_thread(_wait_s, escalator)
        await sleep(wait_s)


def _is_any_due(escalator: Escalator) -> bool:
    with escalator.desk.reading.snapshot() as seen:
        due_ms = due_reading.next_ms(seen.db)
    return due_ms is not None and due_ms <= to_ms(escalator.clock())


def _wait_s(escalator: Escalator) -> float:
    with escalator.desk.reading.snapshot() as seen:
        due_ms = due_reading.next_ms(seen.db)
    if due_ms is None:
        return LOOK_EVERY_S
    wait_s = (due_ms - to_ms(escalator.clock())) / 1_000
    # What is due and was not written cannot be written now: it is not tried at once.
    return LOOK_EVERY_S if wait_s <= 0 else min(wait_s + LOOK_SOONEST_S, LOOK_EVERY_S)


def _due(escalator: Escalator) -> list[Append]:
    """Give what is to be written, in the order in which it was due."""
    now_ms = to_ms(escalator.clock())
    found: list[tuple[int, int, str, Append]] = []
    labels: dict[int, str] = {}
    with escalator.desk.reading.snapshot() as seen:
        alliance = seen.access.alliance
        due = due_reading.due(seen.db, now_ms, TASKS_MAX)
        # Of tasks beyond these, nothing is due before the last of them.
        until_ms = due[-1][1] if len(due) == TASKS_MAX else now_ms
        for subject, _ in due:
            watched = due_reading.watched(seen.db, subject)
            if watched is None:
                continue
            if watched.label not in labels:
                labels[watched.label] = _printed(seen, watched.label)
            label = labels[watched.label]
            # Ids are drawn by lot: of one instant the older task comes first.
            found += [
                (
                    each.due.at_ms,
                    watched.began_ms,
                    subject,
                    _request(each, watched, now_ms, alliance, label),
                )
                for each in _firings(watched, until_ms)
            ]
    found.sort(key=lambda one: one[:3])
    return [request for *_, request in found]


def _firings(watched: Watched, until_ms: int) -> list[Firing]:
    dues = foresee(watched.plan, watched.course, watched.calendar)
    return overdue(dues, watched.told, until_ms)


def _printed(seen: Snapshot, label: int) -> str:
    fixed, _ = label_of(seen.db, label)
    return print_label(fixed.label, seen.access.alliance)


def _request(
    firing: Firing, watched: Watched, now_ms: int, alliance: Alliance, label: str
) -> Append:
    key = firing.due.key
    return Append(
        event_id=derived_event_id(
            watched.began_ms,
            watched.subject,
            key.clock,
            key.point,
            key.turn,
            key.loop,
            "fired",
        ),
        stream=clock_stream(watched.subject),
        event=_event(firing, watched, now_ms),
        who=Who(account=ESCALATING, nation=alliance.code, door="process"),
        label=label,
    )


def _event(firing: Firing, watched: Watched, now_ms: int) -> Event:
    due = firing.due
    if due.kind == "warned":
        return _said(ClockWarned, firing, watched, now_ms)
    if due.kind == "escalated":
        return _said(ClockEscalated, firing, watched, now_ms)
    terms = watched.plan.clocks[due.key.clock]
    stands = standing(due.key.clock, terms, watched.course, watched.calendar, due.at_ms)
    return msgspec.structs.replace(
        _said(ClockBreached, firing, watched, now_ms),
        state=stands.state if stands.state is State.UNREACHABLE else State.LATE,
        owner=stands.owner,
    )


def _said(kind: type[F], firing: Firing, watched: Watched, now_ms: int) -> F:
    return kind(
        task=watched.subject,
        key=firing.due.key,
        due_ms=firing.due.at_ms,
        fired_ms=now_ms,
        tell=() if firing.reason else firing.due.tell,
        instead_of=firing.instead_of,
        reason=firing.reason,
    )


async def _write(escalator: Escalator, requests: list[Append], head: Position) -> int:
    """Append what is due; give how much of it nobody had written before."""
    written, last = 0, head
    for batch in _batches(requests):
        outcomes = await escalator.log.append_many(batch)
        for each in outcomes:
            if isinstance(each, UnavailableError):
                raise each
            if isinstance(each, FoedusError):  # what comes after it is not held up
                _log.warning("clock_not_told", slug=each.slug)
        positions = [each for each in outcomes if isinstance(each, int)]
        written += sum(each > head for each in positions)
        last = Position(max([last, *positions]))
    await escalator.projector.wait(last, FOLLOW_S)
    return written


def _batches(requests: list[Append]) -> Iterator[list[Append]]:
    for start in range(0, len(requests), BATCH):
        yield requests[start : start + BATCH]


async def _is_sure(escalator: Escalator, jump: Jump | None, now_ms: int) -> bool:
    """Take the time as it is, unless a jump was seen that nobody has looked at."""
    watch = escalator.watch
    if watch.was_held or jump is None:
        watch.trust()  # also when somebody has released what was held
        return True
    was_ms = now_ms - watch.off_ms()
    await _hold(escalator, jump, was_ms=was_ms, is_ms=now_ms)
    watch.note(doubts=True)
    return False


def _is_right_again(
    watch: TimeWatch, held: Held, jump: Jump | None, now_ms: int
) -> bool:
    """Tell whether the clock shows the right time again after a jump."""
    if held.jump == "backward":
        return now_ms >= held.was_ms
    if watch.doubts:
        return jump is None
    return held.was_ms - BACK_MS <= now_ms < held.is_ms - BACK_MS


async def _hold(escalator: Escalator, jump: Jump, *, was_ms: int, is_ms: int) -> None:
    _log.error("clock_was_put", jump=jump, by_ms=is_ms - was_ms)
    history = await asyncio.to_thread(escalator.log.read, HOLDS)
    held = ClocksHeld(jump=jump, was_ms=was_ms, is_ms=is_ms)
    await _note(escalator, held, after=history[-1].position if history else START)


async def _note(escalator: Escalator, event: Event, *, after: Position | int) -> None:
    """Append to the history of holds; whoever was faster has said the same."""
    alliance = escalator.desk.reading.access().alliance
    request = Append(
        event_id=new_event_id(to_ms(escalator.clock())),
        stream=HOLDS,
        event=event,
        who=Who(account=ESCALATING, nation=alliance.code, door="process"),
        after=Position(after),
    )
    try:
        position = await escalator.log.append(request)
    except ConflictError:
        position = escalator.log.head()
    await escalator.projector.wait(position)
