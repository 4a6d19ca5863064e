"""What is known of intelligence: collections, versions and deliveries.

- A version's bytes stay in `log.db`; the row holds where (position, place, length).
- What is stored is (collection, id, version, originating nation): a nation's
  versions of an id in a collection are its *lane*.
- Folding asks no clock and no chance; keys are given in order of first appearance.
"""

from typing import Any, Final, assert_never

import apsw
import msgspec

from foedus.alliance.events import DayBegun, Founded, StatusChanged
from foedus.alliance.views import access_date, load_alliance
from foedus.eventlog.envelope import Event, Recorded
from foedus.intel.arrivals import Arrivals
from foedus.intel.deliveries import PRECEDED, SUPERSEDED, Deliveries, Place
from foedus.intel.deliveries import StoredVersion as Stored
from foedus.intel.events import (
    CollectionOpened,
    IntelEvent,
    MarkingDefined,
    Published,
    Withdrawn,
)
from foedus.intel.tables import SCHEMA
from foedus.releasability.access import Access
from foedus.releasability.join import encode_label, public
from foedus.releasability.views import Reaches, bump_generation
from foedus.stix.markings import HUB_MARKING_CREATED
from foedus.stix.timestamps import parse_us

HUB_LANE: Final = ""
"""The nation of the lane in which the hub's own marking definitions stand."""

_COLLECTION = "SELECT collection FROM collection WHERE id = :id"

_OPEN_COLLECTION = """
INSERT INTO collection
       (id, alias, title, description, default_label, read, write)
VALUES (:id, :alias, :title, :description, :default_label, :read, :write)
    ON CONFLICT DO NOTHING
"""

_SIBLINGS = """
SELECT version, nation, modified, withdrawn, flags
  FROM version
 WHERE object = ? AND collection = ?
"""

_FLAG = "UPDATE version SET flags = flags | :flag WHERE version = :version"

_FLAGS = "UPDATE version SET flags = :flags WHERE version = :version"

_LANE = """
INSERT INTO lane (collection, object, nation, position)
VALUES (:collection, :object, :nation, :position)
    ON CONFLICT (collection, object, nation)
    DO UPDATE SET position = excluded.position
"""

_WITHDRAW = "UPDATE version SET withdrawn = 1 WHERE version = :version"

_LANE_VERSIONS = """
SELECT version, nation, audience, type, modified, stamp
  FROM version
 WHERE object = :object
   AND collection = :collection
   AND nation = :nation
   AND withdrawn = 0
 ORDER BY modified, version
"""

_DEFINITION = """
SELECT version
  FROM version
 WHERE object = :object AND collection = :collection AND nation = ''
"""

_CARRIERS = """
SELECT d.reach
  FROM version AS v
  JOIN delivery AS d ON d.version = v.version
 WHERE v.stamp = :stamp
 GROUP BY d.reach
"""

_OPEN_AUDIENCES = "SELECT audience FROM audience ORDER BY audience"

_OF_AUDIENCES = """
SELECT v.collection, v.object
  FROM version AS v
 WHERE v.audience IN (SELECT value FROM json_each(:audiences))
   AND v.withdrawn = 0
 GROUP BY v.collection, v.object
 ORDER BY v.collection, v.object
"""

_DEFINITIONS = "SELECT version FROM version WHERE nation = '' ORDER BY version"

_DEFINITION_OBJECT = "SELECT collection, object FROM version WHERE version = :version"


class _Definition:
    """The definition of a marking, and the classes that hold it."""

    __slots__ = ("held", "where")

    def __init__(self, where: Place, held: int) -> None:
        self.where = where
        self.held = held


class IntelView:
    """Folds intelligence, and what a change of the alliance does to it."""

    schema = SCHEMA
    version = 1

    def __init__(self) -> None:
        self._reaches = Reaches()
        self._deliveries = Deliveries(self._reaches)
        self._arrivals = Arrivals()
        self._collections: dict[str, int] = {}
        self._stamps: dict[tuple[int, str], int] = {}
        self._definitions: dict[int, _Definition] = {}

    def load(self, db: apsw.Connection) -> None:
        """Read again what is kept in memory beside the tables."""
        self._reaches.load(db)
        self._deliveries.load(db)
        self._arrivals.load(db)
        self._collections.clear()
        self._stamps.clear()
        self._definitions.clear()
        access = current_access(db)
        if access is not None:
            self._deliveries.use(access)

    def apply(self, db: apsw.Connection, recorded: Recorded, event: Event) -> None:
        """Fold one event."""
        match event:
            case Published() | MarkingDefined() | Withdrawn() | CollectionOpened():
                self._apply_intel(db, recorded, event)
            case Founded() | StatusChanged() | DayBegun():
                self._arrivals.write(db)
                self._change_access(db)
            case _:
                pass

    def close_commit(self, db: apsw.Connection, arrival_ms: int) -> None:
        """Number and date the deliveries of one commit."""
        self._arrivals.write(db)
        self._deliveries.close(db, arrival_ms)

    def _apply_intel(
        self, db: apsw.Connection, recorded: Recorded, event: IntelEvent
    ) -> None:
        match event:
            case Published():
                self._publish(db, recorded, event)
            case MarkingDefined():
                self._define(db, recorded, event)
            case Withdrawn():
                self._arrivals.write(db)
                self._withdraw(db, recorded, event)
            case CollectionOpened():
                _open_collection(db, event)
            case _:
                assert_never(event)

    # Publishing

    def _publish(
        self, db: apsw.Connection, recorded: Recorded, event: Published
    ) -> None:
        if recorded.body is None:
            return
        collection = self._collection(db, event.collection)
        where = Place(collection=collection, object=event.id)
        stamp = None
        if event.stamp is not None:
            stamp = self._stamp(db, collection, event.stamp)
        audience = self._deliveries.audience(db, bytes(event.label), event.nation)
        flags, alone = self._flag_siblings(db, where, event)
        length = len(event.object)
        cut_place, cut_length = event.splice or (None, None)
        key = self._arrivals.add(
            (
                collection, event.id, event.nation, event.type, event.version,
                event.version_us, event.spec_version, audience, recorded.position,
                len(recorded.body) - 1 - length, length, cut_place, cut_length,
                recorded.arrival_ms,
                recorded.arrival_ms
                if event.information_ms is None
                else event.information_ms,
                flags, stamp,
            )
        )  # fmt: skip
        before = self._deliveries.mark()
        if not alone:
            self._arrivals.write(db)
            self._deliveries.settle(db, where)
            self._deliver_definitions(db, before)
            return
        stored = Stored(
            key, event.nation, audience, event.type, event.version_us, stamp
        )
        gain = self._deliveries.first(db, stored, where)
        if stamp is not None and gain & ~self._definition(db, stamp).held:
            self._deliver_definitions(db, before)

    def _flag_siblings(
        self, db: apsw.Connection, where: Place, event: Published
    ) -> tuple[int, bool]:
        """Flag older and newer versions of the lane.

        Returns:
            The new version's own flags, and whether nothing else of the id can keep
            it from anybody: neither another lane nor the same version once more.
        """
        if self._arrivals.hold(where):
            self._arrivals.write(db)
        flags, alone = 0, True
        for version, nation, modified, withdrawn, flagged in db.execute(
            _SIBLINGS, (where["object"], where["collection"])
        ):
            if nation != event.nation:
                alone = False
            elif not withdrawn:
                alone = alone and modified != event.version_us
                newer = modified > event.version_us
                flags |= SUPERSEDED if newer else PRECEDED
                mark = PRECEDED if newer else SUPERSEDED
                if not flagged & mark:
                    db.execute(_FLAG, {"flag": mark, "version": version})
        return flags, alone

    def _move_lane(
        self, db: apsw.Connection, where: Place, nation: str, recorded: Recorded
    ) -> None:
        db.execute(
            _LANE,
            {
                "collection": where["collection"],
                "object": where["object"],
                "nation": nation,
                "position": recorded.position,
            },
        )

    def _collection(self, db: apsw.Connection, collection: str) -> int:
        found = self._collections.get(collection)
        if found is None:
            found = int(db.execute(_COLLECTION, {"id": collection}).get)
            self._collections[collection] = found
        return found

    # Definitions of the hub's own markings

    def _define(
        self, db: apsw.Connection, recorded: Recorded, event: MarkingDefined
    ) -> None:
        if recorded.body is None:
            return
        collection = self._collection(db, event.collection)
        audience = self._deliveries.audience(db, encode_label(public()), HUB_LANE)
        length = len(event.object)
        self._arrivals.add(
            (
                collection, event.id, HUB_LANE, "marking-definition",
                HUB_MARKING_CREATED, DEFINITION_MODIFIED, "2.1", audience,
                recorded.position, len(recorded.body) - 1 - length, length, None, None,
                recorded.arrival_ms, recorded.arrival_ms, 0, None,
            )
        )  # fmt: skip

    def _stamp(self, db: apsw.Connection, collection: int, marking: str) -> int | None:
        """Give the row of a marking's definition; None if its event was redacted."""
        found = self._stamps.get((collection, marking))
        if found is None:
            self._arrivals.write(db)
            where = Place(collection=collection, object=marking)
            row = db.execute(_DEFINITION, where).get
            if row is not None:
                found = self._stamps[(collection, marking)] = int(row)
        return found

    def _definition(self, db: apsw.Connection, stamp: int) -> "_Definition":
        found = self._definitions.get(stamp)
        if found is None:
            row = db.execute(_DEFINITION_OBJECT, {"version": stamp}).get
            where = Place(collection=int(row[0]), object=str(row[1]))
            held = self._deliveries.readers(db, where, stamp)
            found = self._definitions[stamp] = _Definition(where, held)
        return found

    def _deliver_definitions(self, db: apsw.Connection, before: int) -> None:
        """Deliver the definitions of what was stamped since a mark, in front of it.

        Among themselves they go by their ids: no hidden object sways their order.
        """
        stamped = self._deliveries.stamped_since(before)
        found = [(self._definition(db, stamp), stamp) for stamp in stamped]
        found.sort(key=lambda each: each[0].where["object"], reverse=True)
        for definition, stamp in found:
            if gain := stamped[stamp] & ~definition.held:
                definition.held |= gain
                self._deliver_definition(db, stamp, definition.where, gain, before)

    def _deliver_definition(
        self, db: apsw.Connection, stamp: int, where: Place, gain: int, before: int
    ) -> None:
        stored = Stored(
            key=stamp,
            nation=HUB_LANE,
            audience=self._deliveries.audience(db, encode_label(public()), HUB_LANE),
            type="marking-definition",
            modified=DEFINITION_MODIFIED,
            stamp=None,
        )
        self._deliveries.deliver(db, stored, where, classes=gain, before=before)

    def _narrow_definition(self, db: apsw.Connection, stamp: int) -> None:
        """Take a definition from those who see no object that carries it any more."""
        definition = self._definition(db, stamp)
        needed = self._deliveries.pending_carriers(stamp)
        for reach in db.execute(_CARRIERS, {"stamp": stamp}):
            needed |= self._reaches.mask(reach[0])
        if surplus := definition.held & ~needed:
            self._deliveries.release_from(
                db, definition.where, version=stamp, classes=surplus
            )
            definition.held &= needed

    # Withdrawing

    def _withdraw(
        self, db: apsw.Connection, recorded: Recorded, event: Withdrawn
    ) -> None:
        collection = self._collection(db, event.collection)
        where = Place(collection=collection, object=event.id)
        self._move_lane(db, where, event.nation, recorded)
        lane = self._lane(db, where, event.nation)
        gone = [version for version in lane if self._goes(db, version, event)]
        for version in gone:
            db.execute(_WITHDRAW, {"version": version.key})
        kept = [version for version in lane if version not in gone]
        losing = 0
        for version in gone:
            losing |= self._bring_back_older(db, where, version, kept)
        self._reflag(db, kept)
        self._settle(db, where, holding=(event.nation, losing))
        for stamp in {v.stamp for v in gone if v.stamp is not None}:
            self._narrow_definition(db, stamp)

    def _goes(self, db: apsw.Connection, version: Stored, event: Withdrawn) -> bool:
        """Tell whether a version of the lane is among those that are withdrawn."""
        level = self._deliveries.label(db, version.audience)[0].level
        named = not event.versions or version.modified in event.versions
        return named and (event.clearance is None or level <= event.clearance)

    def _lane(self, db: apsw.Connection, where: Place, nation: str) -> list[Stored]:
        bindings = {**where, "nation": nation}
        return [Stored(*row) for row in db.execute(_LANE_VERSIONS, bindings)]

    def _bring_back_older(
        self, db: apsw.Connection, where: Place, gone: Stored, kept: list[Stored]
    ) -> int:
        """Let the version that is now the newest come anew to who lost a newer one.

        It lies behind their cursors; without this they would never meet it again.

        Returns:
            The classes to which one comes anew; they go on holding the lane.
        """
        losing = self._deliveries.readers(db, where, gone.key)
        for newer in kept:
            if newer.modified >= gone.modified:
                losing &= ~self._deliveries.entitled(db, newer.audience)
        released = 0
        older = [each for each in kept if each.modified < gone.modified]
        for version in reversed(older):
            found = self._deliveries.release_from(
                db, where, version=version.key, classes=losing & ~released
            )
            released |= found
        return released

    def _reflag(self, db: apsw.Connection, lane: list[Stored]) -> None:
        for place, version in enumerate(lane):
            flags = (SUPERSEDED if place < len(lane) - 1 else 0) | (
                PRECEDED if place else 0
            )
            db.execute(_FLAGS, {"flags": flags, "version": version.key})

    def _settle(
        self, db: apsw.Connection, where: Place, *, holding: tuple[str, int]
    ) -> None:
        """Settle one id, and give the definitions that its markings need."""
        before = self._deliveries.mark()
        self._deliveries.settle(db, where, holding=holding)
        self._deliver_definitions(db, before)

    # The alliance changes

    def _change_access(self, db: apsw.Connection) -> None:
        """Narrow at once what narrows; deliver anew what widens."""
        access = current_access(db)
        assert access is not None, "founding comes first"
        old = self._entitlements(db)
        self._deliveries.use(access)
        bump_generation(db)
        changed = [
            audience
            for audience, before in old.items()
            if before != self._deliveries.entitled(db, audience)
        ]
        if not changed:
            return
        for reach in self._reaches.of_audiences(frozenset(changed)):
            audience, _ = self._reaches.key(reach)
            keep = self._reaches.mask(reach) & self._deliveries.entitled(db, audience)
            if keep != self._reaches.mask(reach):
                self._reaches.narrow(db, reach, keep)
        places: list[tuple[Any, ...]] = db.execute(
            _OF_AUDIENCES, {"audiences": msgspec.json.encode(changed).decode()}
        ).fetchall()
        before = self._deliveries.mark()
        for collection, stix_id in places:
            self._deliveries.settle(db, Place(collection=collection, object=stix_id))
        self._deliveries.sort_since(before)
        self._deliver_definitions(db, before)
        definitions: list[tuple[Any, ...]] = db.execute(_DEFINITIONS).fetchall()
        for (stamp,) in definitions:
            self._narrow_definition(db, stamp)

    def _entitlements(self, db: apsw.Connection) -> dict[int, int]:
        audiences: list[tuple[Any, ...]] = db.execute(_OPEN_AUDIENCES).fetchall()
        return {
            audience: self._deliveries.entitled(db, audience)
            for (audience,) in audiences
            if self._deliveries.label(db, audience)[0].open
        }


DEFINITION_MODIFIED: Final = parse_us(HUB_MARKING_CREATED)
"""The version of every hub marking definition, in microseconds since 1970."""


def current_access(db: apsw.Connection) -> Access | None:
    """Tell who may see what as the views stand; None before the founding."""
    on = access_date(db)
    return None if on is None else Access(load_alliance(db), on)


def _open_collection(db: apsw.Connection, event: CollectionOpened) -> None:
    # Of two that open one id at the same moment under two aliases, the first counts.
    db.execute(
        _OPEN_COLLECTION,
        {
            "id": event.collection,
            "alias": event.alias,
            "title": event.title,
            "description": event.description,
            "default_label": event.default_label,
            "read": msgspec.json.encode(event.read),
            "write": msgspec.json.encode(event.write),
        },
    )
    bump_generation(db)
