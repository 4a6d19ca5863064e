from pathlib import Path

import apsw
import pytest

from foedus.errors import UnavailableError
from foedus.eventlog.database import (
    BUSY_MS,
    CAUSE_LASTS_S,
    WAL_PAGES,
    disk_in_words,
    empty_wal,
    immediate,
    open_readable,
    open_writable,
    refusal_of,
    snapshot,
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "x.db"
    db = open_writable(path, synchronous="FULL")
    db.execute("CREATE TABLE t (x INTEGER) STRICT")
    db.close()
    return path


def count(db: apsw.Connection) -> int:
    counted: int = db.execute("SELECT count(*) FROM t").get
    return counted


def fail_inside(db: apsw.Connection, statement: str) -> None:
    with immediate(db):
        db.execute(statement)
        db.execute("nonsense")


def test_a_database_is_in_write_ahead_mode_with_large_pages(path: Path) -> None:
    db = open_writable(path, synchronous="FULL")

    assert db.pragma("journal_mode") == "wal"
    assert db.pragma("page_size") == 16_384
    assert db.pragma("synchronous") == 2
    assert open_writable(path, synchronous="NORMAL").pragma("synchronous") == 1


def test_a_database_waits_and_keeps_pages_as_far_as_is_said(path: Path) -> None:
    writer, reader = open_writable(path, synchronous="FULL"), open_readable(path)

    assert writer.pragma("busy_timeout") == BUSY_MS
    assert reader.pragma("busy_timeout") == BUSY_MS
    assert writer.pragma("wal_autocheckpoint") == WAL_PAGES
    assert writer.pragma("cache_size") == -65_536
    assert reader.pragma("cache_size") == -16_384


def test_a_new_file_is_its_owners_alone(path: Path) -> None:
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_statement_is_planned_once_whatever_is_bound_to_its_limit(
    path: Path,
) -> None:
    planned = []

    def note(operation: int, *_of: str | None) -> int:
        planned.append(operation)
        return apsw.SQLITE_OK

    for db in (open_writable(path, synchronous="FULL"), open_readable(path)):
        planned.clear()
        db.authorizer = note
        for limit in range(1, 4):
            bindings = {"limit": limit}
            db.execute("SELECT x FROM t ORDER BY x LIMIT :limit", bindings).fetchall()

        assert planned.count(apsw.SQLITE_SELECT) == 1


def test_a_block_that_fails_leaves_nothing(path: Path) -> None:
    db = open_writable(path, synchronous="NORMAL")

    with pytest.raises(apsw.SQLError):
        fail_inside(db, "INSERT INTO t VALUES (1)")

    assert (count(db), db.in_transaction) == (0, False)


def test_a_block_that_ended_itself_still_tells_its_error(path: Path) -> None:
    db = open_writable(path, synchronous="NORMAL")

    with pytest.raises(apsw.SQLError):
        fail_inside(db, "ROLLBACK")

    assert not db.in_transaction


def test_a_reader_cannot_write(path: Path) -> None:
    with pytest.raises(apsw.ReadOnlyError):
        open_readable(path).execute("INSERT INTO t VALUES (1)")


def test_a_snapshot_does_not_see_what_is_committed_meanwhile(path: Path) -> None:
    reader, writer = open_readable(path), open_writable(path, synchronous="NORMAL")

    with snapshot(reader):
        before = count(reader)
        writer.execute("INSERT INTO t VALUES (1)")
        during = count(reader)

    assert (before, during, count(reader)) == (0, 0, 1)


def test_an_emptied_write_ahead_log_is_in_the_file(path: Path) -> None:
    db = open_writable(path, synchronous="NORMAL")
    db.execute("INSERT INTO t VALUES (1)")

    assert empty_wal(db, patience_s=0)

    assert path.with_name("x.db-wal").stat().st_size == 0
    assert count(open_readable(path)) == 1


def test_a_write_ahead_log_is_not_emptied_under_a_reader(path: Path) -> None:
    reader, writer = open_readable(path), open_writable(path, synchronous="NORMAL")
    writer.execute("INSERT INTO t VALUES (1)")

    with snapshot(reader):
        count(reader)
        writer.execute("INSERT INTO t VALUES (1)")
        during = empty_wal(writer, patience_s=0.1)

    assert (during, empty_wal(writer, patience_s=0)) == (False, True)
    assert writer.pragma("busy_timeout") == BUSY_MS


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (
            apsw.FullError(),
            "the disk of the hub is full; come back when its operator has made room",
        ),
        (
            apsw.ReadOnlyError(),
            (
                "the disk of the hub can only be read; come back when its operator has "
                "mended that"
            ),
        ),
        (
            apsw.CantOpenError(),
            (
                "the hub cannot open its files; come back, and tell its operator to "
                "run 'foedus doctor'"
            ),
        ),
        (
            apsw.IOError(),
            (
                "the disk of the hub fails; come back, and tell its operator to run "
                "'foedus doctor'"
            ),
        ),
        (apsw.NoMemError(), "the hub has no memory left; come back"),
    ],
)
def test_what_the_machine_refuses_is_said_in_words(
    error: apsw.Error, words: str
) -> None:
    with pytest.raises(UnavailableError) as said, disk_in_words():
        raise error

    assert said.value.detail == words
    assert said.value.retry_after_s == CAUSE_LASTS_S


def test_any_other_failure_of_a_database_stays_what_it_is() -> None:
    with pytest.raises(apsw.ConstraintError), disk_in_words():
        raise apsw.ConstraintError

    assert refusal_of(apsw.BusyError()) is None


def test_what_cannot_be_opened_is_said_in_words(tmp_path: Path) -> None:
    with pytest.raises(UnavailableError, match="cannot open its files"):
        open_readable(tmp_path / "nothing")
