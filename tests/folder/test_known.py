from datetime import UTC, datetime, timedelta
from pathlib import Path

from foedus.folder import known
from foedus.folder.known import Backups
from foedus.identity.store import StateStore
from foedus.ids import Position

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


def backups(tmp_path: Path) -> Backups:
    return Backups(StateStore(tmp_path / "state.db"))


def test_the_newest_backup_comes_first(tmp_path: Path) -> None:
    kept = backups(tmp_path)
    kept.record(Path("/a"), Position(3), NOON)
    kept.record(Path("/b"), Position(5), NOON + timedelta(days=1))

    assert [each.path for each in kept.all()] == ["/b", "/a"]


def test_an_overwritten_backup_is_the_newer_one(tmp_path: Path) -> None:
    kept = backups(tmp_path)
    kept.record(Path("/a"), Position(3), NOON)
    kept.record(Path("/a"), Position(5), NOON + timedelta(days=1))

    assert [(each.path, each.position) for each in kept.all()] == [("/a", 5)]


def test_an_entry_is_held_by_backups_between_its_arrival_and_its_redaction(
    tmp_path: Path,
) -> None:
    kept = backups(tmp_path)
    for position in (3, 4, 6, 7):
        kept.record(Path(f"/{position}"), Position(position), NOON)

    holding = kept.holding(4, until=7)

    assert {each.path for each in holding} == {"/4", "/6"}


def test_a_backup_that_was_moved_is_not_there(tmp_path: Path) -> None:
    kept = backups(tmp_path)
    (tmp_path / "a").touch()
    kept.record(tmp_path / "a", Position(3), NOON)
    kept.record(tmp_path / "b", Position(3), NOON)

    assert {each.path: each.is_there for each in kept.all()} == {
        str(tmp_path / "a"): True,
        str(tmp_path / "b"): False,
    }


def test_it_is_read_without_writing(tmp_path: Path) -> None:
    store = StateStore(tmp_path / "state.db")
    assert known.remembered(tmp_path / "state.db") == []
    kept = Backups(store)
    kept.record(Path("/a"), Position(3), NOON)

    assert known.remembered(tmp_path / "state.db") == kept.all()


def test_only_so_many_are_remembered(tmp_path: Path) -> None:
    store = StateStore(tmp_path / "state.db")
    kept = Backups(store)
    with store.transaction():
        for number in range(known.KNOWN_MAX + 2):
            kept.record(Path(f"/{number}"), Position(1), NOON + timedelta(days=number))

    paths = {each.path for each in kept.all()}
    assert len(paths) == known.KNOWN_MAX
    assert paths.isdisjoint({"/0", "/1"})
