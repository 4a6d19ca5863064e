"""When a digest is due: a time of day in a zone, every day or every Monday.

Each day of the zone has one instant of it, also when clocks change: an hour that is
left out counts as the one after it, an hour that comes twice counts the first time.
"""

import re
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from foedus.errors import InvalidInputError
from foedus.identity.digests import Every

_MONDAY: Final = 0
_TIME = re.compile(r"([01]\d|2[0-3]):([0-5]\d)").fullmatch


def read_minute(text: str) -> int:
    """Read a time of day, as a minute of it.

    Raises:
        InvalidInputError: it is none.
    """
    found = _TIME(text)
    if found is None:
        raise InvalidInputError(f"{text!r} is no time of day; write one such as 07:00")
    return int(found[1]) * 60 + int(found[2])


def read_zone(text: str) -> str:
    """Take the name of a zone.

    Raises:
        InvalidInputError: there is none of that name.
    """
    try:
        return ZoneInfo(text).key
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise InvalidInputError(
            f"there is no zone {text!r}; use a name such as Europe/Brussels"
        ) from error


def print_minute(minute: int) -> str:
    """Write a minute of the day as a time."""
    return f"{minute // 60:02}:{minute % 60:02}"


def last_due(minute: int, zone: str, every: Every, now: datetime) -> datetime:
    """Tell when a letter was last due, now included."""
    there = ZoneInfo(zone)
    day = now.astimezone(there).date() + timedelta(days=1)
    while (due := _instant(day, minute, there)) > now or not _is_day(day, every):
        day -= timedelta(days=1)
    return due


def _instant(day: date, minute: int, zone: ZoneInfo) -> datetime:
    at = time(minute // 60, minute % 60)
    return datetime.combine(day, at, tzinfo=zone).astimezone(UTC)


def _is_day(day: date, every: Every) -> bool:
    return every is Every.DAY or day.weekday() == _MONDAY
