"""An hour of kills in random order under load: nothing is lost, and memory stays flat.

`FOEDUS_ENDURANCE_MINUTES` and `FOEDUS_ENDURANCE_KILLS` make it shorter.
"""

import os
import random
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from tests.scenarios.installation import Installation, Server
from tests.scenarios.publishers import Publisher, ids_read, new_object, publishing
from tests.scenarios.test_crash import (
    assert_each_once,
    assert_whole,
    dice,
    pause,
    start_and_kill,
    written,
)

MINUTES = float(os.environ.get("FOEDUS_ENDURANCE_MINUTES", "60"))
KILLS = int(os.environ.get("FOEDUS_ENDURANCE_KILLS", "500"))

BATCH_EVERY_S = 0.25
"""Seconds between two batches of a publisher: 80 objects a second, and not a million
at the end."""

CLI_OBJECTS = 200

WARM = 0.25
"""The share of kills after which memory is read for the first time: by then the views
are larger than what a process may keep of them."""

FLAT = 1.15
"""How much the memory of servers that were just started may differ from then on."""

TO_SETTLE_S = 5.0
"""Seconds of load after which a server's memory is read."""

Kill = Callable[[Server, random.Random], None]


def kill_everything(server: Server, _: random.Random) -> None:
    server.kill()
    server.start()


def kill_a_worker(server: Server, moments: random.Random) -> None:
    workers = server.workers()
    if workers:
        moments.choice(workers).kill()


def resident_afresh(server: Server) -> int:
    """Start a server anew under load; gives its memory, what processes share once."""
    server.kill()
    server.start()
    pause(TO_SETTLE_S)
    processes = [psutil.Process(server.pid), *server.workers()]
    return sum(int(each.memory_full_info().pss) for each in processes)


@pytest.mark.soak
def test_an_hour_of_kills_loses_nothing_and_memory_stays_flat(
    installation: Installation, tmp_path: Path
) -> None:
    moments = dice(0)
    with installation.serve("--workers", "2") as server:
        names = ("pol", "fin", "pol")
        publishers = [Publisher(server, name, every_s=BATCH_EVERY_S) for name in names]
        sent: list[str] = []
        with publishing(*publishers):
            at_first = 0
            begun = time.monotonic()
            for number in range(KILLS):
                if number == int(KILLS * WARM):
                    at_first = resident_afresh(server)
                due = begun + (number + moments.random()) * MINUTES * 60 / KILLS
                pause(max(0.0, due - time.monotonic()))
                which = moments.randrange(3)
                if which == 0:
                    kill_everything(server, moments)
                elif which == 1:
                    kill_a_worker(server, moments)
                else:
                    sent += kill_a_command(installation, moments, tmp_path)
            at_last = resident_afresh(server)
        acknowledged = [name for each in publishers for name in each.acknowledged]
        assert_each_once(sent + acknowledged, ids_read(server, "mda"))
        print(f"{len(sent + acknowledged)} objects, {at_first} and {at_last} bytes")  # noqa: T201 - shown with -s, for the record
        assert at_last <= at_first * FLAT
        server.stop()
    assert_whole(installation)


def kill_a_command(
    installation: Installation, moments: random.Random, folder: Path
) -> list[str]:
    """Kill a command in the middle, and repeat it; gives what it published."""
    objects = [new_object() for _ in range(CLI_OBJECTS)]
    file = written(folder / "bundle.json", objects)
    words = ("intel", "publish", str(file), "--collection", "open", "--as", "pol")
    start_and_kill(installation.command(*words), moments.uniform(0.2, 0.9))
    subprocess.run(installation.command(*words), check=True, capture_output=True)
    return [str(each["id"]) for each in objects]
