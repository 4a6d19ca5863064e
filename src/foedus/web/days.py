"""Days as pages show and ask for them: `?as-of=2026-11-22` everywhere."""

import re
from collections.abc import Mapping
from datetime import date, timedelta

from starlette.requests import Request

from foedus.errors import InvalidInputError

AS_OF = "as-of"
"""The parameter that every page of dated facts takes."""

DAY = "day"
"""The same from a slider: days since the first day that it can be set to."""

DAYS_MAX = 365 * 200
"""Days that a slider may be set to."""


_LEAP_YEAR = 2024

_DAY = re.compile(r"(?<![A-Z+] )\b\d{4}-\d{2}-\d{2}\b")
"""A day in a sentence; those of a label, as in `NATO 2024-03-07`, are words of it."""

_ID = re.compile(r"\b[a-z0-9]+(?:_[a-z0-9]+)+\b")


def asked_day(request: Request, today: date, first: date | None = None) -> date:
    """Tell the day as of which a page is asked for; today unless it says.

    Args:
        request: what is asked.
        today: the present day.
        first: what the days of a slider are counted from; None where there is none.

    Raises:
        InvalidInputError: it is no day.
    """
    text = request.query_params.get(AS_OF, "")
    if text:
        try:
            return date.fromisoformat(text)
        except ValueError as error:
            raise InvalidInputError(
                f"{AS_OF}: write a day as in {AS_OF}={today.isoformat()}"
            ) from error
    slid = request.query_params.get(DAY, "")
    if not slid or first is None:
        return today
    if not (slid.isascii() and slid.isdigit()) or _is_beyond(slid):
        raise InvalidInputError(f"{DAY}: a number of days since {in_words(first)}")
    return first + timedelta(days=int(slid))


def _is_beyond(slid: str) -> bool:
    # Long numbers are refused unread: Python reads none of thousands of digits.
    return len(slid) > len(str(DAYS_MAX)) or int(slid) > DAYS_MAX


def in_words(day: date) -> str:
    """Write a day as people write it: `4 April 2023`."""
    return f"{day.day} {day:%B %Y}"


def shortly(day: date) -> str:
    """Write a day in a narrow place: `4 Apr 2023`."""
    return f"{day.day} {day:%b %Y}"


def as_read(dated: date | str | None) -> str:
    """Write what a source says of its day, of which it may know less than all.

    Returns:
        `4 Apr 2023`, or `Apr 2023` where no day is known; what is neither, such as a
        year or words, as it is; empty for None.
    """
    if isinstance(dated, date):
        return shortly(dated)
    if dated is None:
        return ""
    try:
        return shortly(date.fromisoformat(dated))
    except ValueError:
        pass
    try:
        return f"{date.fromisoformat(f'{dated}-01'):%b %Y}"
    except ValueError:
        return dated


def of_every_year(dated: str) -> str:
    """Write a holiday: `24 December 2026`, or `1 January` of every year.

    What is neither stays as it is.
    """
    try:
        return in_words(date.fromisoformat(dated))
    except ValueError:
        pass
    try:
        # A leap year has every day that there is.
        return in_words(date.fromisoformat(f"{_LEAP_YEAR}-{dated}")).removesuffix(
            f" {_LEAP_YEAR}"
        )
    except ValueError:
        return dated


def read_aloud(text: str, names: Mapping[str, str] | None = None) -> str:
    """Write days and ids in a sentence as people do: `4 Apr 2023`, `STANAG 4774`.

    Args:
        text: a sentence that was made for people and machines alike.
        names: what things are called, by id.
    """
    named = _ID.sub(lambda found: (names or {}).get(found[0], found[0]), text)
    return _DAY.sub(lambda found: as_read(found[0]), named)
