"""What a viewer reads of intelligence: collections, pages, single versions.

- Every query takes the viewer's readable reaches into the SQL, so that counts and
  pages are right and nothing is filtered afterwards.
- A page is read in one snapshot: the reaches, the deliveries and the bytes agree.
- Hidden deliveries are stepped over block by block (the skip map), so that a page
  costs what the viewer sees, not what lies between.
- `added_us` is ranked in the viewer's world; it is unique, grows, and the viewer's
  last delivery of each unit stands on a whole millisecond.

Source: DESIGN §6; `releasability` reference, sections 2.2 and 2.3.
"""

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

import apsw
import msgspec

from foedus.errors import NotFoundError
from foedus.eventlog.database import open_readable
from foedus.ids import CollectionId, NationCode, StixId
from foedus.intel.deliveries import BLOCK
from foedus.intel.events import Rights
from foedus.intel.rights import allows
from foedus.intel.views import current_access
from foedus.releasability.access import Access
from foedus.releasability.join import FixedLabel, decode_label
from foedus.releasability.views import ReadableReaches, generation
from foedus.releasability.viewers import Viewer

Value = int | float | bytes | str | None
"""What a column holds."""

VersionTerm = Literal["last", "first", "all"] | int
"""Which versions of an object; an instant is in microseconds since 1970."""


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


class Collection(msgspec.Struct, frozen=True, kw_only=True):
    """A collection as a viewer has it; `key` never leaves the hub."""

    key: int
    id: CollectionId
    alias: str
    title: str
    description: str
    default_label: str | None
    can_read: bool
    can_write: bool


class Stored(msgspec.Struct, frozen=True, kw_only=True):
    """One stored version, as admission and explanation need it.

    Attributes:
        held: whether the viewer's class has a delivery of it.
    """

    key: int
    collection: int
    collection_id: CollectionId
    id: StixId
    nation: NationCode
    type: str
    version: str
    modified_us: int
    label: FixedLabel
    arrival_ms: int
    information_ms: int
    held: bool


_COLLECTIONS = """
SELECT collection, id, alias, title, description, default_label, read, write
  FROM collection
 ORDER BY id
 LIMIT 10000
"""

_HEAD = """
SELECT d.number, d.unit, v.object, v.type, v.written, v.spec, v.nation, v.audience,
"""

_BYTES = "       substr(e.body, v.place + 1, v.length)\n"

_NO_BYTES = "       x''\n"

_FROM = """
  FROM delivery AS d
 CROSS JOIN version AS v ON v.version = d.version
"""

_ENTRY = " CROSS JOIN log.entry AS e ON e.position = v.position\n"

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
              AND substr(:readable, f.reach, 1) = x'01'))
        OR :first AND (v.flags & 2 = 0 OR NOT EXISTS (
           SELECT 1
             FROM version AS n
            CROSS JOIN delivery AS f ON f.version = n.version
            WHERE n.object = v.object
              AND n.collection = v.collection
              AND n.nation = v.nation
              AND n.modified < v.modified
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

_COUNT = """
SELECT count(DISTINCT v.object)
  FROM delivery AS d
 CROSS JOIN version AS v ON v.version = d.version
 WHERE d.collection = :collection
   AND substr(:readable, d.reach, 1) = x'01'
"""

_STORED = """
SELECT v.version, v.collection, c.id, v.object, v.nation, v.type, v.written,
       v.modified, a.label, v.arrival, v.information,
       EXISTS (SELECT 1 FROM delivery AS d
                WHERE d.version = v.version
                  AND substr(:readable, d.reach, 1) = x'01')
  FROM json_each(:ids) AS j
 CROSS JOIN version AS v ON v.object = j.value
  JOIN audience AS a ON a.audience = v.audience
  JOIN collection AS c ON c.collection = v.collection
 WHERE v.withdrawn = 0
 ORDER BY v.version
 LIMIT 1000000
"""

_RAW = """
SELECT substr(e.body, v.place + 1, v.length), v.cut_place, v.cut_length
  FROM version AS v
 CROSS JOIN log.entry AS e ON e.position = v.position
 WHERE v.version = :version
"""

_LANES = """
SELECT object, position
  FROM lane
 WHERE collection = :collection
   AND nation = :nation
   AND object IN (SELECT value FROM json_each(:ids))
 LIMIT 1000000
"""


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
            places = places if isinstance(places, bytes) else bytes(last - first + 1)
            self.readable = places.translate(can.ljust(256, b"\0"))

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


class IntelReading:
    """Reads intelligence for viewers; any thread may use it.

    Args:
        views: the file of the views.
        log: the file of the log, where the bytes are.
    """

    def __init__(self, views: Path, log: Path) -> None:
        self._views = views
        self._log = log
        self._local = threading.local()

    @contextmanager
    def snapshot(self) -> Iterator["Snapshot"]:
        """See one state of the views for a block."""
        state: _State | None = getattr(self._local, "state", None)
        if state is None:
            state = self._local.state = _State(self._views, self._log)
        if state.depth:
            yield Snapshot(state)
            return
        state.db.execute("BEGIN")
        state.depth = 1
        try:
            state.refresh()
            yield Snapshot(state)
        finally:
            state.depth = 0
            state.db.execute("ROLLBACK")

    def access(self) -> Access:
        """Tell who may see what, as the views stand."""
        with self.snapshot() as seen:
            return seen.access

    def cache_key(self) -> tuple[int, int]:
        """Give access generation and number of reaches, for keeping what was read."""
        with self.snapshot() as seen:
            return seen.cache_key

    def collections(self, viewer: Viewer) -> list[Collection]:
        """List the collections of which a viewer may read or write, by id."""
        with self.snapshot() as seen:
            return seen.collections(viewer)

    def collection(self, viewer: Viewer, name: str) -> Collection:
        """Find a collection by id or alias.

        Raises:
            NotFoundError: there is none, or the viewer may neither read nor write it.
        """
        with self.snapshot() as seen:
            return seen.collection(viewer, name)

    def page(
        self,
        viewer: Viewer,
        collection: Collection,
        filters: Filters,
        *,
        limit: int,
        bodies: bool = True,
    ) -> Page:
        """Read the next `limit` records that a viewer may see, oldest added first."""
        with self.snapshot() as seen:
            return seen.page(viewer, collection, filters, limit=limit, bodies=bodies)

    def count(self, viewer: Viewer, collection: Collection) -> int:
        """Count the objects of a collection, as the viewer counts them."""
        with self.snapshot() as seen:
            return seen.count(viewer, collection)

    def close(self) -> None:
        """Close this thread's connection."""
        state: _State | None = getattr(self._local, "state", None)
        if state is not None:
            state.db.close()
            del self._local.state


class _State:
    """What one thread keeps between reads."""

    def __init__(self, views: Path, log: Path) -> None:
        self.db = open_readable(views)
        self.db.execute("ATTACH :log AS log", {"log": str(log)})
        self.depth = 0
        self.reaches = ReadableReaches()
        self.cache_key = (-1, -1)
        self.access: Access | None = None
        self.collections: list[tuple[Collection, Rights, Rights]] = []
        self.labels: dict[int, FixedLabel] = {}
        self.blocks: dict[tuple[int, int], bytearray] = {}

    def refresh(self) -> None:
        """Catch up with the views, inside the snapshot."""
        if generation(self.db) != self.cache_key[0]:
            self.access = current_access(self.db)
            self.collections = _load_collections(self.db)
            self.blocks.clear()
        self.cache_key = self.reaches.refresh(self.db)


class Snapshot:
    """One state of the views, as long as the block around it lasts."""

    def __init__(self, state: _State) -> None:
        self._state = state
        self._db = state.db

    @property
    def db(self) -> apsw.Connection:
        """The connection, for other capabilities' queries in the same snapshot."""
        return self._db

    @property
    def cache_key(self) -> tuple[int, int]:
        """Access generation and number of reaches."""
        return self._state.cache_key

    @property
    def access(self) -> Access:
        """Who may see what.

        Raises:
            NotFoundError: no alliance has been founded in this data folder.
        """
        if self._state.access is None:
            raise NotFoundError("no alliance here yet; run 'foedus init'")
        return self._state.access

    def collections(self, viewer: Viewer) -> list[Collection]:
        """List the collections of which a viewer may read or write, by id."""
        access = self.access
        found = []
        for each, read, write in self._state.collections:
            can_read = allows(read, viewer, access)
            can_write = allows(write, viewer, access)
            if can_read or can_write:
                found.append(
                    msgspec.structs.replace(
                        each, can_read=can_read, can_write=can_write
                    )
                )
        return found

    def collection(self, viewer: Viewer, name: str) -> Collection:
        """Find a collection by id or alias; see `IntelReading.collection`."""
        for each in self.collections(viewer):
            if name in (each.id, each.alias):
                return each
        raise NotFoundError("no such collection")

    def has_collection(self, collection: str, alias: str) -> bool:
        """Tell whether an id or an alias is taken; for the one who opens them all."""
        return any(
            collection == each.id or alias == each.alias
            for each, _, _ in self._state.collections
        )

    def readable(self, viewer: Viewer, types: tuple[str, ...] = ()) -> bytes:
        """Give a byte a reach: may this viewer read it now?"""
        if not self.access.standing(viewer.nation):
            return b""
        place = self.access.place(viewer.nation, viewer.clearance)
        return self._state.reaches.now(place, tuple(sorted(types)))

    def count(self, viewer: Viewer, collection: Collection) -> int:
        """Count the objects of a collection, as the viewer counts them."""
        if not collection.can_read:
            return 0
        bindings = {
            "collection": collection.key,
            "readable": self.readable(viewer),
        }
        return int(self._db.execute(_COUNT, bindings).get)

    def page(
        self,
        viewer: Viewer,
        collection: Collection,
        filters: Filters,
        *,
        limit: int,
        bodies: bool = True,
    ) -> Page:
        """Read one page; see `IntelReading.page`."""
        readable = self.readable(viewer, filters.types)
        if 1 not in readable or not collection.can_read:
            return Page((), more=False)
        ranks = _Ranks(self._db, self._state.reaches.at_birth(self._place(viewer)))
        bindings: dict[str, Value] = {
            "collection": collection.key,
            "readable": readable,
            "after": ranks.start(collection.key, filters.added_after_us),
            "until": self._last_number(collection.key),
        }
        bindings |= _filter_bindings(filters)
        rows = self._rows(viewer, filters, bindings, bodies=bodies, limit=limit + 1)
        records = tuple(self._record(row, ranks) for row in rows[:limit])
        return Page(records, more=len(rows) > limit)

    def stored(self, viewer: Viewer, ids: Sequence[str]) -> list[Stored]:
        """Find all lanes' versions of some ids, in order of arrival.

        Not for showing: some of them the viewer may not know. Judge each by
        `held` or `may_see` first. The hub's own marking definitions are among them,
        under the nation `''`.
        """
        bindings = {
            "ids": msgspec.json.encode(list(ids)).decode(),
            "readable": self.readable(viewer),
        }
        return [
            Stored(
                key=row[0], collection=row[1], collection_id=row[2], id=row[3],
                nation=row[4], type=row[5], version=row[6], modified_us=row[7],
                label=decode_label(row[8]), arrival_ms=row[9], information_ms=row[10],
                held=bool(row[11]),
            )
            for row in self._db.execute(_STORED, bindings)
        ]  # fmt: skip

    def original(self, version: int) -> bytes:
        """Give the bytes of a stored version as they were sent, without the stamp."""
        row = self._db.execute(_RAW, {"version": version}).get
        raw, place, length = row
        if place is None:
            return bytes(raw)
        return bytes(raw[:place] + raw[place + length :])

    def lane_positions(
        self, collection: int, nation: str, ids: Sequence[str]
    ) -> dict[str, int]:
        """Tell at which position the last event of each lane stands."""
        bindings = {
            "collection": collection,
            "nation": nation,
            "ids": msgspec.json.encode(list(ids)).decode(),
        }
        return dict(self._db.execute(_LANES, bindings).fetchall())

    def _place(self, viewer: Viewer) -> int:
        return self.access.place(viewer.nation, viewer.clearance)

    def _last_number(self, collection: int) -> int:
        found = self._db.execute(_LAST_NUMBER, {"collection": collection}).get
        return int(found) if found is not None else 0

    def _rows(
        self,
        viewer: Viewer,
        filters: Filters,
        bindings: dict[str, Value],
        *,
        bodies: bool,
        limit: int,
    ) -> list[tuple[Value, ...]]:
        if filters.ids:
            statement = _BY_ID if bodies else _BY_ID_KEYS
            return self._db.execute(statement, {**bindings, "limit": limit}).fetchall()
        if filters.versions == ("last",) and not filters.spec_versions:
            statement = _WALK if bodies else _WALK_KEYS
        else:
            statement = _FILTER if bodies else _FILTER_KEYS
        after, until = bindings["after"], bindings["until"]
        assert isinstance(after, int)
        assert isinstance(until, int)
        collection = bindings["collection"]
        assert isinstance(collection, int)
        rows: list[tuple[Value, ...]] = []
        for low, high in self._stretches(viewer, collection, after, until):
            bindings |= {"after": low, "until": high, "limit": limit - len(rows)}
            rows += self._db.execute(statement, bindings).fetchall()
            if len(rows) >= limit:
                break
        return rows

    def _stretches(
        self, viewer: Viewer, collection: int, after: int, until: int
    ) -> Iterator[tuple[int, int]]:
        """Split (after, until] into runs of blocks that hold anything readable."""
        place = self._place(viewer)
        blocks = self._blocks(collection, place)
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

    def _blocks(self, collection: int, place: int) -> bytearray:
        """Give the skip map of a view class: a byte a block, has it any readable?"""
        known = self._state.blocks.setdefault((collection, place), bytearray())
        # The last known block may have grown since; ask for it again.
        start = max(len(known) - 1, 0)
        bindings = {"collection": collection, "block": start}
        for block, mask in self._db.execute(_BLOCKS, bindings):
            while len(known) <= block:
                known.append(0)
            known[block] = mask[place // 8] >> place % 8 & 1 if place // 8 < len(mask) else 0
        return known

    def _record(
        self, row: tuple[Value, ...], ranks: "_Ranks"
    ) -> Record:
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
        found = self._state.labels.get(audience)
        if found is None:
            raw = self._db.execute(_AUDIENCE, {"audience": audience}).get
            found = self._state.labels[audience] = decode_label(raw)
        return found


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
        "ids": msgspec.json.encode(filters.ids).decode(),
        "spec": msgspec.json.encode(filters.spec_versions).decode()
        if filters.spec_versions
        else None,
        "all": int("all" in filters.versions),
        "last": int("last" in filters.versions),
        "first": int("first" in filters.versions),
        "instants": msgspec.json.encode(instants).decode(),
    }


def _load_collections(
    db: apsw.Connection,
) -> list[tuple[Collection, Rights, Rights]]:
    found = []
    for row in db.execute(_COLLECTIONS):
        key, collection_id, alias, title, description, default_label, read, write = row
        collection = Collection(
            key=key,
            id=collection_id,
            alias=alias,
            title=title,
            description=description,
            default_label=default_label,
            can_read=False,
            can_write=False,
        )
        decode = msgspec.json.Decoder(Rights).decode
        found.append((collection, decode(read), decode(write)))
    return found
