"""Periods of time as a playbook writes them: `PT30M`, `P1DT12H`, `P1M`.

- Weeks and days are exactly so many times 24 hours; a month is a month of the calendar
  in UTC, and ends on the last day where the day is missing.
- In working time only hours, minutes and seconds count, since the working days of
  nations differ in length.

Source: ISO 8601-1, section 5.5.2.
"""

import calendar
import re
from datetime import timedelta
from functools import lru_cache
from typing import Final

import msgspec

from foedus.clock import from_ms, to_ms
from foedus.errors import InvalidInputError

LONGEST_MS: Final = 731 * 86_400_000
"""The longest period: two years; a run that lasts longer is another run."""

WORKING_LONGEST_MS: Final = 2_000 * 3_600_000
"""The longest period of working time: a year of it, whose days are looked at singly."""

_MONTHS_MAX: Final = 24

_PERIOD: Final = re.compile(
    r"P(?:(?P<months>\d{1,3})M)?(?:(?P<weeks>\d{1,3})W)?(?:(?P<days>\d{1,3})D)?"
    r"(?:T(?=\d)(?:(?P<hours>\d{1,5})H)?(?:(?P<minutes>\d{1,7})M)?"
    r"(?:(?P<seconds>\d{1,9})(?:\.(?P<part>\d{1,3}))?S)?)?",
    re.ASCII,
)


class Period(msgspec.Struct, frozen=True, array_like=True):
    """So many months, and so many milliseconds after them.

    Attributes:
        has_days: whether it was written with weeks or days.
    """

    months: int
    ms: int
    has_days: bool = False

    def from_instant(self, start_ms: int) -> int:
        """Give the milliseconds that it lasts if it begins at an instant."""
        if not self.months:
            return self.ms
        start = from_ms(start_ms)
        years, month = divmod(start.month - 1 + self.months, 12)
        year, month = start.year + years, month + 1
        day = min(start.day, calendar.monthrange(year, month)[1])
        end = start.replace(year=year, month=month, day=day)
        return to_ms(end) - start_ms + self.ms


@lru_cache(maxsize=1_024)
def parse_period(text: str) -> Period:
    """Read a period.

    Raises:
        InvalidInputError: it is none, is nothing, or is longer than two years.
    """
    found = _PERIOD.fullmatch(text)
    if found is None or text == "P":
        raise InvalidInputError(
            f"{text!r} is no period; write PT30M, PT48H, P14D or P1M"
        )
    part = {name: int(each or 0) for name, each in found.groupdict().items()}
    length = timedelta(
        weeks=part["weeks"],
        days=part["days"],
        hours=part["hours"],
        minutes=part["minutes"],
        seconds=part["seconds"],
        milliseconds=int((found["part"] or "").ljust(3, "0")),
    )
    period = Period(
        months=part["months"],
        ms=length // timedelta(milliseconds=1),
        has_days=bool(part["weeks"] or part["days"]),
    )
    if period.months > _MONTHS_MAX or period.ms > LONGEST_MS:
        raise InvalidInputError(f"{text!r} is longer than two years; make it shorter")
    if not (period.months or period.ms):
        raise InvalidInputError(f"{text!r} is no time at all; make it longer")
    return period
