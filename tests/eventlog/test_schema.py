"""Logs of older formats; a log that was ever written stays readable."""

from pathlib import Path

import apsw
import pytest
from structlog.testing import capture_logs

from foedus.errors import ConflictError, CorruptLogError, UnavailableError
from foedus.eventlog.log import EventLog
from foedus.eventlog.schema import FORMAT
from foedus.eventlog.sqlite import FILE_NAME, open_sqlite_log
from foedus.ids import START
from tests.eventlog.samples import (
    CODEC,
    Counted,
    a_redaction,
    an_append,
    appends,
    clock_at_noon,
)

ENTRY_1 = """
CREATE TABLE entry_1 (
    position    INTEGER PRIMARY KEY CHECK (position > 0),
    event_id    BLOB NOT NULL UNIQUE CHECK (length(event_id) = 16),
    stream      TEXT NOT NULL CHECK (stream <> ''),
    kind        TEXT NOT NULL CHECK (kind <> ''),
    account     TEXT NOT NULL CHECK (account <> ''),
    nation      TEXT NOT NULL CHECK (nation <> ''),
    door        TEXT NOT NULL CHECK (door <> ''),
    "by"        TEXT CHECK ("by" <> ''),
    arrival_ms  INTEGER NOT NULL,
    label       INTEGER NOT NULL REFERENCES label (id),
    salt        BLOB CHECK (length(salt) = 16),
    commitment  BLOB NOT NULL CHECK (length(commitment) = 32),
    digest      BLOB NOT NULL CHECK (length(digest) = 32),
    body        BLOB CHECK ((body IS NULL) = (salt IS NULL))
) STRICT;

INSERT INTO entry_1
SELECT position, event_id, stream, kind, account, nation, door, "by", arrival_ms,
       label, salt, commitment, digest, body
  FROM entry;

DROP TABLE entry;

ALTER TABLE entry_1 RENAME TO entry;

CREATE INDEX entry_by_stream ON entry (stream);

CREATE INDEX entry_of_redaction ON entry (position) WHERE kind = 'log.redacted';

PRAGMA user_version = 1;
"""


def opened(folder: Path) -> EventLog:
    return open_sqlite_log(folder, CODEC, clock_at_noon())


def schema(folder: Path) -> list[tuple[object, ...]]:
    db = apsw.Connection(str(folder / FILE_NAME))
    found = sorted(db.execute("SELECT name, sql FROM sqlite_schema"), key=repr)
    db.close()
    return found


def edit(folder: Path, statements: str) -> None:
    db = apsw.Connection(str(folder / FILE_NAME))
    db.execute(statements)
    db.close()


@pytest.fixture
async def log_of_format_1(tmp_path: Path) -> Path:
    log = opened(tmp_path)
    await log.append_many(appends(4))
    await log.append(an_append("notes/2", label="NATO RESTRICTED"))
    await log.redact(a_redaction(2, residue=Counted(number=0)))
    log.close()
    edit(tmp_path, ENTRY_1)
    return tmp_path


async def test_a_log_of_format_1_is_brought_up_to_date(log_of_format_1: Path) -> None:
    with capture_logs() as said:
        log = opened(log_of_format_1)

    assert said == [
        {"event": "log_upgraded", "log_level": "info", "version": 1, "to": FORMAT}
    ]
    assert log.verify() == 6
    assert [each.position for each in log.read("notes/1")] == [1, 2, 3, 4]
    assert [each.label for each in log.read("notes/2")] == ["NATO RESTRICTED"]
    (_, erased, *_) = log.read_after(START, 9)
    assert erased.erased
    assert erased.residue is not None
    with pytest.raises(ConflictError):
        await log.append(an_append("notes/2", after=START))
    assert await log.append(an_append("notes/3", after=START)) == 7
    assert log.verify() == 7
    log.close()


async def test_it_then_is_as_a_new_one(log_of_format_1: Path, tmp_path: Path) -> None:
    opened(log_of_format_1).close()
    new = tmp_path / "new"
    new.mkdir()
    opened(new).close()

    assert schema(log_of_format_1) == schema(new)
    db = apsw.Connection(str(log_of_format_1 / FILE_NAME))
    assert db.pragma("user_version") == FORMAT
    db.close()


async def test_a_damaged_log_of_format_1_is_left_as_it_is(
    log_of_format_1: Path,
) -> None:
    find = "SELECT rootpage FROM sqlite_schema WHERE name = 'entry'"
    file = log_of_format_1 / FILE_NAME
    db = apsw.Connection(str(file))
    start = (db.execute(find).get - 1) * db.pragma("page_size")
    db.close()
    content = bytearray(file.read_bytes())
    content[start : start + 100] = bytes(100)
    file.write_bytes(content)

    with pytest.raises(CorruptLogError) as caught:
        opened(log_of_format_1)

    assert caught.value.position == 0
    assert caught.value.detail == (
        "the file of the log is damaged; restore it from a backup"
    )
    assert file.read_bytes() == content


def test_a_log_that_a_newer_foedus_wrote_is_left_to_it(tmp_path: Path) -> None:
    opened(tmp_path).close()
    edit(tmp_path, f"PRAGMA user_version = {FORMAT + 1}")

    with pytest.raises(UnavailableError) as caught:
        opened(tmp_path)

    assert caught.value.detail == "a newer Foedus wrote this log; upgrade first"


def test_a_log_of_this_format_is_opened_without_a_word(tmp_path: Path) -> None:
    with capture_logs() as said:
        opened(tmp_path).close()
        opened(tmp_path).close()

    assert said == []
