"""Who is at the door: sessions, cookies, and forms that come from our own pages.

- A signed-in visitor's forms carry the token of the session; other forms carry one
  that is derived from a random cookie of the browser and a key of the hub.
- A form is small, has known fields, and is read with limits.
"""

import asyncio
import base64
import hashlib
import hmac
import secrets
from collections.abc import Mapping
from typing import Final
from urllib.parse import parse_qsl, urlsplit

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from foedus.errors import (
    ForbiddenError,
    InvalidInputError,
    TooLargeError,
    UnauthorizedError,
    UnsupportedMediaError,
)
from foedus.hub import Hub
from foedus.identity.authenticator import Session
from foedus.identity.secret import Secret

FORM_BYTES_MAX: Final = 16_384
"""Bytes of a form: our longest has a handful of short fields."""

FORM_WAIT_S: Final = 30
"""Seconds in which a form has to arrive: 16 KiB at 4 kbit/s."""

FORM_TYPE: Final = "application/x-www-form-urlencoded"
"""The media type of every form of ours."""

FIELDS_MAX: Final = 20
"""Fields of a form."""

TOKEN_FIELD: Final = "form-token"  # noqa: S105 - the name of a field
"""The hidden field by which a form proves where it comes from."""

_FORM_KEY: Final = "web.forms"
_COOKIE_BYTES: Final = 24
_FORWARDED = (
    "forwarded", "via", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto",
    "x-real-ip",
)  # fmt: skip
_LOOPBACK = ("127.0.0.1", "::1", "localhost")


def is_secure(hub: Hub) -> bool:
    """Tell whether cookies are sent over HTTPS only."""
    chosen = hub.settings.web.secure_cookies
    return hub.public_url.startswith("https://") if chosen is None else chosen


def session_cookie(hub: Hub) -> str:
    """Name the cookie of a session."""
    return "__Host-foedus-session" if is_secure(hub) else "foedus-session"


def form_cookie(hub: Hub) -> str:
    """Name the cookie that ties a form to a browser that has not signed in."""
    return "__Host-foedus-form" if is_secure(hub) else "foedus-form"


def find_session(hub: Hub, request: Request) -> Session | None:
    """Tell whose session a request belongs to; None if to nobody's.

    A nation without standing has no sessions.

    Raises:
        RateLimitedError: the account or its nation asks too fast; said once.
    """
    cookie = request.cookies.get(session_cookie(hub))
    if cookie is None:
        return None
    try:
        session = hub.authenticator.session(cookie)
    except UnauthorizedError:
        return None
    if not hub.access.standing(session.account.nation):
        return None
    hub.gate.know(request.scope, session.account)
    return session


def set_session(hub: Hub, response: Response, secret: Secret) -> None:
    """Give the browser the cookie of a session that has begun."""
    _set_cookie(hub, response, session_cookie(hub), secret.reveal())


def clear_session(hub: Hub, response: Response) -> None:
    """Take the cookie of a session back."""
    response.delete_cookie(
        session_cookie(hub), secure=is_secure(hub), httponly=True, samesite="lax"
    )


def with_cookies_of(request: Request, response: Response) -> Request:
    """Give a request as the browser would make it after a response.

    For a page that is shown at once, by whoever has just got another session.
    """
    set_ = [value for name, value in response.raw_headers if name == b"set-cookie"]
    pairs = b"; ".join(value.partition(b";")[0] for value in set_)
    kept = [pair for pair in request.scope["headers"] if pair[0] != b"cookie"]
    return Request({**request.scope, "headers": [*kept, (b"cookie", pairs)]})


def form_token(hub: Hub, request: Request) -> tuple[str, str]:
    """Give the token for a form of somebody who has not signed in.

    Returns:
        The token, and the value of the cookie it belongs to; see `keep_form_cookie`.
    """
    cookie = request.cookies.get(form_cookie(hub)) or secrets.token_urlsafe(
        _COOKIE_BYTES
    )
    return _derive(hub, cookie), cookie


def keep_form_cookie(hub: Hub, response: Response, cookie: str) -> None:
    """Give the browser the cookie that a form's token belongs to."""
    _set_cookie(hub, response, form_cookie(hub), cookie)


def check_form(hub: Hub, request: Request, form: Mapping[str, str]) -> None:
    """Refuse a form of nobody's session that does not come from our own page.

    Raises:
        ForbiddenError: the token is missing, old or another browser's.
    """
    cookie = request.cookies.get(form_cookie(hub), "")
    token = form.get(TOKEN_FIELD, "")
    if not cookie or not hmac.compare_digest(
        token.encode(), _derive(hub, cookie).encode()
    ):
        raise ForbiddenError(
            "this form does not come from a page of this hub, or the page is old; "
            "open the page again and send it from there"
        )


async def read_form(
    request: Request, bytes_max: int = FORM_BYTES_MAX
) -> dict[str, str]:
    """Read the fields of a form; of a field given twice the last counts.

    Args:
        request: what came.
        bytes_max: another limit, where whole texts are typed or pasted.

    Raises:
        UnsupportedMediaError: it does not say that it is a form.
        TooLargeError: it is longer than any form of ours.
        InvalidInputError: it did not arrive, or is no form.
    """
    media_type = request.headers.get("content-type", "").partition(";")[0]
    if media_type.strip().lower() != FORM_TYPE:
        raise UnsupportedMediaError(f"send the form from its page, as {FORM_TYPE}")
    try:
        async with asyncio.timeout(FORM_WAIT_S):
            body = await _receive(request, bytes_max)
    except TimeoutError as error:
        raise InvalidInputError(
            f"the form did not arrive within {FORM_WAIT_S} seconds; send it again"
        ) from error
    except ClientDisconnect as error:
        raise InvalidInputError("the connection ended before the form") from error
    try:
        pairs = parse_qsl(
            body.decode(),
            keep_blank_values=True,
            max_num_fields=FIELDS_MAX,
            errors="strict",
        )
    except ValueError as error:
        raise InvalidInputError("the form cannot be read; send it again") from error
    return dict(pairs)


async def _receive(request: Request, bytes_max: int) -> bytes:
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > bytes_max:
            raise TooLargeError(
                f"a form has at most {bytes_max} bytes; shorten a field"
            )
    return body


def local_path(text: str, otherwise: str) -> str:
    """Give a path on this hub to go on to, and nothing that leads elsewhere."""
    try:
        parts = urlsplit(text)
    except ValueError:  # such as `//[`, half of an address
        return otherwise
    safe = (
        text.startswith("/")
        and not text.startswith(("//", "/\\"))
        and not parts.scheme
        and not parts.netloc
        and text.isprintable()
        and text.isascii()  # as a header is
    )
    return text if safe else otherwise


def is_on_this_machine(request: Request) -> bool:
    """Tell whether a request was made here, to an address of this machine.

    The name that was asked for counts too: a foreign page whose name is made to
    point here does not pass; nor does what a proxy says it has passed on.
    """
    client = request.client.host if request.client else ""
    is_forwarded = any(name in request.headers for name in _FORWARDED)
    is_here = client in _LOOPBACK and request.url.hostname in _LOOPBACK
    return is_here and not is_forwarded


def _derive(hub: Hub, cookie: str) -> str:
    key = hub.store.key(_FORM_KEY)
    digest = hmac.digest(key, cookie.encode(), hashlib.sha256)
    return base64.urlsafe_b64encode(digest).decode()


def _set_cookie(hub: Hub, response: Response, name: str, value: str) -> None:
    response.set_cookie(
        name, value, secure=is_secure(hub), httponly=True, samesite="lax", path="/"
    )
