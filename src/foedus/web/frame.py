"""What surrounds every page: marking, navigation, clocks, and who is signed in.

The navigation lists the pages that exist and that the visitor may open, in the same
order for everybody; what a visitor may never open is left out.
"""

import traceback
import uuid
from collections.abc import Awaitable, Callable, Iterator
from datetime import datetime
from typing import Final
from urllib.parse import quote
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec
import structlog
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from foedus.errors import FoedusError, NotFoundError, UnauthorizedError
from foedus.hub import Hub
from foedus.identity.accounts import Account
from foedus.identity.authenticator import Session
from foedus.releasability.viewers import Role
from foedus.web.chips import Chip, token
from foedus.web.rendering import Renderer, see_other
from foedus.web.visitors import (
    FORM_BYTES_MAX,
    TOKEN_FIELD,
    find_session,
    is_on_this_machine,
    read_form,
)

SEATS = "demo.seats"
"""The setting of a demo hub: the names of the accounts that have a column."""


class Site(msgspec.Struct, frozen=True, kw_only=True):
    """The hub and the templates: what every page is made of."""

    hub: Hub
    renderer: Renderer


class Link(msgspec.Struct, frozen=True, kw_only=True):
    """An entry of the navigation."""

    href: str
    label: str
    icon: str
    current: bool


class Group(msgspec.Struct, frozen=True, kw_only=True):
    """A group of the navigation; the first has no title."""

    title: str
    links: tuple[Link, ...]


class Page(msgspec.Struct, frozen=True, kw_only=True):
    """What a page says of itself.

    Attributes:
        title: of the window.
        marking: the join of all labels on it; None for a page of none.
        note: stands in the footer beside the marking.
    """

    title: str
    marking: Chip | None = None
    note: str = ""


Endpoint = Callable[[Site, Request], Awaitable[Response]]

Way = Callable[[str, Endpoint], Route]
"""Makes the route of an address."""

log: Final = structlog.get_logger("foedus.web")


def guarded(site: Site, endpoint: Endpoint) -> Callable[[Request], Awaitable[Response]]:
    """Turn the errors of an endpoint into pages."""

    async def answer(request: Request) -> Response:
        try:
            return await _answer(site, endpoint, request)
        except Exception as error:  # noqa: BLE001 - the edge of a request
            return _fail(site, error)

    return answer


async def _answer(site: Site, endpoint: Endpoint, request: Request) -> Response:
    try:
        site.hub.check_fresh()
        return await endpoint(site, request)
    except UnauthorizedError:
        query = f"?{request.url.query}" if request.url.query else ""
        onward = quote(f"{request.url.path}{query}", safe="/?=:")
        return see_other(f"/sign-in?next={onward}")
    except FoedusError as error:
        return error_page(site, request, error)


def _fail(site: Site, error: Exception) -> Response:
    """Log where it failed, never what it said: that may hold what has a label."""
    error_id = str(uuid.uuid4())
    log.error(
        "web_request_failed",
        error_id=error_id,
        error=type(error).__name__,
        where=traceback.format_tb(error.__traceback__),
    )
    return site.renderer.failure(error_id)


def error_page(site: Site, request: Request, error: FoedusError) -> Response:
    """Show an error as a page, whoever asks."""
    context = frame(site, request, Page(title=error.title))
    return site.renderer.error(error, context)


def require_session(site: Site, request: Request) -> Session:
    """Tell whose session it is.

    Raises:
        UnauthorizedError: nobody is signed in.
    """
    session = find_session(site.hub, request)
    if session is None:
        raise UnauthorizedError("sign in first")
    return session


async def signed_form(
    site: Site, request: Request, bytes_max: int = FORM_BYTES_MAX
) -> tuple[Session, dict[str, str]]:
    """Read a form that a signed-in visitor has sent from one of our own pages.

    Args:
        site: the hub and its templates.
        request: what came.
        bytes_max: another limit, where whole texts are typed or pasted.

    Raises:
        UnauthorizedError: nobody is signed in.
        ForbiddenError: the form comes from elsewhere, or from another session.
        InvalidInputError: it is no form.
    """
    session = require_session(site, request)
    form = await read_form(request, bytes_max)
    site.hub.authenticator.check_csrf(session, form.get(TOKEN_FIELD, ""))
    return session, form


def seats(hub: Hub, request: Request) -> list[Account]:
    """Give the accounts whose worlds stand side by side on a demo hub.

    They are shown without a sign-in, but only on the machine that the hub runs on.

    Raises:
        NotFoundError: this is no demo hub, or it is asked for from elsewhere.
    """
    names = hub.store.setting(SEATS)
    if names is None or not is_on_this_machine(request):
        raise NotFoundError("no such page")
    return [
        hub.authenticator.named(name)
        for name in msgspec.json.decode(names, type=list[str])
    ]


def is_demo(hub: Hub, request: Request) -> bool:
    """Tell whether the page of the worlds is there for this request."""
    return hub.store.setting(SEATS) is not None and is_on_this_machine(request)


def frame(site: Site, request: Request, page: Page) -> dict[str, object]:
    """Give what every template needs."""
    hub = site.hub
    session = find_session(hub, request)
    now = hub.clock()
    account = session.account if session else None
    demo = is_demo(hub, request)
    return {
        "page": page,
        "groups": (
            *_navigation(request.url.path, signed_in=bool(session), demo=demo),
            *_overseeing(request.url.path, account, hub.alliance.code),
        ),
        "zones": _zones(now, hub.alliance.timezone),
        "now": f"{now:%H:%M:%S} UTC",
        "account": account,
        "own": token(account.nation, hub.access, own=True) if account else None,
        "session_token": hub.authenticator.csrf_token(session) if session else "",
        "alliance": hub.alliance.code,
        "here": request.url.path,
        "demo": demo,
    }


def _navigation(path: str, *, signed_in: bool, demo: bool) -> tuple[Group, ...]:
    def link(href: str, label: str, icon: str) -> Link:
        current = path == href or path.startswith(f"{href}/")
        return Link(href=href, label=label, icon=icon, current=current)

    groups = []
    if signed_in:
        first = (link("/home", "Home", "home"), link("/inbox", "Inbox", "inbox"))
        groups.append(Group(title="", links=first))
    share = []
    if demo:
        share.append(link("/worlds", "Worlds", "live"))
    if signed_in:
        share.append(link("/search", "Search", "search"))
        share.append(link("/watch", "Watch", "watch"))
        share.append(link("/collections", "Collections", "collections"))
        share.append(link("/releases", "Releases", "releases"))
        share.append(link("/recalls", "Recalls", "recalls"))
    if share:
        groups.append(Group(title="Share", links=tuple(share)))
    if signed_in:
        respond = (
            link("/board", "Board", "board"),
            link("/protocols", "Protocols", "protocols"),
            link("/runs", "Runs", "runs"),
            link("/tasks", "Tasks", "tasks"),
        )
        decide = (
            link("/decisions", "Decisions", "decisions"),
            link("/consultations", "Consultations", "consultations"),
            link("/updates", "Policy updates", "updates"),
        )
        groups.append(Group(title="Decide", links=decide))
        groups.append(Group(title="Respond", links=respond))
        prepare = (
            link("/measures", "Measures", "measures"),
            link("/units", "Units", "units"),
            link("/plans", "Plans", "plans"),
            link("/exercises", "Exercises", "exercises"),
            link("/training", "Training", "training"),
        )
        groups.append(Group(title="Prepare", links=prepare))
        know = (
            link("/state", "State of the alliance", "state"),
            link("/nations", "Nations", "nations"),
            link("/regions", "Regions", "regions"),
            link("/frameworks", "Frameworks", "frameworks"),
            link("/engagements", "Engagements", "engagements"),
            link("/map", "Map", "map"),
            link("/plots", "Plots", "plots"),
            link("/guide", "Guide", "guide"),
        )
        groups.append(Group(title="Know", links=know))
    entry = (
        link("/account", "Your account", "account")
        if signed_in
        else link("/sign-in", "Sign in", "account")
    )
    groups.append(Group(title="Account", links=(entry,)))
    return tuple(groups)


def _overseeing(path: str, account: Account | None, body: str) -> Iterator[Group]:
    """Give the pages of those who keep the hub and of those who check it."""
    roles = frozenset[Role]() if account is None else account.roles
    kept = []
    if Role.OPERATOR in roles and account is not None and account.nation == body:
        kept.append(("/hub/health", "Health", "health"))
    if Role.AUDITOR in roles:
        kept.append(("/audit", "Audit", "audit"))
    links = [
        Link(href=href, label=label, icon=icon, current=path == href)
        for href, label, icon in kept
    ]
    if links:
        yield Group(title="Hub", links=tuple(links))


def _zones(now: datetime, alliance_zone: str) -> tuple[tuple[str, str], ...]:
    zones = [(f"{now:%H:%M}", "UTC")]
    try:
        there = now.astimezone(ZoneInfo(alliance_zone))
    except ZoneInfoNotFoundError:
        return tuple(zones)
    place = alliance_zone.rpartition("/")[2].replace("_", " ")
    if place != "UTC":
        zones.append((f"{there:%H:%M}", place))
    return tuple(zones)
