"""The arrays of a plan."""

import numpy as np

from foedus.planning.coverage_model import (
    build,
    columns_of,
    follows,
    grid_of,
    ranges,
    red_line_used,
)
from foedus.planning.forces import Rotation
from tests.planning.test_forces import situation, unit


def test_runs_are_counted_from_nought() -> None:
    assert ranges(np.array([2, 0, 3])).tolist() == [0, 1, 0, 1, 2]
    assert ranges(np.array([], dtype=np.int64)).tolist() == []


def test_a_tour_fills_its_periods_and_takes_up_its_home_time() -> None:
    rotation = Rotation(tour=1, home=2, home_least=1)
    model = build(situation(rotation=rotation))
    grid = grid_of(model)
    first = grid.rows[grid.starts[0] : grid.starts[1]].tolist()

    # Two cells, then four periods of the goal, then four of the red line.
    assert first == [0, 2, 3, 4, 6, 7]
    assert columns_of(model).upper[: model.x].tolist() == [1, 1]
    assert grid.lower[:2].tolist() == [1, 1]
    assert len(grid.starts) == model.y.stop + 1


def test_no_tour_begins_that_would_end_while_the_unit_is_away() -> None:
    model = build(situation(units=unit(away=(2,)), rotation=Rotation(tour=1)))

    assert model.tours.start.tolist() == [0]
    assert model.counts_of("POL").tolist() == [1]
    assert model.counts_of("FIN").tolist() == [0]


def test_a_situation_without_units_has_no_tours() -> None:
    model = build(situation(units=()))

    assert model.x == 0
    assert grid_of(model).count == 2


def test_what_follows_from_tours_is_added_up() -> None:
    rotation = Rotation(tour=1, home=2, home_least=0)
    model = build(situation(rotation=rotation))
    missing, debt = follows(model, np.array([1.0, 1.0]))

    assert missing.tolist() == [0, 0]
    assert debt.tolist() == [0, 1, 1, 0]
    assert red_line_used(model, np.array([1.0, 0.0])).tolist() == [1, 0, 0, 0]
