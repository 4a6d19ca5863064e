"""Reading over TAXII, against bare ASGI and SQLite, and against nginx.

The reader signs in by Basic authentication over a kept-alive connection. Every other
version is hidden from it. The floor serves the same objects without any access check.
CPU of each server's processes; the client's is not counted. *Cold* pages are asked for
under a filter that nobody has used before, which is ignored but keeps them out of the
page cache.
"""

import asyncio
import base64
import itertools
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import _floor
import _hub
import _nginx
import _objects
import orjson
from _figures import Figure, Work, in_turns, median_us, say, size

NOTHING_NEW = f"{_hub.OBJECTS}?added_after=2999-01-01T00:00:00Z"
"""What clients send most often."""

SHARE_MIN = 0.30
"""The bar of the issue: a kept page, against the rate of nginx."""

WALK_S_MAX = 0.3
"""The bar of the issue: to walk 20,000 objects, a thousand a page."""

CONNECTIONS = 16

OBJECTS = size("PAGE_OBJECTS", 20_000)
REQUESTS = size("PAGE_REQUESTS", 1_000)
ROUNDS = size("ROUNDS", 5)

Ask = Callable[[int], str]
"""Gives the path of the n-th request."""


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
            bare.wait("/poll/0")
            against_the_floor(ours, bare, objects)
            walk_all(ours)
            if _nginx.is_here():
                against_nginx(ours, Path(scratch) / "nginx")


# Against the floor


def against_the_floor(
    ours: _hub.Server, bare: _hub.Server, objects: list[bytes]
) -> None:
    """Ask both for the same, in turns."""
    with _hub.Client(ours.port, _hub.READER) as reader:
        pages = {limit: full_pages(reader, limit) for limit in (100, 1_000)}
    shown = [orjson.loads(raw)["id"] for raw in objects[::2]]
    fresh = itertools.count()
    for name, ask, floor, bar, share in (
        ("page of 100, half hidden, cold", cold(pages[100], fresh), paged(100), 2.6, 1),
        (
            *("page of 1,000, half hidden, cold", cold(pages[1_000], fresh)),
            *(paged(1_000), 1.4, 10),
        ),
        (
            *("object by id", lambda n: f"{_hub.OBJECTS}{shown[n % len(shown)]}/"),
            *(lambda n: f"/object/{shown[n % len(shown)]}", 3.0, 1),
        ),
        (
            *("poll with nothing new", lambda _: NOTHING_NEW),
            *(lambda _: "/poll/99999999", 2.0, 1),
        ),
        ("page of 100, half hidden, kept", kept(pages[100]), paged(100), None, 1),
    ):
        cost = in_turns(
            {
                "ours": asking(ours, _hub.READER, ask, REQUESTS // share),
                "floor": asking(bare, None, floor, REQUESTS // share),
            },
            rounds=ROUNDS,
        )
        value, base = median_us(cost["ours"]), median_us(cost["floor"])
        say(
            Figure(
                figure=f"{name}, CPU a request",
                value=value,
                unit="us",
                baseline=base,
                ratio=value / base,
                bar=None if bar is None else f"ratio <= {bar:g}",
                met=None if bar is None else value / base <= bar,
            )
        )


def full_pages(reader: _hub.Client, limit: int) -> list[str]:
    """Walk the collection once; gives the path of every full page."""
    start = f"{_hub.OBJECTS}?limit={limit}"
    path, pages, seen = start, [], 0
    while path:
        body = asked(reader, path)
        seen += len(body["objects"])
        if len(body["objects"]) == limit:
            pages.append(path)
        path = f"{start}&next={body['next']}" if body["more"] else ""
    assert 0.4 < seen / OBJECTS < 0.6, f"{seen} of {OBJECTS} is not half"  # noqa: PLR2004 - about half
    return pages


def cold(pages: list[str], fresh: Iterator[int]) -> Ask:
    """Ask for pages as nobody has asked for them before."""
    return lambda number: f"{pages[number % len(pages)]}&match[x]={next(fresh)}"


def kept(pages: list[str]) -> Ask:
    """Ask for pages over and over."""
    return lambda number: pages[number % len(pages)]


def paged(limit: int) -> Ask:
    """Ask the floor for pages."""
    starts = range(0, OBJECTS - limit + 1, limit)
    return lambda number: f"/page/{starts[number % len(starts)]}/{limit}"


def asking(server: _hub.Server, login: str | None, ask: Ask, count: int) -> Work:
    """Make a round of requests; none asks for what an earlier round has asked."""
    numbers = itertools.count()
    client = _hub.Client(server.port, login)

    def work() -> float:
        paths = [ask(number) for number in itertools.islice(numbers, count)]
        before = server.cpu()
        for path in paths:
            status, _ = client.get(path)
            assert status == 200, path  # noqa: PLR2004 - HTTP's own number
        return (server.cpu() - before) / count

    return work


def asked(reader: _hub.Client, path: str) -> dict[str, object]:
    """Ask for a page and read it."""
    status, body = reader.get(path)
    assert status == 200, body  # noqa: PLR2004 - HTTP's own number
    found: dict[str, object] = orjson.loads(body)
    return found


def walk_all(ours: _hub.Server) -> None:
    """Walk everything, as its publisher, a thousand a page; once cold."""
    taken = []
    for number in range(ROUNDS):
        with _hub.Client(ours.port, _hub.PUBLISHER) as client:
            start = path = f"{_hub.OBJECTS}?limit=1000&match[x]=walk-{number}"
            begun, seen = time.perf_counter(), 0
            while path:
                _, body = client.get(path)
                head = body[:200].partition(b'"objects"')[0]
                seen += 1
                cursor = head.partition(b'"next":"')[2].partition(b'"')[0].decode()
                path = f"{start}&next={cursor}" if cursor else ""
            taken.append(time.perf_counter() - begun)
            assert seen >= OBJECTS // 1_000, "every page was met"
    say(
        Figure(
            figure=f"walk of {OBJECTS:,} objects, a thousand a page, cold",
            value=statistics.median(taken),
            unit="s",
            bar=f"value <= {WALK_S_MAX:g}" if OBJECTS == 20_000 else None,  # noqa: PLR2004 - the bar's own
            met=statistics.median(taken) <= WALK_S_MAX if OBJECTS == 20_000 else None,  # noqa: PLR2004 - as above
        )
    )


# Against nginx


def against_nginx(ours: _hub.Server, folder: Path) -> None:
    """Ask both for the same bytes, over several connections."""
    path = f"{_hub.OBJECTS}?limit=100"
    with _hub.Client(ours.port, _hub.READER) as reader:
        _, page = reader.get(path)
    pair = base64.b64encode(f"{_hub.READER}:{_hub.PASSWORD}".encode()).decode()
    headers = {"Authorization": f"Basic {pair}", "Accept": _hub.TAXII}
    with _nginx.serve(folder, page) as nginx:
        nginx.wait("/page")
        rates: dict[str, list[float]] = {"ours": [], "nginx": []}
        for _ in range(3):
            for name, server, asked_for in (
                ("ours", ours, path),
                ("nginx", nginx, "/page"),
            ):
                url = f"http://127.0.0.1:{server.port}{asked_for}"
                rates[name].append(
                    _nginx.rate(url, connections=CONNECTIONS, headers=headers)
                )
    value, base = map(statistics.median, (rates["ours"], rates["nginx"]))
    say(
        Figure(
            figure=f"kept page of 100 over {CONNECTIONS} connections, against nginx",
            value=value,
            unit="requests/s",
            baseline=base,
            ratio=value / base,
            bar=f"ratio >= {SHARE_MIN:g}",
            met=value / base >= SHARE_MIN,
        )
    )


if __name__ == "__main__":
    main()
