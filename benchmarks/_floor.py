"""The floor of an answer: a bare ASGI application over SQLite.

No framework, no credentials, no labels, no filters: one query and a join, on the
same server with the same options as the hub's own. The paths:

    /page/AFTER/LIMIT   objects past a number, joined
    /object/ID          one object
    /poll/AFTER         how many there are past a number, which is none
    POST /              one object is parsed and written, durably
"""

import os
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import apsw
import orjson
from granian import Granian

PAGE = 100
"""Objects of a page."""

PATH_VARIABLE = "FOEDUS_BENCH_FLOOR"
"""Where the server process finds the database."""

_TABLE = """
CREATE TABLE object (number INTEGER PRIMARY KEY, id TEXT, raw BLOB NOT NULL) STRICT;

CREATE INDEX object_id ON object (id);
"""

_INSERT = "INSERT INTO object (id, raw) VALUES (?, ?)"

_PAGE = """
SELECT raw FROM object WHERE number > :after ORDER BY number LIMIT :limit
"""

_OBJECT = "SELECT raw FROM object WHERE id = :id"

_TYPE = (b"content-type", b"application/taxii+json;version=2.1")

Message = dict[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]


def make(path: Path, objects: list[bytes]) -> None:
    """Make the database that the floor serves."""
    db = _open(path)
    db.execute(_TABLE)
    with db:
        db.executemany(_INSERT, [(orjson.loads(raw)["id"], raw) for raw in objects])
    db.close()


def application() -> Callable[..., Awaitable[None]]:
    """Make the ASGI application."""
    db = _open(Path(os.environ[PATH_VARIABLE]))

    def read(path: str) -> bytes:
        _, what, *rest = path.split("/")
        if what == "object":
            rows = db.execute(_OBJECT, {"id": rest[0]}).fetchall()
        elif what == "poll":
            rows = db.execute(_PAGE, {"after": int(rest[0]), "limit": 1}).fetchall()
        else:
            after, limit = map(int, rest)
            rows = db.execute(_PAGE, {"after": after, "limit": limit}).fetchall()
        if not rows:
            return b"{}"
        return b'{"more":true,"objects":[%b]}' % b",".join([raw for (raw,) in rows])

    def write(body: bytes) -> bytes:
        (made,) = orjson.loads(body)["objects"]
        with db:
            db.execute(_INSERT, (made["id"], body))
        return b"{}"

    async def answer(scope: Message, receive: Receive, send: Send) -> None:
        if scope["method"] == "POST":
            body = write((await receive())["body"])
        else:
            body = read(scope["path"])
        headers = [_TYPE, (b"content-length", b"%d" % len(body))]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    return answer


def _open(path: Path) -> apsw.Connection:
    db = apsw.Connection(str(path))
    db.pragma("page_size", 16_384)
    db.pragma("journal_mode", "wal")
    db.pragma("synchronous", "full")
    db.pragma("cache_size", -65_536)
    return db


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
