"""Consumers: programs that take what comes, and how far each of them has come.

- Each worker writes one row a nation with the programs that it serves, now and then,
  and not synced to disk: after a power cut it is written anew. Who looks at a nation's
  reads no other's.
- Of several streams of one program the one that is furthest behind counts. What a
  worker that is gone wrote says only where a program was last.
- Persons are none: what they look at is nobody's business.
"""

from collections.abc import Iterable
from itertools import groupby
from typing import Final

import msgspec

from foedus.identity.store import Bindings, StateStore
from foedus.ids import AccountId, NationCode
from foedus.releasability.viewers import Role

WORKERS_MAX: Final = 1_000
"""Rows of a nation that are read: of workers that were there in the last weeks."""

ALIVE_MS: Final = 15_000
"""Milliseconds without a row after which a worker is taken for gone: it misses two."""

KEPT_MS: Final = 30 * 86_400_000
"""Milliseconds that rows of workers that are gone are kept: as long as ids are good."""

ROWS_MAX: Final = 20_000
"""Rows that an operator's look at all nations reads."""

SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS consumers_of (
    nation TEXT    NOT NULL,
    worker TEXT    NOT NULL,
    at_ms  INTEGER NOT NULL,
    found  TEXT    NOT NULL CHECK (json_valid(found)),
    PRIMARY KEY (nation, worker)
) STRICT;

CREATE INDEX IF NOT EXISTS consumers_of_at ON consumers_of (at_ms);
"""

_HAS_OLD: Final = "SELECT count(*) FROM sqlite_schema WHERE name = 'consumers'"

_TAKE_OVER: Final = """
INSERT OR IGNORE INTO consumers_of (nation, worker, at_ms, found)
SELECT json_extract(j.value, '$[1]'), c.worker, c.at_ms, json_group_array(json(j.value))
  FROM consumers AS c, json_each(c.found) AS j
 GROUP BY 1, 2;

DROP TABLE consumers;
"""

_WRITE: Final = """
INSERT INTO consumers_of (nation, worker, at_ms, found)
VALUES (:nation, :worker, :at_ms, :found)
    ON CONFLICT (nation, worker)
    DO UPDATE SET at_ms = excluded.at_ms, found = excluded.found
"""

_LEFT: Final = "DELETE FROM consumers_of WHERE worker = :worker AND at_ms < :at_ms"

_FORGET: Final = "DELETE FROM consumers_of WHERE at_ms < :before"

_READ: Final = """
SELECT at_ms, found
  FROM consumers_of
 ORDER BY at_ms DESC, nation, worker
 LIMIT :limit
"""

_READ_OF: Final = """
SELECT at_ms, found
  FROM consumers_of
 WHERE nation = :nation
 ORDER BY at_ms DESC, worker
 LIMIT :limit
"""


class Consumer(msgspec.Struct, frozen=True, array_like=True):
    """How far a program has come.

    Attributes:
        door: the surface.
        part: the id of the collection that it takes; empty for all there are.
        clearance: of its account, `roles` what it may read as besides.
        heard_ms: when it last took something, or was told that there is nothing.
        until_ms: it has all that came until then.
        is_open: whether it is connected.
    """

    account_id: AccountId
    nation: NationCode
    clearance: int
    roles: frozenset[Role]
    door: str
    part: str
    heard_ms: int
    until_ms: int
    is_open: bool


class _Row(msgspec.Struct, frozen=True, array_like=True):
    at_ms: int
    found: str


class Consumers:
    """What workers wrote of them, in `state.db`.

    Args:
        store: the file.
    """

    def __init__(self, store: StateStore) -> None:
        self._store = store
        with store.transaction() as db:
            db.execute(SCHEMA).fetchall()
            if db.execute(_HAS_OLD).get:
                db.execute(_TAKE_OVER).fetchall()

    def write(self, worker: str, found: Iterable[Consumer], *, at_ms: int) -> None:
        """Write what a worker knows, in place of what it wrote before."""
        served: dict[NationCode, list[Consumer]] = {}
        for each in found:
            served.setdefault(each.nation, []).append(each)
        mine: Bindings = {"worker": worker, "at_ms": at_ms}
        for nation, programs in served.items():
            text = msgspec.json.encode(programs).decode()
            self._store.touch(_WRITE, {**mine, "nation": nation, "found": text})
        self._store.touch(_LEFT, mine)
        self._store.touch(_FORGET, {"before": at_ms - KEPT_MS})

    def of_nation(self, nation: NationCode, now_ms: int) -> list[Consumer]:
        """List the programs of a nation, each once by door and part."""
        bindings: Bindings = {"nation": nation, "limit": WORKERS_MAX}
        return _listed(self._store.rows(_READ_OF, bindings, _Row), now_ms)

    def all(self, now_ms: int) -> list[Consumer]:
        """List the programs of all nations, each once by door and part."""
        return _listed(self._store.rows(_READ, {"limit": ROWS_MAX}, _Row), now_ms)


def _listed(rows: Iterable[_Row], now_ms: int) -> list[Consumer]:
    found = [
        consumer
        if now_ms - row.at_ms < ALIVE_MS
        else msgspec.structs.replace(consumer, is_open=False)
        for row in rows
        for consumer in msgspec.json.decode(row.found, type=list[Consumer])
    ]
    found.sort(key=_name)
    return [merged(list(same)) for _, same in groupby(found, _name)]


def merged(found: list[Consumer]) -> Consumer:
    """Say of one program how far it has come: as far as the last of its streams."""
    still = [each for each in found if each.is_open]
    if not still:
        return max(found, key=lambda each: each.heard_ms)
    return min(still, key=lambda each: (each.until_ms, each.heard_ms))


def _name(each: Consumer) -> tuple[str, str, str]:
    return (each.account_id, each.door, each.part)
