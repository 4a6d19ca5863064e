"""Cost games: coalitions by place, and what each asks of the shares."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from foedus.errors import InvalidInputError, TooLargeError
from foedus.planning.games import (
    AirportGame,
    BoolArray,
    CostGame,
    FloatArray,
    check_players,
    coalition_sizes,
    coalition_sums,
    from_function,
    is_submodular,
)

whole = st.integers(min_value=0, max_value=9)


def names(n: int) -> tuple[str, ...]:
    return tuple(f"p{number}" for number in range(n))


def airport(needs: list[float]) -> AirportGame:
    return AirportGame(players=names(len(needs)), needs=np.array(needs, dtype=float))


def as_table(game: AirportGame) -> CostGame:
    def largest(members: BoolArray) -> FloatArray:
        return np.where(members, game.needs, 0.0).max(axis=1)

    return from_function(game.players, largest)


def test_a_coalition_of_each_place_has_the_sum_and_size_of_its_members() -> None:
    sums = coalition_sums(np.array([1.0, 10.0, 100.0]))

    assert sums.tolist() == [0, 1, 10, 11, 100, 101, 110, 111]
    assert coalition_sizes(3).tolist() == [0, 1, 1, 2, 1, 2, 2, 3]


def test_a_game_knows_what_each_pays_alone_and_adds_to_all_others() -> None:
    game = CostGame(players=names(2), cost=np.array([0.0, 4.0, 5.0, 7.0]))

    assert game.total == 7
    assert game.alone.tolist() == [4, 5]
    assert game.marginal.tolist() == [2, 3]


@settings(max_examples=30)
@given(
    st.lists(whole, min_size=1, max_size=6),
    st.lists(st.integers(-9, 9), min_size=6, max_size=6),
)
def test_an_airport_is_the_same_game_with_a_table_and_without(
    needs: list[int], paid: list[int]
) -> None:
    game = airport(list(map(float, needs)))
    table = as_table(game)
    shares = np.array(paid[: game.n], dtype=float)
    shares += (game.total - shares.sum()) / game.n

    assert game.total == table.total
    assert game.marginal.tolist() == table.marginal.tolist()
    assert game.worst_excess(shares) == pytest.approx(table.worst_excess(shares))


def test_a_series_that_gets_cheaper_is_submodular() -> None:
    wants = np.array([3.0, 1.0, 4.0, 1.0, 5.0])

    assert is_submodular(from_function(names(5), lambda who: np.sqrt(who @ wants)))
    assert not is_submodular(from_function(names(5), lambda who: (who @ wants) ** 2))


@pytest.mark.parametrize("players", [(), ("a", ""), ("a", "b", "a")])
def test_players_have_names_of_their_own(players: tuple[str, ...]) -> None:
    with pytest.raises(InvalidInputError):
        check_players(players)


def test_more_players_than_a_table_can_have_are_refused() -> None:
    with pytest.raises(TooLargeError):
        from_function(names(21), lambda who: who.sum(axis=1).astype(float))
