"""Deliveries: which version reaches whom, at what place in everybody's order.

- Of one (id, version) a view class has at most one delivery, and of one (collection,
  id) it holds one lane: the first that was delivered to it, until that lane has
  nothing left for it. `settle` is the only function that keeps this.
- A delivery's number and date never change; its reach may be replaced by a narrower
  one. What becomes visible later makes further deliveries, in order of arrival.
- The deliveries that one commit makes in one collection are a *unit*. Its last one
  stands on a whole millisecond, the others as many microseconds before it as
  deliveries follow that a viewer could read at birth.
- A hub marking's definition is delivered just before the first object that carries
  it, to exactly those who see one.

Source: DESIGN §6, "Deliveries" and "Date added"; `releasability` reference, 2.1-2.3.
"""

from typing import NamedTuple, TypedDict

import apsw

from foedus.errors import RuleViolationError
from foedus.ids import NationCode
from foedus.intel.units import Units
from foedus.releasability.access import Access
from foedus.releasability.join import FixedLabel, decode_label, encode_label
from foedus.releasability.views import Reaches
from foedus.stix.identifiers import STIX_TYPES

CUSTOM = "x"
"""Stands in a reach for every type that STIX does not define; they have no end."""


def reach_type(stix_type: str) -> str:
    """Give the type under which objects of a STIX type share reaches."""
    return stix_type if stix_type in STIX_TYPES else CUSTOM


SUPERSEDED = 1
"""Flag of a version: its lane has a newer one."""

PRECEDED = 2
"""Flag of a version: its lane has an older one."""

_VERSIONS = """
SELECT v.version, v.nation, v.audience, v.type, v.modified, v.stamp
  FROM version AS v
 WHERE v.object = :object
   AND v.collection = :collection
   AND v.withdrawn = 0
 ORDER BY v.version
"""

_DELIVERIES = """
SELECT d.number, d.reach, d.version, v.nation
  FROM version AS v
  JOIN delivery AS d ON d.version = v.version
 WHERE v.object = :object
   AND v.collection = :collection
 ORDER BY d.number
"""

_NARROW = """
UPDATE delivery SET reach = :reach
 WHERE collection = :collection AND number = :number
"""

_CLOSE = """
DELETE FROM delivery WHERE collection = :collection AND number = :number
"""

_AUDIENCE = """
SELECT label, originator FROM audience WHERE audience = :audience
"""

_FIND_AUDIENCE = """
SELECT audience FROM audience WHERE label = :label AND originator = :originator
"""

_NEW_AUDIENCE = """
INSERT INTO audience (label, originator) VALUES (:label, :originator)
RETURNING audience
"""


class Place(TypedDict):
    """Names one id in one collection, as the bindings of a statement."""

    collection: int
    object: str


class StoredVersion(NamedTuple):
    """A version as deliveries need it.

    Attributes:
        key: its row; grows in order of arrival.
        modified: its version as an instant, in microseconds since 1970.
        stamp: the row of the definition of the hub marking it carries.
    """

    key: int
    nation: str
    audience: int
    type: str
    modified: int
    stamp: int | None


class _Held(NamedTuple):
    """A delivery as `settle` sees it; number 0 where it is not yet numbered."""

    number: int
    reach: int
    version: int
    nation: str


class _Pending:
    """A delivery of the commit being folded."""

    __slots__ = ("collection", "nation", "object", "reach", "stamp", "version")

    def __init__(self, version: StoredVersion, where: Place, reach: int) -> None:
        self.collection = where["collection"]
        self.object = where["object"]
        self.nation = version.nation
        self.version = version.key
        self.stamp = version.stamp
        self.reach = reach


class Deliveries:
    """The fold's hand on deliveries, units, audiences and the skip map."""

    def __init__(self, reaches: Reaches) -> None:
        self._reaches = reaches
        self._units = Units(reaches)
        self._pending: list[_Pending] = []
        self._audiences: dict[int, tuple[FixedLabel, str]] = {}
        self._audience_ids: dict[tuple[bytes, str], int] = {}
        self._entitled: dict[int, int] = {}
        self._access: Access | None = None

    def load(self, db: apsw.Connection) -> None:
        """Forget everything and read the heads again."""
        self.__init__(self._reaches)  # type: ignore[misc]  # a fresh start is meant
        self._units.load(db)

    def use(self, access: Access) -> None:
        """Judge by another state of the alliance from here on."""
        self._access = access
        self._entitled.clear()

    # Audiences

    def audience(self, db: apsw.Connection, label: bytes, originator: str) -> int:
        """Give the key of a label and its originator, making it on first use."""
        found = self._audience_ids.get((label, originator))
        if found is None:
            bindings = {"label": label, "originator": originator}
            row = db.execute(_FIND_AUDIENCE, bindings).get
            if row is None:
                row = db.execute(_NEW_AUDIENCE, bindings).get
            found = self._audience_ids[(label, originator)] = int(row)
        return found

    def entitled(self, db: apsw.Connection, audience: int) -> int:
        """Give the classes that an audience holds today."""
        found = self._entitled.get(audience)
        if found is None:
            assert self._access is not None, "the alliance is founded before it shares"
            label, originator = self.label(db, audience)
            found = self._access.entitled(label, originator)  # type: ignore[arg-type]
            self._entitled[audience] = found
        return found

    def label(self, db: apsw.Connection, audience: int) -> tuple[FixedLabel, str]:
        """Give the label and the originator behind an audience's key."""
        found = self._audiences.get(audience)
        if found is None:
            row = db.execute(_AUDIENCE, {"audience": audience}).get
            found = self._audiences[audience] = (decode_label(row[0]), str(row[1]))
        return found

    # Making and narrowing

    def first(self, db: apsw.Connection, version: StoredVersion, where: Place) -> int:
        """Deliver a version whose id no other lane has, to all who may see it.

        Returns:
            The classes that it was delivered to.
        """
        gain = self.entitled(db, version.audience)
        self._append(db, version, where, gain)
        return gain

    def settle(
        self,
        db: apsw.Connection,
        where: Place,
        *,
        holding: tuple[str, int] | None = None,
    ) -> None:
        """Make the deliveries of one (collection, id) what they ought to be.

        Who may still see keeps the delivery it has; who no longer may loses it in
        place; who newly may gets one new one. Running it twice changes nothing.

        Args:
            db: the views.
            where: the id.
            holding: a nation whose lane some classes hold, though they have no
                delivery of it at the moment.
        """
        versions = {row[0]: StoredVersion(*row) for row in db.execute(_VERSIONS, where)}
        lanes = dict([holding]) if holding is not None else {}
        served: dict[int, int] = {}
        for held in self._held(db, where):
            keep = 0
            version = versions.get(held.version)
            had = self._reaches.mask(held.reach)
            if version is not None:
                keep = had & self.entitled(db, version.audience)
                taken = served.get(version.modified, 0)
                keep &= ~_others(lanes, held.nation) & ~taken
                lanes[held.nation] = lanes.get(held.nation, 0) | keep
                served[version.modified] = taken | keep
            if keep != had:
                self._narrow(db, where, held, keep)
        for version in versions.values():
            gain = self.entitled(db, version.audience)
            taken = served.get(version.modified, 0)
            gain &= ~_others(lanes, version.nation) & ~taken
            if gain:
                lanes[version.nation] = lanes.get(version.nation, 0) | gain
                served[version.modified] = taken | gain
                self._append(db, version, where, gain)

    def release_from(
        self, db: apsw.Connection, where: Place, *, version: int, classes: int
    ) -> int:
        """Take classes out of a version's deliveries, so that it comes anew to them.

        Returns:
            The classes of those that had it.
        """
        had = 0
        for held in self._held(db, where):
            if held.version != version:
                continue
            mask = self._reaches.mask(held.reach)
            if hit := mask & classes:
                had |= hit
                self._narrow(db, where, held, mask & ~classes)
        return had

    def readers(self, db: apsw.Connection, where: Place, version: int) -> int:
        """Tell which classes hold a version today."""
        mask = 0
        for held in self._held(db, where):
            if held.version == version:
                mask |= self._reaches.mask(held.reach)
        return mask

    def mark(self) -> int:
        """Give the place of the next delivery among those of this commit."""
        return len(self._pending)

    def sort_since(self, mark: int) -> None:
        """Put what one act delivers in the order in which the versions arrived."""
        self._pending[mark:] = sorted(
            self._pending[mark:], key=lambda item: item.version
        )

    def stamped_since(self, mark: int) -> dict[int, int]:
        """Tell to which classes each stamp went since a mark, by definition row."""
        classes: dict[int, int] = {}
        for item in self._pending[mark:]:
            if item.stamp is not None and item.reach:
                mask = self._reaches.mask(item.reach)
                classes[item.stamp] = classes.get(item.stamp, 0) | mask
        return classes

    def pending_carriers(self, stamp: int) -> int:
        """Tell which classes get an object with a stamp by this commit."""
        return self.stamped_since(0).get(stamp, 0)

    def deliver(
        self,
        db: apsw.Connection,
        version: StoredVersion,
        where: Place,
        *,
        classes: int,
        before: int,
    ) -> None:
        """Deliver a version to some classes, in front of what followed a mark."""
        self._append(db, version, where, classes)
        self._pending.insert(before, self._pending.pop())

    def _append(
        self, db: apsw.Connection, version: StoredVersion, where: Place, mask: int
    ) -> None:
        reach = self._intern(db, version.audience, reach_type(version.type), mask)
        self._pending.append(_Pending(version, where, reach))

    def _intern(
        self, db: apsw.Connection, audience: int, stix_type: str, mask: int
    ) -> int:
        """Give a reach; where there are no more, one for the originator alone.

        A fold never fails for what admission let in. What no reach is left for is
        withheld: from all but its originator, in the end from everybody (0).
        """
        try:
            return self._reaches.intern(
                db, audience=audience, stix_type=stix_type, mask=mask
            )
        except RuleViolationError:
            label, nation = self.label(db, audience)
        nations = frozenset([NationCode(nation)])
        alone = FixedLabel(level=label.level, closed=nations)
        audience = self.audience(db, encode_label(alone), nation)
        mask &= self.entitled(db, audience)
        try:
            return self._reaches.intern(
                db, audience=audience, stix_type=CUSTOM, mask=mask, spare=True
            )
        except RuleViolationError:
            return 0

    def _held(self, db: apsw.Connection, where: Place) -> list[_Held]:
        rows = [
            _Held(number, reach, version, nation)
            for number, reach, version, nation in db.execute(_DELIVERIES, where)
        ]
        rows += [
            _Held(-place, item.reach, item.version, item.nation)
            for place, item in enumerate(self._pending, start=1)
            if item.object == where["object"]
            and item.collection == where["collection"]
            and item.reach
        ]
        return rows

    def _narrow(
        self, db: apsw.Connection, where: Place, held: _Held, keep: int
    ) -> None:
        reach = 0
        if keep:
            audience, stix_type = self._reaches.key(held.reach)
            reach = self._intern(db, audience, stix_type, keep)
        if held.number < 0:
            self._pending[-held.number - 1].reach = reach
        elif reach:
            db.execute(
                _NARROW,
                {
                    "reach": reach,
                    "collection": where["collection"],
                    "number": held.number,
                },
            )
        else:
            db.execute(
                _CLOSE, {"collection": where["collection"], "number": held.number}
            )

    # Closing a commit

    def close(self, db: apsw.Connection, arrival_ms: int) -> None:
        """Number the deliveries of a commit and date them."""
        by_collection: dict[int, list[_Pending]] = {}
        births = {
            reach: self._reach_at_birth(db, reach)
            for reach in dict.fromkeys(item.reach for item in self._pending)
        }
        for item in self._pending:
            item.reach = births[item.reach]
            if item.reach:
                by_collection.setdefault(item.collection, []).append(item)
        self._pending.clear()
        for collection, items in by_collection.items():
            self._units.write(db, collection, items, arrival_ms)

    def _reach_at_birth(self, db: apsw.Connection, reach: int) -> int:
        """Give the reach of those who can read it when the commit ends; 0 if nobody.

        Whoever lost it within the commit never read it, so it must not count for them.
        """
        mask = self._reaches.mask(reach) if reach else 0
        if not mask:
            return 0
        audience, stix_type = self._reaches.key(reach)
        return self._intern(db, audience, stix_type, mask)


def _others(lanes: dict[str, int], nation: str) -> int:
    mask = 0
    for other, classes in lanes.items():
        if other != nation:
            mask |= classes
    return mask
