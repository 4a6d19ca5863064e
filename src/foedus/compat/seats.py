"""Seats: whose stream it is, and that it is still so.

A token is proved once for a request. As long as a stream lasts it is proved again
whenever any credential of the hub has changed, and every `ASK_AGAIN_S`.
"""

import time
from typing import Final

from starlette.requests import Request

from foedus.errors import UnauthorizedError
from foedus.hub import Hub
from foedus.identity.accounts import Account

ASK_AGAIN_S: Final = 5.0
"""Seconds after which a token is proved even if no credential has changed: it may have
come to its end."""

_SIGN_IN: Final = "no valid token came with the request; send one as a bearer token"


class Seat:
    """One client's token.

    Args:
        hub: where it is good.
        token: the token.

    Attributes:
        account: whose it is.

    Raises:
        UnauthorizedError: it is good nowhere.
    """

    def __init__(self, hub: Hub, token: str) -> None:
        self._hub = hub
        self._token = token
        self._state = hub.store.version()
        self._asked_at = time.monotonic()
        self.account: Account = hub.authenticator.bearer(token)

    def check(self) -> Account:
        """Give the account as it is now.

        Raises:
            UnauthorizedError: the token is good no longer.
        """
        now, state = time.monotonic(), self._hub.store.version()
        if state != self._state or now - self._asked_at >= ASK_AGAIN_S:
            self.account = self._hub.authenticator.bearer(self._token)
            self._asked_at, self._state = now, state
        return self.account


def take_seat(hub: Hub, request: Request) -> Seat:
    """Tell who asks, and count the request.

    Raises:
        UnauthorizedError: no token came that is good here.
        RateLimitedError: the account or its nation asks too fast.
    """
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer":
        raise UnauthorizedError(_SIGN_IN)
    seat = Seat(hub, token.strip())
    hub.gate.know(request.scope, seat.account)
    return seat
