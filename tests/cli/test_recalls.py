"""`foedus intel recall`, `acknowledge`, `recalls` and `seen`."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Run

WHY = ("--reason", "It names a hospital.")


@pytest.fixture
def shared(run: Run, bundle: Path) -> str:
    """Let Poland publish two objects; give the id of one that Moldova sees."""
    words = ("--collection", "indicators", "--as", "pol", "--json")
    result = run("intel", "publish", str(bundle), *words)
    assert result.exit_code == 0, result.stderr
    found: str = json.loads(result.stdout)[0]["id"]
    return found


def answer(run: Run, *words: str) -> Any:  # noqa: ANN401 - of JSON
    result = run(*words, "--json")
    assert (result.exit_code, result.stderr) == (0, "")
    return json.loads(result.stdout)


def test_a_recall_is_made_shown_and_confirmed(run: Run, shared: str) -> None:
    assert run("intel", "export", "--collection", "indicators", "--as", "mda")

    made = answer(run, "intel", "recall", shared, "--as", "pol", *WHY)
    [asked] = answer(run, "intel", "recalls", "--as", "mda")
    [said] = answer(run, "intel", "acknowledge", shared, "--as", "mda")
    [whole] = answer(run, "intel", "recalls", made["recall"], "--as", "pol")

    assert made["collections"] == ["indicators"]
    assert (asked["recall"], asked["asks"]) == (made["recall"], True)
    assert not said["asks"]
    line = next(each for each in whole["ledger"] if each["nation"] == "MDA")
    assert line["acknowledged"] is not None
    assert line["read"] is not None  # by the export


def test_people_are_told_in_words(run: Run, shared: str) -> None:
    seen = run("intel", "seen", shared, "--as", "pol").stdout
    made = run("intel", "recall", shared, "--as", "pol", *WHY).stdout
    asked = run("intel", "recalls", "--as", "mda").stdout
    said = run("intel", "acknowledge", shared, "--as", "mda").stdout
    rows = run("intel", "recalls", "--as", "pol").stdout
    whole = run("intel", "recalls", shared, "--as", "pol").stdout
    after = run("intel", "seen", shared, "--as", "pol").stdout

    assert "holds it" in seen
    assert "not known to have read it" in seen
    assert made.startswith("recall  recall--")
    assert "to be confirmed" in asked
    assert said.startswith("confirmed  recall--")
    assert "have yet to confirm" in rows
    assert "reason  It names a hospital." in whole
    assert re.search(r"^MDA +confirmed 20", whole, re.MULTILINE)
    assert "until 20" in after


def test_who_sees_it_and_may_not_recall_it_is_told_who_may(
    run: Run, shared: str
) -> None:
    result = run("intel", "recall", shared, "--as", "mda", *WHY)

    assert result.exit_code == 1
    assert "only POL" in result.stderr
