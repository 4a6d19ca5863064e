"""`foedus plan`."""

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Run

UNITS = (
    "nation,name,type,location,since,posture,notice_h,as_of,valid_until,evidence\n"
    "POL,First,company,Tapa,2026-01-01,at-notice,6,2026-11-01,2027-11-01,seen\n"
    "POL,Bare,company,Tapa,2026-01-01,,,,,\n"
)
COMMITMENTS = (
    "title,location,needs,since,deadline_h\n"
    "Watch,Tapa,company:1;ship:1,2026-01-01,48\n"
)  # fmt: skip
ROUTES = "start,end,travel_h,source,since\nTapa,Elk,9,table 4,2026-01-01\n"
AS_OF = ("--as-of", "2026-11-23", "--periods", "4")


WRONG: tuple[tuple[tuple[str, ...], int, str], ...] = (
    (("drop",), 2, "name nations, or write --all"),
    (("drop", "POL", "--all"), 2, "name nations, or write --all"),
    (("surge",), 2, "write a factor, a capability, or --crisis"),
    (("surge", "99"), 1, "`times`"),
    (("surge", "2", "tank"), 1, "no commitment of this plan asks for 'tank'"),
    (("closure", "--lift", "rail"), 1, "write it as in rail:90000"),
    (("coverage", "--tour", "2"), 2, "both --tour and --home"),
    (("coverage", "--periods", "0"), 1, "periods: from 1 to 120"),
)


@pytest.fixture
def register(run: Run, tmp_path: Path) -> None:
    """What Poland has, promises and knows of ways, and staff that may plan."""
    words = ("account", "add", "desk", "--nation", "NATO", "--clearance", "NR")
    assert run(*words, "--role", "secretariat").exit_code == 0
    tables = {"units": UNITS, "commitments": COMMITMENTS, "routes": ROUTES}
    for what, text in tables.items():
        file = tmp_path / f"{what}.csv"
        file.write_text(text, encoding="utf-8")
        label = ("--label", "NATO RESTRICTED")
        said = run("unit", "import", str(file), "--of", what, *label, "--as", "pol")
        assert said.exit_code == 0, said.stderr


@pytest.mark.usefixtures("register")
def test_a_plan_tells_first_what_nobody_can_fill_and_can_be_made_again(
    run: Run, tmp_path: Path
) -> None:
    file, page = tmp_path / "plan.json", tmp_path / "plan.html"
    said = run("plan", "coverage", *AS_OF, "--as", "desk", "-o", str(file))

    assert said.exit_code == 0, said.stderr
    plan = json.loads(file.read_bytes())["line"]["plan"]
    assert said.stdout == f"{plan}\n"
    shown = run("plan", "show", plan, "--as", "desk").stdout
    lines = shown.splitlines()
    assert lines[0].startswith(plan)
    assert lines[2] == "Nobody can fill:"
    for words in ("nobody has any ship", "First (POL)", "no report says how ready"):
        assert words in shown
    again = run("plan", "again", plan, "--as", "desk")
    assert (again.exit_code, again.stdout) == (0, f"{plan}: equal\n")
    kept = run("plan", "show", plan, "-o", str(page))
    assert kept.stdout == said.stdout
    assert "Who covers what" in page.read_text(encoding="utf-8")
    assert plan in run("plan", "list", "--as", "desk").stdout
    assert run("plan", "list", "--as", "fin").stdout == ""
    assert run("plan", "show", plan, "--as", "fin").exit_code == 1


@pytest.mark.usefixtures("register")
def test_what_cannot_be_meant_is_refused_in_words(run: Run) -> None:
    for typed, code, said in WRONG:
        answer = run("plan", *typed, "--as", "desk")
        assert (answer.exit_code, answer.stdout) == (code, "")
        assert said in answer.stderr
    assert "takes one of the roles" in run("plan", "coverage", "--as", "pol").stderr
    assert "no such plan" in run("plan", "show", "plan--1").stderr
