"""A page of 100 for a reader who may see half, against bare ASGI and SQLite.

The reader signs in by Basic authentication over a kept-alive connection and walks
the collection page by page. Every other version is hidden from it. The floor serves
pages of the same objects without any access check. CPU of each server's processes;
the client's is not counted.
"""

import asyncio
import tempfile
from pathlib import Path

import _floor
import _hub
import _objects
import orjson
from _figures import Figure, in_turns, median_us, say, size

RATIO_MAX = 4.0
"""The bar of the issue: a page costs at most four times the floor."""

NOTHING_NEW = f"{_hub.OBJECTS}?added_after=2999-01-01T00:00:00Z"
"""What clients send most often."""

OBJECTS = size("PAGE_OBJECTS", 20_000)
REQUESTS = size("PAGE_REQUESTS", 1_000)
ROUNDS = size("ROUNDS", 5)


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as scratch:
        folder, floor = Path(scratch) / "data", Path(scratch) / "floor.db"
        objects = _objects.half_hidden(OBJECTS)
        asyncio.run(_hub.found(folder))
        _hub.fill(folder, _objects.batches(objects))
        _floor.make(floor, objects)
        ports = _hub.free_port(), _hub.free_port()
        with (
            _hub.serve(folder, ports[0]) as ours,
            _hub.serve_floor(floor, ports[1]) as bare,
        ):
            ours.wait(_hub.OBJECTS, login=_hub.READER)
            bare.wait("/?0")
            measure(ours, bare)


def measure(ours: _hub.Server, bare: _hub.Server) -> None:
    """Walk both in turns."""
    with (
        _hub.Client(ours.port, _hub.READER) as reader,
        _hub.Client(bare.port) as stranger,
    ):
        pages = walk(reader)
        floor_pages = [f"/?{n}" for n in range(0, OBJECTS - 99, 100)]
        cost = in_turns(
            {
                "page": lambda: cpu_per_page(ours, reader, pages),
                "floor": lambda: cpu_per_page(bare, stranger, floor_pages),
                "poll": lambda: cpu_per_page(ours, reader, [NOTHING_NEW]),
            },
            rounds=ROUNDS,
        )
    page, floor = median_us(cost["page"]), median_us(cost["floor"])
    say(
        Figure(
            figure="page of 100, half hidden, CPU a page",
            value=page,
            unit="us",
            baseline=floor,
            ratio=page / floor,
            bar=f"ratio <= {RATIO_MAX:g}",
            met=page / floor <= RATIO_MAX,
        )
    )
    say(
        Figure(
            figure="poll with nothing new, CPU a request",
            value=median_us(cost["poll"]),
            unit="us",
        )
    )


def walk(reader: _hub.Client) -> list[str]:
    """Walk the collection once; gives the path of every full page."""
    start = f"{_hub.OBJECTS}?limit={_floor.PAGE}"
    path, pages, seen = start, [], 0
    while path:
        body = asked(reader, path)
        seen += len(body["objects"])
        if len(body["objects"]) == _floor.PAGE:
            pages.append(path)
        path = f"{start}&next={body['next']}" if body["more"] else ""
    assert 0.4 < seen / OBJECTS < 0.6, f"{seen} of {OBJECTS} is not half"  # noqa: PLR2004 - about half
    return pages


def asked(reader: _hub.Client, path: str) -> dict[str, object]:
    """Ask for a page and read it."""
    status, body = reader.get(path)
    assert status == 200, body  # noqa: PLR2004 - HTTP's own number
    found: dict[str, object] = orjson.loads(body)
    return found


def cpu_per_page(server: _hub.Server, client: _hub.Client, paths: list[str]) -> float:
    """Ask for pages over and over; gives the server's seconds of CPU a request."""
    before = server.cpu()
    for number in range(REQUESTS):
        status, _ = client.get(paths[number % len(paths)])
        assert status == 200  # noqa: PLR2004 - HTTP's own number
    return (server.cpu() - before) / REQUESTS


if __name__ == "__main__":
    main()
