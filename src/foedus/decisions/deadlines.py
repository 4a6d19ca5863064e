"""Deadlines: an instant in UTC, the named zone, and the hour as it was announced.

- What counts is the instant. The zone and the announced hour stand beside it, so that
  everybody can see what was meant; if the rules of the zone change meanwhile, the two
  part, and the chair is asked.
- An hour that summer time makes ambiguous needs its offset; one that it skips is none.

Source: `response` reference, section 4.4, cases 1 and 2.
"""

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from foedus.clock import from_ms, to_ms
from foedus.errors import InvalidInputError

WORK: Final = range(9, 17)
"""Hours of a working day in a capital; its days are Monday to Friday."""

_FRIDAY: Final = 4

_PERIOD_MAX: Final = timedelta(days=366)
"""Working hours are counted over no longer a period."""


class Deadline(msgspec.Struct, frozen=True, kw_only=True):
    """When silence ends.

    Attributes:
        at_ms: the instant, in milliseconds since 1970.
        zone: the named zone in which it was announced.
        announced: the hour there, as it was announced, with its offset.
    """

    at_ms: int
    zone: str
    announced: str

    @property
    def at(self) -> datetime:
        """The instant."""
        return from_ms(self.at_ms)


def parse_deadline(text: str, default_zone: str) -> Deadline:
    """Read an hour and a zone: `2026-11-24 16:00 Europe/Brussels`.

    Args:
        text: date and hour, with an offset where the hour alone is ambiguous, and the
            name of the zone.
        default_zone: the zone where none is named.

    Raises:
        InvalidInputError: it is none, is skipped in that zone, or is ambiguous.
    """
    hour, zone = _parts(text, default_zone)
    try:
        said = datetime.fromisoformat(hour)
    except ValueError as error:
        raise InvalidInputError(
            f"{text!r} is no deadline; write it as 2026-11-24 16:00 Europe/Brussels"
        ) from error
    local = _placed(said, find_zone(zone))
    return deadline(to_ms(local.astimezone(UTC)), zone)


def deadline(at_ms: int, zone: str) -> Deadline:
    """Make the deadline of an instant, as it reads in a zone today."""
    return Deadline(at_ms=at_ms, zone=zone, announced=_reads(at_ms, zone))


def has_moved(found: Deadline) -> bool:
    """Tell whether the zone's rules have changed since the hour was announced."""
    return _reads(found.at_ms, found.zone) != found.announced


def find_zone(name: str) -> ZoneInfo:
    """Find a zone by its name.

    Raises:
        InvalidInputError: there is none.
    """
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise InvalidInputError(
            f"no time zone {name!r}; use a name such as Europe/Brussels"
        ) from error


def reads_in(at_ms: int, zone: str) -> str:
    """Write an instant as people in a zone read it, with abbreviation and place."""
    local = from_ms(at_ms).astimezone(ZoneInfo(zone))
    place = zone.rpartition("/")[2].replace("_", " ")
    where = "" if zone == "UTC" else f" ({place})"
    return f"{local:%a %d %b %Y, %H:%M %Z}{where}"


@lru_cache(maxsize=4_096)
def working_hours(start_ms: int, end_ms: int, zone: str) -> int:
    """Count the whole working hours of a capital that lie inside a period."""
    hour = from_ms(start_ms).replace(minute=0, second=0, microsecond=0)
    if hour < from_ms(start_ms):
        hour += timedelta(hours=1)
    end = min(from_ms(end_ms), from_ms(start_ms) + _PERIOD_MAX)
    place, count = ZoneInfo(zone), 0
    while hour + timedelta(hours=1) <= end:
        local = hour.astimezone(place)
        count += local.weekday() <= _FRIDAY and local.hour in WORK
        hour += timedelta(hours=1)
    return count


def _parts(text: str, default_zone: str) -> tuple[str, str]:
    """Part the hour from the name of the zone, which has a letter first."""
    hour, _, zone = text.strip().rpartition(" ")
    if hour and zone[:1].isalpha():
        return hour, "UTC" if zone == "Z" else zone
    return text.strip(), default_zone


def _placed(said: datetime, zone: ZoneInfo) -> datetime:
    if said.tzinfo is not None:
        return said
    early, late = said.replace(tzinfo=zone), said.replace(tzinfo=zone, fold=1)
    if early.utcoffset() == late.utcoffset():
        return early
    # In spring the two readings come back as other hours than the one that was said.
    if early.astimezone(UTC).astimezone(zone).replace(tzinfo=None) != said:
        raise InvalidInputError(
            f"{said:%Y-%m-%d %H:%M} does not exist in {zone.key}: the clock skips it; "
            "choose another hour"
        )
    offsets = " or ".join(f"{each:%z}" for each in (early, late))
    raise InvalidInputError(
        f"{said:%Y-%m-%d %H:%M} comes twice in {zone.key}; add the offset, {offsets}"
    )


def _reads(at_ms: int, zone: str) -> str:
    return from_ms(at_ms).astimezone(ZoneInfo(zone)).isoformat(timespec="minutes")
