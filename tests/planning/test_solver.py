"""The solver as it is asked: endings, gaps, prices, and changes."""

import numpy as np
import pytest

from foedus.errors import UnavailableError
from foedus.planning.solver import (
    Columns,
    Ending,
    Limits,
    Programme,
    SolverFailedError,
    dense_rows,
    is_whole,
    version,
)


def knapsack(n: int = 40, seed: int = 0) -> Programme:
    """Take the most valuable things, several limits at once."""
    chance = np.random.default_rng(seed)
    weights = chance.integers(10, 99, (5, n)).astype(float)
    columns = Columns(
        cost=-chance.integers(10, 99, n).astype(float),
        lower=np.zeros(n),
        upper=np.ones(n),
        whole=np.ones(n, dtype=np.bool_),
    )
    limits = np.floor(weights.sum(axis=1) / 2)
    return Programme(columns, dense_rows(weights, np.full(5, -np.inf), limits))


def two() -> Columns:
    """Two variables of at least zero that earn 1 and 2."""
    return Columns(
        cost=np.array([-1.0, -2.0]),
        lower=np.zeros(2),
        upper=np.full(2, np.inf),
        whole=np.zeros(2, dtype=np.bool_),
    )


def at_most(limit: float) -> Programme:
    rows = dense_rows(np.array([[1.0, 1.0]]), np.array([-np.inf]), np.array([limit]))
    return Programme(two(), rows)


def test_an_optimum_comes_with_what_one_more_would_be_worth() -> None:
    found = at_most(3).solve()

    assert found.ending is Ending.PROVEN
    assert found.objective == -6
    assert found.values.tolist() == [0, 3]
    assert found.prices.tolist() == [-2]
    assert found.gap == 0


def test_bounds_costs_and_rows_can_change_and_are_solved_anew() -> None:
    programme = at_most(3)
    programme.bound_columns(
        np.array([1], dtype=np.int32), np.array([0.0]), np.array([1.0])
    )
    assert programme.solve().objective == -4
    programme.price(np.array([-5.0, -1.0]))
    assert programme.solve().objective == -15
    programme.add(
        dense_rows(np.array([[1.0, 0.0]]), np.array([-np.inf]), np.array([2.0]))
    )
    assert programme.solve().objective == -11


def test_whole_numbers_are_proven_or_within_the_gap_that_is_asked() -> None:
    exact = knapsack().solve()
    rough = knapsack().solve(Limits(gap=0.5))

    assert is_whole(exact.values)
    assert exact.ending is Ending.PROVEN
    assert exact.gap <= 1e-6
    assert rough.ending in {Ending.PROVEN, Ending.WITHIN_GAP}
    assert rough.bound <= exact.objective <= rough.objective
    assert rough.gap <= 0.5


def test_the_same_programme_gives_the_same_answer() -> None:
    assert knapsack().solve().values.tolist() == knapsack().solve().values.tolist()


def test_what_has_no_answer_is_said() -> None:
    nothing = dense_rows(np.array([[1.0, 1.0]]), np.array([2.0]), np.array([1.0]))
    with pytest.raises(SolverFailedError):
        Programme(two(), nothing).solve()
    with pytest.raises(SolverFailedError):
        Programme(two()).solve()


def test_time_that_is_up_before_any_answer_is_said() -> None:
    programme = knapsack(n=400)
    weights = np.arange(1.0, 401.0)[None, :]
    programme.add(dense_rows(weights, np.array([20_000.0]), np.array([20_001.0])))

    with pytest.raises(UnavailableError, match="time"):
        programme.solve(Limits(seconds=0.0))


def test_the_solver_tells_its_version() -> None:
    assert version()[0].isdigit()
