"""Planning: plans of 500 to 5,000 units, one nation less, 48 hours, pages meanwhile.

- *Plans* are whole answers of a planning process, from the ask to the last sentence:
  named units, gaps, headroom, checked a second time.
- *Relaxed* is the linear programme alone: what could be done if units were divided.
- *Pages while planning*: one connection asks for a cold page of 100 every 20 ms, in
  turns while nothing is planned and while 5,000 units are.

Seconds are of the clock; CPU is that of the planning process. A busy machine makes the
first longer, not the second.

Variables: FOEDUS_BENCH_PLANNING_LARGE, _DROPS, _PAGES: 0 leaves these out.
"""

import asyncio
import itertools
import resource
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

import _forces
import _hub
import _objects
import orjson
from _figures import Figure, cpu_here, say, size

from foedus.planning.asks import AnyOf, AskCoverage, AskDrops
from foedus.planning.coverage import relaxed
from foedus.planning.coverage_model import build
from foedus.planning.forces import Situation
from foedus.planning.parts import parts_of
from foedus.planning.progress import Progress
from foedus.planning.results import Answer, Closure, Coverage, Drops
from foedus.planning.workers import WorkerLimits, Workers

PAGE_OBJECTS = 5_000
"""Objects of the collection that is read meanwhile."""

TURNS = size("ROUNDS", 5)
"""How often it is read alone and beside planning."""

TURN_S = 4.0
EVERY_S = 0.02
"""Of a turn, and between two pages in it: the reader leaves the hub time."""

GAP_MAX = 0.01
MEMORY_MB_MAX = 4_096
P99_RATIO_MAX = 2.0

Found = TypeVar("Found", bound=Answer)


def main() -> None:
    """Measure and print."""
    plan(_forces.situation(500, 12), 5.0, gap=0.0)
    plan(_forces.situation(2_000, 30), 60.0, gap=0.0)
    if size("PLANNING_LARGE", 1):
        large = _forces.situation(5_000, 60)
        divide(large, 30.0)
        plan(large, 180.0, gap=GAP_MAX)
        memory()
    closure(5.0)
    if size("PLANNING_DROPS", 1):
        drops(_forces.situation(2_000, 30), 120.0)
    if size("PLANNING_PAGES", 1):
        pages()


def bar(figure: str, value: float, unit: str, most: float) -> None:
    """Print a figure that has to be at most so much."""
    met = value <= most
    say(Figure(figure=figure, value=value, unit=unit, bar=f"<= {most:g}", met=met))


def watched(figure: str, value: float, unit: str) -> None:
    """Print a figure that is only watched."""
    say(Figure(figure=figure, value=value, unit=unit))


def named(made: Situation) -> str:
    """Name a situation by its sizes."""
    sizes = (len(made.units), len(made.commitments), made.periods)
    return "{:,} units x {} commitments x {} periods".format(*sizes)


def asked(ask: AnyOf, answer: type[Found]) -> tuple[Found, float, float]:
    """Ask a planning process; gives the answer, the seconds, and those of CPU."""
    workers = Workers(WorkerLimits(seconds=1_200))
    before, begun = _cpu_of_children(), time.perf_counter()
    found = asyncio.run(workers.run(ask, answer, nation="POL"))
    return found, time.perf_counter() - begun, _cpu_of_children() - before


def plan(made: Situation, most: float, *, gap: float) -> None:
    """Plan who covers what, to a gap; none is the proven optimum."""
    found, seconds, cpu = asked(AskCoverage(situation=made), Coverage)
    name = named(made)
    bar(f"plan of {name}", seconds, "s", most)
    watched(f"plan of {name}, CPU", cpu, "s")
    bar(f"plan of {name}, gap", found.solved.gap * 100, "%", gap * 100)


def divide(made: Situation, most: float) -> None:
    """Solve the linear programme alone."""
    cpu, begun = cpu_here(), time.perf_counter()
    for part in parts_of(made):
        relaxed(build(part.situation))
    seconds, name = time.perf_counter() - begun, named(made)
    bar(f"relaxed plan of {name}", seconds, "s", most)
    watched(f"relaxed plan of {name}, CPU", cpu_here() - cpu, "s")


def memory() -> None:
    """Print the most that any planning process has had so far."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1_024
    bar("memory of the largest plan", used, "MB", MEMORY_MB_MAX)


def closure(most: float) -> None:
    """Test who closes within 48 hours at two places, with three kinds of lift."""
    made = _forces.situation(5_000, 60)
    found, seconds, cpu = asked(_forces.closure(made), Closure)
    bar("48 hours, 5,000 units, 2 places, 3 lifts", seconds, "s", most)
    watched("48 hours, CPU", cpu, "s")
    bar("48 hours, gap", found.solved.gap * 100, "%", GAP_MAX * 100)


def drops(made: Situation, most: float) -> None:
    """Leave out one nation after another."""
    found, seconds, cpu = asked(AskDrops(situation=made), Drops)
    name = f"{len(found.drops)} nations of {named(made)} left out, one by one"
    bar(name, seconds, "s", most)
    watched(f"{name}, CPU", cpu, "s")


def pages() -> None:
    """Read pages alone, and while 5,000 units are planned."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "data"
        asyncio.run(_hub.found(folder))
        _hub.fill(folder, _objects.batches(_objects.many(PAGE_OBJECTS)))
        with _hub.serve(folder, _hub.free_port()) as server:
            server.wait(_hub.OBJECTS, login=_hub.READER)
            alone, beside = asyncio.run(_in_turns(server.port))
    quiet, busy = statistics.median(alone), statistics.median(beside)
    say(
        Figure(
            figure="page of 100 while planning, p99",
            value=busy * 1e3,
            unit="ms",
            baseline=quiet * 1e3,
            ratio=busy / quiet,
            bar=f"ratio <= {P99_RATIO_MAX:g}",
            met=busy / quiet <= P99_RATIO_MAX,
        )
    )


async def _in_turns(port: int) -> tuple[list[float], list[float]]:
    """Read alone and beside planning, in turns; gives the p99 of each turn."""
    ask = AskCoverage(situation=_forces.situation(5_000, 60))
    alone, beside = [], []
    with _hub.Client(port, _hub.READER) as reader:
        paths = _cold(reader)
        await asyncio.to_thread(_p99, reader, paths)  # warms up
        for _ in range(TURNS):
            alone.append(await asyncio.to_thread(_p99, reader, paths))
            solving = asyncio.Event()
            task = asyncio.create_task(
                Workers().run(ask, Coverage, nation="POL", tell=_sets(solving))
            )
            await solving.wait()
            beside.append(await asyncio.to_thread(_p99, reader, paths))
            assert not task.done(), "it was planned all the while"
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
    return alone, beside


def _sets(event: asyncio.Event) -> Callable[[Progress], None]:
    def tell(progress: Progress) -> None:
        if progress.bound is not None:
            event.set()

    return tell


def _cold(reader: _hub.Client) -> Iterator[str]:
    """Give a page after another, as nobody has asked for it before."""
    path, found = f"{_hub.OBJECTS}?limit=100", []
    following = path
    while following:
        found.append(following)
        body = orjson.loads(reader.get(following)[1])
        following = f"{path}&next={body['next']}" if body.get("more") else ""
    return (
        f"{found[number % len(found)]}&match[x]={number}"
        for number in itertools.count()
    )


def _p99(reader: _hub.Client, paths: Iterator[str]) -> float:
    """Ask for a page now and then; gives the wait that one in a hundred passes."""
    waits = []
    end = time.perf_counter() + TURN_S
    while (begun := time.perf_counter()) < end:
        status, _ = reader.get(next(paths))
        waits.append(time.perf_counter() - begun)
        assert status == 200, f"a page was answered by {status}"  # noqa: PLR2004 - HTTP's own number
        time.sleep(max(0.0, EVERY_S - waits[-1]))
    return sorted(waits)[int(0.99 * (len(waits) - 1))]


def _cpu_of_children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    main()
