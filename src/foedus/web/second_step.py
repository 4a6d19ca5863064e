"""The second step of signing in: a code of the phone, or a passkey.

- The password's page hands a ticket to the browser; the hub keeps nothing between.
- A ticket is good for as long as what it rests on: another password, or another link at
  the provider, voids it. A wrong code gives no new one.
- A passkey signs in by itself, without name and password.
- Every failure is told alike, and the browser goes on where it wanted to.
"""

from http import HTTPStatus
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from foedus.errors import (
    FoedusError,
    ForbiddenError,
    InvalidInputError,
    NotFoundError,
    RateLimitedError,
    UnauthorizedError,
)
from foedus.hub import Hub
from foedus.identity import tickets
from foedus.identity.accounts import Account
from foedus.identity.certificates import CERTIFICATE
from foedus.identity.passkeys import Challenge
from foedus.identity.proofs import Proof
from foedus.ids import AccountId
from foedus.web.frame import Page, Site, Way, frame
from foedus.web.rendering import see_other
from foedus.web.visitors import (
    check_form,
    form_cookie,
    form_token,
    keep_form_cookie,
    local_path,
    read_form,
    session_cookie,
    set_session,
)

_NO_PASSKEY = (
    "This passkey signs in nobody here. Sign in with name and password, and add it "
    "on your account's page."
)


class HalfSignedIn(msgspec.Struct, frozen=True, kw_only=True):
    """A ticket: the password was right, or the provider said so.

    Attributes:
        account: whose.
        name: its login name.
        onward: where the visitor wanted to go.
        password: which password it was, by its version.
        subject: who it was at the provider; None where there was a password.
    """

    account: AccountId
    name: str
    onward: str
    password: int | None = None
    subject: str | None = None


def routes(post: Way) -> list[BaseRoute]:
    """Give the addresses to which the forms of these steps are sent."""
    return [
        post("/sign-in/second", take_code),
        post("/sign-in/passkey", take_passkey),
        post("/sign-in/certificate", take_certificate),
    ]


def check_standing(hub: Hub, account: Account) -> None:
    """Refuse people of a nation without standing.

    Raises:
        ForbiddenError: it has none.
    """
    if not hub.access.standing(account.nation):
        raise ForbiddenError(
            "Your nation has no standing in the alliance now. Ask its secretariat."
        )


def begin(
    hub: Hub, request: Request, account: Account, proof: Proof, *, onward: str
) -> Response:
    """Begin the session of somebody who has proved enough, and go on."""
    old = request.cookies.get(session_cookie(hub))
    if old is not None:
        hub.authenticator.end_session(old)
    response = see_other(onward)
    set_session(hub, response, hub.authenticator.start_session(account, proof))
    return response


def ask(
    site: Site,
    request: Request,
    half: HalfSignedIn,
    *,
    ticket: str = "",
    error: FoedusError | None = None,
) -> Response:
    """Show the page that asks for the second factor.

    Args:
        site: the pages.
        request: whose answer this is.
        half: what the first step found out.
        ticket: the ticket that has this already, and goes on for as long as it did.
        error: what was wrong with the second step.
    """
    hub = site.hub
    made, cookie = form_token(hub, request)
    passkeys = hub.keyring.passkeys.list_of(half.account)
    asked = {"passkey_options": "", "passkey_ticket": ""}
    if passkeys:
        asked = passkey_request(site, cookie, half.account)
    response = site.renderer.page(
        "sign_in_second.html",
        {
            **frame(site, request, Page(title="Second step")),
            "ticket": ticket or tickets.write(hub.store, half, cookie, hub.clock()),
            "has_app": hub.keyring.factors.has_app(half.account),
            "error": error.detail if error else "",
            "form_token": made,
            "onward": half.onward,
            **asked,
        },
        status=error.status if error else HTTPStatus.OK,
    )
    if isinstance(error, RateLimitedError):
        response.headers["Retry-After"] = str(error.retry_after_s)
    keep_form_cookie(hub, response, cookie)
    return response


async def take_code(site: Site, request: Request) -> Response:
    """Take the code of the phone, or a recovery code."""
    form = await read_form(request)
    hub = site.hub
    check_form(hub, request, form)
    cookie = request.cookies.get(form_cookie(hub), "")
    ticket = form.get("ticket", "")
    half = tickets.read(hub.store, ticket, HalfSignedIn, cookie, hub.clock())
    account = _account(hub, half.name)
    _check_stands(hub, half)
    check_standing(hub, account)
    address = request.client.host if request.client else None
    try:
        code = form.get("code", "")
        proof = hub.authenticator.second_factor(account, code, address)
    except (UnauthorizedError, RateLimitedError) as error:
        return ask(site, request, half, ticket=ticket, error=error)
    return begin(hub, request, account, proof, onward=half.onward)


async def take_passkey(site: Site, request: Request) -> Response:
    """Sign in with what a device has signed."""
    form = await read_form(request)
    hub = site.hub
    check_form(hub, request, form)
    cookie = request.cookies.get(form_cookie(hub), "")
    now = hub.clock()
    challenge = tickets.read(hub.store, form.get("ticket", ""), Challenge, cookie, now)
    try:
        holder = hub.keyring.passkeys.holder(
            challenge, read_answer(form), hub.public_url, now
        )
    except UnauthorizedError as error:
        raise ForbiddenError(_NO_PASSKEY) from error
    name = hub.keyring.names.of(holder)
    if name is None:
        raise ForbiddenError(_NO_PASSKEY)
    account = _account(hub, name)
    check_standing(hub, account)
    onward = local_path(form.get("next", ""), "/home")
    return begin(hub, request, account, Proof.PASSKEY, onward=onward)


async def take_certificate(site: Site, request: Request) -> Response:
    """Sign in with the certificate that a trusted proxy vouches for."""
    form = await read_form(request)
    hub = site.hub
    check_form(hub, request, form)
    certificate = request.scope.get(CERTIFICATE)
    if certificate is None:
        raise ForbiddenError(
            "no client certificate came with the request; let the browser send it, or "
            "sign in with name and password"
        )
    try:
        account = hub.authenticator.certificate(certificate)
    except UnauthorizedError as error:
        raise ForbiddenError(error.detail) from error
    check_standing(hub, account)
    onward = local_path(form.get("next", ""), "/home")
    return begin(hub, request, account, Proof.CERTIFICATE, onward=onward)


def passkey_request(
    site: Site, cookie: str, account_id: AccountId | None = None
) -> dict[str, str]:
    """Give what the page hands to a device, and the ticket that comes back with it."""
    hub = site.hub
    options, challenge = hub.keyring.passkeys.ask_to_sign_in(hub.public_url, account_id)
    return {
        "passkey_options": msgspec.json.encode(options).decode(),
        "passkey_ticket": tickets.write(hub.store, challenge, cookie, hub.clock()),
    }


def read_answer(form: dict[str, str]) -> dict[str, Any]:
    """Read what a device answered.

    Raises:
        InvalidInputError: it is no answer of a device.
    """
    try:
        return msgspec.json.decode(form.get("answer", ""), type=dict[str, Any])
    except msgspec.DecodeError as error:
        raise InvalidInputError(
            "the device's answer did not arrive; allow scripts of this hub, and try "
            "once more"
        ) from error


def _check_stands(hub: Hub, half: HalfSignedIn) -> None:
    """Refuse a ticket that has outlived what it rests on.

    Raises:
        ForbiddenError: the password has changed since, or the link was cut.
    """
    if half.subject is None:
        stands = half.password == hub.keyring.passwords.version(half.account)
    else:
        issuer = hub.settings.oidc.issuer or ""
        stands = hub.keyring.links.holder(issuer, half.subject) == half.account
    if not stands:
        raise ForbiddenError("what you signed in with has changed since; begin anew")


def _account(hub: Hub, name: str) -> Account:
    try:
        return hub.authenticator.named(name)
    except NotFoundError as error:  # closed between the steps
        raise ForbiddenError("the account is closed") from error
