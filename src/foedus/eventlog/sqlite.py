"""The log in one SQLite file: the default, and every node's own copy of the truth.

- An append is one `BEGIN IMMEDIATE` that reads head, streams and ids inside the
  transaction; nobody trusts a head in memory, so processes append side by side.
- `synchronous=FULL`: what was acknowledged survives a power cut.
- Each thread reads by a connection of its own and sees whole commits.
"""

import contextlib
import threading
import time
import weakref
from collections.abc import Generator, Iterator, Sequence
from pathlib import Path

import apsw
import msgspec

from foedus.clock import Clock, to_ms
from foedus.errors import CorruptLogError, TooLargeError, UnavailableError
from foedus.eventlog.codec import Codec
from foedus.eventlog.committer import Limits
from foedus.eventlog.database import immediate, open_readable, open_writable, snapshot
from foedus.eventlog.draft import Draft
from foedus.eventlog.envelope import Recorded, Redacted
from foedus.eventlog.log import (
    READ_BYTES_MAX,
    STREAM_ENTRIES_MAX,
    EventLog,
    Outcome,
    Progress,
)
from foedus.eventlog.row import ARRIVAL, BODY, Row, recorded_of
from foedus.eventlog.sequence import (
    SLOWED_S,
    Head,
    Known,
    Placed,
    is_too_far_ahead,
    next_arrival_ms,
    sequence,
)
from foedus.eventlog.sequenced import SequencedLog
from foedus.eventlog.verify import corrupt, verify_rows
from foedus.eventlog.wakeup import FolderBell
from foedus.ids import Position

FILE_NAME = "log.db"
"""The file of the log in the data folder."""

FORMAT = 1
"""The `user_version` of the file. A higher one was written by a newer Foedus."""

VERIFY_ENTRIES = 1000
"""Entries that verification reads at once, so that it holds no long snapshot."""

BEFORE_ALL = -(2**63)
"""Before every number that a position can be altered to."""

_SCHEMA = """
CREATE TABLE IF NOT EXISTS label (
    id    INTEGER PRIMARY KEY,
    text  TEXT NOT NULL UNIQUE
) STRICT;

CREATE TABLE IF NOT EXISTS entry (
    position    INTEGER PRIMARY KEY CHECK (position > 0),
    event_id    BLOB NOT NULL UNIQUE CHECK (length(event_id) = 16),
    stream      TEXT NOT NULL CHECK (stream <> ''),
    kind        TEXT NOT NULL CHECK (kind <> ''),
    account     TEXT NOT NULL CHECK (account <> ''),
    nation      TEXT NOT NULL CHECK (nation <> ''),
    door        TEXT NOT NULL CHECK (door <> ''),
    "by"        TEXT CHECK ("by" <> ''),
    arrival_ms  INTEGER NOT NULL,
    label       INTEGER NOT NULL REFERENCES label (id),
    salt        BLOB CHECK (length(salt) = 16),
    commitment  BLOB NOT NULL CHECK (length(commitment) = 32),
    digest      BLOB NOT NULL CHECK (length(digest) = 32),
    body        BLOB CHECK ((body IS NULL) = (salt IS NULL))
) STRICT;

CREATE INDEX IF NOT EXISTS entry_by_stream ON entry (stream);

CREATE INDEX IF NOT EXISTS entry_of_redaction ON entry (position)
    WHERE kind = 'log.redacted';

CREATE TABLE IF NOT EXISTS head (
    one         INTEGER PRIMARY KEY CHECK (one = 1),
    position    INTEGER NOT NULL CHECK (position >= 0),
    digest      BLOB NOT NULL CHECK (length(digest) = 32),
    arrival_ms  INTEGER NOT NULL
) STRICT;

INSERT OR IGNORE INTO head (one, position, digest, arrival_ms)
VALUES (1, 0, zeroblob(32), 0);
"""

_READ_HEAD = "SELECT position, digest, arrival_ms FROM head"

_WRITE_HEAD = """
UPDATE head
   SET position = :position, digest = :digest, arrival_ms = :arrival_ms
"""

_INSERT = """
INSERT INTO entry (position, event_id, stream, kind, account, nation, door, "by",
                   arrival_ms, label, salt, commitment, digest, body)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
"""

_FIND_ID = "SELECT position FROM entry WHERE event_id = :event_id"

_FIND_IDS = """
SELECT event_id, position
  FROM entry
 WHERE event_id IN (SELECT unhex(value) FROM json_each(:event_ids))
"""

_LASTS = """
SELECT value, (SELECT max(position) FROM entry WHERE stream = value)
  FROM json_each(:streams)
"""

_LABELS = """
SELECT text, id FROM label WHERE text IN (SELECT value FROM json_each(:texts))
"""

_NEW_LABEL = "INSERT INTO label (text) VALUES (:text) RETURNING id"

_COLUMNS = """
SELECT position, event_id, stream, kind, account, nation, door, "by", arrival_ms,
       (SELECT text FROM label WHERE id = entry.label),
       salt, commitment, digest, body
  FROM entry
"""

_STREAM = f"{_COLUMNS} WHERE stream = :stream ORDER BY position LIMIT :limit"

_AFTER = f"{_COLUMNS} WHERE position > :after ORDER BY position"

_PAGE = f"{_AFTER} LIMIT :limit"

_LAST = "SELECT max(position) FROM entry"

_REDACTIONS = """
SELECT position, body
  FROM entry
 WHERE kind = 'log.redacted' AND body IS NOT NULL
 ORDER BY position
"""


def open_sqlite_log(
    folder: Path, codec: Codec, clock: Clock, *, limits: Limits | None = None
) -> EventLog:
    """Open the log of a data folder, and make it if need be.

    Args:
        folder: the data folder; it must exist.
        codec: the events of this log.
        clock: gives arrivals.
        limits: how much may share a commit, and how much may wait.

    Raises:
        UnavailableError: the file was written by a newer Foedus, or is locked.
    """
    path = folder / FILE_NAME
    sequencer = SqliteSequencer(path, clock)
    entries = SqliteEntries(path)
    bell = FolderBell(folder, entries.is_changed)
    return SequencedLog(
        codec, sequencer=sequencer, entries=entries, bell=bell, limits=limits
    )


class SqliteSequencer:
    """The writing connection of this process.

    Args:
        path: the file of the log.
        clock: gives arrivals.
    """

    def __init__(self, path: Path, clock: Clock) -> None:
        self._clock = clock
        self._db = open_writable(path, synchronous="FULL")
        with immediate(self._db):
            version = int(self._db.pragma("user_version"))
            if version > FORMAT:
                raise UnavailableError("a newer Foedus wrote this log; upgrade first")
            if version < FORMAT:
                self._db.execute(_SCHEMA)
                self._db.pragma("user_version", FORMAT)

    def commit(self, drafts: Sequence[Draft]) -> list[Outcome]:
        """As `Sequencer.commit`."""
        try:
            return self._commit(drafts, look_up_ids=False)
        except apsw.ConstraintError:
            # Some id is written already: a retry, which is rare. Looking up only
            # then spares every other commit a search for each of its ids.
            return self._commit(drafts, look_up_ids=True)

    def idle(self) -> None:
        """Move the write-ahead log into the file while nobody waits."""
        self._db.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_PASSIVE)

    def close(self) -> None:
        """Close the connection."""
        self._db.close()

    def _commit(self, drafts: Sequence[Draft], *, look_up_ids: bool) -> list[Outcome]:
        with immediate(self._db):
            head = _read_head(self._db)
            known = self._known(drafts, look_up_ids=look_up_ids)
            now_ms = to_ms(self._clock())
            done = sequence(drafts, head, known, next_arrival_ms(head, now_ms))
            if done.placed:
                self._write(done.placed, done.head)
        if is_too_far_ahead(done.head.arrival_ms, now_ms):
            time.sleep(SLOWED_S)
        return done.outcomes

    def _write(self, placed: list[Placed], head: Head) -> None:
        labels = self._label_ids({one.draft.label for one in placed})
        self._db.executemany(_INSERT, _bindings(placed, head.arrival_ms, labels))
        self._db.execute(
            _WRITE_HEAD,
            {
                "position": head.position,
                "digest": head.digest,
                "arrival_ms": head.arrival_ms,
            },
        )

    def _known(self, drafts: Sequence[Draft], *, look_up_ids: bool) -> Known:
        ids: dict[bytes, Position] = {}
        lasts: dict[str, Position] = {}
        if look_up_ids:
            event_ids = _json([draft.event_id.hex() for draft in drafts])
            ids = dict(self._db.execute(_FIND_IDS, {"event_ids": event_ids}))
        streams = {draft.stream for draft in drafts if draft.after is not None}
        if streams:
            found = self._db.execute(_LASTS, {"streams": _json(list(streams))})
            lasts = {stream: last for stream, last in found if last is not None}
        return Known(ids=ids, lasts=lasts, find=self._find)

    def _find(self, event_id: bytes) -> Position | None:
        for (position,) in self._db.execute(_FIND_ID, {"event_id": event_id}):
            return Position(position)
        return None

    def _label_ids(self, texts: set[str]) -> dict[str, int]:
        """Give the id of each label text, with new ids for new texts."""
        found = self._db.execute(_LABELS, {"texts": _json(sorted(texts))})
        label_ids: dict[str, int] = dict(found)
        for text in sorted(texts - label_ids.keys()):
            label_ids[text] = self._db.execute(_NEW_LABEL, {"text": text}).get
        return label_ids


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
            rows = db.execute(_STREAM, {"stream": stream, "limit": limit})
            found = [recorded_of(row) for row in rows]
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
                found.append(recorded_of(row))
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
        except apsw.Error:
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


def _read_head(db: apsw.Connection) -> Head:
    for position, digest, arrival_ms in db.execute(_READ_HEAD):
        return Head(position=position, digest=digest, arrival_ms=arrival_ms)
    raise CorruptLogError("the log has lost its head", position=1)


def _bindings(
    placed: list[Placed], arrival_ms: int, labels: dict[str, int]
) -> Iterator[tuple[int | str | bytes | None, ...]]:
    for one in placed:
        draft = one.draft
        yield (
            one.position,
            draft.event_id,
            *draft.names,
            arrival_ms,
            labels[draft.label],
            draft.salt,
            draft.commitment,
            one.digest,
            draft.body,
        )


def _verify(db: apsw.Connection, progress: Progress | None) -> Position:
    try:
        with snapshot(db):
            head = _read_head(db)
            redacted = _redacted(db)
        # Closed even when a row is bad, or its snapshot would be held for ever.
        with contextlib.closing(_all_rows(db)) as rows:
            verified = verify_rows(rows, head, redacted=redacted, progress=progress)
        with snapshot(db):
            _check_nothing_follows(db)
            _check_file(db)
    except apsw.CorruptError as error:
        raise CorruptLogError("the file of the log is damaged", position=0) from error
    return verified


def _check_nothing_follows(db: apsw.Connection) -> None:
    """Check that there is no entry past the head, which may have moved on."""
    head = _read_head(db)
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


def _redacted(db: apsw.Connection) -> set[int]:
    """Give the positions that redaction events name."""
    positions: set[int] = set()
    for position, body in db.execute(_REDACTIONS):
        # One that cannot be read claims nothing, and fails in the chain.
        with contextlib.suppress(msgspec.MsgspecError):
            named = msgspec.json.decode(body, type=Redacted).position
            if named < position:
                positions.add(named)
    return positions


def _check_file(db: apsw.Connection) -> None:
    """Check that the indexes say what the entries say."""
    finding = db.execute("PRAGMA integrity_check(1)").get
    if finding != "ok":
        raise CorruptLogError(
            f"every entry is good, but the file is damaged: {finding}", position=0
        )


def _json(texts: list[str]) -> str:
    return msgspec.json.encode(texts).decode()
