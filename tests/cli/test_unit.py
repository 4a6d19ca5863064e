"""`foedus unit`."""

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Run

UNITS = (
    "nation,name,type,size,measures,since\n"
    "POL,First,company,2,rapid_reaction,2026-01-01\n"
    "POL,Second,company,2,,2026-01-01\n"
)
REPORT = (
    *("--posture", "at-notice", "--notice", "48", "--on", "2026-11-01"),
    *("--valid-until", "2027-05-01", "--label", "NATO RESTRICTED", "--as", "pol"),
)


@pytest.fixture
def units(run: Run, tmp_path: Path) -> list[str]:
    """Two units of Poland for the members, by their ids."""
    file = tmp_path / "units.csv"
    file.write_text(UNITS, encoding="utf-8")
    label = ("--label", "NATO RESTRICTED")
    said = run("unit", "import", str(file), *label, "--as", "pol", "--json")
    assert said.exit_code == 0, said.stderr
    found: list[str] = json.loads(said.stdout)["recorded"]
    return found


def test_more_troops_alone_raise_nothing_and_who_tries_is_told(
    run: Run, tmp_path: Path
) -> None:
    file = tmp_path / "units.csv"
    file.write_text(UNITS, encoding="utf-8")
    before = run("measure", "compare", "--json").stdout

    said = run("unit", "import", str(file), "--as", "pol")

    assert said.stdout == "2 recorded, 0 unchanged\n"
    assert "more troops alone raise nothing" in said.stderr
    assert run("measure", "compare", "--json").stdout == before


def test_days_on_which_a_unit_is_there_are_reported(run: Run, units: list[str]) -> None:
    report = ("unit", "report", units[0], "--posture", "periodic", "--windows", "4")
    rest = ("--valid-until", "2027-11-01", "--evidence", "seen", "--as", "pol")
    days = ("--present", "2027-01-04/2027-02-01", "--every", "91")

    wrong = run(*report, *rest, "--present", "spring")
    assert run(*report, *rest, *days).exit_code == 0

    assert "write it as in 2027-01-04/2027-02-01" in wrong.stderr
    shown = json.loads(run("unit", "show", units[0], "--as", "pol", "--json").stdout)
    (told,) = shown["reports"]
    assert told["content"]["present"] == [
        {"since": "2027-01-04", "until": "2027-02-01"}
    ]
    assert told["content"]["every_days"] == 91


def test_units_are_listed_for_their_audience_with_the_last_report(
    run: Run, units: list[str]
) -> None:
    assert run("unit", "report", units[0], *REPORT).exit_code == 0
    said = run("unit", "report", units[0], *REPORT, "--evidence", "seen")
    assert said.exit_code == 0

    listed = run("unit", "list", "--as", "fin", "--nation", "Poland").stdout

    assert "no report says how ready it is: it counts for no rating" in listed
    assert "48 h until ready to move, 100% there, as of 2026-11-01" in listed
    assert run("unit", "list", "--as", "mda").stdout == ""
    chosen = ("unit", "list", "--measure", "rapid_reaction", "--json")
    (only,) = json.loads(run(*chosen).stdout)
    assert only["unit"]["record"] == units[0]
    shown = json.loads(run("unit", "show", units[0], "--json").stdout)
    assert [each["content"]["evidence"] for each in shown["reports"]] == ["seen", ""]
    assert "First" in run("unit", "show", units[0], "--as", "fin").stdout
    assert run("unit", "show", units[0], "--as", "mda").exit_code == 1


@pytest.mark.usefixtures("units")
def test_what_is_exported_is_taken_in_again_as_it_stands(
    run: Run, tmp_path: Path
) -> None:
    for ending in ("csv", "json"):
        file = tmp_path / f"out.{ending}"
        assert run("unit", "export", str(file), "--as", "fin").exit_code == 0
        said = run("unit", "import", str(file), "--as", "pol", "--json")
        assert json.loads(said.stdout)["unchanged"] == 2


def test_a_row_that_is_wrong_is_named_and_nothing_is_taken_in(
    run: Run, tmp_path: Path
) -> None:
    file = tmp_path / "units.csv"
    file.write_text(f"{UNITS}POL,Third,company,many,,2026-01-01\n", encoding="utf-8")

    said = run("unit", "import", str(file), "--as", "pol")

    assert said.exit_code == 1
    assert "row 3: " in said.stderr
    assert run("unit", "list").stdout == ""
    assert run("unit", "export", str(tmp_path / "out.xls")).exit_code == 1
    assert run("unit", "export", str(tmp_path / "no" / "out.csv")).exit_code == 1


def test_commitments_go_in_and_out_as_tables(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "promised.json"
    row = {"title": "Winter", "location": "North", "needs": "company:4"}
    file.write_text(json.dumps([{**row, "since": "2026-12-01", "deadline_h": 48}]))
    of = ("--of", "commitments")
    assert run("unit", "import", str(file), *of, "--as", "pol").exit_code == 0

    said = run("unit", "list", *of, "--as", "pol").stdout

    assert "Winter, North" in said
    assert "4 \u00d7 company, from 2026-12-01, within 48 h on-station" in said
    out = tmp_path / "out.csv"
    said = run("unit", "export", str(out), *of, "--as", "pol").stdout
    assert said == f"1 rows in {out}\n"
    assert "company:4" in out.read_text()
    assert run("unit", "list", *of, "--as", "fin", "--json").stdout == "[]\n"


def test_a_unit_is_withdrawn_by_who_recorded_it(run: Run, units: list[str]) -> None:
    take_back = ("unit", "withdraw", units[0], "--as")

    assert run(*take_back, "fin").exit_code == 1
    assert run(*take_back, "pol").stdout == f"withdrawn  {units[0]}\n"
    nothing = "route--00000000-0000-4000-8000-000000000000"
    answer = run("unit", "withdraw", nothing, "--as", "pol")
    assert "no such route" in answer.stderr
    assert run(*take_back, "pol", "--json").exit_code == 1
    said = run("unit", "report", units[0], *REPORT)
    assert said.exit_code == 1
    assert "no such unit" in said.stderr
