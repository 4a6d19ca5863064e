import asyncio
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import apsw
import pytest
from structlog.testing import capture_logs

from foedus.clock import system_clock
from foedus.errors import UnavailableError
from foedus.eventlog.codec import Codec
from foedus.eventlog.database import immediate
from foedus.eventlog.envelope import Event, Recorded, Redacted
from foedus.eventlog.log import EventLog
from foedus.eventlog.projector import FOLD_ENTRIES, Projector, tables_dump
from foedus.eventlog.sqlite import open_sqlite_log
from foedus.eventlog.views import View
from foedus.ids import START, Position
from tests.eventlog import another_process
from tests.eventlog.samples import (
    CODEC,
    NOON_MS,
    Counted,
    Noted,
    Sums,
    a_redaction,
    an_append,
    appends,
)

Open = Callable[..., Projector]


class OtherSums(Sums):
    """The same view by newer code."""

    version = 2


class Fragile(Sums):
    """A view that fails at one number, until it is mended."""

    is_mended = False

    def apply(self, db: apsw.Connection, recorded: Recorded, event: Event) -> None:
        super().apply(db, recorded, event)
        if event == Counted(number=13) and not self.is_mended:
            raise KeyError("thirteen")


class Slow(Sums):
    """A view that folds only while its gate is open."""

    def __init__(self) -> None:
        super().__init__()
        self.arrived = threading.Event()
        self.gate = threading.Event()

    def apply(self, db: apsw.Connection, recorded: Recorded, event: Event) -> None:
        self.arrived.set()
        assert self.gate.wait(20), "every test opens its gate"
        super().apply(db, recorded, event)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "views.db"


@pytest.fixture
def open_projector(log: EventLog, path: Path) -> Iterator[Open]:
    opened = []

    def open_one(
        views: Sequence[View] | None = None, codec: Codec = CODEC
    ) -> Projector:
        views = [Sums()] if views is None else views
        opened.append(Projector(log, path, codec, views))
        return opened[-1]

    yield open_one
    for projector in opened:
        projector.close()


def dump(path: Path) -> dict[str, list[tuple[object, ...]]]:
    db = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READONLY)
    try:
        return tables_dump(db)
    finally:
        db.close()


def edit(path: Path, statement: str) -> None:
    db = apsw.Connection(str(path))
    db.execute(statement)
    db.close()


async def test_views_show_the_log_after_catching_up(
    log: EventLog, path: Path, open_projector: Open
) -> None:
    projector = open_projector()
    await log.append_many(appends(4, "a"))
    await log.append_many([*appends(3, "b"), an_append("b", event=Noted())])

    assert projector.catch_up() == 8
    assert projector.position() == 8
    assert dump(path) == {
        "closed": [(NOON_MS,), (NOON_MS + 1,)],
        "folded": [(8,)],
        "total": [("a", 6), ("b", 3)],
    }


def test_views_of_an_empty_log_are_empty(path: Path, open_projector: Open) -> None:
    assert open_projector().catch_up() == START
    assert dump(path) == {"closed": [], "folded": [(0,)], "total": []}


async def test_a_long_log_is_folded_page_by_page(
    log: EventLog, open_projector: Open
) -> None:
    await log.append_many(appends(FOLD_ENTRIES + 1, "a"))
    await log.append_many(appends(FOLD_ENTRIES, "b"))

    assert open_projector().catch_up() == 2 * FOLD_ENTRIES + 1


async def test_folding_goes_on_where_it_ended(
    log: EventLog, path: Path, open_projector: Open
) -> None:
    await log.append_many(appends(4, "a"))
    first = open_projector()
    first.catch_up()
    first.close()
    await log.append(an_append("a", event=Counted(number=10)))

    second = open_projector()

    assert second.position() == 4
    assert second.catch_up() == 5
    assert dump(path)["total"] == [("a", 16)]


async def test_caches_are_loaded_at_the_start_and_after_another_has_folded(
    log: EventLog, path: Path, open_projector: Open
) -> None:
    mine, theirs = Sums(), Sums()
    one, two = open_projector([mine]), open_projector([theirs])
    for projector in (one, two, two, one):
        await log.append(an_append("a", event=Counted(number=1)))
        projector.catch_up()

    assert (mine.loads, theirs.loads) == (2, 1)
    assert dump(path)["total"] == [("a", 4)]


async def test_a_rebuild_reproduces_every_table(
    log: EventLog, path: Path, open_projector: Open
) -> None:
    projector = open_projector()
    for n in range(5):
        await log.append_many(appends(9, f"s/{n % 3}"))
    projector.catch_up()
    before = dump(path)
    told: list[Position] = []

    assert projector.rebuild(told.append) == 45

    assert dump(path) == before
    assert told == [45]


async def test_a_rebuild_mends_what_was_altered(
    log: EventLog, path: Path, open_projector: Open
) -> None:
    projector = open_projector()
    await log.append_many(appends(4, "a"))
    projector.catch_up()
    edit(path, "UPDATE total SET number = 99; CREATE TABLE stray (x) ")

    projector.rebuild()
    await projector.wait(projector.position())

    assert dump(path)["total"] == [("a", 6)]
    assert "stray" not in dump(path)


async def test_after_a_rebuild_others_load_and_fold_on(
    log: EventLog, path: Path, open_projector: Open
) -> None:
    mine = Sums()
    one, two = open_projector([mine]), open_projector()
    await log.append_many(appends(4, "a"))
    one.catch_up()
    two.rebuild()
    await log.append_many(appends(4, "a"))
    one.catch_up()

    assert mine.loads == 2
    assert dump(path)["total"] == [("a", 12)]


async def test_readers_keep_the_old_tables_until_a_rebuild_is_done(
    log: EventLog, path: Path, open_projector: Open
) -> None:
    slow = Slow()
    projector = open_projector([slow])
    slow.gate.set()
    await log.append_many(appends(4, "a"))
    projector.catch_up()
    slow.gate.clear()
    slow.arrived.clear()

    rebuilding = asyncio.create_task(asyncio.to_thread(projector.rebuild))
    assert await asyncio.to_thread(slow.arrived.wait, 20)
    during = dump(path)
    slow.gate.set()
    await rebuilding

    assert during == dump(path)
    assert during["total"] == [("a", 6)]


async def test_views_of_other_code_are_rebuilt_at_the_first_fold(
    log: EventLog, path: Path, open_projector: Open
) -> None:
    open_projector().catch_up()
    await log.append_many(appends(4, "a"))
    edit(path, "INSERT INTO total VALUES ('stray', 1)")

    assert open_projector([OtherSums()]).catch_up() == 4

    assert dump(path)["total"] == [("a", 6)]


async def test_older_code_stops_folding_when_newer_code_has_begun(
    log: EventLog, open_projector: Open
) -> None:
    old, new = open_projector(), open_projector([OtherSums()])
    old.catch_up()
    new.catch_up()
    await log.append_many(appends(4, "a"))

    with capture_logs(), pytest.raises(UnavailableError) as refusal:
        old.catch_up()
    assert str(refusal.value) == (
        "another version of Foedus folds these views; restart this process"
    )
    assert new.catch_up() == 4


async def test_a_fold_that_fails_changes_nothing_and_is_logged_once(
    log: EventLog, path: Path, open_projector: Open
) -> None:
    projector = open_projector([Fragile()])
    await log.append_many(appends(3, "a"))
    projector.catch_up()
    await log.append_many(appends(14, "a"))

    with capture_logs() as logged:
        for _ in range(3):
            with pytest.raises(UnavailableError):
                projector.catch_up()

    assert [(each["event"], each["position"]) for each in logged] == [
        ("fold_failed", 17)
    ]
    assert projector.position() == 3
    assert dump(path)["total"] == [("a", 3)]
    assert projector.lag_s() > 0


async def test_folding_goes_on_when_the_view_is_mended(
    log: EventLog, path: Path, open_projector: Open
) -> None:
    view = Fragile()
    projector = open_projector([view])
    await log.append_many(appends(14, "a"))
    with capture_logs(), pytest.raises(UnavailableError):
        projector.catch_up()

    view.is_mended = True

    assert projector.catch_up() == 14
    assert dump(path)["total"] == [("a", 91)]
    assert projector.lag_s() == 0


async def test_an_event_of_a_newer_kind_stops_the_fold(
    log: EventLog, open_projector: Open
) -> None:
    projector = open_projector(codec=Codec(Noted))
    await log.append(an_append(event=Counted(number=1)))

    with capture_logs(), pytest.raises(UnavailableError, match=r"sample\.counted"):
        projector.catch_up()


async def test_views_that_another_holds_locked_are_unavailable(
    log: EventLog, path: Path, open_projector: Open
) -> None:
    projector = open_projector()
    projector._db.set_busy_timeout(1)  # noqa: SLF001 - ten seconds are long in a test
    await log.append(an_append())
    other = apsw.Connection(str(path))

    with immediate(other), capture_logs(), pytest.raises(UnavailableError) as caught:
        projector.rebuild()

    assert "another process" in caught.value.detail
    assert projector.catch_up() == 1
    other.close()


class Notes:
    """A view of what was noted; it shows nothing of what was redacted."""

    folds = Noted | Redacted
    schema = """
    CREATE TABLE IF NOT EXISTS note (
        position INTEGER PRIMARY KEY, stream TEXT NOT NULL, text TEXT NOT NULL
    ) STRICT
    """

    def load(self, db: apsw.Connection) -> None:
        pass

    def apply(self, db: apsw.Connection, recorded: Recorded, event: Event) -> None:
        if isinstance(event, Noted):
            text = "" if recorded.erased else event.text
            row = (recorded.position, recorded.stream, text)
            db.execute("INSERT INTO note VALUES (?, ?, ?)", row)
        elif isinstance(event, Redacted):
            erase = "UPDATE note SET text = '' WHERE position = ?"
            db.execute(erase, (event.position,))

    def close_commit(self, db: apsw.Connection, arrival_ms: int) -> None:
        pass


async def test_a_redacted_entry_of_which_nothing_is_left_is_passed_over(
    log: EventLog, path: Path, open_projector: Open
) -> None:
    await log.append_many(appends(3, "a"))
    await log.redact(a_redaction(2))

    assert open_projector().catch_up() == 4
    assert dump(path)["total"] == [("a", 2)]


async def test_what_is_left_of_a_redacted_entry_is_folded_in_its_place(
    log: EventLog, path: Path, open_projector: Open
) -> None:
    await log.append_many(appends(3, "a"))
    await log.redact(a_redaction(3, residue=Counted(number=40)))

    open_projector().catch_up()

    assert dump(path)["total"] == [("a", 41)]


async def test_views_are_the_same_whether_redactions_were_met_or_rebuilt(
    log: EventLog, path: Path, open_projector: Open
) -> None:
    projector = open_projector([Notes(), Sums()])
    for n in range(6):
        await log.append(an_append(f"s/{n}", event=Noted(text=f"secret {n}")))
        projector.catch_up()
    for position in (2, 5):
        await log.redact(a_redaction(position, residue=Noted()))
        projector.catch_up()
        await log.append(an_append("after", event=Noted(text="open")))
    projector.catch_up()
    met = dump(path)

    projector.rebuild()

    assert dump(path) == met
    shown = {position: text for position, _, text in met["note"]}
    assert (shown[1], shown[2], shown[5], shown[8]) == ("secret 0", "", "", "open")


async def test_who_waits_without_a_background_thread_folds(
    log: EventLog, open_projector: Open
) -> None:
    projector = open_projector()
    position = await log.append(an_append())

    await projector.wait(position)
    await projector.wait(position)

    assert projector.position() == 1


async def test_the_background_thread_follows_the_log(
    log: EventLog, path: Path, open_projector: Open
) -> None:
    projector = open_projector()
    projector.start()
    projector.start()

    for n in range(30):
        position = await log.append(an_append(f"s/{n}", event=Counted(number=n)))
        await projector.wait(position)

    assert len(dump(path)["total"]) == 30
    assert projector.lag_s() < 10
    assert projector.synced_at > 0


async def test_many_wait_at_once(log: EventLog, open_projector: Open) -> None:
    projector = open_projector()
    projector.start()

    async def write_and_wait() -> None:
        await projector.wait(await log.append(an_append()))

    async with asyncio.TaskGroup() as tasks:
        for _ in range(100):
            tasks.create_task(write_and_wait())

    assert projector.position() == 100


async def test_who_waits_for_what_is_not_written_is_told_in_time(
    open_projector: Open,
) -> None:
    projector = open_projector()
    projector.start()

    with pytest.raises(UnavailableError):
        await projector.wait(Position(1), timeout_s=0.01)


async def test_who_waits_is_told_that_a_view_fails(
    log: EventLog, open_projector: Open
) -> None:
    projector = open_projector([Fragile()])
    with capture_logs() as logged:
        projector.start()
        position = await log.append(an_append(event=Counted(number=13)))
        for _ in range(3):
            with pytest.raises(UnavailableError, match="cannot follow"):
                await projector.wait(position)

    assert [each["event"] for each in logged] == ["fold_failed"]


async def test_who_waits_when_the_hub_stops_is_told(
    log: EventLog, open_projector: Open
) -> None:
    slow = Slow()
    projector = open_projector([slow])
    projector.start()
    await log.append(an_append(event=Counted(number=1)))
    assert await asyncio.to_thread(slow.arrived.wait, 20)
    waiting = asyncio.create_task(projector.wait(Position(2)))
    await asyncio.sleep(0)

    stopping = asyncio.create_task(asyncio.to_thread(projector.stop))
    slow.gate.set()
    await stopping

    with pytest.raises(UnavailableError, match="stopping"):
        await waiting


async def test_two_projectors_follow_the_log_beside_each_other(
    log: EventLog, path: Path, open_projector: Open
) -> None:
    one, two = open_projector(), open_projector()
    one.start()
    two.start()

    for _ in range(40):
        position = await log.append(an_append("a", event=Counted(number=1)))
        await asyncio.gather(one.wait(position), two.wait(position))

    assert dump(path)["total"] == [("a", 40)]


def test_processes_fold_beside_each_other(tmp_path: Path, path: Path) -> None:
    log = open_sqlite_log(tmp_path, CODEC, system_clock)
    folding = [another_process.start("fold", tmp_path, 1600) for _ in range(2)]
    writing = [another_process.start("append", tmp_path, n, 100) for n in range(2)]
    for process in (*writing, *folding):
        process.communicate(timeout=60)

    shown = dump(path)
    projector = Projector(log, path, CODEC, [Sums()])
    projector.rebuild()

    assert [process.returncode for process in folding] == [0, 0]
    assert len(shown["total"]) == 16
    assert dump(path) == shown
    projector.close()
    log.close()
