"""Deliveries: which version reaches whom, at what place in everybody's order.

- Of one (id, version) a view class has at most one delivery, and of one (collection,
  id) it holds one lane: the first that was delivered to it, until that lane has
  nothing left for it. `settle` is the only function that keeps this.
- A delivery's number and date never change; its reach may be replaced by a narrower
  one. What becomes visible later makes further deliveries, in order of arrival.
- The deliveries that one commit makes in one collection are a *unit*. Its last one
  stands on a whole millisecond, the others as many microseconds before it as
  deliveries follow that a viewer could read at birth.
- What was taken over from another server stands where that had dated it: of what it
  dated alike the last, and so each of these dates makes a unit.
- A hub marking's definition is delivered just before the first object that carries
  it, to exactly those who see one.

Source: DESIGN §6, "Deliveries" and "Date added"; `releasability` reference, 2.1-2.3.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import TypedDict

import apsw

from foedus.errors import RuleViolationError
from foedus.ids import NationCode
from foedus.intel.alone import Alone
from foedus.intel.entitlements import BY_LABEL, Entitlements, StoredVersion
from foedus.intel.held import Held, Pending
from foedus.intel.losses import Losses, Lost
from foedus.intel.tables import VERSIONS
from foedus.intel.units import Units
from foedus.releasability.join import FixedLabel, encode_label
from foedus.releasability.views import Reaches
from foedus.stix.identifiers import STIX_TYPES

CUSTOM = "x"
"""Stands in a reach for every type that STIX does not define; they have no end."""


def reach_type(stix_type: str) -> str:
    """Give the type under which objects of a STIX type share reaches."""
    return stix_type if stix_type in STIX_TYPES else CUSTOM


_DELIVERIES = """
SELECT d.number, d.reach, d.version, v.nation, v.stamp, d.unit
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


_CARRIERS = "SELECT reach FROM carrier WHERE stamp = :stamp AND count > 0"

_COUNT = """
INSERT INTO carrier (stamp, reach, count) VALUES (:stamp, :reach, :more)
    ON CONFLICT (stamp, reach) DO UPDATE SET count = count + excluded.count
"""

_LESS = """
UPDATE carrier SET count = count - 1 WHERE stamp = :stamp AND reach = :reach
"""


class Place(TypedDict):
    """Names one id in one collection, as the bindings of a statement."""

    collection: int
    object: str


class Deliveries:
    """The fold's hand on deliveries, units, audiences and the skip map."""

    def __init__(self, reaches: Reaches, entitlements: Entitlements) -> None:
        self._reaches = reaches
        self._entitlements = entitlements
        self._units = Units(reaches)
        self._losses = Losses()
        self._alone = Alone(reaches, entitlements)
        self._pending: list[Pending] = []
        self._pending_of: dict[tuple[int, str], list[Pending]] = {}
        self._unsorted: list[Pending] = []
        self._added_us: int | None = None

    def date(self, added_us: int | None) -> None:
        """Say when what is delivered next was added elsewhere; None for here."""
        self._added_us = added_us

    def load(self, db: apsw.Connection) -> None:
        """Forget what is not written, and read the heads again."""
        self._forget()
        self._units.load(db)
        self._losses.load(db)

    # Making and narrowing

    def first(self, db: apsw.Connection, version: StoredVersion, where: Place) -> int:
        """Deliver a version whose id no other lane has, to all who may see it.

        Returns:
            The classes that it was delivered to.
        """
        if not self._entitlements.has_grants(version.nation):
            gain = self._entitlements.of_audience(db, version.audience)
            self._append(db, version, where, gain, BY_LABEL)
            return gain
        taken = 0
        for reason, classes in self._entitlements.why(db, version):
            if gain := classes & ~taken:
                taken |= gain
                self._append(db, version, where, gain, reason)
        return taken

    def settle(
        self,
        db: apsw.Connection,
        where: Place,
        *,
        holding: Mapping[str, int] | None = None,
    ) -> None:
        """Make the deliveries of one (collection, id) what they ought to be.

        Who may still see keeps the delivery it has; who no longer may loses it in
        place; who newly may gets one new one. Running it twice changes nothing.

        Args:
            db: the views.
            where: the id.
            holding: nations whose lane some classes hold, though they have no
                delivery of it at the moment.
        """
        versions = {row[0]: StoredVersion(*row) for row in db.execute(VERSIONS, where)}
        self._alone.settle(db, where, versions.values(), self._held(db, where))
        lanes = dict(holding or {})
        served: dict[int, int] = {}
        for held in self._held(db, where):
            keep = 0
            version = versions.get(held.version)
            had = self._reaches.mask(held.reach)
            if version is not None:
                keep = had & self._kept(db, version, held)
                taken = served.get(version.modified, 0)
                keep &= ~_others(lanes, held.nation) & ~taken
                lanes[held.nation] = lanes.get(held.nation, 0) | keep
                served[version.modified] = taken | keep
                self._rest(db, where, held, version, keep)
            elif had:
                self._narrow(db, where, held, 0)
        for version in versions.values():
            for reason, classes in self._entitlements.why(db, version):
                taken = served.get(version.modified, 0)
                gain = classes & ~_others(lanes, version.nation) & ~taken
                if gain:
                    lanes[version.nation] = lanes.get(version.nation, 0) | gain
                    served[version.modified] = taken | gain
                    self._append(db, version, where, gain, reason)

    def widen(
        self,
        db: apsw.Connection,
        versions: Iterable[tuple[StoredVersion, Place]],
        held: Mapping[int, int],
        *,
        release: int,
    ) -> None:
        """Deliver versions to whom one act entitles; as `settle`, many at once.

        Args:
            db: the views.
            release: the release's number; 0 where the alliance changed.
            versions: of ids that have one version and one lane each, by arrival.
            held: the classes that have a delivery of each already, by version.
        """
        for version, where in versions:
            taken = held.get(version.key, 0)
            for item in self._waiting(where):
                if item.version == version.key and item.reach:
                    taken |= self._reaches.mask(item.reach)
            reason, classes = self._entitlements.newly(db, version, release)
            if gain := classes & ~taken:
                self._append(db, version, where, gain, reason)

    def _kept(self, db: apsw.Connection, version: StoredVersion, held: Held) -> int:
        """Give the classes that may go on seeing what was delivered."""
        audience, _ = self._reaches.key(held.reach)
        return self._entitlements.of_audience(db, audience) | self._entitlements.total(
            db, version
        )

    def _rest(
        self,
        db: apsw.Connection,
        where: Place,
        held: Held,
        version: StoredVersion,
        keep: int,
    ) -> None:
        """Let a delivery rest on the reasons that still entitle who keeps it."""
        audience, _ = self._reaches.key(held.reach)
        if not keep & ~self._entitlements.of_audience(db, audience):
            if keep != self._reaches.mask(held.reach):
                self._narrow(db, where, held, keep)
            return
        reasons = [
            reason
            for reason, classes in self._entitlements.why(db, version, waiting=True)
            if classes & keep
        ]
        moved = self._entitlements.meaning(db, version.audience, ",".join(reasons))
        self._narrow(db, where, held, keep, audience=moved)

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

    def readers(
        self,
        db: apsw.Connection,
        where: Place,
        version: int,
        *,
        absent: Iterable[tuple[int, int]] = (),
    ) -> int:
        """Tell which classes hold a version today.

        Args:
            db: the views.
            where: its id.
            version: its row.
            absent: classes that hold nothing with a later number than theirs.
        """
        mask = 0
        for held in self._held(db, where):
            if held.version == version:
                classes = self._reaches.mask(held.reach)
                for away, number in absent:
                    if held.pending is not None or held.number > number:
                        classes &= ~away
                mask |= classes
        return mask

    @property
    def last_number(self) -> int:
        """The number of the last delivery that is written."""
        return self._units.last_number

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
        self._append(db, version, where, classes, BY_LABEL)
        self._pending.insert(before, self._pending.pop())

    def _append(
        self,
        db: apsw.Connection,
        version: StoredVersion,
        where: Place,
        mask: int,
        reason: str,
    ) -> None:
        audience = self._entitlements.meaning(db, version.audience, reason)
        key = (audience, reach_type(version.type))
        reach = self._intern(db, key, mask, version.nation)
        item = Pending(version, **where, reach=reach, added_us=self._added_us)
        self._pending.append(item)
        self._unsorted.append(item)

    def _waiting(self, where: Place) -> list[Pending]:
        """Give the deliveries of this commit of one id."""
        for item in self._unsorted:
            of = self._pending_of.setdefault((item.collection, item.object), [])
            of.append(item)
        self._unsorted.clear()
        return self._pending_of.get((where["collection"], where["object"]), [])

    def _intern(
        self, db: apsw.Connection, key: tuple[int, str], mask: int, nation: str
    ) -> int:
        """Give a reach; where there are no more, one for the originator alone.

        A fold never fails for what admission let in. What no reach is left for is
        withheld: from all but its originator, in the end from everybody (0).

        Args:
            db: the views.
            key: audience and type.
            mask: the classes.
            nation: the originator of what is delivered.
        """
        audience, stix_type = key
        try:
            return self._reaches.intern(
                db, audience=audience, stix_type=stix_type, mask=mask
            )
        except RuleViolationError:
            label, _ = self._entitlements.label(db, audience)
        nations = frozenset([NationCode(nation)])
        alone = FixedLabel(level=label.level, closed=nations)
        audience = self._entitlements.audience(db, encode_label(alone), nation)
        mask &= self._entitlements.of_audience(db, audience)
        try:
            return self._reaches.intern(
                db, audience=audience, stix_type=CUSTOM, mask=mask, spare=True
            )
        except RuleViolationError:
            return 0

    def _held(self, db: apsw.Connection, where: Place) -> list[Held]:
        rows = [Held(*row) for row in db.execute(_DELIVERIES, where)]
        rows += [
            Held(0, item.reach, item.version, item.nation, item.stamp, 0, item)
            for item in self._waiting(where)
            if item.reach
        ]
        return rows

    def _narrow(
        self,
        db: apsw.Connection,
        where: Place,
        held: Held,
        keep: int,
        *,
        audience: int | None = None,
    ) -> None:
        """Let a delivery reach fewer, or rest on another audience."""
        reach = 0
        if keep:
            known, stix_type = self._reaches.key(held.reach)
            reach = self._intern(db, (audience or known, stix_type), keep, held.nation)
        if held.pending is not None:
            held.pending.reach = reach
            return
        self._lose(db, where, held, keep)
        if held.stamp is not None:
            db.execute(_LESS, {"stamp": held.stamp, "reach": held.reach})
            if reach:
                self._count(db, {(held.stamp, reach): 1})
        if reach:
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

    def _lose(self, db: apsw.Connection, where: Place, held: Held, keep: int) -> None:
        lost = Lost(
            collection=where["collection"],
            number=held.number,
            version=held.version,
            unit=held.unit,
            reach=held.reach,
        )
        classes = self._reaches.mask(held.reach) & ~keep
        self._losses.take(db, self._entitlements.access, lost, classes)

    def narrow_reach(self, db: apsw.Connection, reach: int, keep: int) -> None:
        """Take classes out of a reach, for everything that is in it, at once."""
        taken = (reach, self._reaches.mask(reach) & ~keep)
        self._losses.take_reach(
            db, self._entitlements.access, taken, until=self.last_number
        )
        self._reaches.narrow(db, reach, keep)

    def carriers(self, db: apsw.Connection, stamp: int) -> int:
        """Give the classes that see something that carries a stamp."""
        classes = self.stamped_since(0).get(stamp, 0)
        for (reach,) in db.execute(_CARRIERS, {"stamp": stamp}):
            classes |= self._reaches.mask(int(reach))
        return classes

    def _count(
        self, db: apsw.Connection, carried: Mapping[tuple[int, int], int]
    ) -> None:
        """Count further deliveries of reaches that carry stamps."""
        db.executemany(
            _COUNT,
            [
                {"stamp": stamp, "reach": reach, "more": more}
                for (stamp, reach), more in carried.items()
            ],
        )

    # Closing a commit

    def close(self, db: apsw.Connection, arrival_ms: int) -> None:
        """Number the deliveries of a commit and date them; write what was lost."""
        self._losses.close(db, arrival_ms)
        self._alone.close(db, arrival_ms)
        by_unit: dict[tuple[int, int | None], list[Pending]] = {}
        births = {
            born: self._reach_at_birth(db, *born)
            for born in dict.fromkeys(
                (each.reach, each.nation) for each in self._pending
            )
        }
        carried: Counter[tuple[int, int]] = Counter()
        for item in self._pending:
            item.reach = births[item.reach, item.nation]
            if item.reach:
                unit = (item.collection, item.added_us)
                by_unit.setdefault(unit, []).append(item)
                if item.stamp is not None:
                    carried[item.stamp, item.reach] += 1
        self._count(db, carried)
        self._forget()
        for (collection, added_us), items in by_unit.items():
            wanted_us = arrival_ms * 1_000 if added_us is None else added_us
            self._units.write(
                db, collection, items, wanted_us=wanted_us, arrival_ms=arrival_ms
            )

    def _forget(self) -> None:
        self._added_us = None
        self._pending.clear()
        self._pending_of.clear()
        self._unsorted.clear()

    def _reach_at_birth(self, db: apsw.Connection, reach: int, nation: str) -> int:
        """Give the reach of those who can read it when the commit ends; 0 if nobody.

        Whoever lost it within the commit never read it, so it must not count for them.
        """
        mask = self._reaches.mask(reach) if reach else 0
        if not mask:
            return 0
        return self._intern(db, self._reaches.key(reach), mask, nation)


def _others(lanes: dict[str, int], nation: str) -> int:
    mask = 0
    for other, classes in lanes.items():
        if other != nation:
            mask |= classes
    return mask
