"""The form of a new release: filled in, looked at, confirmed.

Nothing is released before the visitor has seen how many objects it concerns and who
gains them. What was filled in is never lost, also not when it is refused.
"""

from datetime import date
from http import HTTPStatus
from typing import Final

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from foedus.alliance.nations import Alliance
from foedus.errors import (
    ConflictError,
    FoedusError,
    ForbiddenError,
    InvalidInputError,
    RuleViolationError,
)
from foedus.eventlog.envelope import Act
from foedus.ids import ReleaseId
from foedus.intel import releases as rules
from foedus.intel import releasing
from foedus.intel.events import Released
from foedus.intel.reading import Snapshot
from foedus.intel.release_previews import GLANCE_VERSIONS
from foedus.intel.releases import Draft, Release
from foedus.releasability.labels import parse_label
from foedus.releasability.viewers import Viewer
from foedus.web.chips import Chip, Token, chip_of_label, page_marking, tokens
from foedus.web.frame import Page, Site, frame, require_session, signed_form
from foedus.web.releases import DELIVERED_WITHIN_S, label_of, may_release
from foedus.web.rendering import see_other

DIGITS_MAX: Final = 9
"""Digits of a number of releases; Python refuses to read numbers without end."""

TEXT_LENGTH_MAX: Final = 4_096
"""Characters of a label, or of a list of nations."""

_REFUSED: Final = (
    ForbiddenError,
    InvalidInputError,
    RuleViolationError,
    ConflictError,
)


class Fields(msgspec.Struct, frozen=True, kw_only=True):
    """What was filled in, as it was."""

    to: str = ""
    label: str = ""
    since: str = ""
    from_now_on: bool = False
    include_controlled: bool = False
    ask: str = ""
    reason: str = ""


class Counted(msgspec.Struct, frozen=True, kw_only=True):
    """How many objects of a label would be released."""

    chip: Chip
    objects: int


class Gain(msgspec.Struct, frozen=True, kw_only=True):
    """What a release would do, before it is made.

    Attributes:
        objects: how many of the own nation's would become visible.
        whole: whether everything was counted, and not the newest versions only.
        without_standing: those of `to` that see nothing until they have standing.
        known: how many releases of the own nation there were; tells a form that is
            sent twice.
    """

    selection: Chip
    to: tuple[Token, ...]
    without_standing: tuple[Token, ...]
    asks: tuple[Token, ...]
    objects: int
    whole: bool
    by_label: tuple[Counted, ...]
    known: int
    marking: Chip | None


async def show_new(site: Site, request: Request) -> Response:
    """Show the form, empty."""
    viewer = require_session(site, request).account.viewer()
    _check_may_release(viewer)
    return _form(site, request, viewer, Fields())


async def preview(site: Site, request: Request) -> Response:
    """Show what the release would do, or the form again."""
    session, form = await signed_form(site, request)
    viewer = session.account.viewer()
    _check_may_release(viewer)
    fields = _read(form)
    if "change" in form:
        return _form(site, request, viewer, fields)
    act = site.hub.act(session.account, door="web", at=site.hub.clock())
    most = None if "all" in form else GLANCE_VERSIONS
    try:
        gain = await _gain(site, viewer, act, _draft(fields), most=most)
    except _REFUSED as error:
        return _form(site, request, viewer, fields, error=error)
    page = Page(title="Before you release", marking=gain.marking)
    return site.renderer.page(
        "release_preview.html",
        {
            **frame(site, request, page),
            "fields": fields,
            "gain": gain,
            "most": GLANCE_VERSIONS,
        },
    )


async def make(site: Site, request: Request) -> Response:
    """Make the release."""
    session, form = await signed_form(site, request)
    hub, viewer = site.hub, session.account.viewer()
    _check_may_release(viewer)
    fields = _read(form)
    act = hub.act(session.account, door="web", at=hub.clock())
    try:
        draft = _draft(fields)
        made = _made_already(site, viewer, act, draft, form.get("known", ""))
        if made is not None:
            return see_other(f"/releases/{made}?done=made")
        release, _, position = await releasing.add(hub.desk, viewer, act, draft, most=0)
    except _REFUSED as error:
        return _form(site, request, viewer, fields, error=error)
    await hub.seen([position])
    await hub.delivered(within_s=DELIVERED_WITHIN_S)
    return see_other(f"/releases/{release}?done=made")


def _check_may_release(viewer: Viewer) -> None:
    if not may_release(viewer):
        raise ForbiddenError("your account may release nothing; ask your operator")


def _read(form: dict[str, str]) -> Fields:
    return Fields(
        to=form.get("to", "").strip(),
        label=form.get("label", "").strip(),
        since=form.get("since", "").strip(),
        from_now_on="from-now-on" in form,
        include_controlled="include-controlled" in form,
        ask=form.get("ask", "").strip(),
        reason=form.get("reason", "").strip(),
    )


def _draft(fields: Fields) -> Draft:
    if max(len(fields.to), len(fields.ask), len(fields.label)) > TEXT_LENGTH_MAX:
        raise InvalidInputError(f"a field has at most {TEXT_LENGTH_MAX} characters")
    try:
        since = date.fromisoformat(fields.since)
    except ValueError as error:
        raise InvalidInputError(
            "write since when as a day, such as 2026-11-23"
        ) from error
    return Draft(
        to=_words(fields.to),
        label=fields.label,
        since=since,
        from_now_on=fields.from_now_on,
        include_controlled=fields.include_controlled,
        ask=_words(fields.ask),
        reason=fields.reason,
    )


def _words(text: str) -> tuple[str, ...]:
    return tuple(word for part in text.split(",") if (word := part.strip()))


async def _gain(
    site: Site, viewer: Viewer, act: Act, draft: Draft, *, most: int | None
) -> Gain:
    counted = await releasing.dry_run(site.hub.desk, viewer, act, draft, most=most)
    with site.hub.reading.snapshot() as seen:
        access, own = seen.access, viewer.nation
        event = rules.release(draft, viewer, access, act.at)
        known = len(_of_own_nation(seen, viewer))
        marking = page_marking([label_of(event, access)], access, own)
    absent = [each for each in event.to if not access.standing(each)]
    return Gain(
        selection=_chip(event.selection, access.alliance),
        to=tokens(event.to, access, own),
        without_standing=tokens(absent, access, own),
        asks=tokens(event.asks, access, own),
        objects=counted.objects,
        whole=counted.whole,
        by_label=tuple(
            Counted(chip=_chip(text, access.alliance), objects=number)
            for text, number in sorted(counted.by_label.items())
        ),
        known=known,
        marking=marking,
    )


def _made_already(
    site: Site, viewer: Viewer, act: Act, draft: Draft, known: str
) -> ReleaseId | None:
    """Find the release that the same form has made, if it was sent before."""
    with site.hub.reading.snapshot() as seen:
        wanted = _essence(rules.release(draft, viewer, seen.access, act.at))
        later = _of_own_nation(seen, viewer)[_number(known) :]
    same = (each for each in later if _essence(each.event) == wanted)
    return next((each.event.release for each in same), None)


def _number(text: str) -> int:
    """Read how many releases the page knew of; 0 for what was never on a page."""
    return int(text) if text.isdecimal() and len(text) <= DIGITS_MAX else 0


def _of_own_nation(seen: Snapshot, viewer: Viewer) -> list[Release]:
    return [
        each
        for each in releasing.shown(seen, viewer)
        if each.event.nation == viewer.nation
    ]


def _essence(event: Released) -> Released:
    """Leave out the id, in which two releases of one form differ."""
    return msgspec.structs.replace(event, release=ReleaseId(""))


def _chip(text: str, alliance: Alliance) -> Chip:
    return chip_of_label(parse_label(text, alliance), alliance)


def _form(
    site: Site,
    request: Request,
    viewer: Viewer,
    fields: Fields,
    *,
    error: FoedusError | None = None,
) -> Response:
    alliance = site.hub.alliance
    members = alliance.community("MEMBERS")
    ready = [
        f"{level.name} // REL TO {members}"
        for level in alliance.levels[: viewer.clearance + 1]
    ]
    return site.renderer.page(
        "release_new.html",
        {
            **frame(site, request, Page(title="New release")),
            "fields": fields,
            "ready": ready,
            "today": site.hub.clock().date().isoformat(),
            "error": error.detail if error else "",
        },
        status=error.status if error else HTTPStatus.OK,
    )
