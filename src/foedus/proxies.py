"""Who really asks, behind a proxy that is trusted.

`X-Forwarded-For` is anybody's to write. It is believed only from the addresses that the
setting `trusted_proxies` names, and read from the right: the first address that is no
trusted proxy is the client's. What is no address there ends the reading, and the last
proxy that was met counts instead. Whether a client came by HTTPS is asked of nobody:
`public_url` says it.

A client's certificate is believed from the same addresses alone, in the header that the
setting `sign_in.certificate_header` names.
"""

from collections.abc import Iterable
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)

from starlette.types import ASGIApp, Receive, Scope, Send

from foedus.errors import InvalidInputError
from foedus.identity.certificates import CERTIFICATE, read_header
from foedus.settings import Settings

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network


class TrustedProxies:
    """Puts the client's own address and certificate into the scope of each request.

    Args:
        app: what answers.
        settings: name the proxies, and the header in which they hand on certificates.
    """

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self._app = app
        self._trusted = networks(settings.trusted_proxies)
        self._header = (settings.sign_in.certificate_header or "").lower().encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] == "http" and self._is_trusted(scope):
            certificate = self._certificate(scope)
            address = self._forwarded(scope)
            if address is not None:
                scope = {**scope, "client": (address, 0)}
            if certificate is not None:
                scope = {**scope, CERTIFICATE: certificate}
        await self._app(scope, receive, send)

    def _is_trusted(self, scope: Scope) -> bool:
        client = scope.get("client")
        return (
            bool(self._trusted)
            and client is not None
            and self._is_proxy(_address(client[0]))
        )

    def _is_proxy(self, address: Address | None) -> bool:
        return address is not None and any(address in each for each in self._trusted)

    def _certificate(self, scope: Scope) -> bytes | None:
        """Read the certificate; two headers are none, since one may be a client's."""
        values = [value for name, value in scope["headers"] if name == self._header]
        return read_header(values[0]) if len(values) == 1 else None

    def _forwarded(self, scope: Scope) -> str | None:
        lines = [
            value for name, value in scope["headers"] if name == b"x-forwarded-for"
        ]
        addresses = [
            part.strip() for part in b",".join(lines).decode("latin-1").split(",")
        ]
        for text in reversed(addresses):
            address = _address(text)
            if address is None:
                return None
            if not self._is_proxy(address):
                return str(address)
        return None


def networks(names: Iterable[str]) -> tuple[Network, ...]:
    """Read the addresses and networks of trusted proxies.

    Raises:
        InvalidInputError: one is neither.
    """
    return tuple(map(_network, names))


def _address(text: str) -> Address | None:
    """Read an address, which some proxies write with a port or in brackets."""
    bare = text[1:].partition("]")[0] if text.startswith("[") else text
    if bare.count(":") == 1:
        bare = bare.partition(":")[0]
    try:
        found = ip_address(bare)
    except ValueError:
        return None
    mapped = found.ipv4_mapped if isinstance(found, IPv6Address) else None
    return found if mapped is None else mapped


def _network(text: str) -> Network:
    try:
        return ip_network(text)
    except ValueError as error:
        raise InvalidInputError(
            f"trusted_proxies names {text!r}; write addresses or networks, such as "
            "192.0.2.1 or 10.0.0.0/24"
        ) from error
