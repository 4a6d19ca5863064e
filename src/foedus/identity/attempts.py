"""What signing in by a provider begins with, and what it ends with; see `oidc`.

Apart from `oidc`, so that a hub without a provider starts without what speaks to one.
"""

from urllib.parse import urlsplit

import msgspec

from foedus.errors import InvalidInputError
from foedus.settings import Oidc

_LOOPBACK = ("127.0.0.1", "::1", "localhost")


class Attempt(msgspec.Struct, frozen=True, kw_only=True):
    """One attempt to sign in; the browser carries it in a ticket.

    Attributes:
        state: comes back in the address; ties the answer to this browser.
        nonce: comes back in the ID token; ties that to this attempt.
        verifier: of PKCE; proves to the provider who began.
        onward: where the visitor wanted to go.
    """

    state: str
    nonce: str
    verifier: str
    onward: str


class Known(msgspec.Struct, frozen=True, kw_only=True):
    """Who somebody is at a provider.

    Attributes:
        issuer: the provider.
        subject: its name for the person, never given to another.
        two_factors: whether two were shown there.
    """

    issuer: str
    subject: str
    two_factors: bool


def check_settings(settings: Oidc) -> None:
    """Refuse settings by which nobody could sign in.

    Raises:
        InvalidInputError: they name no client, or the provider by no safe address.
    """
    if settings.issuer is None:
        return
    check_address(settings.issuer)
    if not settings.client_id:
        raise InvalidInputError("oidc.issuer needs oidc.client_id beside it")


def check_address(url: str) -> None:
    """Refuse an address of a provider that is not HTTPS; this machine may do without.

    Raises:
        InvalidInputError: anybody on the way could answer in its place.
    """
    parts = urlsplit(url)
    if parts.scheme == "https" and parts.hostname:
        return
    if parts.scheme == "http" and parts.hostname in _LOOPBACK:
        return
    raise InvalidInputError(
        f"{url!r} is no address of an OIDC provider; it begins with https://"
    )
