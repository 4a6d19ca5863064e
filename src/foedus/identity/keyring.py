"""The keyring: everything that `state.db` keeps of accounts, together."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from foedus.clock import to_ms
from foedus.identity.certificates import Certificates
from foedus.identity.connectors import Connectors
from foedus.identity.digests import Digests
from foedus.identity.enrolments import Enrolments
from foedus.identity.factors import Factors
from foedus.identity.leases import Leases
from foedus.identity.links import Links
from foedus.identity.names import Names
from foedus.identity.passkeys import Passkeys
from foedus.identity.passwords import Passwords
from foedus.identity.secret import Secret
from foedus.identity.sessions import Sessions
from foedus.identity.store import StateStore
from foedus.identity.tokens import Tokens, TokenTerms
from foedus.identity.watches import Watches
from foedus.identity.webhooks import Webhooks
from foedus.ids import AccountId


class Keyring:
    """Names, credentials and what is sent for accounts, in one file.

    Attributes:
        store: the file.
        names: login names.
        passwords: passwords, hashed.
        tokens: tokens, digested.
        sessions: web sessions, digested.
        factors: authenticator apps and recovery codes.
        enrolments: codes with which the first second factor is added.
        passkeys: keys that devices hold.
        certificates: client certificates, by fingerprint.
        links: who at an OIDC provider opens which account.
        leases: what this process does alone among several.
        webhooks: where what accounts may see is sent.
        digests: who gets letters of what came.
        watches: up to where accounts have seen what came.
        connectors: how far programs of accounts have come.
    """

    def __init__(self, store: StateStore) -> None:
        self.store = store
        self.names = Names(store)
        self.passwords = Passwords(store)
        self.tokens = Tokens(store)
        self.sessions = Sessions(store)
        self.factors = Factors(store)
        self.enrolments = Enrolments(store)
        self.passkeys = Passkeys(store)
        self.certificates = Certificates(store)
        self.links = Links(store)
        self.leases = Leases(store)
        self.webhooks = Webhooks(store, self.leases)
        self.digests = Digests(store, self.leases)
        self.watches = Watches(store)
        self.connectors = Connectors(store)

    def admit(
        self,
        name: str,
        account_id: AccountId,
        first: str | TokenTerms,
        *,
        at: datetime,
        instead_of: AccountId | None = None,
    ) -> Secret | None:
        """Reserve a name and keep its first credential, both or neither.

        Args:
            name: the login name.
            account_id: the account to be.
            first: the hash of a password, or the terms of a token.
            at: now.
            instead_of: the account that had the name and never came to be.

        Returns:
            The token, where one was asked for.

        Raises:
            ConflictError: the name is taken.
        """
        with self.store.transaction():
            if instead_of is not None:
                self.erase(instead_of)
            self.names.reserve(name, account_id, at_ms=to_ms(at), instead_of=instead_of)
            if isinstance(first, TokenTerms):
                return self.tokens.issue(account_id, first, at)
            self.passwords.set(account_id, first)
            return None

    def change_password(self, account_id: AccountId, password_hash: str) -> None:
        """Put a new password in place and end the sessions begun with the old one."""
        with self.removing(account_id):
            self.passwords.set(account_id, password_hash)

    @contextmanager
    def removing(
        self, account_id: AccountId, *, but: Secret | None = None
    ) -> Iterator[None]:
        """Take something away that an account signs in with, and what it has opened.

        Whoever holds a stolen key may have a session by it: all that is done within,
        and the end of the account's sessions, is one transaction.

        Args:
            account_id: whose.
            but: the cookie of the session in which its holder does so.
        """
        with self.store.transaction():
            yield
            self.sessions.erase(account_id, but=but)

    def forget_factors(self, account_id: AccountId) -> None:
        """Forget every second factor of an account, and end its sessions."""
        with self.removing(account_id):
            self.factors.erase(account_id)
            self.enrolments.erase(account_id)
            self.passkeys.erase(account_id)

    def has_second_factor(self, account_id: AccountId) -> bool:
        """Tell whether an account has an authenticator app or a passkey."""
        return self.factors.has_app(account_id) or bool(
            self.passkeys.list_of(account_id)
        )

    def erase(self, account_id: AccountId) -> None:
        """Forget all that an account has here; its name stays its own."""
        with self.store.transaction():
            self.passwords.erase(account_id)
            self.tokens.erase(account_id)
            self.sessions.erase(account_id)
            self.forget_factors(account_id)
            self.certificates.erase(account_id)
            self.links.erase(account_id)
            self.webhooks.erase(account_id)
            self.connectors.erase(account_id)
            self.digests.erase(account_id)
            self.watches.erase(account_id)
