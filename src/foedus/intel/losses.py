"""Losses: what was taken from whom, and when, for those who follow from afar.

- A loss is written where a delivery is narrowed, with the classes that lose it; where
  a reach is narrowed as a whole, one row a reach and collection stands for all of its
  deliveries, so that ending a release of a million objects writes as many rows as
  it has audiences.
- A delivery that moves off such a reach later takes the reach's losses along, at
  their old dates: nobody who lost it learns of what became of it afterwards.
- Who never had a chance to see a delivery loses nothing: nations without standing
  since before it, and those who may not read the collection.
- Losses of a commit come before its deliveries: what is lost and delivered anew in
  one act is gone first.
- A loss is kept for `KEPT_MS`, by the clock of the log.

Source: DESIGN §6, "A change has two dates"; §7, "Live"; ADR 13.
"""

from collections.abc import Iterator
from typing import Any, Final

import apsw
import msgspec

from foedus.ids import NationCode
from foedus.intel.events import Rights
from foedus.releasability.access import Access
from foedus.releasability.views import from_blob, to_blob

DAY_MS: Final = 86_400_000

KEPT_MS: Final = 31 * DAY_MS
"""How long a loss is kept: a day more than anybody may come back after."""

SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS loss (
    at          INTEGER NOT NULL,
    collection  INTEGER NOT NULL,
    number      INTEGER NOT NULL,
    version     INTEGER NOT NULL,
    unit        INTEGER NOT NULL,
    mask        BLOB    NOT NULL,
    PRIMARY KEY (at, collection, number)
) STRICT, WITHOUT ROWID;

CREATE INDEX IF NOT EXISTS loss_version ON loss (version);

CREATE TABLE IF NOT EXISTS loss_reach (
    collection  INTEGER NOT NULL,
    reach       INTEGER NOT NULL,
    at          INTEGER NOT NULL,
    until       INTEGER NOT NULL,
    mask        BLOB    NOT NULL,
    PRIMARY KEY (collection, reach, at, until)
) STRICT, WITHOUT ROWID;

CREATE INDEX IF NOT EXISTS loss_reach_at ON loss_reach (at, collection);
"""

_ABSENCES = "SELECT nation, number FROM absence ORDER BY nation LIMIT 10000"

_READ = """
SELECT c.read, coalesce(i.ended, 1)
  FROM collection AS c
  LEFT JOIN placed AS p ON p.collection = c.id
  LEFT JOIN import AS i ON i.source = p.source
 WHERE c.collection = :collection
"""

_REACHES = "SELECT DISTINCT reach FROM loss_reach ORDER BY reach LIMIT 70000"

_OF_REACH = """
SELECT at, mask
  FROM loss_reach
 WHERE collection = :collection AND reach = :reach AND until >= :number
 ORDER BY at, until
 LIMIT 100000
"""

_HOLDING = """
SELECT c.collection
  FROM collection AS c
 WHERE EXISTS (SELECT 1
                 FROM delivery AS d INDEXED BY delivery_reach
                WHERE d.collection = c.collection AND d.reach = :reach)
 ORDER BY c.collection
 LIMIT 10000
"""

_MASK = """
SELECT mask
  FROM loss
 WHERE at = :at AND collection = :collection AND number = :number
"""

_WRITE = """
INSERT INTO loss (at, collection, number, version, unit, mask)
VALUES (:at, :collection, :number, :version, :unit, :mask)
    ON CONFLICT (at, collection, number) DO UPDATE SET mask = excluded.mask
"""

_WRITE_REACH = """
INSERT INTO loss_reach (collection, reach, at, until, mask)
VALUES (:collection, :reach, :at, :until, :mask)
"""

_FORGET = "DELETE FROM loss WHERE at < :before"

_FORGET_REACH = "DELETE FROM loss_reach WHERE at < :before"


class Lost(msgspec.Struct, frozen=True, kw_only=True):
    """A delivery that is narrowed.

    Attributes:
        reach: the one that it had.
    """

    collection: int
    number: int
    version: int
    unit: int
    reach: int


class Losses:
    """The fold's hand on losses."""

    def __init__(self) -> None:
        self._taken: dict[tuple[int, int], tuple[Lost, int]] = {}
        self._of_reach: dict[tuple[int, int, int], int] = {}
        self._stored: set[int] = set()
        self._rights: dict[int, int] = {}

    def load(self, db: apsw.Connection) -> None:
        """Forget what is not written, and read which reaches lost anything."""
        self._forget()
        self._stored = {int(reach) for (reach,) in db.execute(_REACHES)}

    def take(
        self, db: apsw.Connection, access: Access, lost: Lost, classes: int
    ) -> None:
        """Note that classes lose a delivery, which has another reach from now on."""
        if classes:
            classes &= self._may_read(db, access, lost.collection)
        if classes:
            for nation, number in absences(db):
                if number < lost.number:
                    classes &= ~access.mask([nation], 0)
        for (collection, reach, until), mask in self._of_reach.items():
            if (collection, reach) == (lost.collection, lost.reach) and (
                until >= lost.number
            ):
                classes |= mask
        if classes:
            self._note(lost, classes)
        if lost.reach in self._stored:
            self._move(db, lost)

    def take_reach(
        self,
        db: apsw.Connection,
        access: Access,
        taken: tuple[int, int],
        *,
        until: int,
    ) -> None:
        """Note that classes lose whatever a reach holds.

        Args:
            db: the views.
            access: who may see what.
            taken: the reach, and the classes.
            until: the last delivery so far.
        """
        reach, classes = taken
        held: list[tuple[Any, ...]] = db.execute(_HOLDING, {"reach": reach}).fetchall()
        for (collection,) in held:
            for last, some in _by_absence(
                access, classes & self._may_read(db, access, collection), db, until
            ):
                key = (int(collection), reach, last)
                self._of_reach[key] = self._of_reach.get(key, 0) | some

    def close(self, db: apsw.Connection, arrival_ms: int) -> None:
        """Write the losses of a commit, and forget those that are too old."""
        before = {"before": arrival_ms - KEPT_MS}
        db.execute(_FORGET, before)
        db.execute(_FORGET_REACH, before)
        for lost, classes in self._taken.values():
            _write(db, arrival_ms, lost, classes)
        for (collection, reach, until), classes in self._of_reach.items():
            self._stored.add(reach)
            db.execute(
                _WRITE_REACH,
                {
                    "collection": collection,
                    "reach": reach,
                    "at": arrival_ms,
                    "until": until,
                    "mask": to_blob(classes),
                },
            )
        self._forget()

    def _note(self, lost: Lost, classes: int) -> None:
        key = (lost.collection, lost.number)
        known = self._taken.get(key)
        self._taken[key] = (lost, classes | (known[1] if known else 0))

    def _move(self, db: apsw.Connection, lost: Lost) -> None:
        """Give a delivery the earlier losses of the reach that it leaves."""
        where = {
            "collection": lost.collection,
            "reach": lost.reach,
            "number": lost.number,
        }
        rows: list[tuple[Any, ...]] = db.execute(_OF_REACH, where).fetchall()
        for at, mask in rows:
            found = {"at": at, "collection": lost.collection, "number": lost.number}
            known = from_blob(db.execute(_MASK, found).get or b"")
            _write(db, at, lost, known | from_blob(mask))

    def _may_read(self, db: apsw.Connection, access: Access, collection: int) -> int:
        """Give the classes that have a right to read a collection, standing aside."""
        found = self._rights.get(collection)
        if found is None:
            nations = readers_of(db, access, collection)
            found = self._rights[collection] = access.mask(nations, 0)
        return found

    def _forget(self) -> None:
        self._taken.clear()
        self._of_reach.clear()
        self._rights.clear()


def absences(db: apsw.Connection) -> list[tuple[NationCode, int]]:
    """List who has no standing, and after which delivery it was lost."""
    rows: list[tuple[Any, ...]] = db.execute(_ABSENCES).fetchall()
    return [(NationCode(nation), int(number)) for nation, number in rows]


def _by_absence(
    access: Access, classes: int, db: apsw.Connection, until: int
) -> Iterator[tuple[int, int]]:
    """Part classes by the last delivery that they had a chance to see."""
    for nation, number in absences(db):
        if some := classes & access.mask([nation], 0):
            classes &= ~some
            yield min(number, until), some
    if classes:
        yield until, classes


def readers_of(
    db: apsw.Connection, access: Access, collection: int, *, by_role: bool = True
) -> frozenset[NationCode]:
    """Tell whose people may read a collection, whether or not they have standing.

    Args:
        db: the views.
        access: who is in which community.
        collection: its key.
        by_role: count those, too, of whom only holders of a role may.
    """
    raw, ended = db.execute(_READ, {"collection": collection}).get
    if not ended:
        return frozenset()
    rights = msgspec.json.decode(raw, type=Rights)
    if not by_role:
        rights = msgspec.structs.replace(rights, roles=())
    return _readers(rights, access)


def _readers(rights: Rights, access: Access) -> frozenset[NationCode]:
    """Tell whose people may read, whether or not their nation has standing."""
    if rights.roles or "PUBLIC" in rights.communities:
        return access.everybody
    readers = frozenset(NationCode(each) for each in rights.nations)
    for community in rights.communities:
        code = access.alliance.community(community)
        if code is None:
            continue
        readers |= access.alliance.members_of(code, access.on, with_suspended=True)
        if access.alliance.communities[code].includes_body:
            readers |= {NationCode(access.alliance.code)}
    return readers


def _write(db: apsw.Connection, at: int, lost: Lost, classes: int) -> None:
    db.execute(
        _WRITE,
        {
            "at": at,
            "collection": lost.collection,
            "number": lost.number,
            "version": lost.version,
            "unit": lost.unit,
            "mask": to_blob(classes),
        },
    )
