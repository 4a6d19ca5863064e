"""The floor of a page: a bare ASGI application that joins 100 blobs from SQLite.

No framework, no credentials, no labels, no filters: a keyset query and a join, on
the same server with the same options as the hub's own.
"""

import os
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import apsw
from granian import Granian

PAGE = 100
"""Objects of a page."""

PATH_VARIABLE = "FOEDUS_BENCH_FLOOR"
"""Where the server process finds the database."""

_TABLE = """
CREATE TABLE object (number INTEGER PRIMARY KEY, raw BLOB NOT NULL) STRICT
"""

_INSERT = "INSERT INTO object (raw) VALUES (?)"

_PAGE = """
SELECT raw FROM object WHERE number > :after ORDER BY number LIMIT :limit
"""

_HEADERS = (b"content-type", b"application/taxii+json;version=2.1")

Send = Callable[[dict[str, Any]], Awaitable[None]]


def make(path: Path, objects: list[bytes]) -> None:
    """Make the database that the floor serves."""
    db = apsw.Connection(str(path))
    db.pragma("page_size", 16_384)
    db.pragma("journal_mode", "wal")
    db.execute(_TABLE)
    with db:
        db.executemany(_INSERT, [(raw,) for raw in objects])
    db.close()


def application() -> Callable[..., Awaitable[None]]:
    """Make the ASGI application."""
    db = apsw.Connection(os.environ[PATH_VARIABLE], flags=apsw.SQLITE_OPEN_READONLY)
    db.pragma("cache_size", -16_384)

    async def answer(scope: dict[str, Any], _: object, send: Send) -> None:
        after = int(scope["query_string"] or b"0")
        rows = db.execute(_PAGE, {"after": after, "limit": PAGE}).fetchall()
        blobs = b",".join([raw for (raw,) in rows])
        body = b'{"more":true,"objects":[%b]}' % blobs
        headers = [_HEADERS, (b"content-length", b"%d" % len(body))]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    return answer


def serve(port: int) -> None:
    """Serve the floor."""
    Granian(
        f"{Path(__file__).stem}:application",
        port=port,
        interface="asginl",  # type: ignore[arg-type]  # as on the command line
        factory=True,
        working_dir=Path(__file__).parent,
        log_enabled=False,
    ).serve()


if __name__ == "__main__":
    serve(int(sys.argv[1]))
