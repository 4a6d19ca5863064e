"""Requests that a page of another site has made a browser send.

A browser shows a client certificate, or a password that it was told once, to the hub
whatever page asks. So what changes something is judged by where it comes from as well.

- A browser says of each request whose page it is from, and no page can say otherwise;
  programs say nothing.
- A token is exempt: no browser adds one by itself.

Source: Fetch Metadata Request Headers (W3C), section 2.3; RFC 6454, section 7.
"""

from typing import Final
from urllib.parse import urlsplit

from foedus.errors import ForbiddenError

_OURS: Final = ("same-origin", "none")
"""What `Sec-Fetch-Site` says of a page of the hub, and of the person at the browser."""

_REFUSED: Final = (
    "this was sent by a page of another site; sign in on the hub's own pages, or use a "
    "program"
)


def check_origin(*, site: str, origin: str, host: str) -> None:
    """Refuse what a page of another site has sent.

    Args:
        site: what `Sec-Fetch-Site` says; empty where it is absent.
        origin: what `Origin` says, likewise.
        host: under which name the hub was asked.

    Raises:
        ForbiddenError: it comes from elsewhere.
    """
    if site in _OURS:
        return
    if site or (origin and _netloc(origin) != host.lower()):
        raise ForbiddenError(_REFUSED)


def adds_itself(authorization: bytes) -> bool:
    """Tell whether a browser may add a credential unasked: all but a token.

    Args:
        authorization: the header; empty where the certificate alone tells who asks.
    """
    scheme, _, _ = authorization.partition(b" ")
    return scheme.lower() != b"bearer"


def _netloc(origin: str) -> str:
    try:
        return urlsplit(origin).netloc.lower()
    except ValueError:
        return ""
