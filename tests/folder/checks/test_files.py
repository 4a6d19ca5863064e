import os
import shutil
from pathlib import Path
from types import SimpleNamespace

import apsw
import msgspec
import pytest

from foedus.folder.backup import UNDERWAY
from foedus.folder.checks import files
from foedus.folder.findings import Case, Level
from foedus.folder.formats import LOG, STATE, VIEWS
from foedus.folder.restore import STAGE
from tests.folder.checks.conftest import only, said


def elsewhere(case: Case, folder: Path) -> Case:
    return msgspec.structs.replace(case, folder=folder)


def test_a_hub_is_found(case: Case) -> None:
    assert only([*files.founded(case)]).level is Level.OK


def test_an_empty_folder_is_told_from_half_a_hub_and_half_a_restore(
    case: Case, tmp_path: Path
) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    assert "no hub in" in only([*files.founded(elsewhere(case, empty))]).what

    (empty / STAGE).mkdir()
    assert "interrupted" in only([*files.founded(elsewhere(case, empty))]).what

    (case.folder / STATE).unlink()
    assert "only one is here" in only([*files.founded(case)]).what


def test_files_that_others_may_open_are_errors(case: Case) -> None:
    assert only([*files.permissions(case)]).level is Level.OK
    (case.folder / LOG).chmod(0o640)
    case.folder.chmod(0o711)

    found = [*files.permissions(case)]

    assert [each.level for each in found] == [Level.ERROR, Level.ERROR]
    assert found[1].todo == f"chmod go= {case.folder / LOG}"


def test_files_of_another_user_are_an_error(
    case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 12_345)

    assert "another user" in next(files.permissions(case)).what


def test_files_that_can_only_be_read_are_an_error(
    case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "access", lambda *_: False)

    assert "only be read" in only([*files.permissions(case)]).what


@pytest.mark.parametrize(
    ("free", "level"),
    [(10**7, Level.ERROR), (5 * 10**8, Level.WARN), (10**11, Level.OK)],
)
def test_little_room_is_told_before_there_is_none(
    case: Case, monkeypatch: pytest.MonkeyPatch, free: int, level: Level
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=free))

    assert only([*files.space(case)]).level is level


@pytest.mark.parametrize(
    ("number", "level"), [(99, Level.ERROR), (1, Level.WARN), (2, Level.OK)]
)
def test_a_newer_format_is_an_error_and_an_older_a_warning(
    case: Case, number: int, level: Level
) -> None:
    db = apsw.Connection(str(case.folder / LOG))
    db.pragma("user_version", number)
    db.close()

    found = only([*files.formats(case)])

    assert found.level is level
    assert bool(found.todo) is (level is not Level.OK)


def test_a_journal_without_its_file_is_an_error(case: Case) -> None:
    assert only([*files.journals(case)]).level is Level.OK
    (case.folder / VIEWS).unlink()
    (case.folder / f"{VIEWS}-wal").touch()

    assert "without views.db" in only([*files.journals(case)]).what


def test_a_journal_that_grows_and_grows_is_a_warning(case: Case) -> None:
    journal = case.folder / f"{VIEWS}-wal"
    journal.touch()
    os.truncate(journal, files.WAL_LARGE + 1)

    assert only([*files.journals(case)]).level is Level.WARN


def test_a_lock_that_is_held_is_named(case: Case) -> None:
    assert only([*files.locks(case)]).level is Level.OK
    db = apsw.Connection(str(case.folder / STATE))
    db.execute("BEGIN IMMEDIATE")

    found = only([*files.locks(case)])

    assert found.level is Level.ERROR
    assert "lock of state.db" in found.what
    db.execute("ROLLBACK")


def test_what_killed_processes_left_is_named(case: Case) -> None:
    assert said([*files.leftovers(case)])[0][0] == "ok"
    (case.folder / STAGE).mkdir()
    (case.folder / f"{UNDERWAY}x").mkdir()

    found = [*files.leftovers(case)]

    assert {each.todo for each in found} == {
        f"rm -r {case.folder / STAGE}",
        f"rm -r {case.folder / f'{UNDERWAY}x'}",
    }
