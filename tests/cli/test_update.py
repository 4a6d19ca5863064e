"""`foedus update`."""

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tests.guidance.test_foreign import ATOM

PUBLISH = ("update", "publish", "-", "--title", "Reporting", "--effective")


@pytest.fixture
def update(run: Run) -> str:
    """An update in two editions, of the alliance's own body."""
    words = (*PUBLISH, "2026-12-01", "--label", "TLP:GREEN", "--as", "operator")
    made = json.loads(run(*words, "--json", input="A day.\nA name.\n").stdout)
    assert made["edition"] == 1
    name: str = made["update"]
    words = (*PUBLISH, "2027-01-01", "--edition-of", name, "--as", "operator")
    said = run(*words, input="An hour.\nA name.\n").stdout
    assert said == f"update  {name}  edition 2\n"
    return name


def test_an_update_is_listed_and_shown_to_its_audience(run: Run, update: str) -> None:
    (found,) = json.loads(run("update", "list", "--as", "mda", "--json").stdout)

    assert (found["update"], found["edition"]) == (update, 2)
    assert found["effective"] == "2027-01-01"
    assert "acknowledged by nobody" in run("update", "list").stdout
    said = run("update", "show", update, "--as", "mda").stdout
    assert said.endswith("\nAn hour.\nA name.\n")
    shown = json.loads(run("update", "show", update, "--json").stdout)
    assert [each["edition"] for each in shown["editions"]] == [1, 2]


def test_what_changed_reads_like_a_diff(run: Run, update: str) -> None:
    assert run("update", "diff", update, "--as", "mda").stdout.splitlines() == [
        "--- edition 1, effective 2026-12-01",
        "+++ edition 2, effective 2027-01-01",
        "  Reporting",
        "- A day.",
        "+ An hour.",
        "  A name.",
    ]
    found = json.loads(run("update", "diff", update, "--json").stdout)
    assert (found["older"], found["newer"]) == (1, 2)
    assert run("update", "diff", update, "--newer", "1").exit_code == 1


def test_a_nation_acknowledges_once(run: Run, update: str) -> None:
    ack = ("update", "ack", update, "--as", "mda")

    assert run(*ack, "--edition", "1").stdout == (
        f"MDA acknowledged edition 1 of {update}\n"
    )
    assert json.loads(run(*ack, "--json").stdout)["edition"] == 2
    assert run(*ack).exit_code == 1
    assert "acknowledged by MDA (2)" in run("update", "list").stdout


def test_what_is_hidden_is_answered_like_what_is_not(run: Run) -> None:
    words = (*PUBLISH, "2026-12-01", "--as", "pol", "--json")
    name = json.loads(run(*words, input="Ours.").stdout)["update"]
    none = "update--00000000-0000-4000-8000-000000000000"

    for verb in ("show", "diff", "ack"):
        hidden, nothing = (run("update", verb, n, "--as", "mda") for n in (name, none))
        assert (hidden.exit_code, hidden.stderr) == (1, nothing.stderr)


def test_the_guide_tells_of_updates_that_the_reader_may_see(
    run: Run, update: str
) -> None:
    said = run("guide", "MDA", "--as", "mda").stdout

    assert update
    assert "Policy update: Reporting, edition 2, effective 2027-01-01." in said


def test_files_that_are_none_are_refused(run: Run, tmp_path: Path) -> None:
    raw = tmp_path / "raw"
    raw.write_bytes(b"\xff\xfe")
    words = ("--title", "T", "--effective", "2026-12-01", "--as", "pol")

    assert run("update", "publish", str(tmp_path / "none"), *words).exit_code == 1
    assert "not UTF-8" in run("update", "publish", str(raw), *words).stderr
    both = ("--label", "TLP:GREEN", "--edition-of", "update--1")
    assert run("update", "publish", str(raw), *words, *both).exit_code == 2


def test_a_feed_of_others_is_taken_in_once(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "notices.xml"
    file.write_bytes(ATOM)
    words = ("update", "import", str(file), "--label", "TLP:GREEN", "--as", "operator")

    first = run(*words)
    again = json.loads(run(*words, "--json").stdout)

    assert first.stdout.count("new      update--") == 2
    assert "Notices: 2 new, 0 changed, 0 known, 0 left out." in first.stderr
    assert (again["published"], again["unchanged"]) == ([], 2)
    assert "Second" in run("update", "list", "--as", "mda").stdout


def test_what_is_no_feed_is_refused(run: Run, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text("<html></html>")

    for file in (str(page), str(tmp_path / "none.xml")):
        refused = run("update", "import", file, "--as", "operator")
        assert refused.exit_code == 1
