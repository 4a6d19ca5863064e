"""What tests of runs share: a hub that is founded once."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.response import theatre


@pytest.fixture(scope="session")
def founded_theatre(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.getbasetemp() / "theatre"
    theatre.found(folder)
    return folder


@pytest.fixture
def stage(founded_theatre: Path, tmp_path: Path) -> Iterator[theatre.Theatre]:
    found = theatre.Theatre(founded_theatre, tmp_path)
    yield found
    found.close()
