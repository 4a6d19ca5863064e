"""Units: what one commit delivers in one collection, numbered and dated.

- Numbers run without gaps inside a unit, in the order in which things were delivered.
- A unit stands on a whole millisecond, or where another server had dated what was
  taken over from it; always far enough behind the one before it that each delivery
  has a microsecond of its own. How many of them a viewer counts back from it
  depends on the reaches *at birth* alone, which are written here and never change.
- The skip map says which view classes can read anything of a block of deliveries.

Source: DESIGN §6, "Date added"; `releasability` reference, sections 2.2 and 2.3.
"""

from collections import Counter
from collections.abc import Sequence
from typing import Protocol

import apsw

from foedus.intel.spread import count_deliveries
from foedus.releasability.views import Reaches, to_blob

UNIT_REACHES_NARROW = 255
"""Distinct reaches of a unit up to which a delivery's reach at birth is one byte;
with more it is two."""

BLOCK = 1_024
"""Deliveries that share one entry of the skip map."""

_LAST_UNIT = """
SELECT coalesce(max(at), 0) FROM unit WHERE collection = :collection
"""

_LAST_NUMBER = "SELECT coalesce(max(last), 0) FROM unit"

_UNIT = """
INSERT INTO unit (unit, collection, at, first, last, palette, places, arrival)
VALUES (:unit, :collection, :at, :first, :last, :palette, :places, :arrival)
"""

_LAST_KEY = "SELECT coalesce(max(unit), 0) FROM unit"

_DELIVERY = """
INSERT INTO delivery (number, collection, reach, version, unit)
VALUES (?, ?, ?, ?, ?)
"""

_BLOCK = "SELECT mask FROM block WHERE collection = :collection AND block = :block"

_SET_BLOCK = """
INSERT INTO block (collection, block, mask) VALUES (:collection, :block, :mask)
    ON CONFLICT (collection, block) DO UPDATE SET mask = excluded.mask
"""


class Born(Protocol):
    """A delivery as its unit needs it."""

    @property
    def reach(self) -> int:
        """The reach that it is born with."""
        ...

    @property
    def version(self) -> int:
        """The row of what is delivered."""
        ...


class Units:
    """The fold's hand on units, numbers and the skip map."""

    def __init__(self, reaches: Reaches) -> None:
        self._reaches = reaches
        self._last_at: dict[int, int] = {}
        self._last_number = 0
        self._last_unit = 0
        self._blocks: dict[int, tuple[int, int]] = {}

    def load(self, db: apsw.Connection) -> None:
        """Read the heads again."""
        self._last_at.clear()
        self._blocks.clear()
        self._last_number = int(db.execute(_LAST_NUMBER).get)
        self._last_unit = int(db.execute(_LAST_KEY).get)

    @property
    def last_number(self) -> int:
        """The number of the last delivery."""
        return self._last_number

    def write(
        self,
        db: apsw.Connection,
        collection: int,
        items: Sequence[Born],
        *,
        wanted_us: int,
        arrival_ms: int,
    ) -> None:
        """Number the deliveries of one unit, date it, and mark the skip map.

        Args:
            db: the views.
            collection: where.
            items: what is delivered.
            wanted_us: where the unit is to stand, in microseconds since 1970; it
                stands later where the unit before it leaves no room.
            arrival_ms: when the commit was made.
        """
        births = Counter(item.reach for item in items)
        palette = list(births)
        count_deliveries(db, collection, births)
        self._last_unit += 1
        first = self._last_number + 1
        self._last_number += len(items)
        db.execute(
            _UNIT,
            {
                "unit": self._last_unit,
                "collection": collection,
                "at": self._next_at(db, collection, wanted_us, len(items)),
                "first": first,
                "last": self._last_number,
                "palette": b"".join(reach.to_bytes(2, "big") for reach in palette),
                "places": _places(palette, items),
                "arrival": arrival_ms,
            },
        )
        db.executemany(
            _DELIVERY,
            [
                (number, collection, item.reach, item.version, self._last_unit)
                for number, item in enumerate(items, start=first)
            ],
        )
        self._mark_blocks(db, collection, items, first)

    def _next_at(
        self, db: apsw.Connection, collection: int, wanted_us: int, count: int
    ) -> int:
        """Date a unit: each delivery has a microsecond before it.

        What wants a whole millisecond gets one.
        """
        last = self._last_at.get(collection)
        if last is None:
            last = int(db.execute(_LAST_UNIT, {"collection": collection}).get)
        soonest = last + count
        if not wanted_us % 1_000:
            soonest = -(-soonest // 1_000) * 1_000
        at = self._last_at[collection] = max(wanted_us, soonest)
        return at

    def _mark_blocks(
        self, db: apsw.Connection, collection: int, items: Sequence[Born], first: int
    ) -> None:
        masks: dict[int, int] = {}
        for block in range(first // BLOCK, (first + len(items) - 1) // BLOCK + 1):
            low = max(block * BLOCK - first, 0)
            high = (block + 1) * BLOCK - first
            for reach in {item.reach for item in items[low:high]}:
                masks[block] = masks.get(block, 0) | self._reaches.mask(reach)
        for block, mask in masks.items():
            self._mark_block(db, collection, block, mask)

    def _mark_block(
        self, db: apsw.Connection, collection: int, block: int, mask: int
    ) -> None:
        number, known = self._blocks.get(collection, (-1, 0))
        if number != block:
            where = {"collection": collection, "block": block}
            blob = db.execute(_BLOCK, where).get
            known = int.from_bytes(blob, "little") if blob is not None else 0
        merged = known | mask
        self._blocks[collection] = (block, merged)
        if merged != known or number != block:
            db.execute(
                _SET_BLOCK,
                {"collection": collection, "block": block, "mask": to_blob(merged)},
            )


def _places(palette: list[int], items: Sequence[Born]) -> bytes | None:
    """Write which reach of the palette each delivery was born with; None if the same.

    One byte each, or two (big end first) where the palette is long.
    """
    if len(palette) == 1:
        return None
    index = {reach: place for place, reach in enumerate(palette)}
    if len(palette) <= UNIT_REACHES_NARROW:
        return bytes(index[item.reach] for item in items)
    return b"".join(index[item.reach].to_bytes(2, "big") for item in items)
