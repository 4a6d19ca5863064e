"""`foedus protocol`, the part that needs a hub."""

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tests.response.books import linear
from tests.response.theatre import assign

LABEL = "NATO UNCLASSIFIED // REL TO NATO"


@pytest.fixture
def playbook(tmp_path: Path, run: Run) -> str:
    """Import a playbook that asks Finland; Poland's duty officer brings it."""
    for nation in ("pol", "fin"):
        words = ("--nation", nation.upper(), "--role", "duty-officer")
        assert run("account", "add", f"{nation}-duty", *words).exit_code == 0
    document = assign(linear(), "A1", nations=["FIN"])
    path = tmp_path / "playbook.json"
    path.write_text(json.dumps(document) + "\n")
    words = ("--label", LABEL, "--as", "pol-duty", "--json")
    made = run("protocol", "import", str(path), *words)
    assert made.exit_code == 0, made.stderr
    again = run("protocol", "import", str(path), *words)
    assert again.stdout == made.stdout
    return str(json.loads(made.stdout)["playbook"])


def test_a_playbook_is_listed_shown_and_given_back(
    run: Run, playbook: str, tmp_path: Path
) -> None:
    assert playbook in run("protocol", "list", "--as", "fin-duty").stdout
    assert "A1: FIN (all)" in run("protocol", "show", playbook).stdout
    out = tmp_path / "out.json"
    assert run("protocol", "export", playbook, "-o", str(out)).exit_code == 0
    written = (tmp_path / "playbook.json").read_bytes()
    assert out.read_bytes() == written.removesuffix(b"\n")
    assert run("protocol", "export", playbook).stdout == out.read_text()


def test_a_run_is_started_followed_and_cancelled(run: Run, playbook: str) -> None:
    words = ("--reason", "so", "--as", "pol-duty", "--json")
    started = run("protocol", "start", playbook, *words)
    assert started.exit_code == 0, started.stderr
    name = json.loads(started.stdout)["run"]

    assert name in run("protocol", "runs", "--open", "--as", "fin-duty").stdout
    assert "waits  A1" in run("protocol", "status", name, "--as", "fin-duty").stdout
    execution = run("protocol", "status", name, "--execution", "--as", "pol-duty")
    assert json.loads(execution.stdout)[0]["status"] == "await_user_input"
    held = run("protocol", "pause", name, "--reason", "wait", "--as", "pol-duty")
    freed = run("protocol", "resume", name, "--as", "pol-duty")
    assert "status    paused" in held.stdout
    assert "to now: wait" in held.stdout
    assert "status    running" in freed.stdout
    words = ("protocol", "cancel", name, "--reason", "over", "--as")
    refused, ended = run(*words, "fin-duty"), run(*words, "pol-duty")
    assert (refused.exit_code, ended.exit_code) == (1, 0)
    assert "status    cancelled: over" in ended.stdout


def test_a_value_without_a_name_is_refused(run: Run) -> None:
    result = run("protocol", "start", "playbook--1", "--set", "x", "--as", "pol-duty")
    assert result.exit_code == 1
    assert "__name__=value" in result.stderr


def test_a_protocol_of_the_catalogue_is_imported_with_those_it_calls(
    run: Run, playbook: str
) -> None:
    assert playbook
    words = ("protocol", "import", "election-vigilance", "--as", "pol-duty", "--json")

    made, again = run(*words), run(*words)

    assert made.exit_code == 0, made.stderr
    assert json.loads(made.stdout)["label"] == "NATO UNCLASSIFIED // PUBLIC"
    assert again.stdout == made.stdout
    listed = run("protocol", "list", "--as", "fin-duty").stdout
    assert "Cyber incident with cross-border effect" in listed


def test_what_is_neither_a_file_nor_in_the_catalogue_is_misuse(run: Run) -> None:
    assert run("protocol", "import", "moon-landing", "--as", "pol").exit_code == 2


def test_a_step_is_ended_by_hand(run: Run, playbook: str) -> None:
    started = run("protocol", "start", playbook, "--as", "pol-duty", "--json")
    found = json.loads(started.stdout)
    words = ("protocol", "end-step", found["run"], found["steps"][0]["name"])
    how = ("--result", "ok", "--reason", "We go on.", "--as", "pol-duty")

    assert run(*words, "--reason", "x", "--as", "pol-duty").exit_code == 2
    assert run(*words, *how[:-1], "fin-duty").exit_code == 1
    ended = run(*words, *how)

    assert ended.exit_code == 0, ended.stderr
    assert "forced" in ended.stdout
