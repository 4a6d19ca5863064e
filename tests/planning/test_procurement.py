"""Buying together: Wright's curve, and groups that would rather split."""

import numpy as np
import pytest

from foedus.errors import InvalidInputError, TooLargeError
from foedus.planning.allocations import share
from foedus.planning.games import CostGame, is_submodular
from foedus.planning.procurement import (
    Curve,
    Purchase,
    cheapest_split,
    purchase_game,
    series_cost,
    unit_cost,
)
from tests.planning.conftest import Vectors

CURVE = Curve(first_unit=100, learning_rate=0.8)


def test_each_doubling_makes_a_piece_cheaper_as_wright_found(vectors: Vectors) -> None:
    wright = vectors("cost_games")["wright"]
    curve = Curve(
        first_unit=wright["first_unit"], learning_rate=wright["learning_rate"]
    )

    for number, cost in wright["unit_cost"].items():
        assert unit_cost(curve, int(number)) == pytest.approx(cost)


@pytest.mark.parametrize("rate", [0.55, 0.8, 0.95, 1.0])
def test_a_series_costs_the_sum_of_its_pieces(rate: float) -> None:
    curve = Curve(first_unit=7, learning_rate=rate)
    for pieces in (0, 1, 2, 256, 257, 10_000):
        numbers = np.arange(1, pieces + 1, dtype=float)
        exact = 7 * float((numbers**curve.exponent).sum())

        assert float(series_cost(curve, np.array([float(pieces)]))[0]) == (
            pytest.approx(exact, rel=1e-9)
        )


def test_half_a_piece_costs_half_of_the_next() -> None:
    assert series_cost(CURVE, np.array([1.5]))[0] == pytest.approx(140)


@pytest.mark.parametrize(("first", "rate"), [(-1, 0.8), (1, 0.5), (1, 1.1)])
def test_a_curve_on_which_more_costs_less_in_all_is_refused(
    first: float, rate: float
) -> None:
    with pytest.raises(InvalidInputError):
        Curve(first_unit=first, learning_rate=rate)


def test_one_version_for_all_is_submodular_and_has_a_stable_sharing() -> None:
    game = purchase_game(
        Purchase(
            players=("POL", "FIN", "EST", "LVA"),
            quantities=(10, 6, 3, 1),
            curve=CURVE,
            fixed=500,
        )
    )

    assert is_submodular(game)
    assert share(game).stable["shapley"]


def test_versions_that_cost_more_than_they_save_are_bought_apart() -> None:
    game = purchase_game(
        Purchase(
            players=("POL", "FIN"),
            quantities=(4, 4),
            curve=CURVE,
            variants=("tracked", "wheeled"),
            per_variant=10_000,
        )
    )

    assert game.total == pytest.approx(game.alone.sum())


def test_special_wishes_can_leave_no_stable_sharing() -> None:
    # A pair shares one development; three of them pay for a second version.
    cost = cheapest_split(np.array([0.0, 6, 6, 7, 6, 7, 7, 12]))

    assert cost[-1] == 12
    shares = share(CostGame(players=("a", "b", "c"), cost=cost))
    assert shares.core.empty
    assert shares.core.epsilon > 0


def test_a_group_costs_no_more_than_its_parts() -> None:
    cost = cheapest_split(np.array([0.0, 1, 1, 5, 1, 5, 5, 9]))

    assert cost.tolist() == [0, 1, 1, 2, 1, 2, 2, 3]


@pytest.mark.parametrize(
    ("quantities", "variants"), [((1,), ()), ((1, 2), ("x",)), ((1, -2), ())]
)
def test_lists_that_do_not_fit_are_refused(
    quantities: tuple[float, ...], variants: tuple[str, ...]
) -> None:
    with pytest.raises(InvalidInputError):
        purchase_game(
            Purchase(
                players=("a", "b"),
                quantities=quantities,
                variants=variants,
                curve=CURVE,
            )
        )


def test_more_buyers_than_can_split_in_time_are_refused() -> None:
    players = tuple(map(str, range(15)))
    with pytest.raises(TooLargeError):
        purchase_game(Purchase(players=players, quantities=(1,) * 15, curve=CURVE))
