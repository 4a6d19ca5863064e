"""Watching the clock of the machine: whether somebody has put it.

The wall clock is compared with one that nobody can set and that goes on while the
machine sleeps. What it gains or loses slowly is taken as it comes; a jump is not.
"""

import time
from collections.abc import Callable
from typing import Final

from foedus.clock import Clock, to_ms
from foedus.response.firings import Jump

BACK_MS: Final = 1_000
"""A clock that goes back by as much was put; time services correct less in passing."""

FORWARD_MS: Final = 300_000
"""A clock that goes forward by as much was put; somebody is to say that it is right."""

Steady = Callable[[], float]
"""Gives seconds that only grow, since some instant."""


def steady_s() -> float:
    """Give the seconds since the machine was started, asleep or not."""
    return time.clock_gettime(_STEADY)


_STEADY: Final = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)


class TimeWatch:
    """Knows what the wall clock should show.

    Args:
        clock: the wall clock.
        steady: the one that nobody can set.

    Attributes:
        was_held: whether it has looked while everything was held.
        doubts: whether it saw itself that the clock was put, and so knows what the
            clock should show.
    """

    def __init__(self, clock: Clock, steady: Steady = steady_s) -> None:
        self._clock = clock
        self._steady = steady
        self.was_held = self.doubts = False
        self._wall_ms = 0
        self._steady_s = 0.0
        self.trust()

    def trust(self) -> None:
        """Take the wall clock as right, as it is now."""
        self._wall_ms = to_ms(self._clock())
        self._steady_s = self._steady()
        self.was_held = self.doubts = False

    def note(self, *, doubts: bool) -> None:
        """Note that everything is held.

        Args:
            doubts: whether it sees itself what the hold is for.
        """
        self.was_held = True
        self.doubts = self.doubts or doubts

    def off_ms(self) -> int:
        """Tell by how much the wall clock is ahead of what it should show."""
        passed_ms = round((self._steady() - self._steady_s) * 1_000)
        return to_ms(self._clock()) - self._wall_ms - passed_ms

    def jump(self) -> Jump | None:
        """Tell whether the wall clock was put, and which way."""
        off_ms = self.off_ms()
        if off_ms <= -BACK_MS:
            return "backward"
        return "forward" if off_ms >= FORWARD_MS else None
