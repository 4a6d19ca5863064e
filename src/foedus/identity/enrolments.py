"""Enrolment codes: with one of these a person adds the first second factor.

Where two factors are required, whoever has stolen a password alone must not become the
holder of the second one. So the first is added with a code that the operator has given
to the person by another way.

- An account has one code at the most; a new one voids the one before.
- It is good for `LASTS`, until the first factor is there.
"""

from datetime import datetime, timedelta
from typing import Final

from foedus.clock import to_ms
from foedus.identity.codes import digest_of, new_code
from foedus.identity.secret import Secret
from foedus.identity.store import Bindings, StateStore
from foedus.ids import AccountId

LASTS: Final = timedelta(days=30)
"""How long a code is good: longer than most are away from their desk."""

SCHEMA = """
CREATE TABLE IF NOT EXISTS enrolment_code (
    account_id TEXT    NOT NULL PRIMARY KEY,
    digest     BLOB    NOT NULL CHECK (length(digest) = 32),
    made_ms    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
"""

_GIVE = """
INSERT INTO enrolment_code (account_id, digest, made_ms)
VALUES (:account_id, :digest, :at_ms)
    ON CONFLICT (account_id)
    DO UPDATE SET digest = excluded.digest, made_ms = excluded.made_ms
"""

_IS_RIGHT = """
SELECT count(*)
  FROM enrolment_code
 WHERE account_id = :account_id AND digest = :digest AND made_ms > :since_ms
"""

_ERASE = "DELETE FROM enrolment_code WHERE account_id = :account_id"


class Enrolments:
    """The enrolment codes in `state.db`."""

    def __init__(self, store: StateStore) -> None:
        self._store = store
        store.ensure(SCHEMA)

    def give(self, account_id: AccountId, at: datetime) -> Secret:
        """Make a code, which is shown once; an earlier one is void."""
        code = new_code()
        bindings: Bindings = {
            "account_id": account_id,
            "digest": digest_of(code.reveal()),
            "at_ms": to_ms(at),
        }
        self._store.write(_GIVE, bindings)
        return code

    def is_right(self, account_id: AccountId, code: str, at: datetime) -> bool:
        """Tell whether a code is the account's, and still good."""
        bindings: Bindings = {
            "account_id": account_id,
            "digest": digest_of(code),
            "since_ms": to_ms(at - LASTS),
        }
        return self._store.value(_IS_RIGHT, bindings, int) == 1

    def erase(self, account_id: AccountId) -> None:
        """Void the code of an account."""
        self._store.write(_ERASE, {"account_id": account_id})
