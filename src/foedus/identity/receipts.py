"""Receipts: which deliveries were given to whom, as ranges, in `state.db`.

- A receipt is a range of delivery numbers of one collection that a reader was given by
  one door on one day: everything in it that the reader could see, and nothing else.
- A reader is a service account; or all the persons of one nation with one clearance,
  who are counted for their nation and never named.
- Ranges that touch or overlap are one. Whoever reads on and on makes one row a day.
- What is not written yet is lost by a crash: receipts tell at least what is written.

Source: DESIGN §5, "Three files"; ADR 19.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

import msgspec

from foedus.identity.store import StateStore
from foedus.ids import AccountId, NationCode

DAY_MS: Final = 86_400_000

_EPOCH_DAY: Final = datetime(1970, 1, 1, tzinfo=UTC).date()

NO_ACCOUNT: Final = AccountId("")
"""Stands for all the persons of a nation with one clearance."""

LIST_MAX: Final = 10_000
"""Receipts that are listed at once."""

_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS receipt (
    collection  TEXT    NOT NULL,
    nation      TEXT    NOT NULL,
    clearance   INTEGER NOT NULL,
    account     TEXT    NOT NULL,
    door        TEXT    NOT NULL,
    day         INTEGER NOT NULL,
    first       INTEGER NOT NULL CHECK (first > 0),
    last        INTEGER NOT NULL CHECK (last >= first),
    after       INTEGER NOT NULL,
    until       INTEGER NOT NULL,
    began       INTEGER NOT NULL,
    ended       INTEGER NOT NULL,
    PRIMARY KEY (collection, nation, clearance, account, door, day, first)
) STRICT, WITHOUT ROWID;
"""

_TOUCHING: Final = """
SELECT first, last, after, until, began, ended
  FROM receipt
 WHERE collection = :collection
   AND nation = :nation
   AND clearance = :clearance
   AND account = :account
   AND door = :door
   AND day = :day
   AND first <= :last + 1
   AND last >= :first - 1
 ORDER BY first
 LIMIT 100000
"""

_DROP: Final = """
DELETE FROM receipt
 WHERE collection = :collection
   AND nation = :nation
   AND clearance = :clearance
   AND account = :account
   AND door = :door
   AND day = :day
   AND first = :first
"""

_WRITE: Final = """
INSERT INTO receipt
       (collection, nation, clearance, account, door, day, first, last, after, until,
        began, ended)
VALUES (:collection, :nation, :clearance, :account, :door, :day, :first, :last, :after,
        :until, :began, :ended)
"""

_READS: Final = """
SELECT min(r.day), max(r.day)
  FROM json_each(:handed) AS j
 CROSS JOIN receipt AS r
    ON r.collection = json_extract(j.value, '$[0]')
   AND r.nation = :nation
   AND r.first <= json_extract(j.value, '$[1]')
   AND r.last >= json_extract(j.value, '$[1]')
   AND r.clearance >= json_extract(j.value, '$[2]')
"""

_LIST: Final = """
SELECT collection, nation, clearance, account, door, day, first, last, after, until,
       began, ended
  FROM receipt
 WHERE nation = :nation
   AND clearance <= :clearance
   AND (:before IS NULL OR day < :before)
 ORDER BY day DESC, collection, nation, account, clearance, door, first
 LIMIT :limit
"""


class Receipt(msgspec.Struct, frozen=True, kw_only=True, array_like=True):
    """A range of deliveries that a reader was given.

    Attributes:
        account: the service; `NO_ACCOUNT` for persons.
        door: the surface.
        day: in days since 1970, in UTC.
        first: the first delivery of the range; `last` is its last.
        after_us: dated later than this is all that was given,
        until_us: up to this, in the reader's world.
        began_ms: when the first of it was given, `ended_ms` when the last was.
    """

    collection: str
    nation: NationCode
    clearance: int
    account: AccountId
    door: str
    day: int
    first: int
    last: int
    after_us: int
    until_us: int
    began_ms: int
    ended_ms: int


def day_of(number: int) -> date:
    """Give the day of a number of days since 1970."""
    return _EPOCH_DAY + timedelta(days=number)


class Receipts:
    """The table of receipts.

    Args:
        store: where it is.
    """

    def __init__(self, store: StateStore) -> None:
        self._store = store
        store.ensure(_SCHEMA)

    def add(self, found: Iterable[Receipt]) -> None:
        """Write receipts, durably and all together; what touches becomes one.

        Raises:
            UnavailableError: another process writes for too long, or the disk refuses.
        """
        with self._store.transaction() as db:
            for each in found:
                rows: list[tuple[Any, ...]]
                where = _key(each)
                rows = db.execute(
                    _TOUCHING, {**where, "first": each.first, "last": each.last}
                ).fetchall()
                for first, *_ in rows:
                    db.execute(_DROP, {**where, "first": first})
                whole = {
                    "first": min([each.first, *(row[0] for row in rows)]),
                    "last": max([each.last, *(row[1] for row in rows)]),
                    "after": min([each.after_us, *(row[2] for row in rows)]),
                    "until": max([each.until_us, *(row[3] for row in rows)]),
                    "began": min([each.began_ms, *(row[4] for row in rows)]),
                    "ended": max([each.ended_ms, *(row[5] for row in rows)]),
                }
                db.execute(_WRITE, {**where, **whole})

    def reads(
        self, nation: NationCode, handed: Sequence[tuple[str, int, int]]
    ) -> tuple[date, date] | None:
        """Tell on which days a nation was first and last given some of these.

        Days and no more: a range says of each of its deliveries that it was given on
        that day; its hours also depend on what else was read then.

        Args:
            nation: whose persons and services.
            handed: deliveries by collection and number, and from which clearance on
                they could be seen.

        Returns:
            Both days, in UTC; None if it is not known to have been given any.
        """
        if not handed:
            return None
        bindings = {
            "nation": nation,
            "handed": msgspec.json.encode(handed).decode(),
        }
        row = self._store.row(_READS, bindings, tuple[int | None, int | None])
        if row is None or row[0] is None or row[1] is None:
            return None
        return day_of(row[0]), day_of(row[1])

    def of_nation(
        self,
        nation: NationCode,
        clearance: int,
        *,
        before: date | None = None,
        limit: int = LIST_MAX,
    ) -> list[Receipt]:
        """List what a nation's readers were given, the newest day first.

        Args:
            nation: whose readers.
            clearance: the highest of them.
            before: only of earlier days.
            limit: how many at most.
        """
        bindings: dict[str, str | int | None] = {
            "nation": nation,
            "clearance": clearance,
            "before": None if before is None else (before - _EPOCH_DAY).days,
            "limit": limit,
        }
        return self._store.rows(_LIST, bindings, Receipt)


def _key(receipt: Receipt) -> dict[str, str | int]:
    return {
        "collection": receipt.collection,
        "nation": receipt.nation,
        "clearance": receipt.clearance,
        "account": receipt.account,
        "door": receipt.door,
        "day": receipt.day,
    }
