"""Leases: which of several processes does what only one may do at a time.

- A lease is a row with a holder, an end and a *fence*: a number that grows whenever
  somebody else takes it. What is written under a lease is written in a transaction
  that first asks for the fence, so that who was paused too long writes nothing any
  more, whatever it believes.
- A holder that dies is succeeded when its lease ends.
"""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

import apsw
import msgspec

from foedus.clock import from_ms, to_ms
from foedus.errors import ConflictError
from foedus.identity.store import Bindings, StateStore

LENGTH = timedelta(seconds=20)
"""How long a lease lasts: longer than anything that is begun under it."""

SCHEMA = """
CREATE TABLE IF NOT EXISTS lease (
    name     TEXT    NOT NULL PRIMARY KEY,
    holder   TEXT    NOT NULL,
    fence    INTEGER NOT NULL CHECK (fence > 0),
    until_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
"""

_TAKE = """
INSERT INTO lease (name, holder, fence, until_ms)
VALUES (:name, :holder, 1, :until_ms)
    ON CONFLICT (name)
    DO UPDATE SET fence = fence + (holder <> excluded.holder),
                  holder = excluded.holder,
                  until_ms = excluded.until_ms
     WHERE holder = excluded.holder OR until_ms <= :at_ms
RETURNING fence
"""

_HOLDS = "SELECT fence FROM lease WHERE name = :name AND fence = :fence"

_END = "UPDATE lease SET until_ms = 0 WHERE name = :name AND fence = :fence"


class Lease(msgspec.Struct, frozen=True, kw_only=True):
    """The right to do something alone.

    Attributes:
        name: of what is done.
        fence: grows with each new holder.
        until: when it ends, unless it is taken again before.
    """

    name: str
    fence: int
    until: datetime


class Leases:
    """The leases in `state.db`, as one process takes them.

    Args:
        store: the file.
    """

    def __init__(self, store: StateStore) -> None:
        self._store = store
        self._holder = secrets.token_hex(8)
        store.ensure(SCHEMA)

    def take(self, name: str, at: datetime) -> Lease | None:
        """Take a lease, or take it again before it ends.

        Returns:
            The lease; None while another process holds it.
        """
        until = at + LENGTH
        bindings = {
            "name": name,
            "holder": self._holder,
            "at_ms": to_ms(at),
            "until_ms": to_ms(until),
        }
        with self._store.transaction() as db:
            fence = db.execute(_TAKE, bindings).get
        if fence is None:
            return None
        return Lease(name=name, fence=int(fence), until=from_ms(to_ms(until)))

    @contextmanager
    def under(self, lease: Lease) -> Iterator[apsw.Connection]:
        """Write in one transaction, if the lease is still one's own.

        Raises:
            ConflictError: another process has taken it.
        """
        with self._store.transaction() as db:
            bindings = {"name": lease.name, "fence": lease.fence}
            if db.execute(_HOLDS, bindings).get is None:
                raise ConflictError("another process does this now")
            yield db

    def end(self, lease: Lease) -> None:
        """Let another process take it at once."""
        bindings: Bindings = {"name": lease.name, "fence": lease.fence}
        self._store.write(_END, bindings)
