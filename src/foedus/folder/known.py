"""Which backups were made of a hub, so that a redaction can name those that hold it.

What is kept is where each was written and how far the log was. A backup that was
moved is not found again; one that was overwritten is only the newer one.
"""

from contextlib import closing
from datetime import datetime
from pathlib import Path

import msgspec

from foedus.clock import to_ms
from foedus.eventlog.database import open_readable
from foedus.identity.store import StateStore
from foedus.ids import Position

KNOWN_MAX = 1_000
"""Backups that are remembered: three years of one a day."""

SCHEMA = """
CREATE TABLE IF NOT EXISTS backup (
    path      TEXT    NOT NULL PRIMARY KEY,
    made_ms   INTEGER NOT NULL,
    position  INTEGER NOT NULL CHECK (position >= 0)
) STRICT;
"""

_RECORD = """
INSERT INTO backup (path, made_ms, position) VALUES (:path, :made_ms, :position)
    ON CONFLICT (path) DO UPDATE
   SET made_ms = excluded.made_ms, position = excluded.position
"""

_FORGET = """
DELETE FROM backup
 WHERE path NOT IN (SELECT path FROM backup ORDER BY made_ms DESC, path LIMIT :kept)
"""

_ALL = """
SELECT path, made_ms, position FROM backup ORDER BY made_ms DESC, path LIMIT :limit
"""


class Known(msgspec.Struct, frozen=True, array_like=True):
    """A backup that was made.

    Attributes:
        path: where it was written.
        made_ms: when, in milliseconds since 1970.
        position: of the last entry in it.
    """

    path: str
    made_ms: int
    position: Position

    @property
    def is_there(self) -> bool:
        """Whether it is still where it was written, as far as can be seen."""
        try:
            return Path(self.path).is_file()
        except OSError:
            return False


class Backups:
    """The backups of a hub, as `state.db` remembers them.

    Args:
        store: the file.
    """

    def __init__(self, store: StateStore) -> None:
        self._store = store
        store.ensure(SCHEMA)

    def record(self, path: Path, position: Position, at: datetime) -> None:
        """Remember a backup."""
        with self._store.transaction() as db:
            made = {"path": str(path), "made_ms": to_ms(at), "position": position}
            db.execute(_RECORD, made).fetchall()
            db.execute(_FORGET, {"kept": KNOWN_MAX}).fetchall()

    def all(self) -> list[Known]:
        """List what is remembered, newest first."""
        return self._store.rows(_ALL, {"limit": KNOWN_MAX}, Known)

    def holding(self, position: int, *, until: int) -> list[Known]:
        """List those that hold an entry whole, newest first.

        Args:
            position: of the entry.
            until: the position of its redaction.
        """
        return [each for each in self.all() if position <= each.position < until]


def remembered(state: Path) -> list[Known]:
    """List what a `state.db` remembers, newest first, without writing to it."""
    with closing(open_readable(state)) as db:
        if not db.table_exists(None, "backup"):
            return []
        rows = list(db.execute(_ALL, {"limit": KNOWN_MAX}))
    return [msgspec.convert(row, Known) for row in rows]
