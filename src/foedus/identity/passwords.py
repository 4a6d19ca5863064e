"""Passwords, as Argon2id hashes.

- A hash has the cost of OWASP's figure: 19 MiB, two passes, one lane.
- Every change has a new version, so that whoever remembers an old verification
  can tell that it no longer counts.
"""

import unicodedata

import msgspec
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from foedus.identity.secret import Secret
from foedus.identity.store import StateStore
from foedus.ids import AccountId

SCHEMA = """
CREATE TABLE IF NOT EXISTS password (
    account_id TEXT    NOT NULL PRIMARY KEY,
    hash       TEXT    NOT NULL,
    version    INTEGER NOT NULL CHECK (version > 0)
) STRICT, WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS password_version (
    only    INTEGER NOT NULL PRIMARY KEY CHECK (only = 1),
    version INTEGER NOT NULL
) STRICT;

INSERT INTO password_version (only, version) VALUES (1, 0)
    ON CONFLICT (only) DO NOTHING;
"""

_HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)

_NOBODY = f"$argon2id$v=19$m=19456,t=2,p=1${'A' * 22}${'A' * 43}"
"""A hash of the same cost that belongs to nobody and opens nothing."""

_BY_NAME = """
SELECT login_name.account_id, password.hash, password.version
  FROM login_name
  JOIN password ON password.account_id = login_name.account_id
 WHERE login_name.name = :name
"""

_VERSION = "SELECT version FROM password WHERE account_id = :account_id"

_COUNT = "UPDATE password_version SET version = version + 1"

_SET = """
INSERT INTO password (account_id, hash, version)
VALUES (:account_id, :hash, (SELECT version FROM password_version))
    ON CONFLICT (account_id)
    DO UPDATE SET hash = excluded.hash, version = excluded.version
"""

_ERASE = "DELETE FROM password WHERE account_id = :account_id"


class StoredPassword(msgspec.Struct, frozen=True, array_like=True):
    """What is kept of a password."""

    account_id: AccountId
    hash: str
    version: int

    def __repr__(self) -> str:
        return f"StoredPassword({self.account_id!r}, …, {self.version})"


class Passwords:
    """The passwords in `state.db`."""

    def __init__(self, store: StateStore) -> None:
        self._store = store
        store.ensure(SCHEMA)

    def find(self, name: str) -> StoredPassword | None:
        """Find the password of a login name."""
        return self._store.row(_BY_NAME, {"name": name}, StoredPassword)

    def version(self, account_id: AccountId) -> int | None:
        """Tell the version of an account's password; None if it has none."""
        return self._store.value(_VERSION, {"account_id": account_id}, int)

    def set(self, account_id: AccountId, password_hash: str) -> None:
        """Put a password in the place of any former one."""
        bindings = {"account_id": account_id, "hash": password_hash}
        with self._store.transaction() as db:
            db.execute(_COUNT).fetchall()
            db.execute(_SET, bindings).fetchall()

    def erase(self, account_id: AccountId) -> None:
        """Forget an account's password."""
        self._store.write(_ERASE, {"account_id": account_id})


def hash_password(password: Secret) -> str:
    """Hash a password; takes about 30 ms, so call it off the event loop."""
    return _HASHER.hash(_canonical(password))


def verify_password(password_hash: str | None, password: Secret) -> bool:
    """Tell whether the hash was made from the password, in about 30 ms.

    Args:
        password_hash: the hash; None costs the same and is never right.
        password: what was offered.
    """
    try:
        _HASHER.verify(password_hash or _NOBODY, _canonical(password))
    except (VerificationError, InvalidHashError):
        return False
    return password_hash is not None


def _canonical(password: Secret) -> bytes:
    # Source: RFC 8265, section 4.2.2: one form, however the keyboard composed it.
    text = unicodedata.normalize("NFC", password.reveal())
    return text.encode("utf-8", "surrogatepass")
