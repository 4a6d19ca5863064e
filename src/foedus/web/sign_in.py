"""Signing in and out, and the visitor's own account.

Who holds a second factor shows it on the next page; see `second_step`.
"""

from http import HTTPStatus
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from foedus.errors import (
    FoedusError,
    ForbiddenError,
    RateLimitedError,
    UnauthorizedError,
    UnavailableError,
)
from foedus.identity.certificates import CERTIFICATE
from foedus.identity.proofs import Proof
from foedus.web import second_step
from foedus.web.frame import Page, Site, frame, require_session, signed_form
from foedus.web.rendering import see_other
from foedus.web.visitors import (
    check_form,
    clear_session,
    find_session,
    form_token,
    keep_form_cookie,
    local_path,
    read_form,
    session_cookie,
)

REFUSED: Final = (
    "Name and password do not match an account here. Check both and try again."
)
"""The one text of every failure, whatever was wrong."""


async def show_sign_in(site: Site, request: Request) -> Response:
    """Show the form; who is signed in already is sent on."""
    onward = local_path(request.query_params.get("next", ""), "/home")
    if find_session(site.hub, request) is not None:
        return see_other(onward)
    return _form(site, request, onward=onward)


async def sign_in(site: Site, request: Request) -> Response:
    """Begin a session for a right name and password."""
    form = await read_form(request)
    onward = local_path(form.get("next", ""), "/home")
    name = form.get("name", "").strip()
    hub = site.hub
    check_form(hub, request, form)
    try:
        address = request.client.host if request.client else None
        # Asked before it is verified: a change between the two voids what follows.
        version = hub.authenticator.password_version(name)
        account = await hub.authenticator.basic(
            name, form.get("password", ""), address=address
        )
    except (UnauthorizedError, RateLimitedError, UnavailableError) as error:
        return _form(site, request, onward=onward, name=name, error=error)
    try:
        second_step.check_standing(hub, account)
    except ForbiddenError as error:
        return _form(site, request, onward=onward, name=name, error=error)
    if hub.keyring.has_second_factor(account.id):
        half = second_step.HalfSignedIn(
            account=account.id, name=account.name, onward=onward, password=version
        )
        return second_step.ask(site, request, half)
    return second_step.begin(hub, request, account, Proof.PASSWORD, onward=onward)


async def sign_out(site: Site, request: Request) -> Response:
    """End the session."""
    await signed_form(site, request)
    site.hub.authenticator.end_session(request.cookies[session_cookie(site.hub)])
    response = see_other("/sign-in")
    clear_session(site.hub, response)
    return response


async def show_account(site: Site, request: Request) -> Response:
    """Show the visitor who they are here, and how tools connect."""
    session = require_session(site, request)
    alliance = site.hub.alliance
    context = frame(site, request, Page(title="Your account"))
    return site.renderer.page(
        "account.html",
        {
            **context,
            "roles": sorted(session.account.roles),
            "withheld": sorted(session.account.withheld),
            "clearance": alliance.levels[session.account.clearance].name,
            "taxii": f"{site.hub.public_url}/taxii2/{alliance.api_root}/",
        },
    )


def _form(
    site: Site,
    request: Request,
    *,
    onward: str,
    name: str = "",
    error: FoedusError | None = None,
) -> Response:
    hub = site.hub
    made, cookie = form_token(hub, request)
    refused = isinstance(error, UnauthorizedError)
    response = site.renderer.page(
        "sign_in.html",
        {
            **frame(site, request, Page(title="Sign in")),
            "onward": onward,
            "name": name,
            "error": (REFUSED if refused else error.detail) if error else "",
            "form_token": made,
            "provider": hub.settings.oidc.label if hub.settings.oidc.issuer else "",
            "has_certificate": CERTIFICATE in request.scope,
            **second_step.passkey_request(site, cookie),
        },
        status=error.status if error else HTTPStatus.OK,
    )
    if isinstance(error, RateLimitedError | UnavailableError):
        response.headers["Retry-After"] = str(error.retry_after_s)
    keep_form_cookie(hub, response, cookie)
    return response
