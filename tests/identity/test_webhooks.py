"""Webhooks as they are kept: whose, in which state, and who may move them."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest

from foedus.errors import ConflictError, NotFoundError, RuleViolationError
from foedus.identity import webhooks as module
from foedus.identity.accounts import Account, Holder
from foedus.identity.leases import LENGTH, Lease, Leases
from foedus.identity.secret import Secret
from foedus.identity.store import StateStore
from foedus.identity.webhooks import Draft, State, Wanted, Webhook, Webhooks, own
from foedus.ids import AccountId, NationCode
from foedus.releasability.viewers import Role

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
SIEM = Account(
    id=AccountId("account--1"),
    name="siem",
    nation=NationCode("POL"),
    roles=frozenset({Role.READER}),
    clearance=1,
    holder=Holder.SERVICE,
    open=True,
)
DRAFT = Draft(
    url="https://siem.example/in?key=hidden",
    secret=Secret("whsec_c2VjcmV0"),
    ceiling=1,
    own_system=False,
    wanted=Wanted(types=("indicator",)),
    place="here",
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
def webhooks(store: StateStore, leases: Leases) -> Webhooks:
    return Webhooks(store, leases)


@pytest.fixture
def lease(leases: Leases) -> Lease:
    lease = leases.take("webhooks", NOON)
    assert lease is not None
    return lease


def add(webhooks: Webhooks, account: Account = SIEM) -> Webhook:
    return webhooks.add(account, DRAFT, at_ms=1)


def test_a_webhook_is_kept_as_it_was_made_and_tells_no_secret(
    webhooks: Webhooks,
) -> None:
    made = add(webhooks)
    assert (made.state, made.place, made.url) == (State.ACTIVE, "here", DRAFT.url)
    assert (made.secret, made.wanted) == (DRAFT.secret, DRAFT.wanted)
    assert webhooks.of_account(SIEM.id) == webhooks.every() == [made]
    assert webhooks.of_nation(SIEM.nation) == [made]
    assert webhooks.of_nation(NationCode("FIN")) == []
    assert "hidden" not in repr(made)
    assert "c2VjcmV0" not in repr(made)


def test_people_have_none_and_nobody_above_what_they_see(webhooks: Webhooks) -> None:
    person = msgspec.structs.replace(SIEM, holder=Holder.PERSON)
    low = msgspec.structs.replace(SIEM, clearance=0)
    with pytest.raises(RuleViolationError, match="service"):
        add(webhooks, person)
    with pytest.raises(RuleViolationError, match="ceiling"):
        add(webhooks, low)
    assert webhooks.every() == []


def test_an_account_and_a_nation_have_so_many(
    webhooks: Webhooks, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "OF_ACCOUNT_MAX", 1)
    monkeypatch.setattr(module, "OF_NATION_MAX", 2)
    others = [
        msgspec.structs.replace(SIEM, id=AccountId(f"account--{n}")) for n in (2, 3)
    ]
    add(webhooks)
    for account in (SIEM, others[1]):
        if account is not SIEM:
            add(webhooks, others[0])
        with pytest.raises(RuleViolationError, match="at most"):
            add(webhooks, account)


def test_pause_and_resume_keep_the_place_and_say_what_is_so_already(
    webhooks: Webhooks,
) -> None:
    made = add(webhooks)
    with pytest.raises(ConflictError, match="active already"):
        webhooks.resume(made.id)
    webhooks.pause(made.id)
    assert webhooks.find(made.id).state is State.PAUSED
    assert not webhooks.any_active()
    with pytest.raises(ConflictError, match="paused already"):
        webhooks.pause(made.id)
    webhooks.resume(made.id)
    assert webhooks.find(made.id) == made
    assert webhooks.any_active()


def test_what_is_removed_or_never_was_is_not_found(webhooks: Webhooks) -> None:
    made = add(webhooks)
    webhooks.remove(made.id)
    for verb in (webhooks.find, webhooks.remove, webhooks.pause, webhooks.resume):
        with pytest.raises(NotFoundError):
            verb(made.id)


def test_a_closed_account_leaves_no_webhook(webhooks: Webhooks) -> None:
    add(webhooks)
    other = msgspec.structs.replace(SIEM, id=AccountId("account--2"))
    kept = add(webhooks, other)
    webhooks.erase(SIEM.id)
    assert webhooks.every() == [kept]


def test_a_place_moves_under_the_lease_alone(
    webhooks: Webhooks, lease: Lease, store: StateStore
) -> None:
    made = add(webhooks)
    webhooks.move(lease, made, "there", taken=True, at_ms=7)
    moved = webhooks.find(made.id)
    assert (moved.place, moved.delivered_ms, moved.placed_ms) == ("there", 7, 7)
    assert Leases(store).take("webhooks", NOON + LENGTH) is not None
    for verb in (
        lambda: webhooks.move(lease, moved, "beyond", taken=True, at_ms=8),
        lambda: webhooks.fail(lease, moved, "why", at_ms=8, next_ms=9),
        lambda: webhooks.stop(lease, moved, "why"),
    ):
        with pytest.raises(ConflictError):
            verb()
    assert webhooks.find(made.id) == moved


def test_what_was_passed_over_moves_the_place_and_is_no_delivery(
    webhooks: Webhooks, lease: Lease
) -> None:
    made = add(webhooks)
    webhooks.move(lease, made, "there", taken=False, at_ms=7)
    assert webhooks.find(made.id).delivered_ms is None


def test_failures_are_counted_until_something_is_taken(
    webhooks: Webhooks, lease: Lease
) -> None:
    made = add(webhooks)
    webhooks.fail(lease, made, "no", at_ms=5, next_ms=6)
    webhooks.fail(lease, made, "no, again", at_ms=6, next_ms=9)
    failing = webhooks.find(made.id)
    assert (failing.failures, failing.failing_ms, failing.next_ms) == (2, 5, 9)
    assert (failing.reason, failing.place) == ("no, again", "here")
    webhooks.move(lease, failing, "there", taken=True, at_ms=10)
    assert webhooks.find(made.id).failures == 0
    assert webhooks.find(made.id).reason == ""


def test_a_stopped_one_says_why_and_begins_afresh_when_resumed(
    webhooks: Webhooks, lease: Lease
) -> None:
    made = add(webhooks)
    webhooks.fail(lease, made, "no", at_ms=5, next_ms=6)
    webhooks.stop(lease, made, "failed for 3 days")
    stopped = webhooks.find(made.id)
    assert (stopped.state, stopped.reason) == (State.STOPPED, "failed for 3 days")
    webhooks.resume(made.id)
    assert webhooks.find(made.id) == made


def test_what_was_paused_on_the_way_moves_and_stays_paused(
    webhooks: Webhooks, lease: Lease
) -> None:
    made = add(webhooks)
    webhooks.pause(made.id)
    webhooks.fail(lease, made, "no", at_ms=5, next_ms=6)
    webhooks.stop(lease, made, "no")
    webhooks.move(lease, made, "there", taken=True, at_ms=7)
    found = webhooks.find(made.id)
    assert (found.state, found.place, found.failures) == (State.PAUSED, "there", 0)


def test_an_account_finds_its_own_alone(webhooks: Webhooks) -> None:
    made = add(webhooks)
    assert own(webhooks.of_account(SIEM.id), made.id) == made
    with pytest.raises(NotFoundError):
        own(webhooks.of_account(AccountId("account--2")), made.id)
