"""Published tables that planning reproduces, and hubs for dossiers and plans."""

import asyncio
import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.api.world import World, founded
from tests.planning.assessing import Stage, staged
from tests.planning.hubs import PlannedHub

Vectors = Callable[[str], dict[str, dict]]


@pytest.fixture(scope="session")
def planning_data(shared_data: Path) -> Path:
    """The folder of planning data."""
    return shared_data / "planning"


@pytest.fixture(scope="session")
def vectors(planning_data: Path) -> Vectors:
    """Read a file of published tables."""

    def read(name: str) -> dict[str, dict]:
        path = planning_data / "test-vectors" / f"{name}.json"
        return json.loads(path.read_bytes())

    return read


@pytest.fixture(scope="session")
def stage(founded: World, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """A hub with something on record of Moldova; nobody writes to it."""
    with staged(founded, tmp_path_factory.mktemp("dossiers") / "data") as found:
        yield found


@pytest.fixture(scope="session")
def planned(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PlannedHub]:
    """A hub with units, commitments and ways; tests add plans, and no more of these."""
    found = asyncio.run(PlannedHub.found(tmp_path_factory.mktemp("plans") / "data"))
    yield found
    found.close()


__all__ = ["founded", "planned", "planning_data", "stage", "vectors"]
