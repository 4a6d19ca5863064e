"""What a page costs as a collection grows, and what the server's memory is then.

Three readers: one who sees everything, one who sees every other object, and one who
sees one in a thousand. Cold pages of 100, from all over the collection, by CPU of the
server's processes; the caches of SQLite and of the system are warm.
"""

import asyncio
import itertools
import tempfile
from collections.abc import Iterator
from pathlib import Path

import _hub
import _objects
import orjson
import psutil
from _figures import Figure, in_turns, median_us, say, size
from reading import asking, cold

from foedus.stix.markings import hub_marking_id, make_hub_definition

SMALL = size("SCALE_SMALL", 20_000)
LARGE = size("SCALE_LARGE", 200_000)
"""The issue says 1,000,000; that takes some minutes to fill."""

REQUESTS = size("SCALE_REQUESTS", 400)
ROUNDS = size("ROUNDS", 5)

WIDE_MAX, NARROW_MAX = 1.3, 1.6
"""The bars of the issue: large against small, for wide viewers and for a narrow one."""

MEMORY_MB_MAX = 250
"""The bar of the issue: resident memory of the serving processes."""

FEW = SMALL // 1_000
"""Objects on a page of who sees one in a thousand: the small collection has no more."""

STARTS = 200
"""Pages that are asked for in turn, from all over the collection."""

READERS = {"everything": "pol", "half": "fin", "one in a thousand": "tur"}


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as scratch:
        folders = {number: Path(scratch) / str(number) for number in (SMALL, LARGE)}
        for number, folder in folders.items():
            asyncio.run(_hub.found(folder, readers=tuple(READERS.values())[1:]))
            _hub.fill(folder, batches(number))
        ports = [_hub.free_port() for _ in folders]
        servers = [
            _hub.serve(folder, port)
            for folder, port in zip(folders.values(), ports, strict=True)
        ]
        with servers[0] as small, servers[1] as large:
            for server in (small, large):
                server.wait(_hub.OBJECTS, login=_hub.READER)
            for name, login in READERS.items():
                compare(name, login, small, large)
            memory(large)


def batches(number: int) -> Iterator[list[bytes]]:
    """Give objects, every other one for some members, one in 2,000 for one more."""
    half = f"{_hub.LEVEL} // REL TO POL, FIN"
    few = f"{_hub.LEVEL} // REL TO POL, TUR"
    definitions = [make_hub_definition(half), make_hub_definition(few)]
    labels = [[hub_marking_id(half)], [_objects.TLP_RED]]
    given, seed = 0, 0
    source = [raw for raw in _objects.source() if b"object_marking_refs" in raw]
    while given < number:
        part = []
        for raw in _objects.clone(source, seed):
            made = orjson.loads(raw)
            if made["type"] == "marking-definition":
                continue
            given += 1
            refs = labels[given % 2]
            if not given % 1_000:
                refs = [hub_marking_id(few)]
            made["object_marking_refs"] = refs
            part.append(orjson.dumps(_unrelated(made)))
        seed += 1
        for batch in _objects.batches(part):
            yield [*definitions, *batch]


def _unrelated(made: dict[str, object]) -> dict[str, object]:
    """Cut references, which would join labels and hide more than is meant."""
    return {
        name: value
        for name, value in made.items()
        if not name.endswith(("_ref", "_refs")) or name == "object_marking_refs"
    }


def compare(name: str, login: str, small: _hub.Server, large: _hub.Server) -> None:
    """Ask both for pages, in turns."""
    fresh = itertools.count()
    limit, most = 100, WIDE_MAX
    if name == "one in a thousand":
        limit, most = FEW, NARROW_MAX
    works = {}
    for which, server in (("small", small), ("large", large)):
        with _hub.Client(server.port, login) as client:
            pages = list(some_pages(client, limit))
        works[which] = asking(server, login, cold(pages, fresh), REQUESTS)
    cost = in_turns(works, rounds=ROUNDS)
    value, base = median_us(cost["large"]), median_us(cost["small"])
    say(
        Figure(
            figure=f"page of {limit} of {LARGE:,} objects for who sees {name}, "
            f"against {SMALL:,}, CPU a page",
            value=value,
            unit="us",
            baseline=base,
            ratio=value / base,
            bar=f"ratio <= {most:g}",
            met=value / base <= most,
        )
    )


def some_pages(client: _hub.Client, limit: int) -> Iterator[str]:
    """Walk by the thousand; gives pages that begin where a thousand ended."""
    start = f"{_hub.OBJECTS}?limit={limit}"
    query, seen = "limit=1000", 0
    yield start
    while seen < STARTS:
        _, body = client.get(f"{_hub.OBJECTS}?{query}")
        page = orjson.loads(body)
        if not page.get("more"):
            return
        seen += 1
        added = client.last_headers[b"x-taxii-date-added-last"].decode()
        query = f"limit=1000&added_after={added}"
        yield f"{start}&added_after={added}"


def memory(server: _hub.Server) -> None:
    """Tell the resident memory of the server's processes, what they share once."""
    root = psutil.Process(server.pid)
    processes = (root, *root.children(recursive=True))
    whole = sum(process.memory_full_info().pss for process in processes)
    say(
        Figure(
            figure=f"resident memory at {LARGE:,} objects (PSS of {len(processes)} "
            "processes)",
            value=whole / 1e6,
            unit="MB",
            bar=f"value <= {MEMORY_MB_MAX}",
            met=whole / 1e6 <= MEMORY_MB_MAX,
        )
    )


if __name__ == "__main__":
    main()
