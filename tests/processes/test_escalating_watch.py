"""Watching the clock of the machine."""

from datetime import timedelta

import pytest

from foedus.clock import StoppedClock, from_ms
from foedus.processes.escalating_watch import TimeWatch, steady_s
from tests.processes.clockwork import T0, Steady


@pytest.mark.parametrize(
    ("seconds", "jump"),
    [(0, None), (-0.9, None), (-1, "backward"), (299, None), (300, "forward")],
)
def test_a_clock_that_was_put_is_noticed(seconds: float, jump: str | None) -> None:
    clock, steady = StoppedClock(from_ms(T0)), Steady()
    watch = TimeWatch(clock, steady)
    steady.seconds += 3_600
    clock.advance(timedelta(hours=1, seconds=seconds))
    assert watch.jump() == jump


def test_a_time_that_is_trusted_is_right_from_then_on() -> None:
    clock, steady = StoppedClock(from_ms(T0)), Steady()
    watch = TimeWatch(clock, steady)
    clock.advance(timedelta(hours=1))
    watch.note(doubts=True)
    watch.trust()
    assert (watch.jump(), watch.doubts, watch.was_held) == (None, False, False)


def test_the_clock_that_nobody_sets_only_grows() -> None:
    assert steady_s() <= steady_s()
