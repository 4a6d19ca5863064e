"""Appending to the log: durable, salted and chained, against a bare insert.

The bodies are bytes as long as an average object. In process, no HTTP, no labels.
"""

import asyncio
import itertools
import tempfile
from pathlib import Path

import _objects
import apsw
import msgspec
from _figures import Figure, Work, cpu_here, in_turns, median_us, say, size

from foedus.clock import system_clock
from foedus.eventlog.codec import Codec
from foedus.eventlog.envelope import Append, Event, Who
from foedus.eventlog.log import EventLog
from foedus.eventlog.sqlite import open_sqlite_log
from foedus.ids import new_event_id

ENTRIES = size("APPEND_ENTRIES", 10_000)
ROUNDS = size("ROUNDS", 5)

WHO = Who(account="account--bench", nation="POL", door="bench")  # type: ignore[arg-type]


class Noted(Event, frozen=True, kw_only=True, tag="bench.noted"):
    """Something was written down."""

    object: msgspec.Raw


def main() -> None:
    """Measure and print."""
    bodies = _objects.many(ENTRIES)
    with tempfile.TemporaryDirectory() as scratch, asyncio.Runner() as runner:
        codec = Codec(Noted)
        log = open_sqlite_log(Path(scratch), codec, system_clock)
        works = {
            "append": append_work(log, runner, bodies),
            "insert": insert_work(Path(scratch) / "raw.db", bodies),
        }
        cost = in_turns(works, rounds=ROUNDS)
        log.close()
    append, insert = median_us(cost["append"]), median_us(cost["insert"])
    say(
        Figure(
            figure="append in batches of 1,000, CPU an entry",
            value=append,
            unit="us",
            baseline=insert,
            ratio=append / insert,
        )
    )


def append_work(log: EventLog, runner: asyncio.Runner, bodies: list[bytes]) -> Work:
    """Make a round of appending."""
    clock = itertools.count(1_800_000_000_000)

    def work() -> float:
        before = cpu_here()
        for part in _objects.batches(bodies):
            at_ms = next(clock)
            requests = [
                Append(
                    event_id=new_event_id(at_ms),
                    stream=f"bench/{number}",
                    event=Noted(object=msgspec.Raw(body)),
                    who=WHO,
                )
                for number, body in enumerate(part)
            ]
            outcomes = runner.run(log.append_many(requests))
            assert all(isinstance(each, int) for each in outcomes), "all are written"
        return (cpu_here() - before) / len(bodies)

    return work


def insert_work(path: Path, bodies: list[bytes]) -> Work:
    """Make a round of bare inserting."""
    db = apsw.Connection(str(path))
    db.execute("PRAGMA page_size = 16384; PRAGMA journal_mode = wal;")
    db.execute("PRAGMA synchronous = FULL")
    db.execute("CREATE TABLE entry (position INTEGER PRIMARY KEY, body BLOB NOT NULL)")

    def work() -> float:
        before = cpu_here()
        for part in _objects.batches(bodies):
            with db:
                db.executemany(
                    "INSERT INTO entry (body) VALUES (?)", [(body,) for body in part]
                )
        return (cpu_here() - before) / len(bodies)

    return work


if __name__ == "__main__":
    main()
