"""What only the reader of the log in SQLite does; the contract is in `test_log`."""

import asyncio
import uuid
from pathlib import Path

import apsw
import pytest

from foedus.errors import CorruptLogError, TooLargeError, UnavailableError
from foedus.eventlog.entries import SqliteEntries
from foedus.eventlog.log import READ_BYTES_MAX, STREAM_ENTRIES_MAX, EventLog
from foedus.eventlog.sqlite import FILE_NAME, open_sqlite_log
from foedus.ids import START, Position
from tests.eventlog.samples import CODEC, Noted, an_append, appends, clock_at_noon


def edit(folder: Path, statement: str) -> None:
    db = apsw.Connection(str(folder / FILE_NAME))
    db.execute(statement)
    db.close()


async def test_an_entry_that_lost_its_label_is_not_read(
    tmp_path: Path, sqlite_log: EventLog
) -> None:
    await sqlite_log.append(an_append(label="SECRET"))
    edit(tmp_path, "DELETE FROM label")

    with pytest.raises(CorruptLogError):
        sqlite_log.read("notes/1")
    with pytest.raises(CorruptLogError):
        sqlite_log.verify()


async def test_a_stream_above_the_limit_of_a_read_is_refused(
    sqlite_log: EventLog,
) -> None:
    await sqlite_log.append_many(appends(STREAM_ENTRIES_MAX + 1))

    with pytest.raises(TooLargeError):
        sqlite_log.read("notes/1")


async def test_a_read_of_large_bodies_stops_at_its_limit_of_bytes(
    sqlite_log: EventLog,
) -> None:
    large = Noted(text="x" * (READ_BYTES_MAX // 8))
    for _ in range(10):
        await sqlite_log.append(an_append(event=large))

    assert len(sqlite_log.read_after(START, 100)) == 8
    assert len(sqlite_log.read_after(Position(8), 100)) == 2


def test_a_reader_tells_whether_another_committed(tmp_path: Path) -> None:
    log = open_sqlite_log(tmp_path, CODEC, clock_at_noon())
    entries = SqliteEntries(tmp_path / FILE_NAME)
    entries.is_changed()

    before = entries.is_changed()
    asyncio.run(log.append(an_append(event_id=uuid.uuid4())))
    after = entries.is_changed()
    entries.close()
    log.close()

    assert (before, after) == (False, True)
    with pytest.raises(UnavailableError):
        entries.head()


def test_a_reader_of_a_file_that_is_gone_says_look(tmp_path: Path) -> None:
    entries = SqliteEntries(tmp_path / "nowhere" / FILE_NAME)

    assert entries.is_changed()
