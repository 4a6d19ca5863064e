"""Who really asks, behind a proxy that is trusted.

`X-Forwarded-For` is anybody's to write. It is believed only from the addresses that the
setting `trusted_proxies` names, and read from the right: the first address that is no
trusted proxy is the client's.
"""

from collections.abc import Iterable

from starlette.types import ASGIApp, Receive, Scope, Send


class TrustedProxies:
    """Puts the client's own address into the scope of each request."""

    def __init__(self, app: ASGIApp, trusted: Iterable[str]) -> None:
        self._app = app
        self._trusted = frozenset(trusted)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] == "http" and self._is_trusted(scope):
            address = self._forwarded(scope)
            if address is not None:
                scope = {**scope, "client": (address, 0)}
        await self._app(scope, receive, send)

    def _is_trusted(self, scope: Scope) -> bool:
        client = scope.get("client")
        return client is not None and client[0] in self._trusted

    def _forwarded(self, scope: Scope) -> str | None:
        lines = [
            value for name, value in scope["headers"] if name == b"x-forwarded-for"
        ]
        addresses = [
            part.strip() for part in b",".join(lines).decode("latin-1").split(",")
        ]
        for address in reversed(addresses):
            if address and address not in self._trusted:
                return address
        return None
