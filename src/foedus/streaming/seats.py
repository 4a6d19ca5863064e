"""Seats: who follows, and that it is still so.

A credential is proved once, as on every surface. As long as a stream lasts it is
asked for whenever any credential of the hub has changed, and every `ASK_AGAIN_S`.
"""

import time
from typing import Final

from starlette.requests import Request

from foedus.errors import UnauthorizedError
from foedus.hub import Hub
from foedus.identity.accounts import Account
from foedus.identity.views import account_facts

ASK_AGAIN_S: Final = 5.0
"""Seconds after which a credential is asked for even if none has changed: it may have
come to its end."""

_SIGN_IN: Final = (
    "no valid credential came with the request; send a name and a password, or a token"
)


class Seat:
    """One consumer's credential.

    Args:
        hub: where it is good.
        account: whose it is, as has just been proved.
        header: what came as `Authorization`; empty for a session.
        cookie: of the session; empty for none.
    """

    def __init__(
        self, hub: Hub, account: Account, *, header: bytes = b"", cookie: str = ""
    ) -> None:
        self._hub = hub
        self._header = header
        self._cookie = cookie
        self._password = hub.keyring.passwords.version(account.id)
        self._asked_at = time.monotonic()
        self._state: int | None = None
        self.account = account

    def check(self, state: int) -> Account:
        """Give the account as it is now.

        Args:
            state: a number that changes whenever a credential does.

        Raises:
            UnauthorizedError: the credential is good no longer.
        """
        now = time.monotonic()
        if state != self._state or now - self._asked_at >= ASK_AGAIN_S:
            self.account = self._ask()
            self._asked_at, self._state = now, state
        return self.account

    def _ask(self) -> Account:
        authenticator = self._hub.authenticator
        if self._cookie:
            return authenticator.session(self._cookie).account
        scheme, _, value = self._header.partition(b" ")
        if scheme.lower() == b"bearer":
            return authenticator.bearer(value.strip().decode("latin-1"))
        return self._by_password()

    def _by_password(self) -> Account:
        """Ask without hashing: the password that was right is still the password."""
        remembered = self._hub.authenticator.basic_cached(self._header)
        if remembered is not None:
            return remembered
        known = self.account
        with self._hub.reading.snapshot() as seen:
            facts = account_facts(seen.db, known.id)
        version = self._hub.keyring.passwords.version(known.id)
        if facts is None or not facts.open or version != self._password:
            raise UnauthorizedError(_SIGN_IN)
        return self._hub.authenticator.by_password(known.id, known.name, facts)


async def take_seat(hub: Hub, request: Request) -> Seat:
    """Tell who asks.

    Raises:
        UnauthorizedError: no credential came that proves anything.
        RateLimitedError: too many failures.
    """
    header = b", ".join(
        value for name, value in request.scope["headers"] if name == b"authorization"
    )
    if header:
        address = request.client.host if request.client else None
        account = await hub.authenticator.authorize(header, address=address)
        return Seat(hub, account, header=header)
    cookie = request.cookies.get(_session_cookie(hub), "")
    if not cookie:
        raise UnauthorizedError(_SIGN_IN)
    account = hub.authenticator.session(cookie).account
    return Seat(hub, account, cookie=cookie)


def _session_cookie(hub: Hub) -> str:
    chosen = hub.settings.web.secure_cookies
    secure = hub.public_url.startswith("https://") if chosen is None else chosen
    return "__Host-foedus-session" if secure else "foedus-session"
