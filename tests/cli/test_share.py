"""`foedus share`."""

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Run

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


def test_a_file_that_holds_no_game_is_refused(run_nowhere: Run, tmp_path: Path) -> None:
    path = tmp_path / "games.json"
    path.write_text("{}")

    result = run_nowhere("share", "costs", str(path))

    assert (result.exit_code, result.stdout) == (1, "")
    assert "no game" in result.stderr


def test_a_file_that_is_not_there_is_misuse(run_nowhere: Run) -> None:
    assert run_nowhere("share", "costs", "nothing.json").exit_code == 2
