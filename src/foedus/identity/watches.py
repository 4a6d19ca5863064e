"""Watches: up to where each account has said that it has seen what came.

It is a date added in the account's own world, kept beside its credentials.
"""

from foedus.identity.store import Bindings, StateStore
from foedus.ids import AccountId

SCHEMA = """
CREATE TABLE IF NOT EXISTS watch (
    account_id TEXT    NOT NULL PRIMARY KEY,
    until_us   INTEGER NOT NULL
) STRICT;
"""

_UNTIL = "SELECT until_us FROM watch WHERE account_id = :account_id"

_MARK = """
INSERT INTO watch (account_id, until_us)
VALUES (:account_id, :until_us)
    ON CONFLICT (account_id)
    DO UPDATE SET until_us = max(until_us, excluded.until_us)
"""

_ERASE = "DELETE FROM watch WHERE account_id = :account_id"


class Watches:
    """The watches in `state.db`.

    Args:
        store: the file.
    """

    def __init__(self, store: StateStore) -> None:
        self._store = store
        store.ensure(SCHEMA)

    def until_us(self, account_id: AccountId) -> int | None:
        """Tell up to where an account has seen what came; None if it never said."""
        return self._store.value(_UNTIL, {"account_id": account_id}, int)

    def mark(self, account_id: AccountId, until_us: int) -> None:
        """Note that an account has seen what came up to a date added.

        It only moves on: a page that lay open a while takes nothing back.
        """
        bindings: Bindings = {"account_id": account_id, "until_us": until_us}
        self._store.write(_MARK, bindings)

    def erase(self, account_id: AccountId) -> None:
        """Forget an account's watch."""
        self._store.write(_ERASE, {"account_id": account_id})
