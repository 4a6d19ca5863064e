"""`foedus protocol rule`, and what rules propose."""

import asyncio
import json
from pathlib import Path

import pytest

from foedus import app
from foedus.processes.activating import Watch
from tests.cli.conftest import Run
from tests.processes.activating_world import LURE, indicator
from tests.response.books import linear
from tests.response.theatre import assign


@pytest.fixture
def playbook(tmp_path: Path, run: Run) -> str:
    """Import a protocol; Poland has two duty officers."""
    for name in ("pol-one", "pol-two"):
        words = ("--nation", "POL", "--role", "duty-officer", "--clearance", "NR")
        assert run("account", "add", name, *words).exit_code == 0
    document = assign(linear(impact=80), "A1", nations=["POL"])
    path = tmp_path / "playbook.json"
    path.write_text(json.dumps(document))
    made = run("protocol", "import", str(path), "--as", "pol-one", "--json")
    assert made.exit_code == 0, made.stderr
    return str(json.loads(made.stdout)["playbook"])


@pytest.fixture
def rule(tmp_path: Path, run: Run, playbook: str) -> str:
    """Set a rule for Poland."""
    path = tmp_path / "rule.json"
    terms = {"name": "lure", "playbook": playbook, "pattern": LURE}
    path.write_text(json.dumps(terms))
    words = ("protocol", "rule", "add", str(path), "--as", "pol-one", "--json")
    made = run(*words)
    assert made.exit_code == 0, made.stderr
    return str(json.loads(made.stdout)["rule"])


def judge(folder: Path) -> None:
    """Let a hub judge what came, as one that serves does."""

    async def work() -> None:
        hub = app.open_hub(folder, environment={})
        hub.projector.start()
        await Watch(hub.activation).settle()
        app.close_hub(hub)

    asyncio.run(work())


def test_a_rule_is_listed_and_removed(run: Run, rule: str) -> None:
    assert rule in run("protocol", "rule", "list", "--as", "pol-two").stdout
    assert run("protocol", "rule", "list", "--as", "fin").stdout == ""

    assert run("protocol", "rule", "remove", rule, "--as", "pol-one").exit_code == 0

    assert run("protocol", "rule", "list", "--as", "pol-one").stdout == ""


def test_a_proposal_is_approved_by_two_and_dismissed_by_one(
    run: Run, rule: str, folder: Path, tmp_path: Path
) -> None:
    assert rule
    sent = tmp_path / "bundle.json"
    bundle = {"type": "bundle", "id": "bundle--1", "objects": [indicator()]}
    sent.write_text(json.dumps(bundle))
    words = ("--collection", "indicators", "--as", "fin")
    published = run("intel", "publish", str(sent), *words)
    assert published.exit_code == 0, published.stderr
    judge(folder)
    listed = run("protocol", "proposals", "--as", "pol-one", "--json")
    [found] = json.loads(listed.stdout)
    proposal = found["proposal"]
    words = ("protocol", "approve", proposal, "--json", "--as")

    first, again, second = (
        run(*words, "pol-one"),
        run(*words, "pol-one"),
        run(*words, "pol-two"),
    )

    assert (first.exit_code, again.exit_code, second.exit_code) == (0, 1, 0)
    assert (json.loads(first.stdout)["run"], found["needed"]) == (None, 2)
    assert json.loads(second.stdout)["run"].startswith("run--")
    words = ("protocol", "dismiss", proposal, "--reason", "so", "--as", "pol-one")
    assert "dismissed" in run(*words).stdout
    words = ("protocol", "proposals", "--as", "pol-one")
    assert run(*words).stdout == ""
    assert "dismissed" in run(*words, "--all").stdout


def test_a_file_that_is_no_rule_is_refused(
    run: Run, tmp_path: Path, playbook: str
) -> None:
    path = tmp_path / "rule.json"
    path.write_text(json.dumps({"name": "x", "playbook": playbook, "patern": LURE}))

    refused = run("protocol", "rule", "add", str(path), "--as", "pol-one")

    assert refused.exit_code == 1
    assert "patern" in refused.stderr


def test_a_value_without_a_name_is_misuse(run: Run) -> None:
    words = ("protocol", "approve", "proposal--1", "--set", "x", "--as", "pol")

    assert run(*words).exit_code == 2
