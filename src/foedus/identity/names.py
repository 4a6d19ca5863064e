"""Login names: which account each belongs to.

- A name is reserved in one transaction together with its first credential, *before*
  the account is appended to the log. Whether the account came to be, the log says.
- A name whose account never came into the log may be taken by another once
  `RESERVATION_MS` have passed; whoever appends later than that finds the name gone.
- A name stays with its account for ever, also when that is closed: who asks later
  who acted must not get the answer of another person.
"""

import msgspec

from foedus.errors import ConflictError
from foedus.identity.store import Bindings, StateStore
from foedus.ids import AccountId

RESERVATION_MS = 5_000
"""How long a name waits for its account to be appended, which takes some ms."""

SCHEMA = """
CREATE TABLE IF NOT EXISTS login_name (
    name        TEXT    NOT NULL PRIMARY KEY CHECK (length(name) BETWEEN 1 AND 64),
    account_id  TEXT    NOT NULL UNIQUE,
    reserved_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
"""

_HOLDER = "SELECT account_id, reserved_ms FROM login_name WHERE name = :name"

_NAME = "SELECT name FROM login_name WHERE account_id = :account_id"

_NAMES = """
SELECT account_id, name
  FROM login_name
 WHERE account_id IN (SELECT value FROM json_each(:account_ids))
 ORDER BY account_id
 LIMIT :limit
"""

_RESERVE = """
INSERT INTO login_name (name, account_id, reserved_ms)
VALUES (:name, :account_id, :reserved_ms)
"""

_GIVE_UP = """
DELETE FROM login_name WHERE name = :name AND account_id = :account_id
"""


class Reservation(msgspec.Struct, frozen=True, array_like=True):
    """Who has a name, and since when, in milliseconds since 1970."""

    account_id: AccountId
    reserved_ms: int

    def pending(self, at_ms: int) -> bool:
        """Whether the account may still be on its way into the log."""
        return abs(at_ms - self.reserved_ms) < RESERVATION_MS


class Names:
    """The login names in `state.db`."""

    def __init__(self, store: StateStore) -> None:
        self._store = store
        store.ensure(SCHEMA)

    def find(self, name: str) -> Reservation | None:
        """Tell who has a name."""
        return self._store.row(_HOLDER, {"name": name}, Reservation)

    def of(self, account_id: AccountId) -> str | None:
        """Tell an account's name; None if it has lost it before it came to be."""
        return self._store.value(_NAME, {"account_id": account_id}, str)

    def of_all(self, account_ids: list[AccountId]) -> dict[AccountId, str]:
        """Tell the names of many accounts, such as those of one page."""
        bindings: Bindings = {
            "account_ids": msgspec.json.encode(account_ids).decode(),
            "limit": len(account_ids),
        }
        rows = self._store.rows(_NAMES, bindings, tuple[AccountId, str])
        return dict(rows)

    def reserve(
        self,
        name: str,
        account_id: AccountId,
        *,
        at_ms: int,
        instead_of: AccountId | None = None,
    ) -> None:
        """Give a name to an account that is about to be opened.

        Args:
            name: the name.
            account_id: the account to be.
            at_ms: when, in milliseconds since 1970.
            instead_of: the account that never came to be, as the caller has found.

        Raises:
            ConflictError: somebody else has taken the name meanwhile.
        """
        with self._store.transaction() as db:
            if instead_of is not None:
                db.execute(_GIVE_UP, {"name": name, "account_id": instead_of})
            if db.execute(_HOLDER, {"name": name}).fetchone() is not None:
                raise ConflictError(f"the name {name} is taken; choose another")
            bindings = {"name": name, "account_id": account_id, "reserved_ms": at_ms}
            db.execute(_RESERVE, bindings).fetchall()
