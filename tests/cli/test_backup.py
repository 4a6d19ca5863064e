import json
from pathlib import Path

import pytest

from tests.cli.conftest import Run


def test_a_backup_is_made_and_told(run: Run, tmp_path: Path) -> None:
    made = run("backup", "-o", str(tmp_path / "b.tar.zst"))

    assert made.exit_code == 0
    assert made.stdout.startswith(str(tmp_path / "b.tar.zst"))
    assert "encrypt it" in made.stderr


def test_under_json_the_manifest_is_told(run: Run, tmp_path: Path) -> None:
    told = json.loads(run("backup", "-o", str(tmp_path / "b"), "--json").stdout)

    assert told["alliance"] == "NATO"
    assert told["position"] > 0
    assert len(told["digest"]) == 64
    names = ["log.db", "state.db", "foedus.toml"]
    assert [part["name"] for part in told["parts"]] == names
    assert run("backup", "verify", str(tmp_path / "b"), "--json").exit_code == 0


def test_without_a_file_it_is_misused(run: Run) -> None:
    done = run("backup")

    assert done.exit_code == 2
    assert "foedus backup -o FILE" in done.stderr


def test_options_of_making_are_none_of_verifying(run: Run, tmp_path: Path) -> None:
    assert run("backup", "--force", "verify", str(tmp_path / "b")).exit_code == 2


def test_a_file_that_is_there_is_refused(run: Run, tmp_path: Path) -> None:
    (tmp_path / "b").write_text("mine")

    done = run("backup", "-o", str(tmp_path / "b"))

    assert done.exit_code == 1
    assert "--force" in done.stderr
    assert (tmp_path / "b").read_text() == "mine"
    assert run("backup", "-o", str(tmp_path / "b"), "--force").exit_code == 0


@pytest.mark.parametrize("words", [("-o", "{}/b"), ("verify", "{}/b")])
def test_where_nothing_is_it_is_refused(
    run_nowhere: Run, tmp_path: Path, words: tuple[str, str]
) -> None:
    word, path = words
    done = run_nowhere("backup", word, path.format(tmp_path))

    assert done.exit_code == 1
    assert done.stderr.startswith("foedus: ")


def test_a_good_backup_is_said_to_be_good(run: Run, tmp_path: Path) -> None:
    run("backup", "-o", str(tmp_path / "b"))
    (tmp_path / "scratch").mkdir()

    scratch = ("--scratch", str(tmp_path / "scratch"))
    done = run("backup", "verify", str(tmp_path / "b"), *scratch)

    assert done.exit_code == 0
    assert "entries are what was written" in done.stdout
    assert list((tmp_path / "scratch").iterdir()) == []


def test_a_damaged_backup_is_refused(run: Run, tmp_path: Path) -> None:
    run("backup", "-o", str(tmp_path / "b"))
    content = (tmp_path / "b").read_bytes()
    (tmp_path / "b").write_bytes(content[:-100])

    done = run("backup", "verify", str(tmp_path / "b"))

    assert done.exit_code == 1
    assert "cut off" in done.stderr
