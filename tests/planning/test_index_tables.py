"""Composite indicators as they are written."""

import json

import pytest

from foedus.errors import InvalidInputError, TooLargeError
from foedus.planning.composite import Normalising
from foedus.planning.index_tables import (
    ALTERNATIVES_MAX,
    INDICATORS_MAX,
    WEIGHTS_MAX,
    read_index,
)


def table(**changes: object) -> dict:
    return {
        "indicators": {
            "men": {"goalposts": [0, 10]},
            "days": {"direction": "lower", "goalposts": [2, 30]},
        },
        "alternatives": {"A": {"men": 1, "days": 3}, "B": {"men": 4, "days": 9}},
        **changes,
    }


def sized(rows: int, columns: int, weights: int) -> bytes:
    names = [f"x{column}" for column in range(columns)]
    return json.dumps(
        {
            "indicators": {name: {} for name in names},
            "alternatives": {
                f"a{row}": dict.fromkeys(names, row) for row in range(rows)
            },
            "weights": {f"w{each}": dict.fromkeys(names, 1) for each in range(weights)},
        }
    ).encode()


def test_where_less_is_better_values_and_goalposts_turn_their_sign() -> None:
    index = read_index(json.dumps(table()).encode())

    assert index.choices.values.tolist() == [[1, -3], [4, -9]]
    assert index.choices.goalposts.lowest.tolist() == [0, -30]
    assert index.choices.goalposts.highest.tolist() == [10, -2]
    assert index.weights == ("equal",)


def test_without_all_goalposts_the_range_is_usual() -> None:
    written = table(indicators={"men": {"goalposts": [0, 10]}, "days": {}})
    choices = read_index(json.dumps(written).encode()).choices

    assert list(choices.normalisings) == [Normalising.RANGE, Normalising.Z_SCORE]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"indicators": {"men": {}}}, "^indicators: give at least 2"),
        ({"indicators": {"men": {}, "days": {"way": 1}}}, "^indicators.days: .*way"),
        (
            {"indicators": {"men": {}, "days": {"direction": "up"}}},
            "^indicators.days: .*'up'",
        ),
        (
            {"indicators": {"men": {}, "days": {"goalposts": [3, 3]}}},
            "^indicators.days.goalposts: the lower",
        ),
        (
            {"indicators": {"men": {}, "days": {}}, "normalisings": ["goalposts"]},
            "^indicators.men.goalposts: they are missing",
        ),
        ({"alternatives": {"A": {"men": 1, "days": 2}}}, "^alternatives: give at"),
        (
            {"alternatives": {"A": {"men": 1}, "B": {"men": 1, "days": 2}}},
            "^alternatives.A.days: it is missing",
        ),
        (
            {"alternatives": {"A": {"men": 1, "days": 1}, "B": {"men": 1, "days": 2}}},
            "^indicators.men: it does not tell",
        ),
        ({"normalisings": ["size"]}, "'size'.*normalisings"),
        ({"normalisings": ["rank", "rank"]}, "^normalisings: one stands there twice"),
        ({"normalisings": ["raw"]}, "^normalisings: 'raw' wants"),
        ({"normalisings": ["best"]}, "^indicators.days: 'best' wants"),
        ({"aggregations": ["sum"]}, "'sum'.*aggregations"),
        ({"weights": {"w": {"men": -1, "days": 1}}}, "^weights.w: none is below"),
        ({"weights": {"w": {"men": 0, "days": 1}}}, "^weights.w: give at least 2"),
        ({"draws": 19}, "draws"),
        ({"draws": 1001}, "draws"),
        ({"seed": -1}, "seed"),
    ],
)
def test_a_refusal_names_the_key(changes: dict, said: str) -> None:
    with pytest.raises(InvalidInputError, match=said):
        read_index(json.dumps(table(**changes)).encode())


def test_values_out_of_all_proportion_are_refused() -> None:
    posts = {"indicators": {"men": {"goalposts": [0, 1e-320]}, "days": {}}}
    written = table(**posts, capped=False, normalisings=["range"])
    index = read_index(json.dumps(written).encode())

    assert list(index.choices.normalisings) == [Normalising.RANGE]
    both = {"men": {"goalposts": [0, 1e-320]}, "days": {"goalposts": [0, 1]}}
    with pytest.raises(InvalidInputError, match=r"^indicators.men: .*proportion"):
        read_index(json.dumps(table(indicators=both, capped=False)).encode())


def test_one_weight_will_do_where_nothing_is_left_out() -> None:
    written = table(weights={"w": {"men": 0, "days": 1}}, leave_out=False)

    assert read_index(json.dumps(written).encode()).weights == ("w",)


def test_limits_hold_from_both_sides() -> None:
    most = (ALTERNATIVES_MAX, INDICATORS_MAX, WEIGHTS_MAX)

    index = read_index(sized(*most))

    assert index.choices.values.shape == most[:2]
    for place, key in enumerate(("alternatives", "indicators", "weights")):
        over = [size + (at == place) for at, size in enumerate(most)]
        with pytest.raises(TooLargeError, match=rf"^{key}: at most"):
            read_index(sized(*over))
