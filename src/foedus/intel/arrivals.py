"""The rows of versions that one commit brings, written together.

- A version's key is the one that the table would give: one more than the last.
- Whoever is about to read the table writes what waits first.
"""

import apsw

from foedus.intel.deliveries import Place

VersionRow = tuple[
    int,  # collection
    str,  # object
    str,  # nation
    str,  # type
    str,  # version as written
    int,  # the same as an instant
    str,  # spec version
    int,  # audience
    int,  # position
    int,  # place of the bytes
    int,  # length of the bytes
    int | None,  # place of the stamp
    int | None,  # length of the stamp
    int,  # arrival
    int,  # arrival of the information
    int,  # flags
    int | None,  # stamp
    int | None,  # origin
]
"""A version as it arrives, without its key; it is not withdrawn."""

_LAST = "SELECT coalesce(max(version), 0) FROM version"

_INSERT = """
INSERT INTO version
       (version, collection, object, nation, type, written, modified, spec, audience,
        position, place, length, cut_place, cut_length, arrival, information, flags,
        withdrawn, stamp, origin)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, ?, ?)
"""


class Arrivals:
    """Versions that have a key but do not stand in the table yet."""

    def __init__(self) -> None:
        self._last = 0
        self._rows: list[tuple[int | str | None, ...]] = []
        self._ids: set[tuple[int, str]] = set()

    def load(self, db: apsw.Connection) -> None:
        """Forget what waits, and read which key was given last."""
        self._forget()
        self._last = int(db.execute(_LAST).get)

    def add(self, row: VersionRow) -> int:
        """Give a version its key, and have it wait for being written."""
        self._last += 1
        self._rows.append((self._last, *row))
        self._ids.add(row[:2])
        return self._last

    def hold(self, where: Place) -> bool:
        """Tell whether a version of an id waits."""
        return (where["collection"], where["object"]) in self._ids

    def write(self, db: apsw.Connection) -> None:
        """Write what waits into the table."""
        if self._rows:
            db.executemany(_INSERT, self._rows)
            self._forget()

    def _forget(self) -> None:
        self._rows.clear()
        self._ids.clear()
