"""Histories: the versions of one object that a viewer sees, and since when.

For whoever tells of an object as one thing that changes, as OpenCTI does: what came
before, what is left when a version goes. All is asked of what may be seen *now*: what
was taken from a viewer is in nobody's history.

Source: DESIGN §6, "Lanes", "Non-interference"; ADR 17.
"""

from collections.abc import Sequence
from typing import Any, Final

import msgspec

from foedus.ids import NationCode
from foedus.intel.collections import Collection
from foedus.intel.places import PUT, Place, order_of
from foedus.intel.reading import Snapshot
from foedus.releasability.viewers import Viewer

VERSIONS_MAX: Final = 1_000
"""Versions of one object that are looked at; the newest."""

_SEEN = """
SELECT d.collection, d.number, d.unit, u.arrival, v.version, v.modified, v.nation
  FROM version AS v
 CROSS JOIN delivery AS d ON d.version = v.version
 CROSS JOIN unit AS u ON u.unit = d.unit
 WHERE v.object = :object
   AND substr(:readable, d.reach, 1) = x'01'
 ORDER BY v.modified DESC, d.number DESC
 LIMIT :limit
"""

_RAW = """
SELECT substr(e.body, v.place + 1, v.length)
  FROM version AS v
 CROSS JOIN log.entry AS e ON e.position = v.position AND e.body IS NOT NULL
 WHERE v.version = :version
"""


class Seen(msgspec.Struct, frozen=True, kw_only=True):
    """One version of an object, as it came to a viewer.

    Attributes:
        place: where it came in the order of following.
        version: its row; it never leaves the hub.
        modified_us: which version it is.
        added_us: its date added, in the viewer's world.
    """

    place: Place
    version: int
    modified_us: int
    added_us: int
    nation: NationCode


class Histories:
    """Looks up objects for one viewer, inside one snapshot.

    Args:
        seen: the snapshot.
        viewer: who looks.
        collections: where; all that the viewer may read if empty.
    """

    def __init__(
        self, seen: Snapshot, viewer: Viewer, collections: Sequence[str] = ()
    ) -> None:
        self._db = seen.db
        self._readable = seen.readable(viewer)
        self._ranks = seen.ranks(viewer)
        self._collections: dict[int, Collection] = {
            each.key: each
            for each in seen.collections(viewer)
            if each.can_read and (not collections or each.id in collections)
        }

    def of(self, stix_id: str) -> list[Seen]:
        """Give the versions of an object that are seen, the newest first."""
        bindings = {
            "object": stix_id,
            "readable": self._readable,
            "limit": VERSIONS_MAX,
        }
        rows: list[tuple[Any, ...]] = self._db.execute(_SEEN, bindings).fetchall()
        return [self._seen(row) for row in rows if row[0] in self._collections]

    def raw(self, version: int) -> bytes:
        """Give the bytes of a version; empty if it was erased a moment ago."""
        return bytes(self._db.execute(_RAW, {"version": version}).get or b"")

    def _seen(self, row: tuple[Any, ...]) -> Seen:
        collection, number, unit, arrival, version, modified, nation = row
        order = order_of(self._collections[collection].id)
        return Seen(
            place=Place(arrival, PUT, order, number),
            version=version,
            modified_us=modified,
            added_us=self._ranks.added_us(unit, number),
            nation=NationCode(nation),
        )
