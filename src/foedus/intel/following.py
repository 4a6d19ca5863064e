"""Following: all that comes to a viewer and is taken from it, in one order.

- The order is that of `places`.
- A delivery is given as long as the viewer may see it; a loss, and news of other
  kinds, as `lost` and `news` say. Recalls are not here: they go before all else, in an
  order of their own (`courses`).
- What follows a place is read from the tables each time: a consumer holds a place
  and nothing else, and it costs the hub nothing to be slow.

Source: DESIGN §7, "Live"; ADR 13 and 14.
"""

import heapq
from collections.abc import Iterator
from itertools import islice
from typing import Final

import apsw
import msgspec

from foedus.errors import ForbiddenError
from foedus.ids import CollectionId, NationCode
from foedus.intel.collections import Collection
from foedus.intel.lost import LostReader
from foedus.intel.pages import Filters
from foedus.intel.places import (
    END,
    INTEL,
    NEWS,
    NUMBER_MAX,
    PUT,
    Change,
    Interest,
    Place,
    Step,
    order_of,
)
from foedus.intel.ranks import Ranks
from foedus.intel.reading import Snapshot
from foedus.intel.sieves import Sieve
from foedus.releasability.join import decode_label
from foedus.releasability.labelled import readable_labels
from foedus.releasability.news import (
    Item,
    Name,
    Spot,
    Wanted,
    items_after,
    last_told_ms,
    spot_of,
)
from foedus.releasability.viewers import Viewer

PAGE_BYTES_MAX: Final = 2 << 20
"""Bytes of objects that are read at once, give or take the last one."""

PAGE_COST_MAX: Final = 100_000_000
"""What judging patterns may cost for what is read at once, give or take the last
object: 100 ms, in nanoseconds. Whoever reads on gets the rest, after others."""

_LAST_UNIT = "SELECT arrival FROM unit ORDER BY unit DESC LIMIT 1"

_LAST_LOSS = "SELECT max(at) FROM loss"

_LAST_LOSS_OF_REACH = "SELECT max(at) FROM loss_reach"

_STATE = "SELECT position, generation FROM folded"

_ARRIVAL = "SELECT arrival FROM unit WHERE unit = :unit"

_LAST_UNTIL = """
SELECT last
  FROM unit
 WHERE collection = :collection AND arrival <= :at
 ORDER BY arrival DESC, unit DESC
 LIMIT 1
"""

_OBJECT = """
SELECT v.object, v.type, v.written, v.nation, a.label,
       substr(e.body, v.place + 1, v.length)
  FROM version AS v
  JOIN audience AS a ON a.audience = v.audience
 CROSS JOIN log.entry AS e ON e.position = v.position AND e.body IS NOT NULL
 WHERE v.version = :version
"""


class Followed(msgspec.Struct, frozen=True, kw_only=True):
    """What follows a place.

    Attributes:
        last: the last change that was read, wanted or not; None if there was none.
        place: behind all that was read; where nothing more follows, the last commit.
        more: whether there is more behind it already.
    """

    changes: tuple[Change, ...]
    last: Change | None = None
    place: Place
    more: bool


def head(seen: Snapshot) -> Place:
    """Give the place behind all that there is; it is of no viewer's world."""
    db = seen.db
    last = (_LAST_UNIT, _LAST_LOSS, _LAST_LOSS_OF_REACH)
    at = max(int(db.execute(each).get or 0) for each in last)
    return Place(max(at, last_told_ms(db)), END)


def state(seen: Snapshot) -> tuple[int, int]:
    """Give what changes whenever anything does, for what is kept; it is nobody's."""
    position, generation = seen.db.execute(_STATE).get
    return int(position), int(generation)


def place_of(
    seen: Snapshot, viewer: Viewer, commit_ms: int, phase: int, name: tuple[int, int]
) -> Place:
    """Find the place of what a viewer knows by its collection and date added.

    Args:
        seen: the views.
        viewer: in whose world it was dated.
        commit_ms: when it came or was lost.
        phase: which of the two.
        name: the order of its collection, and its date added; of news, their digest.
    """
    if phase == NEWS:
        spot = spot_of(seen.db, Name(commit_ms, *name))
        return Place(commit_ms, phase, spot.position, spot.turn)
    order, added_us = name
    found = _readable(seen, viewer, ()).get(order)
    if phase == END or found is None:
        return Place(commit_ms, phase, order, NUMBER_MAX)
    number = seen.ranks(viewer).start(found.key, added_us)
    if phase == PUT:
        number = min(number, _last_until(seen.db, found, commit_ms))
    return Place(commit_ms, phase, order, number)


def follow(
    seen: Snapshot, viewer: Viewer, interest: Interest, place: Place, *, limit: int
) -> Followed:
    """Read at most `limit` changes that follow a place.

    Raises:
        ForbiddenError: the viewer's nation has no standing.
    """
    if not seen.access.standing(viewer.nation):
        raise ForbiddenError("your nation has no standing here at present")
    last = head(seen)
    if place >= last:
        return Followed(changes=(), place=place, more=False)
    reader = _Reader(seen, viewer, interest)
    sieve = Sieve(seen, viewer, interest)
    changes: list[Change] = []
    size, latest = 0, None
    steps = reader.steps(place, limit + 1)
    for count, step in enumerate(islice(steps, limit + 1)):
        if count == limit or size > PAGE_BYTES_MAX or sieve.cost > PAGE_COST_MAX:
            return Followed(changes=tuple(changes), last=latest, place=place, more=True)
        place = step.place
        change = reader.read(step)
        if change is None:
            continue
        latest = change
        size += len(change.raw)
        wanted = sieve.sift(change, step)
        if wanted is not None:
            changes.append(wanted)
    return Followed(changes=tuple(changes), last=latest, place=last, more=False)


def _readable(
    seen: Snapshot, viewer: Viewer, wanted: tuple[str, ...]
) -> dict[int, Collection]:
    """Give the collections that a viewer may read, by their order."""
    found = {
        order_of(each.id): each
        for each in seen.collections(viewer)
        if each.can_read and (not wanted or each.id in wanted)
    }
    return dict(sorted(found.items()))


def _last_until(db: apsw.Connection, collection: Collection, at: int) -> int:
    bindings = {"collection": collection.key, "at": at}
    return int(db.execute(_LAST_UNTIL, bindings).get or 0)


class _Reader:
    """Reads for one viewer, inside one snapshot."""

    def __init__(self, seen: Snapshot, viewer: Viewer, interest: Interest) -> None:
        self._seen = seen
        self._db = seen.db
        self._viewer = viewer
        self._interest = interest
        self._filters = Filters(
            types=interest.types,
            versions=("last",) if interest.last_only else ("all",),
        )
        self._ranks: Ranks = seen.ranks(viewer)
        self._arrivals: dict[int, int] = {}
        wanted = interest.wants(INTEL)
        readable = _readable(seen, viewer, interest.collections) if wanted else {}
        self._collections = readable
        self._lost = LostReader(seen, viewer, interest, readable)

    def steps(self, place: Place, limit: int) -> Iterator[Step | Change]:
        """Give what follows a place, in order; read as far as it is asked for."""
        puts = [
            self._puts(place, order, limit)
            for order, each in self._collections.items()
            if self._last(each) > self._start(place, order)
        ]
        lost = self._lost.steps(place, limit) if self._collections else iter(())
        news = self._news(place, limit)
        return heapq.merge(lost, *puts, news, key=_place_of)

    def read(self, step: Step | Change) -> Change | None:
        """Read a change; None for what was erased a moment ago."""
        if isinstance(step, Change):
            return step
        added_us = self._ranks.added_us(step.unit, step.place.number)
        collection = step.collection.id
        if step.lost is not None:
            stix_id, stix_type, version, label = step.lost
            return Change(
                place=step.place, collection=collection, id=stix_id, type=stix_type,
                version=version, added_us=added_us, label=decode_label(label),
            )  # fmt: skip
        row = self._db.execute(_OBJECT, {"version": step.version}).fetchone()
        if row is None:
            return None
        return Change(
            place=step.place, collection=collection, id=row[0], type=row[1],
            version=row[2], added_us=added_us, nation=NationCode(row[3]),
            label=decode_label(row[4]), raw=row[5],
        )  # fmt: skip

    # What came

    def _puts(self, place: Place, order: int, limit: int) -> Iterator[Step]:
        collection = self._collections[order]
        after = self._start(place, order)
        while rows := self._seen.places(
            self._viewer, collection, self._filters, after=after, limit=limit
        ):
            for number, unit, version in rows:
                at = Place(self._arrival(unit), PUT, order, number)
                yield Step(at, collection, unit, version)
            after = rows[-1][0]
            if len(rows) < limit:
                return

    def _start(self, place: Place, order: int) -> int:
        """Give the last number of a collection that does not follow a place."""
        behind = (place.phase, place.order) >= (PUT, order)
        if place.phase == PUT and place.order == order:
            return place.number
        until = place.commit_ms if behind else place.commit_ms - 1
        return _last_until(self._db, self._collections[order], until)

    def _last(self, collection: Collection) -> int:
        return _last_until(self._db, collection, NUMBER_MAX)

    def _arrival(self, unit: int) -> int:
        found = self._arrivals.get(unit)
        if found is None:
            found = self._arrivals[unit] = int(
                self._db.execute(_ARRIVAL, {"unit": unit}).get
            )
        return found

    # What else was told

    def _news(self, place: Place, limit: int) -> Iterator[Change]:
        wanted = wanted_news(self._interest)
        after = _spot(max(place, Place(self._interest.news_after_ms, END)))
        if wanted is None or last_told_ms(self._db) <= after.at_ms:
            return
        readable = readable_labels(self._db, self._seen.access, self._viewer)
        while items := items_after(self._db, readable, wanted, after, limit=limit):
            for each in items:
                at = Place(each.spot.at_ms, NEWS, each.spot.position, each.spot.turn)
                yield change_of(each, at)
            after = items[-1].spot
            if len(items) < limit:
                return


def wanted_news(interest: Interest) -> Wanted | None:
    """Tell which news but recalls are wanted; None where none are."""
    if interest.collections:
        return None
    return Wanted(kinds=interest.kinds or None, types=interest.types or None)


def change_of(item: Item, place: Place) -> Change:
    """Make the change that an item of news is."""
    return Change(
        place=place, collection=CollectionId(""), id=item.thing, type=item.type,
        version="", added_us=item.name.at_ms * 1_000, label=item.label, kind=item.kind,
        nation=item.nation, raw=item.document, digest=(item.name.high, item.name.low),
    )  # fmt: skip


def _spot(place: Place) -> Spot:
    """Give the spot behind which the news follow that follow a place."""
    if place.phase == NEWS:
        return Spot(place.commit_ms, place.order, place.number)
    behind = NUMBER_MAX if place.phase == END else -1
    return Spot(place.commit_ms, behind, 0)


def _place_of(step: Step | Change) -> Place:
    return step.place
