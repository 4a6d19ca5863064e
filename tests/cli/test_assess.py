"""`foedus assess`."""

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Run

ASSESS = ("assess", "MDA", "--to", "member", "--as-of", "2026-11-23", "--as", "pol")


def test_it_tells_nine_parts_under_their_label(run: Run) -> None:
    told = run(*ASSESS)

    assert told.exit_code == 0, told.stderr
    lines = told.stdout.splitlines()
    assert lines[0] == lines[-1] == "NATO UNCLASSIFIED // PUBLIC"
    assert [each[:2] for each in lines if each[1:3] == ". "] == [
        f"{number}." for number in range(1, 10)
    ]
    assert "There is no verdict here and no score" in told.stdout


def test_without_a_name_it_is_told_to_the_staff_of_the_alliance(run: Run) -> None:
    told = run(*ASSESS[:-2])

    assert told.exit_code == 0, told.stderr
    assert "There is no verdict here and no score" in told.stdout


@pytest.mark.parametrize("suffix", [".json", ".html"])
def test_a_file_is_the_same_when_it_is_written_again(
    run: Run, tmp_path: Path, suffix: str
) -> None:
    one, two = tmp_path / f"one{suffix}", tmp_path / f"two{suffix}"

    for file in (one, two):
        assert run(*ASSESS, "-o", str(file)).exit_code == 0

    assert one.read_bytes() == two.read_bytes()


def test_json_is_the_dossier_as_it_is_kept(run: Run) -> None:
    found = json.loads(run(*ASSESS, "--with", "BIH", "--json").stdout)

    assert found["format"] == "foedus-assessment/1"
    assert len(found["borders"]["orders"]) == 2


def test_what_cannot_be_is_refused_with_what_can(run: Run) -> None:
    refused = run("assess", "MDA", "--to", "associate", "--as", "pol")

    assert refused.exit_code == 1
    assert "Possible for MDA" in refused.stderr
    assert run("assess", "Atlantis", "--to", "member", "--as", "pol").exit_code == 1


def test_a_file_of_another_kind_is_misuse(run: Run) -> None:
    assert run(*ASSESS, "-o", "x.docx").exit_code == 2
