"""Pauses grow, stay bounded, and end."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from foedus.processes.webhook_retrying import (
    FIRST_S,
    GIVE_UP,
    LONGEST_S,
    is_given_up,
    pause,
)

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
CHANCES = st.floats(0, 1)


def test_each_pause_is_twice_as_long_up_to_an_hour() -> None:
    pauses = [pause(failures, 1.0).total_seconds() for failures in range(1, 13)]
    assert pauses[:4] == [5, 10, 20, 40]
    assert pauses[-3:] == [2560, 3600, 3600]


@given(failures=st.integers(1, 10**9), chance=CHANCES, asked_s=st.floats(0, 1e12))
def test_a_pause_is_never_nothing_and_never_more_than_the_longest(
    failures: int, chance: float, asked_s: float
) -> None:
    seconds = pause(failures, chance, asked_s).total_seconds()
    assert FIRST_S / 2 <= seconds <= LONGEST_S


@given(chance=CHANCES)
def test_half_of_a_pause_is_by_lot(chance: float) -> None:
    seconds = pause(1, chance).total_seconds()
    assert abs(seconds - FIRST_S * (1 + chance) / 2) < 1e-6


def test_a_receiver_is_waited_for_as_long_as_it_asks() -> None:
    assert pause(1, 0.0, 60.0) == timedelta(minutes=1)


def test_a_receiver_is_given_up_after_three_days() -> None:
    assert not is_given_up(NOON, NOON + GIVE_UP - timedelta(milliseconds=1))
    assert is_given_up(NOON, NOON + GIVE_UP)
