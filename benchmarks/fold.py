"""Folding the log into views: a rebuild of everything, and reading it back once."""

import asyncio
import logging
import tempfile
from pathlib import Path

import _hub
import _objects
import structlog
from _figures import Figure, Work, cpu_here, in_turns, median_us, say, size

from foedus import app
from foedus.hub import Hub
from foedus.ids import START

OBJECTS = size("FOLD_OBJECTS", 10_000)
ROUNDS = size("ROUNDS", 5)


def main() -> None:
    """Measure and print."""
    quiet = structlog.make_filtering_bound_logger(logging.WARNING)
    structlog.configure(wrapper_class=quiet)
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "data"
        asyncio.run(_hub.found(folder))
        _hub.fill(folder, _objects.batches(_objects.half_hidden(OBJECTS)))
        hub = app.open_hub(folder, environment={})
        works = {"fold": fold_work(hub), "read": read_work(hub)}
        cost = in_turns(works, rounds=ROUNDS)
        app.close_hub(hub)
    fold, read = median_us(cost["fold"]), median_us(cost["read"])
    say(
        Figure(
            figure="rebuild of the views, CPU an event",
            value=fold,
            unit="us",
            baseline=read,
            ratio=fold / read,
        )
    )


def fold_work(hub: Hub) -> Work:
    """Make a rebuild."""

    def work() -> float:
        before = cpu_here()
        hub.projector.rebuild()
        return (cpu_here() - before) / hub.log.head()

    return work


def read_work(hub: Hub) -> Work:
    """Make one reading of the whole log."""

    def work() -> float:
        before = cpu_here()
        after = START
        while page := hub.log.read_after(after, 2_000):
            after = page[-1].position
        return (cpu_here() - before) / hub.log.head()

    return work


if __name__ == "__main__":
    main()
