from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.intel.world import World


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    """A hub of NATO with the collection `c`, which everybody reads and writes."""
    world = await World.found(tmp_path)
    await world.open(default_label="NATO UNCLASSIFIED // PUBLIC")
    yield world
    world.close()
