from datetime import date

import pytest

from foedus.alliance.nations import Alliance
from foedus.alliance.pack import load_pack, parse_pack
from tests.alliance.conftest import HARBOUR

TODAY = date(2026, 11, 23)


@pytest.fixture(scope="session")
def nato() -> Alliance:
    return Alliance.from_pack(load_pack("nato"))


@pytest.fixture(scope="session")
def harbour() -> Alliance:
    """An alliance whose pack is from before there was a guide."""
    return Alliance.from_pack(parse_pack(HARBOUR.read_bytes()))
