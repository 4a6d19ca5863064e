"""`foedus consultation`."""

import json

import pytest

from tests.cli.conftest import Run

LABEL = "NATO UNCLASSIFIED // REL TO NATO"


@pytest.fixture
def delegations(run: Run) -> None:
    for nation in ("pol", "fin"):
        words = ("--nation", nation.upper(), "--role", "reader,delegate")
        assert run("account", "add", f"{nation}-d", *words).exit_code == 0
    words = ("--nation", "NATO", "--role", "secretariat")
    assert run("account", "add", "chair", *words).exit_code == 0


@pytest.mark.usefixtures("delegations")
def test_a_consultation_is_asked_for_joined_held_and_closed(run: Run) -> None:
    words = ("--concern", "Crossings.", "--label", LABEL, "--of", "FIN, POL")
    made = run("consultation", "ask", "Drones", *words, "--as", "pol-d", "--json")
    assert made.exit_code == 0, made.stderr
    name = json.loads(made.stdout)["consultation"]

    joined = run("consultation", "join", name, "--text", "Ours too.", "--as", "fin-d")
    held = run("consultation", "hold", name, "--note", "All spoke.", "--as", "chair")
    refused = run("consultation", "close", name, "--as", "pol-d")
    closed = run("consultation", "close", name, "--as", "chair")

    assert "joined        FIN: Ours too." in joined.stdout
    assert "note          All spoke." in held.stdout
    assert (refused.exit_code, closed.exit_code) == (1, 0)
    assert "only the chair, NATO, does this; ask it" in refused.stderr
    assert "under         Article 4, closed" in closed.stdout
    assert name in run("consultation", "list").stdout
    assert name in run("consultation", "show", name, "--as", "fin-d").stdout


def test_what_says_nothing_is_refused(run: Run) -> None:
    words = ("--concern", "", "--label", LABEL)

    result = run("consultation", "ask", "Drones", *words, "--as", "pol")

    assert result.exit_code == 1
    assert "the consultation is wrong" in result.stderr


def test_one_that_is_not_there_is_refused(run: Run) -> None:
    result = run("consultation", "show", "consultation--x")

    assert result.exit_code == 1
    assert "list the consultations" in result.stderr
