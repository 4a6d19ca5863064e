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


@pytest.fixture
def register(run: Run, tmp_path: Path) -> None:
    """What Poland has, promises and knows of ways."""
    tables = {"units": UNITS, "commitments": COMMITMENTS, "routes": ROUTES}
    for what, text in tables.items():
        file = tmp_path / f"{what}.csv"
        file.write_text(text, encoding="utf-8")
        label = ("--label", "NATO RESTRICTED")
        said = run("unit", "import", str(file), "--of", what, *label, "--as", "pol")
        assert said.exit_code == 0, said.stderr


@pytest.fixture(autouse=True)
def desk(run: Run) -> None:
    """The staff of the alliance, which may plan."""
    words = ("account", "add", "desk", "--nation", "NATO", "--clearance", "NR")
    assert run(*words, "--role", "secretariat").exit_code == 0


@pytest.mark.usefixtures("register")
def test_a_plan_tells_first_what_nobody_can_fill_and_can_be_made_again(
    run: Run,
) -> None:
    said = run("plan", "coverage", *AS_OF, "--as", "desk")
    lines = said.stdout.splitlines()

    assert said.exit_code == 0, said.stderr
    plan = lines[0].split()[0]
    assert lines[2] == "Nobody can fill:"
    assert "nobody has any ship" in said.stdout
    assert "First (POL)" in said.stdout
    assert "no report says how ready it is" in said.stdout
    shown = run("plan", "show", plan, "--as", "desk").stdout.splitlines()
    assert shown == lines
    again = run("plan", "again", plan, "--as", "desk")
    assert (again.exit_code, again.stdout) == (0, f"{plan}: equal\n")
    assert plan in run("plan", "list", "--as", "desk").stdout
    assert run("plan", "list", "--as", "fin").stdout == ""
    assert run("plan", "show", plan, "--as", "fin").exit_code == 1


@pytest.mark.usefixtures("register")
def test_a_plan_is_written_to_a_file_and_says_its_name(
    run: Run, tmp_path: Path
) -> None:
    file = tmp_path / "plan.json"

    said = run("plan", "drop", "--all", *AS_OF, "--as", "desk", "-o", str(file))

    found = json.loads(file.read_bytes())
    assert said.stdout == f"{found['line']['plan']}\n"
    assert found["made"]["found"]["drops"]["drops"][0]["nation"] == "POL"
    assert run("plan", "list", "--as", "fin").stdout == ""
    page = tmp_path / "plan.html"
    shown = run("plan", "show", found["line"]["plan"], "-o", str(page))
    assert shown.stdout == said.stdout
    assert "What hangs on one nation" in page.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("typed", "code", "said"),
    [
        (("drop", "--as", "desk"), 2, "name nations, or write --all"),
        (("drop", "POL", "--all", "--as", "desk"), 2, "name nations, or write --all"),
        (("surge", "--as", "desk"), 2, "write a factor, a capability, or --crisis"),
        (("surge", "99", "--as", "desk"), 1, "`times`"),
        (("surge", "2", "tank", "--as", "desk"), 1, "no commitment of this plan asks"),
        (("coverage", "--tour", "2", "--as", "desk"), 2, "both --tour and --home"),
        (("coverage", "--periods", "0", "--as", "desk"), 1, "periods: from 1 to 120"),
        (("coverage", "--as", "pol"), 1, "this takes one of the roles"),
        (("show", "plan--1"), 1, "no such plan"),
    ],
)
def test_what_cannot_be_meant_is_refused_in_words(
    run: Run, typed: tuple[str, ...], code: int, said: str
) -> None:
    answer = run("plan", *typed)

    assert (answer.exit_code, answer.stdout) == (code, "")
    assert said in answer.stderr
