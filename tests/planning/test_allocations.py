"""Shares of joint costs: published tables, and what every rule must keep."""

from collections.abc import Sequence

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from foedus.errors import InvalidInputError
from foedus.planning.allocations import (
    CostShares,
    proportional,
    sampled_shapley,
    scrb,
    shapley,
    share,
)
from foedus.planning.cost_tables import read_game
from foedus.planning.games import (
    CostGame,
    Game,
    coalition_sums,
    from_function,
    is_submodular,
)
from tests.planning.conftest import Vectors
from tests.planning.test_games import airport, names

RULES = ("shapley", "nucleolus", "scrb", "proportional")

tables = st.integers(1, 5).flatmap(
    lambda n: st.lists(st.integers(-5, 20), min_size=2**n - 1, max_size=2**n - 1)
)


def table(costs: Sequence[float]) -> CostGame:
    n = (len(costs) + 1).bit_length() - 1
    return CostGame(players=names(n), cost=np.array([0.0, *costs]))


def of(shares: CostShares) -> list[list[float]]:
    return [getattr(shares, rule) for rule in RULES]


def test_tva_and_airports_are_shared_as_published(vectors: Vectors) -> None:
    found = vectors("cost_games")
    for name in ("tva", "airport", "airport_3"):
        game = read_game(name, found[name])
        expected = found[name]["shapley"]

        assert shapley(game) == pytest.approx(expected, abs=1e-6)


def test_swedish_water_is_shared_as_published(vectors: Vectors) -> None:
    entry = vectors("cost_games")["swedish_water"]
    shares = share(read_game("swedish_water", entry))

    for rule, printed in (
        (shares.shapley, "shapley"),
        (shares.scrb, "scrb"),
        (shares.nucleolus, "nucleolus_computed"),
    ):
        within = entry["tolerance"]
        assert rule == pytest.approx(list(entry[printed].values()), abs=within)
    assert not shares.core.empty
    assert shares.core.epsilon == pytest.approx(-1.6, abs=1e-9)
    assert shares.stable == {
        "shapley": False,
        "nucleolus": True,
        "scrb": False,
        "proportional": False,
    }


@settings(max_examples=25)
@given(tables)
def test_every_rule_shares_out_the_whole_cost(costs: list[int]) -> None:
    game = table(costs)

    for shares in of(share(game)):
        assert sum(shares) == pytest.approx(game.total, abs=1e-9)


@settings(max_examples=25)
@given(st.lists(st.integers(0, 20), min_size=5, max_size=5), st.integers(0, 20))
def test_equal_players_pay_equal_shares(sizes: list[int], first: int) -> None:
    # The costs depend on how many take part beside the first, who is another kind.
    def cost(members: np.ndarray) -> np.ndarray:
        return np.array([0, *sizes])[members[:, 1:].sum(axis=1)] + first * members[:, 0]

    for shares in of(share(from_function(names(5), cost))):
        assert shares[1:] == pytest.approx([shares[1]] * 4, abs=1e-9)


def test_who_saves_nothing_takes_nothing_where_savings_sum_up_to_nothing() -> None:
    without = [0.0, 0, 0, 0, 0, 0, 18, 6]

    assert scrb(table([*without[1:], *without])).tolist()[-1] == 0


@settings(max_examples=25)
@given(
    st.integers(1, 4).flatmap(
        lambda n: st.lists(st.integers(0, 20), min_size=2**n - 1, max_size=2**n - 1)
    ),
    st.integers(0, 20),
)
def test_who_only_adds_its_own_cost_pays_just_that(costs: list[int], own: int) -> None:
    without = np.array([0.0, *costs])
    dummy = CostGame(
        players=names(9)[: (len(costs) + 1).bit_length()],
        cost=np.concatenate([without, without + own]),
    )

    for shares in (shapley(dummy), scrb(dummy), np.array(share(dummy).nucleolus)):
        assert shares[-1] == pytest.approx(own, abs=1e-8)


@settings(max_examples=25)
@given(st.lists(st.integers(0, 30), min_size=2, max_size=8), st.floats(0.3, 1))
def test_where_a_longer_series_is_cheaper_shapley_is_stable(
    wants: list[int], power: float
) -> None:
    quantities = np.array(wants, dtype=float)
    game = from_function(names(len(wants)), lambda who: (who @ quantities) ** power)
    shares = share(game)

    assert is_submodular(game)
    assert not shares.core.empty
    assert shares.stable["shapley"]
    assert shares.stable["nucleolus"]


def test_an_empty_core_is_said_with_what_the_best_sharing_asks_too_much() -> None:
    # Any two can buy for 1, all three for 2: two of them always do better alone.
    shares = share(table([1, 1, 1, 1, 1, 1, 2]))

    assert shares.core.empty
    assert shares.core.epsilon == pytest.approx(1 / 3)
    assert not any(shares.stable.values())


def test_one_player_pays_all_and_cannot_do_otherwise() -> None:
    shares = share(table([7]))

    assert of(shares) == [[7.0]] * 4
    assert (shares.core.empty, shares.core.epsilon) == (False, 0.0)
    assert all(shares.stable.values())


@pytest.mark.parametrize("game", [table([0] * 7), airport([0] * 3)])
def test_what_costs_nobody_anything_is_shared_as_nothing(game: Game) -> None:
    shares = share(game)

    assert of(shares) == [[0.0] * 3] * 4
    assert all(shares.stable.values())
    assert b'"empty":false,"epsilon":0.0' in msgspec.json.encode(shares)


@pytest.mark.parametrize("scale", [1e-300, 1e-9, 1e15])
def test_the_unit_in_which_costs_are_written_makes_no_difference(scale: float) -> None:
    shares = share(table([0.5 * scale, 0.25 * scale, 0.625 * scale]))

    assert of(shares)[:2] == [pytest.approx([scale * 0.4375, scale * 0.1875])] * 2
    assert all(each for each in shares.stable.values())


def test_a_joint_cost_of_what_is_free_alone_is_shared_equally() -> None:
    shares = share(table([0, 0, 6]))

    assert of(shares) == [pytest.approx([3.0, 3.0])] * 4
    assert shares.core.empty
    assert shares.core.epsilon == pytest.approx(3)


def test_who_needs_nothing_pays_nothing() -> None:
    for shares in (shapley, scrb, proportional):
        assert shares(airport([0, 5, 9])).tolist()[0] == 0


def test_twenty_players_are_shared_exactly() -> None:
    wants = np.arange(1.0, 21.0)
    game = CostGame(players=names(20), cost=coalition_sums(10 * wants))

    assert shapley(game) == pytest.approx(10 * wants)


def test_a_thousand_airports_need_no_table() -> None:
    game = airport(list(range(1, 1001)))

    for shares in of(share(game)):
        assert sum(shares) == pytest.approx(1000, abs=1e-9)


def test_a_sample_comes_near_the_exact_value_and_says_how_near() -> None:
    wants = np.array([3.0, 1.0, 4.0, 1.0, 5.0, 9.0])

    def cost(members: np.ndarray) -> np.ndarray:
        return np.sqrt(members @ wants)

    exact = shapley(from_function(names(6), cost))
    sample = sampled_shapley(cost, 6, seed=1, orders=500)

    assert np.all(np.abs(sample.shares - exact) <= 4 * sample.errors)
    assert sample.shares.sum() == pytest.approx(np.sqrt(23))
    assert np.all(sample.errors < 0.05)


def test_a_sample_of_one_order_is_refused() -> None:
    with pytest.raises(InvalidInputError):
        sampled_shapley(lambda who: who.sum(axis=1), 3, seed=1, orders=1)
