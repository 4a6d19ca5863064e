"""What scenarios share: an installation, made once and copied for each test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.scenarios.installation import Installation, Server, install


@pytest.fixture(scope="session")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    """An installation to copy, not to change."""
    return install(tmp_path_factory.mktemp("installed") / "data")


@pytest.fixture
def installation(installed: Installation, tmp_path: Path) -> Installation:
    """An installation of the test's own."""
    return installed.copy(tmp_path / "data")


@pytest.fixture
def server(installation: Installation) -> Iterator[Server]:
    """A real server process over the test's own installation."""
    with installation.serve() as server:
        yield server
