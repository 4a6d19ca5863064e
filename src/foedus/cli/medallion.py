"""A data file of medallion's memory backend, gone through once and indexed on disk.

- Memory holds one value of the file; what was found where lies in a temporary index.
- An object's date is that of the manifest's record of the same id and version. What
  has none was never served by medallion either, and is left out with a reason.
- medallion's own property `_date_added` is taken out of objects, as it did itself.

Source: medallion 3.0.0, `backends/memory_backend.py`.
"""

import hashlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final, Self, TypeVar

import apsw
import msgspec

from foedus.errors import InvalidInputError, TooLargeError
from foedus.ids import CollectionId
from foedus.intel.events import ApiRoot, ImportTerms
from foedus.intel.importing import Dated, Plan, Planned
from foedus.stix.json_stream import JsonStream
from foedus.stix.strict_json import read_object
from foedus.stix.timestamps import parse_us

Said = TypeVar("Said")
"""What the file says of a thing."""

ROOTS_MAX: Final = 1_000
"""API roots of one file."""

_DISCOVERY = frozenset({"/discovery", "discovery"})
_HIDDEN = "_date_added"
_GZIP = b"\x1f\x8b"

_SCHEMA = """
CREATE TABLE object (
    collection INTEGER NOT NULL,
    place      INTEGER NOT NULL,
    id         TEXT    NOT NULL,
    version    INTEGER,
    start      INTEGER NOT NULL,
    length     INTEGER NOT NULL,
    PRIMARY KEY (collection, place)
) STRICT, WITHOUT ROWID;

CREATE TABLE record (
    collection INTEGER NOT NULL,
    place      INTEGER NOT NULL,
    id         TEXT    NOT NULL,
    version    INTEGER,
    added      INTEGER,
    PRIMARY KEY (collection, place)
) STRICT, WITHOUT ROWID;

CREATE TABLE status (
    place INTEGER PRIMARY KEY,
    body  BLOB    NOT NULL
) STRICT;
"""

_INDEXES = """
CREATE INDEX record_of ON record (collection, id, version);
CREATE INDEX object_of ON object (collection, id, version);
"""

_OBJECT = "INSERT INTO object VALUES (?, ?, ?, ?, ?, ?)"
_RECORD = "INSERT INTO record VALUES (?, ?, ?, ?, ?)"
_STATUS = "INSERT INTO status (body) VALUES (?)"

_DATED = """
WITH dated AS (
    SELECT o.place, o.id, o.start, o.length, min(r.added) AS added,
           r.place AS listed
      FROM object AS o
      JOIN record AS r USING (collection, id, version)
     WHERE o.collection = :collection
       AND r.added BETWEEN 1 AND :now_us
     GROUP BY o.place
)
SELECT id, start, length, added,
       count(*) OVER (PARTITION BY added ORDER BY listed DESC, place DESC
                       ROWS UNBOUNDED PRECEDING) - 1
  FROM dated
 ORDER BY added, listed, place
"""

_LEFT_OUT = """
SELECT o.id, o.version,
       (SELECT min(r.added)
          FROM record AS r
         WHERE r.collection = o.collection
           AND r.id = o.id
           AND r.version = o.version)
  FROM object AS o
 WHERE o.collection = :collection
   AND NOT EXISTS (SELECT 1
                     FROM record AS r
                    WHERE r.collection = o.collection
                      AND r.id = o.id
                      AND r.version = o.version
                      AND r.added BETWEEN 1 AND :now_us)
 ORDER BY o.place
"""

_ABSENT = """
SELECT r.id
  FROM record AS r
 WHERE r.collection = :collection
   AND NOT EXISTS (SELECT 1
                     FROM object AS o
                    WHERE o.collection = r.collection
                      AND o.id = r.id
                      AND o.version = r.version)
 ORDER BY r.place
"""

_COUNT = "SELECT count(*) FROM object"

_STATUSES = "SELECT body FROM status ORDER BY place"


class LeftOut(msgspec.Struct, frozen=True, kw_only=True):
    """What cannot be taken over, and why."""

    id: str
    reason: str


class _Head(msgspec.Struct):
    """What an object is found by."""

    id: str = ""
    modified: str | None = None
    created: str | None = None
    hidden: str | None = msgspec.field(name=_HIDDEN, default=None)


class _Record(msgspec.Struct):
    """What a manifest says of a version."""

    id: str = ""
    version: str = ""
    date_added: str = ""


class _Information(msgspec.Struct):
    """What an API root says of itself."""

    title: str = ""
    description: str = ""


class _Collection(msgspec.Struct):
    """What a collection says of itself."""

    id: str = ""
    title: str = ""
    description: str = ""
    alias: str | None = None
    can_read: bool = False
    can_write: bool = False


class MedallionFile:
    """An indexed data file; closed with the block that it is used in.

    Args:
        path: where it is.
        moved: told of how many further bytes have been read.

    Raises:
        InvalidInputError: it cannot be read, or is no such file.
        TooLargeError: one value is longer than memory shall hold.
    """

    def __init__(self, path: str, moved: Callable[[int], None]) -> None:
        self._path = path
        self._moved = moved
        self._digest = hashlib.sha256()
        self._index = apsw.Connection("")
        self._index.execute(_SCHEMA)
        self._roots: list[ApiRoot] = []
        self._collections: list[Planned] = []
        self.empty_roots: list[str] = []
        try:
            self._file = Path(path).open("rb")  # noqa: SIM115 - `close` does
        except OSError as error:
            raise InvalidInputError(f"{path}: {error.strerror}") from error
        try:
            self._go_through()
        except (InvalidInputError, TooLargeError) as error:
            self.close()
            raise type(error)(f"{path}: {error.detail}") from error

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the file and of the index."""
        self._file.close()
        self._index.close()

    @property
    def size(self) -> int:
        """How many objects there are."""
        return int(self._index.execute(_COUNT).get)

    def plan(self, terms: ImportTerms) -> Plan:
        """Say what is to be taken over."""
        return Plan(
            source=self._digest.hexdigest(),
            terms=terms,
            roots=tuple(self._roots),
            collections=tuple(self._collections),
        )

    def objects(self, place: int, *, now_us: int) -> Iterator[Dated]:
        """Give the objects of a collection of the plan, oldest added first.

        Args:
            place: of the collection, in the order of the plan.
            now_us: the instant behind which dates lie in the future.
        """
        bindings = {"collection": place, "now_us": now_us}
        for row in self._index.execute(_DATED, bindings):
            stix_id, start, length, added_us, following = row
            self._file.seek(start)
            raw = _without_hidden(self._file.read(length))
            yield Dated(id=stix_id, raw=raw, added_us=added_us, following=following)

    def left_out(self, place: int, *, now_us: int) -> Iterator[LeftOut]:
        """Give what of a collection cannot be taken over."""
        bindings = {"collection": place, "now_us": now_us}
        for stix_id, version, added_us in self._index.execute(_LEFT_OUT, bindings):
            yield LeftOut(id=stix_id, reason=_reason(version, added_us))
        for (stix_id,) in self._index.execute(_ABSENT, {"collection": place}):
            yield LeftOut(id=stix_id, reason=_NO_OBJECT)

    def statuses(self) -> Iterator[bytes]:
        """Give the statuses of all API roots, as they stand in the file."""
        for (body,) in self._index.execute(_STATUSES):
            yield body

    # Going through

    def _go_through(self) -> None:
        if self._file.read(len(_GZIP)) == _GZIP:
            raise InvalidInputError("packed by gzip; unpack it first")
        self._file.seek(0)
        stream = JsonStream(self._read)
        with self._index:
            for name in stream.members():
                if name not in _DISCOVERY and stream.kind() == "{":
                    self._root(stream, name)
            stream.end()
            self._index.execute(_INDEXES)
        if not self._roots:
            raise InvalidInputError(
                "holds no API root with a collection; give the data file of "
                "medallion's memory backend"
            )

    def _read(self, length: int) -> bytes:
        piece = self._file.read(length)
        self._digest.update(piece)
        self._moved(len(piece))
        return piece

    def _root(self, stream: JsonStream, path: str) -> None:
        if len(self._roots) == ROOTS_MAX:
            raise TooLargeError(f"more than {ROOTS_MAX} API roots; split the file")
        information: _Information | None = None
        before = len(self._collections)
        for name in stream.members():
            if name == "information":
                information = _said(stream, _Information, f"/{path}/ {name}")
            elif stream.kind() == "[":
                self._list(stream, path, name)
        if len(self._collections) > before:
            said = information or _Information()
            root = ApiRoot(
                path=path, title=said.title or path, description=said.description
            )
            self._roots.append(root)
        elif information is not None:
            self.empty_roots.append(path)

    def _list(self, stream: JsonStream, path: str, name: str) -> None:
        if name == "status":
            for _ in stream.items():
                self._index.execute(_STATUS, (stream.value(),))
        elif name == "collections":
            for _ in stream.items():
                self._collection(stream, path)

    def _collection(self, stream: JsonStream, root: str) -> None:
        place = len(self._collections)
        said: dict[str, msgspec.Raw] = {}
        where = f"/{root}/ collection {place}"
        for name in stream.members():
            if name == "objects" and stream.kind() == "[":
                self._objects(stream, place, where)
            elif name == "manifest" and stream.kind() == "[":
                self._manifest(stream, place, where)
            else:
                said[name] = msgspec.Raw(stream.value())
        found = _converted(msgspec.json.encode(said), _Collection, where)
        self._collections.append(
            Planned(
                id=CollectionId(found.id),
                root=root,
                title=found.title,
                description=found.description,
                alias=found.alias,
                can_read=found.can_read,
                can_write=found.can_write,
            )
        )

    def _objects(self, stream: JsonStream, collection: int, where: str) -> None:
        for place in stream.items():
            raw = _value(stream, f"{where}: objects[{place}]")
            head = _head(raw)
            version = head.modified or head.created or head.hidden or ""
            stix_id = head.id or f"objects[{place}]"
            start = stream.offset - len(raw)
            row = (collection, place, stix_id, _us(version), start, len(raw))
            self._index.execute(_OBJECT, row)

    def _manifest(self, stream: JsonStream, collection: int, where: str) -> None:
        for place in stream.items():
            here = f"{where}: manifest[{place}]"
            raw = _value(stream, here)
            said = _converted(raw, _Record, here)
            version, added = _us(said.version), _us(said.date_added)
            row = (collection, place, said.id, version, added)
            self._index.execute(_RECORD, row)


_NO_RECORD = (
    "the manifest has no date for this version, so medallion never served it; publish "
    "it with foedus intel publish"
)
_NO_OBJECT = "the manifest names a version that is not among the objects"


def _reason(version: int | None, added_us: int | None) -> str:
    if version is None:
        return "no object with a version that medallion reads"
    if added_us is None:
        return _NO_RECORD
    return "its date added lies in the future, or before 1970; correct the file"


def _value(stream: JsonStream, where: str) -> bytes:
    try:
        return stream.value()
    except (InvalidInputError, TooLargeError) as error:
        raise type(error)(f"{where}: {error.detail}") from error


def _said(stream: JsonStream, kind: type[Said], where: str) -> Said:
    return _converted(_value(stream, where), kind, where)


def _converted(raw: bytes, kind: type[Said], where: str) -> Said:
    """Read what the file says of itself, strictly."""
    try:
        return msgspec.convert(read_object(raw), kind)
    except InvalidInputError as error:
        raise InvalidInputError(f"{where}: {error.detail}") from error
    except msgspec.ValidationError as error:
        raise InvalidInputError(f"{where}: {error}") from error


def _head(raw: bytes) -> _Head:
    try:
        return msgspec.json.decode(raw, type=_Head)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return _Head()


def _us(text: str) -> int | None:
    try:
        return parse_us(text)
    except InvalidInputError:
        return None


def _without_hidden(raw: bytes) -> bytes:
    """Take medallion's own property out, and leave all others as they are written."""
    if _HIDDEN.encode() not in raw:
        return raw
    try:
        tree = read_object(raw)
    except InvalidInputError:
        return raw  # Admission says what is wrong with it.
    if _HIDDEN not in tree:
        return raw
    members = msgspec.json.decode(raw, type=dict[str, msgspec.Raw])
    del members[_HIDDEN]
    return msgspec.json.encode(members)
