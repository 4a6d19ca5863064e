"""The table that workers share."""

import threading
from multiprocessing import get_context
from pathlib import Path

import pytest

from foedus.sharing import SETS, WAYS, SharedTable, make_table


def one_more(first: float, last: float) -> tuple[float, float]:
    return first + 1, last


def add_many(path: Path, times: int) -> None:
    table = SharedTable(path)
    for _ in range(times):
        table.change(table.digest("count"), one_more)


def test_what_was_changed_is_read() -> None:
    table = SharedTable()
    key = table.digest("a")

    assert table.read(key) == (0, 0)
    assert table.change(key, lambda _, __: (3.0, 5.0)) == (3, 5)
    assert table.read(key) == (3, 5)


def test_what_was_forgotten_starts_anew() -> None:
    table = SharedTable()
    key = table.digest("a")
    table.change(key, one_more)
    table.forget(key)
    table.forget(table.digest("never met"))

    assert table.change(key, one_more) == (1, 0)


def test_words_are_told_apart() -> None:
    table = SharedTable()

    assert table.digest("a", "b") != table.digest("ab", "")
    assert table.digest("a\ud800") != table.digest("a")


def test_a_table_keeps_neither_words_nor_a_digest_that_others_can_make(
    tmp_path: Path,
) -> None:
    one = SharedTable(make_table(tmp_path / "one"))
    other = SharedTable(make_table(tmp_path / "other"))
    one.change(one.digest("ania-of-poland"), one_more)

    assert one.digest("ania-of-poland") != other.digest("ania-of-poland")
    assert b"ania" not in (tmp_path / "one").read_bytes()


def test_several_processes_and_threads_lose_no_change(tmp_path: Path) -> None:
    path = make_table(tmp_path / "table")
    context = get_context("spawn")
    work = [context.Process(target=add_many, args=(path, 300)) for _ in range(2)]
    threads = [threading.Thread(target=add_many, args=(path, 300)) for _ in range(2)]
    for each in (*work, *threads):
        each.start()
    for each in (*work, *threads):
        each.join()

    table = SharedTable(path)
    assert table.read(table.digest("count"))[0] == 1_200


def test_only_its_owner_may_open_it_and_it_is_made_once(tmp_path: Path) -> None:
    path = make_table(tmp_path / "table")

    assert path.stat().st_mode & 0o777 == 0o600
    with pytest.raises(FileExistsError):
        make_table(path)


def test_a_table_is_bounded_and_the_oldest_makes_room() -> None:
    table = SharedTable()
    keys = [table.digest(str(number)) for number in range(SETS * WAYS * 2)]
    for instant, key in enumerate(keys, start=1):
        table.change(key, lambda _, __, at=instant: (1.0, float(at)))  # type: ignore[misc]

    kept = [key for key in keys if table.read(key)[0]]
    assert len(kept) <= SETS * WAYS
    assert table.read(keys[-1])[0] == 1
    assert table.read(keys[0])[0] == 0
