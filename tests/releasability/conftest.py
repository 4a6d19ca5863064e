from datetime import date

import pytest

from foedus.alliance.nations import Alliance
from foedus.alliance.pack import load_pack
from foedus.releasability.access import Access

TODAY = date(2026, 11, 23)


@pytest.fixture(scope="session")
def nato() -> Alliance:
    return Alliance.from_pack(load_pack("nato"))


@pytest.fixture(scope="session")
def access(nato: Alliance) -> Access:
    return Access(nato, TODAY)
