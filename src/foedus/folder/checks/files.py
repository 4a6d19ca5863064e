"""The files themselves: whose they are, whether there is room, what is left behind."""

import os
import shutil
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Final

import apsw

from foedus.errors import UnavailableError
from foedus.folder.backup import left_behind
from foedus.folder.findings import Case, Finding, error, ok, warn
from foedus.folder.formats import (
    BACKUPS,
    CURRENT,
    LOG,
    STATE,
    VIEWS,
    formats_of,
    is_founded,
)
from foedus.folder.restore import STAGE, is_interrupted

FREE_MIN: Final = 100 * 1024 * 1024
"""Bytes below which a disk is as good as full: some minutes of a busy hub."""

FREE_LOW: Final = 1024 * 1024 * 1024
"""Bytes below which somebody should make room."""

WAL_LARGE: Final = 1024 * 1024 * 1024
"""Bytes of a write-ahead log that is not emptied: sixteen times the usual most."""

LOCK_WAIT_MS: Final = 2_000
"""Milliseconds to wait for the lock of a writer. Commits take a tenth of a second."""

FILES: Final = (LOG, STATE, VIEWS)

MB: Final = 1024 * 1024


def founded(case: Case) -> Iterator[Finding]:
    """Look whether there is a hub."""
    if is_founded(case.folder):
        yield ok("hub", f"there is a hub in {case.folder}")
    elif is_interrupted(case.folder):
        yield error(
            "hub",
            "a restore into this folder was interrupted, and there is no hub yet",
            "run 'foedus restore' again",
        )
    elif (case.folder / LOG).exists() or (case.folder / STATE).exists():
        yield error(
            "hub",
            f"of {LOG} and {STATE} only one is here",
            "find the other one, or restore a backup into another folder",
        )
    else:
        yield error(
            "hub",
            f"there is no hub in {case.folder}",
            "name the folder with --data, or found a hub with 'foedus init'",
        )


def permissions(case: Case) -> Iterator[Finding]:
    """Look who may read and write."""
    of_folder = _owned(case.folder)
    if of_folder is not None:
        yield of_folder
        if not os.access(case.folder, os.W_OK):
            return
    found = [_owned(path) for path in _existing(case.folder)]
    bad = [finding for finding in found if finding is not None]
    yield from bad
    if not bad and of_folder is None:
        yield ok("permissions", "the files are for their owner alone")


def _owned(path: Path) -> Finding | None:
    status = path.stat()
    if status.st_uid != os.geteuid():
        return error(
            "permissions",
            f"{path} belongs to another user than runs this",
            "run Foedus as the user that owns the folder, or give it to that user",
        )
    if status.st_mode & 0o077:
        return error(
            "permissions",
            f"others than the owner may open {path}",
            f"chmod go= {path}",
        )
    if not os.access(path, os.W_OK):
        return error(
            "permissions",
            f"{path} can only be read",
            "mend the disk, mount it for writing, or give its owner the right",
        )
    return None


def space(case: Case) -> Iterator[Finding]:
    """Look how much room there is."""
    free = shutil.disk_usage(case.folder).free
    size = sum(path.stat().st_size for path in _existing(case.folder))
    what = f"{free // MB} MB are free, and the hub has {size // MB} MB"
    if free < FREE_MIN:
        yield error("space", what, "make room; until then nothing may be taken")
    elif free < max(FREE_LOW, size):
        yield warn("space", what, "make room: an upgrade needs thrice what it has")
    else:
        yield ok("space", what)


def formats(case: Case) -> Iterator[Finding]:
    """Look in which formats the files are."""
    try:
        found = formats_of(case.folder)
    except UnavailableError as refusal:
        what, _, todo = refusal.detail.partition("; ")
        yield error("formats", what, todo)
        return
    what = f"the log has format {found.log}, the state format {found.state}"
    if found == CURRENT:
        yield ok("formats", what)
    else:
        yield warn(
            "formats", what, "whoever opens the folder next upgrades it, backup first"
        )


def journals(case: Case) -> Iterator[Finding]:
    """Look at the write-ahead logs."""
    bad = [each for name in FILES for each in _journal(case.folder, name)]
    yield from bad or [ok("journals", "the write-ahead logs are in order")]


def _journal(folder: Path, name: str) -> Iterator[Finding]:
    journal = folder / f"{name}-wal"
    if not journal.exists():
        return
    if not (folder / name).exists():
        yield error(
            "journals",
            f"{journal.name} is here without {name}",
            f"put the {name} back that belongs to it; do not delete either",
        )
    elif journal.stat().st_size > WAL_LARGE:
        yield warn(
            "journals",
            f"{journal.name} has {journal.stat().st_size // MB} MB",
            "somebody has been reading for long: end exports, or restart the hub",
        )


def locks(case: Case) -> Iterator[Finding]:
    """Look whether somebody keeps others from writing."""
    held = [name for name in (LOG, STATE) if _is_locked(case.folder / name)]
    for name in held:
        yield error(
            "locks",
            f"another process has held the lock of {name} for seconds",
            f"find it with 'fuser {case.folder / name}', and end it if it hangs",
        )
    if not held:
        yield ok("locks", "nobody keeps others from writing")


def _is_locked(path: Path) -> bool:
    with closing(apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READWRITE)) as db:
        db.set_busy_timeout(LOCK_WAIT_MS)
        try:
            db.execute("BEGIN IMMEDIATE")
        except apsw.BusyError:
            return True
        except apsw.ReadOnlyError:
            return False
        db.execute("ROLLBACK")
    return False


def leftovers(case: Case) -> Iterator[Finding]:
    """Look for what killed processes have left."""
    left = [
        *left_behind(case.folder),
        *left_behind(case.folder.absolute().parent),
        *left_behind(case.folder / BACKUPS),
    ]
    if is_founded(case.folder) and is_interrupted(case.folder):
        left.append(case.folder / STAGE)
    for path in left:
        yield warn(
            "leftovers",
            f"{path} was left by a process that was killed, and holds credentials",
            f"rm -r {path}",
        )
    if not left:
        yield ok("leftovers", "killed processes have left nothing")


def _existing(folder: Path) -> list[Path]:
    beside = [f"{name}{end}" for name in FILES for end in ("", "-wal", "-shm")]
    return [folder / name for name in beside if (folder / name).exists()]
