"""`foedus protocol report`."""

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tests.response.books import linear


@pytest.fixture
def started(tmp_path: Path, run: Run) -> str:
    """Start a run of Poland's."""
    words = ("--nation", "POL", "--role", "duty-officer")
    assert run("account", "add", "pol-duty", *words).exit_code == 0
    path = tmp_path / "playbook.json"
    path.write_text(json.dumps(linear()))
    made = run("protocol", "import", str(path), "--as", "pol-duty", "--json")
    playbook = json.loads(made.stdout)["playbook"]
    words = ("--reason", "so", "--as", "pol-duty", "--json")
    return str(json.loads(run("protocol", "start", playbook, *words).stdout)["run"])


def test_a_report_is_written_to_stdout_and_files(
    run: Run, started: str, tmp_path: Path
) -> None:
    words = ("protocol", "report", started, "--as", "pol-duty")
    files = [tmp_path / f"report.{ending}" for ending in ("json", "html", "pdf")]

    told = run(*words).stdout
    results = [run(*words, "-o", str(each)) for each in files]

    assert [each.exit_code for each in results] == [0, 0, 0]
    assert json.loads(told)["format"] == "foedus-after-action/1"
    assert files[0].read_text(encoding="utf-8") == told
    assert files[1].read_bytes().startswith(b"<!doctype html>")
    assert files[2].read_bytes().startswith(b"%PDF-")


def test_who_may_not_see_the_run_is_refused(run: Run, started: str) -> None:
    refused = run("protocol", "report", started, "--as", "mda")

    assert refused.exit_code == 1
    assert "no run" in refused.stderr


def test_another_kind_of_file_is_misuse(run: Run) -> None:
    words = ("protocol", "report", "run--1", "--as", "pol", "-o", "report.doc")

    assert run(*words).exit_code == 2
