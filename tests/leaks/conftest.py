"""One founded hub for all leak tests; each history runs in a copy of it, in memory."""

import os
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from tests.leaks.driver import Driver, running
from tests.leaks.founding import Keys, found

SEED = int(os.environ.get("FOEDUS_LEAKS_SEED", "1"))
"""The first seed; printed with every failure."""

SEEDS_IN_SOAK = 10
"""How many more than in `make test` there are for tests that take one `seed`."""

MEMORY = Path("/dev/shm")  # noqa: S108 - folders of our own are made in it
"""Where files cost no disk, if there is such a place."""


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Give tests that take a `seed` some seeds, and those with `seeds` many at once."""
    if "seed" in metafunc.fixturenames:
        number = int(os.environ.get("FOEDUS_LEAKS_EXAMPLES", "2"))
        more = range(SEED + number, SEED + number + SEEDS_IN_SOAK)
        marked = [pytest.param(seed, marks=pytest.mark.soak) for seed in more]
        metafunc.parametrize("seed", [*range(SEED, SEED + number), *marked])
    if "seeds" in metafunc.fixturenames:
        is_soak = metafunc.definition.get_closest_marker("soak") is not None
        name = "FOEDUS_LEAKS_SOAK" if is_soak else "FOEDUS_LEAKS_WORLDS"
        number = int(os.environ.get(name, "10000" if is_soak else "300"))
        step = 100 if is_soak else 15
        numbers = range(SEED, SEED + number)
        parts = [numbers[n : n + step] for n in range(0, number, step)]
        metafunc.parametrize("seeds", parts, ids=[f"{p[0]}-{p[-1]}" for p in parts])


@pytest.fixture(scope="session")
def memory(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder that lies in memory, where there is such a place."""
    if not MEMORY.is_dir():
        yield tmp_path_factory.mktemp("leaks")
        return
    with tempfile.TemporaryDirectory(prefix="foedus-leaks-", dir=MEMORY) as name:
        yield Path(name)


@pytest.fixture(scope="session")
def keys(memory: Path) -> Keys:
    return found(memory / "founded")


@pytest.fixture
def folder(memory: Path) -> Iterator[Path]:
    """A folder for the hubs of one test, in memory."""
    with tempfile.TemporaryDirectory(dir=memory) as name:
        yield Path(name)


@pytest.fixture
async def hub(keys: Keys, folder: Path) -> AsyncIterator[Driver]:
    async with running(keys, folder / "hub") as driver:
        yield driver
