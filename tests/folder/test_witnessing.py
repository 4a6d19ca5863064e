"""Reading the whole log: whole, in part, or altered; and remembered."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import apsw
import pytest

from foedus.folder.formats import LOG, STATE
from foedus.folder.witnessing import AGAIN, Outcome, last_witnessed, witness
from foedus.identity.store import StateStore

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


@pytest.fixture
def store(folder: Path) -> Iterator[StateStore]:
    store = StateStore(folder / STATE)
    yield store
    store.close()


def alter(folder: Path) -> None:
    db = apsw.Connection(str(folder / LOG))
    db.execute("UPDATE entry SET nation = 'XXX' WHERE position = 1").fetchall()
    db.close()


def test_a_log_that_is_whole_is_said_to_be_and_remembered(
    folder: Path, store: StateStore
) -> None:
    assert last_witnessed(store) is None
    found = witness(folder, store, NOW)
    assert found.outcome is Outcome.WHOLE
    assert found.position > 0
    assert last_witnessed(store) == found


def test_an_altered_entry_is_found(folder: Path, store: StateStore) -> None:
    alter(folder)
    found = witness(folder, store, NOW)
    assert (found.outcome, found.position) == (Outcome.ALTERED, 0)


def test_within_a_minute_nothing_is_read_again(folder: Path, store: StateStore) -> None:
    before = witness(folder, store, NOW)
    alter(folder)
    assert witness(folder, store, NOW + AGAIN / 2) == before
    after = witness(folder, store, NOW + AGAIN + timedelta(seconds=1))
    assert after.outcome is Outcome.ALTERED
