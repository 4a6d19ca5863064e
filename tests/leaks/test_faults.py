"""The worlds are worth something: whatever fault is planted, they catch it."""

from pathlib import Path

import pytest

from tests.leaks.faults import FAULTS, Plant
from tests.leaks.founding import Keys
from tests.leaks.worlds import judge_world

WORLDS = 25
"""Worlds within which each fault is caught."""


@pytest.mark.parametrize("plant", FAULTS, ids=lambda plant: plant.__name__)
async def test_the_worlds_catch(
    plant: Plant, keys: Keys, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plant(monkeypatch)
    for seed in range(1, WORLDS + 1):
        world = await judge_world(keys, folder, seed)
        assert "unavailable" not in "".join(world.found), "that is a crash, no fault"
        if world.found:
            return
    pytest.fail(f"{WORLDS} worlds went by unharmed")
