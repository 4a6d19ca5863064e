"""`foedus receipts`."""

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Run


@pytest.fixture
def exported(run: Run, bundle: Path) -> None:
    """Let Moldova export what Poland published, and have an auditor."""
    words = ("--collection", "indicators", "--as", "pol")
    assert run("intel", "publish", str(bundle), *words).exit_code == 0
    words = ("--collection", "indicators", "--as", "mda")
    assert run("intel", "export", *words).exit_code == 0
    added = run(
        *("account", "add", "audit", "--nation", "MDA", "--role", "auditor"),
        *("--clearance", "NR"),
    )
    assert added.exit_code == 0


@pytest.mark.usefixtures("exported")
def test_an_auditor_lists_what_the_own_nation_was_given(run: Run) -> None:
    in_words = run("receipts", "list", "--as", "audit").stdout
    [found] = json.loads(run("receipts", "list", "--as", "audit", "--json").stdout)

    assert "persons cleared for NATO RESTRICTED" in in_words
    assert (found["door"], found["nation"]) == ("export", "MDA")


@pytest.mark.usefixtures("exported")
def test_nobody_else_does(run: Run) -> None:
    result = run("receipts", "list", "--as", "mda")

    assert result.exit_code == 1
    assert "auditor" in result.stderr
