"""`foedus live`."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Run

TAIL = ("live", "tail", "--as", "pol", "--no-follow")


@pytest.fixture
def published(run: Run, bundle: Path) -> None:
    """Let Poland publish two objects."""
    words = ("--collection", "indicators", "--as", "pol")
    assert run("intel", "publish", str(bundle), *words).exit_code == 0


def lines(run: Run, *words: str) -> list[dict[str, Any]]:
    result = run(*TAIL, *words)
    assert (result.exit_code, result.stderr) == (0, "")
    found = [json.loads(line) for line in result.stdout.splitlines()]
    return [each for each in found if each["object"]["type"] != "marking-definition"]


@pytest.mark.usefixtures("published")
def test_what_there_is_is_printed_an_object_a_line_and_resumed(run: Run) -> None:
    found = lines(run, "--snapshot", "--kind", "intel")
    assert [each["event"] for each in found] == ["put", "put"]
    rest = lines(run, "--after", found[0]["event_id"])
    assert [each["id"] for each in rest] == [found[1]["id"]]
    assert lines(run) == []


@pytest.mark.usefixtures("published")
def test_only_what_is_wanted_is_printed(run: Run) -> None:
    assert lines(run, "--snapshot", "--type", "tool") == []
    assert len(lines(run, "--snapshot", "--collection", "indicators")) == 2


def test_an_id_that_was_never_given_is_refused(run: Run) -> None:
    assert run(*TAIL, "--after", "unknown").exit_code == 1
    assert run(*TAIL, "--kind", "gossip").exit_code == 2
    assert run(*TAIL, "--confidence-min", "101").exit_code == 2
