"""The nucleolus against definitions that do not know linear programmes."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from foedus.planning.games import CostGame, FloatArray, coalition_sums
from foedus.planning.nucleolus import members_of, nucleolus
from tests.planning.conftest import Vectors
from tests.planning.test_games import airport, as_table, names


def table(costs: list[int]) -> CostGame:
    n = (len(costs) + 1).bit_length() - 1
    return CostGame(players=names(n), cost=np.array([0.0, *costs]))


def savings(game: CostGame, shares: FloatArray) -> list[float]:
    """Sort what every coalition saves, the worst first."""
    return sorted((game.cost - coalition_sums(shares))[1:-1].round(7).tolist())


games = st.integers(2, 5).flatmap(
    lambda n: st.lists(st.integers(0, 8), min_size=2**n - 1, max_size=2**n - 1)
)


@settings(max_examples=30)
@given(games, st.integers(0, 2**32 - 1))
def test_no_step_in_any_direction_treats_the_worst_off_better(
    costs: list[int], seed: int
) -> None:
    # Sets of shares that treat the worst better form a convex cone of directions, so
    # that a better allocation anywhere would show in small steps, too.
    game = table(costs)
    best = nucleolus(game)
    chance = np.random.default_rng(seed)
    steps = [chance.normal(size=game.n) for _ in range(40)]
    steps += list(np.eye(game.n))
    steps += list(-np.eye(game.n))

    assert best.sum() == pytest.approx(game.total, abs=1e-9)
    for step in steps:
        for length in (0.001, 0.1, 1.0):
            other = best + length * (step - step.mean())
            assert savings(game, best) >= savings(game, other)


@settings(max_examples=30)
@given(st.lists(st.integers(0, 4), min_size=7, max_size=7))
def test_of_three_players_no_point_of_a_fine_grid_is_better(costs: list[int]) -> None:
    game = table(costs)
    best = savings(game, nucleolus(game))
    grid = np.array(list(product(range(-12, 36), repeat=2))) / 6
    shares = np.column_stack([grid, game.total - grid.sum(axis=1)])
    kept = game.cost[1:-1] - shares @ members_of(np.arange(1, 7), 3).T
    kept.sort(axis=1)

    assert best >= max(map(list, kept.round(7).tolist()))


def test_where_only_one_pair_is_bound_the_rest_is_still_decided() -> None:
    # Two owners of left gloves, one of a right: the first step binds coalitions whose
    # tightness depends on which optimum a solver happens to stop at.
    cost = [0, 0, 0, 0, -1, -1, -1]

    assert nucleolus(table(cost)).tolist() == pytest.approx([0, 0, -1], abs=1e-9)


def test_published_tables_are_reproduced(vectors: Vectors) -> None:
    found = vectors("cost_games")
    tva = found["tva"]
    game = table([tva["cost"][key] for key in ("1", "2", "12", "3", "13", "23", "123")])
    flights = airport(found["airport"]["needs"])

    assert nucleolus(game) == pytest.approx(tva["nucleolus"], abs=1e-6)
    assert nucleolus(flights) == pytest.approx(found["airport"]["nucleolus"])


@settings(max_examples=30)
@given(st.lists(st.integers(0, 20), min_size=1, max_size=7))
def test_the_closed_form_of_airports_is_the_nucleolus(needs: list[int]) -> None:
    game = airport(list(map(float, needs)))

    assert nucleolus(game) == pytest.approx(nucleolus(as_table(game)), abs=1e-8)


def test_fifteen_players_who_depend_on_many_coalitions_come_to_an_end() -> None:
    chance = np.random.default_rng(7)
    cost = chance.integers(50, 100, 1 << 15).astype(float)
    cost[0] = 0
    game = CostGame(players=names(15), cost=cost)

    shares = nucleolus(game)

    assert shares.sum() == pytest.approx(game.total, abs=1e-9)
    worst = game.worst_excess(shares)
    for step in chance.normal(size=(50, 15)):
        moved = shares + 0.01 * (step - step.mean())
        assert game.worst_excess(moved) >= worst - 1e-9
