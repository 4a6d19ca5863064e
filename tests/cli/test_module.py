"""`foedus module`."""

import json

from tests.cli.conftest import Run

MEMBERS = ("--label", "NATO RESTRICTED", "--as", "pol")


def test_people_are_sent_to_a_module_and_certified(run: Run) -> None:
    days = ("--on", "2026-09-01")
    enrol = ("module", "enrol", "data_links", "POL", "6", *days, *MEMBERS)
    assert run(*enrol).exit_code == 0
    done = ("module", "complete", "data_links", "POL", "5", "--certificate", "C-5")
    until = ("--valid-until", "2028-09-01")
    assert run(*done, *days, *until, *MEMBERS).exit_code == 0

    said = run("module", "show", "data_links", "--as", "fin", "--as-of", "2026-12-01")

    assert "5 people hold valid certificates" in said.stdout
    assert "  POL: 5 completed on 2026-09-01, valid until 2028-09-01" in said.stdout
    assert "  POL: 6 sent on 2026-09-01" in said.stdout
    later = ("--as-of", "2029-01-01", "--json")
    assert json.loads(run("module", "show", "data_links", *later).stdout)["valid"] == 0
    hidden = run("module", "show", "data_links", "--as", "mda", "--json").stdout
    assert json.loads(hidden)["completions"] == []


def test_the_staff_adds_modules(run: Run) -> None:
    words = ("--nation", "NATO", "--clearance", "NR", "--role", "secretariat")
    assert run("account", "add", "desk", *words).exit_code == 0
    add = ("module", "add", "--title", "Night signals", "--teaches", "stanag_2019")
    assert run(*add, *MEMBERS).exit_code == 1
    label = ("--label", "NATO RESTRICTED", "--as", "desk")
    assert run(*add, *label).exit_code == 0

    assert "Night signals" in run("module", "list", "--as", "fin").stdout
    listed = json.loads(run("module", "list", "--as", "mda", "--json").stdout)
    assert {each["name"] for each in listed} >= {"Joint military symbols"}
    assert "Night signals" not in {each["name"] for each in listed}
    assert run("module", "show", "night", "--as", "fin").exit_code == 1
