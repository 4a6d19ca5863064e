"""Backing up a data folder while the hub runs.

- Log and state are of one instant, and the chain of the copy is checked.
- The file appears under its name whole and durable, or not at all.
- Whoever is killed leaves a folder beside it, which the next backup there removes.
"""

import fcntl
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import Final

import apsw
import msgspec

from foedus import __version__
from foedus.clock import from_ms
from foedus.errors import (
    ConflictError,
    InvalidInputError,
    NotFoundError,
    UnavailableError,
)
from foedus.eventlog.entries import SqliteEntries, read_head
from foedus.folder import archive
from foedus.folder.archive import Archive, Manifest, open_archive, part_of
from foedus.folder.copying import (
    Watch,
    bytes_of,
    copy_database,
    one_instant,
    pages_of,
    unwatched,
)
from foedus.folder.formats import (
    CURRENT,
    LOG,
    STATE,
    Formats,
    check_founded,
    check_not_newer,
    user_version,
)
from foedus.folder.known import Backups
from foedus.identity.store import StateStore
from foedus.ids import Position
from foedus.settings import FILE as SETTINGS

UNDERWAY: Final = ".foedus-part-"
"""Begins the name of a folder in which a backup is being made or looked through."""

SPARE: Final = 1.5
"""Free bytes that are asked for, for one of the files: the copy, and it packed."""

_FIRST = "SELECT nation FROM entry WHERE position = 1"

_REDACTIONS = "SELECT count(*) FROM entry WHERE kind = 'log.redacted'"


class Made(msgspec.Struct, frozen=True, kw_only=True):
    """A backup that was made, or looked through.

    Attributes:
        path: where it is.
        bytes: its size.
        manifest: what it is.
    """

    path: Path
    bytes: int
    manifest: Manifest


def back_up(
    folder: Path,
    target: Path,
    *,
    at: datetime,
    force: bool = False,
    watch: Watch = unwatched,
) -> Made:
    """Back up a hub, beside whoever works on it, and remember that it was done.

    Args:
        folder: the data folder.
        target: the file to make.
        at: now.
        force: whether a file of that name is replaced.
        watch: shows how far it has come.

    Raises:
        NotFoundError: there is no hub in the folder.
        ConflictError: there is such a file already.
        CorruptLogError: the log is not what was written; nothing was made.
        UnavailableError: the disk refuses, or has no room.
    """
    made = copy_folder(folder, target, at=at, force=force, watch=watch)
    # A disk that can only be read is backed up all the same, and not written to.
    with suppress(apsw.Error, OSError, UnavailableError):
        remember(folder, made, at)
    return made


def remember(folder: Path, made: Made, at: datetime) -> None:
    """Remember in a folder that a backup of it was made.

    Raises:
        UnavailableError: the disk refuses.
    """
    store = StateStore(folder / STATE)
    try:
        Backups(store).record(made.path, Position(made.manifest.position), at)
    finally:
        store.close()


def copy_folder(
    folder: Path,
    target: Path,
    *,
    at: datetime,
    force: bool = False,
    watch: Watch = unwatched,
) -> Made:
    """Back up a hub of any format up to this one's, and leave its folder as it is.

    The chain is only checked where the log has this Foedus's own format.
    """
    check_founded(folder)
    target = target.absolute()
    if not target.parent.is_dir():
        raise NotFoundError(f"there is no folder {target.parent}; make it first")
    if not force:
        _check_free(target)
    if target.exists() and not target.is_file():
        raise ConflictError(f"{target} is no ordinary file; name another")
    with underway(target.parent) as beside:
        packed = beside / "packed"
        manifest = _copy(folder, beside, at=at, watch=watch)
        with watch("Packing", sum(part.bytes for part in manifest.parts)) as add:
            archive.write_archive(packed, manifest, beside, add)
        size = packed.stat().st_size
        _give_name(packed, target, force=force)
    return Made(path=target, bytes=size, manifest=manifest)


def examine(path: Path, *, scratch: Path, watch: Watch = unwatched) -> Made:
    """Look through a backup: every byte of it, and the chain of its log.

    Args:
        path: the backup.
        scratch: a folder with room to unpack it, for as long as it takes.
        watch: shows how far it has come.

    Raises:
        InvalidInputError: it is no backup, or is not what was backed up.
        CorruptLogError: the log in it is not what was written.
        UnavailableError: a newer Foedus made it, or the disk refuses.
    """
    with open_archive(path) as opened, underway(scratch) as beside:
        manifest = opened.manifest
        unpack(opened, beside, watch)
        if formats_in(manifest) == CURRENT:
            check_chain(beside / LOG, manifest, watch)
    return Made(path=path, bytes=path.stat().st_size, manifest=manifest)


def unpack(opened: Archive, folder: Path, watch: Watch) -> None:
    """Unpack a backup into a folder that holds nothing of the kind.

    Raises:
        InvalidInputError: it is not what was backed up.
        UnavailableError: the files are a newer Foedus's, or there is no room.
    """
    manifest = opened.manifest
    for part in manifest.parts:
        if part.name in {LOG, STATE}:
            check_not_newer(part.name, part.format)
    size = sum(part.bytes for part in manifest.parts)
    _check_room(folder, size)
    with watch("Unpacking", size) as add:
        opened.unpack(folder, add)


def check_chain(log: Path, manifest: Manifest, watch: Watch) -> None:
    """Check every entry of a log of this format, and that it ends as a backup says.

    Raises:
        CorruptLogError: an entry is not what was written.
        InvalidInputError: it ends elsewhere.
    """
    _verify(log, manifest.position, watch)
    with one_instant([log]) as (seen,):
        head = read_head(seen)
    if (head.position, head.digest.hex()) != (manifest.position, manifest.digest):
        raise InvalidInputError(
            f"the log does not end at entry {manifest.position}, where the backup "
            "says that it does; take another backup"
        )


def formats_in(manifest: Manifest) -> Formats:
    """Tell the formats of the files in a backup."""
    log, state = manifest.part(LOG), manifest.part(STATE)
    assert log is not None, "a manifest without it is refused"
    assert state is not None, "as above"
    return Formats(log=log.format, state=state.format)


@contextmanager
def underway(parent: Path) -> Iterator[Path]:
    """Have a folder of one's own in another, for a block; removed afterwards.

    Those of processes that were killed are removed first.
    """
    remove_left_behind(parent)
    folder = parent / f"{UNDERWAY}{secrets.token_hex(6)}"
    folder.mkdir(mode=0o700)
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        os.close(handle)


def left_behind(parent: Path) -> list[Path]:
    """List the folders of backups whose processes are gone."""
    with suppress(OSError):
        found = sorted(parent.glob(f"{UNDERWAY}*"))
        return [folder for folder in found if _is_left(folder)]
    return []


def remove_left_behind(parent: Path) -> None:
    """Remove the folders of backups whose processes are gone."""
    for folder in left_behind(parent):
        shutil.rmtree(folder, ignore_errors=True)


def _is_left(folder: Path) -> bool:
    try:
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    else:
        return True
    finally:
        os.close(handle)


def _copy(folder: Path, beside: Path, *, at: datetime, watch: Watch) -> Manifest:
    """Copy the files of a hub, and say what they are."""
    with one_instant([folder / LOG, folder / STATE]) as seen:
        _check_room(beside, int(sum(map(bytes_of, seen)) * SPARE))
        with watch("Copying", sum(map(pages_of, seen))) as add:
            for db, name in zip(seen, (LOG, STATE), strict=True):
                copy_database(db, beside / name, add)
    with suppress(FileNotFoundError):
        (beside / SETTINGS).write_bytes((folder / SETTINGS).read_bytes())
    return _describe(beside, at=at, watch=watch)


def _describe(beside: Path, *, at: datetime, watch: Watch) -> Manifest:
    with one_instant([beside / LOG, beside / STATE]) as (log, state):
        head = read_head(log)
        formats = Formats(log=user_version(log) or 1, state=user_version(state) or 1)
        alliance: str = log.execute(_FIRST).get or ""
        redactions: int = log.execute(_REDACTIONS).get
    numbers = {LOG: formats.log, STATE: formats.state, SETTINGS: 0}
    is_checked = formats.log == CURRENT.log
    if is_checked:
        _verify(beside / LOG, head.position, watch)
    paths = [beside / name for name in archive.PARTS if (beside / name).exists()]
    with watch("Measuring", sum(path.stat().st_size for path in paths)) as add:
        parts = [part_of(path, number=numbers[path.name], add=add) for path in paths]
    return Manifest(
        version=archive.VERSION,
        foedus=__version__,
        alliance=alliance,
        made=at.isoformat(timespec="seconds"),
        position=head.position,
        digest=head.digest.hex(),
        arrival=from_ms(head.arrival_ms).isoformat() if head.position else "",
        redactions=redactions,
        verified=is_checked,
        parts=tuple(parts),
    )


def _verify(log: Path, position: int, watch: Watch) -> None:
    done = 0
    entries = SqliteEntries(log)
    try:
        with watch("Verifying", position) as add:

            def reach(verified: Position) -> None:
                nonlocal done
                add(verified - done)
                done = verified

            entries.verify(reach)
    finally:
        entries.close()


def _check_free(target: Path) -> None:
    if os.path.lexists(target):
        raise ConflictError(
            f"{target} exists already; name another file, or replace it with --force"
        )


def _check_room(folder: Path, size: int) -> None:
    free = shutil.disk_usage(folder).free
    if free < size:
        raise UnavailableError(
            f"{folder.parent} has {free // 2**20} MB free and {size // 2**20 + 1} MB "
            "are needed; make room, or name a file on another disk"
        )


def _give_name(packed: Path, target: Path, *, force: bool) -> None:
    """Let a finished file appear under its name, durably."""
    if force:
        packed.replace(target)
    else:
        try:
            target.hardlink_to(packed)
        except FileExistsError:
            _check_free(target)
        except OSError:
            # A disk without hard links: another process may be a hair faster.
            _check_free(target)
            packed.rename(target)
    sync_folder(target.parent)


def sync_folder(folder: Path) -> None:
    """Make the names in a folder durable."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
