import stat
import sys
from concurrent.futures import ThreadPoolExecutor, wait
from pathlib import Path

import apsw
import pytest

from foedus.errors import UnavailableError
from foedus.identity.store import FORMAT, StateStore, private_folder

_THING = "CREATE TABLE IF NOT EXISTS thing (name TEXT NOT NULL PRIMARY KEY) STRICT"
_CHILD = """
CREATE TABLE child (
    of TEXT REFERENCES setting (name) DEFERRABLE INITIALLY DEFERRED
) STRICT
"""
_ADD = "INSERT INTO thing (name) VALUES (:name)"
_ADD_SETTING = "INSERT INTO setting (name, value) VALUES (:name, '')"
_NAMES = "SELECT name FROM thing ORDER BY name LIMIT 10"


@pytest.mark.skipif(sys.platform == "win32", reason="modes are POSIX's")
def test_only_the_owner_may_read_the_file_and_enter_the_folder(
    store: StateStore, state_path: Path
) -> None:
    store.set_setting("a", "b")

    modes = {stat.S_IMODE(path.stat().st_mode) for path in state_path.parent.iterdir()}

    assert modes == {0o600}
    assert stat.S_IMODE(state_path.parent.stat().st_mode) == 0o700


@pytest.mark.skipif(sys.platform == "win32", reason="modes are POSIX's")
def test_a_file_that_others_could_read_is_closed_to_them(state_path: Path) -> None:
    private_folder(state_path.parent)
    state_path.touch(mode=0o644)
    StateStore(state_path).close()

    assert stat.S_IMODE(state_path.stat().st_mode) == 0o600


@pytest.mark.skipif(sys.platform == "win32", reason="modes are POSIX's")
def test_an_existing_folder_is_tightened_on_request_only(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    folder.mkdir(mode=0o755)
    private_folder(folder, tighten=False)
    before = stat.S_IMODE(folder.stat().st_mode)
    private_folder(folder)

    assert (before, stat.S_IMODE(folder.stat().st_mode)) == (0o755, 0o700)


def test_a_key_is_random_and_stays_what_it_is(
    store: StateStore, state_path: Path
) -> None:
    other = StateStore(state_path)

    key = store.key("cursors")

    assert len(key) == 64
    assert store.key("cursors") == other.key("cursors") == key
    assert store.key("forms") != key
    other.close()


def test_a_setting_is_remembered_and_replaced(store: StateStore) -> None:
    before = store.setting("public_url")
    store.set_setting("public_url", "http://a")
    store.set_setting("public_url", "http://b")

    assert before is None
    assert store.setting("public_url") == "http://b"


def test_a_failed_transaction_leaves_nothing(store: StateStore) -> None:
    store.ensure(_THING)

    with pytest.raises(apsw.ConstraintError):
        _add_twice(store)

    assert store.rows(_NAMES, {}, tuple[str]) == []


def test_a_transaction_within_another_ends_with_the_outer_one(
    store: StateStore,
) -> None:
    store.ensure(_THING)

    with store.transaction():
        store.write(_ADD, {"name": "a"})
        within = store.rows(_NAMES, {}, tuple[str])

    assert within == []
    assert store.rows(_NAMES, {}, tuple[str]) == [("a",)]


def test_the_version_changes_with_every_write_of_any_process(
    store: StateStore, state_path: Path
) -> None:
    store.ensure(_THING)
    first = store.version()
    again = store.version()
    store.write(_ADD, {"name": "a"})
    second = store.version()
    elsewhere = apsw.Connection(str(state_path))
    elsewhere.execute(_ADD, {"name": "b"})
    elsewhere.close()

    assert first == again
    assert len({first, second, store.version()}) == 3


def test_a_write_is_durable_before_it_returns(store: StateStore) -> None:
    with store.transaction() as db:
        synchronous = db.pragma("synchronous")

    assert synchronous == 2


def _add_twice(store: StateStore) -> None:
    with store.transaction():
        store.write(_ADD, {"name": "a"})
        store.write(_ADD, {"name": "a"})


def test_who_cannot_write_in_time_is_told_to_come_back(
    state_path: Path, store: StateStore
) -> None:
    hasty = StateStore(state_path, busy_timeout_ms=0)

    with store.transaction():
        refusal = _refusal(hasty)
        hasty.touch(_ADD_SETTING, {"name": "a"})

    assert isinstance(refusal, UnavailableError)
    assert store.setting("a") is None
    hasty.close()


def _refusal(store: StateStore) -> Exception:
    with pytest.raises(UnavailableError) as refusal:
        store.set_setting("a", "b")
    return refusal.value


def test_a_full_disk_is_said_in_words_and_leaves_nothing_begun(
    store: StateStore,
) -> None:
    store.ensure(_THING)
    with store.transaction() as db:
        limit = db.pragma("max_page_count")
        db.pragma("max_page_count", db.pragma("page_count") + 1)

    with pytest.raises(UnavailableError, match="disk of the hub is full"):
        store.write(_ADD, {"name": "x" * 100_000})

    with store.transaction() as db:
        db.pragma("max_page_count", limit)
    store.write(_ADD, {"name": "later"})
    assert store.rows(_NAMES, {}, tuple[str]) == [("later",)]


def test_a_commit_that_fails_is_undone(store: StateStore, state_path: Path) -> None:
    """Or every later write would silently be part of it, and be lost with it."""
    store.ensure(_CHILD)
    with pytest.raises(apsw.ConstraintError):
        store.write("INSERT INTO child VALUES ('nobody')", {})

    store.set_setting("a", "b")
    assert StateStore(state_path).setting("a") == "b"


def test_a_file_has_a_format(store: StateStore) -> None:
    with store.transaction() as db:
        assert db.pragma("user_version") == FORMAT


def test_a_file_of_a_newer_foedus_is_refused(state_path: Path) -> None:
    StateStore(state_path).close()
    db = apsw.Connection(str(state_path))
    db.pragma("user_version", FORMAT + 1)
    db.close()

    with pytest.raises(UnavailableError, match="newer Foedus"):
        StateStore(state_path)


def test_of_two_workers_that_upgrade_a_file_at_once_one_adds_the_column(
    store: StateStore, state_path: Path
) -> None:
    look = "SELECT count(*) FROM pragma_table_info('thing') WHERE name = 'size'"
    add = "ALTER TABLE thing ADD COLUMN size INTEGER NOT NULL DEFAULT 0"
    store.ensure(_THING)
    other = StateStore(state_path)
    with ThreadPoolExecutor(1) as threads:
        with store.transaction() as db:
            second = threads.submit(other.ensure_column, look, add)
            wait([second], timeout=0.05)  # it looks, or waits until it may
            db.execute(add).fetchall()
        second.result(timeout=10)

    assert store.value(look, {}, int) == 1
    other.close()
