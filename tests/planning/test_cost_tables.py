"""Files of cost games: every form, and what is refused with which words."""

import json

import pytest

from foedus.errors import InvalidInputError, TooLargeError
from foedus.planning import cost_tables
from foedus.planning.cost_tables import read_game, read_games
from foedus.planning.games import AirportGame, CostGame
from tests.planning.conftest import Vectors

COST = {"1": 1, "2": 2, "12": 3}


def read(entry: object) -> CostGame | AirportGame:
    games, _ = read_games(json.dumps({"game": entry}).encode())
    return games["game"]


def refused(entry: object) -> str:
    with pytest.raises(InvalidInputError) as refusal:
        read(entry)
    return refusal.value.detail


def test_every_game_of_the_published_file_is_read(vectors: Vectors) -> None:
    document = vectors("cost_games")
    games, others = read_games(json.dumps(document).encode())

    assert {name: len(game.players) for name, game in games.items()} == {
        "tva": 3,
        "airport": 4,
        "airport_3": 3,
        "swedish_water": 6,
    }
    assert others == ("wright",)


@pytest.mark.parametrize(
    ("players", "cost"),
    [
        (["x", "y"], {"1": 1, "2": 2, "12": 3}),
        (["x", "y"], {"1": 1, "2": 2, "21": 3}),
        (["x", "y"], {"x": 1, "y": 2, "x,y": 3}),
        (["x", "y"], {"x": 1, "y": 2, "y+x": 3}),
        (["x", "y"], {"{x}": 1, "{y}": 2, "{x, y}": 3, "{}": 0}),
        (["POL", "FIN"], {"POL": 1, "FIN": 2, "FINPOL": 3}),
        (["flood control", "power"], {"1": 1, "power": 2, "flood control|power": 3}),
        ("AB", {"": 0, "A": 1, "B": 2, "BA": 3}),
        ("AB", {"A": 1, "B": 2, "A B": 3}),
        (["POL", "FIN"], {"POL": 1, "FIN": 2, "2 1": 3}),
        ([1, 2], {"1": 1, "2": 2, "1,2": 3}),
        (["2", "1"], {"2": 1, "1": 2, "12": 3}),
    ],
)
def test_a_coalition_is_read_by_names_or_places(players: object, cost: object) -> None:
    game = read({"players": players, "cost": cost})

    assert isinstance(game, CostGame)
    assert game.cost.tolist() == [0, 1, 2, 3]


def test_the_places_of_ten_players_are_parted_by_commas() -> None:
    players = [f"nation {letter}" for letter in "abcdefghij"]
    cost = {
        ",".join(str(bit + 1) for bit in range(10) if place >> bit & 1): place
        for place in range(1, 1 << 10)
    }

    assert read({"players": players, "cost": cost}).total == 1023
    del cost["1,10"]
    assert "nation a,nation j" in refused({"players": players, "cost": cost})


def test_a_coalition_that_can_be_read_in_two_ways_is_refused() -> None:
    players = ["A", "B", "AB", "C"]

    assert "two ways" in refused({"players": players, "cost": {"ABC": 1}})


@pytest.mark.parametrize(
    ("entry", "word"),
    [
        ({"cost": COST}, "players"),
        ({"players": 2, "cost": COST}, "players"),
        ({"players": ["x", True], "cost": COST}, "players"),
        ({"players": [], "cost": {}}, "players"),
        ({"players": ["x", "x"], "cost": COST}, "'x'"),
        ({"players": "xy"}, "needs"),
        ({"players": "xy", "cost": COST, "needs": [1, 2]}, "needs"),
        ({"players": "xy", "cost": [1, 2, 3]}, "object"),
        ({"players": "xy", "cost": {"x": 1, "y": 2}}, "xy"),
        ({"players": "xyz", "cost": {"x": 1}}, "and 3 more"),
        ({"players": "xy", "cost": COST | {"3": 1}}, "'3'"),
        ({"players": "xy", "cost": COST | {"xz": 1}}, "'xz'"),
        ({"players": "xy", "cost": COST | {"x,z": 1}}, "'z'"),
        ({"players": "xy", "cost": COST | {"x": 1}}, "twice"),
        ({"players": "xy", "cost": COST | {"11": 1}}, "'11'"),
        ({"players": "xy", "cost": COST | {"": 1}}, "nobody"),
        ({"players": "xy", "cost": {"1": "1", "2": 2, "12": 3}}, '"1"'),
        ({"players": "xy", "cost": {"1": None, "2": 2, "12": 3}}, "null"),
        ({"players": "xy", "cost": {"1": True, "2": 2, "12": 3}}, "true"),
        ({"players": "xy", "cost": {"1": 1e300, "2": 2, "12": 3}}, "1e+15"),
        ({"needs": "many"}, "list"),
        ({"needs": []}, "players"),
        ({"needs": [1, -2]}, "zero"),
        ({"needs": [1, 2], "players": "x"}, "2 numbers for 1"),
        ({"needs": {"x": 1}, "players": "xy"}, "name"),
        ({"players": "xy", "quantities": [1, 2], "first_unit": 1}, "learning_rate"),
        ({"players": "xy", "quantities": 3}, "list"),
    ],
)
def test_what_is_no_game_is_refused_by_its_name(entry: object, word: str) -> None:
    detail = refused(entry)

    assert detail.startswith("game: ")
    assert word in detail


def test_needs_by_name_are_a_game_too() -> None:
    game = read({"needs": {"north": 3, "south": 5}})

    assert game.players == ("north", "south")
    assert game.total == 5


def test_quantities_on_a_curve_are_a_game_too() -> None:
    curve = {"first_unit": 100, "learning_rate": 0.8, "fixed": 50}
    game = read({"players": "xy", "quantities": [1, 1], **curve})

    assert isinstance(game, CostGame)
    assert game.cost.tolist() == pytest.approx([0, 150, 150, 230])


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"\xff",
        b"[]",
        b"{}",
        b'{"note": {"source": "nobody"}}',
        b'{"game": {"players": "xy", "cost": {"1": 1, "1": 2, "2": 2, "12": 3}}}',
        b'{"game": {"players": "xy", "cost": {"1": NaN, "2": 2, "12": 3}}}',
        b'{"game": {"players": "xy", "cost": {"1": 1e999, "2": 2, "12": 3}}}',
        b"[" * 100_000,
        b"9" * 5_000,
    ],
)
def test_a_file_without_games_is_refused(text: bytes) -> None:
    with pytest.raises(InvalidInputError):
        read_games(text)


def test_more_players_than_a_table_can_have_are_refused_before_it_is_made() -> None:
    players = [f"p{number}" for number in range(40)]

    with pytest.raises(TooLargeError, match="game: players: 40"):
        read_game("game", {"players": players, "cost": {}})


def test_a_file_above_its_limit_is_refused() -> None:
    with pytest.raises(TooLargeError):
        read_games(b" " * (cost_tables.FILE_BYTES_MAX + 1))


def test_more_games_than_a_person_compares_are_refused() -> None:
    many = {str(number): {"needs": [1]} for number in range(cost_tables.GAMES_MAX + 1)}

    with pytest.raises(TooLargeError):
        read_games(json.dumps(many).encode())


def test_a_number_of_many_digits_is_refused_as_too_large() -> None:
    assert "1e+15" in refused({"players": "A", "cost": {"A": 10**400}})


@pytest.mark.parametrize("half", [b'"\\ud800"', b'"\xed\xa0\x80"'])
def test_half_a_character_is_refused(half: bytes) -> None:
    with pytest.raises(InvalidInputError, match="no JSON"):
        read_games(b"{" + half + b': {"needs": [1]}}')
