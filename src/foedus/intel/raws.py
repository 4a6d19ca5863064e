"""Objects' bytes by version: out of the log, as far as they are not kept.

What is asked for *at once* is asked for on the event loop: it is read where little has
to be looked for, and refused where others would have to wait for it.
"""

import itertools
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Final

import apsw
import msgspec

from foedus.intel.kept_bytes import KeptBytes

PAGE_BYTES_MAX: Final = 32 << 20
"""Bytes of objects on a page, give or take the last one; what is left follows."""

AT_ONCE_BYTES_MAX: Final = 4 << 20
"""Bytes of objects that are given at once: about a millisecond."""

AT_ONCE_UNKEPT_MAX: Final = 200
"""Objects that are read at once out of the log."""

AT_ONCE_STEPS_MAX: Final = 1_000_000
"""Steps of SQLite's machine that are taken at once: 10 to 20 ms."""

STEPS: Final = 10_000
"""Steps between two looks at how many there were."""

_REDACTION = """
SELECT position
  FROM log.entry INDEXED BY entry_of_redaction
 WHERE kind = 'log.redacted'
 ORDER BY position DESC
 LIMIT 1
"""

_LENGTHS = """
SELECT v.version, v.length
  FROM json_each(:versions) AS j
 CROSS JOIN version AS v ON v.version = j.value
 LIMIT 1000000
"""

_RAWS = """
SELECT v.version, substr(e.body, v.place + 1, v.length)
  FROM json_each(:versions) AS j
 CROSS JOIN version AS v ON v.version = j.value
 CROSS JOIN log.entry AS e ON e.position = v.position AND e.body IS NOT NULL
 LIMIT 1000000
"""


class TakesLongError(Exception):
    """What was asked for at once is not at hand; ask where one may wait."""


@contextmanager
def at_once(db: apsw.Connection) -> Iterator[None]:
    """Let no statement look for long, for a block.

    Raises:
        TakesLongError: they took more than `AT_ONCE_STEPS_MAX` steps together.
    """
    looks = itertools.count(1)
    most = AT_ONCE_STEPS_MAX // STEPS
    db.set_progress_handler(lambda: next(looks) > most, STEPS)
    try:
        yield
    except apsw.InterruptError as error:
        raise TakesLongError from error
    finally:
        db.set_progress_handler(None)


class Raws:
    """Reads objects' bytes over one connection.

    Args:
        db: the views, with the log attached.
        kept: bytes that were read before, by any thread.
        bytes_max: how many go on a page, give or take the last object's.
    """

    def __init__(
        self, db: apsw.Connection, kept: KeptBytes, *, bytes_max: int = PAGE_BYTES_MAX
    ) -> None:
        self._db = db
        self._kept = kept
        self._bytes_max = bytes_max

    def read(
        self, versions: Sequence[int], made: int, *, at_once: bool
    ) -> list[bytes] | None:
        """Give the bytes of so many versions as go on a page.

        Args:
            versions: their rows in the views, in the order of the page.
            made: how often the views have been made anew.
            at_once: whether nobody can wait.

        Returns:
            Bytes of as many of the first versions; None if some of those are gone.

        Raises:
            TakesLongError: it is not to take long, and would.
        """
        epoch = (made, int(self._db.execute(_REDACTION).get or 0))
        kept = self._kept.find(versions, epoch)
        raws = [raw for raw in kept if raw is not None]
        if len(raws) == len(kept) and sum(map(len, raws)) <= AT_ONCE_BYTES_MAX:
            return raws
        lengths: dict[int, int] = {}
        if not all(kept):
            if at_once and kept.count(None) > AT_ONCE_UNKEPT_MAX:
                raise TakesLongError
            lengths = dict(self._db.execute(_LENGTHS, _unkept(versions, kept)))
        sizes = [
            lengths[version] if raw is None else len(raw)
            for version, raw in zip(versions, kept, strict=True)
        ]
        if at_once and sum(sizes) > AT_ONCE_BYTES_MAX:
            raise TakesLongError
        del kept[self._fitting(sizes) :]
        if lengths:
            read = dict(self._db.execute(_RAWS, _unkept(versions, kept)))
            self._kept.keep(read, epoch)
            kept = [
                read.get(version) if raw is None else raw
                for version, raw in zip(versions, kept, strict=False)
            ]
        raws = [raw for raw in kept if raw is not None]
        if len(raws) == len(kept):
            return raws
        if at_once:
            raise TakesLongError
        return None

    def _fitting(self, sizes: Sequence[int]) -> int:
        """Tell how many objects go on a page, by their bytes."""
        total = 0
        for count, size in enumerate(sizes):
            if total > self._bytes_max:
                return count
            total += size
        return len(sizes)


def _unkept(versions: Sequence[int], kept: Sequence[bytes | None]) -> dict[str, str]:
    """Name the versions that are not kept."""
    named = [
        version for version, raw in zip(versions, kept, strict=False) if raw is None
    ]
    return {"versions": msgspec.json.encode(named).decode()}
