"""What a viewer reads of intelligence: collections, pages, single versions.

- Every query takes the viewer's readable reaches into the SQL, so that counts and
  pages are right and nothing is filtered afterwards.
- A page is read in one snapshot: the reaches, the deliveries and the bytes agree.

Source: DESIGN §6; `releasability` reference, section 2.2.
"""

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import apsw
import msgspec
from msgspec.structs import replace

from foedus.errors import NotFoundError, UnavailableError
from foedus.eventlog.database import disk_in_words
from foedus.ids import AccountId, CollectionId, NationCode, Position, StixId
from foedus.intel.collections import Collection, named
from foedus.intel.deliveries import reach_type
from foedus.intel.kept_bytes import KeptBytes
from foedus.intel.known import Known
from foedus.intel.pages import NO_BYTES, Bytes, Filters, Page, Sight, State
from foedus.intel.ranks import Ranks
from foedus.intel.rights import may_read, may_write
from foedus.intel.statements import COUNT
from foedus.releasability.access import Access
from foedus.releasability.join import FixedLabel, decode_label
from foedus.releasability.viewers import Role, Viewer

CACHE_KIB_FIRST = 16_384
"""KiB of the views that the first thread keeps, which is the event loop's."""

CACHE_KIB_LATER = 512
"""The same of every other thread. There are dozens, and what they read is long."""

NOBODY = AccountId("account--nobody")
"""Stands for any account of a nation, where it does not matter which."""


class Stored(msgspec.Struct, frozen=True, kw_only=True):
    """One stored version, as admission and explanation need it.

    Attributes:
        position: where it stands in the log.
        waits: whether it waits for what it refers to.
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
    position: Position
    waits: bool
    held: bool


_STORED = """
SELECT v.version, v.collection, c.id, v.object, v.nation, v.type, v.written,
       v.modified, a.label, v.arrival, v.information, v.position, v.flags & 16,
       EXISTS (SELECT 1 FROM delivery AS d
                WHERE d.version = v.version
                  AND substr(:readable, d.reach, 1) = x'01')
  FROM json_each(:ids) AS j
 CROSS JOIN version AS v ON v.object = j.value
  JOIN audience AS a ON a.audience = v.audience
  JOIN collection AS c ON c.collection = v.collection
 WHERE v.withdrawn = 0
   AND v.flags & 8 = 0
 ORDER BY v.version
 LIMIT 1000000
"""

_LABELS_OF = """
SELECT DISTINCT a.label
  FROM audience AS a
 WHERE a.originator = :nation AND a.reason = '0'
 LIMIT 20000
"""

_HAS_RELEASES = """
SELECT EXISTS (SELECT 1 FROM release WHERE nation = :nation)
    OR EXISTS (SELECT 1
                 FROM release AS r
                CROSS JOIN json_each(r.consents) AS j
                WHERE j.value = :nation)
"""

_REFERRERS = """
SELECT j.value, v.version, v.object
  FROM json_each(:ids) AS j
 CROSS JOIN version AS v
    ON v.version IN (SELECT u.version
                       FROM unresolved AS u
                      CROSS JOIN version AS w ON w.version = u.version
                      WHERE u.object = j.value
                        AND w.nation = :nation
                        AND w.withdrawn = 0
                      ORDER BY u.version
                      LIMIT 10000)
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


class IntelReading:
    """Reads intelligence for viewers; any thread may use it.

    Args:
        views: the file of the views.
        log: the file of the log, where the bytes are.
        kept: bytes of it that were read before, by any thread; by default none.
    """

    def __init__(self, views: Path, log: Path, kept: KeptBytes | None = None) -> None:
        self._views = views
        self._log = log
        self._kept = KeptBytes() if kept is None else kept
        self._local = threading.local()
        self._has_first = False

    @contextmanager
    def snapshot(self) -> Iterator["Snapshot"]:
        """See one state of the views for a block.

        Raises:
            UnavailableError: the machine refuses to read it.
        """
        state: Known | None = getattr(self._local, "state", None)
        if state is not None and state.depth:
            yield Snapshot(state)
            return
        with disk_in_words():
            if state is None:
                state = self._open()
            state.db.execute("BEGIN")
            state.depth = 1
            try:
                state.refresh()
                yield Snapshot(state)
            finally:
                state.depth = 0
                state.db.execute("ROLLBACK")

    def _open(self) -> "Known":
        """Open what this thread reads by; the first thread's keeps more."""
        cache = CACHE_KIB_LATER if self._has_first else CACHE_KIB_FIRST
        state = Known(self._views, self._log, self._kept, cache_kib=cache)
        self._local.state = state
        self._has_first = True
        return state

    def beside(self) -> "IntelReading":
        """Give another reader of the same, whose blocks are its own in each thread."""
        return IntelReading(self._views, self._log, self._kept)

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
        state: Known | None = getattr(self._local, "state", None)
        if state is not None:
            state.db.close()
            del self._local.state


class Snapshot:
    """One state of the views, as long as the block around it lasts."""

    def __init__(self, state: Known) -> None:
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
        # Rights are of nations and roles; they change with the access generation.
        key = (viewer.nation, viewer.roles)
        found = self._state.rights.get(key)
        if found is None:
            found = self._state.rights[key] = tuple(self._rights(viewer))
        return list(found)

    def _rights(self, viewer: Viewer) -> Iterator[Collection]:
        access = self.access
        for each, read, write in self._state.collections:
            can_read = may_read(read, viewer, access)
            can_write = may_write(write, viewer, access)
            if can_read or can_write:
                yield replace(each, can_read=can_read, can_write=can_write)

    def collection(self, viewer: Viewer, name: str) -> Collection:
        """Find a collection by id or alias; see `IntelReading.collection`."""
        return named(self.collections(viewer), name)

    def every_collection(self) -> list[Collection]:
        """List all collections by id, without rights; for the one who opens them."""
        return [each for each, _, _ in self._state.collections]

    def any_collection(self, name: str) -> Collection:
        """Find one of all collections; see `IntelReading.collection`."""
        return named(self.every_collection(), name)

    def can_read(self, collection: int, nation: NationCode, clearance: int) -> bool:
        """Tell whether an ordinary reader of a nation may read a collection."""
        reader = Viewer(
            nation=nation,
            clearance=clearance,
            roles=frozenset({Role.READER}),
            account=NOBODY,
        )
        return any(
            each.key == collection and may_read(read, reader, self.access)
            for each, read, _ in self._state.collections
        )

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
        if not collection.can_read or not self.access.standing(viewer.nation):
            return 0
        key = (collection.key, self.access.place(viewer.nation, viewer.clearance))
        state = self.state_of(collection)
        known, before = self._state.counts.get(key, (None, 0))
        if known == state:
            return before
        # What came last is counted alone, unless something changed what was there.
        is_longer = known is not None and replace(known, last=state.last) == state
        bindings = {
            "collection": collection.key,
            "readable": self.readable(viewer),
            "after": known.last if known is not None and is_longer else 0,
        }
        count = int(self._db.execute(COUNT, bindings).get)
        count += before if is_longer else 0
        self._state.counts[key] = (state, count)
        return count

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
        sight = self._sight(viewer, collection, filters)
        if sight is None:
            return Page((), more=False)
        return self._state.pages.read(
            collection.key, sight, filters, limit=limit, bodies=bodies
        )

    def page_bytes(
        self,
        viewer: Viewer,
        collection: Collection,
        filters: Filters,
        *,
        limit: int,
        at_once: bool = False,
    ) -> Bytes:
        """Read one page's bytes; as `page`, for whoever passes them on.

        Raises:
            TakesLongError: nobody can wait, and it would take long.
        """
        sight = self._sight(viewer, collection, filters)
        if sight is None:
            return NO_BYTES
        return self._state.pages.read_bytes(
            collection.key, sight, filters, limit=limit, at_once=at_once
        )

    def places(
        self,
        viewer: Viewer,
        collection: Collection,
        filters: Filters,
        *,
        after: int,
        limit: int,
    ) -> list[tuple[int, int, int]]:
        """Read number, unit and version of the deliveries that follow a number."""
        sight = self._sight(viewer, collection, filters)
        if sight is None:
            return []
        return self._state.pages.read_places(
            collection.key, sight, filters, after=after, limit=limit
        )

    def ranks(self, viewer: Viewer) -> Ranks:
        """Give what dates deliveries in a viewer's world."""
        place = self.access.place(viewer.nation, viewer.clearance)
        return Ranks(self._db, self._state.reaches.at_birth(place))

    def _sight(
        self, viewer: Viewer, collection: Collection, filters: Filters
    ) -> Sight | None:
        """Give what a viewer's class can read; None where it is nothing."""
        access, reaches = self.access, self._state.reaches
        if not collection.can_read or not access.standing(viewer.nation):
            return None
        place = access.place(viewer.nation, viewer.clearance)
        types = tuple(sorted({reach_type(each) for each in filters.types}))
        return Sight(
            place=place,
            readable=reaches.now(place, types),
            at_birth=reaches.at_birth(place),
        )

    def state_of(self, collection: Collection) -> State:
        """Give what the pages of a collection depend on, beside the question."""
        return self._state.pages.state(collection.key, self.cache_key)

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
                position=row[11], waits=bool(row[12]), held=bool(row[13]),
            )
            for row in self._db.execute(_STORED, bindings)
        ]  # fmt: skip

    def original(self, version: int) -> bytes:
        """Give the bytes of a stored version as they were sent, without the stamp.

        Raises:
            UnavailableError: it was redacted a moment ago.
        """
        raw, place, length = self._db.execute(_RAW, {"version": version}).get
        if raw is None:
            raise UnavailableError("a version was redacted just now; ask again")
        if place is None:
            return bytes(raw)
        return bytes(raw[:place] + raw[place + length :])

    def labels_of(self, nation: NationCode) -> list[FixedLabel]:
        """List the labels under which a nation has published; for its quota."""
        rows = self._db.execute(_LABELS_OF, {"nation": nation})
        return [decode_label(label) for (label,) in rows]

    def has_releases(self, nation: NationCode) -> bool:
        """Tell whether anything that a nation originated was ever released."""
        return bool(self._db.execute(_HAS_RELEASES, {"nation": nation}).get)

    def referrers(self, viewer: Viewer, ids: Sequence[str]) -> dict[str, list[Stored]]:
        """Find the viewer's own nation's versions that named an id before it was there.

        Of each id, what named it when its publisher could not see it, as far as the
        viewer is cleared for it.
        """
        bindings = {
            "ids": msgspec.json.encode(list(ids)).decode(),
            "nation": viewer.nation,
        }
        rows: list[tuple[Any, ...]] = self._db.execute(_REFERRERS, bindings).fetchall()
        if not rows:
            return {}
        names: dict[int, list[str]] = {}
        for stix_id, version, _ in rows:
            names.setdefault(version, []).append(stix_id)
        found: dict[str, list[Stored]] = {}
        for stored in self.stored(viewer, sorted({row[2] for row in rows})):
            if stored.label.level <= viewer.clearance:
                for stix_id in names.get(stored.key, ()):
                    found.setdefault(stix_id, []).append(stored)
        return found

    def withdrawals(
        self, collection: int, nation: str, ids: Sequence[str]
    ) -> dict[str, int]:
        """Tell at which position something was last withdrawn from each lane."""
        bindings = {
            "collection": collection,
            "nation": nation,
            "ids": msgspec.json.encode(list(ids)).decode(),
        }
        rows: list[tuple[Any, ...]] = self._db.execute(_LANES, bindings).fetchall()
        return dict(rows)
