"""Signing in by the provider that the settings name.

The way there is a link, not a form: the page's policy lets forms go nowhere else.
"""

from pathlib import Path
from typing import TYPE_CHECKING, Final

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute

from foedus.errors import ForbiddenError, InvalidInputError, NotFoundError
from foedus.hub import Hub
from foedus.identity import tickets
from foedus.identity.attempts import Attempt, Known, check_settings
from foedus.identity.proofs import Proof
from foedus.settings import Oidc
from foedus.web import second_step
from foedus.web.frame import Site, Way
from foedus.web.visitors import (
    form_cookie,
    form_token,
    is_secure,
    keep_form_cookie,
    local_path,
)

if TYPE_CHECKING:
    from foedus.identity.oidc import Provider

HERE: Final = "/sign-in/oidc"
BACK: Final = f"{HERE}/callback"

_REFUSED_THERE: Final = (
    "The provider did not sign you in. Try again there, or sign in another way."
)
_NO_LINK: Final = (
    "You are signed in at the provider, and no account here is linked to you there. "
    "Ask the operator to link yours."
)


def routes(get: Way, hub: Hub) -> list[BaseRoute]:
    """Give the addresses; where no provider is set there are none."""
    if hub.settings.oidc.issuer is None:
        return []
    door = Door(provider_of(hub))
    return [get(HERE, door.go), get(BACK, door.come_back)]


def provider_of(hub: Hub) -> "Provider":
    """Make the provider that the settings name.

    Raises:
        InvalidInputError: a setting is missing or wrong.
    """
    from foedus.identity.oidc import Provider  # noqa: PLC0415 - see `attempts`

    settings = hub.settings.oidc
    check_settings(settings)
    return Provider(
        settings,
        redirect=f"{hub.public_url}{BACK}",
        now=hub.clock,
        secret=_secret(settings, hub.folder),
    )


class Door:
    """Sends people to the provider, and takes them back."""

    def __init__(self, provider: "Provider") -> None:
        self._provider = provider

    async def go(self, site: Site, request: Request) -> Response:
        """Send the browser to the provider."""
        hub = site.hub
        onward = local_path(request.query_params.get("next", ""), "/home")
        address, attempt = await self._provider.begin(onward)
        _, browser = form_token(hub, request)
        response = RedirectResponse(address, status_code=303)
        response.set_cookie(
            _cookie(hub),
            tickets.write(hub.store, attempt, browser, hub.clock()),
            max_age=int(tickets.LASTS.total_seconds()),
            secure=is_secure(hub),
            httponly=True,
            samesite="lax",
        )
        keep_form_cookie(hub, response, browser)
        return response

    async def come_back(self, site: Site, request: Request) -> Response:
        """Begin the session of whoever the provider says has come."""
        hub, query = site.hub, request.query_params
        browser = request.cookies.get(form_cookie(hub), "")
        ticket = request.cookies.get(_cookie(hub), "")
        attempt = tickets.read(hub.store, ticket, Attempt, browser, hub.clock())
        if "code" not in query:
            raise ForbiddenError(_REFUSED_THERE)
        address = request.client.host if request.client else None
        with hub.authenticator.guessing("codes of the provider", address):
            known = await self._provider.finish(
                attempt, query.get("state", ""), query["code"]
            )
        response = _begin(site, request, known, attempt.onward)
        response.delete_cookie(_cookie(hub), secure=is_secure(hub), httponly=True)
        return response


def _begin(site: Site, request: Request, known: Known, onward: str) -> Response:
    hub = site.hub
    holder = hub.keyring.links.holder(known.issuer, known.subject)
    name = None if holder is None else hub.keyring.names.of(holder)
    if name is None:
        raise ForbiddenError(_NO_LINK)
    try:
        account = hub.authenticator.named(name)
    except NotFoundError as error:
        raise ForbiddenError(_NO_LINK) from error
    second_step.check_standing(hub, account)
    if known.two_factors:
        proof = Proof.OIDC_TWO_FACTORS
    elif hub.keyring.has_second_factor(account.id):
        half = second_step.HalfSignedIn(
            account=account.id, name=name, onward=onward, subject=known.subject
        )
        return second_step.ask(site, request, half)
    else:
        proof = Proof.OIDC
    return second_step.begin(hub, request, account, proof, onward=onward)


def _secret(settings: Oidc, folder: Path) -> str | None:
    if settings.client_secret_file is None:
        return settings.client_secret
    try:
        written = (folder / settings.client_secret_file).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidInputError(
            f"the file of oidc.client_secret_file cannot be read: {error}"
        ) from error
    return written.strip()


def _cookie(hub: Hub) -> str:
    return "__Host-foedus-oidc" if is_secure(hub) else "foedus-oidc"
