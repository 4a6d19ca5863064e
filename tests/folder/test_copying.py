import threading
from pathlib import Path

import apsw
import pytest

from foedus.folder.copying import (
    bytes_of,
    copy_database,
    one_instant,
    pages_of,
    unwatched,
)


def make(path: Path) -> apsw.Connection:
    db = apsw.Connection(str(path))
    db.set_busy_timeout(10_000)
    db.pragma("journal_mode", "wal")
    db.execute("CREATE TABLE IF NOT EXISTS one (n INTEGER)")
    return db


def count(db: apsw.Connection) -> int:
    return int(db.execute("SELECT count(*) FROM one").get)


def test_what_is_written_meanwhile_is_not_in_the_copy(tmp_path: Path) -> None:
    db = make(tmp_path / "a")
    db.execute("INSERT INTO one VALUES (1)")

    with one_instant([tmp_path / "a"]) as (seen,):
        db.execute("INSERT INTO one VALUES (2)")
        copy_database(seen, tmp_path / "b", lambda _: None)

    assert count(apsw.Connection(str(tmp_path / "b"))) == 1
    assert count(db) == 2


def test_two_files_are_seen_as_of_one_instant(tmp_path: Path) -> None:
    """Somebody writes first to one, then to the other; nobody sees it the other way."""
    first, second = make(tmp_path / "a"), make(tmp_path / "b")
    ended = threading.Event()

    def write() -> None:
        while not ended.is_set():
            first.execute("INSERT INTO one VALUES (1)")
            second.execute("INSERT INTO one VALUES (1)")

    writer = threading.Thread(target=write)
    writer.start()
    try:
        for _ in range(30):
            with one_instant([tmp_path / "a", tmp_path / "b"]) as (one, other):
                assert count(one) - count(other) in {0, 1}
    finally:
        ended.set()
        writer.join()


def test_nobody_is_kept_from_writing_afterwards(tmp_path: Path) -> None:
    db = make(tmp_path / "a")
    db.set_busy_timeout(0)

    with one_instant([tmp_path / "a"]):
        db.execute("INSERT INTO one VALUES (1)")

    assert count(db) == 1


def test_a_copy_is_for_its_owner_alone_and_overwrites_nothing(tmp_path: Path) -> None:
    make(tmp_path / "a")
    with one_instant([tmp_path / "a"]) as (seen,):
        copy_database(seen, tmp_path / "b", lambda _: None)
        with pytest.raises(FileExistsError):
            copy_database(seen, tmp_path / "b", lambda _: None)

    assert (tmp_path / "b").stat().st_mode & 0o777 == 0o600


def test_it_is_told_how_many_pages_are_copied(tmp_path: Path) -> None:
    make(tmp_path / "a").execute("INSERT INTO one VALUES (zeroblob(3000000))")
    told: list[int] = []

    with one_instant([tmp_path / "a"]) as (seen,):
        copy_database(seen, tmp_path / "b", told.append)
        pages = pages_of(seen)
        size = bytes_of(seen)

    assert sum(told) == pages
    assert size == (tmp_path / "b").stat().st_size


def test_to_be_unwatched_is_to_tell_nobody() -> None:
    with unwatched("Copying", 3) as add:
        add(3)
