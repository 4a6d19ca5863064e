"""`foedus share`."""

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tests.planning.conftest import Vectors, planning_data, vectors
from tests.planning.tables_as_published import (
    printed_ranks,
    sites,
    technology_index,
)

__all__ = ["planning_data", "vectors"]

GAME = {"players": "AB", "cost": {"A": 6, "B": 4, "AB": 8}}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "games.json"
    path.write_text(json.dumps({"well": GAME, "notes": {"of": "us"}}))
    return path


def test_costs_are_shared_by_every_rule(run_nowhere: Run, file: Path) -> None:
    result = run_nowhere("share", "costs", str(file), "--json")

    assert result.exit_code == 0
    assert json.loads(result.stdout) == {
        "well": {
            "shapley": [5, 3],
            "nucleolus": [pytest.approx(5), pytest.approx(3)],
            "scrb": [5, 3],
            "proportional": [pytest.approx(4.8), pytest.approx(3.2)],
            "core": {"empty": False, "epsilon": pytest.approx(-1)},
            "stable": {
                "shapley": True,
                "nucleolus": True,
                "scrb": True,
                "proportional": True,
            },
        }
    }
    assert result.stderr == "foedus: notes is left out: it is no game\n"


def test_a_person_reads_shares_beside_what_each_would_pay_alone(
    run_nowhere: Run, file: Path
) -> None:
    lines = run_nowhere("share", "costs", str(file)).stdout.splitlines()

    assert lines[0] == "well: 8.00"
    assert lines[2].split() == ["A", "6.00", "5.00", "5.00", "5.00", "4.80"]
    assert lines[4].split() == ["stable", "yes", "yes", "yes", "yes"]
    assert lines[5] == "  Some sharing saves every group at least 1.00."


def test_an_empty_core_is_said_in_words(run_nowhere: Run, tmp_path: Path) -> None:
    path = tmp_path / "games.json"
    cost = {"1": 1, "2": 1, "3": 1, "12": 1, "13": 1, "23": 1, "123": 2}
    path.write_text(json.dumps({"trio": {"players": "abc", "cost": cost}}))

    text = run_nowhere("share", "costs", str(path)).stdout

    assert "No sharing is stable" in text
    assert "0.33" in text


def test_what_saves_nobody_anything_is_said_in_words(
    run_nowhere: Run, tmp_path: Path
) -> None:
    path = tmp_path / "games.json"
    path.write_text('{"each": {"players": "AB", "cost": {"A": 0, "B": 3, "AB": 3}}}')

    text = run_nowhere("share", "costs", str(path)).stdout

    assert "asks no group for more than its own cost" in text
    assert "-0.00" not in text


def test_a_file_that_holds_no_game_is_refused(run_nowhere: Run, tmp_path: Path) -> None:
    path = tmp_path / "games.json"
    path.write_text("{}")

    result = run_nowhere("share", "costs", str(path))

    assert (result.exit_code, result.stdout) == (1, "")
    assert "no game" in result.stderr


def test_a_file_that_is_not_there_is_misuse(run_nowhere: Run) -> None:
    assert run_nowhere("share", "costs", "nothing.json").exit_code == 2


def test_an_index_is_told_as_published_by_command(
    run_nowhere: Run, tmp_path: Path, vectors: Vectors
) -> None:
    path = tmp_path / "index.json"
    path.write_text(json.dumps(technology_index(vectors)))

    result = run_nowhere("share", "index", str(path), "--json")

    assert result.exit_code == 0
    found = json.loads(result.stdout)["alternatives"]
    ranks = {each["alternative"]: each["rank"] for each in found}
    assert ranks == printed_ranks(vectors, "EW")


def test_a_person_reads_ranks_from_low_to_high_and_what_was_chosen(
    run_nowhere: Run, tmp_path: Path
) -> None:
    path = tmp_path / "index.json"
    names = {"men": {"goalposts": [0, 9]}, "days": {"direction": "lower"}}
    rows = {"A": {"men": 1, "days": 1}, "B": {"men": 4, "days": 9}}
    path.write_text(
        json.dumps({"indicators": names, "alternatives": rows, "draws": 20})
    )

    text = run_nowhere("share", "index", str(path)).stdout

    assert text.startswith("Scores: range, linear, weights equal\n")
    assert "men        higher  0 to 9     50.0%" in text
    assert "Ranks: 20 draws, seed 1, of\n" in text
    assert "Mind\n  this is no league table" in text


def test_a_comparison_is_told_as_published_by_command(
    run_nowhere: Run, tmp_path: Path, vectors: Vectors
) -> None:
    path = tmp_path / "sites.json"
    path.write_text(json.dumps(sites(vectors)))

    result = run_nowhere("share", "compare", str(path), "--json")

    found = {
        each["name"]: each["net"] for each in json.loads(result.stdout)["promethee"]
    }
    printed = {"A1": -0.146, "A2": 0.017, "A3": -0.09, "A4": -0.02, "A5": 0.293}
    assert found == pytest.approx(printed | {"A6": -0.055}, abs=0.0011)


def test_a_person_reads_dominance_first_and_warnings_last(
    run_nowhere: Run, tmp_path: Path
) -> None:
    path = tmp_path / "compare.json"
    rows = {
        "A": {"x": 1, "y": 5},
        "B": {"x": 4, "y": 2},
        "C": {"x": 9, "y": 1},
    }
    pair = {"of": ["x", "y"], "matrix": [[1, 1], [1, 1]]}
    written = {"criteria": {"x": {}, "y": {}}, "alternatives": rows, "judgements": pair}
    path.write_text(json.dumps(written))

    lines = run_nowhere("share", "compare", str(path)).stdout.splitlines()

    assert lines[:3] == [
        "Dominance",
        "  none: each is better than any other in something, or equal",
        "AHP: eigenvalue 2.000",
    ]
    assert "TOPSIS without C: A and B change places" in lines
    assert "TOPSIS turns" in lines[-1] or "PROMETHEE turns" in lines[-1]


def test_judgements_alone_are_told_with_their_consistency_ratio(
    run_nowhere: Run, tmp_path: Path
) -> None:
    path = tmp_path / "judged.json"
    circle = [[1, 9, "1/9"], ["1/9", 1, 9], [9, "1/9", 1]]
    path.write_text(json.dumps({"judgements": {"of": list("abc"), "matrix": circle}}))

    text = run_nowhere("share", "compare", str(path)).stdout

    assert ", consistency ratio 6.1" in text
    assert "judgements contradict one another" in text


@pytest.mark.parametrize("verb", ["index", "compare"])
def test_a_table_that_is_none_is_refused(
    run_nowhere: Run, tmp_path: Path, verb: str
) -> None:
    path = tmp_path / "table.json"
    path.write_text('{"alternatives": 3}')

    result = run_nowhere("share", verb, str(path))

    assert (result.exit_code, result.stdout) == (1, "")
    assert "alternatives" in result.stderr


def test_many_orders_are_made_one_and_ties_are_told(
    run_nowhere: Run, tmp_path: Path
) -> None:
    path = tmp_path / "orders.json"
    path.write_text(
        '{"ballot": {"profile": [[1, "ab"], [1, "ba"]]}, "other": {},'
        ' "lists": {"x": [1, 2, 3, 4], "y": [1, 2, 4, 3]}}'
    )

    told = run_nowhere("share", "rank", str(path))
    found = json.loads(run_nowhere("share", "rank", str(path), "--json").stdout)

    assert "other is left out" in told.stderr
    assert "Majority of each pair: in a circle" in told.stdout
    assert "  a > b\n  b > a\n" in told.stdout
    assert "Spearman 0.800, n 4" in told.stdout
    assert len(found["ballot"]["order"]["kemeny"]["orders"]) == 2
    assert found["lists"]["agreement"]["kendall"] == pytest.approx(2 / 3)
