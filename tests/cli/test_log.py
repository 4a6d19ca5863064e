"""`foedus log`."""

import json
from pathlib import Path

import apsw

from tests.cli.conftest import Run


def test_a_log_as_it_was_written_verifies(run: Run) -> None:
    result = run("log", "verify", "--json")

    answer = json.loads(result.stdout)
    assert (result.exit_code, result.stderr) == (0, "")
    assert answer == {"valid": True, "position": answer["position"]}
    assert answer["position"] > 4


def test_a_person_is_told_how_many_entries_there_are(run: Run) -> None:
    assert "entries are what was written" in run("log", "verify").stdout


def test_an_altered_entry_is_named_by_its_position(run: Run, folder: Path) -> None:
    db = apsw.Connection(str(folder / "log.db"))
    db.execute("UPDATE entry SET nation = 'RUS' WHERE position = 3").fetchall()
    db.close()

    result = run("log", "verify", "--json")

    problem = json.loads(result.stderr)
    assert (result.exit_code, result.stdout) == (1, "")
    assert problem["type"] == "https://foedus.example/problems/corrupt-log"
    assert problem["position"] == 3
    assert "position 3" in problem["detail"]


def test_an_entry_that_the_views_could_not_fold_is_found_too(
    run: Run, folder: Path
) -> None:
    for path in folder.glob("views.db*"):
        path.unlink()
    db = apsw.Connection(str(folder / "log.db"))
    db.execute("UPDATE entry SET body = x'7B' WHERE position = 2").fetchall()
    db.close()

    result = run("log", "verify")

    assert result.exit_code == 1
    assert "position 2" in result.stderr


def test_a_folder_without_a_log_is_refused(run_nowhere: Run) -> None:
    assert run_nowhere("log", "verify").exit_code == 1
