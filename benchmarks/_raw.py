"""The raw bound of ingest: `orjson.loads`, and bytes into SQLite with three indexes.

WAL, synchronous FULL, one commit for each batch; no checks, no labels, no chain. Once
with the driver and the page size of the hub's own log, which is the faster one, and
once with Python's `sqlite3` as it comes, which the reference figures were taken with.
"""

import sqlite3
from pathlib import Path
from typing import Protocol

import apsw
import orjson

_TABLE = """
CREATE TABLE object (
    number    INTEGER PRIMARY KEY,
    id        TEXT NOT NULL,
    type      TEXT NOT NULL,
    modified  TEXT NOT NULL,
    raw       BLOB NOT NULL
);

CREATE INDEX object_id ON object (id, modified);

CREATE INDEX object_type ON object (type);

CREATE INDEX object_modified ON object (modified);
"""

_INSERT = "INSERT INTO object (id, type, modified, raw) VALUES (?, ?, ?, ?)"

_DURABLE = "PRAGMA journal_mode = wal; PRAGMA synchronous = FULL;"

Row = tuple[str, str, str, bytes]


class RawStore(Protocol):
    """A store that only parses and writes."""

    def write(self, objects: list[bytes]) -> None:
        """Parse and write a batch, durably."""

    def idle(self) -> None:
        """Move the write-ahead log into the file."""


class ApswStore:
    """By apsw with pages of 16 KiB, as the log is written.

    Args:
        path: the file of the database; it is made.
    """

    def __init__(self, path: Path) -> None:
        self._db = apsw.Connection(str(path))
        self._db.execute("PRAGMA page_size = 16384;" + _DURABLE)
        self._db.execute(_TABLE)

    def write(self, objects: list[bytes]) -> None:
        """As `RawStore.write`."""
        rows = _rows(objects)
        with self._db:
            self._db.executemany(_INSERT, rows)

    def idle(self) -> None:
        """As `RawStore.idle`."""
        self._db.wal_checkpoint()


class StdlibStore:
    """By Python's own `sqlite3`, with pages as it makes them.

    Args:
        path: the file of the database; it is made.
    """

    def __init__(self, path: Path) -> None:
        self._db = sqlite3.connect(path)
        self._db.executescript(_DURABLE + _TABLE)

    def write(self, objects: list[bytes]) -> None:
        """As `RawStore.write`."""
        rows = _rows(objects)
        with self._db:
            self._db.executemany(_INSERT, rows)

    def idle(self) -> None:
        """As `RawStore.idle`."""
        self._db.execute("PRAGMA wal_checkpoint")


def _rows(objects: list[bytes]) -> list[Row]:
    rows = []
    for raw in objects:
        parsed = orjson.loads(raw)
        modified = parsed.get("modified") or parsed.get("created", "")
        rows.append((parsed["id"], parsed["type"], modified, raw))
    return rows
