import threading
from collections.abc import Iterator
from pathlib import Path

import apsw
import pytest

from foedus.eventlog.checkpoints import PAGES, Checkpointer
from foedus.eventlog.database import PAGE_BYTES, open_readable, open_writable

WAIT_S = 30.0


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "some.db"


@pytest.fixture
def writer(path: Path) -> Iterator[apsw.Connection]:
    db = open_writable(path, synchronous="NORMAL")
    db.execute("CREATE TABLE t (n INTEGER PRIMARY KEY, blob BLOB) STRICT")
    yield db
    db.close()


def write(db: apsw.Connection, pages: int) -> None:
    with db:
        for _ in range(pages):
            db.execute("INSERT INTO t (blob) VALUES (zeroblob(?))", (PAGE_BYTES,))


def moved(path: Path, pages: int) -> bool:
    """Wait until the file itself holds so many pages."""
    waiting = threading.Event()
    for _ in range(int(WAIT_S / 0.01)):
        if path.stat().st_size >= pages * PAGE_BYTES:
            return True
        waiting.wait(0.01)
    return False


def test_a_long_log_is_moved_by_another_thread(
    path: Path, writer: apsw.Connection
) -> None:
    keeper = Checkpointer(path, writer)
    write(writer, PAGES)
    assert moved(path, PAGES)
    keeper.close()


def test_a_short_log_waits_until_it_is_asked_for(
    path: Path, writer: apsw.Connection
) -> None:
    others = set(threading.enumerate())  # of hubs that further tests have open
    keeper = Checkpointer(path, writer)
    write(writer, 10)
    assert path.stat().st_size < 10 * PAGE_BYTES
    begun = {each.name for each in threading.enumerate() if each not in others}
    assert "checkpoints" not in begun
    keeper.poke()
    assert moved(path, 10)
    keeper.close()


def test_a_very_long_log_begins_anew_though_somebody_has_read_it(
    path: Path, writer: apsw.Connection
) -> None:
    keeper = Checkpointer(path, writer, pages=50, pages_long=200)
    reader = open_readable(path)
    reader.execute("BEGIN")
    assert reader.execute("SELECT count(*) FROM t").get == 0
    write(writer, 300)
    reader.execute("ROLLBACK")
    waiting = threading.Event()
    for _ in range(int(WAIT_S / 0.01)):
        write(writer, 1)
        if keeper.pages < 200:
            break
        waiting.wait(0.01)
    assert keeper.pages < 200
    assert moved(path, 300)
    keeper.close()
    reader.close()


def threads() -> set[threading.Thread]:
    return {each for each in threading.enumerate() if each.name == "checkpoints"}


def test_one_thread_moves_and_ends_with_its_keeper(
    path: Path, writer: apsw.Connection
) -> None:
    others = threads()
    keeper = Checkpointer(path, writer)
    keeper.poke()
    keeper.poke()

    begun = threads() - others
    keeper.close()

    assert [each.daemon for each in begun] == [True], "it keeps no process from ending"
    assert [each.is_alive() for each in begun] == [False]


@pytest.mark.parametrize(("more", "begins"), [(0, True), (1, False)])
def test_the_pages_are_counted_and_moved_from_their_number_on(
    path: Path, writer: apsw.Connection, *, more: int, begins: bool
) -> None:
    before = Checkpointer(path, writer)
    assert before.pages == 0
    writer.execute("INSERT INTO t (n) VALUES (1)")
    assert before.pages > 0
    others = threads()
    keeper = Checkpointer(path, writer, pages=before.pages + 1 + more)
    writer.execute("UPDATE t SET blob = zeroblob(1) WHERE n = 1")
    pages = keeper.pages
    begun = threads() - others
    keeper.close()

    assert pages == before.pages + 1
    assert bool(begun) == begins


def test_it_may_be_closed_twice_and_leaves_the_writer_alone(
    path: Path, writer: apsw.Connection
) -> None:
    keeper = Checkpointer(path, writer)
    keeper.poke()
    keeper.close()
    keeper.close()
    write(writer, 1)
    assert writer.execute("SELECT count(*) FROM t").get == 1
