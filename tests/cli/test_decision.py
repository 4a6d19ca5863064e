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


def test_a_meeting_takes_positions_and_duties_and_waits_for_a_condition(
    run: Run, file: Path
) -> None:
    text = {**TEXT["text"], "condition": "It came from abroad."}
    file.write_text(json.dumps({"text": text}))
    made = run("decision", "draft", str(file), "--as", "pol-d", "--json")
    name = json.loads(made.stdout)["decision"]

    def do(*words: str, by: str) -> str:
        result = run("decision", *words, "--as", by)
        assert result.exit_code == 0, result.stderr
        return result.stdout

    do("act", name, '{"act": "meet"}', by="fin-d")
    do("comment", name, "A thought.", "--open", by="pol-d")
    said = do("position", name, "reserves", "--text", "A footnote.", by="pol-d")
    assert "POL  reserves  A footnote." in said
    agreed = do("act", name, '{"act": "conclude"}', by="fin-d")
    assert "in force  only when it is met: It came from abroad." in agreed
    met = do("activate", name, "--reason", "It is established.", by="fin-d")
    assert "in force  since" in met
    applied = do("duty", name, "accepted", by="pol-d")
    assert "POL  accepted" in applied


def test_versions_are_compared_and_effects_previewed(
    run: Run, file: Path, tmp_path: Path
) -> None:
    made = run("decision", "draft", str(file), "--as", "pol-d", "--json")
    name = json.loads(made.stdout)["decision"]
    assert (
        run("decision", "act", name, '{"act": "table"}', "--as", "pol-d").exit_code == 0
    )
    invites = {
        "kind": "status",
        "nation": "MDA",
        "status": "invitee",
        "since": "2026-12-01",
    }
    words = [{"verb": "decides", "text": "to keep good watch"}]
    text = {**TEXT["text"], "paragraphs": words, "effects": [invites]}
    other = tmp_path / "other.json"
    other.write_text(json.dumps({"text": text}))
    amended = run("decision", "amend", name, str(other), "--as", "pol-d")
    assert amended.exit_code == 0, amended.stderr

    changed = run("decision", "diff", name, "--as", "pol-d").stdout
    foretold = run("decision", "preview", name, "--as", "pol-d").stdout
    none = run("decision", "diff", name, "--to", "3", "--as", "pol-d")

    assert "decides to keep {+good +}watch" in changed
    assert "Effects: {+status MDA invitee from 2026-12-01+}" in changed
    assert "status MDA invitee from 2026-12-01" in foretold
    assert (none.exit_code, "see the versions that there are" in none.stderr) == (
        1,
        True,
    )
