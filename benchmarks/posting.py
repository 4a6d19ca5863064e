"""Single objects: posted over many connections, and until they can be read.

- Objects posted one by one over 64 connections at once, against a bare ASGI
  application that parses and inserts each in a commit of its own (`_floor.py`): CPU of
  the server's processes for each object, and objects a second.
- One object after another over one connection, and then read by another nation: from
  the first byte of the POST to the answer that holds it. Against the same of the bare
  application, which appends and syncs, without the reading.
"""

import asyncio
import base64
import itertools
import statistics
import tempfile
import time
import uuid
from collections.abc import Iterator
from pathlib import Path

import _floor
import _hub
import _objects
import msgspec
import orjson
from _figures import Figure, say, size

CONNECTIONS = 64
OBJECTS = size("POST_OBJECTS", 4_000)
SINGLES = size("POST_SINGLES", 400)
ROUNDS = size("ROUNDS", 5)

SHARE_MIN = 0.5
"""The bar of the issue: single objects, against the bare floor."""

VISIBLE_MAX = 2.0
"""The bar of the issue: p99 until visible, against the p99 of an append."""


class Round(msgspec.Struct, frozen=True):
    """What a round of posting took."""

    cpu_us: float
    rate: float


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as scratch:
        folder, floor = Path(scratch) / "data", Path(scratch) / "floor.db"
        asyncio.run(_hub.found(folder))
        _floor.make(floor, [])
        ports = _hub.free_port(), _hub.free_port()
        with (
            _hub.serve(folder, ports[0]) as ours,
            _hub.serve_floor(floor, ports[1]) as bare,
        ):
            ours.wait(_hub.OBJECTS, login=_hub.READER)
            bare.wait("/poll/0")
            with _hub.Client(ours.port, _hub.PUBLISHER) as writer:
                writer.publish(definitions())
            many_connections(ours, bare)
            until_visible(ours, bare)


def definitions() -> list[bytes]:
    """Give the markings that the objects carry: what a hub does not know it refuses."""
    return [raw for raw in _objects.source() if is_definition(raw)]


def is_definition(raw: bytes) -> bool:
    """Tell whether an object is the definition of a marking."""
    return bool(orjson.loads(raw)["type"] == "marking-definition")


def envelopes() -> Iterator[bytes]:
    """Give envelopes of one object each, none like another, without end."""
    kept = [raw for raw in _objects.source() if not is_definition(raw)]
    first = orjson.loads(kept[len(kept) // 2])
    for _ in itertools.count():
        first["id"] = f"{first['type']}--{uuid.uuid4()}"
        yield _objects.envelope([orjson.dumps(first)])


def head_of(server: _hub.Server, path: str, login: str | None) -> bytes:
    """Write what each POST begins with, up to the length of its body."""
    lines = [f"POST {path} HTTP/1.1", f"Host: 127.0.0.1:{server.port}"]
    lines += [f"Accept: {_hub.TAXII}", f"Content-Type: {_hub.TAXII}"]
    if login is not None:
        pair = base64.b64encode(f"{login}:{_hub.PASSWORD}".encode()).decode()
        lines.append(f"Authorization: Basic {pair}")
    return ("\r\n".join(lines) + "\r\nContent-Length: ").encode()


async def post_all(server: _hub.Server, head: bytes, bodies: list[bytes]) -> Round:
    """Post bodies over all connections at once."""
    waiting = iter(bodies)

    async def connection() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        for body in waiting:
            writer.write(head + b"%d\r\n\r\n" % len(body) + body)
            answer = await reader.readuntil(b"\r\n\r\n")
            assert answer[9:12] in {b"200", b"202"}, answer
            length = int(answer.lower().split(b"content-length:")[1].split(b"\r")[0])
            told = await reader.readexactly(length)
            assert b'"failures"' not in told, told
        writer.close()

    before, begun = server.cpu(), time.perf_counter()
    await asyncio.gather(*(connection() for _ in range(CONNECTIONS)))
    seconds = time.perf_counter() - begun
    await asyncio.sleep(0.1)
    cpu = server.cpu() - before
    return Round(cpu / len(bodies) * 1e6, len(bodies) / seconds)


def many_connections(ours: _hub.Server, bare: _hub.Server) -> None:
    """Post to both, in turns."""
    given = envelopes()
    heads = {
        "ours": (ours, head_of(ours, _hub.OBJECTS, _hub.PUBLISHER)),
        "floor": (bare, head_of(bare, "/", None)),
    }
    rounds: dict[str, list[Round]] = {"ours": [], "floor": []}
    for number in range(ROUNDS + 1):
        for name, (server, head) in heads.items():
            bodies = list(itertools.islice(given, OBJECTS))
            done = asyncio.run(post_all(server, head, bodies))
            if number:
                rounds[name].append(done)
    for what, unit in (("cpu_us", "us"), ("rate", "objects/s")):
        value, base = (
            statistics.median(getattr(each, what) for each in rounds[name])
            for name in ("ours", "floor")
        )
        share = base / value if what == "cpu_us" else value / base
        is_bar = what == "cpu_us"
        say(
            Figure(
                figure=f"single objects over {CONNECTIONS} connections, "
                + ("CPU an object" if is_bar else "rate"),
                value=value,
                unit=unit,
                baseline=base,
                ratio=share,
                bar=f"ratio >= {SHARE_MIN:g}" if is_bar else None,
                met=share >= SHARE_MIN if is_bar else None,
            )
        )


def until_visible(ours: _hub.Server, bare: _hub.Server) -> None:
    """Post one by one, and read each."""
    given = envelopes()
    taken: dict[str, list[float]] = {"ours": [], "floor": []}
    with (
        _hub.Client(ours.port, _hub.PUBLISHER) as writer,
        _hub.Client(ours.port, _hub.READER) as reader,
        _hub.Client(bare.port) as stranger,
    ):
        for body in itertools.islice(given, SINGLES):
            path = f"{_hub.OBJECTS}{orjson.loads(body)['objects'][0]['id']}/"
            begun = time.perf_counter()
            writer.post(_hub.OBJECTS, body)
            while reader.get(path)[0] != 200:  # noqa: PLR2004 - HTTP's own number
                pass
            taken["ours"].append(time.perf_counter() - begun)
            begun = time.perf_counter()
            stranger.post("/", body)
            taken["floor"].append(time.perf_counter() - begun)
    value, base = (sorted(taken[name])[-1 - SINGLES // 100] for name in taken)
    say(
        Figure(
            figure=f"from POST to visible, p99 of {SINGLES}",
            value=value * 1e3,
            unit="ms",
            baseline=base * 1e3,
            ratio=value / base,
            bar=f"ratio <= {VISIBLE_MAX:g}",
            met=value / base <= VISIBLE_MAX,
        )
    )


if __name__ == "__main__":
    main()
