"""Leases: one holder at a time, and nobody writes under one that was lost."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from foedus.errors import ConflictError
from foedus.identity.leases import LENGTH, Leases
from foedus.identity.store import StateStore

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
LATER = NOON + LENGTH


@pytest.fixture
def store(tmp_path: Path) -> Iterator[StateStore]:
    store = StateStore(tmp_path / "state.db")
    yield store
    store.close()


def test_one_process_holds_it_until_it_ends(store: StateStore) -> None:
    one, other = Leases(store), Leases(store)
    assert one.take("post", NOON) is not None
    assert other.take("post", LATER - timedelta(milliseconds=1)) is None
    assert other.take("post", LATER) is not None
    assert one.take("post", LATER) is None


def test_who_takes_it_again_keeps_the_fence_and_a_new_holder_raises_it(
    store: StateStore,
) -> None:
    one, other = Leases(store), Leases(store)
    first, again = one.take("post", NOON), one.take("post", NOON + LENGTH / 2)
    assert first is not None
    assert again is not None
    assert (again.fence, again.until) == (first.fence, NOON + LENGTH * 1.5)
    taken = other.take("post", again.until)
    assert taken is not None
    assert taken.fence == first.fence + 1


def test_who_was_paused_too_long_writes_nothing(store: StateStore) -> None:
    one, other = Leases(store), Leases(store)
    lost = one.take("post", NOON)
    assert lost is not None
    with one.under(lost) as db:
        db.execute("CREATE TABLE mine (x)")
    taken = other.take("post", LATER)
    assert taken is not None
    with pytest.raises(ConflictError), one.under(lost) as db:
        db.execute("DROP TABLE mine")
    with other.under(taken) as db:
        db.execute("DROP TABLE mine")


def test_an_ended_lease_is_free_at_once_and_others_are_apart(
    store: StateStore,
) -> None:
    one, other = Leases(store), Leases(store)
    lease = one.take("post", NOON)
    assert lease is not None
    assert other.take("mail", NOON) is not None
    one.end(lease)
    assert other.take("post", NOON) is not None
