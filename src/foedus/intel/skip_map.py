"""The skip map: which blocks of deliveries hold anything that a view class may read.

Source: DESIGN §6.
"""

from collections.abc import Iterator

import apsw

from foedus.intel.units import BLOCK
from foedus.releasability.views import from_blob

_BLOCKS = """
SELECT block, mask
  FROM block
 WHERE collection = :collection AND block >= :block
 ORDER BY block
 LIMIT 1000000
"""


class SkipMap:
    """Finds the runs of blocks worth looking into; keeps what it has read of it."""

    def __init__(self, db: apsw.Connection) -> None:
        self._db = db
        self._blocks: dict[tuple[int, int], bytearray] = {}

    def forget(self) -> None:
        """Drop what follows from who may read what: that has changed."""
        self._blocks.clear()

    def stretches(
        self, collection: int, place: int, *, after: int, until: int
    ) -> Iterator[tuple[int, int]]:
        """Split numbers into runs of blocks that hold anything readable.

        Args:
            collection: its key.
            place: the number of the view class's bit.
            after: the number that the first run may begin behind.
            until: the last number.

        Yields:
            Of each run the number before its first, and its last.
        """
        blocks = self._of(collection, place)
        number = after
        while number < until:
            block = blocks.find(1, (number + 1) // BLOCK)
            if block < 0:
                return
            end = blocks.find(0, block)
            end = len(blocks) if end < 0 else end
            low = max(number, block * BLOCK - 1)
            high = min(until, end * BLOCK - 1)
            if low < high:
                yield low, high
            number = max(high, end * BLOCK - 1)

    def _of(self, collection: int, place: int) -> bytearray:
        """Give a byte a block: has it any that the class may read?"""
        known = self._blocks.setdefault((collection, place), bytearray())
        # The last known block may have grown since; ask for it again.
        start = max(len(known) - 1, 0)
        bindings = {"collection": collection, "block": start}
        for block, mask in self._db.execute(_BLOCKS, bindings):
            while len(known) <= block:
                known.append(0)
            known[block] = from_blob(mask) >> place & 1
        return known
