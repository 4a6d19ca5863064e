import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from foedus.__main__ import load_app
from foedus.cli.root import foedus
from foedus.cli.station import Station
from foedus.clock import StoppedClock
from tests.cli.conftest import Run, run_in

MALWARE = "malware--11111111-1111-4111-8111-111111111111"


@pytest.fixture
def made(run: Run, bundle: Path, tmp_path: Path) -> Path:
    """A backup of a hub with two published objects."""
    words = ("intel", "publish", str(bundle), "--collection", "indicators")
    assert run(*words, "--as", "pol").exit_code == 0
    path = tmp_path / "b.tar.zst"
    assert run("backup", "-o", str(path)).exit_code == 0
    return path


def restored(made: Path, *words: str) -> Result:
    return run_in(made.parent / "new", "restore", str(made), *words)


def published(folder: Path) -> list[dict[str, Any]]:
    words = ("intel", "export", "--collection", "indicators", "--as", "mda")
    done = run_in(folder, *words)
    assert done.exit_code == 0
    objects: list[dict[str, Any]] = json.loads(done.stdout)["objects"]
    return objects


def place_of_malware(run: Run) -> int:
    found = run("log", "find", MALWARE, "--json").stdout
    position: int = json.loads(found)[0]["position"]
    return position


def test_a_restored_hub_gives_what_the_old_one_gave(folder: Path, made: Path) -> None:
    done = restored(made)

    assert done.exit_code == 0
    assert "Restored" in done.stdout
    assert published(made.parent / "new") == published(folder)
    assert run_in(made.parent / "new", "log", "verify").exit_code == 0


def test_it_is_said_what_the_backup_cannot_know(made: Path) -> None:
    talk = restored(made).stderr

    assert "revoke again" in talk
    assert "What was redacted after entry" in talk


def test_under_json_it_is_told_what_was_restored(made: Path) -> None:
    told = json.loads(restored(made, "--json").stdout)

    assert told["alliance"] == "NATO"
    assert told["erased"] == []
    assert told["folder"].endswith("new")


def test_what_was_redacted_since_does_not_come_back(run: Run, made: Path) -> None:
    position = place_of_malware(run)
    words = ("log", "redact", str(position), "--as", "pol", "--reason", "spilled")
    told = json.loads(run(*words, "--json").stdout)
    assert told["backups"] == [str(made)]
    (made.parent / "list").write_text(run("log", "redactions").stdout)

    done = restored(made, "--redactions", str(made.parent / "list"), "--json")

    assert json.loads(done.stdout)["erased"] == [position]
    assert "redacted after" not in done.stderr
    new = made.parent / "new"
    assert run_in(new, "log", "verify").exit_code == 0
    assert MALWARE not in {each["id"] for each in published(new)}
    assert b"is_family" not in (new / "log.db").read_bytes()


def test_a_redaction_tells_which_backups_hold_the_bytes(run: Run, made: Path) -> None:
    position = place_of_malware(run)
    words = ("log", "redact", str(position), "--as", "pol", "--reason", "spilled")
    kept = made.parent / "kept"
    made.rename(kept)

    talk = run(*words).stderr

    assert "Backups that hold it: 1, of which 0" in talk


def test_into_a_folder_that_is_not_empty_nothing_is_restored(
    folder: Path, made: Path
) -> None:
    done = run_in(folder, "restore", str(made))

    assert done.exit_code == 1
    assert "is not empty" in done.stderr


def test_a_clock_before_the_last_entry_is_told(made: Path) -> None:
    station = Station(
        load=load_app,
        clock=StoppedClock(datetime.now(UTC) - timedelta(days=2)),
    )
    words = ["restore", str(made), "--data", str(made.parent / "new")]

    done = CliRunner().invoke(foedus, words, obj=station)

    assert done.exit_code == 0
    assert "clock of this machine is earlier" in done.stderr


def test_what_is_no_backup_is_refused(tmp_path: Path) -> None:
    (tmp_path / "b").write_bytes(b"PK")

    done = run_in(tmp_path / "new", "restore", str(tmp_path / "b"))

    assert done.exit_code == 1
    assert "no backup of Foedus" in done.stderr
