"""`foedus search`."""

import json

from tests.cli.conftest import Run


def test_what_is_found_is_listed_best_first(run: Run) -> None:
    found = json.loads(run("search", "finland", "--as", "pol", "--json").stdout)
    said = run("search", "finland", "--as", "pol").stdout

    assert (found[0]["kind"], found[0]["id"]) == ("nation", "FIN")
    assert said.startswith("whole  nation      Finland")


def test_it_is_searched_as_somebody(run: Run) -> None:
    run(
        *("engagement", "add", "--kind", "visit", "--title", "Northern lights"),
        *("--purpose", "p", "--from", "2026-12-01", "--as", "pol"),
        *("--label", "NATO RESTRICTED"),
    )

    assert "Northern lights" in run("search", "lights", "--as", "fin").stdout
    assert "Northern lights" not in run("search", "lights", "--as", "mda").stdout


def test_a_kind_that_is_none_is_misuse(run: Run) -> None:
    assert run("search", "x", "--as", "pol", "--kind", "person").exit_code == 2
    assert run("search", "x").exit_code == 2
