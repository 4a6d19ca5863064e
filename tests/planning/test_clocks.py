"""Forty-eight hours from what, until what?"""

import pytest

from foedus.errors import InvalidInputError
from foedus.planning.clocks import Clock, Hours, Way

WAY = Way(loading_h=6, travel_h=30, reception_h=12)


def test_each_clock_counts_what_lies_before_it() -> None:
    hours = [WAY.hours(48, clock).hours for clock in Clock]

    assert hours == [48, 54, 84, 96]


def test_a_notice_of_48_hours_is_not_48_hours_on_station() -> None:
    deadline = Hours(hours=48, clock=Clock.ON_STATION)

    assert not WAY.hours(48, Clock.ON_STATION).within(deadline)
    assert WAY.hours(0, Clock.ON_STATION).within(deadline)


def test_hours_of_different_clocks_are_not_compared() -> None:
    with pytest.raises(InvalidInputError, match="different clocks"):
        WAY.hours(48, Clock.READY_TO_MOVE).within(
            Hours(hours=48, clock=Clock.ON_STATION)
        )
