"""Published tables that planning reproduces."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

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
