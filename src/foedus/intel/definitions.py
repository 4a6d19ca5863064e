"""Definitions of the hub's own markings: visible exactly where an object carries one.

A definition is delivered just before the first object that carries it, to exactly
those who see such an object, and taken from whoever sees none any more.

Source: DESIGN §6, "Stamped at the door"; STIX 2.1, section 7.2.1.
"""

from typing import Any, Final

import apsw

from foedus.eventlog.envelope import Recorded
from foedus.intel.arrivals import Arrivals
from foedus.intel.deliveries import Deliveries, Place
from foedus.intel.entitlements import Entitlements, StoredVersion
from foedus.intel.events import MarkingDefined
from foedus.releasability.join import encode_label, public
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

_DEFINITIONS = "SELECT version FROM version WHERE nation = '' ORDER BY version"

_DEFINITION_OBJECT = """
SELECT collection, object, position, arrival FROM version WHERE version = :version
"""


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
        self._stamps: dict[tuple[int, str], int] = {}
        self._known: dict[int, _Definition] = {}

    def load(self) -> None:
        """Forget everything."""
        self._stamps.clear()
        self._known.clear()

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

    def row(self, db: apsw.Connection, collection: int, marking: str) -> int | None:
        """Give the row of a marking's definition; None if its event was redacted."""
        found = self._stamps.get((collection, marking))
        if found is None:
            self._arrivals.write(db)
            where = Place(collection=collection, object=marking)
            row = db.execute(_DEFINITION, where).get
            if row is not None:
                found = self._stamps[(collection, marking)] = int(row)
        return found

    def deliver_for(
        self, db: apsw.Connection, stamp: int, gain: int, mark: int
    ) -> None:
        """Deliver definitions since a mark, unless all who gained hold this one."""
        if gain & ~self._definition(db, stamp).held:
            self.deliver_since(db, mark)

    def deliver_since(self, db: apsw.Connection, mark: int) -> None:
        """Deliver the definitions of what was stamped since a mark, in front of it.

        Among themselves they go by their ids: no hidden object sways their order.
        """
        stamped = self._deliveries.stamped_since(mark)
        found = [(self._definition(db, stamp), stamp) for stamp in stamped]
        found.sort(key=lambda each: each[0].where["object"], reverse=True)
        for definition, stamp in found:
            if gain := stamped[stamp] & ~definition.held:
                definition.held |= gain
                self._deliver(db, stamp, definition, gain, mark)

    def narrow(self, db: apsw.Connection, stamp: int) -> None:
        """Take a definition from those who see no object that carries it any more."""
        definition = self._definition(db, stamp)
        needed = self._deliveries.carriers(db, stamp)
        if surplus := definition.held & ~needed:
            self._deliveries.release_from(
                db, definition.where, version=stamp, classes=surplus
            )
            definition.held &= needed

    def narrow_all(self, db: apsw.Connection) -> None:
        """Do it for every marking: what many saw narrowed."""
        rows: list[tuple[Any, ...]] = db.execute(_DEFINITIONS).fetchall()
        for (stamp,) in rows:
            self.narrow(db, stamp)

    def _definition(self, db: apsw.Connection, stamp: int) -> _Definition:
        found = self._known.get(stamp)
        if found is None:
            row = db.execute(_DEFINITION_OBJECT, {"version": stamp}).get
            where = Place(collection=int(row[0]), object=str(row[1]))
            found = self._known[stamp] = _Definition(where, int(row[2]), int(row[3]))
            found.held = self._deliveries.readers(db, where, stamp)
        return found

    def _deliver(
        self,
        db: apsw.Connection,
        stamp: int,
        definition: _Definition,
        gain: int,
        before: int,
    ) -> None:
        version = StoredVersion(
            key=stamp,
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
