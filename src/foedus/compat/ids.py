"""Ids of events: an instant in ms, a dash, and which of its events it was.

- `0-0` is before everything; `MS-0` before whatever came at that instant or later. A
  client may make these up. Others it was given.
- `MS-1` is such an instant that we gave: everything before it has been told.
- The rest is an `Ordinal`: it grows with each event, and counts nothing hidden.

Source: `cti-platforms` reference, 3a; ADR 17.
"""

import re
from datetime import UTC, datetime
from typing import Final, NamedTuple

from foedus.errors import InvalidInputError
from foedus.intel.ordinals import ORDINAL_MAX

GIVEN: Final = 1
"""The number of an instant that we gave."""

MS_MAX: Final = 253_402_300_799_999
"""The end of the year 9999."""

SECONDS_BELOW: Final = 10**11
"""Instants below it are in seconds: in ms it is the year 1973. Some connectors mistake
the one for the other."""

_FORM: Final = re.compile(r"(?P<ms>[0-9]{1,15})(?:-(?P<number>[0-9]{1,19}))?").fullmatch


class EventId(NamedTuple):
    """An id of an event; ids compare as events follow each other."""

    ms: int
    number: int = 0

    def __str__(self) -> str:
        return f"{self.ms}-{self.number}"

    @property
    def is_given(self) -> bool:
        """Whether we gave it; else a client chose an instant to begin with."""
        return self.number > 0


BEGINNING: Final = EventId(0)


def read_id(text: str, name: str) -> EventId:
    """Read an id, an instant in ms since 1970, or a date.

    Args:
        text: what came.
        name: as what it came; for the refusal.

    Raises:
        InvalidInputError: it is none of these.
    """
    found = _FORM(text)
    if found is None:
        return EventId(read_date(text, name))
    ms, number = int(found["ms"]), int(found["number"] or 0)
    if not number and 0 < ms < SECONDS_BELOW:
        ms *= 1_000
    if ms > MS_MAX or number > ORDINAL_MAX:
        raise _no_id(name)
    return EventId(ms, number)


def read_date(text: str, name: str) -> int:
    """Read a date such as `2026-11-23T12:00:00Z`, or an instant, as ms since 1970.

    Raises:
        InvalidInputError: it is none.
    """
    if text.isdigit() and _FORM(text):
        return read_id(text, name).ms
    try:
        at = datetime.fromisoformat(text)
    except ValueError as error:
        raise _no_id(name) from error
    try:
        at = at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    except OverflowError as error:
        raise _no_id(name) from error
    return max(0, int(at.timestamp() * 1_000))


def _no_id(name: str) -> InvalidInputError:
    return InvalidInputError(
        f"{name}: write an id that you were given, 0-0 for all there is, or an instant "
        "as ms since 1970 or as 2026-11-23T12:00:00Z"
    )
