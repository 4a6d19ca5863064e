"""Ingest over TAXII in batches of 1,000, against the raw bound.

Durable, labelled, validated, readable when the 202 arrives. CPU of the server's
processes for each object, the checkpoint of an idle second included. The raw bound
only parses and writes the same bytes: `_raw.py` says how.

With `FOEDUS_BENCH_INGEST_HTTP=0` nothing is served: the same without HTTP, for a
profiler to look at.
"""

import asyncio
import itertools
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import _hub
import _objects
from _figures import Figure, Work, cpu_here, in_turns, median_us, say, size
from _raw import ApswStore, RawStore, StdlibStore

from foedus import app
from foedus.hub import Hub

SHARE_MIN = 0.5
"""The bar of the issue: at least half the speed of the raw bound."""

IDLE_S = 1.5
"""Seconds after which the hub has moved its write-ahead log into the file."""

BATCHES = size("INGEST_BATCHES", 5)
ROUNDS = size("ROUNDS", 5)
WITH_HTTP = size("INGEST_HTTP", 1)


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "data"
        asyncio.run(_hub.found(folder))
        bounds = {
            "apsw": raw_work(ApswStore(Path(scratch) / "apsw.db")),
            "sqlite3": raw_work(StdlibStore(Path(scratch) / "sqlite3.db")),
        }
        if WITH_HTTP:
            over_http(folder, bounds)
        else:
            in_process(folder, bounds)


def over_http(folder: Path, bounds: dict[str, Work]) -> None:
    """Publish to a server process."""
    port = _hub.free_port()
    with _hub.serve(folder, port) as server:
        server.wait(_hub.OBJECTS, login=_hub.PUBLISHER)
        with _hub.Client(port, _hub.PUBLISHER) as client:
            work = served_work(server, client)
            tell("over HTTP", in_turns({"ours": work, **bounds}, rounds=ROUNDS))


def in_process(folder: Path, bounds: dict[str, Work]) -> None:
    """Publish without HTTP, in this process."""
    with asyncio.Runner() as runner:
        hub = app.open_hub(folder, environment={})
        hub.projector.start()
        work = process_work(hub, runner)
        tell("in process", in_turns({"ours": work, **bounds}, rounds=ROUNDS))
        app.close_hub(hub)


def parts() -> Iterator[list[bytes]]:
    """Give batches without end, none like another."""
    for number in itertools.count():
        objects = _objects.many(BATCHES * _objects.BATCH, seed=number * 1_000)
        yield from _objects.batches(objects)


def served_work(server: _hub.Server, client: _hub.Client) -> Work:
    """Make a round of publishing to a server."""
    given = parts()

    def work() -> float:
        batches = list(itertools.islice(given, BATCHES))
        before = server.cpu()
        for batch in batches:
            client.publish(batch)
        time.sleep(IDLE_S)
        return (server.cpu() - before) / (BATCHES * _objects.BATCH)

    return work


def process_work(hub: Hub, runner: asyncio.Runner) -> Work:
    """Make a round of publishing in this process."""
    given = parts()

    def work() -> float:
        batches = list(itertools.islice(given, BATCHES))
        before = cpu_here()
        for batch in batches:
            runner.run(_hub.publish(hub, batch))
        time.sleep(IDLE_S)
        return (cpu_here() - before) / (BATCHES * _objects.BATCH)

    return work


def raw_work(store: RawStore) -> Work:
    """Make a round of raw parsing and writing."""
    given = parts()

    def work() -> float:
        batches = list(itertools.islice(given, BATCHES))
        before = cpu_here()
        for batch in batches:
            store.write(batch)
        store.idle()
        return (cpu_here() - before) / (BATCHES * _objects.BATCH)

    return work


def tell(how: str, cost: dict[str, list[float]]) -> None:
    """Print the figures."""
    ours = median_us(cost["ours"])
    figure = f"ingest {how} in batches of 1,000, CPU an object"
    for driver in ("apsw", "sqlite3"):
        raw = median_us(cost[driver])
        say(
            Figure(
                figure=f"{figure}, raw bound by {driver}",
                value=ours,
                unit="us",
                baseline=raw,
                ratio=raw / ours,
                bar=f"ratio >= {SHARE_MIN:g}",
                met=raw / ours >= SHARE_MIN,
            )
        )


if __name__ == "__main__":
    main()
