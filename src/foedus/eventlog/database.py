"""How the hub opens its SQLite files."""

import contextlib
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import apsw

from foedus.errors import UnavailableError

BUSY_MS = 10_000
"""Milliseconds to wait for the lock of another process before giving up."""

PAGE_BYTES = 16_384
"""Bytes of a page. Half as large again in appends per second as 4,096."""

WAL_PAGES = 4000
"""Pages (64 MB) of write-ahead log after which a commit checkpoints by itself."""

CAUSE_LASTS_S = 10
"""Seconds after which to come back when the disk refuses: somebody has to see to it."""

WAL_PAUSE_S = 0.005
"""Seconds between two tries to turn a new file to write-ahead mode."""

EMPTY_TURN_MS = 50
"""Milliseconds of one try to empty the write-ahead log, in which nobody can write."""

EMPTY_PAUSE_S = 0.1
"""Seconds between two such tries, in which others can."""


def open_writable(path: Path, *, synchronous: str) -> apsw.Connection:
    """Open a database for writing, in write-ahead mode, and make it if need be.

    Args:
        path: the file.
        synchronous: `FULL` where a commit must survive a power cut, else `NORMAL`.
    """
    _make_private(path)
    db = apsw.Connection(str(path))
    keep_plans(db)
    db.set_busy_timeout(BUSY_MS)
    db.pragma("page_size", PAGE_BYTES)
    _turn_to_wal(db)
    db.pragma("synchronous", synchronous)
    db.pragma("wal_autocheckpoint", WAL_PAGES)
    db.pragma("cache_size", -65_536)
    return db


def _turn_to_wal(db: apsw.Connection) -> None:
    """Turn to write-ahead mode; SQLite refuses some of many who do so at once."""
    until = time.monotonic() + BUSY_MS / 1_000
    while True:
        try:
            db.pragma("journal_mode", "wal")
        except apsw.BusyError:
            if time.monotonic() >= until:
                raise
            time.sleep(WAL_PAUSE_S)
        else:
            return


def _make_private(path: Path) -> None:
    """Make the file for its owner alone; what SQLite puts beside it follows suit."""
    with contextlib.suppress(FileExistsError):
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))


def open_readable(path: Path) -> apsw.Connection:
    """Open a database for reading only.

    Raises:
        UnavailableError: it cannot be opened, as when too many files are.
    """
    with disk_in_words():
        db = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READONLY)
        keep_plans(db)
        db.set_busy_timeout(BUSY_MS)
        db.pragma("cache_size", -16_384)  # Looks at the file, and so opens its journal.
    return db


def keep_plans(db: apsw.Connection) -> None:
    """Let a statement be planned once, whatever is bound to it later.

    SQLite else looks at what is bound to a `LIMIT`, and plans the statement anew each
    time that anything is bound: that costs more than most of ours take.
    """
    db.config(apsw.SQLITE_DBCONFIG_ENABLE_QPSG, 1)


def empty_wal(db: apsw.Connection, patience_s: float) -> bool:
    """Move the write-ahead log into the file, and cut it to nothing.

    Nobody else can write while this waits for readers, so it waits in short turns.

    Args:
        db: the database, open for writing.
        patience_s: how long to wait for those who read an older state.

    Returns:
        Whether nobody was left who does, and the write-ahead log is empty.
    """
    until = time.monotonic() + patience_s
    db.set_busy_timeout(EMPTY_TURN_MS)
    try:
        while True:
            with contextlib.suppress(apsw.BusyError, apsw.LockedError):
                db.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_TRUNCATE)
                return True
            if time.monotonic() >= until:
                return False
            time.sleep(EMPTY_PAUSE_S)
    finally:
        db.set_busy_timeout(BUSY_MS)


@contextmanager
def immediate(db: apsw.Connection) -> Iterator[None]:
    """Hold the write lock for a block: all of it happens, or none."""
    db.execute("BEGIN IMMEDIATE")
    try:
        yield
        db.execute("COMMIT")
    except BaseException:
        if db.in_transaction:
            db.execute("ROLLBACK")
        raise


@contextmanager
def snapshot(db: apsw.Connection) -> Iterator[None]:
    """See one state of the database for a block."""
    db.execute("BEGIN")
    try:
        yield
    finally:
        db.execute("ROLLBACK")


@contextmanager
def disk_in_words() -> Iterator[None]:
    """Say in words what the machine under a database refuses.

    Raises:
        UnavailableError: it refused.
    """
    try:
        yield
    except apsw.Error as error:
        refusal = refusal_of(error)
        if refusal is None:
            raise
        raise refusal from error


def refusal_of(error: Exception) -> UnavailableError | None:
    """Say in words why the machine refuses; None if it is not the machine."""
    for kind, words in _REFUSALS.items():
        if isinstance(error, kind):
            return UnavailableError(words, retry_after_s=CAUSE_LASTS_S)
    return None


_REFUSALS: dict[type[apsw.Error], str] = {
    apsw.FullError: "the disk of the hub is full; come back when its operator has "
    "made room",
    apsw.ReadOnlyError: "the disk of the hub can only be read; come back when its "
    "operator has mended that",
    apsw.CantOpenError: "the hub cannot open its files; come back, and tell its "
    "operator to run 'foedus doctor'",
    apsw.IOError: "the disk of the hub fails; come back, and tell its operator to "
    "run 'foedus doctor'",
    apsw.NoMemError: "the hub has no memory left; come back",
}
