"""How deliveries spread over reaches, and the plan for those who can read few.

Whoever may read one in a thousand would step over a thousand to find one. Where the
measured share says so, the reaches that can be read are looked through one by one
instead, a stretch of numbers at a time.

Source: DESIGN §6; `taxii` reference, section 3.3 ("index choice is the whole game").
"""

from collections.abc import Iterator, Mapping

import apsw
import msgspec

Binding = int | float | bytes | str | None
"""What a statement is given."""

STEP = 1.0
"""What it costs to step over a delivery that cannot be read; the unit of the others."""

SEEK = 4.0
"""What it costs to look up a delivery by its number, or a reach by its own."""

STRETCH_MIN = 1_024
"""Numbers of the shortest stretch."""

WIDER = 4
"""How much wider the next stretch is, where one held too few."""

GROWTH = 1.25
"""How much a collection grows before its spread is read anew."""

SHARES_MAX = 1_000
"""Shares that are kept: one a view class, and one a set of types that it asks for."""

_COUNTS = """
SELECT reach, count FROM spread WHERE collection = :collection LIMIT 100000
"""

_NUMBERS = """
SELECT d.number
  FROM json_each(:reaches) AS j
 CROSS JOIN delivery AS d INDEXED BY delivery_reach
            ON d.collection = :collection AND d.reach = j.value
 WHERE d.number > :after
   AND d.number <= :until
 ORDER BY d.number
 LIMIT :limit
"""

_COUNT = """
INSERT INTO spread (collection, reach, count) VALUES (:collection, :reach, :more)
    ON CONFLICT (collection, reach) DO UPDATE SET count = count + excluded.count
"""


def count_deliveries(
    db: apsw.Connection, collection: int, births: Mapping[int, int]
) -> None:
    """Count further deliveries of a collection by the reach that they are born with.

    They are not counted anew where they are narrowed later: what is wanted is how
    much there is to look through.
    """
    db.executemany(
        _COUNT,
        [
            {"collection": collection, "reach": reach, "more": more}
            for reach, more in births.items()
        ],
    )


class _Counts(msgspec.Struct, frozen=True):
    """The deliveries of a collection by reach, as they were at some number."""

    until: int
    by_reach: dict[int, int]
    total: int


class _Share(msgspec.Struct, frozen=True):
    """What of a collection can be read: which reaches, and how much of it."""

    reaches: tuple[int, ...]
    share: float


class Spread:
    """What one thread knows of how deliveries spread."""

    def __init__(self) -> None:
        self._counts: dict[int, _Counts] = {}
        self._shares: dict[tuple[int, bytes], _Share] = {}

    def forget(self) -> None:
        """Drop everything: who may read what has changed."""
        self._counts.clear()
        self._shares.clear()

    def kept(self) -> int:
        """Count the shares that are kept."""
        return len(self._shares)

    def is_narrow(
        self, db: apsw.Connection, bindings: Mapping[str, Binding], limit: int
    ) -> bool:
        """Tell whether looking through the readable reaches costs less than a walk.

        Args:
            db: the views.
            bindings: `collection`, `readable` and `until`.
            limit: how many are wanted.
        """
        found = self._share(db, bindings)
        if not found.share:
            return False
        walk = limit / found.share * STEP
        return walk > (limit + len(found.reaches)) * SEEK

    def numbers(
        self, db: apsw.Connection, bindings: Mapping[str, Binding], limit: int
    ) -> Iterator[str]:
        """Give the numbers of the deliveries that can be read, in their order.

        Args:
            db: the views.
            bindings: `collection`, `readable`, `after` and `until`.
            limit: how many at once, at the most.

        Yields:
            JSON lists, none of them empty.
        """
        found = self._share(db, bindings)
        low, until = bindings["after"], bindings["until"]
        assert isinstance(low, int)
        assert isinstance(until, int)
        width = max(STRETCH_MIN, int(2 * limit / found.share))
        asked = {
            "collection": bindings["collection"],
            "reaches": msgspec.json.encode(found.reaches).decode(),
            "limit": limit,
        }
        while low < until:
            high = min(until, low + width)
            run = {**asked, "after": low, "until": high}
            numbers = [row[0] for row in db.execute(_NUMBERS, run)]
            if numbers:
                yield msgspec.json.encode(numbers).decode()
            if len(numbers) == limit:
                low = numbers[-1]
            else:
                low, width = high, width * WIDER

    def _share(self, db: apsw.Connection, bindings: Mapping[str, Binding]) -> _Share:
        collection, readable = bindings["collection"], bindings["readable"]
        assert isinstance(collection, int)
        assert isinstance(readable, bytes)
        until = bindings["until"]
        assert isinstance(until, int)
        counts = self._counts.get(collection)
        if counts is None or until > counts.until * GROWTH:
            self.forget()
            counts = self._counts[collection] = _read(db, collection, until)
        key = (collection, readable)
        found = self._shares.get(key)
        if found is None:
            if len(self._shares) >= SHARES_MAX:
                self._shares.clear()
            found = self._shares[key] = _share_of(counts, readable)
        return found


def _read(db: apsw.Connection, collection: int, until: int) -> _Counts:
    rows = db.execute(_COUNTS, {"collection": collection})
    by_reach = {int(reach): int(count) for reach, count in rows}
    return _Counts(until, by_reach, sum(by_reach.values()))


def _share_of(counts: _Counts, readable: bytes) -> _Share:
    """Measure what can be read; a reach that came since counts like a small one."""
    reaches = tuple(place for place, byte in enumerate(readable, start=1) if byte)
    seen = sum(counts.by_reach.get(reach, 0) for reach in reaches)
    if not seen:
        # Nothing at all, or nothing yet: then there is little to step over, too.
        return _Share(reaches, 1 / counts.total if counts.total else 0.0)
    return _Share(reaches, seen / counts.total)
