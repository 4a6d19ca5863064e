"""How a figure is measured and printed.

CPU is that of a whole process tree, user and system. What is compared is measured
in the same run, in turns, so that a busy machine slows both.
"""

import os
import resource
import statistics
from collections.abc import Callable, Mapping, Sequence

import msgspec
import orjson
import psutil

Work = Callable[[], float]
"""Does a round of work; gives the seconds of CPU that one unit of it took."""


def size(name: str, default: int) -> int:
    """Read a size from the environment: `FOEDUS_BENCH_` and the name."""
    return int(os.environ.get(f"FOEDUS_BENCH_{name}", default))


def cpu_here() -> float:
    """Give the seconds of CPU that this process has used, all threads."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def cpu_of_tree(pid: int) -> float:
    """Give the seconds of CPU that a process and all below it have used."""
    total = 0.0
    root = psutil.Process(pid)
    for process in (root, *root.children(recursive=True)):
        times = process.cpu_times()
        total += times.user + times.system
    return total


def in_turns(works: Mapping[str, Work], *, rounds: int) -> dict[str, list[float]]:
    """Do works in turns; the first round warms up and is not counted."""
    measured: dict[str, list[float]] = {name: [] for name in works}
    for number in range(rounds + 1):
        for name, work in works.items():
            seconds = work()
            if number:
                measured[name].append(seconds)
    return measured


def median_us(seconds: Sequence[float]) -> float:
    """Give the median in microseconds."""
    return statistics.median(seconds) * 1e6


class Figure(msgspec.Struct, frozen=True, kw_only=True):
    """One figure, as it is printed.

    Attributes:
        figure: what is measured.
        baseline: the floor in the same unit, from the same run.
        ratio: between the two, the way round that the bar says.
        bar: what is wanted.
        met: whether it is.
    """

    figure: str
    value: float
    unit: str
    baseline: float | None = None
    ratio: float | None = None
    bar: str | None = None
    met: bool | None = None


def say(figure: Figure) -> None:
    """Print one figure as a line of JSON."""
    line = msgspec.structs.asdict(figure)
    for name, value in line.items():
        if isinstance(value, float):
            line[name] = round(value, 3)
    print(orjson.dumps(line).decode(), flush=True)
