"""A second crisis, and help that comes."""

import msgspec

from foedus.planning.asks import Further
from foedus.planning.forces import Rotation
from foedus.planning.surging import extended, surge
from tests.planning.test_forces import ROUTE, situation, task, unit

MADE = situation(rotation=Rotation(tour=2, home=2, home_least=2))
"""The only unit is at the only commitment in the first two periods."""


def test_a_crisis_of_a_higher_priority_takes_from_what_was_promised() -> None:
    lower = msgspec.structs.replace(MADE, commitments=task(priority=2))
    found = surge(lower, Further(commitments=task(id="crisis")))

    assert [(each.commitment, each.before, each.after) for each in found.opens] == [
        ("c1", 0, 2)
    ]
    assert found.own == 0
    assert found.before.fill == 1


def test_a_crisis_of_a_lower_priority_takes_nothing() -> None:
    found = surge(MADE, Further(commitments=task(id="crisis", priority=2)))

    assert found.opens == ()
    assert found.own == 2


def test_units_and_ways_may_come_on_top() -> None:
    faster = msgspec.structs.replace(ROUTE, travel_h=1.0)
    further = Further(
        commitments=task(id="crisis", priority=2),
        units=unit(id="u2"),
        routes=(faster,),
    )

    assert surge(MADE, further).own == 0
    assert extended(MADE, further).routes == (faster,)
