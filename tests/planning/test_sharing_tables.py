"""What takes a moment is worked out at once, and what takes longer in a process."""

import json

import pytest

from foedus.errors import InvalidInputError
from foedus.planning.asks import AskIndex, AskShares
from foedus.planning.index_sheets import IndexSheet
from foedus.planning.index_tables import read_index
from foedus.planning.indices import make
from foedus.planning.share_sheets import SharesFound
from foedus.planning.sharing_tables import (
    BYTES_HERE,
    DRAWS_HERE,
    GAMES_HERE,
    is_moment_of_games,
    is_moment_of_index,
    shares_found,
)
from tests.planning.solving import InThread

INDEX = {
    "indicators": {"x": {}, "y": {}},
    "alternatives": {"A": {"x": 1, "y": 1}, "B": {"x": 2, "y": 3}},
    "draws": 20,
}
WELL = {"players": "AB", "cost": {"A": 6, "B": 4, "AB": 8}}


def written(table: object) -> bytes:
    return json.dumps(table).encode()


def test_an_index_of_few_draws_is_made_at_once_and_another_is_not() -> None:
    assert is_moment_of_index(written(INDEX | {"draws": DRAWS_HERE}))
    assert not is_moment_of_index(written(INDEX | {"draws": DRAWS_HERE + 1}))
    assert not is_moment_of_index(b'{"indicators": {}}')
    assert is_moment_of_index(b"no table, which is refused at once")


def test_few_and_short_games_are_shared_at_once_and_others_are_not() -> None:
    games = {str(number): WELL for number in range(GAMES_HERE)}
    padding = "x" * (BYTES_HERE - len(written(games | {"note": ""})))

    assert is_moment_of_games(written(games | {"note": padding}))
    assert not is_moment_of_games(written(games | {"note": padding + "x"}))
    assert not is_moment_of_games(written(games | {"more": WELL}))
    assert is_moment_of_games(b"[]")


async def test_a_process_answers_the_same() -> None:
    index, shares = written(INDEX), written({"well": WELL})
    solver = InThread()
    ask = AskShares(table=shares, coalitions_max=8)

    made = await solver.run(AskIndex(table=index), IndexSheet, nation="POL")
    found = await solver.run(ask, SharesFound, nation="POL")

    assert made == make(read_index(index))
    assert found == shares_found(ask)
    assert found.games["well"].shapley == [5, 3]


def test_what_is_no_game_is_refused() -> None:
    with pytest.raises(InvalidInputError, match="there is no game"):
        shares_found(AskShares(table=b"{}", coalitions_max=8))
