from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from foedus.alliance.nations import Alliance
from foedus.alliance.pack import load_pack, parse_pack
from tests.alliance.conftest import HARBOUR
from tests.guidance.world import World

TODAY = date(2026, 11, 23)


@pytest.fixture(scope="session")
def nato() -> Alliance:
    return Alliance.from_pack(load_pack("nato"))


@pytest.fixture(scope="session")
def harbour() -> Alliance:
    """An alliance whose pack is from before there was a guide."""
    return Alliance.from_pack(parse_pack(HARBOUR.read_bytes()))


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    found = World(tmp_path)
    yield found
    found.close()
