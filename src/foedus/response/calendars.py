"""Working calendars of nations: when time counts for whoever works office hours.

- A calendar says, in a named zone, which days of the week are worked, at which hours,
  and which days are holidays. An instant is working time if the clock on the wall
  there reads a working hour of a working day.
- Where summer time skips the hour at which work begins or ends, the instant of the
  change stands for it; where an hour comes twice, work begins at the first of them and
  ends at the last. So every stretch of work is one stretch.
- Nations of which nothing is known work Monday to Friday, 08:00 to 17:00, in the zone
  of their capital; the calendar says that it is an assumption.
- Everything counts whole milliseconds, and `worked(start, add(start, n)) == n`.

Source: `response` reference, sections 4.4 (cases 1 and 2) and 5.2.
"""

import re
from bisect import bisect_left
from calendar import isleap
from datetime import UTC, date, datetime, time, timedelta
from functools import cache, lru_cache
from importlib.resources import files
from itertools import accumulate, pairwise
from typing import Final
from zoneinfo import ZoneInfo

import msgspec

from foedus.clock import from_ms, to_ms
from foedus.decisions.deadlines import find_zone
from foedus.decisions.zones import zone_of
from foedus.errors import InvalidInputError
from foedus.ids import NationCode

ASSUMED: Final = "assumed: Monday to Friday, 08:00 to 17:00, no holidays"
"""The basis of a calendar of which nothing is known."""

HOLIDAYS_MAX: Final = 1_000
"""Days that a calendar may name; twenty years of fifty."""

YEARLY_MAX: Final = 100
"""Days of each year among them; so that there is always a working day to come."""

_RANGE: Final = re.compile(
    r"([01]\d|2[0-3]):([0-5]\d)-(?:([01]\d|2[0-3]):([0-5]\d)|24:00)"
)
_YEARLY: Final = re.compile(r"(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])")
_DAY_MINUTES: Final = 24 * 60
_DAYS: Final = range(1, 8)
_ELSEWHERE: Final = "Europe/Brussels"

Span = tuple[int, int]
"""From an instant up to another, which is not in it; milliseconds since 1970."""


class Calendar(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """When a nation works.

    Attributes:
        zone: the named zone in which its hours are meant.
        days: which days of the week are worked; 1 is Monday.
        hours: stretches of a working day, such as `08:00-17:00`, in order.
        holidays: `2026-11-11`, or `11-11` for every year.
        quiet: hours at which reminders wait, such as `22:00-06:00`.
        basis: where all this is from.
    """

    nation: NationCode
    zone: str
    days: tuple[int, ...] = (1, 2, 3, 4, 5)
    hours: tuple[str, ...] = ("08:00-17:00",)
    holidays: tuple[str, ...] = ()
    quiet: tuple[str, ...] = ()
    basis: str = ASSUMED


class _Known(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is known of a nation's calendar; absent is as assumed."""

    days: tuple[int, ...] = (1, 2, 3, 4, 5)
    hours: tuple[str, ...] = ("08:00-17:00",)
    holidays: tuple[str, ...] = ()
    quiet: tuple[str, ...] = ()
    basis: str = ASSUMED


def calendar_of(nation: NationCode) -> Calendar:
    """Give the working calendar of a nation, as it is known today."""
    known = _known().get(nation, _Known())
    return Calendar(
        nation=nation,
        zone=zone_of(nation, _ELSEWHERE),
        **msgspec.structs.asdict(known),
    )


def check_calendar(calendar: Calendar) -> None:
    """Refuse a calendar that nothing can be counted by.

    Raises:
        InvalidInputError: a zone, an hour or a day is none, or nothing is ever worked.
    """
    find_zone(calendar.zone)
    if not calendar.days or any(each not in _DAYS for each in calendar.days):
        raise InvalidInputError("days of the week are 1 (Monday) to 7; name at least 1")
    ranges = [parse_hours(each) for each in calendar.hours]
    if not ranges or any(end <= start for start, end in ranges):
        raise InvalidInputError("working hours begin before they end, on the same day")
    if any(later[0] < earlier[1] for earlier, later in pairwise(ranges)):
        raise InvalidInputError("working hours stand in order and do not overlap")
    for each in calendar.quiet:
        parse_hours(each)
    _check_holidays(calendar.holidays)


def parse_hours(text: str) -> tuple[int, int]:
    """Read `08:00-17:00` as minutes of the day; the end may be before the start.

    Raises:
        InvalidInputError: it is none.
    """
    found = _RANGE.fullmatch(text)
    if found is None:
        raise InvalidInputError(f"{text!r} are no hours; write them as 08:00-17:00")
    start = int(found[1]) * 60 + int(found[2])
    end = _DAY_MINUTES if found[3] is None else int(found[3]) * 60 + int(found[4])
    if start == end:
        raise InvalidInputError(f"{text!r} are no hours; they end as they begin")
    return start, end


def add(calendar: Calendar, start_ms: int, amount_ms: int) -> int:
    """Give the first instant by which so much has been worked since another one.

    Args:
        calendar: whose working time.
        start_ms: from when on.
        amount_ms: how much, at least 0; what ends with the day ends at its last hour,
            not on the next morning.
    """
    if amount_ms <= 0:
        return start_ms
    left, day = amount_ms, _local(calendar, start_ms)
    while True:
        for begin_ms, end_ms in worked_on(calendar, day):
            begins = max(begin_ms, start_ms)
            if end_ms - begins >= left:
                return begins + left
            left -= max(end_ms - begins, 0)
        day, left = _day_of(calendar, day + timedelta(days=1), left)


def _day_of(calendar: Calendar, day: date, amount_ms: int) -> tuple[date, int]:
    """Give the day on which so much has been worked from a day on.

    Returns:
        The day, and how much of the amount falls on it.
    """
    left = amount_ms
    while True:
        sums, number = _sums(calendar, day.year), day.timetuple().tm_yday - 1
        goal = sums[number] + left
        if goal <= sums[-1]:
            found = bisect_left(sums, goal, lo=number + 1) - 1
            return day + timedelta(days=found - number), goal - sums[found]
        left -= sums[-1] - sums[number]
        day = date(day.year + 1, 1, 1)


@lru_cache(maxsize=1_024)
def _sums(calendar: Calendar, year: int) -> tuple[int, ...]:
    """Give what is worked in a year before each of its days, and in the whole of it."""
    first, days = date(year, 1, 1), 366 if isleap(year) else 365
    worked_ms = (
        sum(ends - begins for begins, ends in worked_on(calendar, day))
        for day in (first + timedelta(days=n) for n in range(days))
    )
    return tuple(accumulate(worked_ms, initial=0))


def worked(calendar: Calendar, start_ms: int, end_ms: int) -> int:
    """Count the milliseconds of working time between two instants."""
    found, day = 0, _local(calendar, start_ms)
    last = _local(calendar, end_ms)
    while day <= last:
        for begins, ends in worked_on(calendar, day):
            found += max(min(ends, end_ms) - max(begins, start_ms), 0)
        day += timedelta(days=1)
    return found


def after_quiet(calendar: Calendar, at_ms: int) -> int:
    """Give when a reminder of an instant may be told: then, or when quiet hours end."""
    at = at_ms
    for _ in range(len(calendar.quiet) + 1):
        later = max(
            (_quiet_until(calendar, each, at) for each in calendar.quiet), default=at
        )
        if later == at:
            break
        at = later
    return at


@lru_cache(maxsize=16_384)
def worked_on(calendar: Calendar, day: date) -> tuple[Span, ...]:
    """Give the stretches of work of a day, in order; of none where it is free."""
    if day.isoweekday() not in calendar.days or _is_holiday(calendar, day):
        return ()
    zone = ZoneInfo(calendar.zone)
    ranges = (parse_hours(each) for each in calendar.hours)
    spans = ((_first(day, start, zone), _last(day, end, zone)) for start, end in ranges)
    return tuple(each for each in spans if each[0] < each[1])


def _quiet_until(calendar: Calendar, hours: str, at_ms: int) -> int:
    """Give the end of quiet hours that an instant lies in; itself if in none."""
    start, end = parse_hours(hours)
    zone = ZoneInfo(calendar.zone)
    today = _local(calendar, at_ms)
    for day in (today - timedelta(days=1), today):
        ends = day if start < end else day + timedelta(days=1)
        until = _last(ends, end, zone)
        if _first(day, start, zone) <= at_ms < until:
            return until
    return at_ms


def _is_holiday(calendar: Calendar, day: date) -> bool:
    return day.isoformat() in calendar.holidays or f"{day:%m-%d}" in calendar.holidays


def _check_holidays(holidays: tuple[str, ...]) -> None:
    if len(holidays) > HOLIDAYS_MAX:
        raise InvalidInputError(f"a calendar names at most {HOLIDAYS_MAX:,} days")
    yearly = [each for each in holidays if _YEARLY.fullmatch(each)]
    if len(yearly) > YEARLY_MAX:
        raise InvalidInputError(f"at most {YEARLY_MAX} days are free every year")
    for each in set(holidays) - set(yearly):
        try:
            date.fromisoformat(each)
        except ValueError as error:
            raise InvalidInputError(
                f"{each!r} is no holiday; write 2026-11-11, or 11-11 for every year"
            ) from error


def _local(calendar: Calendar, at_ms: int) -> date:
    return from_ms(at_ms).astimezone(ZoneInfo(calendar.zone)).date()


def _first(day: date, minute: int, zone: ZoneInfo) -> int:
    """Give the first instant at which the clock on the wall shows a time or later."""
    return _instant(day, minute, zone, fold=0)


def _last(day: date, minute: int, zone: ZoneInfo) -> int:
    """Give the last instant at which the clock on the wall comes to a time."""
    return _instant(day, minute, zone, fold=1)


def _instant(day: date, minute: int, zone: ZoneInfo, *, fold: int) -> int:
    days, minute = divmod(minute, _DAY_MINUTES)
    reads = datetime.combine(
        day + timedelta(days=days), time(minute // 60, minute % 60)
    )
    found = reads.replace(tzinfo=zone, fold=fold).astimezone(UTC)
    if found.astimezone(zone).replace(tzinfo=None) == reads:
        return to_ms(found)
    return _change(reads, zone)


def _change(reads: datetime, zone: ZoneInfo) -> int:
    """Give the instant of the change of the clock that skips a time."""
    # Read with the offset after the change, a skipped time lies before the change.
    early = to_ms(reads.replace(tzinfo=zone, fold=1).astimezone(UTC))
    late = to_ms(reads.replace(tzinfo=zone, fold=0).astimezone(UTC))
    before = from_ms(early).astimezone(zone).utcoffset()
    while late - early > 1:
        middle = (early + late) // 2
        if from_ms(middle).astimezone(zone).utcoffset() == before:
            early = middle
        else:
            late = middle
    return late


@cache
def _known() -> dict[str, _Known]:
    document = files("foedus.response").joinpath("calendars.json").read_bytes()
    return msgspec.json.decode(document, type=dict[str, _Known])
