"""Who follows misses nothing and is told nothing twice, whoever is killed and when.

`FOEDUS_LIVE_KILLS` and `FOEDUS_LIVE_EVENTS` make the long test shorter.
"""

import os
import random
import time
from pathlib import Path

import pytest

from tests.scenarios.installation import ENDS_WITHIN_S, Installation, Server
from tests.scenarios.noting import Noter
from tests.scenarios.publishers import (
    BATCH_OBJECTS,
    Publisher,
    ids_read,
    publishing,
)
from tests.scenarios.test_crash import assert_each_once, dice, pause

KILLS = int(os.environ.get("FOEDUS_LIVE_KILLS", "200"))
EVENTS = int(os.environ.get("FOEDUS_LIVE_EVENTS", "100000"))

PER_S = 500
"""Objects a second that are published, as far as the server lives."""

NAMES = ("pol", "fin", "pol")
LOOKS_AGAIN_S = 0.01


def test_who_follows_misses_nothing_when_hub_or_consumer_is_killed(
    installation: Installation, tmp_path: Path
) -> None:
    run(installation, tmp_path / "notes", kills=3, events=600)


@pytest.mark.soak
def test_who_follows_misses_nothing_over_many_kills(
    installation: Installation, tmp_path: Path
) -> None:
    run(installation, tmp_path / "notes", kills=KILLS, events=EVENTS)


def run(installation: Installation, notes: Path, *, kills: int, events: int) -> None:
    """Publish, follow, kill; then hold what was told against a walk by TAXII."""
    moments = dice(0)
    every_s = len(NAMES) * BATCH_OBJECTS / PER_S
    with installation.serve("--workers", "2") as server:
        publishers = [Publisher(server, name, every_s=every_s) for name in NAMES]
        noter = Noter(server, "mda", notes)
        noter.start()
        try:
            noter.wait(1)
            begun, gone_s = time.monotonic(), 0.0
            with publishing(*publishers):
                for number in range(kills):
                    due = events * (number + moments.random()) / kills
                    wait_until_published(publishers, due)
                    gone_s += kill(number, server, noter, moments)
                wait_until_published(publishers, events)
            lived_s = time.monotonic() - begun - gone_s
            read = ids_read(server, "mda")
            noter.wait_for(list(read)[-1])
        finally:
            noter.kill()
    assert_each_once([one for each in publishers for one in each.acknowledged], read)
    assert noter.told() == [("put", stix_id) for stix_id in read]
    print(  # noqa: T201 - shown with -s, for the record
        f"{kills} kills, {len(read)} events in {lived_s:.0f} s of a hub that lived, "
        f"{len(read) / lived_s:.0f}/s; it was gone for {gone_s:.0f} s"
    )


def kill(number: int, server: Server, noter: Noter, moments: random.Random) -> float:
    """Kill the consumer, a worker or the whole hub, in turn.

    Returns:
        For how many seconds the hub was gone.
    """
    which = number % 3
    if which == 0:
        noter.kill()
        noter.start()
    elif which == 1:
        workers = server.workers()
        if workers:
            moments.choice(workers).kill()
    else:
        begun = time.monotonic()
        server.kill()
        server.start()
        return time.monotonic() - begun
    return 0.0


def wait_until_published(publishers: list[Publisher], count: float) -> None:
    """Wait until so many objects were acknowledged, as long as there are ever more."""
    known, since = -1, time.monotonic()
    while known < count:
        pause(LOOKS_AGAIN_S)
        now = sum(len(each.acknowledged) for each in publishers)
        if now > known:
            known, since = now, time.monotonic()
        assert time.monotonic() - since < ENDS_WITHIN_S, f"stuck at {known}"
