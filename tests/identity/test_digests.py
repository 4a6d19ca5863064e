"""Digests as they are kept: one an account, each period once."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest

from foedus.errors import ConflictError, NotFoundError
from foedus.identity.digests import Digest, Digests, Every, Order
from foedus.identity.leases import LENGTH, Lease, Leases
from foedus.identity.store import StateStore
from foedus.ids import AccountId

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
WHO, OTHER = AccountId("account--1"), AccountId("account--2")
ORDER = Order(
    address="duty@example.org", minute=420, zone="Europe/Brussels", every=Every.DAY
)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[StateStore]:
    store = StateStore(tmp_path / "state.db")
    yield store
    store.close()


@pytest.fixture
def leases(store: StateStore) -> Leases:
    return Leases(store)


@pytest.fixture
def digests(store: StateStore, leases: Leases) -> Digests:
    return Digests(store, leases)


@pytest.fixture
def lease(leases: Leases) -> Lease:
    lease = leases.take("digests", NOON)
    assert lease is not None
    return lease


def ordered(digests: Digests, at_ms: int = 5) -> Digest:
    digests.set(WHO, ORDER, at_ms=at_ms)
    found = digests.find(WHO)
    assert found is not None
    return found


def test_a_digest_begins_when_it_is_asked_for_and_hides_its_address(
    digests: Digests,
) -> None:
    made = ordered(digests)
    assert (made.minute, made.zone, made.every) == (420, "Europe/Brussels", Every.DAY)
    assert (made.period_ms, made.sent_ms, made.paused) == (5, None, 0)
    assert "duty" not in repr(made)
    assert digests.every() == [made]
    assert digests.find(OTHER) is None


def test_who_asks_for_another_time_loses_nothing_and_goes_on(
    digests: Digests, lease: Lease
) -> None:
    digests.fail(lease, ordered(digests), "no", next_ms=9)
    digests.pause(WHO, paused=True)
    digests.set(WHO, msgspec.structs.replace(ORDER, minute=0), at_ms=99)
    changed = digests.find(WHO)
    assert changed is not None
    assert (changed.minute, changed.period_ms) == (0, 5)
    assert (changed.failures, changed.paused) == (0, 0)


def test_a_period_is_noted_once(digests: Digests, lease: Lease) -> None:
    made = ordered(digests)
    digests.done(lease, made, period_ms=10, sent_ms=11)
    digests.done(lease, made, period_ms=10, sent_ms=12)
    found = digests.find(WHO)
    assert found is not None
    assert (found.period_ms, found.sent_ms) == (10, 11)
    digests.done(lease, found, period_ms=20, sent_ms=None)
    quiet = digests.find(WHO)
    assert quiet is not None
    assert (quiet.period_ms, quiet.sent_ms) == (20, 11)


def test_failures_are_counted_until_a_letter_goes(
    digests: Digests, lease: Lease
) -> None:
    made = ordered(digests)
    digests.fail(lease, made, "no", next_ms=9)
    failing = digests.find(WHO)
    assert failing is not None
    assert (failing.failures, failing.next_ms, failing.reason) == (1, 9, "no")
    digests.done(lease, failing, period_ms=10, sent_ms=11)
    found = digests.find(WHO)
    assert found is not None
    assert (found.failures, found.reason) == (0, "")


def test_nothing_is_noted_under_a_lease_that_was_lost(
    digests: Digests, store: StateStore, lease: Lease
) -> None:
    made = ordered(digests)
    assert Leases(store).take("digests", NOON + LENGTH) is not None
    with pytest.raises(ConflictError):
        digests.done(lease, made, period_ms=10, sent_ms=11)
    with pytest.raises(ConflictError):
        digests.fail(lease, made, "no", next_ms=9)
    assert digests.find(WHO) == made


def test_a_paused_one_is_not_counted_and_a_removed_one_is_gone(
    digests: Digests,
) -> None:
    assert not digests.any_active()
    ordered(digests)
    assert digests.any_active()
    digests.pause(WHO, paused=True)
    assert not digests.any_active()
    digests.pause(WHO, paused=False)
    digests.remove(WHO)
    assert digests.find(WHO) is None
    for verb in (digests.remove, lambda who: digests.pause(who, paused=True)):
        with pytest.raises(NotFoundError):
            verb(WHO)
    digests.erase(WHO)
