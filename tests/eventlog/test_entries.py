"""What only the reader of the log in SQLite does; the contract is in `test_log`."""

import asyncio
import uuid
from pathlib import Path

import apsw
import pytest

from foedus.errors import CorruptLogError, TooLargeError, UnavailableError
from foedus.eventlog.entries import VERIFY_ENTRIES, SqliteEntries, verify_on
from foedus.eventlog.log import READ_BYTES_MAX, STREAM_ENTRIES_MAX, EventLog
from foedus.eventlog.sequence import Head
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

    with pytest.raises(CorruptLogError, match=r"the label of .* position 1 is gone$"):
        sqlite_log.read("notes/1")
    with pytest.raises(CorruptLogError, match=r"position 1 has lost its label$"):
        sqlite_log.verify()


async def test_a_stream_above_the_limit_of_a_read_is_refused(
    sqlite_log: EventLog,
) -> None:
    await sqlite_log.append_many(appends(STREAM_ENTRIES_MAX))
    most = sqlite_log.read("notes/1")
    await sqlite_log.append(an_append())

    assert len(most) == STREAM_ENTRIES_MAX
    with pytest.raises(TooLargeError) as caught:
        sqlite_log.read("notes/1")
    assert caught.value.detail == (
        f"notes/1 has more than {STREAM_ENTRIES_MAX} entries; read it in pages"
    )


async def test_a_read_of_large_bodies_stops_at_its_limit_of_bytes(
    sqlite_log: EventLog,
) -> None:
    names = len(CODEC.encode(Noted())[1])
    large = Noted(text="x" * (READ_BYTES_MAX // 8 - names))
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
    with pytest.raises(UnavailableError) as caught:
        entries.head()
    assert caught.value.detail == "the log is closed; come back"


def test_a_reader_of_a_file_that_is_gone_says_look(tmp_path: Path) -> None:
    entries = SqliteEntries(tmp_path / "nowhere" / FILE_NAME)

    assert entries.is_changed()
    assert entries.is_changed(), "and goes on saying so"


async def test_a_log_is_verified_on_from_where_it_was_good(
    tmp_path: Path, sqlite_log: EventLog
) -> None:
    await sqlite_log.append_many(appends(3))
    log = tmp_path / FILE_NAME
    good = verify_on(log, Head(), 10)
    await sqlite_log.append_many(appends(2))
    edit(tmp_path, "UPDATE entry SET kind = 'other.kind' WHERE position = 2")

    assert good.position == 3
    assert verify_on(log, good, 10).position == 5
    with pytest.raises(CorruptLogError) as refused:
        verify_on(log, Head(position=Position(3), digest=bytes(32)), 10)
    assert refused.value.position == 2, "that place is not in this log"


async def test_verifying_stops_when_its_time_is_over(
    tmp_path: Path, sqlite_log: EventLog
) -> None:
    await sqlite_log.append_many(appends(VERIFY_ENTRIES + 2))

    good = verify_on(tmp_path / FILE_NAME, Head(), 0)

    assert good.position == VERIFY_ENTRIES
    assert verify_on(tmp_path / FILE_NAME, good, 0).position == VERIFY_ENTRIES + 2


async def test_verifying_on_finds_that_the_end_is_gone(
    tmp_path: Path, sqlite_log: EventLog
) -> None:
    await sqlite_log.append_many(appends(3))
    edit(tmp_path, "DELETE FROM entry WHERE position = 3")

    with pytest.raises(CorruptLogError) as refused:
        verify_on(tmp_path / FILE_NAME, Head(), 10)

    assert refused.value.position == 3
    assert refused.value.detail == (
        "the entry at position 3 is missing; the log had it"
    )


async def test_a_log_that_lost_its_head_is_told_so(
    tmp_path: Path, sqlite_log: EventLog
) -> None:
    await sqlite_log.append(an_append())
    edit(tmp_path, "DELETE FROM head")

    with pytest.raises(CorruptLogError) as refused:
        sqlite_log.verify()

    assert refused.value.position == 1
    assert refused.value.detail == "the log has lost its head"
