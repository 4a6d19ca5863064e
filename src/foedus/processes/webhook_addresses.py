"""Addresses to which the hub may be told to send: never into its own network.

- A URL is `https`, without credentials in it; `http` only where a setting allows it,
  and then only to networks that a setting names.
- A name is resolved once, every address that it has is judged, and the connection goes
  to an address that was judged, not to the name: a name that changes its mind between
  two questions (DNS rebinding) gains nothing.
- What is not plainly a host of the public internet is refused: loopback, private and
  shared networks, link-local (where clouds keep their metadata), multicast, reserved,
  and every form that carries an IPv4 address inside an IPv6 one. A setting may
  allow networks by name, such as an alliance's own.

Source: RFC 6890; RFC 6052 (NAT64); OWASP, "Server-Side Request Forgery Prevention".
"""

from collections.abc import Awaitable, Callable, Iterable
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)
from typing import Final
from urllib.parse import urlsplit

import msgspec

from foedus.errors import InvalidInputError, RuleViolationError

URL_CHARACTERS_MAX: Final = 2_048
"""Characters of a URL: what every receiver takes."""

ADDRESSES_MAX: Final = 16
"""Addresses of one name that are looked at; no honest receiver has more."""

_PORTS: Final = {"https": 443, "http": 80}

_NEVER: Final = tuple(
    ip_network(each)
    for each in (
        "168.63.129.16/32",  # a cloud's own services, at a public address
        "100.64.0.0/10",  # shared by a carrier's customers
        "192.0.0.0/24",  # of protocols
        "192.88.99.0/24",  # 6to4 relays
        "198.18.0.0/15",  # of benchmarks
        "::/96",  # IPv4 inside IPv6: compatible,
        "::ffff:0:0/96",  # mapped,
        "::ffff:0:0:0/96",  # translated (RFC 2765),
        "64:ff9b::/96",  # NAT64,
        "64:ff9b:1::/48",  # NAT64 of a network's own,
        "2002::/16",  # 6to4,
        "2001::/23",  # Teredo and other protocols
        "3fff::/20",  # of documents
        "5f00::/16",  # of segment routing
        "fec0::/10",  # site-local, given up but still routed here and there
    )
)

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

Resolve = Callable[[str, int], Awaitable[Iterable[str]]]
"""Gives the addresses of a host for a port; raises `OSError` where there are none."""


class Policy(msgspec.Struct, frozen=True, kw_only=True):
    """What the settings allow beyond the public internet.

    Attributes:
        networks: to which addresses may be sent though they are not public.
        allow_http: whether `http` may be used there.
        setting: the table of the settings that says so.
    """

    networks: tuple[Network, ...] = ()
    allow_http: bool = False
    setting: str = "webhooks"

    def allows(self, address: Address) -> bool:
        """Tell whether a setting names the address."""
        return any(
            address.version == each.version and address in each
            for each in self.networks
        )


class Target(msgspec.Struct, frozen=True, kw_only=True):
    """A URL, taken apart.

    Attributes:
        host: a name in ASCII, or an address; an IPv6 address without brackets.
        path: and the query, as they are asked for.
    """

    scheme: str
    host: str
    port: int
    path: str

    @property
    def authority(self) -> str:
        """What stands in `Host`."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        is_usual = self.port == _PORTS[self.scheme]
        return host if is_usual else f"{host}:{self.port}"

    def at(self, address: Address) -> str:
        """Give the URL with an address in place of the name."""
        host = f"[{address}]" if isinstance(address, IPv6Address) else address
        return f"{self.scheme}://{host}:{self.port}{self.path}"


def policy_of(
    networks: Iterable[str], *, allow_http: bool, setting: str = "webhooks"
) -> Policy:
    """Read what the settings allow.

    Args:
        networks: to which may be sent though they are not public.
        allow_http: whether without TLS, too.
        setting: the table in which both stand.

    Raises:
        InvalidInputError: one of the networks is none.
    """
    try:
        found = tuple(ip_network(each) for each in networks)
    except ValueError as error:
        raise InvalidInputError(
            f"{setting}.networks: {error}; write one such as 10.1.2.0/24"
        ) from error
    return Policy(networks=found, allow_http=allow_http, setting=setting)


def read_url(text: str, policy: Policy) -> Target:
    """Take a URL apart.

    Raises:
        InvalidInputError: it is none to which anything may be sent.
    """
    if len(text) > URL_CHARACTERS_MAX:
        raise InvalidInputError(f"a URL has at most {URL_CHARACTERS_MAX} characters")
    if not text.isascii() or not text.isprintable() or " " in text or "\\" in text:
        raise InvalidInputError(
            "a URL is ASCII without blanks; write a name in its xn-- form"
        )
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError as error:
        raise InvalidInputError(f"the URL cannot be read: {error}") from error
    _check_scheme(parts.scheme, policy)
    if (
        not parts.hostname
        or "@" in parts.netloc
        or parts.fragment
        or "%" in parts.netloc
    ):
        raise InvalidInputError(
            "a URL here has a host, no user or password, and no fragment"
        )
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    scheme = parts.scheme
    return Target(
        scheme=scheme,
        host=parts.hostname.rstrip("."),
        port=_PORTS[scheme] if port is None else port,
        path=path,
    )


def _check_scheme(scheme: str, policy: Policy) -> None:
    if scheme == "https" or (scheme == "http" and policy.allow_http):
        return
    raise InvalidInputError("it is sent over https alone; give an https URL")


async def judged_addresses(
    target: Target, policy: Policy, resolve: Resolve
) -> list[Address]:
    """Resolve a host, and judge every address that it has.

    Raises:
        RuleViolationError: one of them is not to be sent to.
        OSError: it has none.
    """
    found = list(await resolve(target.host, target.port))
    if not found or len(found) > ADDRESSES_MAX:
        raise RuleViolationError(
            f"the receiver's name has no address, or more than {ADDRESSES_MAX}"
        )
    return [_judged(each, target, policy) for each in found]


def _judged(text: str, target: Target, policy: Policy) -> Address:
    try:
        address = ip_address(text)
    except ValueError:  # such as one with a zone that means nothing
        address = None
    if address is not None and policy.allows(address):
        return address
    if address is None or target.scheme != "https" or not is_public(address):
        raise RuleViolationError(
            "the receiver's address is not one that this hub sends to; only the public "
            f"internet is, and what the setting {policy.setting}.networks names"
        )
    return address


def is_public(address: Address) -> bool:
    """Tell whether an address is plainly one host of the public internet."""
    if isinstance(address, IPv6Address) and address.scope_id is not None:
        return False
    is_odd = (
        address.is_multicast
        or address.is_reserved
        or address.is_loopback
        or address.is_link_local
        or address.is_unspecified
        or address.is_private
    )
    return (
        address.is_global
        and not is_odd
        and not any(
            address.version == each.version and address in each for each in _NEVER
        )
    )
