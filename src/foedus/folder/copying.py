"""Copying databases while others write to them, as of one instant.

- Both write locks are held for the milliseconds in which reading begins, so the
  copies belong together: they are what a crash at that instant would have left.
- Nobody waits for the copying itself.
"""

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, closing, contextmanager
from pathlib import Path
from typing import Final
from urllib.parse import quote

import apsw

from foedus.errors import UnavailableError
from foedus.eventlog.database import BUSY_MS, open_readable

Watch = Callable[[str, int], AbstractContextManager[Callable[[int], None]]]
"""Shows how far a step has come: told what it is and how much there is to do, it
gives what is told how much more is done."""

STEP_PAGES: Final = 256
"""Pages (4 MB) that are copied between two reports of progress."""

_TOUCH = "SELECT count(*) FROM sqlite_schema"


@contextmanager
def unwatched(_label: str, _length: int) -> Iterator[Callable[[int], None]]:
    """Show nothing."""
    yield lambda _: None


@contextmanager
def one_instant(paths: Sequence[Path]) -> Iterator[list[apsw.Connection]]:
    """Open databases for reading, all as they are at one instant."""
    with ExitStack() as stack:
        seen = [stack.enter_context(closing(_open(path))) for path in paths]
        with ExitStack() as locks:
            for path in paths:
                locks.enter_context(_nobody_writes(path))
            for db in seen:
                db.execute("BEGIN")
                db.execute(_TOUCH).fetchall()
        yield seen


def _open(path: Path) -> apsw.Connection:
    """Open a database for reading, also on a disk that can only be read."""
    try:
        return open_readable(path)
    except UnavailableError as refusal:
        if not isinstance(refusal.__cause__, apsw.CantOpenError):
            raise
        journal = path.with_name(f"{path.name}-wal")
        if os.access(path.parent, os.W_OK) or (
            journal.exists() and journal.stat().st_size
        ):
            raise
        # Nobody can make the index of the journal there, which has nothing anyway.
        name = f"file:{quote(str(path.absolute()))}?immutable=1"
        flags = apsw.SQLITE_OPEN_READONLY | apsw.SQLITE_OPEN_URI
        return apsw.Connection(name, flags=flags)


@contextmanager
def _nobody_writes(path: Path) -> Iterator[None]:
    """Hold the write lock of a database; where nobody can write, there is no need."""
    try:
        db = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READWRITE)
    except apsw.CantOpenError:
        yield
        return
    with closing(db):
        db.set_busy_timeout(BUSY_MS)
        try:
            db.execute("BEGIN IMMEDIATE")
        except (apsw.ReadOnlyError, apsw.CantOpenError):
            yield
            return
        try:
            yield
        finally:
            db.execute("ROLLBACK")


def copy_database(
    seen: apsw.Connection, target: Path, add: Callable[[int], None]
) -> None:
    """Copy what a connection sees into a new file, for the owner alone.

    Args:
        seen: in a reading transaction, whose state is copied.
        target: must not exist.
        add: told how many more pages are copied.
    """
    os.close(os.open(target, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    with closing(apsw.Connection(str(target))) as db:
        db.pragma("journal_mode", "off")
        db.pragma("synchronous", "off")
        with db.backup("main", seen, "main") as work:
            done = 0
            while not work.done:
                work.step(STEP_PAGES)
                copied = work.page_count - work.remaining
                add(copied - done)
                done = copied


def pages_of(seen: apsw.Connection) -> int:
    """Count the pages of a database."""
    return int(seen.pragma("page_count"))


def bytes_of(seen: apsw.Connection) -> int:
    """Count the bytes of a database."""
    return pages_of(seen) * int(seen.pragma("page_size"))
