"""The newest records of a collection, from a query that gives the oldest first.

The run of deliveries that holds enough of them is found by their numbers: first back
from the end in growing steps, then by halves. Each number is at most one delivery more,
so a run that holds neither too few nor too many exists and is found.
"""

from typing import Final

import msgspec

from foedus.intel.collections import Collection
from foedus.intel.pages import Filters, Record
from foedus.intel.reading import Snapshot
from foedus.releasability.viewers import Viewer

FIRST_STEP: Final = 2
"""How far back is looked at first, in multiples of what is wanted."""

GROWTH: Final = 4
"""How many times longer the next step is."""

SLACK: Final = 4
"""Deliveries that one question may give, in multiples of what is wanted."""

_ALL: Final = Filters()


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
    ranks = seen.ranks(viewer)
    end = ranks.start(collection.key, wish.before_us - 1)
    end = min(end, seen.state_of(collection).last)
    most = wish.limit * SLACK + 1

    def probe(after: int) -> list[tuple[int, int]]:
        """Give unit and number of what follows a number, `most` at most."""
        found = seen.places(viewer, collection, _ALL, after=after, limit=most)
        return [(unit, number) for number, unit, _ in found if number <= end]

    step = wish.limit * FIRST_STEP
    late, early = end, max(end - step, 0)
    inside = probe(early)
    while len(inside) <= wish.limit and early > 0:
        step *= GROWTH
        late, early = early, max(end - step, 0)
        inside = probe(early)
    while len(inside) == most:
        middle = (early + late) // 2
        found = probe(middle)
        if len(found) <= wish.limit:
            late = middle
        else:
            early, inside = middle, found
    if len(inside) <= wish.limit:
        return 0
    return ranks.added_us(*inside[-wish.limit - 1])
