"""Who really asks, behind a proxy that is trusted.

`X-Forwarded-For` is anybody's to write. It is believed only from the addresses that the
setting `trusted_proxies` names, and read from the right: the first address that is no
trusted proxy is the client's. What is no address there ends the reading, and the last
proxy that was met counts instead. Whether a client came by HTTPS is asked of nobody:
`public_url` says it.

A client's certificate signs in, so fewer vouch for one: the addresses that the setting
`sign_in.certificate_proxies` names, or those of `trusted_proxies` where it names none,
and no network of more than `VOUCHERS_MAX` hosts. It comes in the header that
`sign_in.certificate_header` names.
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
from typing import Final

from starlette.types import ASGIApp, Receive, Scope, Send

from foedus.errors import InvalidInputError
from foedus.identity.certificates import CERTIFICATE, read_header
from foedus.settings import Settings

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network


VOUCHERS_MAX: Final = 16
"""Hosts of a network whose word on certificates is believed: a pair of proxies, and
room to move them. Any machine of a wider one could sign in as anybody."""


class TrustedProxies:
    """Puts the client's own address and certificate into the scope of each request.

    Args:
        app: what answers.
        settings: name the proxies, and the header in which they hand on certificates.
    """

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self._app = app
        self._trusted = networks(settings.trusted_proxies)
        self._vouching = vouching(settings)
        self._header = (settings.sign_in.certificate_header or "").lower().encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] == "http" and (self._trusted or self._vouching):
            client = scope.get("client")
            peer = None if client is None else _address(client[0])
            known: dict[str, object] = {}
            if _is_among(peer, self._trusted):
                address = self._forwarded(scope)
                known |= {"client": (address, 0)} if address is not None else {}
            if _is_among(peer, self._vouching):
                certificate = self._certificate(scope)
                known |= {CERTIFICATE: certificate} if certificate is not None else {}
            scope = {**scope, **known} if known else scope
        await self._app(scope, receive, send)

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
            if not _is_among(address, self._trusted):
                return str(address)
        return None


def networks(
    names: Iterable[str], setting: str = "trusted_proxies"
) -> tuple[Network, ...]:
    """Read the addresses and networks of proxies.

    Args:
        names: as they are written.
        setting: where.

    Raises:
        InvalidInputError: one is neither.
    """
    return tuple(_network(each, setting) for each in names)


def vouching(settings: Settings) -> tuple[Network, ...]:
    """Give the addresses and networks that vouch for client certificates.

    Raises:
        InvalidInputError: the setting names something else, or too wide a network.
    """
    setting = "sign_in.certificate_proxies"
    named = networks(settings.sign_in.certificate_proxies, setting)
    wide = next((each for each in named if not _is_narrow(each)), None)
    if wide is not None:
        raise InvalidInputError(
            f"{setting} names {wide}, any machine of which could sign "
            f"in as anybody; name the proxies, or networks of at most {VOUCHERS_MAX}"
        )
    return named or tuple(filter(_is_narrow, networks(settings.trusted_proxies)))


def _is_narrow(network: Network) -> bool:
    return network.num_addresses <= VOUCHERS_MAX


def _is_among(address: Address | None, these: tuple[Network, ...]) -> bool:
    return address is not None and any(address in each for each in these)


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


def _network(text: str, setting: str) -> Network:
    try:
        return ip_network(text)
    except ValueError as error:
        raise InvalidInputError(
            f"{setting} names {text!r}; write addresses or networks, such as "
            "192.0.2.1 or 10.0.0.0/24"
        ) from error
