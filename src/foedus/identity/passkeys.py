"""Passkeys: keys that a device holds and its owner unlocks there.

- A device that has verified its owner is two factors by itself; see `ceremonies`.
- A challenge is good once, in whichever process the answer arrives.
- A device that counts its signatures counts upwards; where the count stays or falls,
  somebody has copied the key.
"""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

import msgspec

from foedus.clock import to_ms
from foedus.errors import (
    ForbiddenError,
    InvalidInputError,
    RuleViolationError,
    UnauthorizedError,
)
from foedus.identity.store import Bindings, StateStore
from foedus.ids import AccountId

if TYPE_CHECKING:
    from foedus.identity.ceremonies import Ceremonies

PASSKEYS_MAX: Final = 10
"""Passkeys of one account: devices that a person signs in from."""

NAME_CHARACTERS_MAX: Final = 60
"""Characters of the name that a person gives a device."""

_SPENT_FOR: Final = timedelta(hours=1)
"""How long spent challenges are remembered: longer than any ticket is good."""

_REFUSED: Final = "this passkey is not of an account here; sign in another way"

_COPIED: Final = (
    "this passkey has counted backwards: there may be a copy of it. Sign in another "
    "way and remove it, or ask your operator"
)

SCHEMA = """
CREATE TABLE IF NOT EXISTS passkey (
    id          BLOB    NOT NULL PRIMARY KEY,
    account_id  TEXT    NOT NULL,
    name        TEXT    NOT NULL,
    data        BLOB    NOT NULL,
    made_ms     INTEGER NOT NULL,
    used_ms     INTEGER,
    counter     INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;

CREATE INDEX IF NOT EXISTS passkey_of_account ON passkey (account_id, made_ms);

CREATE TABLE IF NOT EXISTS spent_challenge (
    digest   BLOB    NOT NULL PRIMARY KEY,
    spent_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
"""

_HAS_COUNTER = """
SELECT count(*) FROM pragma_table_info('passkey') WHERE name = 'counter'
"""

_ADD_COUNTER = "ALTER TABLE passkey ADD COLUMN counter INTEGER NOT NULL DEFAULT 0"
"""For files from before counters were kept."""

_LIST = """
SELECT id, name, data, made_ms, used_ms
  FROM passkey
 WHERE account_id = :account_id
 ORDER BY made_ms, id
 LIMIT :limit
"""

_FIND = "SELECT account_id, data FROM passkey WHERE id = :id"

_KEEP = """
INSERT INTO passkey (id, account_id, name, data, made_ms, counter)
VALUES (:id, :account_id, :name, :data, :made_ms, :counter)
    ON CONFLICT (id) DO NOTHING
"""

_USED = """
UPDATE passkey
   SET used_ms = :at_ms, counter = :counter
 WHERE id = :id
   AND (counter < :counter OR (counter = 0 AND :counter = 0))
"""
"""Source: Web Authentication, Level 3 (W3C), section 7.2, step 22."""

_REMOVE = "DELETE FROM passkey WHERE account_id = :account_id AND id = :id"

_ERASE = "DELETE FROM passkey WHERE account_id = :account_id"

_SPEND = """
INSERT INTO spent_challenge (digest, spent_ms)
VALUES (:digest, :at_ms)
    ON CONFLICT (digest) DO NOTHING
"""

_FORGET_SPENT = "DELETE FROM spent_challenge WHERE spent_ms < :before_ms"


class Passkey(msgspec.Struct, frozen=True, array_like=True):
    """A device that an account signs in from.

    Attributes:
        id: the credential's id, as the device chose it.
        name: what its owner calls it.
        data: the credential: id, key, kind of device.
        made_ms: when it was added.
        used_ms: when it was last used; None if never.
    """

    id: bytes
    name: str
    data: bytes
    made_ms: int
    used_ms: int | None


class Challenge(msgspec.Struct, frozen=True, kw_only=True):
    """What a device is asked to sign; carried by the browser in a ticket."""

    state: dict[str, str]


class Passkeys:
    """The passkeys in `state.db`, and the ceremonies that make and use them."""

    def __init__(self, store: StateStore) -> None:
        self._store = store
        store.ensure(SCHEMA)
        store.ensure_column(_HAS_COUNTER, _ADD_COUNTER)

    def list_of(self, account_id: AccountId) -> Sequence[Passkey]:
        """List the passkeys of an account, oldest first."""
        bindings: Bindings = {"account_id": account_id, "limit": PASSKEYS_MAX}
        return self._store.rows(_LIST, bindings, Passkey)

    def ask_to_make(
        self, account_id: AccountId, name: str, site: str
    ) -> tuple[dict[str, Any], Challenge]:
        """Ask a device to make a passkey.

        Args:
            account_id: whose it is to be.
            name: the login name, which the device shows.
            site: what the hub is reached under.

        Returns:
            What the browser hands to the device (CredentialCreationOptions as JSON),
            and the challenge that `make` is to be given back.

        Raises:
            RuleViolationError: the account has `PASSKEYS_MAX` already.
        """
        known = self._room_for_one(account_id)
        data = [each.data for each in known]
        return _ceremonies(site).ask_to_make(account_id.encode(), name, data)

    def make(
        self,
        account_id: AccountId,
        called: str,
        made: tuple[Challenge, Mapping[str, Any]],
        *,
        site: str,
        at: datetime,
    ) -> None:
        """Keep the passkey that a device has made.

        Args:
            account_id: whose it is.
            called: what its owner calls the device.
            made: the challenge, and what the device answered.
            site: what the hub is reached under.
            at: now.

        Raises:
            InvalidInputError: the answer is none to this challenge, or the name is
                empty or too long.
            RuleViolationError: the account has `PASSKEYS_MAX` already.
        """
        challenge, answer = made
        called = called.strip()
        if not 1 <= len(called) <= NAME_CHARACTERS_MAX or not called.isprintable():
            raise InvalidInputError(
                f"name the device in 1 to {NAME_CHARACTERS_MAX} characters"
            )
        self._room_for_one(account_id)
        credential = _ceremonies(site).made(challenge, answer)
        if credential is None or not self._spend(challenge, at):
            raise InvalidInputError(
                "the device's answer does not fit; try once more from this page"
            )
        bindings: Bindings = {
            "id": credential[0],
            "account_id": account_id,
            "name": called,
            "data": credential[1],
            "made_ms": to_ms(at),
            "counter": credential[2],
        }
        if self._store.write(_KEEP, bindings) == 0:
            raise RuleViolationError("this passkey is known here already")

    def ask_to_sign_in(
        self, site: str, account_id: AccountId | None = None
    ) -> tuple[dict[str, Any], Challenge]:
        """Ask a device to prove that it holds a passkey.

        Args:
            site: what the hub is reached under.
            account_id: whose passkeys will do; by default anybody's.
        """
        if account_id is None:
            return _ceremonies(site).ask_to_sign(None)
        known = [each.data for each in self.list_of(account_id)]
        return _ceremonies(site).ask_to_sign(known)

    def holder(
        self, challenge: Challenge, answer: Mapping[str, Any], site: str, at: datetime
    ) -> AccountId:
        """Tell whose passkey has signed a challenge.

        Raises:
            UnauthorizedError: nobody's, or the challenge was answered already.
            ForbiddenError: the device has not counted upwards; the key may be copied.
        """
        ceremonies = _ceremonies(site)
        credential_id = ceremonies.used(answer)
        found = self._store.row(_FIND, {"id": credential_id}, tuple[AccountId, bytes])
        counter = found and ceremonies.signed(challenge, found[1], answer)
        if found is None or counter is None:
            raise UnauthorizedError(_REFUSED)
        if not self._spend(challenge, at):
            raise UnauthorizedError("this was answered already; begin anew")
        bindings: Bindings = {
            "id": credential_id,
            "at_ms": to_ms(at),
            "counter": counter,
        }
        if self._store.write(_USED, bindings) == 0:
            raise ForbiddenError(_COPIED)
        return found[0]

    def remove(self, account_id: AccountId, passkey: bytes) -> bool:
        """Forget a passkey of an account; tells whether it had it."""
        bindings: Bindings = {"account_id": account_id, "id": passkey}
        return self._store.write(_REMOVE, bindings) == 1

    def erase(self, account_id: AccountId) -> None:
        """Forget all passkeys of an account."""
        self._store.write(_ERASE, {"account_id": account_id})

    def _room_for_one(self, account_id: AccountId) -> Sequence[Passkey]:
        """Give the passkeys there are, if there may be one more.

        Raises:
            RuleViolationError: there may not.
        """
        known = self.list_of(account_id)
        if len(known) >= PASSKEYS_MAX:
            raise RuleViolationError(
                f"an account has at most {PASSKEYS_MAX} passkeys; remove one first"
            )
        return known

    def _spend(self, challenge: Challenge, at: datetime) -> bool:
        """Use a challenge up; tells whether it was still good."""
        digest = hashlib.sha256(msgspec.json.encode(challenge)).digest()
        with self._store.transaction():
            before = to_ms(at - _SPENT_FOR)
            self._store.write(_FORGET_SPENT, {"before_ms": before})
            bindings: Bindings = {"digest": digest, "at_ms": to_ms(at)}
            return self._store.write(_SPEND, bindings) == 1


def _ceremonies(site: str) -> "Ceremonies":
    """Load what speaks to devices: 70 ms that starting a hub need not take."""
    from foedus.identity.ceremonies import Ceremonies  # noqa: PLC0415

    return Ceremonies(site)
