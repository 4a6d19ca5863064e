"""The newest records of a collection, from a query that gives the oldest first.

The stretch of time that holds enough of them is found by asking for keys only: first
back from the end in growing steps, then by halves. Dates added are unique, so a
stretch that holds neither too few nor too many exists and is found.
"""

from typing import Final

import msgspec

from foedus.intel.collections import Collection
from foedus.intel.pages import Filters, Record
from foedus.intel.reading import Snapshot
from foedus.releasability.viewers import Viewer

FIRST_STRETCH_US: Final = 240_000_000
"""The first stretch that is looked at, four minutes; each next one is longer."""

GROWTH: Final = 4
"""How many times longer the next stretch is."""

SLACK: Final = 4
"""Keys that one question may give, in multiples of what is wanted."""


class Wish(msgspec.Struct, frozen=True, kw_only=True):
    """What is wanted: so many records, added before an instant."""

    limit: int
    before_us: int


def newest(
    seen: Snapshot, viewer: Viewer, collection: Collection, wish: Wish
) -> list[Record]:
    """Read the newest records that a viewer may see, newest first."""
    after_us = _after(seen, viewer, collection, wish)
    filters = Filters(added_after_us=after_us)
    page = seen.page(viewer, collection, filters, limit=wish.limit)
    found = [each for each in page.records if each.added_us < wish.before_us]
    return found[::-1]


def _after(seen: Snapshot, viewer: Viewer, collection: Collection, wish: Wish) -> int:
    """Find the instant after which just the wanted records were added."""

    def probe(after_us: int) -> tuple[list[int], bool]:
        page = seen.page(
            viewer,
            collection,
            Filters(added_after_us=after_us),
            limit=wish.limit * SLACK,
            bodies=False,
        )
        dates = [each.added_us for each in page.records]
        inside = [each for each in dates if each < wish.before_us]
        return inside, page.more and len(inside) == len(dates)

    stretch_us = FIRST_STRETCH_US
    late = wish.before_us
    early = max(late - stretch_us, 0)
    inside, too_many = probe(early)
    while not too_many and len(inside) < wish.limit and early > 0:
        stretch_us *= GROWTH
        late, early = early, max(wish.before_us - stretch_us, 0)
        inside, too_many = probe(early)
    while too_many:
        middle = (early + late) // 2
        inside, too_many = probe(middle)
        if not too_many and len(inside) < wish.limit:
            late, too_many = middle, True
        else:
            early = middle
    return inside[-wish.limit - 1] if len(inside) > wish.limit else early
