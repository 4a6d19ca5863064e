from datetime import datetime, timedelta
from pathlib import Path

import pytest

from foedus.errors import RateLimitedError
from foedus.identity.backoff import FORGET, FREE_FAILURES, Backoff, Subject
from foedus.sharing import SharedTable, make_table
from tests.identity.conftest import NOON

HOME = "192.0.2.1"


def _fail(backoff: Backoff, subject: Subject, times: int, at: datetime = NOON) -> None:
    for _ in range(times):
        backoff.failed(subject, at)


def test_the_first_failures_are_free() -> None:
    backoff = Backoff()
    subject = backoff.subject("ania", HOME)
    _fail(backoff, subject, FREE_FAILURES - 1)

    backoff.check(subject, NOON)


@pytest.mark.parametrize(
    ("beyond", "wait_s"), [(0, 1), (1, 2), (2, 4), (5, 32), (6, 60), (10_000, 60)]
)
def test_each_further_failure_doubles_the_wait_up_to_a_minute(
    beyond: int, wait_s: int
) -> None:
    backoff = Backoff()
    subject = backoff.subject("ania", HOME)
    _fail(backoff, subject, FREE_FAILURES + beyond)

    with pytest.raises(RateLimitedError) as refusal:
        backoff.check(subject, NOON)

    assert refusal.value.retry_after_s == wait_s
    backoff.check(subject, NOON + timedelta(seconds=wait_s))


@pytest.mark.parametrize(
    ("name", "address"), [("ben", HOME), ("ania", "192.0.2.2"), ("ania", None)]
)
def test_nobody_locks_out_another_name_or_address(
    name: str, address: str | None
) -> None:
    backoff = Backoff()
    _fail(backoff, backoff.subject("ania", HOME), 50)

    backoff.check(backoff.subject(name, address), NOON)


def test_success_forgets_failures() -> None:
    backoff = Backoff()
    subject = backoff.subject("ania", HOME)
    _fail(backoff, subject, 50)
    backoff.succeeded(subject)

    backoff.check(subject, NOON)


def test_old_failures_are_forgotten() -> None:
    backoff = Backoff()
    subject = backoff.subject("ania", HOME)
    _fail(backoff, subject, 50)
    later = NOON + FORGET + timedelta(seconds=1)
    _fail(backoff, subject, 1, at=later)

    backoff.check(subject, later)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("2001:db8::1", "2001:db8::2:3:4:5", True),
        ("2001:db8::1", "2001:db8:0:1::1", False),
        ("::ffff:192.0.2.1", "::ffff:192.0.2.2", False),
        ("a socket", "a socket", True),
    ],
)
def test_an_ipv6_guesser_is_known_by_the_network(
    one: str, other: str, *, same: bool
) -> None:
    backoff = Backoff()

    equal = backoff.subject("ania", one) == backoff.subject("ania", other)

    assert equal is same


def _guess(backoff: Backoff, networks: list[str]) -> int:
    """Guess from networks in turn as often as is free; tell how often one may."""
    judged = 0
    for network in networks:
        subject = backoff.subject("ania", network)
        for _ in range(FREE_FAILURES):
            try:
                backoff.check(subject, NOON)
            except RateLimitedError:
                break
            judged += 1
            backoff.failed(subject, NOON)
    return judged


def test_a_guesser_with_a_site_of_networks_is_held_back() -> None:
    networks = [f"2001:db8:7:{number:x}::1" for number in range(1_000)]

    assert _guess(Backoff(), networks) == 4 * FREE_FAILURES


def test_a_guesser_with_a_provider_of_sites_is_held_back() -> None:
    sites = [f"2001:db8:{number:x}::1" for number in range(1_000)]

    assert _guess(Backoff(), sites) == 20 * FREE_FAILURES


def test_a_provider_s_other_customers_wait_ten_seconds_at_most() -> None:
    backoff = Backoff()
    for number in range(1_000):
        _fail(backoff, backoff.subject("ania", f"2001:db8:{number:x}::1"), 1)
    neighbour = backoff.subject("ania", "2001:db8:ffff::1")

    with pytest.raises(RateLimitedError) as refusal:
        backoff.check(neighbour, NOON)

    assert refusal.value.retry_after_s == 10
    backoff.check(backoff.subject("ania", "2001:db9::1"), NOON)


def test_workers_count_together(tmp_path: Path) -> None:
    shared = make_table(tmp_path / "table")
    one, other = Backoff(SharedTable(shared)), Backoff(SharedTable(shared))
    _fail(one, one.subject("ania", HOME), FREE_FAILURES)

    with pytest.raises(RateLimitedError):
        other.check(other.subject("ania", HOME), NOON)


@pytest.mark.parametrize("hours", [-24, -1])
def test_a_clock_that_is_set_back_keeps_nobody_waiting(hours: int) -> None:
    backoff = Backoff()
    subject = backoff.subject("ania", HOME)
    _fail(backoff, subject, 50)

    backoff.check(subject, NOON + timedelta(hours=hours))
