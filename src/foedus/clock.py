"""The only reader of the time.

Only surfaces, `processes/` and the composition root hold a clock; rules and views
are told the instant. Every instant is aware and in UTC.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
"""The zero of every count of milliseconds in the log and the views."""

Clock = Callable[[], datetime]
"""Gives the present instant, aware and in UTC."""


LAST_MS = (datetime.max.replace(tzinfo=UTC) - EPOCH) // timedelta(milliseconds=1)
"""The last instant of which a date can be made: what is due later is due then."""


def system_clock() -> datetime:
    """Tell the present instant by the machine's clock."""
    return datetime.now(UTC)


def to_ms(at: datetime) -> int:
    """Count whole milliseconds from 1970 to an instant, rounding down."""
    return (at - EPOCH) // timedelta(milliseconds=1)


def from_ms(ms: int) -> datetime:
    """Give the instant that is so many milliseconds after 1970."""
    return EPOCH + timedelta(milliseconds=ms)


def from_us(us: int) -> datetime:
    """Give the instant that is so many microseconds after 1970."""
    return EPOCH + timedelta(microseconds=us)


class StoppedClock:
    """A clock that moves only when it is told to; for tests and simulations."""

    def __init__(self, at: datetime) -> None:
        self._at = at

    def __call__(self) -> datetime:
        """Tell the instant at which the clock stands."""
        return self._at

    def advance(self, by: timedelta) -> None:
        """Move the clock forward."""
        self._at += by

    def set(self, at: datetime) -> None:
        """Put the clock to an instant, earlier or later."""
        self._at = at
