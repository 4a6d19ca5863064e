"""Composite indicators, made and doubted."""

import json

import pytest

from foedus.planning.index_sheets import IndexSheet
from foedus.planning.index_tables import read_index
from foedus.planning.indices import make
from tests.planning.conftest import Vectors
from tests.planning.tables_as_published import printed_ranks, technology_index


def made(written: dict) -> IndexSheet:
    return make(read_index(json.dumps(written).encode()))


def small(**changes: object) -> dict:
    return {
        "indicators": {"men": {}, "days": {"direction": "lower"}},
        "alternatives": {
            "A": {"men": 1, "days": 1},
            "B": {"men": 4, "days": 9},
            "C": {"men": 2, "days": 8},
        },
        "draws": 20,
        **changes,
    }


def ranks_of(sheet: IndexSheet) -> dict[str, int]:
    return {each.alternative: each.rank for each in sheet.alternatives}


def test_all_23_countries_rank_as_printed_and_are_doubted(vectors: Vectors) -> None:
    sheet = made(technology_index(vectors))

    assert ranks_of(sheet) == printed_ranks(vectors, "EW")
    assert [each.rank for each in sheet.alternatives] == list(range(1, 24))
    assert "no league table" in sheet.warnings[0]
    assert any(each.high > each.low for each in sheet.alternatives)


def test_geometric_means_of_raw_values_rank_as_printed(vectors: Vectors) -> None:
    ways = {"normalisings": ["raw"], "aggregations": ["geometric"]}

    sheet = made(technology_index(vectors, **ways))

    assert ranks_of(sheet) == printed_ranks(vectors, "GME")


def test_what_a_choice_moves_is_what_making_it_moves(vectors: Vectors) -> None:
    first = made(technology_index(vectors))
    weights = technology_index(vectors)["weights"]
    other = made(technology_index(vectors, weights={"BAP": weights["BAP"]}))
    moved = {(each.choice, each.instead): each for each in first.moved}[
        "weights", "BAP"
    ]
    before, after = ranks_of(first), ranks_of(other)
    shifts = {name: abs(before[name] - after[name]) for name in before}

    assert moved.mean_shift == pytest.approx(sum(shifts.values()) / 23)
    assert moved.most is not None
    assert shifts[moved.most] == max(shifts.values())
    assert (moved.rank, moved.then) == (before[moved.most], after[moved.most])


def test_every_choice_is_stated(vectors: Vectors) -> None:
    sheet = made(technology_index(vectors, seed=7))

    assert sheet.made.normalising == "goalposts"
    assert sheet.made.aggregation == "linear"
    assert sheet.made.weights == "EW"
    assert sum(each.weight for each in sheet.made.indicators) == pytest.approx(1)
    assert sheet.varied.weights == ["EW", "FA", "BAP", "AHP"]
    assert (sheet.varied.draws, sheet.varied.seed) == (20, 7)
    kinds = {each.choice for each in sheet.moved}
    assert kinds == set(sheet.factors)
    assert len(sheet.moved) == 1 + 8 + 1 + 3


def test_the_same_seed_gives_the_same_answer() -> None:
    assert made(small(seed=3)) == made(small(seed=3))


def test_less_is_better_where_it_is_said_to_be() -> None:
    weights = {"w": {"men": 0, "days": 1}}

    sheet = made(small(weights=weights, leave_out=False))

    assert [each.alternative for each in sheet.alternatives] == ["A", "C", "B"]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({}, "'range' measures against those who are there"),
        ({}, "make up for any lack"),
        ({}, "one set of weights"),
        ({"aggregations": ["geometric"]}, "were raised to it"),
        (
            {
                "normalisings": ["range"],
                "aggregations": ["linear"],
                "leave_out": False,
            },
            "nothing was varied",
        ),
        (
            {
                "indicators": {
                    "men": {"goalposts": [0, 3]},
                    "days": {"goalposts": [0, 9]},
                }
            },
            "count as if at them: 1",
        ),
        (
            {
                "alternatives": {
                    "A": {"men": 1, "days": 1},
                    "B": {"men": 2, "days": 2},
                }
            },
            "some scores are equal",
        ),
    ],
)
def test_what_to_think_of_is_said(changes: dict, said: str) -> None:
    assert any(said in each for each in made(small(**changes)).warnings)


def test_a_choice_that_moves_nobody_says_so() -> None:
    rows = {"A": {"men": 9, "days": 1}, "B": {"men": 1, "days": 9}}

    sheet = made(small(alternatives=rows))

    assert {(each.mean_shift, each.most) for each in sheet.moved} == {(0.0, None)}
    assert sheet.mean_shift == 0
