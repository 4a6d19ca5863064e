"""Checkpoints beside the work: nobody who commits waits for the file to be written.

SQLite would move the write-ahead log into the file within whichever commit makes it
long: some tens of megabytes, and a wait of a tenth of a second for whoever is next.

Source: SQLite, "Write-Ahead Logging", section 3.1; `sqlite3_wal_checkpoint_v2`.
"""

import contextlib
import threading
from pathlib import Path

import apsw

from foedus.eventlog.database import open_writable

PAGES = 1_000
"""Pages (16 MB) of write-ahead log from which on they are moved."""

PAGES_LONG = 8_000
"""Pages (128 MB) from which on writers wait for a moment, so that it begins anew: with
readers always about it would grow without end."""

LONG_TURN_MS = 50
"""Milliseconds that writers wait then, at the most."""


class Checkpointer:
    """Moves the write-ahead log of one file into the file, in a thread of its own.

    Args:
        path: the file.
        writer: the connection that writes it; it then checkpoints no more itself.
        pages: of write-ahead log from which on they are moved.
        pages_long: of it from which on writers may have to wait.

    Attributes:
        pages: of write-ahead log at the last commit.
    """

    def __init__(
        self,
        path: Path,
        writer: apsw.Connection,
        *,
        pages: int = PAGES,
        pages_long: int = PAGES_LONG,
    ) -> None:
        self._path = path
        self._pages_from = pages
        self._pages_long = pages_long
        self.pages = 0
        self._wake = threading.Event()
        self._is_closing = False
        self._thread: threading.Thread | None = None
        writer.set_wal_hook(self._note)

    def poke(self) -> None:
        """Move what there is, soon."""
        if self._thread is None:
            self._thread = threading.Thread(
                target=self._run, name="checkpoints", daemon=True
            )
            self._thread.start()
        self._wake.set()

    def close(self) -> None:
        """End the thread, after the checkpoint that it is in."""
        self._is_closing = True
        self._wake.set()
        if self._thread is not None:
            self._thread.join()

    def _note(self, _db: apsw.Connection, _name: str, pages: int) -> int:
        """Hear how long the write-ahead log is, after each commit."""
        self.pages = pages
        if pages >= self._pages_from:
            self.poke()
        return int(apsw.SQLITE_OK)

    def _run(self) -> None:
        while not self._is_closing:
            self._wake.wait()
            self._wake.clear()
            # Where the file cannot be opened, whoever commits is told; the next commit
            # asks for a checkpoint again.
            with contextlib.suppress(apsw.Error, OSError):
                self._keep()

    def _keep(self) -> None:
        """Make checkpoints, one whenever it is asked for, until the end."""
        db = open_writable(self._path, synchronous="NORMAL")
        with contextlib.closing(db):
            db.pragma("wal_autocheckpoint", 0)
            db.set_busy_timeout(LONG_TURN_MS)
            while not self._is_closing:
                self._move(db)
                self._wake.wait()
                self._wake.clear()

    def _move(self, db: apsw.Connection) -> None:
        mode = apsw.SQLITE_CHECKPOINT_PASSIVE
        if self.pages >= self._pages_long:
            mode = apsw.SQLITE_CHECKPOINT_RESTART
        # Busy, or refused by the disk: whoever commits is told of the latter, and the
        # next commit asks for a checkpoint again.
        with contextlib.suppress(apsw.Error):
            db.wal_checkpoint(mode=mode)
