"""`state.db`: what is neither the log nor folded from it.

- The file can be read by its owner only (0600), and so can a data folder that is
  made here (0700).
- Several processes may have it open; a write is one `BEGIN IMMEDIATE`, durable on
  return (WAL, synchronous FULL).
- Whoever keeps something here has a module of its own with a `SCHEMA` and hands it
  to `ensure`; names of tables are unique across the hub.
- Every method may be called from any thread.
"""

import os
import secrets
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TypeVar

import apsw
import msgspec

from foedus.errors import UnavailableError
from foedus.eventlog.database import disk_in_words, keep_plans

FORMAT = 1
"""The `user_version` of the file. A higher one was written by a newer Foedus; files
from before there was a number have 0, and are of format 1."""

Row = TypeVar("Row")
"""The struct or tuple that a row of a query is read into."""

Bindings = Mapping[str, int | float | str | bytes | None]
"""Named parameters of a statement."""

BUSY_TIMEOUT_MS = 5_000
"""How long a write waits for another process. Writes last milliseconds."""

KEY_BYTES = 64
"""Bytes of a key: what AES-SIV with 256 bits needs, and plenty for a digest."""

_FILE_MODE = 0o600
_FOLDER_MODE = 0o700

_FORGIVEN = (apsw.BusyError, apsw.FullError, apsw.ReadOnlyError, apsw.IOError)
"""What may keep a touch from being written: others, or the disk."""

_SCHEMA = """
CREATE TABLE IF NOT EXISTS key (
    name  TEXT NOT NULL PRIMARY KEY,
    value BLOB NOT NULL CHECK (length(value) = 64)
) STRICT, WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS setting (
    name  TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;
"""

_KEY = "SELECT value FROM key WHERE name = :name"

_NEW_KEY = """
INSERT INTO key (name, value) VALUES (:name, :value)
    ON CONFLICT (name) DO NOTHING
"""

_SETTING = "SELECT value FROM setting WHERE name = :name"

_NEW_SETTING = """
INSERT INTO setting (name, value) VALUES (:name, :value)
    ON CONFLICT (name) DO UPDATE SET value = excluded.value
"""


class StateStore:
    """The open file; closed with `close`.

    Args:
        path: the file; made, with its folder, where it is missing.
        busy_timeout_ms: how long a write waits for another process.
    """

    def __init__(self, path: Path, *, busy_timeout_ms: int = BUSY_TIMEOUT_MS) -> None:
        private_folder(path.parent, tighten=False)
        _private_file(path)
        self._writing = threading.RLock()
        self._reading = threading.Lock()
        self._write = _connect(path, synchronous="FULL")
        self._write.set_busy_timeout(busy_timeout_ms)
        # A touch that a power cut forgets costs nobody anything: no fsync for it.
        self._read = _connect(path, synchronous="NORMAL")
        self._read.set_busy_timeout(busy_timeout_ms)
        self._ask = self._read.cursor().execute
        self._keys: dict[str, bytes] = {}
        try:
            self._make_current()
        except BaseException:
            self.close()
            raise

    def ensure(self, schema: str) -> None:
        """Create tables that are not there yet."""
        with self.transaction() as db:
            db.execute(schema).fetchall()

    def ensure_column(self, look: str, add: str) -> None:
        """Add a column that files of earlier versions lack.

        Looking and adding are one transaction: of several processes that open the
        file at once, one adds it.

        Args:
            look: counts the columns of that name, of which there are none or one.
            add: adds it.
        """
        with self.transaction() as db:
            if db.execute(look).get == 0:
                db.execute(add).fetchall()

    @contextmanager
    def transaction(self) -> Iterator[apsw.Connection]:
        """Write in one durable transaction; within another one, as part of it.

        Raises:
            UnavailableError: another process has been writing for too long.
        """
        with self._writing:
            if self._is_writing():
                yield self._write
                return
            with disk_in_words():
                self._begin()
                try:
                    yield self._write
                    self._write.execute("COMMIT")
                except BaseException:
                    # Some failures end the transaction by themselves.
                    if self._is_writing():
                        self._write.execute("ROLLBACK")
                    raise

    def _is_writing(self) -> bool:
        return self._write.in_transaction

    def write(self, sql: str, bindings: Bindings) -> int:
        """Run one statement durably and count the rows that it changed."""
        with self.transaction() as db:
            db.execute(sql, bindings).fetchall()
            return db.changes()

    def touch(self, sql: str, bindings: Bindings) -> None:
        """Run one statement that may be left out, or forgotten by a power cut."""
        self.touch_all(sql, [bindings])

    def touch_all(self, sql: str, bindings: Sequence[Bindings]) -> None:
        """Run a statement for each of some bindings; as `touch`, all or none."""
        with self._reading, suppress(*_FORGIVEN), self._read:
            self._read.executemany(sql, bindings).fetchall()

    def rows(self, sql: str, bindings: Bindings, row: type[Row]) -> list[Row]:
        """Read what has been committed, each row as a struct with `array_like`."""
        with self._reading:
            found = self._read.execute(sql, bindings).fetchall()
        return [msgspec.convert(one, row) for one in found]

    def row(self, sql: str, bindings: Bindings, row: type[Row]) -> Row | None:
        """Read the first row; None if there is none."""
        found = self.rows(sql, bindings, row)
        return found[0] if found else None

    def value(self, sql: str, bindings: Bindings, kind: type[Row]) -> Row | None:
        """Read the only column of the first row; None if there is none."""
        with self._reading:
            found = self._read.execute(sql, bindings).fetchall()
        return msgspec.convert(found[0][0], kind) if found else None

    def version(self) -> int:
        """Give a number that changes whenever anybody has written, here or elsewhere.

        Changes made with `touch` in this process do not count.
        """
        with self._reading:
            version: int = self._ask("PRAGMA data_version").get
        return version

    def key(self, name: str) -> bytes:
        """Give the secret key of that name, 64 random bytes, made on first use."""
        key = self._keys.get(name)
        if key is None:
            fresh = secrets.token_bytes(KEY_BYTES)
            with self.transaction() as db:
                db.execute(_NEW_KEY, {"name": name, "value": fresh}).fetchall()
            [(key,)] = self.rows(_KEY, {"name": name}, tuple[bytes])
            self._keys[name] = key
        return key

    def setting(self, name: str) -> str | None:
        """Give a small thing the hub remembers about itself; None if it does not."""
        return self.value(_SETTING, {"name": name}, str)

    def set_setting(self, name: str, value: str) -> None:
        """Remember a small thing about the hub itself."""
        self.write(_NEW_SETTING, {"name": name, "value": value})

    def close(self) -> None:
        """Close the file; nothing may be asked of it afterwards."""
        with self._writing, self._reading:
            self._read.close()
            self._write.close()

    def _make_current(self) -> None:
        """Make the tables of a new file.

        Raises:
            UnavailableError: a newer Foedus wrote the file.
        """
        with self.transaction() as db:
            number = int(db.pragma("user_version"))
            if number > FORMAT:
                raise UnavailableError(
                    "a newer Foedus wrote state.db; install that version"
                )
            db.execute(_SCHEMA).fetchall()
            if number < FORMAT:
                db.pragma("user_version", FORMAT)

    def _begin(self) -> None:
        try:
            self._write.execute("BEGIN IMMEDIATE")
        except apsw.BusyError as error:
            raise UnavailableError(
                "another process is writing to state.db; try again"
            ) from error


def private_folder(path: Path, *, tighten: bool = True) -> None:
    """Make a folder that only its owner may enter.

    Args:
        path: the folder; made with its parents where it is missing.
        tighten: close an existing folder to others, too.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        path.mkdir(mode=_FOLDER_MODE)
    except FileExistsError:
        if tighten:
            path.chmod(_FOLDER_MODE)


def _private_file(path: Path) -> None:
    # SQLite gives its WAL and index the mode of the file itself.
    os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, _FILE_MODE))
    path.chmod(_FILE_MODE)


def _connect(path: Path, *, synchronous: str) -> apsw.Connection:
    db = apsw.Connection(str(path))
    keep_plans(db)
    db.set_busy_timeout(BUSY_TIMEOUT_MS)
    db.pragma("journal_mode", "wal")
    db.pragma("synchronous", synchronous)
    db.pragma("foreign_keys", True)
    db.pragma("secure_delete", True)
    return db
