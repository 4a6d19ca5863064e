"""Nothing acknowledged is lost, and nothing doubled, whoever is killed and when."""

import os
import random
import signal
import subprocess
import threading
from collections import Counter
from pathlib import Path
from typing import Any

import orjson
import pytest

from foedus import app
from tests.eventlog.folding import assert_folds_again
from tests.scenarios.installation import ENDS_WITHIN_S, Installation, Server
from tests.scenarios.publishers import Publisher, ids_read, new_object, publishing

KILLS = 20
CLI_KILLS = 3

KILLED_AFTER_S = 0.4
"""Seconds of publishing after which a server is killed at the latest."""

CLI_OBJECTS = 1_000

CLI_KILLED_AFTER_S = (0.2, 0.9)
"""Seconds between which a command is killed: from before it has opened the hub
until most likely after its end."""


TURNS = pytest.mark.parametrize(
    "turn", [0, *(pytest.param(turn, marks=pytest.mark.soak) for turn in range(1, 11))]
)
"""Once in `make test`, ten times more in `make soak`: 20 kills, and 200."""


def dice(turn: int) -> random.Random:
    """Give a source of moments; `FOEDUS_SEED` repeats a run, as far as time does."""
    seed = os.environ.get("FOEDUS_SEED", f"{random.randrange(10**9)}.{turn}")  # noqa: S311 - moments, no secrets
    print(f"FOEDUS_SEED={seed}")  # noqa: T201 - shown when the test fails
    return random.Random(seed)  # noqa: S311 - as above


def pause(seconds: float) -> None:
    """Wait while others work."""
    threading.Event().wait(seconds)


def assert_whole(installation: Installation) -> None:
    """The log verifies, and its views are what a rebuild makes of it."""
    installation.run("log", "verify")
    hub = app.open_hub(installation.folder, environment={})
    try:
        assert_folds_again(hub)
    finally:
        app.close_hub(hub)


def assert_each_once(acknowledged: list[str], read: Counter[str]) -> None:
    """What was acknowledged can be read, exactly once, and nothing else can."""
    assert len(acknowledged) == len(set(acknowledged))
    assert {name for name in acknowledged if name not in read} == set()
    assert {name: times for name, times in read.items() if times != 1} == {}
    assert read.keys() - set(acknowledged) == set()


def written(path: Path, objects: list[dict[str, Any]]) -> Path:
    """Write a bundle."""
    path.write_bytes(orjson.dumps({"type": "bundle", "objects": objects}))
    return path


@TURNS
def test_no_acknowledged_object_is_lost_or_doubled_when_servers_are_killed(
    installation: Installation, server: Server, turn: int
) -> None:
    moments = dice(turn)
    publishers = [Publisher(server, name) for name in ("pol", "fin", "pol")]

    with publishing(*publishers):
        for _ in range(KILLS):
            pause(moments.uniform(0, KILLED_AFTER_S))
            server.kill()
            server.start()

    acknowledged = [name for each in publishers for name in each.acknowledged]
    assert_each_once(acknowledged, ids_read(server, "mda"))
    assert sum(each.retries for each in publishers) >= KILLS / 2, "the kills were felt"
    server.stop()
    assert_whole(installation)


@TURNS
def test_a_command_that_is_killed_beside_a_server_can_be_repeated(
    installation: Installation, server: Server, tmp_path: Path, turn: int
) -> None:
    moments = dice(turn)
    publisher = Publisher(server, "fin")
    sent: list[str] = []

    with publishing(publisher):
        for number in range(CLI_KILLS):
            objects = [new_object() for _ in range(CLI_OBJECTS)]
            file = written(tmp_path / f"{number}.json", objects)
            words = ("intel", "publish", str(file), "--collection", "open")
            command = installation.command("--json", *words, "--as", "pol")
            start_and_kill(command, moments.uniform(*CLI_KILLED_AFTER_S))
            outcomes = installation.run(*words, "--as", "pol")
            assert {each["outcome"] for each in outcomes} <= {"stored", "duplicate"}
            sent += [each["id"] for each in objects]

    assert_each_once(sent + publisher.acknowledged, ids_read(server, "mda"))
    server.stop()
    assert_whole(installation)


def test_several_servers_and_a_command_write_to_one_folder(
    installation: Installation, tmp_path: Path
) -> None:
    objects = [new_object() for _ in range(CLI_OBJECTS)]
    file = written(tmp_path / "bundle.json", objects)

    with installation.serve("--workers", "2") as one, installation.serve() as other:
        publishers = [
            Publisher(server, name)
            for server in (one, other)
            for name in ("pol", "fin")
        ]
        with publishing(*publishers):
            installation.run(
                *("intel", "publish", str(file), "--collection", "open"),
                *("--as", "pol"),
            )
            pause(0.5)
        sent = [each["id"] for each in objects]
        sent += [name for each in publishers for name in each.acknowledged]
        for server in (one, other):
            assert_each_once(sent, ids_read(server, "mda"))

    assert_whole(installation)


def start_and_kill(command: list[str], after_s: float) -> None:
    """Start a command, and kill it after a while."""
    process = subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    pause(after_s)
    process.send_signal(signal.SIGKILL)
    process.wait(ENDS_WITHIN_S)
