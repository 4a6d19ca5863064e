"""How far demands could grow."""

import numpy as np
import pytest

from foedus.planning.coverage_model import build
from foedus.planning.forces import Rotation
from foedus.planning.headroom import Room, headroom, room_of
from tests.planning.test_forces import situation, task, unit


def test_42_units_at_one_to_two_have_14_for_ever_and_21_at_one_to_one() -> None:
    made = situation(
        periods=6,
        units=tuple(unit(id=f"u{place}")[0] for place in range(42)),
        commitments=task(last=6),
        rotation=Rotation(tour=1, home=2, home_least=1),
    )
    room = room_of("brigade", build(made), np.zeros(6))

    assert room is not None
    assert room.at_goal == pytest.approx(14)
    assert room.at_red_line == pytest.approx(21)


def test_what_nobody_can_fill_is_taken_out() -> None:
    model = build(situation())

    assert room_of("brigade", model, np.ones(2)) is None
    assert room_of("brigade", build(situation(units=())), np.zeros(2)) is None


def test_the_type_that_gives_way_first_counts_for_all() -> None:
    rooms = [
        Room(type="ship", at_goal=2.0, at_red_line=2.0),
        None,
        Room(type="brigade", at_goal=1.5, at_red_line=3.0),
    ]
    found = headroom(rooms)

    assert (found.times, found.at_red_line, found.type) == (1.5, 2.0, "brigade")
