"""Tables of orders and lists as they are written, and what is refused of them."""

import json

import pytest

from foedus.errors import InvalidInputError, TooLargeError
from foedus.planning.ranking_tables import (
    RANKED_MAX,
    RANKINGS_MAX,
    VALUES_MAX,
    Lists,
    Support,
    read_rankings,
)

LISTS = {"x": [1, 2, 3, 4], "y": [4, 3, 2, 1]}


def read(entry: object) -> Support | Lists:
    found, _ = read_rankings(json.dumps({"it": entry}).encode())
    return found["it"]


def test_votes_are_counted_however_orders_are_written() -> None:
    letters = read({"profile": [[2, "ba"], [1, "ab"]], "note": "as printed"})
    words = read({"profile": [[2, ["b", "a"]], [1, ["a", "b"]]]})

    assert isinstance(letters, Support)
    assert isinstance(words, Support)
    assert letters.names == words.names == ("a", "b")
    assert letters.matrix.tolist() == words.matrix.tolist() == [[0, 1], [2, 0]]


def test_rows_are_two_lists() -> None:
    found = read({"rows": [["POL", 1, 4], ["FIN", 2, 3], ["SWE", 3, 2], ["NOR", 4, 1]]})

    assert isinstance(found, Lists)
    assert (found.x.tolist(), found.y.tolist()) == (LISTS["x"], LISTS["y"])


def test_what_is_no_table_is_named_and_notes_are_not() -> None:
    text = json.dumps({"source": "a book", "other": {"z": 1}, "it": LISTS}).encode()

    assert read_rankings(text)[1] == ("other",)


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ({"profile": []}, "it.profile: give at least one order"),
        ({"profile": [[1]]}, "vote 1: write how many"),
        ({"profile": [[-1, "ab"]]}, "less than no votes"),
        ({"profile": [[1, "ab"], [1, "aa"]]}, "vote 2: order each of a, b once"),
        ({"profile": [[1, "ab"], [1, 3]]}, "vote 2: write a list of names"),
        ({"profile": [[True, "ab"]]}, "true is no number"),
        ({"profile": [[1, "aab"]]}, "a name stands there twice"),
        ({"support": [[0]]}, "it.names: they are missing"),
        ({"names": "ab", "support": [[0, 1]]}, "give 2 rows of 2 numbers"),
        ({"names": "ab", "support": [[0, 1], 2]}, "give 2 rows of 2 numbers"),
        ({"names": "ab", "outranking": [[0, -1], [0, 0]]}, "at least zero"),
        ({"x": [1, 2, 3, 4]}, "it.y: it is missing"),
        (LISTS | {"x": [1, 2, 3]}, "of the same length"),
        (LISTS | {"x": [1, 1, 1, 1]}, "all equal"),
        (LISTS | {"x": "1234"}, "it.x: it is no list"),
        ({"rows": [["POL", 1]]}, "row 1: a name and two numbers"),
        ("abc", "there is no table"),
    ],
)
def test_what_cannot_be_ranked_is_refused_by_its_name(entry: object, said: str) -> None:
    with pytest.raises(InvalidInputError, match=said):
        read(entry)


def test_each_limit_is_kept_on_both_sides() -> None:
    names = [f"n{place}" for place in range(RANKED_MAX + 1)]
    values = list(range(VALUES_MAX + 1))
    tables = {str(place): LISTS for place in range(RANKINGS_MAX + 1)}

    read({"profile": [[1, names[:-1]]]})
    read({"x": values[:-1], "y": values[:-1]})
    tables.pop("0")
    read_rankings(json.dumps(tables).encode())

    with pytest.raises(TooLargeError, match="profile: at most 50"):
        read({"profile": [[1, names]]})
    with pytest.raises(TooLargeError, match="x: at most 200"):
        read({"x": values, "y": values})
    with pytest.raises(TooLargeError, match="at most 100"):
        read_rankings(json.dumps(tables | {"0": LISTS}).encode())
