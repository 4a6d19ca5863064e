"""Bringing an older data folder up to date: forward only, and with a backup first.

- The backup stands, whole and durable, before anything is changed.
- Each file changes in one transaction: whoever is killed leaves it old or new.
- Of several processes that open the folder, one does it and the others wait.
"""

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import structlog

from foedus.eventlog.database import disk_in_words
from foedus.eventlog.log import EventLog
from foedus.folder.backup import Made, copy_folder, remember
from foedus.folder.formats import (
    BACKUPS,
    CURRENT,
    STATE,
    Formats,
    formats_of,
)
from foedus.identity.store import StateStore, private_folder

SUFFIX: Final = ".tar.zst"
"""What the names of backups end with that are made by themselves."""

_log = structlog.get_logger(__name__)


def make_current(
    folder: Path, open_log: Callable[[Path], EventLog], *, at: datetime
) -> Made | None:
    """Bring the files of a folder up to date, if they are not.

    Args:
        folder: the data folder; it holds a hub.
        open_log: opens its log, and brings that up to date.
        at: now.

    Returns:
        The backup that was made first; None where there was nothing to do.

    Raises:
        UnavailableError: a newer Foedus wrote a file, or the disk refuses; nothing
            was changed.
        CorruptLogError: the log is damaged, so that it cannot be brought up to date.
    """
    if formats_of(folder).is_current:
        return None
    with _alone(folder):
        older = formats_of(folder)
        if older.is_current:
            return None
        made = _back_up(folder, older, at)
        with disk_in_words():
            _upgrade(folder, open_log)
            remember(folder, made, at)
    _log.info(
        "folder_upgraded", log=older.log, state=older.state, backup=str(made.path)
    )
    return made


def _back_up(folder: Path, older: Formats, at: datetime) -> Made:
    private_folder(folder / BACKUPS)
    stamp = at.astimezone(UTC).strftime("%Y%m%dT%H%M%S%fZ")
    what = f"log-{older.log}-to-{CURRENT.log}"
    if older.log == CURRENT.log:
        what = f"state-{older.state}-to-{CURRENT.state}"
    target = folder / BACKUPS / f"before-{what}-{stamp}{SUFFIX}"
    return copy_folder(folder, target, at=at)


def _upgrade(folder: Path, open_log: Callable[[Path], EventLog]) -> None:
    StateStore(folder / STATE).close()
    open_log(folder).close()


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Wait until no other process upgrades the folder, and keep others from it."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
