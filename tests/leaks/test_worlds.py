"""Very many worlds: nothing leaks, nothing is missing, everything is given once.

Each history is judged against the oracle: what every POST, withdrawal, tear line and
release led to, every page of every client that comes back, and at the end what
everybody sees. Every fifth is lived a second time without what a viewer never saw.
"""

from collections import Counter
from pathlib import Path

import pytest

from tests.leaks.founding import Keys
from tests.leaks.worlds import World, judge_worlds


def check(worlds: list[World]) -> Counter[str]:
    """Check all worlds, and that they were worth something."""
    wrong = [line for world in worlds for line in world.found]
    assert not wrong, "\n".join(wrong[:200])
    tally: Counter[str] = sum((world.tally for world in worlds), Counter())
    assert tally["gains"] >= 5 * len(worlds), "too little was ever widened"
    assert tally["intervals"] >= 2 * len(worlds), "clients were given too little"
    assert tally["covered"] >= len(worlds), "releases covered too little"
    if len(worlds) >= 3:
        assert sum(world.removed for world in worlds) > 0, "nothing was ever hidden"
    return tally


async def test_worlds_leak_nothing_lose_nothing_and_repeat_nothing(
    keys: Keys, folder: Path, seeds: range
) -> None:
    check(await judge_worlds(keys, folder, seeds))


@pytest.mark.soak
async def test_very_many_worlds_leak_nothing(
    keys: Keys, folder: Path, seeds: range
) -> None:
    check(await judge_worlds(keys, folder, seeds))
