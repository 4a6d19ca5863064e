"""`foedus obligation`."""

import json
from typing import Any

from tests.cli.conftest import Run

REPORT = ("obligation", "report", "POL", "article/3", "in-progress", "--as", "pol")


def line(run: Run, *words: str) -> dict[str, Any]:
    found = json.loads(run("obligation", "list", "POL", *words, "--json").stdout)
    each: dict[str, Any]
    for each in found["obligations"]:
        if each["obligation"] == "article/3":
            return each
    raise AssertionError("a member owes it")


def test_obligations_are_listed_without_a_data_folder(run_nowhere: Run) -> None:
    words = ("obligation", "list", "SWE", "--as-of", "2024-03-06")

    found = json.loads(run_nowhere(*words, "--json").stdout)
    said = run_nowhere(*words).stdout

    assert (found["nation"], found["as_of"]) == ("SWE", "2024-03-06")
    assert "article/5" not in [each["obligation"] for each in found["obligations"]]
    assert "pfp/1                   nothing reported" in said
    assert run_nowhere("obligation", "list", "Swedn").exit_code == 1


def test_a_report_is_read_by_whom_its_label_reaches(run: Run) -> None:
    words = ("--due", "2020-01-01", "--owner", "Budget office", "--evidence", "Plan")
    result = run(*REPORT, *words, "--label", "NATO RESTRICTED", "--json")
    assert result.exit_code == 0
    assert json.loads(result.stdout)["report"].startswith("report--")

    told = line(run, "--as", "fin")
    assert told["report"]["owner"] == "Budget office"
    assert told["overdue"] is True
    assert line(run, "--as", "mda")["report"] is None
    assert line(run)["report"]["status"] == "in-progress"
    said = run("obligation", "list", "POL", "--as", "pol").stdout
    assert "in-progress, reported by POL on " in said
    assert "due 2020-01-01 (overdue); owner Budget office; NATO RESTRICTED" in said
    assert "  evidence: Plan" in said


def test_without_a_label_a_report_is_the_nations_own(run: Run) -> None:
    assert run(*REPORT).stdout.startswith("report  report--")

    assert line(run, "--as", "pol")["report"]
    assert line(run, "--as", "fin")["report"] is None


def test_what_is_not_owed_or_not_ones_own_is_refused(run: Run) -> None:
    def report(nation: str, key: str, status: str, name: str) -> int:
        return run("obligation", "report", nation, key, status, "--as", name).exit_code

    assert report("MDA", "article/5", "met", "mda") == 1
    assert report("POL", "article/3", "met", "mda") == 1
    assert report("POL", "article/3", "perhaps", "pol") == 2
