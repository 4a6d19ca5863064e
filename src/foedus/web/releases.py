"""Pages of releases: who let whom see what, and to end it or to consent.

Shown is what the visitor may know of; whether the visitor may end a release or
consent to it, the rules say, and a button stands only where they would allow it.
"""

from collections.abc import Awaitable, Callable
from functools import partial
from http import HTTPStatus
from typing import Final

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from foedus.clock import from_ms
from foedus.errors import (
    ConflictError,
    FoedusError,
    ForbiddenError,
    InvalidInputError,
    NotFoundError,
    RuleViolationError,
)
from foedus.eventlog.envelope import Act
from foedus.ids import NationCode, Position
from foedus.intel import releases as rules
from foedus.intel import releasing
from foedus.intel.commands import Desk
from foedus.intel.entitlements import load_releases
from foedus.intel.events import Released
from foedus.intel.reading import Snapshot
from foedus.intel.releases import RELEASERS, Release, since_day
from foedus.releasability.access import Access
from foedus.releasability.join import FixedLabel, fix
from foedus.releasability.labels import parse_label
from foedus.releasability.viewers import Viewer
from foedus.web.chips import Chip, Token, chip_of_label, page_marking, token, tokens
from foedus.web.frame import Page, Site, frame, require_session, signed_form
from foedus.web.rendering import see_other

LISTED_MAX: Final = 200
"""Releases on the page, newest first; the API has the rest."""

DELIVERED_WITHIN_S: Final = 2.0
"""Seconds that an answer waits until everything is delivered; the rest follows."""

DONE: Final = {
    "made": "The release is made. What it covers becomes visible to them.",
    "consented": "Your nation has consented. What it published is covered, too.",
    "withdrawn": "The release is withdrawn. What it alone allowed is gone.",
    "left": "Your nation's consent is withdrawn. What it published is gone.",
}
"""What is said after an act, by the word in the address."""

_Verb = Callable[[Desk, Viewer, Act, str], Awaitable[Position]]


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """A nation that was asked to consent."""

    nation: Token
    consented: bool


class ReleaseRow(msgspec.Struct, frozen=True, kw_only=True):
    """A release as a page shows it.

    Attributes:
        selection: what its audience could see is released.
        since: the day.
        made: the instant, in words; `instant` for machines.
        may_consent: whether the visitor may let it cover what the own nation published.
        may_end: whether the visitor may withdraw it.
        may_leave: whether the visitor may withdraw the own nation's consent.
    """

    id: str
    nation: Token
    to: tuple[Token, ...]
    selection: Chip
    since: str
    made: str
    instant: str
    from_now_on: bool
    controlled: bool
    withdrawn: bool
    asks: tuple[Asked, ...]
    reason: str
    may_consent: bool
    may_end: bool
    may_leave: bool


async def show_releases(site: Site, request: Request) -> Response:
    """List the releases that the visitor may know of, newest first."""
    viewer = require_session(site, request).account.viewer()
    with site.hub.reading.snapshot() as seen:
        found = releasing.shown(seen, viewer)[::-1]
        rows = [make_row(each, viewer, seen.access) for each in found[:LISTED_MAX]]
        marking = _marking(found[:LISTED_MAX], viewer, seen.access)
    return site.renderer.page(
        "releases.html",
        {
            **frame(site, request, Page(title="Releases", marking=marking)),
            "rows": rows,
            "more": len(found) > LISTED_MAX,
            "may_release": may_release(viewer),
        },
    )


async def show_release(site: Site, request: Request) -> Response:
    """Show one release, and what the visitor may do about it."""
    viewer = require_session(site, request).account.viewer()
    return _page(site, request, viewer)


async def consent(site: Site, request: Request) -> Response:
    """Let a release cover what the visitor's own nation published."""
    return await _change(site, request, releasing.consent, done="consented")


async def withdraw(site: Site, request: Request) -> Response:
    """End a release, or the own nation's consent to it."""
    session, form = await signed_form(site, request)
    viewer = session.account.viewer()
    reason = form.get("reason", "").strip()
    if not reason:
        missing = InvalidInputError("say why; those who lose it may ask")
        return _page(site, request, viewer, error=missing)
    with site.hub.reading.snapshot() as seen:
        ends = _find(seen, request, viewer).event.nation == viewer.nation
    end = partial(releasing.withdraw, reason=reason)
    done = "withdrawn" if ends or _is_body(site, viewer) else "left"
    return await _change(site, request, end, done=done, form=form)


def may_release(viewer: Viewer) -> bool:
    """Tell whether a visitor's roles allow releasing at all."""
    return bool(viewer.roles & RELEASERS)


def make_row(found: Release, viewer: Viewer, access: Access) -> ReleaseRow:
    """Show a release as a page does."""
    event, own = found.event, viewer.nation
    at = from_ms(found.arrival_ms)
    since = since_day(found)
    ends = own in {event.nation, access.alliance.code}
    may_withdraw = _allows(lambda: rules.withdraw(found, viewer, access, ""))
    return ReleaseRow(
        id=event.release,
        nation=token(event.nation, access, own=event.nation == own),
        to=tokens(event.to, access, own),
        selection=chip_of_label(
            parse_label(event.selection, access.alliance), access.alliance
        ),
        since=f"{since.day} {since:%b %Y}",
        made=f"{at:%a} {at.day} {at:%b %Y %H:%M} UTC",
        instant=at.isoformat(timespec="seconds").replace("+00:00", "Z"),
        from_now_on=event.ongoing,
        controlled=event.controlled,
        withdrawn=found.withdrawn,
        asks=tuple(
            Asked(
                nation=token(each, access, own=each == own),
                consented=each in found.consents,
            )
            for each in event.asks
        ),
        reason=event.reason,
        may_consent=_allows(lambda: rules.consent(found, viewer, access)),
        may_end=may_withdraw and ends,
        may_leave=may_withdraw and not ends,
    )


def label_of(event: Released, access: Access) -> FixedLabel:
    """Give the label of what a release says: its level, for those it concerns."""
    concerned: set[NationCode] = {event.nation, *event.to, *event.asks}
    nations = sorted(concerned & access.alliance.nations.keys())
    level = parse_label(event.selection, access.alliance).level
    text = f"{access.alliance.levels[level].name} // REL TO {', '.join(nations)}"
    label = parse_label(text, access.alliance)
    return fix(label, access.alliance, on=access.on, originator=event.nation)


async def _change(
    site: Site,
    request: Request,
    verb: _Verb,
    *,
    done: str,
    form: dict[str, str] | None = None,
) -> Response:
    hub = site.hub
    if form is None:
        session, form = await signed_form(site, request)
    else:
        session = require_session(site, request)
    account = session.account
    act = hub.act(account, door="web", at=hub.clock())
    try:
        position = await verb(hub.desk, account.viewer(), act, _name(request))
    except (ForbiddenError, RuleViolationError, ConflictError) as error:
        reason = form.get("reason", "")
        return _page(site, request, account.viewer(), error=error, reason=reason)
    await hub.seen([position])
    await hub.delivered(within_s=DELIVERED_WITHIN_S)
    return see_other(f"/releases/{_name(request)}?done={done}")


def _page(
    site: Site,
    request: Request,
    viewer: Viewer,
    *,
    error: FoedusError | None = None,
    reason: str = "",
) -> Response:
    with site.hub.reading.snapshot() as seen:
        found = _find(seen, request, viewer)
        row = make_row(found, viewer, seen.access)
        marking = _marking([found], viewer, seen.access)
    return site.renderer.page(
        "release.html",
        {
            **frame(site, request, Page(title="Release", marking=marking)),
            "row": row,
            "done": DONE.get(request.query_params.get("done", ""), ""),
            "error": error.detail if error else "",
            "reason": reason,
        },
        status=error.status if error else HTTPStatus.OK,
    )


def _find(seen: Snapshot, request: Request, viewer: Viewer) -> Release:
    return rules.find(load_releases(seen.db), _name(request), viewer, seen.access)


def _name(request: Request) -> str:
    return str(request.path_params["id"])


def _is_body(site: Site, viewer: Viewer) -> bool:
    return viewer.nation == site.hub.alliance.code


def _marking(found: list[Release], viewer: Viewer, access: Access) -> Chip | None:
    labels = [label_of(each.event, access) for each in found]
    return page_marking(labels, access, viewer.nation)


def _allows(rule: Callable[[], object]) -> bool:
    try:
        rule()
    except (ForbiddenError, RuleViolationError, ConflictError, NotFoundError):
        return False
    return True
