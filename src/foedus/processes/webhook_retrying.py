"""When a message that was not taken is sent again, and when no more."""

from datetime import datetime, timedelta
from typing import Final

FIRST_S: Final = 5.0
"""Seconds after the first failure; each further pause is twice as long."""

LONGEST_S: Final = 3_600.0
"""The longest pause: an hour, after eleven failures."""

GIVE_UP: Final = timedelta(days=3)
"""How long a receiver may fail before its webhook stops: a weekend and a bit. An id is
good for 30 days, so that there is time to resume without a gap."""

GONE: Final = 410
"""The answer of a receiver that wants no more; its webhook stops at once."""


def pause(failures: int, chance: float, asked_s: float = 0.0) -> timedelta:
    """Tell how long to wait.

    Args:
        failures: in a row, the last one included.
        chance: between 0 and 1, by lot: half of the pause is, so that receivers that
            failed together are not all met together.
        asked_s: seconds that the receiver asked for; at most `LONGEST_S` of them.
    """
    doubled = FIRST_S * 2.0 ** min(failures - 1, 64)
    longest = min(doubled, LONGEST_S)
    return timedelta(seconds=max(longest * (1 + chance) / 2, min(asked_s, LONGEST_S)))


def is_given_up(failing_since: datetime, at: datetime) -> bool:
    """Tell whether a receiver has failed for too long."""
    return at - failing_since >= GIVE_UP
