"""Timestamps of STIX and TAXII: RFC 3339 in UTC, with any number of fraction digits.

- Instants are compared, never texts; the text itself is kept as it was written.
- Microseconds do not always tell two instants apart: `Instant.rest` holds the digits
  beyond the sixth, so that no two different instants are ever equal.

Source: STIX 2.1, section 2.16.
"""

import re
from datetime import UTC, datetime, timedelta

import msgspec

from foedus.errors import InvalidInputError

FRACTION_DIGITS_MAX = 30
"""Digits after the second. Clocks give 9; the rest is slack, bounded."""

_FORM = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,30})?Z"
).fullmatch
_MICROSECOND_END = len("YYYY-MM-DDThh:mm:ss.ssssss")
_EPOCH_UTC = datetime(1970, 1, 1, tzinfo=UTC)
_EPOCH = _EPOCH_UTC.replace(tzinfo=None)
_MICROSECOND = timedelta(microseconds=1)


class Instant(msgspec.Struct, frozen=True, order=True, gc=False):
    """A point in time; instants compare as time does.

    Attributes:
        us: whole microseconds since 1970, rounded down.
        rest: the digits beyond the microsecond without trailing zeros; nearly
            always empty.
    """

    us: int
    rest: str = ""


def parse_instant(text: str) -> Instant:
    """Read a timestamp such as `2017-06-01T00:00:00Z`.

    Raises:
        InvalidInputError: it is not `YYYY-MM-DDThh:mm:ss[.s…]Z`, or no such instant.
    """
    if _FORM(text) is None:
        raise InvalidInputError(_ADVICE)
    try:
        since = datetime.fromisoformat(text) - _EPOCH_UTC
    except ValueError as error:
        raise InvalidInputError(f"no such instant ({error}); {_ADVICE}") from error
    us = (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds
    if len(text) <= _MICROSECOND_END:
        return Instant(us)
    return Instant(us, text[_MICROSECOND_END:-1].rstrip("0"))


_ADVICE = "write it as YYYY-MM-DDThh:mm:ss.sssZ, in UTC"


def parse_us(text: str) -> int:
    """Read a timestamp as whole microseconds since 1970, rounded down.

    Raises:
        InvalidInputError: as `parse_instant`.
    """
    return parse_instant(text).us


def format_us(us: int) -> str:
    """Write microseconds since 1970 with six digits, as TAXII dates are written."""
    at = _EPOCH + us * _MICROSECOND
    return at.isoformat(timespec="microseconds") + "Z"
