"""What leaves: withdrawn versions, redacted ones, and what a narrowing takes away.

- Who loses something loses it at once, in place: no delivery moves, no date changes.
- Who loses the newest version of a lane while an older one stays meets that one anew;
  it lies behind everybody's cursor.
- Who loses a lane altogether is delivered the next one that may be seen.
- What was made from a version (its tear line, what stands in for it) goes with it.

Source: DESIGN §6, "Lanes", "Granular markings" and "Deliveries"; ADR 6.
"""

from collections.abc import Callable, Iterable, Sequence
from functools import reduce
from operator import or_
from typing import Any

import apsw
import msgspec

from foedus.ids import NationCode
from foedus.intel.definitions import Definitions
from foedus.intel.deliveries import Deliveries, Place
from foedus.intel.entitlements import Entitlements, StoredVersion
from foedus.intel.events import Published, Recalled, Withdrawn
from foedus.intel.tables import (
    FROM_STORED,
    PRECEDED,
    STORED_COLUMNS,
    SUPERSEDED,
    VERSIONS,
)
from foedus.releasability.views import Reaches

_ABSENCES = "SELECT nation, number FROM absence ORDER BY nation"

_ABSENT = """
INSERT INTO absence (nation, number, span)
VALUES (:nation, :number, (SELECT coalesce(max(span), 0) FROM alone_last))
"""

_PRESENT = "DELETE FROM absence WHERE nation = :nation"

_LANE = """
INSERT INTO lane (collection, object, nation, position)
VALUES (:collection, :object, :nation, :position)
    ON CONFLICT (collection, object, nation)
    DO UPDATE SET position = max(position, excluded.position)
"""

_WITHDRAW = "UPDATE version SET withdrawn = 1 WHERE version = :version"

_BLANK = """
UPDATE version
   SET place = 0, length = 1, cut_place = NULL, cut_length = NULL
 WHERE version = :version
"""

_FLAGS = """
UPDATE version SET flags = flags & ~3 | :flags WHERE version = :version
"""

_OF_LANE = """
 WHERE v.object = :object
   AND v.collection = :collection
   AND v.nation = :nation
   AND v.withdrawn = 0
 ORDER BY v.modified, v.version
"""

_LANE_VERSIONS = STORED_COLUMNS + FROM_STORED + _OF_LANE

_MADE_FROM = """
SELECT version, collection, object, nation
  FROM version
 WHERE origin IN (SELECT value FROM json_each(:origins))
   AND withdrawn = 0
 ORDER BY version
"""

_AT = """
SELECT version, collection, object, nation
  FROM (SELECT version, collection, object, nation, position
          FROM version
         WHERE version <= :version
         ORDER BY version DESC
         LIMIT 1000)
 WHERE position = :position
 ORDER BY version
"""

_SPECIAL = """
SELECT collection, object
  FROM version
 WHERE flags <> 0
   AND audience IN (SELECT value FROM json_each(:audiences))
   AND withdrawn = 0
 GROUP BY collection, object
 ORDER BY collection, object
"""

_IN_REACHES = """
SELECT v.collection, v.object
  FROM delivery AS d
  JOIN version AS v ON v.version = d.version
 WHERE d.reach IN (SELECT value FROM json_each(:reaches))
 GROUP BY v.collection, v.object
 ORDER BY v.collection, v.object
"""

_KEY_AT = """
SELECT version, position FROM version WHERE version >= :key ORDER BY version LIMIT 1
"""

_LAST_KEY = "SELECT coalesce(max(version), 0) FROM version"


def last_key_until(db: apsw.Connection, position: int) -> int:
    """Give the last version that stands at or before a position of the log.

    Versions are numbered as they arrive, so their positions grow with their numbers.
    """
    low, high = 0, int(db.execute(_LAST_KEY).get)
    while low < high:
        middle = (low + high + 1) // 2
        key, found = db.execute(_KEY_AT, {"key": middle}).get
        if found <= position:
            low = int(key)
        else:
            high = middle - 1
    return low


class Leaving:
    """The fold's hand on everything that narrows."""

    def __init__(
        self,
        reaches: Reaches,
        entitlements: Entitlements,
        deliveries: Deliveries,
        definitions: Definitions,
    ) -> None:
        self._reaches = reaches
        self._entitlements = entitlements
        self._deliveries = deliveries
        self._definitions = definitions
        self._absences: dict[str, int] = {}

    def load(self, db: apsw.Connection) -> None:
        """Read again who is absent."""
        rows: list[tuple[Any, ...]] = db.execute(_ABSENCES).fetchall()
        self._absences = dict(rows)

    def note_absences(self, db: apsw.Connection) -> None:
        """Note who has lost standing, and from where on: before anything follows."""
        access = self._entitlements.access
        for nation in access.alliance.nations:
            if not access.standing(nation) and nation not in self._absences:
                number = self._absences[nation] = self._deliveries.last_number
                db.execute(_ABSENT, {"nation": nation, "number": number})

    def forget_absences(self, db: apsw.Connection) -> None:
        """Forget who has standing again, once all that follows from it is done."""
        access = self._entitlements.access
        here = [NationCode(each) for each in self._absences]
        for nation in filter(access.standing, here):
            del self._absences[nation]
            db.execute(_PRESENT, {"nation": nation})

    # Of one id

    def withdraw(
        self,
        db: apsw.Connection,
        event: Withdrawn | Recalled,
        where: Place,
        position: int,
    ) -> None:
        """Take versions of a lane, and what was made from them."""
        self._move_lane(db, where, event.nation, position)
        lane = self._lane(db, where, event.nation)
        self._take(
            db, where, event.nation, [v for v in lane if self._goes(db, v, event)]
        )

    def replace(
        self, db: apsw.Connection, event: Published, where: Place, position: int
    ) -> None:
        """Take the older versions of a lane that a new one replaces."""
        self._move_lane(db, where, event.nation, position)
        lane = self._lane(db, where, event.nation)
        gone = [each for each in lane if each.modified in event.replaces]
        self._take(db, where, event.nation, gone)

    def redact(self, db: apsw.Connection, position: int) -> None:
        """Take the version that stood at a position; its bytes are nowhere now."""
        rows: list[tuple[Any, ...]] = db.execute(
            _AT, {"version": last_key_until(db, position), "position": position}
        ).fetchall()
        if not rows:
            return
        _, collection, stix_id, nation = rows[0]
        where = Place(collection=int(collection), object=str(stix_id))
        self._move_lane(db, where, str(nation), position)
        keys = {int(row[0]) for row in rows}
        for key in sorted(keys):
            db.execute(_BLANK, {"version": key})
        lane = self._lane(db, where, str(nation))
        gone = [each for each in lane if each.key in keys]
        self._take(db, where, str(nation), gone)

    def _take(
        self,
        db: apsw.Connection,
        where: Place,
        nation: str,
        gone: Sequence[StoredVersion],
    ) -> None:
        if not gone:
            return
        keys = {each.key for each in gone}
        made_from = _rows(db, _MADE_FROM, origins=sorted(keys))
        held = {each.key: self._readers(db, where, each) for each in gone}
        for key in keys:
            db.execute(_WITHDRAW, {"version": key})
        kept = self._lane(db, where, nation)
        kept = [each for each in kept if each.key not in {row[0] for row in made_from}]
        losing = 0
        for version in gone:
            losing |= self._bring_back_older(
                db, where, version, kept, held[version.key]
            )
        self._reflag(db, kept)
        before = self._deliveries.mark()
        losing |= self._staying(db, kept, held.values())
        self._deliveries.settle(db, where, holding={nation: losing})
        self._definitions.deliver_since(db, before)
        for stamp in sorted({v.stamp for v in gone if v.stamp is not None}):
            self._definitions.narrow(db, stamp)
        for key, collection, stix_id, made_by in made_from:
            there = Place(collection=int(collection), object=str(stix_id))
            lane = self._lane(db, there, str(made_by))
            derived = [each for each in lane if each.key == key]
            for each in derived:
                # No event of its own tells that its lane goes on from there.
                self._move_lane(db, there, str(made_by), each.position)
            self._take(db, there, str(made_by), derived)

    def _staying(
        self, db: apsw.Connection, kept: Sequence[StoredVersion], lost: Iterable[int]
    ) -> int:
        """Tell which classes go on holding a lane: what is left of it is for them."""
        classes = 0
        for version in kept:
            for _, entitled in self._entitlements.why(db, version):
                classes |= entitled
        return classes & reduce(or_, lost, 0)

    def _goes(
        self, db: apsw.Connection, version: StoredVersion, event: Withdrawn | Recalled
    ) -> bool:
        """Tell whether a version of the lane is among those that are withdrawn."""
        level = self._entitlements.label(db, version.audience)[0].level
        named = not event.versions or version.modified in event.versions
        return named and (event.clearance is None or level <= event.clearance)

    def _lane(
        self, db: apsw.Connection, where: Place, nation: str
    ) -> list[StoredVersion]:
        bindings = {**where, "nation": nation}
        return [StoredVersion(*row) for row in db.execute(_LANE_VERSIONS, bindings)]

    def _readers(
        self, db: apsw.Connection, where: Place, version: StoredVersion
    ) -> int:
        """Tell who holds a version and has had a chance to see it."""
        access = self._entitlements.access
        absent = [
            (access.mask([NationCode(nation)], 0), number)
            for nation, number in self._absences.items()
        ]
        return self._deliveries.readers(db, where, version.key, absent=absent)

    def _bring_back_older(
        self,
        db: apsw.Connection,
        where: Place,
        gone: StoredVersion,
        kept: Sequence[StoredVersion],
        losing: int,
    ) -> int:
        """Let the version that is now the newest come anew to who lost a newer one.

        It lies behind their cursors; without this they would never meet it again.

        Args:
            db: the views.
            where: the id.
            gone: the version that is lost.
            kept: what is left of the lane, by version.
            losing: the classes that lost it.

        Returns:
            The classes to which one comes anew; they go on holding the lane.
        """
        for newer in kept:
            if newer.modified >= gone.modified:
                losing &= ~self._seeing(db, where, newer)
        released = 0
        older = [each for each in kept if each.modified < gone.modified]
        for version in reversed(older):
            # Who loses the older one, too, is free for the lane of another nation.
            staying = losing & ~released & self._entitlements.total(db, version)
            released |= self._deliveries.release_from(
                db, where, version=version.key, classes=staying
            )
        return released

    def _seeing(self, db: apsw.Connection, where: Place, version: StoredVersion) -> int:
        """Tell which classes see a version by now.

        Who still waits for it, and does not hold it already, may never get it.
        """
        held = self._deliveries.readers(db, where, version.key)
        seeing = held & self._entitlements.total(db, version)
        for _, entitled in self._entitlements.why(db, version):
            seeing |= entitled
        return seeing

    def _reflag(self, db: apsw.Connection, lane: Sequence[StoredVersion]) -> None:
        instants = sorted({each.modified for each in lane})
        for version in lane:
            flags = (SUPERSEDED if version.modified != instants[-1] else 0) | (
                PRECEDED if version.modified != instants[0] else 0
            )
            db.execute(_FLAGS, {"flags": flags, "version": version.key})

    def _move_lane(
        self, db: apsw.Connection, where: Place, nation: str, position: int
    ) -> None:
        db.execute(_LANE, {**where, "nation": nation, "position": position})

    # Of many at once

    def narrow(
        self,
        db: apsw.Connection,
        audiences: Sequence[int],
        change: Callable[[], Iterable[int]],
    ) -> None:
        """Narrow audiences as a whole, and see to the ids that need more than that.

        Args:
            db: the views.
            audiences: by label, whose readers are about to change.
            change: narrows the reaches; gives those that have to be settled id by id.
        """
        places = [
            Place(collection=int(collection), object=str(stix_id))
            for collection, stix_id in _rows(db, _SPECIAL, audiences=list(audiences))
        ]
        had = [self._readers_of_all(db, where) for where in places]
        mixed = sorted(change())
        before = self._deliveries.mark()
        for where, readers in zip(places, had, strict=True):
            self._deliveries.settle(
                db, where, holding=self._come_back(db, where, readers)
            )
        if mixed:
            for collection, stix_id in _rows(db, _IN_REACHES, reaches=mixed):
                self._deliveries.settle(
                    db, Place(collection=int(collection), object=str(stix_id))
                )
        self._deliveries.sort_since(before)
        self._definitions.deliver_since(db, before)
        self._definitions.narrow_all(db)

    def _readers_of_all(
        self, db: apsw.Connection, where: Place
    ) -> dict[int, tuple[StoredVersion, int]]:
        rows: list[tuple[Any, ...]] = db.execute(VERSIONS, where).fetchall()
        versions = [StoredVersion(*row) for row in rows]
        return {each.key: (each, self._readers(db, where, each)) for each in versions}

    def _come_back(
        self,
        db: apsw.Connection,
        where: Place,
        had: dict[int, tuple[StoredVersion, int]],
    ) -> dict[str, int]:
        """Let older versions come anew where newer ones were lost, lane by lane."""
        holding: dict[str, int] = {}
        lanes: dict[str, list[StoredVersion]] = {}
        for version, _ in had.values():
            lanes.setdefault(version.nation, []).append(version)
        for nation, lane in lanes.items():
            lane.sort(key=lambda each: (each.modified, each.key))
            for version in lane:
                lost = had[version.key][1] & ~self._entitlements.total(db, version)
                if lost:
                    kept = [each for each in lane if each is not version]
                    again = self._bring_back_older(db, where, version, kept, lost)
                    again |= self._staying(db, kept, [lost])
                    holding[nation] = holding.get(nation, 0) | again
        return holding


def _rows(
    db: apsw.Connection, statement: str, **values: list[int]
) -> list[tuple[Any, ...]]:
    bindings = {
        name: msgspec.json.encode(value).decode() for name, value in values.items()
    }
    return db.execute(statement, bindings).fetchall()
