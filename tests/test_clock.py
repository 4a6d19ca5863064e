from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from foedus.clock import EPOCH, StoppedClock, from_ms, from_us, system_clock, to_ms

MS_MAX = 253_402_300_799_999
"""The last millisecond of the year 9999."""

NOON = datetime(2026, 11, 1, 12, tzinfo=UTC)


@given(ms=st.integers(min_value=0, max_value=MS_MAX))
def test_a_count_of_milliseconds_survives_the_round_trip(ms: int) -> None:
    assert to_ms(from_ms(ms)) == ms


@given(us=st.integers(min_value=0, max_value=MS_MAX * 1_000))
def test_milliseconds_of_an_instant_are_rounded_down(us: int) -> None:
    assert to_ms(from_us(us)) == us // 1_000


def test_the_count_begins_in_1970() -> None:
    assert from_ms(0) == from_us(0) == EPOCH


def test_the_clock_of_the_machine_tells_an_aware_instant_in_utc() -> None:
    assert system_clock().utcoffset() == timedelta(0)


def test_a_stopped_clock_stands_still() -> None:
    clock = StoppedClock(NOON)

    assert clock() == clock() == NOON


def test_a_stopped_clock_moves_when_it_is_told_to() -> None:
    clock = StoppedClock(NOON)

    clock.advance(timedelta(hours=1))

    assert clock() == NOON + timedelta(hours=1)


def test_a_stopped_clock_may_be_put_back() -> None:
    clock = StoppedClock(NOON)

    clock.set(EPOCH)

    assert clock() == EPOCH
