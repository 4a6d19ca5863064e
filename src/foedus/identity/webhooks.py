"""Webhooks: where the hub sends, by itself, what a service account may see.

- A webhook belongs to a service account, like a token. It is kept here and not in the
  log: its secret and its URL go when it is removed or the account is closed.
- It has a ceiling: what is above that level never leaves by it. It gets what may not
  be passed on only if it is said, when it is made, to be a system of the account's
  own nation: a push proves nothing of who stands behind an address.
- Its place is a sealed id of the live surface. It moves only under the lease of the
  process that sends, and only after the receiver has taken what was before it.
- It is active, paused by its owner, or stopped by the hub with a reason; both go on
  from the place where they were.
"""

import uuid
from collections.abc import Iterable
from enum import StrEnum
from typing import Annotated, Final

import msgspec

from foedus.errors import ConflictError, NotFoundError, RuleViolationError
from foedus.identity.accounts import Account, Holder
from foedus.identity.leases import Lease, Leases
from foedus.identity.secret import Secret
from foedus.identity.store import Bindings, StateStore
from foedus.ids import AccountId, NationCode

OF_ACCOUNT_MAX: Final = 16
"""Webhooks of one account; a receiver needs one."""

OF_NATION_MAX: Final = 64
"""Webhooks of a nation: each holds a page in memory while it is sent."""

LISTED_MAX: Final = 10_000
"""Webhooks of a hub that are looked at; 64 of each of 150 nations."""

SCHEMA = """
CREATE TABLE IF NOT EXISTS webhook (
    webhook_id   TEXT    NOT NULL PRIMARY KEY,
    account_id   TEXT    NOT NULL,
    nation       TEXT    NOT NULL,
    url          TEXT    NOT NULL,
    secret       TEXT    NOT NULL,
    ceiling      INTEGER NOT NULL CHECK (ceiling >= 0),
    own_system   INTEGER NOT NULL CHECK (own_system IN (0, 1)),
    wanted       TEXT    NOT NULL CHECK (json_valid(wanted)),
    made_ms      INTEGER NOT NULL,
    state        TEXT    NOT NULL CHECK (state IN ('active', 'paused', 'stopped')),
    reason       TEXT    NOT NULL,
    place        TEXT    NOT NULL,
    placed_ms    INTEGER NOT NULL,
    delivered_ms INTEGER,
    failures     INTEGER NOT NULL DEFAULT 0 CHECK (failures >= 0),
    failing_ms   INTEGER,
    next_ms      INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE INDEX IF NOT EXISTS webhook_of_account ON webhook (account_id);
"""

_COLUMNS = """
SELECT webhook_id, account_id, nation, url, secret, ceiling, own_system, wanted,
       made_ms, state, reason, place, placed_ms, delivered_ms, failures, failing_ms,
       next_ms
  FROM webhook
"""

_ADD = """
INSERT INTO webhook (webhook_id, account_id, nation, url, secret, ceiling, own_system,
                     wanted, made_ms, state, reason, place, placed_ms)
VALUES (:webhook_id, :account_id, :nation, :url, :secret, :ceiling, :own_system,
        :wanted, :made_ms, 'active', '', :place, :made_ms)
"""

_COUNTS = """
SELECT count(*) FILTER (WHERE account_id = :account_id), count(*)
  FROM webhook
 WHERE nation = :nation
"""

_ALL = _COLUMNS + " ORDER BY made_ms, webhook_id LIMIT :limit"

_OF_ACCOUNT = _COLUMNS + " WHERE account_id = :account_id ORDER BY made_ms, webhook_id"

_OF_NATION = _COLUMNS + " WHERE nation = :nation ORDER BY made_ms, webhook_id"

_ONE = _COLUMNS + " WHERE webhook_id = :webhook_id"

_ANY_ACTIVE = "SELECT EXISTS (SELECT 1 FROM webhook WHERE state = 'active')"

_REMOVE = "DELETE FROM webhook WHERE webhook_id = :webhook_id"

_ERASE = "DELETE FROM webhook WHERE account_id = :account_id"

_PAUSE = """
UPDATE webhook
   SET state = 'paused', reason = ''
 WHERE webhook_id = :webhook_id AND state = 'active'
"""

_RESUME = """
UPDATE webhook
   SET state = 'active', reason = '', failures = 0, failing_ms = NULL, next_ms = 0
 WHERE webhook_id = :webhook_id AND state <> 'active'
"""

_MOVE = """
UPDATE webhook
   SET place = :place, placed_ms = :at_ms, failures = 0, failing_ms = NULL, next_ms = 0,
       reason = '',
       delivered_ms = CASE WHEN :taken THEN :at_ms ELSE delivered_ms END
 WHERE webhook_id = :webhook_id AND place = :before
"""

_FAIL = """
UPDATE webhook
   SET failures = failures + 1, failing_ms = coalesce(failing_ms, :at_ms),
       next_ms = :next_ms, reason = :reason
 WHERE webhook_id = :webhook_id AND state = 'active' AND place = :before
"""

_STOP = """
UPDATE webhook
   SET state = 'stopped', reason = :reason
 WHERE webhook_id = :webhook_id AND state = 'active' AND place = :before
"""


class State(StrEnum):
    """Whether a webhook sends."""

    ACTIVE = "active"
    PAUSED = "paused"
    STOPPED = "stopped"


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """What of all that comes is sent; empty means no restriction.

    Attributes:
        kinds: kinds of news.
        types: object types.
        collections: ids of collections.
        labels: canonical texts, any of which fits.
        level_max: index of the highest level that fits besides.
        confidence_min: the least confidence of objects.
        pattern: a STIX pattern.
    """

    kinds: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    collections: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    level_max: int | None = None
    confidence_min: int = 0
    pattern: str = ""


class Draft(msgspec.Struct, frozen=True, kw_only=True):
    """A webhook that is to be made.

    Attributes:
        url: where to; checked by whoever sends.
        secret: with which it is signed.
        ceiling: index into the alliance's levels; nothing above it is sent.
        own_system: whether the receiver is a system of the account's own nation, so
            that what may not be passed on is sent, too.
        place: from where on.
    """

    url: str
    secret: Secret
    ceiling: int
    own_system: bool
    wanted: Wanted
    place: str


class Webhook(msgspec.Struct, frozen=True, array_like=True):
    """A webhook as it is kept. Its secret and its URL are never logged.

    Attributes:
        reason: why it was stopped, or what the last failure was.
        placed_ms: when its place was last written.
        delivered_ms: when a receiver last took something.
        failures: in a row.
        failing_ms: when the first of them was.
        next_ms: when it is tried again.
    """

    id: str
    account_id: AccountId
    nation: NationCode
    url: str
    secret_text: str
    ceiling: int
    own_system: Annotated[int, msgspec.Meta(ge=0, le=1)]
    wanted_json: str
    made_ms: int
    state: State
    reason: str
    place: str
    placed_ms: int
    delivered_ms: int | None
    failures: int
    failing_ms: int | None
    next_ms: int

    @property
    def secret(self) -> Secret:
        """With which it is signed."""
        return Secret(self.secret_text)

    @property
    def wanted(self) -> Wanted:
        """What is sent."""
        return msgspec.json.decode(self.wanted_json, type=Wanted)

    def __repr__(self) -> str:
        return f"Webhook({self.id})"


class Webhooks:
    """The webhooks in `state.db`.

    Args:
        store: the file.
        leases: under which what is sent is noted.
    """

    def __init__(self, store: StateStore, leases: Leases) -> None:
        self._store = store
        self._leases = leases
        store.ensure(SCHEMA)

    # For owners

    def add(self, account: Account, draft: Draft, *, at_ms: int) -> Webhook:
        """Make a webhook.

        Raises:
            RuleViolationError: the account may have none, or has, or its nation has,
                as many as there may be, or the ceiling is above what the account sees.
        """
        check_may_have_one(account, draft.ceiling)
        webhook_id = f"webhook--{uuid.uuid4()}"
        bindings: Bindings = {
            "webhook_id": webhook_id,
            "account_id": account.id,
            "nation": account.nation,
            "url": draft.url,
            "secret": draft.secret.reveal(),
            "ceiling": draft.ceiling,
            "own_system": draft.own_system,
            "wanted": msgspec.json.encode(draft.wanted).decode(),
            "made_ms": at_ms,
            "place": draft.place,
        }
        with self._store.transaction() as db:
            own, all_own = db.execute(_COUNTS, bindings).get
            if own >= OF_ACCOUNT_MAX or all_own >= OF_NATION_MAX:
                raise RuleViolationError(
                    f"an account has at most {OF_ACCOUNT_MAX} webhooks, a nation "
                    f"{OF_NATION_MAX}; remove one first"
                )
            db.execute(_ADD, bindings).fetchall()
        return self.find(webhook_id)

    def find(self, webhook_id: str) -> Webhook:
        """Find a webhook.

        Raises:
            NotFoundError: there is none.
        """
        found = self._store.row(_ONE, {"webhook_id": webhook_id}, Webhook)
        if found is None:
            raise NotFoundError("no such webhook; list those that are yours")
        return found

    def of_account(self, account_id: AccountId) -> list[Webhook]:
        """List an account's webhooks, oldest first."""
        return self._store.rows(_OF_ACCOUNT, {"account_id": account_id}, Webhook)

    def of_nation(self, nation: NationCode) -> list[Webhook]:
        """List those of a nation's accounts, oldest first."""
        return self._store.rows(_OF_NATION, {"nation": nation}, Webhook)

    def every(self) -> list[Webhook]:
        """List all there are, oldest first."""
        return self._store.rows(_ALL, {"limit": LISTED_MAX}, Webhook)

    def remove(self, webhook_id: str) -> None:
        """Forget a webhook with its secret.

        Raises:
            NotFoundError: there is none.
        """
        self._change(_REMOVE, webhook_id)

    def pause(self, webhook_id: str) -> None:
        """Send nothing until it is resumed.

        Raises:
            NotFoundError: there is none.
            ConflictError: it is not active.
        """
        if not self._change(_PAUSE, webhook_id, must=False):
            raise ConflictError(f"the webhook is {self.find(webhook_id).state} already")

    def resume(self, webhook_id: str) -> None:
        """Go on from where it was.

        Raises:
            NotFoundError: there is none.
            ConflictError: it is active.
        """
        if not self._change(_RESUME, webhook_id, must=False):
            raise ConflictError(f"the webhook is {self.find(webhook_id).state} already")

    def erase(self, account_id: AccountId) -> None:
        """Forget all webhooks of an account."""
        self._store.write(_ERASE, {"account_id": account_id})

    # For whoever sends

    def any_active(self) -> bool:
        """Tell whether there is anything to send for."""
        return bool(self._store.value(_ANY_ACTIVE, {}, int))

    def move(
        self, lease: Lease, webhook: Webhook, place: str, *, taken: bool, at_ms: int
    ) -> None:
        """Note that everything before a place was taken, or was not to be sent.

        Nothing is noted of a webhook that was removed meanwhile; one that was paused
        meanwhile moves, since the receiver has it.

        Raises:
            ConflictError: another process sends now.
        """
        more: Bindings = {"place": place, "taken": taken, "at_ms": at_ms}
        self._note(lease, webhook, _MOVE, more)

    def fail(
        self, lease: Lease, webhook: Webhook, reason: str, *, at_ms: int, next_ms: int
    ) -> None:
        """Note a failure, and when it is tried again.

        Raises:
            ConflictError: another process sends now.
        """
        more: Bindings = {"reason": reason, "at_ms": at_ms, "next_ms": next_ms}
        self._note(lease, webhook, _FAIL, more)

    def stop(self, lease: Lease, webhook: Webhook, reason: str) -> None:
        """Send nothing any more until somebody resumes it.

        Raises:
            ConflictError: another process sends now.
        """
        self._note(lease, webhook, _STOP, {"reason": reason})

    def _note(
        self, lease: Lease, webhook: Webhook, statement: str, more: Bindings
    ) -> None:
        bindings = {**more, "webhook_id": webhook.id, "before": webhook.place}
        with self._leases.under(lease) as db:
            db.execute(statement, bindings).fetchall()

    def _change(self, statement: str, webhook_id: str, *, must: bool = True) -> bool:
        changed = self._store.write(statement, {"webhook_id": webhook_id})
        if not changed and must:
            self.find(webhook_id)
        return bool(changed)


def check_may_have_one(account: Account, ceiling: int) -> None:
    """Refuse a webhook to people, and above what an account may see.

    Raises:
        RuleViolationError: it may not.
    """
    if account.holder is not Holder.SERVICE:
        raise RuleViolationError(
            "a webhook belongs to a service, whose clearance never changes; open an "
            "account with --token for it"
        )
    if ceiling > account.clearance:
        raise RuleViolationError(
            "the ceiling is above the account's clearance; choose a lower level"
        )


def own(webhooks: Iterable[Webhook], webhook_id: str) -> Webhook:
    """Find one among an account's own.

    Raises:
        NotFoundError: there is none, or it is somebody else's.
    """
    for each in webhooks:
        if each.id == webhook_id:
            return each
    raise NotFoundError("no such webhook; list those that are yours")
