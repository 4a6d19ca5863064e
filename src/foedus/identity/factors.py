"""Second factors: what a person holds beside the password.

- An authenticator app: its secret counts once it has given a right code. Each code
  is good once, in whichever process it arrives. After `WRONG_CODES_MAX` wrong ones in
  a row, from wherever they came, it gives no right one any more.
- Recovery codes, for who has lost the app: ten, each good once, kept as digests.
- Passkeys: see `passkeys`.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from foedus.clock import to_ms
from foedus.errors import RuleViolationError, UnauthorizedError
from foedus.identity import totp
from foedus.identity.codes import digest_of, new_code
from foedus.identity.secret import Secret
from foedus.identity.store import Bindings, StateStore
from foedus.ids import AccountId

RECOVERY_CODES: Final = 10
"""Recovery codes that are given out at once."""

WRONG_CODES_MAX: Final = 100
"""Wrong codes in a row after which an app is not asked any more.

Only who has shown the password is asked for a code, so no stranger can lock an account
out; and of a million codes three are right at a time. Source: NIST SP 800-63B-4,
section 3.2.2 (rate limiting).
"""

SCHEMA = """
CREATE TABLE IF NOT EXISTS totp (
    account_id  TEXT    NOT NULL PRIMARY KEY,
    secret      BLOB    NOT NULL CHECK (length(secret) = 20),
    made_ms     INTEGER NOT NULL,
    confirmed   INTEGER NOT NULL CHECK (confirmed IN (0, 1)),
    last_step   INTEGER NOT NULL,
    failures    INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS recovery_code (
    account_id  TEXT NOT NULL,
    digest      BLOB NOT NULL CHECK (length(digest) = 32),
    PRIMARY KEY (account_id, digest)
) STRICT, WITHOUT ROWID;
"""

_HAS_FAILURES = """
SELECT count(*) FROM pragma_table_info('totp') WHERE name = 'failures'
"""

_ADD_FAILURES = "ALTER TABLE totp ADD COLUMN failures INTEGER NOT NULL DEFAULT 0"
"""For files from before wrong codes were counted by account."""

_PROPOSE = """
INSERT INTO totp (account_id, secret, made_ms, confirmed, last_step)
VALUES (:account_id, :secret, :made_ms, 0, -1)
    ON CONFLICT (account_id) DO UPDATE
   SET secret = excluded.secret, made_ms = excluded.made_ms
 WHERE confirmed = 0
"""

_FIND = """
SELECT secret, last_step
  FROM totp
 WHERE account_id = :account_id AND confirmed = :confirmed
"""

_FAILURES = """
SELECT failures
  FROM totp
 WHERE account_id = :account_id AND confirmed = 1
"""

_FAILED = """
UPDATE totp
   SET failures = failures + 1
 WHERE account_id = :account_id AND confirmed = 1
"""

_NO_FAILURES = "UPDATE totp SET failures = 0 WHERE account_id = :account_id"

_USE = """
UPDATE totp
   SET last_step = :step, confirmed = 1, failures = 0
 WHERE account_id = :account_id AND last_step < :step
"""

_REMOVE = "DELETE FROM totp WHERE account_id = :account_id"

_FORGET_CODES = "DELETE FROM recovery_code WHERE account_id = :account_id"

_KEEP_CODE = """
INSERT INTO recovery_code (account_id, digest)
VALUES (:account_id, :digest)
"""

_USE_CODE = """
DELETE FROM recovery_code WHERE account_id = :account_id AND digest = :digest
"""

_COUNT_CODES = "SELECT count(*) FROM recovery_code WHERE account_id = :account_id"


class Factors:
    """Authenticator apps and recovery codes, in `state.db`."""

    def __init__(self, store: StateStore) -> None:
        self._store = store
        store.ensure(SCHEMA)
        store.ensure_column(_HAS_FAILURES, _ADD_FAILURES)

    def propose_app(self, account_id: AccountId, at: datetime) -> bytes:
        """Make the secret of an app; it counts once `confirm_app` has seen a code.

        An earlier secret that was never confirmed is given up.

        Raises:
            RuleViolationError: the account has an app already.
        """
        secret = totp.new_secret()
        bindings: Bindings = {
            "account_id": account_id,
            "secret": secret,
            "made_ms": to_ms(at),
        }
        if self._store.write(_PROPOSE, bindings) == 0:
            raise RuleViolationError(
                "the account has an authenticator app; remove that one first"
            )
        return secret

    def proposed_app(self, account_id: AccountId) -> bytes | None:
        """Give the secret that waits for its first code; None if none does."""
        found = self._find(account_id, confirmed=False)
        return found[0] if found else None

    def confirm_app(self, account_id: AccountId, code: str, at: datetime) -> bool:
        """Let an app count, if it gives the right code."""
        return self._use_code_of_app(account_id, code, at, confirmed=False)

    def has_app(self, account_id: AccountId) -> bool:
        """Tell whether the account has an app that counts."""
        return self._find(account_id, confirmed=True) is not None

    def check(self, account_id: AccountId, code: str, at: datetime) -> bool:
        """Tell whether a code of the app is right; it is used up by that.

        Raises:
            UnauthorizedError: too many wrong ones came before it.
        """
        if not totp.is_code(code):
            return False  # a recovery code, or nothing that could be right
        with self._store.transaction():  # counts what comes at once one by one
            if self.is_app_locked(account_id):
                raise UnauthorizedError(
                    "too many wrong codes came in a row, and the app signs in no more; "
                    "use a passkey or a recovery code, or ask your operator"
                )
            right = self._use_code_of_app(account_id, code, at, confirmed=True)
            if not right:
                self._store.write(_FAILED, {"account_id": account_id})
        return right

    def is_app_locked(self, account_id: AccountId) -> bool:
        """Tell whether so many wrong codes came that the app signs in no more."""
        wrong = self._store.value(_FAILURES, {"account_id": account_id}, int)
        return (wrong or 0) >= WRONG_CODES_MAX

    def remove_app(self, account_id: AccountId) -> bool:
        """Forget the app and, with it, the recovery codes."""
        with self._store.transaction():
            removed = self._store.write(_REMOVE, {"account_id": account_id})
            self._store.write(_FORGET_CODES, {"account_id": account_id})
        return bool(removed)

    def give_recovery_codes(self, account_id: AccountId) -> Sequence[Secret]:
        """Make recovery codes, which are shown once; earlier ones are void."""
        codes = [new_code() for _ in range(RECOVERY_CODES)]
        with self._store.transaction():
            self._store.write(_FORGET_CODES, {"account_id": account_id})
            for code in codes:
                bindings: Bindings = {
                    "account_id": account_id,
                    "digest": digest_of(code.reveal()),
                }
                self._store.write(_KEEP_CODE, bindings)
        return codes

    def recover(self, account_id: AccountId, code: str) -> bool:
        """Tell whether a recovery code is right; it is used up by that.

        A right one lets a locked app count again: its holder is there.
        """
        bindings: Bindings = {"account_id": account_id, "digest": digest_of(code)}
        with self._store.transaction():
            right = self._store.write(_USE_CODE, bindings) == 1
            if right:
                self._store.write(_NO_FAILURES, {"account_id": account_id})
        return right

    def recovery_codes_left(self, account_id: AccountId) -> int:
        """Count the recovery codes that are left."""
        return self._store.value(_COUNT_CODES, {"account_id": account_id}, int) or 0

    def erase(self, account_id: AccountId) -> None:
        """Forget everything that an account has here."""
        self.remove_app(account_id)

    def _find(
        self, account_id: AccountId, *, confirmed: bool
    ) -> tuple[bytes, int] | None:
        bindings: Bindings = {"account_id": account_id, "confirmed": confirmed}
        return self._store.row(_FIND, bindings, tuple[bytes, int])

    def _use_code_of_app(
        self, account_id: AccountId, code: str, at: datetime, *, confirmed: bool
    ) -> bool:
        found = self._find(account_id, confirmed=confirmed)
        if found is None:
            return False
        secret, last = found
        step = totp.step_of(secret, code, at, after=last)
        if step is None:
            return False
        return self._store.write(_USE, {"account_id": account_id, "step": step}) == 1
