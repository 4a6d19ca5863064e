"""Pages: what a viewer may see of a collection, in the viewer's order.

- The readable reaches are in the SQL, so nothing is filtered afterwards.
- Hidden deliveries are stepped over block by block (the skip map), or by the few
  reaches that can be read (`Spread`), so that a page costs what the viewer sees, not
  what lies between.
- `added_us` is ranked in the viewer's world; it is unique, grows, and the viewer's
  last delivery of each unit stands on a whole millisecond.

Source: DESIGN §6; `releasability` reference, sections 2.2 and 2.3.
"""

from collections.abc import Iterable, Iterator
from typing import Any, Final, Literal

import apsw
import msgspec

from foedus.ids import NationCode, StixId
from foedus.intel.kept_bytes import KeptBytes
from foedus.intel.ranks import Ranks
from foedus.intel.raws import PAGE_BYTES_MAX, Raws
from foedus.intel.skip_map import SkipMap
from foedus.intel.spread import Spread
from foedus.intel.statements import (
    BYTES,
    KEYS,
    PLACES,
    RECORD,
    STATEMENTS,
)
from foedus.releasability.join import FixedLabel, decode_label
from foedus.stix.identifiers import STIX_TYPES

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
        latest_spec: of each object only what is in the latest specification version
            that the viewer sees it in.
    """

    added_after_us: int | None = None
    ids: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    versions: tuple[VersionTerm, ...] = ("last",)
    spec_versions: tuple[str, ...] = ()
    latest_spec: bool = False


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


class Bytes(msgspec.Struct, frozen=True, kw_only=True):
    """The bytes of a page, for whoever passes them on as they are.

    Attributes:
        raws: of each object, as served.
        added_us: when each was added, in the viewer's world.
        last_id: the id of the last, where there are more after it.
        more: whether there are more after them.
    """

    raws: list[bytes]
    added_us: list[int]
    last_id: str
    more: bool


NO_BYTES: Final = Bytes(raws=[], added_us=[], last_id="", more=False)


class Page(msgspec.Struct, frozen=True):
    """Records in the viewer's order, and whether there are more after them."""

    records: tuple[Record, ...]
    more: bool


class State(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What a page depends on, beside who asks for what.

    Attributes:
        access: the generation of who may see what.
        reaches: the number of reaches.
        rebuilds: how often the views have been made anew; numbers of before mean
            something else.
        past: the last position that may have changed what earlier deliveries give.
        last: the number of the collection's last delivery; a page that has more after
            it does not depend on that.
    """

    access: int
    reaches: int
    rebuilds: int
    past: int
    last: int


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


_LAST_NUMBER = """
SELECT last FROM unit WHERE collection = :collection ORDER BY at DESC LIMIT 1
"""

_PAST = """
SELECT folded.generation, coalesce((SELECT position FROM past), 0)
  FROM folded
"""

_OBJECT = """
SELECT v.object
  FROM delivery AS d
 CROSS JOIN version AS v ON v.version = d.version
 WHERE d.collection = :collection AND d.number = :number
"""

_AUDIENCE = "SELECT label FROM audience WHERE audience = :audience"


class _Found(msgspec.Struct, frozen=True):
    """Deliveries in their order, and the bytes of what they deliver."""

    units: list[int]
    numbers: list[int]
    raws: list[bytes]
    more: bool = False


class Pages:
    """Reads pages over one connection; keeps labels and skip maps between them.

    Args:
        db: the views, with the log attached.
        spread: chooses between the two ways to go; changes nothing that is given.
        kept: bytes that were read before, by any thread; by default none.
    """

    def __init__(
        self,
        db: apsw.Connection,
        spread: Spread | None = None,
        kept: KeptBytes | None = None,
    ) -> None:
        self._db = db
        self._raws = Raws(db, KeptBytes() if kept is None else kept)
        self._labels: dict[int, FixedLabel] = {}
        self._skip_map = SkipMap(db)
        self._spread = Spread() if spread is None else spread
        self._past: tuple[int, int] | None = None
        self._lasts: dict[int, int] = {}
        self._ranks: dict[int, Ranks] = {}

    def turn(self) -> None:
        """Drop what is known of one state of the views: another one is read now."""
        self._past = None
        self._lasts.clear()
        self._ranks.clear()

    def forget(self) -> None:
        """Drop what follows from who may read what: that has changed."""
        self._skip_map.forget()
        self._spread.forget()

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
        ranks = self._ranks_of(sight)
        columns = RECORD if bodies else KEYS
        records: list[Record] = []
        size = 0
        how = (ranks.start(collection, filters.added_after_us), limit + 1)
        for rows in self._rows(columns, collection, sight, filters, how):
            for row in rows:
                if len(records) == limit or size > PAGE_BYTES_MAX:
                    return Page(tuple(records), more=True)
                records.append(self._record(row, ranks))
                size += len(records[-1].raw)
        return Page(tuple(records), more=False)

    def read_bytes(
        self,
        collection: int,
        sight: Sight,
        filters: Filters,
        *,
        limit: int,
        at_once: bool = False,
    ) -> Bytes:
        """Read the bytes of the next `limit` records, oldest added first.

        As `read`, but nothing is made of them that whoever passes them on needs not.

        Args:
            collection: its key.
            sight: what can be read.
            filters: what is asked for.
            limit: how many at the most.
            at_once: whether nobody can wait.

        Raises:
            TakesLongError: it is not to take long, and would.
        """
        ranks = self._ranks_of(sight)
        how = (ranks.start(collection, filters.added_after_us), limit)
        found = None
        if not filters.ids:
            found = self._read_kept(collection, sight, filters, how, at_once=at_once)
        if found is None:
            found = self._read_through(collection, sight, filters, how)
        if not found.raws:
            return NO_BYTES
        last_id = ""
        if found.more:
            named = {"collection": collection, "number": found.numbers[-1]}
            last_id = self._db.execute(_OBJECT, named).get
        added_us = ranks.added_us_of(found.units, found.numbers)
        return Bytes(
            raws=found.raws, added_us=added_us, last_id=last_id, more=found.more
        )

    def _read_through(
        self, collection: int, sight: Sight, filters: Filters, how: tuple[int, int]
    ) -> _Found:
        """Read bytes out of the log."""
        after, limit = how
        found = _Found([], [], [])
        size = 0
        one_more = (after, limit + 1)
        for rows in self._rows(BYTES, collection, sight, filters, one_more):
            for unit, number, raw in rows:
                if len(found.raws) == limit or size > PAGE_BYTES_MAX:
                    return msgspec.structs.replace(found, more=True)
                found.units.append(unit)
                found.numbers.append(number)
                found.raws.append(raw)
                size += len(raw)
        return found

    def _read_kept(
        self,
        collection: int,
        sight: Sight,
        filters: Filters,
        how: tuple[int, int],
        *,
        at_once: bool,
    ) -> _Found | None:
        """Read bytes as far as they are not kept; None if some have been redacted.

        Who reads them all out of the log steps over those.
        """
        after, limit = how
        rows = self.read_places(
            collection, sight, filters, after=after, limit=limit + 1
        )
        if not rows:
            return _Found([], [], [])
        numbers, units, versions = map(list, zip(*rows, strict=True))
        raws = self._raws.read(versions[:limit], self._made()[0], at_once=at_once)
        if raws is None:
            return None
        more = len(raws) < len(rows)
        del units[len(raws) :], numbers[len(raws) :]
        return _Found(units, numbers, raws, more)

    def read_places(
        self,
        collection: int,
        sight: Sight,
        filters: Filters,
        *,
        after: int,
        limit: int,
    ) -> list[tuple[int, int, int]]:
        """Read number, unit and version of the next `limit` deliveries after one."""
        found: list[tuple[int, int, int]] = []
        for rows in self._rows(PLACES, collection, sight, filters, (after, limit)):
            found += rows
            if len(found) >= limit:
                break
        return found[:limit]

    def state(self, collection: int, cache_key: tuple[int, int]) -> State:
        """Give what the pages of a collection depend on.

        Args:
            collection: its key.
            cache_key: access generation and number of reaches.
        """
        access, reaches = cache_key
        rebuilds, past = self._made()
        return State(
            access=access,
            reaches=reaches,
            rebuilds=rebuilds,
            past=past,
            last=self._last_number(collection),
        )

    def _made(self) -> tuple[int, int]:
        """Tell how often the views were made anew, and what may have changed."""
        if self._past is None:
            self._past = self._db.execute(_PAST).get
        return self._past

    def _ranks_of(self, sight: Sight) -> Ranks:
        """Give what dates deliveries for a view class, in this state of the views."""
        found = self._ranks.get(sight.place)
        if found is None:
            found = self._ranks[sight.place] = Ranks(self._db, sight.at_birth)
        return found

    def _last_number(self, collection: int) -> int:
        """Give the number of the last delivery of a collection; 0 if it is empty."""
        known = self._lasts.get(collection)
        if known is None:
            found = self._db.execute(_LAST_NUMBER, {"collection": collection}).get
            known = self._lasts[collection] = int(found or 0)
        return known

    def _rows(
        self,
        columns: str,
        collection: int,
        sight: Sight,
        filters: Filters,
        how: tuple[int, int],
    ) -> Iterator[Iterable[tuple[Any, ...]]]:
        """Give the rows, run by run and one by one: nobody may hold all their bytes.

        Whoever asks stops when there is enough; `how` is the number after which to
        read on, and how many are wanted.
        """
        if 1 not in sight.readable:
            return
        after, limit = how
        bindings: dict[str, Value] = {
            "collection": collection,
            "readable": sight.readable,
            "after": after,
            "until": self._last_number(collection),
            "limit": limit,
        }
        plan = _plan_of(filters)
        bindings |= _bindings_of(filters, plan)
        statement = STATEMENTS[columns, plan]
        if filters.ids:
            yield self._db.execute(statement, bindings)
        elif self._spread.is_narrow(self._db, bindings, limit):
            by_numbers = STATEMENTS[columns, f"{plan} numbers"]
            for numbers in self._spread.numbers(self._db, bindings, limit):
                yield self._db.execute(by_numbers, bindings | {"numbers": numbers})
        else:
            until = self._last_number(collection)
            for low, high in self._skip_map.stretches(
                collection, sight.place, after=after, until=until
            ):
                run = {**bindings, "after": low, "until": high}
                yield self._db.execute(statement, run)

    def _record(self, row: tuple[Value, ...], ranks: Ranks) -> Record:
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


def _bindings_of(filters: Filters, plan: str) -> dict[str, Value]:
    """Give the bindings of a plan's statement that the filters make."""
    bindings: dict[str, Value] = {"latest": int(filters.latest_spec)}
    if plan == "walk":
        return bindings
    if plan == "id":
        return {**bindings, "id": filters.ids[0]}
    instants = [term for term in filters.versions if isinstance(term, int)]
    return {
        **bindings,
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


def _plan_of(filters: Filters) -> str:
    """Choose how to go about what is asked for: a name in `STATEMENTS`.

    A walk or a filter may also go by numbers, where few of them can be read.
    """
    if len(filters.ids) == 1 and _is_plain(filters):
        return "id"
    if filters.ids:
        return "ids"
    return "walk" if _is_plain(filters) else "filter"


def _is_plain(filters: Filters) -> bool:
    """Tell whether the readable reaches alone answer what is asked for."""
    return (
        filters.versions == ("last",)
        and not filters.spec_versions
        and all(each in STIX_TYPES for each in filters.types)
    )
