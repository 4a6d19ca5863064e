"""`foedus measure`."""

import json
from pathlib import Path
from typing import Any

from tests.cli.conftest import Run

MEMBERS = ("--label", "NATO RESTRICTED")


def staffed(run: Run) -> Run:
    words = ("--nation", "NATO", "--clearance", "NR", "--role", "secretariat")
    assert run("account", "add", "desk", *words).exit_code == 0
    return run


def compared(run: Run, *words: str) -> dict[str, dict[str, Any]]:
    found = json.loads(run("measure", "compare", *words, "--json").stdout)
    return {each["name"]: each for each in found["measures"]}


def test_measures_of_the_pack_are_listed_with_what_is_often_misread(run: Run) -> None:
    said = run("measure", "list", "--as", "mda").stdout

    assert "rapid_reaction  Rapid Reaction Force\n" in said
    assert "  often misread: NATO has no force of this name" in said


def test_a_declared_measure_is_there_for_its_audience(run: Run) -> None:
    staffed(run)
    declare = ("measure", "declare", "--title", "Quiet watch", *MEMBERS)
    assert run(*declare, "--as", "pol").exit_code == 1
    made = json.loads(run(*declare, "--as", "desk", "--json").stdout)

    listed = json.loads(run("measure", "list", "--as", "fin", "--json").stdout)

    assert listed[-1]["measure"] == made["record"]
    assert listed[-1]["declared"][0]["author"] == "NATO"
    assert "Quiet watch" not in run("measure", "list", "--as", "mda").stdout
    assert "  no purpose is recorded\n" in run("measure", "list").stdout


def test_a_measure_is_rated_from_what_was_recorded_as_of_a_day(
    run: Run, tmp_path: Path
) -> None:
    staffed(run)
    asks = ("measure", "require", "Rapid Reaction Force", "--needs", "company:2")
    days = ("--from", "2026-01-01")
    assert run(*asks, *days, *MEMBERS, "--as", "desk").exit_code == 0
    table = (
        "nation,name,type,size,measures,since,posture,notice_h,as_of,valid_until,"
        "evidence,label\n"
        "POL,First,company,2,rapid_reaction,2026-01-01,at-notice,48,2026-02-01,"
        "2026-08-01,inspection,NATO RESTRICTED\n"
    )
    file = tmp_path / "units.csv"
    file.write_text(table, encoding="utf-8")
    assert run("unit", "import", str(file), "--as", "pol").exit_code == 0

    then = compared(run, "--as", "fin", "--as-of", "2026-03-01")
    later = compared(run, "--as", "fin", "--as-of", "2026-09-01")
    hidden = compared(run, "--as", "mda", "--as-of", "2026-03-01")

    assert then["Rapid Reaction Force"]["capability"] == "High"
    assert then["Rapid Reaction Force"]["readiness"] == "Within 48 hours"
    assert later["Rapid Reaction Force"]["capability"] == "No evidence"
    assert hidden["Rapid Reaction Force"]["label"] == ""
    shown = run(
        "measure", "show", "rapid_reaction", "--as", "fin", "--as-of", "2026-03-01"
    ).stdout
    assert "capability: High (fill 1.00 to 1.00)" in shown
    cited = "First: 100% of 2 \u00d7 company, 48 h until ready to move"
    assert f"  rests on: {cited}" in shown
    assert "  would change it: More units without a report would change" in shown
    later_on = ("--as-of", "2026-09-01")
    assert (
        "its report expired"
        in run("measure", "show", "rapid_reaction", *later_on).stdout
    )


def test_what_is_no_measure_is_refused(run: Run) -> None:
    assert run("measure", "show", "moon_base").exit_code == 1
    assert run("measure", "compare", "--as-of", "soon").exit_code == 2
    said = run("measure", "compare").stdout
    assert "Joint Exercises" in said
    assert said.count("No evidence") == 18
