"""`foedus task`."""

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tests.cli.test_protocol_runs import playbook
from tests.processes.automating_world import sending

__all__ = ["playbook"]


@pytest.fixture
def task(run: Run, playbook: str) -> str:
    """Start a run; give the task of Finland."""
    started = run("protocol", "start", playbook, "--as", "pol-duty")
    assert started.exit_code == 0, started.stderr
    listed = run("task", "list", "--open", "--as", "fin-duty", "--json")
    [found] = json.loads(listed.stdout)
    return str(found["task"])


def test_a_task_is_accepted_done_and_over(run: Run, task: str) -> None:
    for words in (
        ("ack", task),
        ("accept", task, "--note", "with two teams"),
        ("delegate", task, "--team", "CERT"),
        ("note", task, "half done"),
        ("start", task),
        ("done", task, "--reply", "two hosts", "--evidence", "report--1"),
    ):
        result = run("task", *words, "--as", "fin-duty")
        assert result.exit_code == 0, result.stderr

    assert "stands    done, answered" in result.stdout
    assert "reply     two hosts" in result.stdout
    assert task in run("task", "list", "--ended", "--as", "fin-duty").stdout
    marks = json.loads(run("task", "show", task, "--as", "fin-duty", "--json").stdout)
    assert marks["marks"]["delivered"] <= marks["marks"]["done"]


def test_a_decline_is_told_to_the_coordinator_and_what_is_not_allowed_is_refused(
    run: Run, task: str
) -> None:
    for refused in (
        ("confirm", task, "--as", "pol-duty"),
        ("return", task, "--reason", "more", "--as", "pol-duty"),
        ("ack", task, "--as", "mda"),
        ("done", task, "--output", "x", "--as", "fin-duty"),
    ):
        assert run("task", *refused).exit_code == 1
    words = ("--caveat", "our law", "--as", "fin-duty")
    assert run("task", "decline", task, *words).exit_code == 0

    shown = run("task", "show", task, "--as", "pol-duty").stdout
    assert "caveat    our law" in shown


def test_what_the_hub_would_send_is_shown_whole_before_anybody_agrees(
    run: Run, folder: Path, tmp_path: Path
) -> None:
    assert run("account", "add", "pol-duty", "--nation", "POL", "--role",
               "duty-officer").exit_code == 0  # fmt: skip
    (folder / "foedus.toml").write_text(
        """
[automation]
enabled = true
networks = ["127.0.0.0/8"]
allow_http = true
[[automation.allowed]]
nation = "POL"
url = "http://127.0.0.1:9/api/"
"""
    )
    path = tmp_path / "sending.json"
    path.write_text(json.dumps(sending(9)))
    made = run("protocol", "import", str(path), "--as", "pol-duty", "--json")
    playbook = json.loads(made.stdout)["playbook"]
    assert run("protocol", "start", playbook, "--as", "pol-duty").exit_code == 0
    listed = run("task", "list", "--as", "pol-duty", "--json")
    [task] = json.loads(listed.stdout)
    shown = run("task", "show", task["task"], "--as", "pol-duty").stdout
    agreed = run("task", "authorise", task["task"], "--as", "pol-duty")
    again = run("task", "authorise", task["task"], "--as", "pol-duty")

    assert "hub       the hub sends it once enough persons agree" in shown
    assert "sends     POST http://127.0.0.1:9/api/block" in shown
    assert '          {"a":1}' in shown
    assert "agreed    1 of 2" in agreed.stdout
    assert again.exit_code == 1
