"""Ordinals: which change of its commit something is, in one viewer's world.

- A change has one number in its commit: losses before deliveries, then by collection,
  then counted. What the viewer could not see at its birth is not counted, so a number
  tells of nothing hidden; what the viewer has lost since still counts, so no number
  ever changes.
- With the instant of the commit it names a change among all that the viewer is given,
  in the order of following, and leads back to its place. It needs no secret and no
  table.
- 63 bits: one of the phase, 26 of the collection, 24 of the count, and 12 that are
  left to whoever tells of a change in several steps.

Source: DESIGN §6, "Date added", "Non-interference"; ADR 13 and 17.
"""

from bisect import bisect_left
from collections.abc import Callable
from functools import partial
from operator import itemgetter
from typing import Any, Final, NamedTuple

from foedus.intel.collections import Collection
from foedus.intel.places import END, LOST, NUMBER_MAX, PUT, Place, order_of
from foedus.intel.ranks import Ranks
from foedus.intel.reading import Snapshot
from foedus.releasability.viewers import Viewer

STEP_BITS: Final = 12
"""Bits of the steps in which a change is told."""

COUNT_BITS: Final = 24
"""Bits of the count: a nation may lose 16 million deliveries at once."""

ORDER_BITS: Final = 26
"""Bits of the collection. Two that share them are counted together."""

ORDINAL_MAX: Final = (1 << 63) - 1
"""Behind every change of a commit; what fits a signed integer of 64 bits."""

_ORDER_DROPPED: Final = 56 - ORDER_BITS
"""Bits of `order_of` that are left out."""

_UNITS = """
SELECT unit, first, last
  FROM unit
 WHERE collection = :collection AND arrival = :at
 ORDER BY unit
 LIMIT 100000
"""

_SINGLE = """
SELECT count(*)
  FROM loss
 WHERE at = :at
   AND collection = :collection
   AND number > :low
   AND number <= :high
   AND length(mask) >= :byte
   AND instr(:holding, substr(mask, :byte, 1)) > 0
"""

_OF_REACHES = """
SELECT reach, until, mask
  FROM loss_reach INDEXED BY loss_reach_at
 WHERE at = :at AND collection = :collection
 ORDER BY reach, until
 LIMIT 100000
"""

_IN_REACH = """
SELECT count(*)
  FROM delivery INDEXED BY delivery_reach
 WHERE collection = :collection
   AND reach = :reach
   AND number > :low
   AND number <= :high
"""

_LAST_LOSS = "SELECT max(number) FROM loss WHERE at = :at AND collection = :collection"


class Ordinal(NamedTuple):
    """Which change of its commit something is.

    Attributes:
        commit_ms: when the commit was made.
        phase: `LOST` or `PUT`.
        group: of the collection.
        rank: how many changes of its phase and group come before it.
        step: which step of telling it.
    """

    commit_ms: int
    phase: int
    group: int = 0
    rank: int = 0
    step: int = 0

    @property
    def number(self) -> int:
        """The ordinal as one number, which grows in the order of following."""
        front = self.phase << ORDER_BITS | self.group
        return (front << COUNT_BITS | self.rank) << STEP_BITS | self.step


def ordinal_of(commit_ms: int, number: int) -> Ordinal:
    """Read an ordinal from a number."""
    rest, step = divmod(number, 1 << STEP_BITS)
    rest, count = divmod(rest, 1 << COUNT_BITS)
    phase, group = divmod(rest, 1 << ORDER_BITS)
    return Ordinal(commit_ms, phase, group, count, step)


class Ordinals:
    """Counts for one viewer, inside one snapshot.

    Args:
        seen: the snapshot.
        viewer: in whose world.
        known: a place and its ordinal; what follows is counted from there.
    """

    def __init__(
        self,
        seen: Snapshot,
        viewer: Viewer,
        known: tuple[Place, Ordinal] | None = None,
    ) -> None:
        self._db = seen.db
        self._ranks: Ranks = seen.ranks(viewer)
        self._bit = seen.access.place(viewer.nation, viewer.clearance)
        self.known = known
        self._groups: dict[int, list[tuple[int, Collection]]] = {}
        for each in seen.collections(viewer):
            if each.can_read:
                order = order_of(each.id)
                self._groups.setdefault(_group(order), []).append((order, each))
        for group in self._groups.values():
            group.sort(key=itemgetter(0))

    def of(self, place: Place) -> Ordinal:
        """Give the ordinal of a change that the viewer is given.

        Args:
            place: of a loss or a delivery, in a collection that the viewer may read.
        """
        group = _group(place.order)
        if self.known is not None and self.known[0][:3] == place[:3]:
            known, last = self.known
            commit = self._commit(place, self._collection(place.order))
            count = last.rank + commit.between(known.number, place.number)
        else:
            count = -1
            for order, collection in self._groups[group]:
                if order <= place.order:
                    until = place.number if order == place.order else NUMBER_MAX
                    count += self._commit(place, collection).between(0, until)
        found = Ordinal(place.commit_ms, place.phase, group, count)
        self.known = (place, found)
        return found

    def before(self, ordinal: Ordinal) -> Place:
        """Give the place from which to read on so that an ordinal comes first.

        Where there is no such change for the viewer, what follows it comes first.
        """
        at = Place(ordinal.commit_ms, ordinal.phase)
        if ordinal.phase not in {LOST, PUT}:
            return Place(ordinal.commit_ms, END)
        count = ordinal.rank
        for order, collection in self._groups.get(ordinal.group, ()):
            commit = self._commit(at, collection)
            total = commit.between(0, NUMBER_MAX)
            if count < total:
                return at._replace(order=order, number=commit.number(count) - 1)
            count -= total
        last = ((ordinal.group + 1) << _ORDER_DROPPED) - 1
        return at._replace(order=last, number=NUMBER_MAX)

    def _collection(self, order: int) -> Collection:
        return dict(self._groups[_group(order)])[order]

    def _commit(self, place: Place, collection: Collection) -> "_Commit":
        where = {"at": place.commit_ms, "collection": collection.key}
        return self._lost(where) if place.phase == LOST else self._put(where)

    def _put(self, where: dict[str, int]) -> "_Commit":
        units: list[tuple[Any, ...]] = self._db.execute(_UNITS, where).fetchall()

        def between(low: int, high: int) -> int:
            found = 0
            for unit, first, last in units:
                start, end = max(low, first - 1), min(high, last)
                if start < end:
                    # As many microseconds as deliveries that the viewer could read.
                    dated = self._ranks.added_us
                    found += dated(unit, end) - dated(unit, start)
            return found

        return _Commit(between, max((last for _, _, last in units), default=0))

    def _lost(self, where: dict[str, int]) -> "_Commit":
        byte, bit = divmod(self._bit, 8)
        holding = bytes(each for each in range(256) if each >> bit & 1)
        rows: list[tuple[Any, ...]] = self._db.execute(_OF_REACHES, where).fetchall()
        reaches = [
            (reach, until)
            for reach, until, mask in rows
            if byte < len(mask) and mask[byte] in holding
        ]
        of_class = {**where, "byte": byte + 1, "holding": holding}

        def between(low: int, high: int) -> int:
            span = {"low": low, "high": high}
            found = int(self._db.execute(_SINGLE, of_class | span).get)
            for reach, until in reaches:
                span = {"reach": reach, "low": low, "high": min(high, until)}
                of_reach = {"collection": where["collection"], **span}
                found += int(self._db.execute(_IN_REACH, of_reach).get)
            return found

        last = int(self._db.execute(_LAST_LOSS, where).get or 0)
        return _Commit(between, max([last, *(until for _, until in reaches)]))


class _Commit:
    """The changes of one commit in one collection, of one phase.

    Args:
        between: counts those with numbers above one and up to another.
        last: the last number that there may be.
    """

    def __init__(self, between: Callable[[int, int], int], last: int) -> None:
        self.between = between
        self._last = last

    def number(self, count: int) -> int:
        """Give the number that so many come before."""
        upto = partial(self.between, 0)
        return bisect_left(range(self._last + 1), count + 1, key=upto)


def _group(order: int) -> int:
    return order >> _ORDER_DROPPED
