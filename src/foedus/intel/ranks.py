"""Dates: when something was added to a collection, in one viewer's world.

- A unit stands on a whole millisecond, or where another server had dated it; each of
  its deliveries is as many microseconds before it as deliveries follow that the
  viewer's class could read at birth.
- What a viewer cannot see is therefore counted nowhere, and a date never changes.

Source: DESIGN §6, "Date added"; `releasability` reference, sections 2.2 and 2.3.
"""

from bisect import bisect_right
from collections.abc import Sequence

import apsw

UNITS_MAX = 64
"""Units that are kept of one class; a byte a delivery, where not all can be read."""

_FIRST_UNIT = """
SELECT unit, at, first, last, palette, places
  FROM unit
 WHERE collection = :collection AND at > :at_us
 ORDER BY at
 LIMIT 1
"""

_UNIT = "SELECT unit, at, first, last, palette, places FROM unit WHERE unit = :unit"


class Unit:
    """One unit, as a view class ranks it."""

    __slots__ = ("at_us", "first", "last", "readable")

    def __init__(self, row: Sequence[object], at_birth: bytes) -> None:
        _, at, first, last, palette, places = row
        assert isinstance(at, int)
        assert isinstance(first, int)
        assert isinstance(last, int)
        assert isinstance(palette, bytes)
        self.at_us = at
        self.first = first
        self.last = last
        can = bytes(
            at_birth[int.from_bytes(palette[i : i + 2], "big") - 1]
            for i in range(0, len(palette), 2)
        )
        self.readable: bytes | None = None
        if 0 in can:
            self.readable = _readable(can, places, last - first + 1)

    def added_us(self, number: int) -> int:
        """Date a delivery: so many µs before the unit as the viewer has after it."""
        if self.readable is None:
            return self.at_us - (self.last - number)
        return self.at_us - self.readable.count(1, number - self.first + 1)

    def added_us_of(self, numbers: Sequence[int]) -> list[int]:
        """Date some deliveries; as `added_us`, many at once.

        Args:
            numbers: they grow, and the class could read each at birth; whatever it
                can read now is so.
        """
        if self.readable is None:
            begin = self.at_us - self.last
            return [begin + number for number in numbers]
        first, last = numbers[0] - self.first, numbers[-1] - self.first
        if self.readable.count(1, first, last + 1) == len(numbers):
            # As nearly always: what could be read at birth can be read now.
            end = self.added_us(numbers[-1]) + 1
            return list(range(end - len(numbers), end))
        return [self.added_us(number) for number in numbers]

    def last_not_after(self, added_us: int) -> int:
        """Give the last number of the unit that is dated at or before an instant."""
        low, high = self.first - 1, self.last
        while low < high:
            middle = (low + high + 1) // 2
            if self.added_us(middle) <= added_us:
                low = middle
            else:
                high = middle - 1
        return low


def _readable(can: bytes, places: object, count: int) -> bytes:
    """Give a byte a delivery of a unit: could the class read it when it was made?

    Args:
        can: a byte a reach of the unit's palette.
        places: which reach each delivery had; one byte each, or two.
        count: deliveries in the unit.
    """
    if not isinstance(places, bytes):
        return can * count
    if len(places) == count:
        return places.translate(can.ljust(256, b"\0"))
    return bytes(
        can[int.from_bytes(places[i : i + 2], "big")] for i in range(0, len(places), 2)
    )


class Ranks:
    """Dates of deliveries in one class's world, in one state of the views."""

    def __init__(self, db: apsw.Connection, at_birth: bytes) -> None:
        self._db = db
        self._at_birth = at_birth
        self._units: dict[object, Unit] = {}

    def added_us(self, unit: int, number: int) -> int:
        """Date one delivery."""
        return self._unit(unit).added_us(number)

    def added_us_of(self, units: Sequence[int], numbers: Sequence[int]) -> list[int]:
        """Date deliveries in their order, of each the unit and the number."""
        dates: list[int] = []
        low = 0
        while low < len(units):
            # Units grow with the numbers.
            high = bisect_right(units, units[low], low)
            dates += self._unit(units[low]).added_us_of(numbers[low:high])
            low = high
        return dates

    def _unit(self, unit: int) -> Unit:
        found = self._units.get(unit)
        if found is None:
            found = self._keep(self._db.execute(_UNIT, {"unit": unit}).get)
        return found

    def _keep(self, row: Sequence[object]) -> Unit:
        if len(self._units) >= UNITS_MAX:
            self._units.clear()
        unit = self._units[row[0]] = Unit(row, self._at_birth)
        return unit

    def start(self, collection: int, added_after_us: int | None) -> int:
        """Give the number after which to read on from an instant, exclusive."""
        if added_after_us is None:
            return 0
        bindings = {"collection": collection, "at_us": added_after_us}
        row = self._db.execute(_FIRST_UNIT, bindings).get
        if row is None:
            return 1 << 62
        unit = self._units.get(row[0]) or self._keep(row)
        return unit.last_not_after(added_after_us)
