"""What is known of intelligence: collections, versions and deliveries.

- A version's bytes stay in `log.db`; the row holds where (position, place, length).
- What is stored is (collection, id, version, originating nation): a nation's
  versions of an id in a collection are its *lane*.
- Folding asks no clock and no chance; keys are given in order of first appearance.
"""

from typing import Any

import apsw
import msgspec

from foedus.alliance.events import (
    DayBegun,
    Founded,
    ParticipationChanged,
    StatusChanged,
)
from foedus.alliance.past import load_past
from foedus.alliance.views import access_date, load_alliance
from foedus.eventlog.envelope import Event, Recorded, Redacted
from foedus.intel.acts import Acts
from foedus.intel.arrivals import Arrivals
from foedus.intel.definitions import Definitions
from foedus.intel.deliveries import Deliveries, Place
from foedus.intel.entitlements import Entitlements, StoredVersion
from foedus.intel.events import (
    CollectionOpened,
    ImportBegun,
    ImportEnded,
    MarkingDefined,
    Published,
    Recalled,
    ReleaseConsented,
    Released,
    ReleaseWithdrawn,
    StandIn,
    Widened,
    Withdrawn,
)
from foedus.intel.imports import note_import
from foedus.intel.tables import (
    PRECEDED,
    RIVAL,
    SCHEMA,
    STAND_IN,
    SUPERSEDED,
    TWIN,
    WAITS,
)
from foedus.releasability.access import Access
from foedus.releasability.views import Reaches, bump_generation

_COLLECTION = "SELECT collection FROM collection WHERE id = :id"

_OPEN_COLLECTION = """
INSERT INTO collection
       (id, alias, title, description, default_label, read, write, tear_lines,
        hold_minutes)
VALUES (:id, :alias, :title, :description, :default_label, :read, :write, :tear_lines,
        :hold_minutes)
    ON CONFLICT DO NOTHING
"""

_SIBLINGS = """
SELECT version, nation, modified, withdrawn, flags
  FROM version
 WHERE object = ? AND collection = ?
"""

_Sibling = tuple[Any, ...]
"""A version's row, nation, instant, whether it is withdrawn, and flags."""

_PAST = """
INSERT INTO past (one, position) VALUES (1, :position)
    ON CONFLICT (one) DO UPDATE SET position = excluded.position
"""

_FLAG = "UPDATE version SET flags = flags | :flag WHERE version = :version"

_UNRESOLVED = "INSERT INTO unresolved (object, version) VALUES (?, ?)"

_WAIT = """
INSERT INTO waiting (version, until, clearance, missing)
VALUES (:version, :until, :clearance, :missing)
"""

_WAITING = """
SELECT version, stamp
  FROM version
 WHERE object = :object
   AND collection = :collection
   AND nation = :nation
   AND modified = :modified
   AND flags & 16 <> 0
   AND withdrawn = 0
"""

_WITHDRAW = "UPDATE version SET withdrawn = 1 WHERE version = :version"

_WAIT_NO_MORE = "DELETE FROM waiting WHERE version = :version"

_ORIGIN = """
SELECT max(version), position, information, arrival
  FROM version
 WHERE object = :object
   AND collection = :collection
   AND nation = :nation
   AND modified = :modified
   AND flags & 8 = 0
   AND withdrawn = 0
"""


class IntelView:
    """Folds intelligence, and what a change of the alliance does to it.

    The table `past` holds the last position that may have changed what earlier
    deliveries give. Only what is known to add and change nothing is left out: a
    version of an id that nobody has published before, and a marking's definition.
    """

    folds = (
        Published
        | MarkingDefined
        | CollectionOpened
        | ImportBegun
        | ImportEnded
        | Withdrawn
        | Recalled
        | Redacted
        | Released
        | ReleaseConsented
        | ReleaseWithdrawn
        | Widened
        | Founded
        | StatusChanged
        | ParticipationChanged
        | DayBegun
    )
    schema = SCHEMA
    version = 8

    def __init__(self) -> None:
        self._reaches = Reaches()
        self._entitlements = Entitlements()
        self._deliveries = Deliveries(self._reaches, self._entitlements)
        self._arrivals = Arrivals()
        self._definitions = Definitions(
            self._entitlements, self._deliveries, self._arrivals
        )
        self._acts = Acts(
            self._reaches, self._entitlements, self._deliveries, self._definitions
        )
        self._collections: dict[str, int] = {}
        self._changes_past = False

    def load(self, db: apsw.Connection) -> None:
        """Read again what is kept in memory beside the tables."""
        self._reaches.load(db)
        self._entitlements.load(db)
        self._deliveries.load(db)
        self._arrivals.load(db)
        self._definitions.load(db)
        self._acts.leaving.load(db)
        self._collections.clear()
        access = current_access(db)
        if access is not None:
            self._entitlements.use(access, load_past(db, access.alliance))

    def apply(self, db: apsw.Connection, recorded: Recorded, event: Event) -> None:
        """Fold one event."""
        match event:
            case Published():
                self._deliveries.date(event.added_us)
                self._publish(db, recorded, event)
                self._deliveries.date(None)
                if self._changes_past:
                    _note_past(db, recorded)
            case MarkingDefined():
                collection = self._collection(db, event.collection)
                self._definitions.define(db, recorded, event, collection)
            case CollectionOpened():
                _open_collection(db, event)
                _note_past(db, recorded)
            case ImportBegun() | ImportEnded():
                note_import(db, event)
                _note_past(db, recorded)
            case (
                Withdrawn()
                | Recalled()
                | Redacted()
                | Released()
                | ReleaseConsented()
                | ReleaseWithdrawn()
                | Widened()
                | Founded()
                | StatusChanged()
                | ParticipationChanged()
                | DayBegun()
            ):
                self._arrivals.write(db)
                self._act(db, recorded, event)
                _note_past(db, recorded)
            case _:
                pass

    def close_commit(self, db: apsw.Connection, arrival_ms: int) -> None:
        """Number and date the deliveries of one commit."""
        self._arrivals.write(db)
        self._deliveries.close(db, arrival_ms)

    def _act(self, db: apsw.Connection, recorded: Recorded, event: Event) -> None:
        """Fold what concerns more than the version that it brings."""
        match event:
            case Withdrawn() | Recalled():
                where = self._place(db, event.collection, event.id)
                self._acts.leaving.withdraw(db, event, where, recorded.position)
            case Redacted():
                self._acts.leaving.redact(db, event.position)
            case Released():
                self._acts.release(db, recorded, event)
            case ReleaseConsented():
                self._acts.consent(db, recorded, event)
            case ReleaseWithdrawn():
                self._acts.end_release(db, recorded, event)
            case Widened():
                self._acts.widen(db, recorded, event)
            case _:
                access = current_access(db)
                assert access is not None, "founding comes first"
                self._acts.change_access(db, recorded.position, access)

    def _publish(
        self, db: apsw.Connection, recorded: Recorded, event: Published
    ) -> None:
        where = self._place(db, event.collection, event.id)
        left = self._end_wait(db, where, event) if event.ends_wait else None
        siblings = self._siblings(db, where)
        self._changes_past = bool(siblings or event.ends_wait or event.replaces)
        flags, alone = _flag_siblings(db, siblings, event.nation, event.version_us)
        if event.waits_until_ms is not None:
            flags |= WAITS
        stored = self._arrive(db, recorded, event, flags=flags)
        if event.unresolved or event.stand_ins:
            self._note(db, recorded, event, stored.key)
        before = self._deliveries.mark()
        if alone and not event.stand_ins and not event.ends_wait:
            gain = self._deliveries.first(db, stored, where)
            if stored.stamp is not None:
                self._definitions.deliver_for(db, stored.stamp, gain, before)
        else:
            self._arrivals.write(db)
            self._deliveries.settle(db, where)
            self._definitions.deliver_since(db, before)
        if left is not None:
            self._definitions.narrow(db, left)
        if event.replaces:
            self._arrivals.write(db)
            self._acts.leaving.replace(db, event, where, recorded.position)

    def _note(
        self, db: apsw.Connection, recorded: Recorded, event: Published, version: int
    ) -> None:
        """Note what a version lacks, what it waits for, and what stands in for it."""
        db.executemany(
            _UNRESOLVED, [(each, version) for each in dict.fromkeys(event.unresolved)]
        )
        if event.waits_until_ms is not None:
            db.execute(
                _WAIT,
                {
                    "version": version,
                    "until": event.waits_until_ms,
                    "clearance": event.clearance or 0,
                    "missing": msgspec.json.encode(event.unresolved),
                },
            )
        if event.stand_ins:
            self._arrivals.write(db)
            for each in event.stand_ins:
                self._stand_in(db, recorded, event, each)

    def _arrive(
        self,
        db: apsw.Connection,
        recorded: Recorded,
        event: Published,
        *,
        flags: int,
    ) -> StoredVersion:
        """Give a version its row."""
        collection = self._collection(db, event.collection)
        origin = None
        if event.origin is not None:
            self._arrivals.write(db)
            there = Place(collection=collection, object=event.origin)
            found = self._origin(db, there, event.nation, event.version_us)
            origin = found[0] if found else None
        markings = event.carries
        if event.stamp is not None:
            markings = (event.stamp, *markings)
        stamp = None
        if markings:
            stamp = self._definitions.stamp(db, collection, markings)
        audience = self._entitlements.audience(db, bytes(event.label), event.nation)
        information = recorded.arrival_ms
        if event.information_ms is not None:
            information = event.information_ms
        place, length = 0, 1
        if recorded.body is not None:
            length = len(event.object)
            place = len(recorded.body) - 1 - length
        cut_place, cut_length = event.splice or (None, None)
        key = self._arrivals.add(
            (
                collection, event.id, event.nation, event.type, event.version,
                event.version_us, event.spec_version, audience, recorded.position,
                place, length, cut_place, cut_length, recorded.arrival_ms, information,
                flags, stamp, origin,
            )
        )  # fmt: skip
        return StoredVersion(
            key, event.nation, audience, event.type, event.version_us, stamp,
            recorded.position, information, recorded.arrival_ms, flags & WAITS,
        )  # fmt: skip

    def _end_wait(
        self, db: apsw.Connection, where: Place, event: Published
    ) -> int | None:
        """Take out the version that waited; gives its stamp."""
        self._arrivals.write(db)
        found = {**where, "nation": event.nation, "modified": event.version_us}
        row = db.execute(_WAITING, found).fetchone()
        if row is None:
            return None
        db.execute(_WITHDRAW, {"version": row[0]})
        db.execute(_WAIT_NO_MORE, {"version": row[0]})
        return None if row[1] is None else int(row[1])

    def _stand_in(
        self, db: apsw.Connection, recorded: Recorded, event: Published, each: StandIn
    ) -> None:
        """Give a row to what stands in for a revoked version."""
        collection = self._collection(db, event.collection)
        where = Place(collection=collection, object=event.id)
        found = self._origin(db, where, event.nation, each.origin_us)
        stamp = None
        if each.stamp is not None:
            stamp = self._definitions.stamp(db, collection, (each.stamp,))
        audience = self._entitlements.audience(db, bytes(each.label), event.nation)
        place, length = 0, 1
        if recorded.body is not None:
            # Another stretch of the same bytes would serve as well.
            length = len(each.object)
            place = bytes(recorded.body).find(bytes(each.object))
        self._arrivals.add(
            (
                collection, event.id, event.nation, event.type, event.version,
                event.version_us, event.spec_version, audience, recorded.position,
                place, length, None, None, recorded.arrival_ms, recorded.arrival_ms,
                PRECEDED | STAND_IN, stamp, found[0] if found else None,
            )
        )  # fmt: skip

    def _origin(
        self, db: apsw.Connection, where: Place, nation: str, modified: int
    ) -> tuple[int, int, int, int] | None:
        """Find the version that another is made from."""
        row = db.execute(
            _ORIGIN, {**where, "nation": nation, "modified": modified}
        ).fetchone()
        return None if row is None or row[0] is None else row

    def _siblings(self, db: apsw.Connection, where: Place) -> list[_Sibling]:
        """Give all versions of an id in a collection, the withdrawn ones too."""
        if self._arrivals.hold(where):
            self._arrivals.write(db)
        return db.execute(_SIBLINGS, (where["object"], where["collection"])).fetchall()

    def _place(self, db: apsw.Connection, collection: str, stix_id: str) -> Place:
        return Place(collection=self._collection(db, collection), object=stix_id)

    def _collection(self, db: apsw.Connection, collection: str) -> int:
        found = self._collections.get(collection)
        if found is None:
            found = int(db.execute(_COLLECTION, {"id": collection}).get)
            self._collections[collection] = found
        return found


def current_access(db: apsw.Connection) -> Access | None:
    """Tell who may see what as the views stand; None before the founding."""
    on = access_date(db)
    return None if on is None else Access(load_alliance(db), on)


def _note_past(db: apsw.Connection, recorded: Recorded) -> None:
    db.execute(_PAST, {"position": recorded.position})


def _flag_siblings(
    db: apsw.Connection, siblings: list[_Sibling], nation: str, version_us: int
) -> tuple[int, bool]:
    """Flag older and newer versions of the lane.

    Returns:
        The new version's own flags, and whether nothing else of the id can keep it
        from anybody: neither another lane nor the same version once more.
    """
    flags, alone = 0, True
    for version, whose, modified, withdrawn, flagged in siblings:
        if withdrawn and whose == nation:
            continue
        mark = 0
        if whose != nation:
            alone = False
            flags |= RIVAL
            mark = RIVAL
        elif modified == version_us:
            alone = False
            flags |= TWIN
            mark = TWIN
        else:
            newer = modified > version_us
            flags |= SUPERSEDED if newer else PRECEDED
            mark = PRECEDED if newer else SUPERSEDED
        if mark & ~flagged:
            db.execute(_FLAG, {"flag": mark, "version": version})
    return flags, alone


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
            "tear_lines": int(event.tear_lines),
            "hold_minutes": event.hold_minutes,
        },
    )
    bump_generation(db)
