"""Recording an engagement, and saying how one stands and what came of it."""

from collections.abc import Mapping
from datetime import timedelta
from typing import get_args

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from foedus.alliance.nations import Alliance
from foedus.errors import (
    FoedusError,
    ForbiddenError,
    InvalidInputError,
)
from foedus.guidance.commands import Engaging, engage_as, report_engagement
from foedus.guidance.engagements import EngagementSheet, find_engagement
from foedus.guidance.events import Course, EngagementKind, EngagementReported
from foedus.releasability.viewers import Viewer
from foedus.web.chips import chip, page_marking, printed_label
from foedus.web.engagements import STATES, region_title
from foedus.web.frame import Page, Site, frame, require_session, signed_form
from foedus.web.rendering import see_other
from foedus.web.said_form import (
    Asked,
    Say,
    Saying,
    day_of,
    say,
    show_form,
    speaks,
)

NAMES = (
    *("kind", "title", "purpose", "since", "last", "participants", "region", "status"),
)
KINDS: tuple[str, ...] = get_args(EngagementKind)


async def show_new(site: Site, request: Request) -> Response:
    """Show the form for an engagement."""
    viewer = require_session(site, request).account.viewer()
    if not speaks(viewer, site.hub.access):
        raise ForbiddenError("who records an engagement speaks for a nation; ask one")
    form = {"since": site.hub.clock().date().isoformat(), "status": Course.PLANNED}
    return show_form(site, request, _asked(site), form)


async def record(site: Site, request: Request) -> Response:
    """Show who will see an engagement, record it, or show the form again."""

    def prepare(viewer: Viewer, form: Mapping[str, str], label: str) -> Say:
        sent = _sent(form, label=label)
        return lambda act, name: engage_as(site.hub.bureau, viewer, act, name, sent)

    place = "/engagements/{}?done=recorded"
    saying = Saying(asked=_asked(site), kind="engagement", place=place)
    return await say(site, request, saying, prepare)


async def show_report(site: Site, request: Request) -> Response:
    """Show the form that says how an engagement of one's own nation stands."""
    viewer = require_session(site, request).account.viewer()
    found = _own(site, request, viewer)
    form = {"status": found.status.value, "outcome": found.outcome}
    return _report_form(site, request, viewer, form)


async def report(site: Site, request: Request) -> Response:
    """Say how an engagement stands, and what came of it."""
    session, form = await signed_form(site, request)
    viewer, hub = session.account.viewer(), site.hub
    name = str(request.path_params["id"])
    _own(site, request, viewer)
    act = hub.act(session.account, door="web", at=hub.clock())
    try:
        outcome = form.get("outcome", "").replace("\r\n", "\n").strip()
        told = EngagementReported(
            engagement=name, status=_status(form), outcome=outcome
        )
        position = await report_engagement(hub.bureau, viewer, act, name, told)
    except FoedusError as error:
        return _report_form(site, request, viewer, form, error=error)
    await hub.seen([position])
    return see_other(f"/engagements/{name}?done=reported")


def _asked(site: Site) -> Asked:
    alliance = site.hub.alliance
    return Asked(
        template="engagement_new.html",
        title="Record an engagement",
        action="/engagements/new",
        names=NAMES,
        context={
            "kinds": KINDS,
            "regions": [(each, region_title(each)) for each in _regions(alliance)],
            "states": [(each.value, STATES[each][0]) for each in Course],
        },
    )


def _regions(alliance: Alliance) -> list[str]:
    return sorted({name for each in alliance.nations.values() for name in each.regions})


def _sent(form: Mapping[str, str], *, label: str) -> Engaging:
    since, last = day_of(form, "since"), day_of(form, "last")
    if since is None:
        raise InvalidInputError("since: write the first day as in 2026-11-23")
    region = form.get("region", "")
    words = {
        "kind": form.get("kind", ""),
        "title": form.get("title", ""),
        "purpose": form.get("purpose", "").replace("\r\n", "\n"),
        "since": since,
        "until": None if last is None else last + timedelta(days=1),
        "participants": _listed(form.get("participants", "")),
        "regions": (region,) if region else (),
        "status": _status(form),
        "label": label,
    }
    try:
        return msgspec.convert(words, Engaging)
    except msgspec.ValidationError as error:
        raise InvalidInputError(f"the form is wrong: {error}") from error


def _listed(text: str) -> tuple[str, ...]:
    return tuple(word for part in text.split(",") if (word := part.strip()))


def _status(form: Mapping[str, str]) -> Course:
    try:
        return Course(form.get("status", ""))
    except ValueError as error:
        raise InvalidInputError("status: choose how it stands") from error


def _own(site: Site, request: Request, viewer: Viewer) -> EngagementSheet:
    with site.hub.reading.snapshot() as seen:
        name = str(request.path_params["id"])
        found = find_engagement(seen.db, seen.access, viewer, name)
        if found.author != viewer.nation or not speaks(viewer, seen.access):
            raise ForbiddenError("only who recorded an engagement says how it stands")
        return found


def _report_form(
    site: Site,
    request: Request,
    viewer: Viewer,
    form: dict[str, str],
    *,
    error: FoedusError | None = None,
) -> Response:
    found, access = _own(site, request, viewer), site.hub.access
    fixed = printed_label(found.label, found.author, access)
    marking = page_marking([fixed], access, viewer.nation)
    return site.renderer.page(
        "engagement_report.html",
        {
            **frame(site, request, Page(title="How it stands", marking=marking)),
            "sheet": found,
            "chip": chip(fixed, access),
            "states": [(each.value, STATES[each][0]) for each in Course],
            "form": {name: form.get(name, "") for name in ("status", "outcome")},
            "error": error.detail if error else "",
        },
        status=error.status if error else 200,
    )
