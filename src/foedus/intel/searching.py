"""Search: which objects have a name, a value or words, in a viewer's world.

- The index says which version is found by what; it ranks nothing and counts nothing.
  Who may see a version is asked inside the SQL, of its deliveries as they stand.
- What the index gives is looked at once more, as the viewer has it: an older or a wider
  version that matches gives nothing away, since only what the viewer's own version says
  is compared.
- What is found is in order of the kind of match, then of the viewer's date added.
- Rows follow from the log alone, so folding anew gives the same ones.

Source:
    DESIGN §6, "Non-interference": ranking uses kind of match, then date added.
"""

from collections.abc import Iterator, Sequence
from typing import Any, Final

import apsw
import msgspec

from foedus.eventlog.envelope import Event, Recorded, Redacted
from foedus.intel.collections import Collection
from foedus.intel.events import Published
from foedus.intel.leaving import last_key_until
from foedus.intel.pages import Filters, Record
from foedus.intel.reading import Snapshot
from foedus.releasability.viewers import Viewer
from foedus.stix.identifiers import as_identifier
from foedus.stix.wording import BEGIN_MIN, Match, Query, match, wording_of

CANDIDATES_MAX: Final = 100
"""Versions of a kind of match that are looked at, the last to arrive first. They are
counted in the viewer's world, so what is hidden takes nobody's place."""

IDS_AT_ONCE: Final = 25
"""Ids whose objects are read at once; one may have a mebibyte."""

BYTES_MAX: Final = 16 * 1024 * 1024
"""Bytes of objects that are compared for a kind of match; it counts what the viewer
sees, and nothing else."""

FOUND_MAX: Final = 100
"""Objects that one search gives."""

LONG_MIN: Final = 32
"""Characters of the shortest hash."""

_TRIED_MAX: Final = 1_000
"""Versions per word that are counted to begin with the rarest: no result of it."""

_WHOLE: Final = "="
_WORD: Final = "~"
_END: Final = "\U0010ffff"

SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS search_key (
    key      TEXT    NOT NULL,
    version  INTEGER NOT NULL,
    PRIMARY KEY (key, version)
) STRICT, WITHOUT ROWID;
"""

_NEW = """
SELECT version, position
  FROM version
 WHERE version > :last
   AND flags & 8 = 0
 ORDER BY version
 LIMIT 1000000
"""

_LAST = "SELECT coalesce(max(version), 0) FROM version"

_NOTE = "INSERT INTO search_key (key, version) VALUES (?, ?)"

# Looks through all of them: a redaction is rare, and an index would cost each object.
_ERASE = """
DELETE FROM search_key
 WHERE version IN (SELECT version
                     FROM version
                    WHERE version BETWEEN :last - 1000 AND :last
                      AND position = :position)
"""

_COUNT = """
SELECT count(*)
  FROM (SELECT 1 FROM search_key WHERE key = :key LIMIT :limit)
"""

# Who may see it is asked before anything else is looked up: of a common word most may
# be hidden from a viewer. A viewer has at most one delivery of a version.
_FROM = """
SELECT v.object
  FROM search_key AS k
 CROSS JOIN delivery AS d ON d.version = k.version
 CROSS JOIN version AS v ON v.version = k.version
 WHERE substr(:readable, d.reach, 1) = x'01'
   AND v.withdrawn = 0
   AND v.collection IN (SELECT value FROM json_each(:collections))
"""

_IS_KEY = """
   AND k.key = :key
 ORDER BY k.version DESC
 LIMIT :limit
"""

_IS_BEGUN = """
   AND k.key > :key
   AND k.key < :end
 ORDER BY k.key DESC, k.version DESC
 LIMIT :limit
"""

_HAS_ALL = """
   AND k.key = :key
   AND NOT EXISTS (SELECT 1
                     FROM json_each(:others) AS j
                    WHERE NOT EXISTS (SELECT 1
                                        FROM search_key AS o
                                       WHERE o.key = j.value
                                         AND o.version = k.version))
 ORDER BY k.version DESC
 LIMIT :limit
"""

_EXACT = _FROM + _IS_KEY

_BEGINS = _FROM + _IS_BEGUN

_ALL_WORDS = _FROM + _HAS_ALL


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """An object that was found, as the viewer has it."""

    match: Match
    record: Record
    collection: Collection


class SearchView:
    """Folds what versions are found by.

    It follows the view of intelligence, which gives versions their numbers.
    """

    folds = Published | Redacted
    version = 1
    schema = SCHEMA

    def __init__(self) -> None:
        self._waiting: dict[int, bytes] = {}
        self._last = 0

    def load(self, db: apsw.Connection) -> None:
        """Forget what waits, and read which version came last."""
        self._waiting.clear()
        self._last = int(db.execute(_LAST).get)

    def apply(self, db: apsw.Connection, recorded: Recorded, event: Event) -> None:
        """Fold one event."""
        match event:
            case Published() if not recorded.erased:
                self._waiting[recorded.position] = bytes(event.object)
            case Redacted():
                self._waiting.pop(event.position, None)
                last = last_key_until(db, event.position)
                db.execute(_ERASE, {"last": last, "position": event.position})
            case _:
                pass

    def close_commit(self, db: apsw.Connection, arrival_ms: int) -> None:
        """Write what the versions of a commit are found by."""
        del arrival_ms
        if not self._waiting:
            return
        rows: list[tuple[str, int]] = []
        new: list[tuple[Any, ...]] = db.execute(_NEW, {"last": self._last}).fetchall()
        for version, position in new:
            self._last = version
            raw = self._waiting.pop(position, None)
            if raw is not None:
                rows += [(key, version) for key in keys_of(raw)]
        self._waiting.clear()
        rows.sort()  # as the table lies
        db.executemany(_NOTE, rows)


def keys_of(raw: bytes) -> list[str]:
    """Give the keys under which an object stands in the index, each once."""
    found_by = wording_of(raw)
    wholes, words = found_by.wholes, found_by.words
    # A long word that is a whole value, as a hash is, is found as one.
    known = {each for each in wholes if len(each) >= LONG_MIN}
    if known:
        words = tuple(each for each in words if each not in known)
    return [*(_WHOLE + each for each in wholes), *(_WORD + each for each in words)]


def search_objects(
    seen: Snapshot,
    viewer: Viewer,
    query: Query,
    *,
    limit: int = FOUND_MAX,
    bytes_max: int = BYTES_MAX,
) -> list[Found]:
    """Find objects by name, value or words, in the viewer's world; the best first.

    Args:
        seen: the views.
        viewer: who looks.
        query: what for.
        limit: how many at most.
        bytes_max: of objects that are compared for a kind of match.
    """
    readable = [each for each in seen.collections(viewer) if each.can_read]
    if not query.whole or not readable:
        return []
    found: dict[str, Found] = {}
    looked_at: set[str] = set()
    for best, ids in _candidates(seen, viewer, query, readable):
        # What follows matches less well; where there is enough, nobody would see it.
        if sum(each.match < best for each in found.values()) >= limit:
            break
        new = [each for each in dict.fromkeys(ids) if each not in looked_at]
        looked_at.update(new)
        for each in _as_seen(seen, viewer, readable, new, bytes_max):
            _judge(query, each, found)
    return sorted(found.values(), key=_order)[:limit]


def _judge(query: Query, each: Found, found: dict[str, Found]) -> None:
    """Compare an object, as the viewer has it, with what is looked for."""
    is_named = each.record.id == query.whole
    kind = Match.WHOLE if is_named else match(query, wording_of(each.record.raw))
    if kind is None:
        return
    better = msgspec.structs.replace(each, match=kind)
    known = found.get(each.record.id)
    if known is None or _order(better) < _order(known):
        found[each.record.id] = better


def _candidates(
    seen: Snapshot, viewer: Viewer, query: Query, readable: Sequence[Collection]
) -> Iterator[tuple[Match, list[str]]]:
    """Give ids of versions that the viewer may see, by how they may match, at best."""
    bindings: dict[str, Any] = {
        "collections": msgspec.json.encode([each.key for each in readable]).decode(),
        "readable": seen.readable(viewer),
        "limit": CANDIDATES_MAX,
    }
    db = seen.db
    named = [query.whole] if as_identifier(query.whole) else []
    whole = f"{_WHOLE}{query.whole}"
    yield Match.WHOLE, [*named, *_ids(db, _EXACT, bindings | {"key": whole})]
    if len(query.whole) >= BEGIN_MIN:
        yield Match.BEGIN, _ids(db, _BEGINS, bindings | _span(whole))
    if len(query.words) > 1:
        yield Match.WORDS, _by_words(db, query, bindings)
    elif query.words:
        yield from _by_word(db, f"{_WORD}{query.words[0]}", bindings)


def _by_word(
    db: apsw.Connection, word: str, bindings: dict[str, Any]
) -> Iterator[tuple[Match, list[str]]]:
    """Give ids by their only word, or by how it begins."""
    found = _ids(db, _EXACT, bindings | {"key": word})
    yield Match.WORDS, found
    # Another word that begins so matches no better: it fills up what is free.
    if len(found) < CANDIDATES_MAX and len(word) - len(_WORD) >= BEGIN_MIN:
        yield Match.WORDS, _ids(db, _BEGINS, bindings | _span(word))


def _span(key: str) -> dict[str, str]:
    return {"key": key, "end": key + _END}


def _by_words(db: apsw.Connection, query: Query, bindings: dict[str, Any]) -> list[str]:
    """Give ids by their words; the rarest word leads, which changes no result."""

    def count(key: str) -> int:
        return int(db.execute(_COUNT, {"key": key, "limit": _TRIED_MAX}).get)

    keys = sorted((f"{_WORD}{each}" for each in query.words), key=count)
    words = {"key": keys[0], "others": msgspec.json.encode(keys[1:]).decode()}
    return _ids(db, _ALL_WORDS, bindings | words)


def _ids(db: apsw.Connection, statement: str, bindings: dict[str, Any]) -> list[str]:
    rows: list[tuple[Any, ...]] = db.execute(statement, bindings).fetchall()
    return [row[0] for row in rows]


def _as_seen(
    seen: Snapshot,
    viewer: Viewer,
    collections: Sequence[Collection],
    ids: Sequence[str],
    bytes_max: int,
) -> Iterator[Found]:
    """Give some objects as the viewer has them."""
    left = bytes_max
    for start in range(0, len(ids), IDS_AT_ONCE):
        filters = Filters(ids=tuple(ids[start : start + IDS_AT_ONCE]))
        for each in collections:
            page = seen.page(viewer, each, filters, limit=IDS_AT_ONCE * 2)
            for record in page.records:
                left -= len(record.raw)
                yield Found(match=Match.WORDS, record=record, collection=each)
        if left < 0:
            return


def _order(found: Found) -> tuple[int, int, str]:
    return int(found.match), -found.record.added_us, found.record.id
