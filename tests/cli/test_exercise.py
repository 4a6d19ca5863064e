"""`foedus exercise`."""

import json

from tests.cli.conftest import Run

MEMBERS = ("--label", "NATO RESTRICTED", "--as", "pol")
PLAN = (
    *("exercise", "plan", "--title", "Lights", "--from", "2026-10-01"),
    *("--until", "2026-10-05", "--measures", "rapid_reaction"),
    *("--objective", "o1:interoperability:One picture", *MEMBERS),
)


def test_an_exercise_is_planned_joined_evaluated_and_learned_from(run: Run) -> None:
    name = run(*PLAN).stdout.strip()
    assert run("exercise", "join", name, "POL", "--role", "host", *MEMBERS).stdout
    evaluate = ("exercise", "evaluate", name, "o1", "partly", *MEMBERS)
    assert run(*evaluate, "--evidence", "report 2").exit_code == 0
    words = ("--action", "One list", "--owner", "Staff", "--due", "2027-01-01")
    learn = ("exercise", "lesson", name, "Agree on words", *words)
    assert run(*learn, *MEMBERS).exit_code == 0
    assert run("exercise", "status", name, "done", "--as", "pol").exit_code == 0

    shown = run("exercise", "show", name, "--as", "fin").stdout

    assert f"{name}  Lights  done" in shown
    assert "  takes part: POL, host" in shown
    assert "    all: partly, report 2" in shown
    assert "    Staff: One list, by 2027-01-01" in shown
    assert run("exercise", "list", "--as", "mda").stdout == ""
    assert run("exercise", "show", name, "--as", "mda").exit_code == 1
    (listed,) = json.loads(run("exercise", "list", "--as", "fin", "--json").stdout)
    assert listed["content"]["objectives"][0]["id"] == "o1"
    sheet = json.loads(run("exercise", "show", name, "--json").stdout)
    assert sheet["objectives"][0]["evaluations"][0]["content"]["grade"] == "partly"


def test_only_who_planned_it_evaluates_it(run: Run) -> None:
    name = run(*PLAN).stdout.strip()

    others = ("--label", "NATO RESTRICTED", "--as", "fin")
    evaluate = ("exercise", "evaluate", name, "o1", "partly", *others)
    assert "only POL" in run(*evaluate).stderr
    assert run("exercise", "status", name, "done", "--as", "fin").exit_code == 1


def test_an_objective_has_its_form(run: Run) -> None:
    assert "write it as in o1:" in run(*PLAN, "--objective", "o2").stderr
    assert run(*PLAN, "--objective", "o2:weather:Sun").exit_code == 1
    assert run(*PLAN, "--objective", "o1:readiness:Twice").exit_code == 1


def test_what_raises_most_for_a_budget_is_advised(run: Run) -> None:
    words = ("account", "add", "desk", "--nation", "NATO", "--clearance", "NR")
    assert run(*words, "--role", "secretariat,reader").exit_code == 0
    require = ("measure", "require", "rapid_reaction", "--contributors", "POL,FIN")
    staff = ("--label", "NATO RESTRICTED", "--as", "desk")
    assert run(*require, "--from", "2026-01-01", *staff).exit_code == 0

    advise = ("exercise", "advise", "--budget", "40", "--as", "pol")
    said = run(*advise, "--price", "pair=2", "--weight", "rapid_reaction=3").stdout
    found = json.loads(run(*advise, "--json").stdout)

    assert "34 of 40 gain 15 steps of rating" in said
    assert "Rapid Reaction Force: from No evidence to Excellent" in said
    assert found["plan"]["spent"]["gain"] == 5
    assert "write it as in pair=2" in run(*advise, "--price", "pair").stderr
    assert "unknown field `x`" in run(*advise, "--price", "x=1").stderr
    assert "there is no measure 'x'" in run(*advise, "--weight", "x=1").stderr
