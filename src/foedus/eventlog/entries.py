"""The reading side of the log in one SQLite file.

- Each thread reads by a connection of its own and sees whole commits.
- Of an entry that was redacted, it also finds what the redaction left of it.
"""

import contextlib
import threading
import time
import weakref
from collections.abc import Generator, Iterator
from pathlib import Path

import apsw

from foedus.errors import CorruptLogError, TooLargeError, UnavailableError
from foedus.eventlog.database import open_readable, snapshot
from foedus.eventlog.envelope import Recorded, redaction_stream, residue_of
from foedus.eventlog.log import READ_BYTES_MAX, STREAM_ENTRIES_MAX, Progress
from foedus.eventlog.row import ARRIVAL, BODY, Row, recorded_of
from foedus.eventlog.sequence import Head
from foedus.eventlog.streams import offer_stream_key, stream_key
from foedus.eventlog.verify import corrupt, follow, positions_redacted, verify_rows
from foedus.ids import Position

VERIFY_ENTRIES = 1000
"""Entries that verification reads at once, so that it holds no long snapshot."""

BEFORE_ALL = -(2**63)
"""Before every number that a position can be altered to."""

_READ_HEAD = "SELECT position, digest, arrival_ms FROM head"

_COLUMNS = """
SELECT position, event_id, stream, kind, account, nation, door, "by", arrival_ms,
       (SELECT text FROM label WHERE id = entry.label),
       salt, commitment, digest, body
  FROM entry
"""

_STREAM = f"""
{_COLUMNS}
 WHERE stream_key = :key AND stream = :stream
 ORDER BY position
 LIMIT :limit
"""

_AFTER = f"{_COLUMNS} WHERE position > :after ORDER BY position"

_PAGE = f"{_AFTER} LIMIT :limit"

_MISPLACED = """
SELECT min(position) FROM entry WHERE stream_key <> stream_key(stream)
"""

_PLACE = "SELECT digest, arrival_ms FROM entry WHERE position = :position"

_LAST = "SELECT max(position) FROM entry"

_REDACTIONS = """
SELECT position, body
  FROM entry
 WHERE kind = 'log.redacted' AND body IS NOT NULL
 ORDER BY position
"""

_REDACTION_OF = """
SELECT body
  FROM entry
 WHERE stream_key = :key AND stream = :stream AND body IS NOT NULL
 ORDER BY position
"""


class SqliteEntries:
    """The reading connections of this process, one for each thread.

    Args:
        path: the file of the log; it must exist.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._own = threading.local()
        self._lock = threading.Lock()
        self._opened: weakref.WeakSet[apsw.Connection] = weakref.WeakSet()
        self._is_closed = False
        self._seen_version: int | None = None

    def read(self, stream: str) -> list[Recorded]:
        """As `EventLog.read`."""
        limit = STREAM_ENTRIES_MAX + 1
        with self._reading() as db:
            bindings = {"stream": stream, "key": stream_key(stream), "limit": limit}
            rows = db.execute(_STREAM, bindings)
            found = [_recorded(db, row) for row in rows]
        if len(found) > STREAM_ENTRIES_MAX:
            raise TooLargeError(
                f"{stream} has more than {STREAM_ENTRIES_MAX} entries; read it in pages"
            )
        return found

    def read_after(self, after: Position, limit: int) -> list[Recorded]:
        """As `EventLog.read_after`."""
        found: list[Recorded] = []
        size, arrival_ms = 0, None
        with (
            self._reading() as db,
            contextlib.closing(db.execute(_AFTER, {"after": after})) as rows,
        ):
            for row in rows:
                if row[ARRIVAL] != arrival_ms:
                    if len(found) >= limit or size >= READ_BYTES_MAX:
                        break
                    arrival_ms = row[ARRIVAL]
                found.append(_recorded(db, row))
                size += len(row[BODY] or b"")
        return found

    def head(self) -> Position:
        """As `EventLog.head`."""
        with self._reading() as db:
            return Position(db.execute(_LAST).get or 0)

    def is_changed(self) -> bool:
        """Tell whether another connection committed since this was last asked."""
        try:
            version: int | None = self._db().pragma("data_version")
        except (apsw.Error, UnavailableError):
            version = None
        is_changed = version is None or version != self._seen_version
        self._seen_version = version
        return is_changed

    def verify(self, progress: Progress | None = None) -> Position:
        """As `EventLog.verify`."""
        with self._reading() as db:
            return _verify(db, progress)

    def close(self) -> None:
        """Close every reading connection."""
        with self._lock:
            self._is_closed = True
            for db in tuple(self._opened):
                # A thread that is reading this instant keeps its connection.
                with contextlib.suppress(apsw.Error):
                    db.close()

    @contextlib.contextmanager
    def _reading(self) -> Iterator[apsw.Connection]:
        try:
            yield self._db()
        except (apsw.ConnectionClosedError, apsw.CursorClosedError) as error:
            raise UnavailableError("the log is closed; come back") from error

    def _db(self) -> apsw.Connection:
        """Give the connection of this thread."""
        if self._is_closed:
            raise UnavailableError("the log is closed; come back")
        db: apsw.Connection | None = getattr(self._own, "db", None)
        if db is None:
            db = open_readable(self._path)
            self._own.db = db
            with self._lock:
                self._opened.add(db)
        return db


def read_head(db: apsw.Connection) -> Head:
    """Read the end of the chain as the log has noted it.

    Raises:
        CorruptLogError: it is gone.
    """
    for position, digest, arrival_ms in db.execute(_READ_HEAD):
        return Head(position=position, digest=digest, arrival_ms=arrival_ms)
    raise CorruptLogError("the log has lost its head", position=1)


def verify_on(path: Path, start: Head, seconds: float) -> Head:
    """Check the entries past a place that was good before, for a while.

    Args:
        path: the file of the log.
        start: the place; if the log does not have it, all is checked from the first.
        seconds: after which to stop.

    Returns:
        The place up to which the entries are good; the head if there was time.

    Raises:
        CorruptLogError: an entry is not what was written.
    """
    until = time.monotonic() + seconds
    with contextlib.closing(open_readable(path)) as db:
        good = start if _has(db, start) else Head()
        while True:
            with snapshot(db):
                head = read_head(db)
                redacted = positions_redacted(db.execute(_REDACTIONS))
                page = {"after": good.position, "limit": VERIFY_ENTRIES}
                rows: list[Row] = list(db.execute(_PAGE, page))
            good = [good, *follow(rows, good, redacted=redacted)][-1]
            if not rows and good != head:
                raise corrupt(good.position + 1, "is missing; the log had it")
            if not rows or time.monotonic() >= until:
                return good


def _has(db: apsw.Connection, place: Head) -> bool:
    found = db.execute(_PLACE, {"position": place.position})
    return any(each == (place.digest, place.arrival_ms) for each in found)


def _recorded(db: apsw.Connection, row: Row) -> Recorded:
    return recorded_of(row) if row[BODY] is not None else _erased(db, row)


def _erased(db: apsw.Connection, row: Row) -> Recorded:
    """Read an entry that was redacted, with what is left of it."""
    stream = redaction_stream(row[0])
    bindings = {"stream": stream, "key": stream_key(stream)}
    for (body,) in db.execute(_REDACTION_OF, bindings):
        return recorded_of(row, residue_of(body))
    return recorded_of(row)


def _verify(db: apsw.Connection, progress: Progress | None) -> Position:
    try:
        with snapshot(db):
            head = read_head(db)
            redacted = positions_redacted(db.execute(_REDACTIONS))
        # Closed even when a row is bad, or its snapshot would be held for ever.
        with contextlib.closing(_all_rows(db)) as rows:
            verified = verify_rows(rows, head, redacted=redacted, progress=progress)
        with snapshot(db):
            _check_nothing_follows(db)
            _check_streams(db)
            _check_file(db)
    except apsw.CorruptError as error:
        raise CorruptLogError("the file of the log is damaged", position=0) from error
    return verified


def _check_streams(db: apsw.Connection) -> None:
    """Check that every entry is found by its stream."""
    offer_stream_key(db)
    position = db.execute(_MISPLACED).get
    if position is not None:
        raise corrupt(position, "cannot be found by its stream")


def _check_nothing_follows(db: apsw.Connection) -> None:
    """Check that there is no entry past the head, which may have moved on."""
    head = read_head(db)
    if (db.execute(_LAST).get or 0) > head.position:
        raise corrupt(head.position + 1, "is past the end that the log has noted")


def _all_rows(db: apsw.Connection) -> Generator[Row]:
    """Give every row in order, and name the place of one that cannot be read."""
    after, good = BEFORE_ALL, 0
    while True:
        rows = 0
        page = db.execute(_PAGE, {"after": after, "limit": VERIFY_ENTRIES})
        try:
            with contextlib.closing(page):
                for row in page:
                    rows += 1
                    after = row[0]
                    yield row
                    good = after
        except (UnicodeDecodeError, apsw.CorruptError, apsw.IOError) as error:
            raise corrupt(good + 1, "cannot be read") from error
        if rows < VERIFY_ENTRIES:
            return


def _check_file(db: apsw.Connection) -> None:
    """Check that the indexes say what the entries say."""
    finding = db.execute("PRAGMA integrity_check(1)").get
    if finding != "ok":
        raise CorruptLogError(
            f"every entry is good, but the file is damaged: {finding}", position=0
        )
