"""Comparisons as they are written."""

import json

import pytest

from foedus.errors import InvalidInputError, TooLargeError
from foedus.planning.comparison_tables import (
    COMPARED_MAX,
    CRITERIA_MAX,
    read_comparison,
)

PAIR = {"of": ["cost", "men"], "matrix": [[1, 3], ["1/3", 1]]}
ROWS = {"A": {"cost": 1, "men": 2}, "B": {"cost": 3, "men": 4}}


def table(**changes: object) -> dict:
    return {
        "criteria": {
            "cost": {"direction": "lower", "weight": 3},
            "men": {"weight": 1},
        },
        "alternatives": ROWS,
        **changes,
    }


def sized(rows: int, columns: int) -> bytes:
    names = [f"x{column}" for column in range(columns)]
    written = {
        "criteria": {name: {"weight": 1} for name in names},
        "alternatives": {f"a{row}": dict.fromkeys(names, 1) for row in range(rows)},
    }
    return json.dumps(written).encode()


def test_weights_and_directions_are_read() -> None:
    found = read_comparison(json.dumps(table()).encode())

    assert found.weights is not None
    assert found.weights.tolist() == [0.75, 0.25]
    assert [each.sense for each in found.criteria.values()] == [-1, 1]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"criteria": {}}, "^criteria: give at least 1"),
        ({"alternatives": {"A": ROWS["A"]}}, "^alternatives: give at least 2"),
        ({"criteria": {"cost": {"weight": 1}}}, "^alternatives.A.men: there is no"),
        ({"criteria": {"cost": {}, "men": {"weight": 1}}}, "^criteria.cost.weight: "),
        (
            {"criteria": {"cost": {"weight": -1}, "men": {"weight": 1}}},
            "^criteria.cost.weight: it is at least zero",
        ),
        (
            {"criteria": {"cost": {"weight": 0}, "men": {"weight": 0}}},
            "^criteria: not all weights",
        ),
        ({"criteria": {"cost": {"weight": 1, "q": -1}, "men": {}}}, "cost.q: it is"),
        (
            {"criteria": {"cost": {"preference": "V"}, "men": {}}},
            "^criteria.cost.p: 'V' wants one above zero",
        ),
        (
            {"criteria": {"cost": {"preference": "level", "q": 3, "p": 2}, "men": {}}},
            "^criteria.cost.p: it is at least as large as q",
        ),
        ({"criteria": {"cost": {"preference": "VI"}, "men": {}}}, "cost: .*'VI'"),
        (
            {"alternatives": {"A": {"cost": 0, "men": 1}, "B": {"cost": 0, "men": 2}}},
            "^criteria.cost: it is zero for all",
        ),
        ({"judgements": PAIR}, "^criteria.cost.weight: leave it out"),
        ({"judgements": {"of": ["cost"], "matrix": [[1]]}}, "^judgements.of: name the"),
        ({"judgements": {"of": ["a"], "matrix": [[2]]}}, "^judgements.matrix: .*inver"),
        ({"judgements": {"of": ["a"], "matrix": []}}, "^judgements.matrix: give 1"),
        ({"judgements": {"of": ["a", "a"], "matrix": []}}, "^judgements.of: a name"),
        ({"judgements": {"of": ["a"], "matrix": [["1e9"]]}}, "^judgements: .*matrix"),
        ({"judgements": {"of": ["a"], "matrix": [[-1]]}}, "^judgements: .*matrix"),
        ({"judgements": [1]}, "^judgements: Expected"),
    ],
)
def test_a_refusal_names_the_key(changes: dict, said: str) -> None:
    with pytest.raises(InvalidInputError, match=said):
        read_comparison(json.dumps(table(**changes)).encode())


def test_limits_hold_from_both_sides() -> None:
    found = read_comparison(sized(COMPARED_MAX, CRITERIA_MAX))

    assert found.values is not None
    assert found.values.shape == (COMPARED_MAX, CRITERIA_MAX)
    with pytest.raises(TooLargeError, match=r"^alternatives: at most"):
        read_comparison(sized(COMPARED_MAX + 1, 1))
    with pytest.raises(TooLargeError, match=r"^criteria: at most"):
        read_comparison(sized(2, CRITERIA_MAX + 1))


def test_at_most_ten_things_are_judged_in_pairs() -> None:
    ten = {"of": list("abcdefghij"), "matrix": [[1] * 10] * 10}
    eleven = {"of": list("abcdefghijk"), "matrix": [[1] * 11] * 11}

    assert len(read_comparison(json.dumps({"judgements": ten}).encode()).judged) == 10
    with pytest.raises(TooLargeError, match=r"^judgements\.of: at most 10"):
        read_comparison(json.dumps({"judgements": eleven}).encode())
