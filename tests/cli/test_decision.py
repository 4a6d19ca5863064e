"""`foedus decision`."""

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Run

TEXT = {
    "text": {
        "title": "A watch",
        "label": "NATO UNCLASSIFIED // REL TO NATO",
        "forum": {"name": "One", "of": ["POL"], "chair": "FIN"},
        "paragraphs": [{"verb": "decides", "text": "to keep watch"}],
    }
}
FAR = "2027-03-01 16:00 Europe/Brussels"


@pytest.fixture
def file(tmp_path: Path, run: Run) -> Path:
    """Write a draft, and let Poland and Finland have a delegate."""
    for nation in ("pol", "fin"):
        words = ("--nation", nation.upper(), "--role", "reader,delegate")
        assert run("account", "add", f"{nation}-d", *words).exit_code == 0
    path = tmp_path / "draft.json"
    path.write_text(json.dumps(TEXT))
    return path


def test_a_decision_is_drafted_shown_and_withdrawn(run: Run, file: Path) -> None:
    made = run("decision", "draft", str(file), "--as", "pol-d", "--json")
    assert made.exit_code == 0, made.stderr
    name = json.loads(made.stdout)["decision"]

    assert name in run("decision", "list", "--as", "pol-d").stdout
    shown = run("decision", "show", name, "--as", "fin-d").stdout
    assert "phase     draft, version 1" in shown
    ended = run("decision", "withdraw", name, "--as", "pol-d", "--json")
    assert json.loads(ended.stdout)["phase"] == "withdrawn"


def test_a_record_is_written_and_verified(run: Run, file: Path, tmp_path: Path) -> None:
    made = run("decision", "draft", str(file), "--as", "pol-d", "--json")
    name, out = json.loads(made.stdout)["decision"], tmp_path / "record.json"

    written = run("decision", "record", name, "-o", str(out), "--as", "pol-d")
    assert written.exit_code == 0, written.stderr
    key = written.stdout.split()[1]
    checked = run("decision", "verify", str(out), "--key", key, "--json")

    assert json.loads(checked.stdout)["outcome"] == "draft"


def test_what_the_rules_refuse_is_refused(run: Run, file: Path) -> None:
    made = run("decision", "draft", str(file), "--as", "pol-d", "--json")
    name = json.loads(made.stdout)["decision"]

    result = run("decision", "circulate", name, "--until", FAR, "--as", "pol-d")

    assert result.exit_code == 1
    assert "only the chair, FIN" in result.stderr


def test_an_act_that_is_none_is_refused(run: Run) -> None:
    result = run("decision", "act", "decision--x", '{"act": "fly"}', "--as", "pol")

    assert result.exit_code == 1
    assert "the act is wrong" in result.stderr
