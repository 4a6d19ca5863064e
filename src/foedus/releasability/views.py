"""Reaches: the interned sets of readers that deliveries point to.

- A reach is a set of view classes *plus the reason for it* (the audience) and a
  STIX type; equal audiences share one, so ten thousand labels stay few hundred
  reaches.
- `born` never changes: dates added are ranked by it. `mask` only ever narrows.
- Reach ids are given in order of first appearance and never leave the hub.
- Every change of who may read what bumps the access generation, which is part of
  every cache key.

Source: DESIGN §6, "Reach" and "Date added"; `releasability` reference, section 1.
"""

from bisect import insort
from collections.abc import Iterator
from typing import Final

import apsw

from foedus.errors import RuleViolationError

REACHES_MAX = 65_535
"""Distinct audiences times STIX types. A reach has to fit two bytes, and a view
class's mask 64 KiB; beyond it a community is wanted, not more lists of nations."""

REACHES_SPARE = 4_096
"""The last reaches, kept for narrowing: what is stored can always be taken from
somebody, also when no new audience is admitted."""

SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS access (
    one         INTEGER PRIMARY KEY CHECK (one = 1),
    generation  INTEGER NOT NULL
) STRICT;

CREATE TABLE IF NOT EXISTS reach (
    reach     INTEGER PRIMARY KEY CHECK (reach BETWEEN 1 AND 65535),
    audience  INTEGER NOT NULL,
    type      TEXT    NOT NULL,
    born      BLOB    NOT NULL,
    mask      BLOB    NOT NULL
) STRICT;
"""

_ALL = """
SELECT reach, audience, type, born, mask
  FROM reach
 WHERE reach > :after
 ORDER BY reach
 LIMIT :limit
"""

_INSERT = """
INSERT INTO reach (reach, audience, type, born, mask)
VALUES (:reach, :audience, :type, :mask, :mask)
"""

_NARROW = "UPDATE reach SET mask = :mask WHERE reach = :reach"

_REST = "UPDATE reach SET audience = :audience WHERE reach = :reach"

_GENERATION = "SELECT generation FROM access WHERE one = 1"

_BUMP = """
INSERT INTO access (one, generation) VALUES (1, 1)
    ON CONFLICT (one) DO UPDATE SET generation = generation + 1
"""

_COUNT = "SELECT coalesce(max(reach), 0) FROM reach"

_MARKS = """
SELECT coalesce((SELECT generation FROM access WHERE one = 1), 0),
       (SELECT coalesce(max(reach), 0) FROM reach)
"""


def to_blob(mask: int) -> bytes:
    """Write a mask as the table holds it: little end first, no trailing zeros."""
    return mask.to_bytes((mask.bit_length() + 7) // 8, "little")


def from_blob(blob: bytes) -> int:
    """Read a mask as the table holds it."""
    return int.from_bytes(blob, "little")


def generation(db: apsw.Connection) -> int:
    """Tell how often who may read what has changed."""
    for (number,) in db.execute(_GENERATION):
        return int(number)
    return 0


def count(db: apsw.Connection) -> int:
    """Tell how many reaches there are."""
    return int(db.execute(_COUNT).get)


def bump_generation(db: apsw.Connection) -> None:
    """Record that who may read what has changed."""
    db.execute(_BUMP)


class Reaches:
    """The reaches as a fold sees them: the table, and the same in memory."""

    def __init__(self) -> None:
        self._born: list[int] = []
        self._mask: list[int] = []
        self._key: list[tuple[int, str]] = []
        # Reaches that are as they were born, for what comes to share them.
        self._whole: dict[tuple[int, str, int], list[int]] = {}

    def load(self, db: apsw.Connection) -> None:
        """Read the whole table again."""
        self.__init__()  # type: ignore[misc]  # a fresh start is what is meant
        for row in db.execute(_ALL, {"after": 0, "limit": REACHES_MAX}):
            self._remember(row[1], row[2], from_blob(row[3]), from_blob(row[4]))

    def intern(
        self,
        db: apsw.Connection,
        *,
        audience: int,
        stix_type: str,
        mask: int,
        spare: bool = False,
    ) -> int:
        """Give the reach of an audience, a type and a set of classes.

        Args:
            db: the views.
            audience: why they may read.
            stix_type: the type under which objects share reaches.
            mask: the classes.
            spare: take one of the spare reaches if need be.

        Raises:
            RuleViolationError: there are `REACHES_MAX` already, the spare ones off.
        """
        found = self._whole.get((audience, stix_type, mask))
        if found:
            return found[0]
        reach = len(self._mask) + 1
        if reach > REACHES_MAX - (0 if spare else REACHES_SPARE):
            raise RuleViolationError(
                f"the hub holds {REACHES_MAX} distinct audiences; use a community"
            )
        db.execute(
            _INSERT,
            {
                "reach": reach,
                "audience": audience,
                "type": stix_type,
                "mask": to_blob(mask),
            },
        )
        self._remember(audience, stix_type, mask, mask)
        return reach

    def mask(self, reach: int) -> int:
        """Tell which classes a reach holds today."""
        return self._mask[reach - 1]

    def key(self, reach: int) -> tuple[int, str]:
        """Tell the audience and the STIX type of a reach."""
        return self._key[reach - 1]

    def narrow(self, db: apsw.Connection, reach: int, mask: int) -> None:
        """Take classes out of a reach, for everything that is in it, at once."""
        assert mask & ~self._mask[reach - 1] == 0, "a reach only ever narrows"
        if mask == self._mask[reach - 1]:
            return
        self._unshare(reach)
        self._mask[reach - 1] = mask
        db.execute(_NARROW, {"mask": to_blob(mask), "reach": reach})

    def rest_on(self, db: apsw.Connection, reach: int, audience: int) -> None:
        """Let a reach rest on another audience, which holds all its classes."""
        self._unshare(reach)
        self._key[reach - 1] = (audience, self._key[reach - 1][1])
        self._share(reach)
        db.execute(_REST, {"audience": audience, "reach": reach})

    def all(self) -> range:
        """Give all reaches, in order of first appearance."""
        return range(1, len(self._mask) + 1)

    def of_audiences(self, audiences: frozenset[int]) -> Iterator[int]:
        """Go through the reaches of some audiences, in order of first appearance."""
        for place, (audience, _) in enumerate(self._key):
            if audience in audiences:
                yield place + 1

    def _remember(self, audience: int, stix_type: str, born: int, mask: int) -> None:
        self._born.append(born)
        self._mask.append(mask)
        self._key.append((audience, stix_type))
        self._share(len(self._mask))

    def _share(self, reach: int) -> None:
        """Let what comes share a reach that is as it was born; the first goes first."""
        mask = self._mask[reach - 1]
        if self._born[reach - 1] == mask:
            insort(self._whole.setdefault((*self._key[reach - 1], mask), []), reach)

    def _unshare(self, reach: int) -> None:
        """Let nothing more share a reach."""
        mask = self._mask[reach - 1]
        if self._born[reach - 1] == mask:
            self._whole[(*self._key[reach - 1], mask)].remove(reach)


class ReadableReaches:
    """Which reaches one process's viewers may read: a byte a reach, for SQL.

    The bytes go into `substr(:readable, reach, 1) = x'01'`. They are made from the
    table under the access generation and extended by new reaches; a reach beyond
    their end reads as the empty blob, so a stale mask fails closed.
    """

    def __init__(self) -> None:
        self._generation = -1
        self._masks: list[int] = []
        self._born: list[int] = []
        self._types: list[str] = []
        self._now: dict[int, bytes] = {}
        self._at_birth: dict[int, bytes] = {}
        self._typed: dict[tuple[int, tuple[str, ...]], bytes] = {}

    def refresh(self, db: apsw.Connection) -> tuple[int, int]:
        """Catch up with the table, inside the caller's read transaction.

        Returns:
            The access generation and the number of reaches: what a page that is
            kept has to be keyed with.
        """
        now, reaches = db.execute(_MARKS).get
        if now != self._generation:
            self.__init__()  # type: ignore[misc]  # a fresh start is what is meant
            self._generation = now
        if reaches > len(self._masks):
            self._extend(db)
        return now, len(self._masks)

    def now(self, place: int, types: tuple[str, ...] = ()) -> bytes:
        """Give a byte a reach: may the view class read it today?

        Args:
            place: the number of the class's bit.
            types: only reaches of these STIX types; empty for all.
        """
        found = self._now.get(place)
        if found is None:
            found = self._now[place] = _bytes_of(self._masks, place)
        if not types:
            return found
        typed = self._typed.get((place, types))
        if typed is None:
            wanted = frozenset(types)
            typed = bytes(
                byte if kind in wanted else 0
                for byte, kind in zip(found, self._types, strict=True)
            )
            if len(self._typed) > _TYPED_MAX:
                self._typed.clear()
            self._typed[(place, types)] = typed
        return typed

    def at_birth(self, place: int) -> bytes:
        """Give a byte a reach: could the view class read it when it was made?"""
        found = self._at_birth.get(place)
        if found is None:
            found = self._at_birth[place] = _bytes_of(self._born, place)
        return found

    def _extend(self, db: apsw.Connection) -> None:
        bounds = {"after": len(self._masks), "limit": REACHES_MAX}
        for _, _, stix_type, born, mask in db.execute(_ALL, bounds):
            self._masks.append(from_blob(mask))
            self._born.append(from_blob(born))
            self._types.append(stix_type)
        self._now.clear()
        self._at_birth.clear()
        self._typed.clear()


_TYPED_MAX = 1_000
"""Masks by type that are kept; each is as long as there are reaches."""


def _bytes_of(masks: list[int], place: int) -> bytes:
    return bytes(mask >> place & 1 for mask in masks)
