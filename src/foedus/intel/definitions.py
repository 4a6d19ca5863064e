"""Definitions of the hub's own markings: visible exactly where an object carries one.

A definition is delivered just before the first object that carries it, to exactly
those who see such an object, and taken from whoever sees none any more. A version's
*stamp* is the set of the definitions that it needs: of the marking that was stamped,
and of further ones of the hub's that came with the object.

Source: DESIGN §6, "Stamped at the door"; STIX 2.1, section 7.2.1.
"""

from collections.abc import Iterable
from typing import Any, Final

import apsw
import msgspec

from foedus.eventlog.envelope import Recorded
from foedus.intel.arrivals import Arrivals
from foedus.intel.deliveries import Deliveries, Place
from foedus.intel.entitlements import Entitlements, StoredVersion
from foedus.intel.events import MarkingDefined
from foedus.releasability.join import decode_label, encode_label, public
from foedus.releasability.viewers import Viewer
from foedus.stix.markings import HUB_MARKING_CREATED
from foedus.stix.timestamps import parse_us

HUB_LANE: Final = ""
"""The nation of the lane in which the hub's own marking definitions stand."""

DEFINITION_MODIFIED: Final = parse_us(HUB_MARKING_CREATED)
"""The version of every hub marking definition, in microseconds since 1970."""

_DEFINITION = """
SELECT version
  FROM version
 WHERE object = :object AND collection = :collection AND nation = ''
"""

_SETS = "SELECT stamp, definitions FROM stamp ORDER BY stamp"

_NEW_SET = "INSERT INTO stamp (stamp, definitions) VALUES (:stamp, :definitions)"

_OWN_LABELS = """
SELECT a.label
  FROM version AS v
  JOIN audience AS a ON a.audience = v.audience
 WHERE v.stamp = :stamp
   AND v.nation = :nation
   AND v.withdrawn = 0
   AND v.flags & 8 = 0
"""

_DEFINITION_OBJECT = """
SELECT collection, object, position, arrival FROM version WHERE version = :version
"""


_DECODE_SET = msgspec.json.Decoder(tuple[int, ...]).decode


def carried_by_own(
    db: apsw.Connection, viewer: Viewer, definitions: Iterable[int]
) -> frozenset[int]:
    """Tell which definitions a version of the viewer's own nation needs.

    It counts as far as the viewer is cleared for it, delivered to it or not. What
    stands in for a revoked version was made by the hub, and does not count.

    Args:
        db: the views.
        viewer: who asks.
        definitions: the definitions in question, by row.
    """
    asked = set(definitions)
    found: set[int] = set()
    rows: list[tuple[Any, ...]] = db.execute(_SETS).fetchall() if asked else []
    for stamp, raw in rows:
        needed = asked.intersection(_DECODE_SET(raw)) - found
        if needed and _is_on_own(db, viewer, stamp):
            found |= needed
    return frozenset(found)


def _is_on_own(db: apsw.Connection, viewer: Viewer, stamp: int) -> bool:
    """Tell whether a version of the viewer's own nation needs a set."""
    bindings = {"stamp": stamp, "nation": viewer.nation}
    return any(
        decode_label(label).level <= viewer.clearance
        for (label,) in db.execute(_OWN_LABELS, bindings)
    )


class _Definition:
    """The definition of a marking, and the classes that hold it."""

    __slots__ = ("arrival", "held", "position", "where")

    def __init__(self, where: Place, position: int, arrival: int) -> None:
        self.where = where
        self.position = position
        self.arrival = arrival
        self.held = 0


class Definitions:
    """The fold's hand on the definitions of the hub's markings."""

    def __init__(
        self, entitlements: Entitlements, deliveries: Deliveries, arrivals: Arrivals
    ) -> None:
        self._entitlements = entitlements
        self._deliveries = deliveries
        self._arrivals = arrivals
        self._stamps: dict[tuple[int, tuple[str, ...]], int | None] = {}
        self._sets: dict[int, tuple[int, ...]] = {}
        self._known: dict[int, _Definition] = {}
        self._held_whole: dict[int, int] = {}

    def load(self, db: apsw.Connection) -> None:
        """Forget everything, and read the sets again."""
        self._stamps.clear()
        self._held_whole.clear()
        self._known.clear()
        rows: list[tuple[Any, ...]] = db.execute(_SETS).fetchall()
        self._sets = {stamp: _DECODE_SET(rows_of) for stamp, rows_of in rows}

    def define(
        self,
        db: apsw.Connection,
        recorded: Recorded,
        event: MarkingDefined,
        collection: int,
    ) -> None:
        """Take in the definition of a marking; nobody sees it yet."""
        if recorded.body is None:
            return
        audience = self._entitlements.audience(db, encode_label(public()), HUB_LANE)
        length = len(event.object)
        self._arrivals.add(
            (
                collection, event.id, HUB_LANE, "marking-definition",
                HUB_MARKING_CREATED, DEFINITION_MODIFIED, "2.1", audience,
                recorded.position, len(recorded.body) - 1 - length, length, None, None,
                recorded.arrival_ms, recorded.arrival_ms, 0, None, None,
            )
        )  # fmt: skip

    def stamp(
        self, db: apsw.Connection, collection: int, markings: tuple[str, ...]
    ) -> int | None:
        """Give the set of some markings' definitions; None if it is empty."""
        key = (collection, markings)
        if key not in self._stamps:
            self._arrivals.write(db)
            rows = [self._row(db, collection, each) for each in markings]
            found = tuple(sorted({row for row in rows if row is not None}))
            self._stamps[key] = self._set(db, found) if found else None
        return self._stamps[key]

    def deliver_for(
        self, db: apsw.Connection, stamp: int, gain: int, mark: int
    ) -> None:
        """Deliver definitions since a mark, unless all who gained hold them."""
        if gain & ~self._held_whole.get(stamp, 0):
            self.deliver_since(db, mark)
            whole = gain
            for row in self._sets[stamp]:
                whole &= self._definition(db, row).held
            self._held_whole[stamp] = self._held_whole.get(stamp, 0) | whole

    def deliver_since(self, db: apsw.Connection, mark: int) -> None:
        """Deliver the definitions of what was stamped since a mark, in front of it.

        Among themselves they go by their ids: no hidden object sways their order.
        """
        needing: dict[int, int] = {}
        for stamp, classes in self._deliveries.stamped_since(mark).items():
            for row in self._sets[stamp]:
                needing[row] = needing.get(row, 0) | classes
        found = [(self._definition(db, row), row) for row in needing]
        found.sort(key=lambda each: each[0].where["object"], reverse=True)
        for definition, row in found:
            if gain := needing[row] & ~definition.held:
                definition.held |= gain
                self._deliver(db, row, definition, gain, mark)

    def narrow(self, db: apsw.Connection, stamp: int) -> None:
        """Take definitions from those who see no object that carries them any more."""
        for row in self._sets[stamp]:
            self._narrow_one(db, row)

    def narrow_all(self, db: apsw.Connection) -> None:
        """Do it for every marking: what many saw narrowed."""
        for row in sorted({row for rows in self._sets.values() for row in rows}):
            self._narrow_one(db, row)

    def _narrow_one(self, db: apsw.Connection, row: int) -> None:
        definition = self._definition(db, row)
        needed = 0
        for stamp, rows in self._sets.items():
            if row in rows:
                needed |= self._deliveries.carriers(db, stamp)
        if surplus := definition.held & ~needed:
            self._deliveries.release_from(
                db, definition.where, version=row, classes=surplus
            )
            definition.held &= needed
            self._held_whole.clear()

    def _row(self, db: apsw.Connection, collection: int, marking: str) -> int | None:
        """Give the row of a marking's definition; None if its event is not there."""
        where = Place(collection=collection, object=marking)
        found = db.execute(_DEFINITION, where).get
        return None if found is None else int(found)

    def _set(self, db: apsw.Connection, rows: tuple[int, ...]) -> int:
        """Give the number of a set, making it on first use."""
        for stamp, known in self._sets.items():
            if known == rows:
                return stamp
        stamp = len(self._sets) + 1
        db.execute(_NEW_SET, {"stamp": stamp, "definitions": msgspec.json.encode(rows)})
        self._sets[stamp] = rows
        return stamp

    def _definition(self, db: apsw.Connection, row: int) -> _Definition:
        found = self._known.get(row)
        if found is None:
            read = db.execute(_DEFINITION_OBJECT, {"version": row}).get
            where = Place(collection=int(read[0]), object=str(read[1]))
            found = self._known[row] = _Definition(where, int(read[2]), int(read[3]))
            found.held = self._deliveries.readers(db, where, row)
        return found

    def _deliver(
        self,
        db: apsw.Connection,
        row: int,
        definition: _Definition,
        gain: int,
        before: int,
    ) -> None:
        version = StoredVersion(
            key=row,
            nation=HUB_LANE,
            audience=self._entitlements.audience(db, encode_label(public()), HUB_LANE),
            type="marking-definition",
            modified=DEFINITION_MODIFIED,
            stamp=None,
            position=definition.position,
            information=definition.arrival,
            arrival=definition.arrival,
        )
        self._deliveries.deliver(
            db, version, definition.where, classes=gain, before=before
        )
