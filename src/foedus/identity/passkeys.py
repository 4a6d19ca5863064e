"""Passkeys: keys that a device holds and its owner unlocks there.

- A device signs a challenge for this hub's name alone; nothing that could be given
  away on a false page ever leaves it.
- The device must have verified its owner (PIN, finger, face), so a passkey is two
  factors by itself.
- A challenge is good once, in whichever process the answer arrives.

Source: Web Authentication, Level 3 (W3C), sections 7.1 and 7.2.
"""

import hashlib
import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import urlsplit

import msgspec
from fido2.server import Fido2Server
from fido2.webauthn import (
    AttestedCredentialData,
    AuthenticationResponse,
    PublicKeyCredentialRpEntity,
    PublicKeyCredentialUserEntity,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from foedus.clock import to_ms
from foedus.errors import InvalidInputError, RuleViolationError, UnauthorizedError
from foedus.identity.store import Bindings, StateStore
from foedus.ids import AccountId

PASSKEYS_MAX: Final = 10
"""Passkeys of one account: devices that a person signs in from."""

NAME_CHARACTERS_MAX: Final = 60
"""Characters of the name that a person gives a device."""

_SPENT_FOR: Final = timedelta(hours=1)
"""How long spent challenges are remembered: longer than any ticket is good."""

_REFUSED: Final = "this passkey is not of an account here; sign in another way"

SCHEMA = """
CREATE TABLE IF NOT EXISTS passkey (
    id          BLOB    NOT NULL PRIMARY KEY,
    account_id  TEXT    NOT NULL,
    name        TEXT    NOT NULL,
    data        BLOB    NOT NULL,
    made_ms     INTEGER NOT NULL,
    used_ms     INTEGER
) STRICT, WITHOUT ROWID;

CREATE INDEX IF NOT EXISTS passkey_of_account ON passkey (account_id, made_ms);

CREATE TABLE IF NOT EXISTS spent_challenge (
    digest   BLOB    NOT NULL PRIMARY KEY,
    spent_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
"""

_LIST = """
SELECT id, name, data, made_ms, used_ms
  FROM passkey
 WHERE account_id = :account_id
 ORDER BY made_ms, id
 LIMIT :limit
"""

_FIND = "SELECT account_id, data FROM passkey WHERE id = :id"

_KEEP = """
INSERT INTO passkey (id, account_id, name, data, made_ms)
VALUES (:id, :account_id, :name, :data, :made_ms)
    ON CONFLICT (id) DO NOTHING
"""

_USED = "UPDATE passkey SET used_ms = :at_ms WHERE id = :id"

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
        known = self.list_of(account_id)
        if len(known) >= PASSKEYS_MAX:
            raise RuleViolationError(
                f"an account has at most {PASSKEYS_MAX} passkeys; remove one first"
            )
        options, state = _server(site).register_begin(
            PublicKeyCredentialUserEntity(
                id=account_id.encode(), name=name, display_name=name
            ),
            [AttestedCredentialData(each.data) for each in known],
            resident_key_requirement=ResidentKeyRequirement.REQUIRED,
            user_verification=UserVerificationRequirement.REQUIRED,
        )
        return dict(options)["publicKey"], _challenge(state)

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
        if len(self.list_of(account_id)) >= PASSKEYS_MAX:
            raise RuleViolationError(
                f"an account has at most {PASSKEYS_MAX} passkeys; remove one first"
            )
        try:
            data = _server(site).register_complete(challenge.state, answer)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise InvalidInputError(
                "the device's answer does not fit; try once more from this page"
            ) from error
        credential = data.credential_data
        if credential is None or not self._spend(challenge, at):
            raise InvalidInputError("this was answered already; begin anew")
        bindings: Bindings = {
            "id": credential.credential_id,
            "account_id": account_id,
            "name": called,
            "data": bytes(credential),
            "made_ms": to_ms(at),
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
        known = None if account_id is None else self.list_of(account_id)
        options, state = _server(site).authenticate_begin(
            None if known is None else [AttestedCredentialData(k.data) for k in known],
            user_verification=UserVerificationRequirement.REQUIRED,
        )
        return dict(options)["publicKey"], _challenge(state)

    def holder(
        self, challenge: Challenge, answer: Mapping[str, Any], site: str, at: datetime
    ) -> AccountId:
        """Tell whose passkey has signed a challenge.

        Raises:
            UnauthorizedError: nobody's, or the challenge was answered already.
        """
        try:
            credential_id = AuthenticationResponse.from_dict(answer).raw_id
            found = self._store.row(
                _FIND, {"id": credential_id}, tuple[AccountId, bytes]
            )
            if found is None:
                raise UnauthorizedError(_REFUSED)
            account_id, data = found
            _server(site).authenticate_complete(
                challenge.state, [AttestedCredentialData(data)], answer
            )
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise UnauthorizedError(_REFUSED) from error
        if not self._spend(challenge, at):
            raise UnauthorizedError("this was answered already; begin anew")
        self._store.touch(_USED, {"id": credential_id, "at_ms": to_ms(at)})
        return account_id

    def remove(self, account_id: AccountId, passkey: bytes) -> bool:
        """Forget a passkey of an account; tells whether it had it."""
        bindings: Bindings = {"account_id": account_id, "id": passkey}
        return self._store.write(_REMOVE, bindings) == 1

    def erase(self, account_id: AccountId) -> None:
        """Forget all passkeys of an account."""
        self._store.write(_ERASE, {"account_id": account_id})

    def _spend(self, challenge: Challenge, at: datetime) -> bool:
        """Use a challenge up; tells whether it was still good."""
        digest = hashlib.sha256(msgspec.json.encode(challenge)).digest()
        with self._store.transaction():
            before = to_ms(at - _SPENT_FOR)
            self._store.write(_FORGET_SPENT, {"before_ms": before})
            bindings: Bindings = {"digest": digest, "at_ms": to_ms(at)}
            return self._store.write(_SPEND, bindings) == 1


def _challenge(state: Mapping[str, Any]) -> Challenge:
    given = {name: str(getattr(v, "value", v)) for name, v in state.items()}
    return Challenge(state=given)


def _server(site: str) -> Fido2Server:
    """Give the party that devices sign for: the host that the hub is reached under."""
    parts = urlsplit(site)
    origin = f"{parts.scheme}://{parts.netloc}"

    def is_ours(claimed: str) -> bool:
        return secrets.compare_digest(claimed.encode(), origin.encode())

    rp = PublicKeyCredentialRpEntity(id=parts.hostname or "", name="Foedus")
    return Fido2Server(rp, verify_origin=is_ours)
