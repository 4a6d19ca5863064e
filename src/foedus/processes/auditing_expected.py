"""What clocks should have told: reckoned anew, and otherwise than they are kept.

The auditor must not repeat a mistake of what it audits. So nothing here is shared with
the keeping of clocks but the words of the agreement: time is cut into the stretches
that count, minute by minute as the clock on the wall reads, and what is due lies where
enough of them have passed.

Source: `response` reference, section 5.3; `docs/explanation/clocks.md`.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

import msgspec

from foedus.clock import from_ms
from foedus.response.assignments import Assignment, TimeLimit
from foedus.response.calendars import Calendar
from foedus.response.clocks import CLOCKS, ClockName
from foedus.response.ladders import DEADLINE, Key
from foedus.response.periods import parse_period

MINUTE_MS: Final = 60_000
DAY_MS: Final = 1_440 * MINUTE_MS

QUIET_MINUTES_MAX: Final = 2 * 1_440
"""Minutes by which quiet hours put something off, at most."""

FOREVER: Final = 1 << 60
"""Later than every instant."""


class Fact(NamedTuple):
    """What happened to a task, and when."""

    at_ms: int
    what: str


class Standstill(NamedTuple):
    """From when to when an authority let a clock stand still; None: all of them."""

    since_ms: int
    until_ms: int
    clock: str | None


class Expected(NamedTuple):
    """What should have been told, and when."""

    at_ms: int
    key: Key


class Case(msgspec.Struct, frozen=True, kw_only=True):
    """A task, as its history tells.

    Attributes:
        given: its assignment.
        facts: what happened, in order; the first is that it was asked.
        stills: when clocks stood still.
    """

    given: Assignment
    calendar: Calendar | None
    facts: tuple[Fact, ...]
    stills: tuple[Standstill, ...] = ()


class _Turn(NamedTuple):
    """One time that a clock ran: from when, until when, and what did not count."""

    start_ms: int
    stop_ms: int
    gaps: tuple[tuple[int, int], ...] = ()


_PROGRESS: Final = ("accepted", "declined", "started", "done")

_SAYS: Final[dict[str, tuple[str, ...]]] = {
    "deliver": (*_PROGRESS, "delivered", "acknowledged"),
    "acknowledge": (*_PROGRESS, "acknowledged"),
    "accept": _PROGRESS,
    "start": ("started", "done", "declined"),
    "complete": ("done", "declined"),
    "confirm": ("confirmed", "returned"),
}
"""What a clock waits for."""

_REVIVES: Final[dict[str, tuple[str, ...]]] = {
    "start": ("accepted",),
    "complete": ("accepted", "started", "returned"),
}

_CHAIN: Final = ("assigned", "delivered", "acknowledged", "accepted", "started", "done")


def expected(case: Case) -> list[Expected]:
    """List all that a task should tell, unless something else happens first."""
    found: list[Expected] = []
    clocks = {name: getattr(case.given.clocks, name) for name in CLOCKS}
    for rung in case.given.ladder:
        if clocks[rung.clock] is None:
            clocks[rung.clock] = TimeLimit()
    for name, limit in clocks.items():
        if limit is not None:
            for number, turn in enumerate(_turns(name, limit, case.facts)):
                found += _of_turn(case, name, limit, number, turn)
    return sorted(found)


def _turns(name: ClockName, limit: TimeLimit, facts: Sequence[Fact]) -> list[_Turn]:
    """Find each time that a clock ran."""
    first = limit.start or ("done" if name == "confirm" else "assigned")
    over_ms = next((each.at_ms for each in facts if each.what == "closed"), FOREVER)
    live = [each for each in facts if each.what != "closed" and each.at_ms <= over_ms]
    begins = [
        n
        for n, each in enumerate(live)
        if each.what in _CHAIN and _CHAIN.index(each.what) >= _CHAIN.index(first)
    ][:1]
    again = {"acknowledge": "returned", "confirm": "done"}.get(name)
    turns: list[_Turn] = []
    while begins:
        place = begins.pop()
        turn, after = _run(name, live, place, live[place].at_ms, over_ms)
        turns.append(turn)
        if limit.rearm:
            after = _ask_again(turns, limit.rearm, live, after, over_ms)
        rest = range(len(live) if after is None else after, len(live))
        begins = [n for n in rest if live[n].what == again][:1]
    return turns


def _run(
    name: str, live: Sequence[Fact], place: int, start_ms: int, over_ms: int
) -> tuple[_Turn, int | None]:
    """Follow a clock from where it began; give also behind which fact it stopped."""
    gaps: list[tuple[int, int]] = []
    stopped: Fact | None = None
    after: int | None = None
    for n in range(place, len(live)):
        each = live[n]
        if stopped is not None:
            if each.what not in _REVIVES.get(name, ()) or each.what == stopped.what:
                continue
            gaps.append((stopped.at_ms, each.at_ms))
            stopped = after = None
        if each.what in _SAYS[name]:
            stopped, after = each, n + 1
            if name not in _REVIVES:
                break
    stop_ms = over_ms if stopped is None else max(stopped.at_ms, start_ms)
    return _Turn(start_ms, stop_ms, tuple(gaps)), after


def _ask_again(
    turns: list[_Turn],
    rearm: str,
    live: Sequence[Fact],
    after: int | None,
    over_ms: int,
) -> int | None:
    """Add the times that an acknowledgement was asked for again; go on behind them."""
    while after is not None and live[after - 1].what == "acknowledged":
        said_ms = live[after - 1].at_ms
        again_ms = said_ms + _length(rearm, said_ms)
        rest = range(after, len(live))
        if over_ms <= again_ms or any(
            live[n].at_ms <= again_ms
            if live[n].what in _PROGRESS
            else live[n].what == "returned" and live[n].at_ms < again_ms
            for n in rest
        ):
            return after
        answers = [
            n
            for n in rest
            if live[n].at_ms >= again_ms and live[n].what in _SAYS["acknowledge"]
        ]
        after = answers[0] + 1 if answers else None
        stop_ms = live[answers[0]].at_ms if answers else over_ms
        turns.append(_Turn(again_ms, stop_ms))
    return after


def _of_turn(
    case: Case, name: ClockName, limit: TimeLimit, number: int, turn: _Turn
) -> Iterator[Expected]:
    calendar = case.calendar if limit.basis == "working" else None
    stills = [*turn.gaps]
    stills += [
        (each.since_ms, each.until_ms)
        for each in case.stills
        if each.clock in (None, name)
    ]

    def when(amount_ms: int) -> int:
        return _reached(turn.start_ms, amount_ms, stills, calendar)

    if limit.within:
        whole = _length(limit.within, turn.start_ms)
        yield from _before(case, Key(name, DEADLINE, number), whole, turn, when)
    for place, rung in enumerate(case.given.ladder):
        if rung.clock != name:
            continue
        step = _length(rung.after, turn.start_ms)
        for loop in range(rung.repeat):
            at_ms = when(step * (loop + 1))
            if rung.tell == "nation":
                at_ms = _loud(case.calendar, at_ms)
            if at_ms < turn.stop_ms:
                yield Expected(at_ms, Key(name, str(place), number, loop))


def _before(
    case: Case, deadline: Key, whole: int, turn: _Turn, when: Callable[[int], int]
) -> Iterator[Expected]:
    """Give a deadline, and the warnings before it."""
    due_ms = when(whole)
    if due_ms <= turn.stop_ms and due_ms < FOREVER:
        yield Expected(due_ms, deadline)
    for point, amount in _points(case.given.warnings, whole, turn.start_ms):
        at_ms = min(_loud(case.calendar, when(amount)), due_ms)
        if at_ms < turn.stop_ms:
            yield Expected(at_ms, Key(deadline.clock, point, deadline.turn))


def _points(
    warnings: Sequence[str], whole: int, start_ms: int
) -> Iterator[tuple[str, int]]:
    seen = {0, whole}
    for point in warnings:
        if point.endswith("%"):
            amount = whole * int(point[:-1]) // 100
        else:
            amount = whole - _length(point, start_ms)
        if amount > 0 and amount not in seen:
            seen.add(amount)
            yield point, amount


def _length(text: str, start_ms: int) -> int:
    return parse_period(text).from_instant(start_ms)


def _reached(
    start_ms: int,
    amount_ms: int,
    stills: Sequence[tuple[int, int]],
    calendar: Calendar | None,
) -> int:
    """Go through the stretches that count until enough of them have passed."""
    left = amount_ms
    for since_ms, until_ms in _counting(start_ms, stills, calendar):
        if until_ms - since_ms >= left:
            return since_ms + left
        left -= until_ms - since_ms
    return FOREVER


def _counting(
    start_ms: int, stills: Sequence[tuple[int, int]], calendar: Calendar | None
) -> Iterator[tuple[int, int]]:
    """Give the stretches that count, in order: worked, and not stood still."""
    for since_ms, until_ms in _open_hours(start_ms, calendar):
        if until_ms <= start_ms:
            continue
        at_ms = max(since_ms, start_ms)
        for still_ms, again_ms in sorted(stills):
            if still_ms >= until_ms or again_ms <= at_ms:
                continue
            if still_ms > at_ms:
                yield at_ms, still_ms
            at_ms = max(at_ms, again_ms)
        if at_ms < until_ms:
            yield at_ms, until_ms
        if at_ms >= FOREVER:
            return


def _open_hours(start_ms: int, calendar: Calendar | None) -> Iterator[tuple[int, int]]:
    if calendar is None:
        yield start_ms, FOREVER
        return
    day = start_ms // DAY_MS
    for number in range(day, day + 4_000):
        yield from _worked(calendar, number)


@lru_cache(maxsize=8_192)
def _worked(calendar: Calendar, number: int) -> tuple[tuple[int, int], ...]:
    """Find the worked minutes of a day in UTC by reading the clock on the wall."""
    start = datetime.fromtimestamp(number * DAY_MS // 1_000, UTC)
    zone = ZoneInfo(calendar.zone)
    ranges = [tuple(each.split("-")) for each in calendar.hours]
    found: list[tuple[int, int]] = []
    for minute in range(1_440):
        wall = (start + timedelta(minutes=minute)).astimezone(zone)
        if not _is_worked(calendar, wall, ranges):
            continue
        at_ms = number * DAY_MS + minute * MINUTE_MS
        if found and found[-1][1] == at_ms:
            found[-1] = (found[-1][0], at_ms + MINUTE_MS)
        else:
            found.append((at_ms, at_ms + MINUTE_MS))
    return tuple(found)


def _is_worked(
    calendar: Calendar, wall: datetime, ranges: Sequence[tuple[str, ...]]
) -> bool:
    if wall.isoweekday() not in calendar.days:
        return False
    if {f"{wall:%Y-%m-%d}", f"{wall:%m-%d}"} & set(calendar.holidays):
        return False
    reads = f"{wall:%H:%M}"
    twice = _comes_twice(wall)
    return any(
        (begins <= reads or (twice and wall.fold == 1 and _is_twice(wall, begins)))
        and (reads < ends or (twice and wall.fold == 0 and _is_twice(wall, ends)))
        for begins, ends in ranges
    )


def _comes_twice(wall: datetime) -> bool:
    first, second = wall.replace(fold=0), wall.replace(fold=1)
    return first.utcoffset() != second.utcoffset() and first.astimezone(UTC).astimezone(
        wall.tzinfo
    ).replace(tzinfo=None) == first.replace(tzinfo=None)


def _is_twice(wall: datetime, reads: str) -> bool:
    """Tell whether a time of that day comes twice."""
    if reads == "24:00":
        return False
    hour, minute = map(int, reads.split(":"))
    return _comes_twice(wall.replace(hour=hour, minute=minute, fold=0))


def _loud(calendar: Calendar | None, at_ms: int) -> int:
    """Go on from an instant until no quiet hour is read from the clock on the wall."""
    if calendar is None or not calendar.quiet or at_ms >= FOREVER:
        return at_ms
    zone = ZoneInfo(calendar.zone)
    ranges = [tuple(each.split("-")) for each in calendar.quiet]
    for step in range(QUIET_MINUTES_MAX):
        tried = at_ms if step == 0 else (at_ms // MINUTE_MS + step) * MINUTE_MS
        reads = f"{from_ms(tried).astimezone(zone):%H:%M}"
        if not any(_is_quiet(reads, begins, ends) for begins, ends in ranges):
            return tried
    return at_ms


def _is_quiet(reads: str, begins: str, ends: str) -> bool:
    if begins < ends:
        return begins <= reads < ends
    return reads >= begins or reads < ends
