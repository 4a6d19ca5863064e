import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import apsw
import msgspec
import pytest

from foedus.errors import (
    ConflictError,
    CorruptLogError,
    InvalidInputError,
    NotFoundError,
    UnavailableError,
)
from foedus.eventlog.entries import read_head
from foedus.folder import backup
from foedus.folder.archive import Manifest, open_archive, part_of, write_archive
from foedus.folder.backup import back_up, copy_folder, examine, left_behind, underway
from foedus.folder.formats import LOG, STATE
from foedus.folder.known import Backups
from foedus.identity.store import StateStore
from foedus.settings import FILE

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


@pytest.fixture
def made(folder: Path, tmp_path: Path) -> backup.Made:
    return back_up(folder, tmp_path / "b.tar.zst", at=NOON)


def altered(folder: Path) -> None:
    db = apsw.Connection(str(folder / LOG))
    db.execute("UPDATE entry SET nation = 'XXX' WHERE position = 3")
    db.close()


@pytest.fixture
def unpacked(made: backup.Made, tmp_path: Path) -> Path:
    """The files of the backup."""
    folder = tmp_path / "unpacked"
    folder.mkdir()
    with open_archive(made.path) as opened:
        opened.unpack(folder, lambda _: None)
    return folder


def repacked(path: Path, manifest: Manifest, folder: Path) -> Path:
    """Pack changed files under a manifest that fits them, but for the chain."""
    parts = tuple(
        part_of(folder / part.name, number=part.format, add=lambda _: None)
        for part in manifest.parts
    )
    changed = msgspec.structs.replace(manifest, parts=parts)
    write_archive(path, changed, folder, lambda _: None)
    return path


def test_the_manifest_says_what_the_log_says(folder: Path, made: backup.Made) -> None:
    head = read_head(apsw.Connection(str(folder / LOG)))

    manifest = made.manifest
    assert (manifest.position, manifest.digest) == (head.position, head.digest.hex())
    assert manifest.alliance == "NATO"
    assert manifest.made == "2026-01-01T12:00:00+00:00"
    assert manifest.verified
    assert [part.name for part in manifest.parts] == [LOG, STATE, FILE]


def test_settings_come_along(folder: Path, tmp_path: Path) -> None:
    (folder / FILE).write_text("[taxii]\n")

    made = back_up(folder, tmp_path / "b", at=NOON)

    assert made.manifest.parts[-1].name == FILE
    assert made.manifest.parts[-1].bytes == len("[taxii]\n")


def test_nothing_but_the_file_is_left(made: backup.Made, tmp_path: Path) -> None:
    assert sorted(each.name for each in tmp_path.iterdir()) == ["b.tar.zst", "hub"]
    assert made.path.stat().st_mode & 0o777 == 0o600
    assert made.path.stat().st_size == made.bytes


def test_a_file_that_is_there_is_only_replaced_when_asked(
    folder: Path, made: backup.Made
) -> None:
    before = made.path.read_bytes()
    with pytest.raises(ConflictError, match="--force"):
        back_up(folder, made.path, at=NOON)
    assert made.path.read_bytes() == before

    back_up(folder, made.path, at=NOON.replace(year=2027), force=True)

    with open_archive(made.path) as opened:
        assert opened.manifest.made.startswith("2027")


def test_a_pipe_or_a_device_is_never_replaced(folder: Path, tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)

    with pytest.raises(ConflictError, match="no ordinary file"):
        back_up(folder, pipe, at=NOON, force=True)

    assert pipe.is_fifo()


def test_a_folder_that_is_not_there_is_said(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match="make it first"):
        back_up(folder, tmp_path / "nowhere" / "b", at=NOON)


def test_where_there_is_no_hub_there_is_no_backup(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match="foedus init"):
        back_up(tmp_path, tmp_path / "b", at=NOON)


def test_an_altered_log_is_not_backed_up_as_if_it_were_good(
    folder: Path, tmp_path: Path
) -> None:
    altered(folder)

    with pytest.raises(CorruptLogError) as refused:
        back_up(folder, tmp_path / "b", at=NOON)

    assert refused.value.position == 3
    assert sorted(each.name for each in tmp_path.iterdir()) == ["hub"]


def test_a_backup_is_remembered_with_its_position(
    folder: Path, made: backup.Made
) -> None:
    (known,) = Backups(StateStore(folder / STATE)).all()

    assert known.path == str(made.path)
    assert known.position == made.manifest.position


def test_copying_alone_leaves_the_folder_as_it_is(folder: Path, tmp_path: Path) -> None:
    copy_folder(folder, tmp_path / "b", at=NOON)

    assert Backups(StateStore(folder / STATE)).all() == []


def test_a_disk_without_room_is_refused_before_anything_is_copied(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=1_000))

    with pytest.raises(UnavailableError, match="MB are needed"):
        back_up(folder, tmp_path / "b", at=NOON)


def test_what_is_shown_of_each_step_adds_up(folder: Path, tmp_path: Path) -> None:
    steps: dict[str, tuple[int, list[int]]] = {}

    @contextmanager
    def watch(label: str, length: int) -> Iterator[object]:
        steps[label] = (length, [])
        yield steps[label][1].append

    back_up(folder, tmp_path / "b", at=NOON, watch=watch)  # type: ignore[arg-type]

    assert list(steps) == ["Copying", "Verifying", "Measuring", "Packing"]
    assert all(sum(told) == length for length, told in steps.values())


def test_a_good_backup_is_found_good(made: backup.Made, tmp_path: Path) -> None:
    assert examine(made.path, scratch=tmp_path).manifest == made.manifest
    assert left_behind(tmp_path) == []


def test_a_backup_of_an_altered_log_is_found(
    unpacked: Path, made: backup.Made, tmp_path: Path
) -> None:
    altered(unpacked)
    path = repacked(tmp_path / "other", made.manifest, unpacked)

    with pytest.raises(CorruptLogError):
        examine(path, scratch=tmp_path)


def test_a_good_log_that_ends_elsewhere_is_found(
    unpacked: Path, made: backup.Made, tmp_path: Path
) -> None:
    shorter = msgspec.structs.replace(made.manifest, position=3)
    path = repacked(tmp_path / "other", shorter, unpacked)

    with pytest.raises(InvalidInputError, match="does not end at entry 3"):
        examine(path, scratch=tmp_path)


def test_a_backup_with_files_of_a_newer_foedus_is_refused(
    unpacked: Path, made: backup.Made, tmp_path: Path
) -> None:
    parts = tuple(
        msgspec.structs.replace(part, format=99) for part in made.manifest.parts
    )
    newer = msgspec.structs.replace(made.manifest, parts=parts)
    path = repacked(tmp_path / "other", newer, unpacked)

    with pytest.raises(UnavailableError, match=r"newer Foedus wrote log\.db"):
        examine(path, scratch=tmp_path)


def test_what_a_killed_backup_leaves_is_removed_by_the_next(
    folder: Path, tmp_path: Path
) -> None:
    left = tmp_path / f"{backup.UNDERWAY}dead"
    left.mkdir()
    (left / LOG).write_bytes(b"x")
    assert left_behind(tmp_path) == [left]

    back_up(folder, tmp_path / "b", at=NOON)

    assert not left.exists()


def test_what_another_backup_is_at_is_left_alone(folder: Path, tmp_path: Path) -> None:
    with underway(tmp_path) as theirs:
        back_up(folder, tmp_path / "b", at=NOON)
        assert theirs.is_dir()
        assert theirs.stat().st_mode & 0o777 == 0o700


def test_a_file_appears_also_on_a_disk_without_links(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError

    monkeypatch.setattr(os, "link", refuse)

    made = back_up(folder, tmp_path / "b", at=NOON)

    assert examine(made.path, scratch=tmp_path).bytes == made.bytes
