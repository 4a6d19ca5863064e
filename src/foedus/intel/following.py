"""Following: all that comes to a viewer and is taken from it, in one order.

- The order is that of the commits. In each, what is lost goes before what is
  delivered, both by collection and then by number; collections go by a digest of
  their ids, so that no hidden delivery sways the order.
- A delivery is given as long as the viewer may see it. A loss is given to whom it
  took something from, unless the viewer sees the very version again by now.
- What follows a place is read from the tables each time: a consumer holds a place
  and nothing else, and it costs the hub nothing to be slow.

Source: DESIGN §7, "Live"; ADR 13.
"""

import hashlib
import heapq
from collections.abc import Iterator
from itertools import islice
from typing import Any, Final, NamedTuple

import apsw
import msgspec

from foedus.errors import ForbiddenError
from foedus.ids import CollectionId, NationCode
from foedus.intel.collections import Collection
from foedus.intel.pages import Filters
from foedus.intel.ranks import Ranks
from foedus.intel.reading import Snapshot
from foedus.releasability.join import FixedLabel, decode_label
from foedus.releasability.viewers import Viewer

LOST: Final = 0
"""The phase of a commit's losses."""

PUT: Final = 1
"""The phase of its deliveries."""

END: Final = 2
"""The place behind both."""

NUMBER_MAX: Final = 1 << 62
"""Behind every number."""

PAGE_BYTES_MAX: Final = 2 << 20
"""Bytes of objects that are read at once, give or take the last one."""

STRETCH: Final = 65_536
"""Numbers of the first stretch in which a reach's lost deliveries are looked for."""

WIDER: Final = 4
"""How much wider the next stretch is."""

GROUPS: Final = 500
"""Commits with losses that are looked up at once."""

_ORDER_BYTES: Final = 7

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

_GROUPS = """
SELECT at FROM loss WHERE at >= :first
 UNION
SELECT at FROM loss_reach WHERE at >= :first
 ORDER BY at
 LIMIT :limit
"""

_LOSSES = """
SELECT number, version, unit, mask
  FROM loss
 WHERE at = :at AND collection = :collection AND number > :after
 ORDER BY number
 LIMIT :limit
"""

_OF_REACHES = """
SELECT reach, until, mask
  FROM loss_reach INDEXED BY loss_reach_at
 WHERE at = :at AND collection = :collection
 ORDER BY reach, until
 LIMIT 100000
"""

_IN_REACHES = """
SELECT d.number, d.version, d.unit
  FROM json_each(:reaches) AS j
 CROSS JOIN delivery AS d INDEXED BY delivery_reach
    ON d.collection = :collection AND d.reach = json_extract(j.value, '$[0]')
 WHERE d.number > :after
   AND d.number <= min(:until, json_extract(j.value, '$[1]'))
 ORDER BY d.number
 LIMIT :limit
"""

_VERSION = """
SELECT object, type, written, modified FROM version WHERE version = :version
"""

_SEES = """
SELECT EXISTS (
       SELECT 1
         FROM version AS v
        CROSS JOIN delivery AS d ON d.version = v.version
        WHERE v.object = :object
          AND v.collection = :collection
          AND v.modified = :modified
          AND substr(:readable, d.reach, 1) = x'01')
"""

_OBJECT = """
SELECT v.object, v.type, v.written, v.nation, a.label,
       substr(e.body, v.place + 1, v.length)
  FROM version AS v
  JOIN audience AS a ON a.audience = v.audience
 CROSS JOIN log.entry AS e ON e.position = v.position AND e.body IS NOT NULL
 WHERE v.version = :version
"""


class Place(NamedTuple):
    """A place in the order; it never leaves the hub.

    Attributes:
        commit_ms: when the commit was made.
        phase: `LOST`, `PUT` or `END`.
        order: of the collection.
        number: of the delivery that came or was lost.
    """

    commit_ms: int
    phase: int
    order: int = 0
    number: int = 0


BEGINNING: Final = Place(0, LOST)


class Interest(msgspec.Struct, frozen=True, kw_only=True):
    """What a consumer wants to follow; empty means no restriction.

    Attributes:
        collections: ids of collections.
        types: of objects.
        last_only: of each object only the last version that the viewer sees.
        lost_after_ms: only losses of later commits.
    """

    collections: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    last_only: bool = False
    lost_after_ms: int = 0


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """Something that came to a viewer, or was taken from it.

    Attributes:
        added_us: the date added of what came or was lost, in the viewer's world.
        nation: the originator of what came.
        label: of what came; None where something was lost.
        raw: the bytes of what came.
    """

    place: Place
    collection: CollectionId
    id: str
    type: str
    version: str
    added_us: int
    nation: NationCode = NationCode("")
    label: FixedLabel | None = None
    raw: bytes = b""


class Followed(msgspec.Struct, frozen=True, kw_only=True):
    """What follows a place.

    Attributes:
        place: behind all that was read; where nothing more follows, the last commit.
        more: whether there is more behind it already.
    """

    changes: tuple[Change, ...]
    place: Place
    more: bool


class _Step(NamedTuple):
    """A change that is not read yet; `lost` names what was lost."""

    place: Place
    collection: Collection
    unit: int
    version: int
    lost: tuple[str, str, str] | None = None


def order_of(collection: CollectionId) -> int:
    """Give the order of a collection among others."""
    digest = hashlib.blake2b(collection.encode(), digest_size=_ORDER_BYTES).digest()
    return int.from_bytes(digest, "big")


def head(seen: Snapshot) -> Place:
    """Give the place behind all that there is; it is of no viewer's world."""
    db = seen.db
    last = (_LAST_UNIT, _LAST_LOSS, _LAST_LOSS_OF_REACH)
    return Place(max(int(db.execute(each).get or 0) for each in last), END)


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
        name: the order of its collection, and its date added.
    """
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
    changes: list[Change] = []
    size = 0
    steps = reader.steps(place, limit + 1)
    for count, step in enumerate(islice(steps, limit + 1)):
        if count == limit or size > PAGE_BYTES_MAX:
            return Followed(changes=tuple(changes), place=place, more=True)
        place = step.place
        change = reader.read(step)
        if change is not None:
            changes.append(change)
            size += len(change.raw)
    return Followed(changes=tuple(changes), place=last, more=False)


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
        self._bit = seen.access.place(viewer.nation, viewer.clearance)
        self._visible = seen.readable(viewer)
        self._ranks: Ranks = seen.ranks(viewer)
        self._arrivals: dict[int, int] = {}
        self._collections = _readable(seen, viewer, interest.collections)

    def steps(self, place: Place, limit: int) -> Iterator[_Step]:
        """Give what follows a place, in order; read as far as it is asked for."""
        puts = [
            self._puts(place, order, limit)
            for order, each in self._collections.items()
            if self._last(each) > self._start(place, order)
        ]
        return heapq.merge(self._losses(place, limit), *puts, key=_place_of)

    def read(self, step: _Step) -> Change | None:
        """Read a change; None for what was erased a moment ago."""
        added_us = self._ranks.added_us(step.unit, step.place.number)
        collection = step.collection.id
        if step.lost is not None:
            stix_id, stix_type, version = step.lost
            return Change(
                place=step.place, collection=collection, id=stix_id, type=stix_type,
                version=version, added_us=added_us,
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

    def _puts(self, place: Place, order: int, limit: int) -> Iterator[_Step]:
        collection = self._collections[order]
        after = self._start(place, order)
        while rows := self._seen.places(
            self._viewer, collection, self._filters, after=after, limit=limit
        ):
            for number, unit, version in rows:
                at = Place(self._arrival(unit), PUT, order, number)
                yield _Step(at, collection, unit, version)
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

    # What was lost

    def _losses(self, place: Place, limit: int) -> Iterator[_Step]:
        first = place.commit_ms + (place.phase != LOST)
        first = max(first, self._interest.lost_after_ms + 1)
        while groups := self._groups(first):
            for at in groups:
                for order in self._collections:
                    after = 0
                    if (at, LOST) == place[:2]:
                        if order < place.order:
                            continue
                        after = place.number if order == place.order else 0
                    yield from self._group(Place(at, LOST, order, after), limit)
            first = groups[-1] + 1

    def _groups(self, first: int) -> list[int]:
        bindings = {"first": first, "limit": GROUPS}
        return [int(at) for (at,) in self._db.execute(_GROUPS, bindings)]

    def _group(self, place: Place, limit: int) -> Iterator[_Step]:
        """Give the losses of one commit in one collection, after a number."""
        collection = self._collections[place.order]
        rows = heapq.merge(
            self._single(place, collection, limit),
            self._of_reaches(place, collection, limit),
        )
        for number, version, unit in rows:
            lost = self._lost(collection, version)
            if lost is not None:
                at = place._replace(number=number)
                yield _Step(at, collection, unit, version, lost)

    def _single(
        self, place: Place, collection: Collection, limit: int
    ) -> Iterator[tuple[int, int, int]]:
        bindings = {
            "at": place.commit_ms,
            "collection": collection.key,
            "after": place.number,
            "limit": limit,
        }
        while True:
            rows: list[tuple[Any, ...]] = self._db.execute(_LOSSES, bindings).fetchall()
            for number, version, unit, mask in rows:
                if self._holds(mask):
                    yield number, version, unit
            if len(rows) < limit:
                return
            bindings["after"] = rows[-1][0]

    def _of_reaches(
        self, place: Place, collection: Collection, limit: int
    ) -> Iterator[tuple[int, int, int]]:
        """Give the deliveries that lost with their reach, a stretch at a time."""
        where = {"at": place.commit_ms, "collection": collection.key}
        rows: list[tuple[Any, ...]] = self._db.execute(_OF_REACHES, where).fetchall()
        reaches = [(reach, until) for reach, until, mask in rows if self._holds(mask)]
        last = max((until for _, until in reaches), default=0)
        low, width = place.number, STRETCH
        while low < last:
            high = min(low + width, last)
            found: list[tuple[Any, ...]] = self._db.execute(
                _IN_REACHES,
                {
                    "reaches": msgspec.json.encode(reaches).decode(),
                    "collection": collection.key,
                    "after": low,
                    "until": high,
                    "limit": limit,
                },
            ).fetchall()
            yield from found
            if len(found) == limit:
                low = found[-1][0]
            else:
                low, width = high, width * WIDER

    def _holds(self, mask: bytes) -> bool:
        byte, bit = divmod(self._bit, 8)
        return byte < len(mask) and bool(mask[byte] >> bit & 1)

    def _lost(
        self, collection: Collection, version: int
    ) -> tuple[str, str, str] | None:
        """Name what was lost; None if it is not wanted, or is seen again."""
        row = self._db.execute(_VERSION, {"version": version}).get
        stix_id, stix_type, written, modified = row
        if self._interest.types and stix_type not in self._interest.types:
            return None
        bindings = {
            "object": stix_id,
            "collection": collection.key,
            "modified": modified,
            "readable": self._visible,
        }
        if self._db.execute(_SEES, bindings).get:
            return None
        return stix_id, stix_type, written


def _place_of(step: _Step) -> Place:
    return step.place
