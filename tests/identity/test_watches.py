"""Watches move on, and never back."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from foedus.identity.store import StateStore
from foedus.identity.watches import Watches
from foedus.ids import AccountId

WHO, OTHER = AccountId("account--1"), AccountId("account--2")


@pytest.fixture
def watches(tmp_path: Path) -> Iterator[Watches]:
    store = StateStore(tmp_path / "state.db")
    yield Watches(store)
    store.close()


def test_who_never_said_has_none(watches: Watches) -> None:
    assert watches.until_us(WHO) is None


def test_a_watch_moves_on_and_never_back(watches: Watches) -> None:
    watches.mark(WHO, 5)
    watches.mark(WHO, 9)
    watches.mark(WHO, 7)
    assert watches.until_us(WHO) == 9
    assert watches.until_us(OTHER) is None
    watches.erase(WHO)
    assert watches.until_us(WHO) is None
