"""Which files a data folder has, and in which format each of them is.

- A format is a number in the file itself (`user_version`); it only grows.
- Views have none: views of other code are made anew from the log.
"""

from contextlib import closing
from pathlib import Path
from typing import Final

import apsw
import msgspec

from foedus.errors import NotFoundError, UnavailableError
from foedus.eventlog import schema
from foedus.eventlog.database import open_readable
from foedus.identity import store

LOG: Final = "log.db"
VIEWS: Final = "views.db"
STATE: Final = "state.db"
BACKUPS: Final = "backups"
"""The folder, in the data folder, of the backups that are made by themselves."""

NEWEST: Final = {LOG: schema.FORMAT, STATE: store.FORMAT}
"""The format of each file that this Foedus writes; it reads all older ones."""


class Formats(msgspec.Struct, frozen=True, kw_only=True):
    """The formats of the files of one data folder.

    Attributes:
        log: of `log.db`.
        state: of `state.db`.
    """

    log: int
    state: int

    @property
    def is_current(self) -> bool:
        """Whether this Foedus can write the files as they are."""
        return self == CURRENT


CURRENT: Final = Formats(log=NEWEST[LOG], state=NEWEST[STATE])
"""The formats that this Foedus writes."""


def is_founded(folder: Path) -> bool:
    """Tell whether a folder holds a hub."""
    return (folder / LOG).is_file() and (folder / STATE).is_file()


def check_founded(folder: Path) -> None:
    """Refuse a folder without a hub.

    Raises:
        NotFoundError: there is none.
    """
    if not is_founded(folder):
        raise NotFoundError(f"no hub in {folder}; run 'foedus init' first")


def formats_of(folder: Path) -> Formats:
    """Read the formats of the files of a folder.

    Raises:
        UnavailableError: a newer Foedus wrote one of them.
    """
    found = Formats(
        log=format_of(folder / LOG) or 1, state=format_of(folder / STATE) or 1
    )
    check_not_newer(LOG, found.log)
    check_not_newer(STATE, found.state)
    return found


def format_of(path: Path) -> int:
    """Read the format of a file; 0 while it has none."""
    with closing(open_readable(path)) as db:
        return user_version(db)


def user_version(db: apsw.Connection) -> int:
    """Read the format of an open file; 0 while it has none."""
    return int(db.pragma("user_version"))


def check_not_newer(name: str, number: int) -> None:
    """Refuse a file of a newer Foedus.

    Raises:
        UnavailableError: it is one.
    """
    if number > NEWEST[name]:
        raise UnavailableError(
            f"a newer Foedus wrote {name} (format {number}, and this one knows up to "
            f"{NEWEST[name]}); install that version, or restore the backup that it "
            "made before its upgrade"
        )
