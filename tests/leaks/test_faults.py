"""The worlds are worth something: whatever fault is planted, they catch it.

Each world is clean without the fault, so that whatever differs with it comes of it.
"""

from pathlib import Path

import pytest

from tests.leaks.faults import FAULTS, Plant
from tests.leaks.founding import Keys
from tests.leaks.worlds import judge_world

WORLDS = 25
"""Worlds within which each fault is caught."""

CATCHES = {
    "judge_duplicates_over_hidden_rows": 86,
    "deliver_again_what_gets_a_newer_version": 2,
    "treat_suspension_as_leaving": 4,
}
"""Where a fault shows first, so that it is looked for there first; else in world 1."""


@pytest.mark.parametrize("plant", FAULTS, ids=lambda plant: plant.__name__)
async def test_the_worlds_catch(
    plant: Plant, keys: Keys, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plant(monkeypatch)
    first = CATCHES.get(plant.__name__, 1)
    for seed in (first, *(n for n in range(1, WORLDS + 1) if n != first)):
        world = await judge_world(keys, folder, seed)
        if world.found:
            return
    pytest.fail(f"{WORLDS} worlds went by unharmed")
