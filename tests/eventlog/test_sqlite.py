"""What only the log in SQLite does; the contract is in `test_log`."""

import asyncio
import contextlib
import itertools
import re
import resource
import shutil
import threading
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

import apsw
import pytest
from hypothesis import given
from hypothesis import strategies as st
from structlog.testing import capture_logs

from foedus.clock import StoppedClock, system_clock
from foedus.errors import (
    ConflictError,
    CorruptLogError,
    NotFoundError,
    UnavailableError,
)
from foedus.eventlog.database import open_readable, snapshot
from foedus.eventlog.log import EventLog
from foedus.eventlog.schema import FORMAT
from foedus.eventlog.sqlite import ERASE_PATIENCE_S, FILE_NAME, open_sqlite_log
from foedus.ids import START
from tests.eventlog import another_process
from tests.eventlog.samples import (
    CODEC,
    Noted,
    a_redaction,
    an_append,
    appends,
    clock_at_noon,
    numbers,
)


def edit(folder: Path, statement: str) -> None:
    db = apsw.Connection(str(folder / FILE_NAME))
    db.execute(statement)
    db.close()


async def test_a_log_is_as_it_was_when_it_is_opened_again(tmp_path: Path) -> None:
    for day in range(3):
        log = open_sqlite_log(tmp_path, CODEC, clock_at_noon())
        assert await log.append(an_append()) == day + 1
        log.close()

    log = open_sqlite_log(tmp_path, CODEC, clock_at_noon())
    assert log.verify() == 3
    log.close()


async def test_a_retry_is_known_after_a_restart(tmp_path: Path) -> None:
    request = an_append(after=START)
    for _ in range(2):
        log = open_sqlite_log(tmp_path, CODEC, clock_at_noon())
        assert await log.append(request) == 1
        log.close()


def test_a_log_of_a_newer_version_is_refused(
    tmp_path: Path, sqlite_log: EventLog
) -> None:
    edit(tmp_path, f"PRAGMA user_version = {FORMAT + 1}")

    with pytest.raises(UnavailableError, match=r"^a newer Foedus wrote this log; "):
        open_sqlite_log(tmp_path, CODEC, clock_at_noon())
    assert sqlite_log.head() == START


def test_many_may_open_a_new_log_at_once(tmp_path: Path) -> None:
    opened: list[EventLog] = []

    def open_one() -> None:
        opened.append(open_sqlite_log(tmp_path, CODEC, clock_at_noon()))

    threads = [threading.Thread(target=open_one) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(opened) == 12
    for log in opened:
        log.close()


async def test_the_log_is_durable_and_in_large_pages(
    tmp_path: Path, sqlite_log: EventLog
) -> None:
    await sqlite_log.append(an_append())

    db = apsw.Connection(str(tmp_path / FILE_NAME))
    assert db.pragma("journal_mode") == "wal"
    assert db.pragma("page_size") == 16_384
    db.close()


async def test_a_body_is_a_plain_blob_that_others_may_cut(
    tmp_path: Path, sqlite_log: EventLog
) -> None:
    await sqlite_log.append(an_append(event=Noted(text="seen")))

    db = apsw.Connection(":memory:")
    db.execute("ATTACH ? AS log", (str(tmp_path / FILE_NAME),))
    cut = "SELECT typeof(body), substr(body, 1 + 23, 13) FROM log.entry"
    assert db.execute(cut).get == ("blob", b'"text":"seen"')
    db.close()


async def test_label_texts_are_kept_once(tmp_path: Path, sqlite_log: EventLog) -> None:
    for label in ("A", "B", "A", "", "B"):
        await sqlite_log.append(an_append(label=label))

    db = apsw.Connection(str(tmp_path / FILE_NAME))
    assert db.execute("SELECT count(*) FROM label").get == 3
    db.close()


async def test_two_logs_of_one_folder_append_side_by_side(
    tmp_path: Path, sqlite_log: EventLog, clock: StoppedClock
) -> None:
    other = open_sqlite_log(tmp_path, CODEC, clock)

    positions = [
        await each.append(an_append(label=f"L{n}"))
        for n in range(5)
        for each in (sqlite_log, other)
    ]

    assert positions == list(range(1, 11))
    assert sqlite_log.verify() == 10
    other.close()


def test_processes_append_side_by_side(tmp_path: Path) -> None:
    log = open_sqlite_log(tmp_path, CODEC, system_clock)
    processes = [
        another_process.start("append", tmp_path, f"p{n}", 25) for n in range(3)
    ]
    printed = [process.communicate(timeout=60)[0] for process in processes]

    acknowledged = [line.split() for lines in printed for line in lines.splitlines()]
    entries = log.read_after(START, 1000)
    assert sorted(int(position) for position, _ in acknowledged) == list(range(1, 601))
    assert {(str(one.position), str(one.event_id)) for one in entries} == {
        (position, event_id) for position, event_id in acknowledged
    }
    assert numbers(log.read("p1/3")) == list(range(25))
    assert log.verify() == 600
    log.close()


def test_a_reader_sees_whole_commits_only(tmp_path: Path) -> None:
    log = open_sqlite_log(tmp_path, CODEC, system_clock)
    seen: list[list[int]] = []

    async def write() -> None:
        for _ in range(60):
            await log.append_many(appends(7))

    writer = threading.Thread(target=asyncio.run, args=(write(),))
    writer.start()
    after = START
    while after < 420:
        page = log.read_after(after, 1)
        groups = groupby(page, lambda one: one.arrival_ms)
        seen += [[one.position for one in commit] for _, commit in groups]
        after = page[-1].position if page else after
    writer.join()

    assert seen == [list(range(n, n + 7)) for n in range(1, 421, 7)]
    log.close()


@pytest.mark.parametrize("turn", range(5))
def test_what_was_acknowledged_survives_a_kill_and_is_there_once(
    tmp_path: Path, turn: int
) -> None:
    process = another_process.start("append", tmp_path, "crash", 100_000)
    assert process.stdout is not None, "it is a pipe"
    acknowledged = [process.stdout.readline().split() for _ in range(40 + 60 * turn)]
    process.kill()
    rest, _ = process.communicate()
    acknowledged += [
        line.split() for line in rest.splitlines(keepends=True) if "\n" in line
    ]

    log = open_sqlite_log(tmp_path, CODEC, system_clock)
    entries = {str(one.event_id): one.position for one in log.read_after(START, 10**6)}
    assert all(
        entries[event_id] == int(position) for position, event_id in acknowledged
    )
    assert log.verify() == len(entries)
    log.close()


async def test_a_commit_that_the_disk_refuses_is_answered_and_leaves_nothing(
    tmp_path: Path, sqlite_log: EventLog
) -> None:
    await sqlite_log.append(an_append())
    edit(
        tmp_path,
        "CREATE TRIGGER full BEFORE INSERT ON entry WHEN NEW.stream = 'bad'"
        " BEGIN SELECT RAISE(ABORT, 'disk full'); END",
    )

    with capture_logs():
        outcomes = await sqlite_log.append_many(
            [an_append("good"), an_append("bad"), an_append("good")]
        )

    assert [type(each) for each in outcomes] == [UnavailableError] * 3
    assert await sqlite_log.append(an_append()) == 2
    assert sqlite_log.verify() == 2


async def test_a_full_disk_is_said_in_words_and_once_and_mends_itself(
    tmp_path: Path, sqlite_log: EventLog
) -> None:
    await sqlite_log.append(an_append())
    with capture_logs() as said:
        with no_file_larger_than((tmp_path / f"{FILE_NAME}-wal").stat().st_size):
            outcomes = [
                await sqlite_log.append_many([an_append()] * 2) for _ in range(2)
            ]
        assert await sqlite_log.append(an_append()) == 2

    refusals = [refusal for each in outcomes for refusal in each]
    assert [type(each) for each in refusals] == [UnavailableError] * 4
    assert all("disk of the hub" in str(each) for each in refusals)
    assert said == [
        {"event": "log_unwritable", "log_level": "error", "error": said[0]["error"]},
        {"event": "log_writable_again", "log_level": "warning"},
    ]
    assert said[0]["error"] in {"FullError", "IOError"}
    assert sqlite_log.verify() == 2


@contextlib.contextmanager
def no_file_larger_than(size: int) -> Iterator[None]:
    """Refuse this process to let files grow, as a full disk does."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


async def test_a_log_without_its_head_takes_nothing(
    tmp_path: Path, sqlite_log: EventLog
) -> None:
    edit(tmp_path, "DELETE FROM head")

    with pytest.raises(CorruptLogError) as caught:
        await sqlite_log.append(an_append())

    assert (caught.value.position, caught.value.detail) == (
        1,
        "the log has lost its head",
    )


async def test_commits_wait_for_the_clock_when_arrivals_run_ahead(
    sqlite_log: EventLog,
) -> None:
    positions = [await sqlite_log.append(an_append()) for _ in range(260)]

    assert positions[-1] == 260


async def test_an_idle_log_moves_its_journal_into_the_file(tmp_path: Path) -> None:
    log = open_sqlite_log(tmp_path, CODEC, clock_at_noon())
    await log.append_many(appends(2000))
    file = tmp_path / FILE_NAME

    async with asyncio.timeout(20):
        while file.stat().st_size < 100_000:  # noqa: ASYNC110 - SQLite tells nobody
            await asyncio.sleep(0.02)

    log.close()


async def test_a_log_closed_during_verification_is_closed_not_corrupt(
    sqlite_log: EventLog,
) -> None:
    await sqlite_log.append_many(appends(3000))

    with pytest.raises(UnavailableError, match=r"^the log is closed; come back$"):
        sqlite_log.verify(lambda _: sqlite_log.close())


def test_another_process_hears_of_a_commit(tmp_path: Path) -> None:
    log = open_sqlite_log(tmp_path, CODEC, system_clock)
    process = another_process.start("tail", tmp_path, 30)
    assert process.stdout is not None, "it is a pipe"
    assert process.stdout.readline() == "listening\n"

    async def write() -> None:
        for size in (1, 20, 9):
            await log.append_many(appends(size))

    asyncio.run(write())
    printed, _ = process.communicate(timeout=30)

    assert printed.split() == [str(n) for n in range(1, 31)]
    assert process.returncode == 0
    log.close()


def long_text(name: str, size: int) -> str:
    """Give a text any piece of which tells whose it is."""
    pieces = (f"<{name}:{n}>" for n in itertools.count())
    text = ""
    while len(text) < size:
        text += next(pieces)
    return text


def names_on_disk(folder: Path) -> set[str]:
    """Tell whose texts, or pieces of them, stand in any file of the log."""
    held = b"".join(file.read_bytes() for file in folder.iterdir())
    return {name.decode() for name in re.findall(rb"<(\w+):\d+>", held)}


async def fill(log: EventLog, sizes: list[int]) -> None:
    """Append texts that grow the file as a log grows, some commits with many."""
    requests = [
        an_append(f"s/{n}", event=Noted(text=long_text(f"n{n}", size)))
        for n, size in enumerate(sizes, start=1)
    ]
    for request in requests[:7]:
        await log.append(request)
    await log.append_many(requests[7:])


@pytest.mark.parametrize("size", [40, 700, 5_000, 16_350, 200_000])
async def test_what_was_redacted_is_in_no_file(
    tmp_path: Path, sqlite_log: EventLog, size: int
) -> None:
    await fill(sqlite_log, [size] * 24)
    redacted = {1, 2, 3, 9, 17, 24}

    for position in sorted(redacted, reverse=True):
        await sqlite_log.redact(a_redaction(position))
        assert f"n{position}" not in names_on_disk(tmp_path)

    assert names_on_disk(tmp_path) == {f"n{n}" for n in {*range(1, 25)} - redacted}
    assert sqlite_log.verify() == 30


@given(
    sizes=st.lists(st.integers(10, 9_000), min_size=8, max_size=40),
    redacted=st.sets(st.integers(1, 8), min_size=1),
)
def test_no_copy_is_left_of_what_was_redacted(
    tmp_path_factory: pytest.TempPathFactory, sizes: list[int], redacted: set[int]
) -> None:
    folder = tmp_path_factory.mktemp("log")
    log = open_sqlite_log(folder, CODEC, clock_at_noon())

    async def redact() -> None:
        await fill(log, sizes)
        for position in redacted:
            await log.redact(a_redaction(position))

    asyncio.run(redact())

    assert not names_on_disk(folder) & {f"n{position}" for position in redacted}
    log.close()


@pytest.fixture
def impatient_log(tmp_path: Path) -> Iterator[EventLog]:
    """A log whose redactions wait for readers for one turn only."""
    log = open_sqlite_log(tmp_path, CODEC, clock_at_noon(), patience_s=0)
    yield log
    log.close()


@contextlib.contextmanager
def reading(folder: Path) -> Iterator[None]:
    """Read the log as it is, and go on doing so for a block."""
    db = open_readable(folder / FILE_NAME)
    with snapshot(db):
        db.execute("SELECT count(*) FROM entry").get  # noqa: B018 - begins to read
        yield
    db.close()


async def test_a_redaction_beside_a_long_read_succeeds_when_it_is_retried(
    tmp_path: Path, impatient_log: EventLog
) -> None:
    await fill(impatient_log, [40] * 9)
    request = a_redaction(2)
    with reading(tmp_path):
        for each in (request, a_redaction(2)):
            with pytest.raises(UnavailableError) as caught:
                await impatient_log.redact(each)
            assert caught.value.detail == (
                "the entry is erased, but somebody still reads the log as it was "
                "before, so its bytes stand in log.db-wal; redact it again when "
                "nobody exports or backs up"
            )
        assert "n2" in names_on_disk(tmp_path)

    assert await impatient_log.redact(request) == 10

    assert "n2" not in names_on_disk(tmp_path)
    with pytest.raises(ConflictError, match="already"):
        await impatient_log.redact(a_redaction(2))


async def test_a_redaction_waits_for_those_who_read_as_long_as_it_was_told(
    tmp_path: Path, impatient_log: EventLog
) -> None:
    await fill(impatient_log, [40] * 9)
    patient_log = open_sqlite_log(tmp_path, CODEC, clock_at_noon(), patience_s=60)

    with reading(tmp_path):
        async with asyncio.timeout(ERASE_PATIENCE_S - 1):
            with pytest.raises(UnavailableError, match="somebody still reads"):
                await impatient_log.redact(a_redaction(2))
        waiting = asyncio.create_task(patient_log.redact(a_redaction(3)))
        while not patient_log.read("s/3")[0].erased:  # noqa: ASYNC110 - as above
            await asyncio.sleep(0.01)

    assert await waiting == 11
    patient_log.close()


async def test_what_a_long_read_kept_goes_when_the_log_is_idle(
    tmp_path: Path, impatient_log: EventLog
) -> None:
    await fill(impatient_log, [40] * 9)
    with reading(tmp_path), pytest.raises(UnavailableError):
        await impatient_log.redact(a_redaction(2))

    async with asyncio.timeout(20):
        while "n2" in names_on_disk(tmp_path):  # noqa: ASYNC110 - files call nobody
            await asyncio.sleep(0.05)


async def test_what_a_killed_process_left_goes_when_the_log_is_opened(
    tmp_path: Path, impatient_log: EventLog, tmp_path_factory: pytest.TempPathFactory
) -> None:
    await fill(impatient_log, [40] * 9)
    killed = tmp_path_factory.mktemp("killed")
    with reading(tmp_path):
        with pytest.raises(UnavailableError):
            await impatient_log.redact(a_redaction(2))
        for file in (FILE_NAME, f"{FILE_NAME}-wal"):
            shutil.copy(tmp_path / file, killed)
    assert "n2" in names_on_disk(killed)

    log = open_sqlite_log(killed, CODEC, clock_at_noon())

    assert "n2" not in names_on_disk(killed)
    assert log.read("s/2")[0].erased
    assert log.verify() == 10
    log.close()


async def test_who_appends_beside_a_redaction_that_has_to_wait_is_answered(
    tmp_path: Path, impatient_log: EventLog
) -> None:
    await fill(impatient_log, [40] * 9)

    with reading(tmp_path):
        outcomes = await asyncio.gather(
            impatient_log.redact(a_redaction(2)),
            impatient_log.redact(a_redaction(99)),
            *(impatient_log.append(an_append()) for _ in range(3)),
            return_exceptions=True,
        )

    refused = [type(each) for each in outcomes[:2]]
    assert refused == [UnavailableError, NotFoundError]
    assert sorted(outcomes[2:]) == [11, 12, 13]  # type: ignore[type-var]  # positions
