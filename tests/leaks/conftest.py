"""One founded hub for all leak tests; each test runs a copy of it."""

import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.leaks.driver import Driver, Keys, found, running

SEED = int(os.environ.get("FOEDUS_LEAKS_SEED", "1"))
"""The first seed; printed with every failure."""


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Give tests that take a `seed` some seeds, and in the soak very many."""
    if "seed" not in metafunc.fixturenames:
        return
    is_soak = metafunc.definition.get_closest_marker("soak") is not None
    default = 300 if is_soak else 3
    number = int(os.environ.get("FOEDUS_LEAKS_EXAMPLES", str(default)))
    metafunc.parametrize("seed", range(SEED, SEED + number))


@pytest.fixture(scope="session")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Keys:
    return found(tmp_path_factory.mktemp("leaks") / "founded")


@pytest.fixture
async def hub(keys: Keys, tmp_path: Path) -> AsyncIterator[Driver]:
    async with running(keys, tmp_path / "hub") as driver:
        yield driver
