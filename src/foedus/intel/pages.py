"""Pages: what a viewer may see of a collection, in the viewer's order.

- The readable reaches are in the SQL, so nothing is filtered afterwards.
- Hidden deliveries are stepped over block by block (the skip map), so that a page
  costs what the viewer sees, not what lies between.
- `added_us` is ranked in the viewer's world; it is unique, grows, and the viewer's
  last delivery of each unit stands on a whole millisecond.

Source: DESIGN §6; `releasability` reference, sections 2.2 and 2.3.
"""

from collections.abc import Iterator, Sequence
from typing import Literal

import apsw
import msgspec

from foedus.ids import NationCode, StixId
from foedus.intel.units import BLOCK
from foedus.releasability.join import FixedLabel, decode_label
from foedus.releasability.views import from_blob
from foedus.stix.identifiers import STIX_TYPES

Value = int | float | bytes | str | None
"""What a column holds."""

VersionTerm = Literal["last", "first", "all"] | int
"""Which versions of an object; an instant is in microseconds since 1970."""


PAGE_BYTES_MAX = 32 << 20
"""Bytes of objects on a page, give or take the last one; what is left follows."""


class Filters(msgspec.Struct, frozen=True, kw_only=True):
    """What of a collection is asked for; empty means no restriction.

    Attributes:
        added_after_us: only what was added later, in microseconds since 1970.
        ids: object ids, any of which matches.
        types: object types, any of which matches.
        versions: any of which matches; `all` stands alone.
        spec_versions: specification versions, any of which matches.
    """

    added_after_us: int | None = None
    ids: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    versions: tuple[VersionTerm, ...] = ("last",)
    spec_versions: tuple[str, ...] = ()


class Record(msgspec.Struct, frozen=True, gc=False):
    """One version as a viewer has it.

    Attributes:
        added_us: when it was added, in the viewer's world, in µs since 1970.
        raw: its bytes as served; empty where bytes were not asked for.
    """

    id: StixId
    type: str
    version: str
    spec_version: str
    added_us: int
    nation: NationCode
    label: FixedLabel
    raw: bytes


class Page(msgspec.Struct, frozen=True):
    """Records in the viewer's order, and whether there are more after them."""

    records: tuple[Record, ...]
    more: bool


class Sight(msgspec.Struct, frozen=True, kw_only=True):
    """What one view class can read.

    Attributes:
        place: the number of the class's bit.
        readable: a byte a reach: may it read the reach now?
        at_birth: a byte a reach: could it when the reach was made?
    """

    place: int
    readable: bytes
    at_birth: bytes


_HEAD = """
SELECT d.number, d.unit, v.object, v.type, v.written, v.spec, v.nation, v.audience,
"""

_BYTES = "       substr(e.body, v.place + 1, v.length)\n"

_NO_BYTES = "       x''\n"

_FROM = """
  FROM delivery AS d
 CROSS JOIN version AS v ON v.version = d.version
"""

_ENTRY = """
 CROSS JOIN log.entry AS e ON e.position = v.position AND e.body IS NOT NULL
"""

_WHERE = """
 WHERE d.collection = :collection
   AND d.number > :after
   AND d.number <= :until
   AND substr(:readable, d.reach, 1) = x'01'
"""

_LAST = """
   AND (v.flags & 1 = 0 OR NOT EXISTS (
           SELECT 1
             FROM version AS n
            CROSS JOIN delivery AS f ON f.version = n.version
            WHERE n.object = v.object
              AND n.collection = v.collection
              AND n.nation = v.nation
              AND n.modified > v.modified
              AND substr(:readable, f.reach, 1) = x'01'))
"""

_FILTERED = """
   AND (:types IS NULL OR v.type IN (SELECT value FROM json_each(:types)))
   AND (:spec IS NULL OR v.spec IN (SELECT value FROM json_each(:spec)))
   AND (:all OR v.modified IN (SELECT value FROM json_each(:instants))
        OR :last AND (v.flags & 1 = 0 OR NOT EXISTS (
           SELECT 1
             FROM version AS n
            CROSS JOIN delivery AS f ON f.version = n.version
            WHERE n.object = v.object
              AND n.collection = v.collection
              AND n.nation = v.nation
              AND n.modified > v.modified
              AND (:spec IS NULL OR n.spec IN (SELECT value FROM json_each(:spec)))
              AND substr(:readable, f.reach, 1) = x'01'))
        OR :first AND (v.flags & 2 = 0 OR NOT EXISTS (
           SELECT 1
             FROM version AS n
            CROSS JOIN delivery AS f ON f.version = n.version
            WHERE n.object = v.object
              AND n.collection = v.collection
              AND n.nation = v.nation
              AND n.modified < v.modified
              AND (:spec IS NULL OR n.spec IN (SELECT value FROM json_each(:spec)))
              AND substr(:readable, f.reach, 1) = x'01')))
"""

_ORDER = """
 ORDER BY d.number
 LIMIT :limit
"""

_FROM_IDS = """
  FROM json_each(:ids) AS j
 CROSS JOIN version AS v ON v.object = j.value AND v.collection = :collection
 CROSS JOIN delivery AS d ON d.version = v.version
"""

_WALK = _HEAD + _BYTES + _FROM + _ENTRY + _WHERE + _LAST + _ORDER
_WALK_KEYS = _HEAD + _NO_BYTES + _FROM + _WHERE + _LAST + _ORDER
_FILTER = _HEAD + _BYTES + _FROM + _ENTRY + _WHERE + _FILTERED + _ORDER
_FILTER_KEYS = _HEAD + _NO_BYTES + _FROM + _WHERE + _FILTERED + _ORDER
_BY_ID = _HEAD + _BYTES + _FROM_IDS + _ENTRY + _WHERE + _FILTERED + _ORDER
_BY_ID_KEYS = _HEAD + _NO_BYTES + _FROM_IDS + _WHERE + _FILTERED + _ORDER

_FIRST_UNIT = """
SELECT unit, at, first, last, palette, places
  FROM unit
 WHERE collection = :collection AND at > :at_ms
 ORDER BY at
 LIMIT 1
"""

_LAST_NUMBER = """
SELECT last FROM unit WHERE collection = :collection ORDER BY at DESC LIMIT 1
"""

_UNIT = "SELECT unit, at, first, last, palette, places FROM unit WHERE unit = :unit"

_AUDIENCE = "SELECT label FROM audience WHERE audience = :audience"

_BLOCKS = """
SELECT block, mask
  FROM block
 WHERE collection = :collection AND block >= :block
 ORDER BY block
 LIMIT 1000000
"""


class Pages:
    """Reads pages over one connection; keeps labels and skip maps between them."""

    def __init__(self, db: apsw.Connection) -> None:
        self._db = db
        self._labels: dict[int, FixedLabel] = {}
        self._blocks: dict[tuple[int, int], bytearray] = {}

    def forget(self) -> None:
        """Drop the skip maps: who may read what has changed."""
        self._blocks.clear()

    def read(
        self,
        collection: int,
        sight: Sight,
        filters: Filters,
        *,
        limit: int,
        bodies: bool,
    ) -> Page:
        """Read the next `limit` records, oldest added first."""
        if 1 not in sight.readable:
            return Page((), more=False)
        ranks = _Ranks(self._db, sight.at_birth)
        bindings: dict[str, Value] = {
            "collection": collection,
            "readable": sight.readable,
            "after": ranks.start(collection, filters.added_after_us),
            "until": self._last_number(collection),
        }
        bindings |= _filter_bindings(filters)
        records: list[Record] = []
        size = 0
        for row in self._rows(sight, filters, bindings, bodies=bodies, limit=limit + 1):
            if len(records) == limit or size > PAGE_BYTES_MAX:
                return Page(tuple(records), more=True)
            records.append(self._record(row, ranks))
            size += len(records[-1].raw)
        return Page(tuple(records), more=False)

    def _last_number(self, collection: int) -> int:
        found = self._db.execute(_LAST_NUMBER, {"collection": collection}).get
        return int(found) if found is not None else 0

    def _rows(
        self,
        sight: Sight,
        filters: Filters,
        bindings: dict[str, Value],
        *,
        bodies: bool,
        limit: int,
    ) -> Iterator[tuple[Value, ...]]:
        """Give up to `limit` rows, one by one: nobody may hold all their bytes."""
        if filters.ids:
            statement = _BY_ID if bodies else _BY_ID_KEYS
            yield from self._db.execute(statement, {**bindings, "limit": limit})
            return
        if _is_plain(filters):
            statement = _WALK if bodies else _WALK_KEYS
        else:
            statement = _FILTER if bodies else _FILTER_KEYS
        for low, high in self._stretches(sight, bindings):
            stretch = bindings | {"after": low, "until": high, "limit": limit}
            for row in self._db.execute(statement, stretch):
                yield row
                limit -= 1
            if limit <= 0:
                return

    def _stretches(
        self, sight: Sight, bindings: dict[str, Value]
    ) -> Iterator[tuple[int, int]]:
        """Split what is left into runs of blocks that hold anything readable."""
        collection, after, until = (
            bindings["collection"],
            bindings["after"],
            bindings["until"],
        )
        assert isinstance(collection, int)
        assert isinstance(after, int)
        assert isinstance(until, int)
        blocks = self._skip_map(collection, sight.place)
        number = after
        while number < until:
            block = blocks.find(1, (number + 1) // BLOCK)
            if block < 0:
                return
            end = blocks.find(0, block)
            end = len(blocks) if end < 0 else end
            low = max(number, block * BLOCK - 1)
            high = min(until, end * BLOCK - 1)
            if low < high:
                yield low, high
            number = max(high, end * BLOCK - 1)

    def _skip_map(self, collection: int, place: int) -> bytearray:
        """Give the skip map of a view class: a byte a block, has it any readable?"""
        known = self._blocks.setdefault((collection, place), bytearray())
        # The last known block may have grown since; ask for it again.
        start = max(len(known) - 1, 0)
        bindings = {"collection": collection, "block": start}
        for block, mask in self._db.execute(_BLOCKS, bindings):
            while len(known) <= block:
                known.append(0)
            known[block] = from_blob(mask) >> place & 1
        return known

    def _record(self, row: tuple[Value, ...], ranks: "_Ranks") -> Record:
        number, unit, stix_id, stix_type, version, spec, nation, audience, raw = row
        return Record(
            stix_id,  # type: ignore[arg-type]  # the columns are STRICT
            stix_type,  # type: ignore[arg-type]
            version,  # type: ignore[arg-type]
            spec,  # type: ignore[arg-type]
            ranks.added_us(unit, number),  # type: ignore[arg-type]
            nation,  # type: ignore[arg-type]
            self._label(audience),  # type: ignore[arg-type]
            raw,  # type: ignore[arg-type]
        )

    def _label(self, audience: int) -> FixedLabel:
        found = self._labels.get(audience)
        if found is None:
            raw = self._db.execute(_AUDIENCE, {"audience": audience}).get
            found = self._labels[audience] = decode_label(raw)
        return found


class _Unit:
    """One unit, as a view class ranks it."""

    __slots__ = ("at_us", "first", "last", "readable")

    def __init__(self, row: Sequence[object], at_birth: bytes) -> None:
        _, at, first, last, palette, places = row
        assert isinstance(at, int)
        assert isinstance(first, int)
        assert isinstance(last, int)
        assert isinstance(palette, bytes)
        self.at_us = at * 1_000
        self.first = first
        self.last = last
        can = bytes(
            at_birth[int.from_bytes(palette[i : i + 2], "big") - 1]
            for i in range(0, len(palette), 2)
        )
        self.readable: bytes | None = None
        if 0 in can:
            self.readable = _readable(can, places, last - first + 1)

    def added_us(self, number: int) -> int:
        """Date a delivery: so many µs before the unit as the viewer has after it."""
        if self.readable is None:
            return self.at_us - (self.last - number)
        return self.at_us - self.readable.count(1, number - self.first + 1)

    def last_not_after(self, added_us: int) -> int:
        """Give the last number of the unit that is dated at or before an instant."""
        low, high = self.first - 1, self.last
        while low < high:
            middle = (low + high + 1) // 2
            if self.added_us(middle) <= added_us:
                low = middle
            else:
                high = middle - 1
        return low


def _readable(can: bytes, places: object, count: int) -> bytes:
    """Give a byte a delivery of a unit: could the class read it when it was made?

    Args:
        can: a byte a reach of the unit's palette.
        places: which reach each delivery had; one byte each, or two.
        count: deliveries in the unit.
    """
    if not isinstance(places, bytes):
        return can * count
    if len(places) == count:
        return places.translate(can.ljust(256, b"\0"))
    return bytes(
        can[int.from_bytes(places[i : i + 2], "big")] for i in range(0, len(places), 2)
    )


class _Ranks:
    """Dates of one collection's deliveries in one class's world."""

    def __init__(self, db: apsw.Connection, at_birth: bytes) -> None:
        self._db = db
        self._at_birth = at_birth
        self._units: dict[int, _Unit] = {}

    def added_us(self, unit: int, number: int) -> int:
        """Date one delivery."""
        found = self._units.get(unit)
        if found is None:
            row = self._db.execute(_UNIT, {"unit": unit}).get
            found = self._units[unit] = _Unit(row, self._at_birth)
        return found.added_us(number)

    def start(self, collection: int, added_after_us: int | None) -> int:
        """Give the number after which to read on from an instant, exclusive."""
        if added_after_us is None:
            return 0
        bindings = {"collection": collection, "at_ms": added_after_us // 1_000}
        row = self._db.execute(_FIRST_UNIT, bindings).get
        if row is None:
            return 1 << 62
        unit = self._units[row[0]] = _Unit(row, self._at_birth)
        return unit.last_not_after(added_after_us)


def _filter_bindings(filters: Filters) -> dict[str, Value]:
    instants = [term for term in filters.versions if isinstance(term, int)]
    return {
        "ids": msgspec.json.encode(list(dict.fromkeys(filters.ids))).decode(),
        "types": msgspec.json.encode(filters.types).decode() if filters.types else None,
        "spec": msgspec.json.encode(filters.spec_versions).decode()
        if filters.spec_versions
        else None,
        "all": int("all" in filters.versions),
        "last": int("last" in filters.versions),
        "first": int("first" in filters.versions),
        "instants": msgspec.json.encode(instants).decode(),
    }


def _is_plain(filters: Filters) -> bool:
    """Tell whether the readable reaches alone answer what is asked for."""
    return (
        filters.versions == ("last",)
        and not filters.spec_versions
        and all(each in STIX_TYPES for each in filters.types)
    )
