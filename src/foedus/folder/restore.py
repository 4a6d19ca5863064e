"""Making a data folder of a backup.

- Everything happens in a folder inside the new one, and moves up at the end, the
  log last: whoever is killed has not made a hub, and may begin anew.
- The chain is checked, and the views are folded, before anybody can open it.
- Sessions end. Tokens and passwords are those of the backup.
"""

import fcntl
import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final

import msgspec

from foedus.errors import ConflictError, UnavailableError
from foedus.eventlog.database import empty_wal, open_writable
from foedus.eventlog.log import EventLog
from foedus.folder.archive import Manifest, open_archive
from foedus.folder.backup import check_chain, sync_folder, unpack
from foedus.folder.copying import Watch, unwatched
from foedus.folder.formats import LOG, STATE, VIEWS
from foedus.folder.redactions import Listed, heed
from foedus.identity.sessions import Sessions
from foedus.identity.store import StateStore, private_folder
from foedus.ids import Position
from foedus.settings import FILE as SETTINGS

STAGE: Final = ".restoring"
"""The folder, in the data folder, in which a restore works until it is done."""

MAY_BE_THERE: Final = frozenset({SETTINGS, "lost+found"})
"""What a folder may hold into which is restored: its settings stay."""

IN_ORDER: Final = (SETTINGS, STATE, VIEWS, LOG)
"""How the files move up; a folder without its log is no hub."""

_END_SESSIONS = "DELETE FROM web_session"


class Opening(msgspec.Struct, frozen=True, kw_only=True):
    """What the composition root knows to do with a folder.

    Attributes:
        open_log: opens the log of a folder, and brings its form up to date.
        fold: folds the views of a folder whose files are up to date, and tells
            now and then how many more entries are folded.
    """

    open_log: Callable[[Path], EventLog]
    fold: Callable[[Path, Callable[[int], None]], None]


class Restored(msgspec.Struct, frozen=True, kw_only=True):
    """What was restored.

    Attributes:
        manifest: of the backup.
        erased: the entries that were erased since, and now are here too.
    """

    manifest: Manifest
    erased: tuple[Position, ...]


async def restore(
    path: Path,
    folder: Path,
    opening: Opening,
    *,
    redactions: Sequence[Listed] = (),
    watch: Watch = unwatched,
) -> Restored:
    """Make a data folder of a backup.

    Args:
        path: the backup.
        folder: empty, or not there yet.
        opening: opens and folds.
        redactions: what was redacted since the backup.
        watch: shows how far it has come.

    Raises:
        ConflictError: the folder is not empty.
        InvalidInputError: this is no backup, or not what was backed up.
        CorruptLogError: the log in it is not what was written.
        UnavailableError: a newer Foedus made it, or the disk refuses.
    """
    with open_archive(path) as opened, _staged(folder) as stage:
        manifest = opened.manifest
        unpack(opened, stage, watch)
        _end_sessions(stage)
        log = opening.open_log(stage)
        try:
            check_chain(stage / LOG, manifest, watch)
            erased = await heed(log, stage / LOG, redactions)
        finally:
            log.close()
        with watch("Folding", manifest.position) as add:
            opening.fold(stage, add)
        _settle(stage)
        _move_up(stage, folder)
    return Restored(manifest=manifest, erased=tuple(erased))


def is_interrupted(folder: Path) -> bool:
    """Tell whether a restore into a folder was begun and not ended."""
    return (folder / STAGE).exists()


@contextmanager
def _staged(folder: Path) -> Iterator[Path]:
    """Have a folder inside the new one, which nobody else restores into."""
    _check_empty(folder)
    private_folder(folder)
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise UnavailableError(
                f"another process is restoring into {folder}; wait for it"
            ) from error
        stage = folder / STAGE
        _clear(folder)
        stage.mkdir(mode=0o700)
        try:
            yield stage
        finally:
            shutil.rmtree(stage, ignore_errors=True)
    finally:
        os.close(handle)


def _check_empty(folder: Path) -> None:
    if not folder.exists():
        return
    if not folder.is_dir():
        raise ConflictError(f"{folder} is no folder; choose another with --data")
    found = {each.name for each in folder.iterdir()}
    if STAGE in found and LOG not in found:
        # A restore was interrupted: all that is here came from a backup.
        found -= {STAGE, *IN_ORDER, *_beside(STATE), *_beside(VIEWS)}
    if found - MAY_BE_THERE:
        raise ConflictError(
            f"{folder} is not empty; choose another folder with --data, and move the "
            "restored one into its place when you have looked at it"
        )


def _clear(folder: Path) -> None:
    """Remove what an interrupted restore has left, but no settings."""
    if not is_interrupted(folder):
        return
    shutil.rmtree(folder / STAGE)
    for name in (STATE, *_beside(STATE), VIEWS, *_beside(VIEWS)):
        (folder / name).unlink(missing_ok=True)


def _beside(name: str) -> tuple[str, str]:
    return f"{name}-wal", f"{name}-shm"


def _end_sessions(stage: Path) -> None:
    store = StateStore(stage / STATE)
    try:
        Sessions(store)
        store.write(_END_SESSIONS, {})
    finally:
        store.close()


def _settle(stage: Path) -> None:
    """Leave nothing beside the files: only they move up."""
    for name in (STATE, VIEWS, LOG):
        with closing(open_writable(stage / name, synchronous="FULL")) as db:
            is_alone = empty_wal(db, 0)
            assert is_alone, "nobody else opens what is being restored"
        for beside in _beside(name):
            (stage / beside).unlink(missing_ok=True)


def _move_up(stage: Path, folder: Path) -> None:
    """Let the files appear in the folder, the log last."""
    sync_folder(stage)
    for name in IN_ORDER:
        if name == LOG:
            sync_folder(folder)
        if (stage / name).exists() and not (name == SETTINGS and _has(folder, name)):
            (stage / name).rename(folder / name)
    sync_folder(folder)


def _has(folder: Path, name: str) -> bool:
    return (folder / name).exists()
