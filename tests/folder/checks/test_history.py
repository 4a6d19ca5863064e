from datetime import timedelta
from pathlib import Path

import apsw
import msgspec
import pytest

from foedus.folder.backup import back_up
from foedus.folder.checks import history
from foedus.folder.findings import Case, Level
from foedus.folder.formats import LOG, STATE, VIEWS
from foedus.identity.store import StateStore
from tests.cli.conftest import run_in
from tests.folder.checks.conftest import only

MANY = """
WITH RECURSIVE n (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n LIMIT 99999)
INSERT INTO wide SELECT x FROM n
"""


def edit(path: Path, statement: str) -> None:
    db = apsw.Connection(str(path))
    db.execute(statement)
    db.close()


def later(case: Case, **much: float) -> Case:
    return msgspec.structs.replace(case, at=case.at + timedelta(**much))


def settled(folder: Path) -> None:
    """Move every write-ahead log into its file."""
    for name in (LOG, STATE, VIEWS):
        db = apsw.Connection(str(folder / name))
        db.pragma("journal_mode")  # Only who has looked at a file sees its journal.
        db.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_TRUNCATE)
        db.close()


def test_sound_files_are_sound(case: Case) -> None:
    assert [each.level for each in history.integrity(case)] == [Level.OK] * 3


@pytest.mark.parametrize("name", [LOG, VIEWS])
def test_a_damaged_file_is_named_with_what_to_do(case: Case, name: str) -> None:
    settled(case.folder)
    path = case.folder / name
    with path.open("r+b") as file:
        file.seek(path.stat().st_size // 2 // 16_384 * 16_384)
        file.write(b"\xff" * 16_384)

    (bad,) = [each for each in history.integrity(case) if each.level is Level.ERROR]

    assert bad.what == f"{name} is damaged"
    assert ("delete views.db" in bad.todo) is (name == VIEWS)


def test_a_check_stops_when_its_time_is_over(case: Case) -> None:
    hurried = msgspec.structs.replace(case, seconds=-1.0)
    edit(case.folder / VIEWS, "CREATE TABLE wide (x)")
    edit(case.folder / VIEWS, MANY)

    found = [each.what for each in history.integrity(hurried)]

    assert "views.db is sound as far as there was time" in found


def test_an_altered_entry_is_found_and_named(case: Case) -> None:
    edit(case.folder / LOG, "UPDATE entry SET nation = 'XXX' WHERE position = 3")

    found = only([*history.chain(case)])

    assert found.level is Level.ERROR
    assert "position 3" in found.what


def test_the_chain_is_checked_on_from_where_it_was_good(case: Case) -> None:
    assert "all" in only([*history.chain(case)]).what
    edit(case.folder / LOG, "UPDATE entry SET nation = 'XXX' WHERE position = 3")

    assert only([*history.chain(case)]).level is Level.OK, "that was looked at before"

    StateStore(case.folder / STATE).set_setting(history.VERIFIED, "nonsense")
    assert only([*history.chain(case)]).level is Level.ERROR


def test_a_chain_that_is_too_long_for_the_time_goes_on_next_time(case: Case) -> None:
    hurried = msgspec.structs.replace(case, seconds=-1.0)
    edit(case.folder / STATE, "DELETE FROM setting")

    what = only([*history.chain(hurried)]).what

    assert what.startswith("all ") or "run it again" in what


@pytest.mark.parametrize(
    ("ahead", "level"),
    [
        (timedelta(), Level.OK),
        (timedelta(minutes=1), Level.WARN),
        (timedelta(days=1), Level.ERROR),
    ],
)
def test_a_clock_behind_the_last_entry_is_told(
    case: Case, ahead: timedelta, level: Level
) -> None:
    db = apsw.Connection(str(case.folder / LOG))
    arrival_ms = db.execute("SELECT arrival_ms FROM head").get
    behind = history.from_ms(arrival_ms) - ahead

    found = only([*history.clock(msgspec.structs.replace(case, at=behind))])

    assert found.level is level


def test_views_that_follow_are_well(case: Case) -> None:
    assert only([*history.views(case)]).level is Level.OK


@pytest.mark.parametrize(
    ("change", "level", "words"),
    [
        ("position = position + 1", Level.ERROR, "another's"),
        ("position = position - 1", Level.WARN, "1 entries behind"),
        ("version = 'other'", Level.WARN, "another version"),
    ],
)
def test_views_that_do_not_follow_are_told(
    case: Case, change: str, level: Level, words: str
) -> None:
    edit(case.folder / VIEWS, f"UPDATE folded SET {change}")  # noqa: S608 - our own

    found = only([*history.views(case)])

    assert found.level is level
    assert words in found.what


def test_a_hub_without_views_is_well(case: Case) -> None:
    for path in case.folder.glob(f"{VIEWS}*"):
        path.unlink()

    assert only([*history.views(case)]).level is Level.OK
    assert len([*history.integrity(case)]) == 2


def test_no_backup_and_an_old_backup_are_warnings(case: Case, tmp_path: Path) -> None:
    assert "no backup" in only([*history.backups(case)]).what
    back_up(case.folder, tmp_path / "b", at=case.at)

    assert only([*history.backups(case)]).level is Level.OK
    assert only([*history.backups(later(case, days=8))]).level is Level.WARN


def test_a_backup_that_holds_what_was_redacted_is_told_until_it_is_gone(
    case: Case, tmp_path: Path
) -> None:
    made = back_up(case.folder, tmp_path / "b", at=case.at)
    position = made.manifest.position
    words = ("log", "redact", str(position), "--as", "pol", "--reason", "spilled")
    assert run_in(case.folder, *words).exit_code == 0
    back_up(case.folder, tmp_path / "later", at=case.at)

    found = [*history.backups(case)]
    assert [each.level for each in found] == [Level.OK, Level.WARN]
    assert found[1].what.startswith(f"{tmp_path / 'b'} holds 1 entries")

    made.path.unlink()
    assert len([*history.backups(case)]) == 1
