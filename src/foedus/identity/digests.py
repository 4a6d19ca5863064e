"""Digests: who gets a letter of what came, where, when, and up to when it was sent.

- An account has at most one. It is kept beside its credentials and goes with them.
- A *period* is the instant at which a letter was due. That one was sent is noted under
  the lease of the process that sends, and only if nobody noted it before.
- What a letter says is not kept: it is written when it is sent.
"""

from enum import StrEnum
from typing import Final

import msgspec

from foedus.errors import NotFoundError
from foedus.identity.leases import Lease, Leases
from foedus.identity.store import Bindings, StateStore
from foedus.ids import AccountId

LISTED_MAX: Final = 100_000
"""Digests of a hub that are looked at: more than it has people."""

SCHEMA = """
CREATE TABLE IF NOT EXISTS digest (
    account_id TEXT    NOT NULL PRIMARY KEY,
    address    TEXT    NOT NULL,
    minute     INTEGER NOT NULL CHECK (minute BETWEEN 0 AND 1439),
    zone       TEXT    NOT NULL,
    every      TEXT    NOT NULL CHECK (every IN ('day', 'week')),
    paused     INTEGER NOT NULL DEFAULT 0 CHECK (paused IN (0, 1)),
    period_ms  INTEGER NOT NULL,
    sent_ms    INTEGER,
    failures   INTEGER NOT NULL DEFAULT 0 CHECK (failures >= 0),
    next_ms    INTEGER NOT NULL DEFAULT 0,
    reason     TEXT    NOT NULL DEFAULT ''
) STRICT;
"""

_COLUMNS = """
SELECT account_id, address, minute, zone, every, paused, period_ms, sent_ms, failures,
       next_ms, reason
  FROM digest
"""

_SET = """
INSERT INTO digest (account_id, address, minute, zone, every, period_ms)
VALUES (:account_id, :address, :minute, :zone, :every, :at_ms)
    ON CONFLICT (account_id)
    DO UPDATE SET address = excluded.address, minute = excluded.minute,
                  zone = excluded.zone, every = excluded.every, paused = 0,
                  failures = 0, next_ms = 0, reason = ''
"""

_ALL = _COLUMNS + " ORDER BY account_id LIMIT :limit"

_ONE = _COLUMNS + " WHERE account_id = :account_id"

_ANY = "SELECT EXISTS (SELECT 1 FROM digest WHERE paused = 0)"

_REMOVE = "DELETE FROM digest WHERE account_id = :account_id"

_PAUSE = "UPDATE digest SET paused = :paused WHERE account_id = :account_id"

_DONE = """
UPDATE digest
   SET period_ms = :period_ms, sent_ms = coalesce(:sent_ms, sent_ms), failures = 0,
       next_ms = 0, reason = ''
 WHERE account_id = :account_id AND period_ms = :before
"""

_FAIL = """
UPDATE digest
   SET failures = failures + 1, next_ms = :next_ms, reason = :reason
 WHERE account_id = :account_id AND period_ms = :before
"""


class Every(StrEnum):
    """How often a letter is sent; weekly ones on Mondays."""

    DAY = "day"
    WEEK = "week"


class Order(msgspec.Struct, frozen=True, kw_only=True):
    """What is asked for.

    Attributes:
        address: where to.
        minute: of the day, in the zone.
        zone: by its IANA name.
    """

    address: str
    minute: int
    zone: str
    every: Every


class Digest(msgspec.Struct, frozen=True, array_like=True):
    """A digest as it is kept. Its address is never logged.

    Attributes:
        paused: whether nothing is sent.
        period_ms: when the last letter was due; before the first when it was asked for.
        sent_ms: when the last one was sent; None for never.
        failures: in a row.
        next_ms: when it is tried again.
        reason: why the last try failed.
    """

    account_id: AccountId
    address: str
    minute: int
    zone: str
    every: Every
    paused: int
    period_ms: int
    sent_ms: int | None
    failures: int
    next_ms: int
    reason: str

    def __repr__(self) -> str:
        return f"Digest({self.account_id})"


class Digests:
    """The digests in `state.db`.

    Args:
        store: the file.
        leases: under which what is sent is noted.
    """

    def __init__(self, store: StateStore, leases: Leases) -> None:
        self._store = store
        self._leases = leases
        store.ensure(SCHEMA)

    def set(self, account_id: AccountId, order: Order, *, at_ms: int) -> None:
        """Send letters from now on, or otherwise than before."""
        bindings: Bindings = {
            "account_id": account_id,
            "address": order.address,
            "minute": order.minute,
            "zone": order.zone,
            "every": order.every.value,
            "at_ms": at_ms,
        }
        self._store.write(_SET, bindings)

    def find(self, account_id: AccountId) -> Digest | None:
        """Find an account's digest; None if it has none."""
        return self._store.row(_ONE, {"account_id": account_id}, Digest)

    def every(self) -> list[Digest]:
        """List all there are."""
        return self._store.rows(_ALL, {"limit": LISTED_MAX}, Digest)

    def remove(self, account_id: AccountId) -> None:
        """Send no letters any more.

        Raises:
            NotFoundError: the account has no digest.
        """
        self._change(_REMOVE, {"account_id": account_id})

    def pause(self, account_id: AccountId, *, paused: bool) -> None:
        """Send nothing for a while, or go on.

        Raises:
            NotFoundError: the account has no digest.
        """
        self._change(_PAUSE, {"account_id": account_id, "paused": paused})

    def erase(self, account_id: AccountId) -> None:
        """Forget an account's digest, if it has one."""
        self._store.write(_REMOVE, {"account_id": account_id})

    # For whoever sends

    def any_active(self) -> bool:
        """Tell whether there is anybody to write to."""
        return bool(self._store.value(_ANY, {}, int))

    def done(
        self, lease: Lease, digest: Digest, *, period_ms: int, sent_ms: int | None
    ) -> None:
        """Note that a period's letter was sent, or that there was nothing to say.

        Raises:
            ConflictError: another process sends now.
        """
        more: Bindings = {"period_ms": period_ms, "sent_ms": sent_ms}
        self._note(lease, digest, _DONE, more)

    def fail(self, lease: Lease, digest: Digest, reason: str, *, next_ms: int) -> None:
        """Note a failure, and when it is tried again.

        Raises:
            ConflictError: another process sends now.
        """
        self._note(lease, digest, _FAIL, {"reason": reason, "next_ms": next_ms})

    def _note(
        self, lease: Lease, digest: Digest, statement: str, more: Bindings
    ) -> None:
        who = {"account_id": digest.account_id, "before": digest.period_ms}
        with self._leases.under(lease) as db:
            db.execute(statement, {**more, **who}).fetchall()

    def _change(self, statement: str, bindings: Bindings) -> None:
        if not self._store.write(statement, bindings):
            raise NotFoundError("the account has no digest; see digest set")
