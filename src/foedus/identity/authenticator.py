"""Who is it? The one place where a request proves whose it is.

- Every failure is the same `UnauthorizedError`, after the same work: a name that
  does not exist costs a password hash like one that does.
- A password is hashed once per credential and process within `REMEMBER`; between, a
  digest under a key that exists only in this process's memory stands for it.
- What is remembered never outlives what it rests on: another password and the
  closing of the account count at once, whichever process did it.
- A credential that was right before is not held up by failures of others.
- What an account may do is asked of the log's view; with a remembered password at
  most `ASK_AGAIN` ago.
"""

import base64
import binascii
import hashlib
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

import msgspec

from foedus.clock import Clock
from foedus.errors import (
    ForbiddenError,
    NotFoundError,
    RateLimitedError,
    UnauthorizedError,
)
from foedus.identity import sessions
from foedus.identity.accounts import (
    Account,
    AccountFacts,
    account_of,
    proven,
    takes_two_factors,
)
from foedus.identity.backoff import Backoff, Subject
from foedus.identity.keyring import Keyring
from foedus.identity.passwords import StoredPassword, verify_password
from foedus.identity.proofs import Proof
from foedus.identity.rules import is_name
from foedus.identity.secret import Secret
from foedus.identity.sessions import StoredSession
from foedus.identity.verifier import Verifier
from foedus.ids import AccountId
from foedus.sharing import SharedTable
from foedus.telemetry.catalogue import SIGN_INS
from foedus.telemetry.ledger import Ledger

REMEMBER = timedelta(minutes=5)
"""How long a verified password needs no hash in this process."""

ASK_AGAIN = timedelta(milliseconds=100)
"""How long the log's view need not be asked again about a remembered credential."""

REMEMBERED_MAX = 10_000
"""Credentials that are remembered. About 5 MB; the oldest make room."""

HEADER_BYTES_MAX = 2_048
"""Bytes of an `Authorization` header: the longest name and password, in base64."""

_REFUSED = (
    "no valid credential came with the request; sign in with a name and a password, "
    "or send a token"
)

_WRONG_CODE = "the code is wrong, old or used; wait for the next one and try it"

Facts = Callable[[AccountId], AccountFacts | None]
"""Tells what the log knows of an account."""

_NOT_SEEN = -1
"""No state of the file: what is remembered is compared with it on first use."""


class Session(msgspec.Struct, frozen=True, kw_only=True):
    """A web session that is under way.

    Attributes:
        account: whose it is.
        stored: what `state.db` keeps of it.
    """

    account: Account
    stored: StoredSession


class _Remembered(msgspec.Struct):
    """A verified password.

    Attributes:
        account: whose it is.
        version: of the password.
        until: when it is to be verified anew.
        asked_until: when the log's view is to be asked anew.
        state: of `state.db` when the version was last compared.
    """

    account: Account
    version: int
    until: datetime
    asked_until: datetime
    state: int


class Authenticator:
    """Asks `state.db` and the log's view who somebody is.

    Args:
        keyring: names and credentials.
        facts: what the log tells of an account.
        clock: tells when tokens, sessions and memory end.
        table: where all workers count failures together; by default one of this
            process alone.
        ledger: counts verifications; by default nobody reads it.
        strict: withhold from all persons what takes two factors until they show both;
            else from those alone who hold a second factor.
    """

    def __init__(  # noqa: PLR0913 - the parts of a hub that it joins
        self,
        keyring: Keyring,
        facts: Facts,
        clock: Clock,
        *,
        table: SharedTable | None = None,
        ledger: Ledger | None = None,
        strict: bool = False,
    ) -> None:
        self._keyring = keyring
        self._strict = strict
        self._state_version = keyring.store.version
        self._facts = facts
        self._clock = clock
        self._pepper = secrets.token_bytes(64)
        self._remembered: dict[bytes, _Remembered] = {}
        self._backoff = Backoff(table)
        self._ledger = Ledger() if ledger is None else ledger
        self._verifier = Verifier()

    async def authorize(
        self, header: bytes, *, address: str | None, certificate: bytes | None = None
    ) -> Account:
        """Tell whose `Authorization` header it is: `Basic` or `Bearer`.

        Args:
            header: the value of the header.
            address: where the request comes from; None if that means nothing.
            certificate: in DER, where a trusted proxy vouches for it; counts where
                there is no header.

        Raises:
            UnauthorizedError: it proves nothing.
            RateLimitedError: too many failures with this name from this address.
            UnavailableError: too many are signing in just now.
        """
        if len(header) > HEADER_BYTES_MAX:
            raise UnauthorizedError(_REFUSED)
        if not header and certificate is not None:
            return self.certificate(certificate)
        remembered = self.basic_cached(header)
        if remembered is not None:
            return remembered
        scheme, _, value = header.partition(b" ")
        match scheme.lower():
            case b"basic":
                name, password = _parse_basic(value)
                return await self.basic(name, password, address=address)
            case b"bearer":
                return self.bearer(value.strip().decode("latin-1"))
            case _:
                raise UnauthorizedError(_REFUSED)

    def basic_cached(self, header: bytes) -> Account | None:
        """Tell whose `Authorization` header it is, if that was verified just now.

        Never waits and never hashes a password; None says only "not remembered".
        """
        digest = hashlib.blake2b(header, key=self._pepper).digest()
        entry = self._remembered.get(digest)
        if entry is None:
            return None
        state = self._state_version()
        now = self._clock()
        if entry.state == state and now < entry.asked_until:
            return entry.account
        account_id = entry.account.id
        facts = self._facts(account_id)
        version = self._keyring.passwords.version(account_id)
        if version != entry.version or facts is None or not facts.open:
            del self._remembered[digest]
            return None
        if now >= entry.until:
            return None  # and stays: who was right before is no guesser
        entry.account = self.by_password(account_id, entry.account.name, facts)
        entry.asked_until = min(now + ASK_AGAIN, entry.until)
        entry.state = state
        return entry.account

    async def basic(
        self, name: str, password: str, *, address: str | None = None
    ) -> Account:
        """Tell whose name and password these are.

        Raises:
            UnauthorizedError: nobody's.
            RateLimitedError: too many failures with this name from this address; a
                credential that is remembered still passes.
            UnavailableError: too many are signing in just now.
        """
        header = _basic_header(name, password)
        remembered = self.basic_cached(header)
        if remembered is not None:
            return remembered
        if len(header) > HEADER_BYTES_MAX:
            raise UnauthorizedError(_REFUSED)
        digest = self._digest(header)
        subject = self._backoff.subject(name, address)
        is_known = digest in self._remembered
        if not is_known:
            self._check_backoff(subject)
        stored = self._stored(name)
        verify = self._verification(stored, Secret(password), subject)
        # A verdict is shared only by those who ask about the same stored password.
        credential = digest + (stored.version if stored else 0).to_bytes(8, "big")
        right = await self._verifier.verdict(
            credential,
            address,
            verify,
            line=self._line(name, stored),
            is_known=is_known,
        )
        if not right or stored is None:
            raise UnauthorizedError(_REFUSED)
        return self._remember(digest, name, stored)

    def bearer(self, token: str) -> Account:
        """Tell whose token it is, and as what it may act.

        The roles are those that the token may use.

        Raises:
            UnauthorizedError: it is unknown, revoked or expired.
        """
        holder = self._keyring.tokens.find(Secret(token), self._clock())
        if holder is None:
            raise UnauthorizedError(_REFUSED)
        account = self._account(holder.account_id, holder.name)
        account = msgspec.structs.replace(
            account, roles=holder.allowed(account.roles), limited=holder.limited
        )
        return self._proven(account, holder.proof)

    def certificate(self, der: bytes) -> Account:
        """Tell whose client certificate it is.

        Args:
            der: the certificate that a trusted proxy has checked.

        Raises:
            UnauthorizedError: it is nobody's here, or has run out.
        """
        holder = self._keyring.certificates.holder(der, self._clock())
        name = None if holder is None else self._keyring.names.of(holder)
        if holder is None or name is None:
            self._ledger.count(SIGN_INS, "wrong")
            raise UnauthorizedError(
                "the client certificate signs in nobody here; ask the operator to "
                "enrol it"
            )
        return self._proven(self._account(holder, name), Proof.CERTIFICATE)

    def named(self, name: str) -> Account:
        """Tell whose name it is, for an operator who acts on that account's behalf.

        Raises:
            NotFoundError: no open account has the name.
        """
        reservation = self._keyring.names.find(name) if is_name(name) else None
        facts = self._facts(reservation.account_id) if reservation else None
        if reservation is None or facts is None or not facts.open:
            raise NotFoundError(f"no open account is named {name}")
        return account_of(reservation.account_id, name, facts)

    def second_factor(self, account: Account, code: str, address: str | None) -> Proof:
        """Take the code of an account that has shown its password.

        Args:
            account: whose it is.
            code: of the authenticator app, or a recovery code.
            address: where it comes from; None if that means nothing.

        Raises:
            UnauthorizedError: it is wrong, old or used.
            RateLimitedError: too many failures with this account from this address.
        """
        with self.guessing(f"second factor of {account.id}", address):
            factors = self._keyring.factors
            typed = "".join(code.split())
            if factors.check(account.id, typed, self._clock()):
                return Proof.TOTP
            if factors.recover(account.id, typed):
                return Proof.RECOVERY_CODE
            raise UnauthorizedError(_WRONG_CODE)

    @contextmanager
    def guessing(self, what: str, address: str | None) -> Iterator[None]:
        """Count what is refused within, and hold back who is refused too often.

        Args:
            what: might be guessed.
            address: where the guess comes from; None if that means nothing.

        Raises:
            RateLimitedError: too many were refused before, from this address.
        """
        subject = self._backoff.subject(what, address)
        self._check_backoff(subject)
        try:
            yield
        except (UnauthorizedError, ForbiddenError):
            self._ledger.count(SIGN_INS, "wrong")
            self._backoff.failed(subject, self._clock())
            raise
        self._ledger.count(SIGN_INS, "right")
        self._backoff.succeeded(subject)

    def password_version(self, name: str) -> int | None:
        """Tell which password the open account of that name has; None if none."""
        stored = self._stored(name)
        return stored.version if stored else None

    def start_session(self, account: Account, proof: Proof = Proof.PASSWORD) -> Secret:
        """Begin a web session of an account that has just proved itself.

        Returns:
            The value of the cookie.
        """
        return self._keyring.sessions.start(account.id, self._clock(), proof)

    def session(self, cookie: str) -> Session:
        """Tell whose web session it is, and count it as used.

        Raises:
            UnauthorizedError: it is unknown or has ended.
        """
        stored = self._keyring.sessions.find(Secret(cookie), self._clock())
        if stored is None:
            raise UnauthorizedError(_REFUSED)
        account = self._account(stored.account_id, stored.name)
        return Session(account=self._proven(account, stored.proof), stored=stored)

    def end_session(self, cookie: str) -> None:
        """End a web session; one that has ended already stays so."""
        self._keyring.sessions.end(Secret(cookie))

    def csrf_token(self, session: Session) -> str:
        """Give the token that every form of the session carries."""
        return sessions.csrf_token(session.stored)

    def check_csrf(self, session: Session, token: str) -> None:
        """Refuse a form that does not come from a page of this session.

        Raises:
            ForbiddenError: the token is missing or is another session's.
        """
        sessions.check_csrf(session.stored, token)

    def close(self) -> None:
        """Finish what is under way; the keyring's file stays open."""
        self._verifier.close()

    def _digest(self, header: bytes) -> bytes:
        return hashlib.blake2b(header, key=self._pepper).digest()

    def _check_backoff(self, subject: Subject) -> None:
        try:
            self._backoff.check(subject, self._clock())
        except RateLimitedError:
            self._ledger.count(SIGN_INS, "held back")
            raise

    def _stored(self, name: str) -> StoredPassword | None:
        """Find the password of an open account."""
        stored = self._keyring.passwords.find(name) if is_name(name) else None
        facts = self._facts(stored.account_id) if stored else None
        return stored if facts is not None and facts.open else None

    def _line(self, name: str, stored: StoredPassword | None) -> bytes:
        """Give the line of a nation; of a name that is nobody's, one of theirs.

        By how long it waits nobody can tell whether there is such a name.
        """
        facts = self._facts(stored.account_id) if stored else None
        whose = facts.nation if facts else name
        return hashlib.blake2b(
            whose.encode("utf-8", "surrogatepass"), key=self._pepper, digest_size=1
        ).digest()

    def _verification(
        self, stored: StoredPassword | None, password: Secret, subject: Subject
    ) -> Callable[[], bool]:
        def verify() -> bool:
            right = verify_password(stored.hash if stored else None, password)
            self._ledger.count(SIGN_INS, "right" if right else "wrong")
            if right:
                self._backoff.succeeded(subject)
            else:
                self._backoff.failed(subject, self._clock())
            return right

        return verify

    def _remember(self, digest: bytes, name: str, stored: StoredPassword) -> Account:
        facts = self._facts(stored.account_id)
        if facts is None or not facts.open:
            raise UnauthorizedError(_REFUSED)
        account = self.by_password(stored.account_id, name, facts)
        self._remembered.pop(digest, None)
        if len(self._remembered) >= REMEMBERED_MAX:
            del self._remembered[next(iter(self._remembered))]
        self._remembered[digest] = _Remembered(
            account=account,
            version=stored.version,
            until=self._clock() + REMEMBER,
            asked_until=self._clock(),
            state=_NOT_SEEN,
        )
        return account

    def by_password(
        self, account_id: AccountId, name: str, facts: AccountFacts
    ) -> Account:
        """Give the account of somebody whose password was right, and still is."""
        return self._proven(account_of(account_id, name, facts), Proof.PASSWORD)

    def _proven(self, account: Account, proof: Proof) -> Account:
        account = msgspec.structs.replace(account, proof=proof)
        if not takes_two_factors(account):
            return account
        asks = self._strict or self._keyring.has_second_factor(account.id)
        return proven(account) if asks else account

    def _account(self, account_id: AccountId, name: str) -> Account:
        facts = self._facts(account_id)
        if facts is None or not facts.open:
            raise UnauthorizedError(_REFUSED)
        return account_of(account_id, name, facts)


def _basic_header(name: str, password: str) -> bytes:
    pair = f"{name}:{password}".encode("utf-8", "surrogatepass")
    return b"Basic " + base64.b64encode(pair)


def _parse_basic(value: bytes) -> tuple[str, str]:
    """Read name and password. Source: RFC 7617, section 2."""
    try:
        pair = base64.b64decode(value.strip(), validate=True).decode()
    except (binascii.Error, UnicodeDecodeError) as error:
        raise UnauthorizedError(_REFUSED) from error
    name, colon, password = pair.partition(":")
    if not colon:
        raise UnauthorizedError(_REFUSED)
    return name, password
