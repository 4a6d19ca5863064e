"""Alternatives, compared by every method."""

import json

import pytest

from foedus.errors import InvalidInputError
from foedus.planning.comparison_sheets import ComparisonSheet, Dominates, Turned
from foedus.planning.comparison_tables import read_comparison
from foedus.planning.comparisons import compare
from tests.planning.conftest import Vectors
from tests.planning.tables_as_published import fighters, sites, wealth


def compared(written: dict) -> ComparisonSheet:
    return compare(read_comparison(json.dumps(written).encode()))


def of_two(rows: list[list[float]]) -> dict:
    names = "ABCD"[: len(rows)]
    return {
        "criteria": {"x": {"weight": 1}, "y": {"weight": 1}},
        "alternatives": {
            name: {"x": x, "y": y} for name, (x, y) in zip(names, rows, strict=True)
        },
    }


def test_the_textbook_case_of_topsis(vectors: Vectors) -> None:
    printed = vectors("mcda")["topsis_hwang_yoon_1981"]["closeness"]
    found = {each.name: each.score for each in compared(fighters(vectors)).topsis}

    assert [found[f"A{place}"] for place in (1, 2, 3, 4)] == pytest.approx(
        printed, abs=0.001
    )


def test_the_six_sites_of_promethee(vectors: Vectors) -> None:
    printed = vectors("mcda")["promethee_brans_vincke_mareschal_1986"]["phi_net"]
    sheet = compared(sites(vectors))
    found = {each.name: each.net for each in sheet.promethee}

    assert [found[f"A{place}"] for place in range(1, 7)] == pytest.approx(
        printed, abs=0.0011
    )
    assert [each.rank for each in sheet.promethee] == [1, 2, 3, 4, 5, 6]


def test_saatys_wealth_of_nations_by_judgements_alone(vectors: Vectors) -> None:
    found = vectors("mcda")["ahp_saaty_wealth_1977"]
    sheet = compared(wealth(vectors))

    assert sheet.ahp is not None
    weights = {each.name: each.score for each in sheet.ahp.weights}
    assert [weights[name] for name in found["names"]] == pytest.approx(
        found["weights_published"], abs=0.005
    )
    assert sheet.ahp.consistent is True
    assert (sheet.topsis, sheet.promethee, sheet.criteria) == ([], [], [])


def test_judgements_of_the_criteria_make_their_weights() -> None:
    written = of_two([[1, 5], [4, 2]])
    written["criteria"] = {"x": {}, "y": {}}
    written["judgements"] = {"of": ["y", "x"], "matrix": [[1, 3], ["1/3", 1]]}

    sheet = compared(written)

    weights = {each.name: each.weight for each in sheet.criteria}
    assert weights == pytest.approx({"x": 0.25, "y": 0.75})
    assert sheet.ahp is not None
    assert sheet.ahp.consistent is None
    assert sheet.topsis[0].name == "A"


def test_judgements_in_a_circle_are_warned_of() -> None:
    circle = [[1, 9, "1/9"], ["1/9", 1, 9], [9, "1/9", 1]]

    sheet = compared({"judgements": {"of": ["a", "b", "c"], "matrix": circle}})

    assert sheet.ahp is not None
    assert sheet.ahp.consistent is False
    assert "contradict" in sheet.warnings[0]


def test_who_is_nowhere_worse_is_told_before_any_method() -> None:
    sheet = compared(of_two([[2, 2], [1, 2], [1, 3]]))

    assert sheet.dominance == [
        Dominates(better="A", worse="B"),
        Dominates(better="C", worse="B"),
    ]


def test_an_order_that_turns_round_is_told_and_warned_of() -> None:
    sheet = compared(of_two([[1, 5], [4, 2], [9, 1]]))

    assert Turned(method="TOPSIS", without="C", pairs=[("A", "B")]) in sheet.reversals
    assert any(each.startswith("TOPSIS turns") for each in sheet.warnings)


def test_a_warning_names_a_few_and_counts_the_rest() -> None:
    names = "abcde"
    rows = {
        f"A{row}": {
            name: (row * row * (place + 3) + row * place * 7) % 17 + 1
            for place, name in enumerate(names)
        }
        for row in range(16)
    }
    criteria = {name: {"weight": 1} for name in names}

    sheet = compared({"criteria": criteria, "alternatives": rows})

    turned = [each for each in sheet.reversals if each.method == "PROMETHEE"]
    warning = next(each for each in sheet.warnings if each.startswith("PROMETHEE"))
    assert len(turned) > 5
    assert warning.endswith(f" and {len(turned) - 5} more")


def test_methods_that_do_not_agree_on_the_first_are_told() -> None:
    sheet = compared(of_two([[100, 1], [2, 2], [1, 3]]))

    assert any("do not agree on the first" in each for each in sheet.warnings)


@pytest.mark.parametrize("rows", [[[0, 0], [1, 0], [0, 1]], [[0, 0], [0, 0], [1, 1]]])
def test_a_criterion_that_only_one_has_anything_of_is_no_obstacle(
    rows: list[list[float]],
) -> None:
    assert len(compared(of_two(rows)).topsis) == 3


def test_numbers_out_of_all_proportion_are_refused() -> None:
    written = of_two([[1, 5], [4, 2]])
    written["criteria"]["x"] |= {"preference": "gaussian", "s": 1e-200}

    with pytest.raises(InvalidInputError, match="out of proportion"):
        compared(written)
