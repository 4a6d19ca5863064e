"""`foedus release`."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Run

UNKNOWN = f"release--{'0' * 8}-0000-4000-8000-{'0' * 12}"
LABEL = ("--label", "NATO RESTRICTED // REL TO NATO, MDA")
DRAFT = (*LABEL, "--since", "2026-01-01", "--as", "pol")
ADD = ("release", "add", "--to", "GEO", *DRAFT)


@pytest.fixture
def published(run: Run, bundle: Path) -> None:
    """Let Poland publish two objects, and Georgia have a reader."""
    words = ("--collection", "indicators", "--as", "pol")
    assert run("intel", "publish", str(bundle), *words).exit_code == 0
    added = run(
        *("account", "add", "geo", "--nation", "GEO", "--role", "reader"),
        *("--clearance", "NR"),
    )
    assert added.exit_code == 0


def objects(run: Run, name: str) -> int:
    """Count the objects that an account may see, but for the hub's own markings."""
    result = run("intel", "export", "--collection", "indicators", "--as", name)
    found = json.loads(result.stdout)["objects"]
    return sum(each["type"] != "marking-definition" for each in found)


def answer(run: Run, *words: str) -> Any:  # noqa: ANN401 - of JSON
    result = run(*words, "--json")
    assert (result.exit_code, result.stderr) == (0, "")
    return json.loads(result.stdout)


@pytest.mark.usefixtures("published")
def test_a_release_lets_a_nation_see(run: Run) -> None:
    before = objects(run, "geo")

    found = answer(run, *ADD)

    assert found == {
        "release": found["release"],
        "objects": 2,
        "by_label": found["by_label"],
    }
    assert list(found["by_label"].values()) == [2]
    assert (before, objects(run, "geo")) == (0, 2)


@pytest.mark.usefixtures("published")
def test_a_dry_run_counts_and_changes_nothing(run: Run) -> None:
    found = answer(run, *ADD, "--dry-run")

    assert (found["release"], found["objects"]) == (None, 2)
    assert answer(run, "release", "list") == []
    assert objects(run, "geo") == 0


@pytest.mark.usefixtures("published")
def test_a_person_is_told_the_release_and_the_sums(run: Run) -> None:
    tried = run(*ADD, "--dry-run")
    made = run(*ADD)

    assert "Nothing is released" in tried.stderr
    assert tried.stdout == made.stdout.partition("\n")[2]
    assert made.stdout.startswith("release  release--")
    assert "objects  2\n2  NATO RESTRICTED // " in made.stdout


def test_a_release_is_listed_with_all_its_terms(run: Run) -> None:
    more = ("--from-now-on", "--ask", "FIN", "--reason", "for a friend")
    found = answer(run, "release", "add", "--to", "GEO,Moldova", *DRAFT, *more)

    [listed] = answer(run, "release", "list", "--as", "pol")

    assert listed == {
        "release": found["release"],
        "nation": "POL",
        "to": ["GEO", "MDA"],
        "label": listed["label"],
        "since": "2026-01-01",
        "from_now_on": True,
        "state": "in force",
        "at": listed["at"],
        "asks": ["FIN"],
        "consents": [],
        "reason": "for a friend",
    }
    assert listed["label"].startswith("NATO RESTRICTED // REL TO")


def test_an_account_is_shown_what_it_may_know_of(run: Run) -> None:
    answer(run, *ADD)

    assert len(answer(run, "release", "list")) == 1
    assert len(answer(run, "release", "list", "--as", "operator")) == 1
    assert answer(run, "release", "list", "--as", "fin") == []


def test_a_person_is_told_releases_in_columns(run: Run) -> None:
    release = answer(run, *ADD, "--from-now-on")["release"]

    line = run("release", "list").stdout

    assert line.startswith(f"{release}  in force  POL  to GEO  since 2026-01-01, from")
    assert run("release", "list", "--as", "fin").stdout == ""


@pytest.mark.usefixtures("published")
def test_withdrawing_hides_at_once(run: Run) -> None:
    release = answer(run, *ADD)["release"]

    found = answer(
        run, "release", "withdraw", release, "--as", "pol", "--reason", "a mistake"
    )

    assert found["state"] == "withdrawn"
    assert objects(run, "geo") == 0


@pytest.mark.usefixtures("published")
def test_a_consent_lets_what_another_nation_originated_be_seen(run: Run) -> None:
    words = (*LABEL, "--since", "2026-01-01", "--as", "fin", "--ask", "POL")
    release = answer(run, "release", "add", "--to", "GEO", *words)["release"]
    before = objects(run, "geo")

    found = run("release", "consent", release.upper(), "--as", "pol")

    assert (found.exit_code, found.stderr) == (0, "")
    assert found.stdout.startswith(f"{release}  in force  FIN  to GEO")
    assert (before, objects(run, "geo")) == (0, 2)
    assert answer(run, "release", "list")[0]["consents"] == ["POL"]


@pytest.mark.parametrize(
    ("words", "status"),
    [
        (("add", "--to", "ATLANTIS", *DRAFT), 400),
        (("add", "--to", "POL", *DRAFT), 400),
        (("add", "--to", "GEO", *DRAFT, "--since", "2999-01-01"), 422),
        (("add", "--to", "GEO", *DRAFT, "--label", "NATO SECRET"), 422),
        (("add", "--to", "GEO", *DRAFT, "--label", "nonsense"), 422),
        (("add", "--to", "GEO", *DRAFT, "--as", "nobody"), 404),
        (("add", "--to", "GEO", *DRAFT, "--as", "operator", "--dry-run"), 422),
        (("list", "--as", "nobody"), 404),
        (("consent", UNKNOWN, "--as", "pol"), 404),
        (("withdraw", UNKNOWN, "--as", "pol"), 404),
    ],
)
def test_what_the_rules_refuse_exits_with_1(
    run: Run, words: tuple[str, ...], status: int
) -> None:
    result = run("release", *words, "--json")

    assert (result.exit_code, result.stdout) == (1, "")
    assert json.loads(result.stderr)["status"] == status


@pytest.mark.parametrize(
    "words",
    [
        ("add", *DRAFT),
        ("add", "--to", "GEO, MDA", *DRAFT),
        ("add", "--to", "GEO", *LABEL, "--as", "pol"),
        ("add", "--to", "GEO", *DRAFT, "--since", "soon"),
        ("consent", UNKNOWN),
        ("withdraw", "--as", "pol"),
    ],
)
def test_what_is_spelt_wrongly_or_missing_is_misuse(
    run: Run, words: tuple[str, ...]
) -> None:
    assert run("release", *words).exit_code == 2
