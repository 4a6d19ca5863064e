"""What was lost: whatever was taken from a viewer, read in the order of following.

A loss is given to whom it took something from, unless the viewer sees the very version
again by now.

Source: DESIGN §7, "Live"; ADR 13.
"""

import heapq
from collections.abc import Iterator, Mapping
from typing import Any, Final

import msgspec

from foedus.intel.collections import Collection
from foedus.intel.places import LOST, Interest, Place, Step
from foedus.intel.reading import Snapshot
from foedus.releasability.viewers import Viewer

STRETCH: Final = 65_536
"""Numbers of the first stretch in which a reach's lost deliveries are looked for."""

WIDER: Final = 4
"""How much wider the next stretch is."""

GROUPS: Final = 500
"""Commits with losses that are looked up at once."""

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
SELECT v.object, v.type, v.written, v.modified, a.label
  FROM version AS v
  JOIN audience AS a ON a.audience = v.audience
 WHERE v.version = :version
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


class LostReader:
    """Reads what one viewer lost, inside one snapshot.

    Args:
        seen: the snapshot.
        viewer: whose losses.
        interest: what of them is wanted.
        collections: what the viewer may read, by its order.
    """

    def __init__(
        self,
        seen: Snapshot,
        viewer: Viewer,
        interest: Interest,
        collections: Mapping[int, Collection],
    ) -> None:
        self._db = seen.db
        self._bit = seen.access.place(viewer.nation, viewer.clearance)
        self._visible = seen.readable(viewer)
        self._interest = interest
        self._collections = collections

    def steps(self, place: Place, limit: int) -> Iterator[Step]:
        """Give what follows a place, in order; read as far as it is asked for."""
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

    def _group(self, place: Place, limit: int) -> Iterator[Step]:
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
                yield Step(at, collection, unit, version, lost)

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
    ) -> tuple[str, str, str, bytes] | None:
        """Name what was lost, and its label; None if not wanted, or seen again."""
        row = self._db.execute(_VERSION, {"version": version}).get
        stix_id, stix_type, written, modified, label = row
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
        return stix_id, stix_type, written, label
