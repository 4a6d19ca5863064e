"""Pages of consultations: who asked, about what, who joined, and what came of it.

Any one nation that is asked may ask or join; the chair holds and closes. What was said
is on the pages of those who are asked, the chair and the alliance's staff.
"""

import asyncio
from collections.abc import Mapping
from datetime import datetime
from http import HTTPStatus
from typing import Final

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from foedus.clock import from_ms
from foedus.decisions import commands, reading
from foedus.decisions.consultation_sheets import (
    ConsultationLine,
    ConsultationSheet,
    consultation_line,
    consultation_sheet,
)
from foedus.decisions.consultations import Asking, Consultation
from foedus.decisions.consulting import AnyAnswer
from foedus.decisions.seeing import speaks
from foedus.errors import (
    FoedusError,
    ForbiddenError,
    InvalidInputError,
    LabelError,
    NotFoundError,
)
from foedus.identity.authenticator import Session
from foedus.intel.reading import Snapshot
from foedus.releasability.access import Access
from foedus.releasability.labels import parse_label
from foedus.releasability.viewers import Viewer
from foedus.web.chips import (
    Chip,
    Token,
    chip,
    chip_of_label,
    page_marking,
    token,
    tokens,
)
from foedus.web.decision_cards import Hour, hours_of
from foedus.web.decision_forms import Form, listed, typed
from foedus.web.frame import Page, Site, frame, require_session, signed_form
from foedus.web.rendering import see_other
from foedus.web.watch_consumers import when

LISTED_MAX: Final = 200
"""Consultations on the page: open ones, then the newest."""

DONE: Final = {
    "ask": "The nations are asked to consult.",
    "join": "Your nation asks alongside.",
    "hold": "Recorded that the nations met.",
    "close": "The consultation is closed.",
}
"""What is said after an act, by the word in the address."""


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """A consultation in the list."""

    line: ConsultationLine
    chip: Chip
    asked: str
    nations: tuple[Token, ...]


class Acts(msgspec.Struct, frozen=True, kw_only=True):
    """What a visitor may do to a consultation now."""

    join: bool
    preside: bool


async def show_consultations(site: Site, request: Request) -> Response:
    """List the consultations that the visitor may know of."""
    viewer = require_session(site, request).account.viewer()

    def read() -> tuple[list[Row], Chip | None, bool]:
        with site.hub.reading.snapshot() as seen:
            found = reading.list_consultations(
                seen.db, seen.access, viewer, limit=LISTED_MAX
            )
            rows = [_row(each, viewer, seen.access) for each in found]
            labels = [each.label for each in found]
            marking = page_marking(labels, seen.access, viewer.nation)
            return rows, marking, speaks(viewer, seen.access)

    rows, marking, may_ask = await asyncio.to_thread(read)
    return site.renderer.page(
        "consultations.html",
        {
            **frame(site, request, Page(title="Consultations", marking=marking)),
            "rows": rows,
            "may_ask": may_ask,
        },
    )


async def show_new(site: Site, request: Request) -> Response:
    """Give the form by which a nation asks the others to consult.

    Raises:
        ForbiddenError: the visitor speaks for nobody.
    """
    session = require_session(site, request)
    if not speaks(session.account.viewer(), site.hub.access):
        raise ForbiddenError(
            "only a delegate asks for a consultation; ask one of your nation"
        )
    return _form_page(site, request, {"article": "Article 4", "of": "MEMBERS"})


async def ask(site: Site, request: Request) -> Response:
    """Ask the nations to consult."""
    session, form = await signed_form(site, request)
    hub = site.hub
    act = hub.act(session.account, door="web", at=hub.clock())
    try:
        words = {name: typed(form, name) for name in ("title", "concern", "label")}
        article = typed(form, "article") or "Article 4"
        of = listed(typed(form, "of"))
        said = {"article": article, "of": of, "chair": typed(form, "chair") or None}
        asking = msgspec.convert({**words, **said}, Asking)
        floor = await asyncio.to_thread(hub.floor)
        viewer = session.account.viewer()
        name, position = await commands.consult(floor, viewer, act, asking)
    except msgspec.ValidationError as error:
        refused = InvalidInputError(f"the consultation is wrong: {error}")
        return _form_page(site, request, form, error=refused)
    except FoedusError as error:
        return _form_page(site, request, form, error=error)
    await hub.seen([position])
    return see_other(f"/consultations/{name}?done=ask")


async def show_consultation(site: Site, request: Request) -> Response:
    """Show one consultation: what it is about, who asked, and what came of it."""
    session = require_session(site, request)
    return await _page(site, request, session)


async def act(site: Site, request: Request) -> Response:
    """Join, hold or close a consultation.

    Raises:
        NotFoundError: there is no such act, or no such consultation for the visitor.
    """
    session, form = await signed_form(site, request)
    verb, name = request.path_params["act"], str(request.path_params["id"])
    words = _words(verb, form)
    hub, viewer = site.hub, session.account.viewer()
    done = hub.act(session.account, door="web", at=hub.clock())
    try:
        answer: AnyAnswer = msgspec.convert(words, AnyAnswer)
        floor = await asyncio.to_thread(hub.floor)
        position = await commands.act_on_consultation(floor, viewer, done, name, answer)
    except msgspec.ValidationError as error:
        refused = InvalidInputError(f"the form is wrong: {error}")
        return await _page(site, request, session, error=refused, form=form)
    except FoedusError as error:
        return await _page(site, request, session, error=error, form=form)
    await hub.seen([position])
    return see_other(f"/consultations/{name}?done={verb}")


def _words(verb: str, form: Form) -> dict[str, object]:
    if verb == "join":
        return {"act": verb, "text": typed(form, "text")}
    if verb not in {"hold", "close"}:
        raise NotFoundError("no such page")
    words: dict[str, object] = {"act": verb, "note": typed(form, "note")}
    if verb == "close":
        words["decision"] = typed(form, "decision") or None
    return words


async def _page(
    site: Site,
    request: Request,
    session: Session,
    *,
    error: FoedusError | None = None,
    form: Form | None = None,
) -> Response:
    viewer = session.account.viewer()

    def read() -> tuple[dict[str, object], Chip | None]:
        with site.hub.reading.snapshot() as seen:
            return _card(request, seen, viewer)

    card, marking = await asyncio.to_thread(read)
    return site.renderer.page(
        "consultation.html",
        {
            **frame(site, request, Page(title="Consultation", marking=marking)),
            **card,
            "form": form or {},
            "done": DONE.get(request.query_params.get("done", ""), ""),
            "error": error.detail if error else "",
        },
        status=error.status if error else HTTPStatus.OK,
    )


def _card(
    request: Request, seen: Snapshot, viewer: Viewer
) -> tuple[dict[str, object], Chip | None]:
    name, access = str(request.path_params["id"]), seen.access
    found = reading.find_consultation(seen.db, access, viewer, name)
    if found is None:
        raise NotFoundError(f"no consultation {name}; list the consultations")
    sheet = consultation_sheet(found, viewer, access)
    card: dict[str, object] = {
        "sheet": sheet,
        "chip": chip(found.label, access),
        "acts": _acts(found, viewer, access),
        "nations": tokens(sheet.nations, access, viewer.nation),
        "asked": tokens(sheet.asked, access, viewer.nation),
        "chair": token(found.chair, access, own=found.chair == viewer.nation),
        "said": _said(sheet, viewer, access),
        "asked_hours": _hours(sheet.asked_at, viewer, access),
        "met": [_hours(each, viewer, access) for each in sheet.met_at],
    }
    return card, page_marking([found.label], access, viewer.nation)


def _acts(found: Consultation, viewer: Viewer, access: Access) -> Acts:
    may = speaks(viewer, access) and not found.closed
    asked = viewer.nation in found.electorate
    return Acts(
        join=may and asked and viewer.nation not in found.nations,
        preside=may and viewer.nation == found.chair,
    )


def _said(
    sheet: ConsultationSheet, viewer: Viewer, access: Access
) -> list[tuple[Token, str]]:
    return [
        (token(each.nation, access, own=each.nation == viewer.nation), each.text)
        for each in sheet.statements or ()
    ]


def _hours(
    at: datetime, viewer: Viewer, access: Access
) -> tuple[str, tuple[Hour, ...]]:
    instant = at.isoformat(timespec="seconds").replace("+00:00", "Z")
    return instant, hours_of(at, viewer.nation, access)


def _row(found: Consultation, viewer: Viewer, access: Access) -> Row:
    return Row(
        line=consultation_line(found, access),
        chip=chip(found.label, access),
        asked=when(from_ms(found.asked_ms)),
        nations=tuple(tokens(found.nations, access, viewer.nation)),
    )


def _form_page(
    site: Site,
    request: Request,
    form: Mapping[str, str],
    *,
    error: FoedusError | None = None,
) -> Response:
    names = ("title", "concern", "label", "article", "of", "chair")
    marking = _typed_marking(site, form.get("label", ""))
    return site.renderer.page(
        "consultation_new.html",
        {
            **frame(site, request, Page(title="Ask to consult", marking=marking)),
            "form": {name: form.get(name, "") for name in names},
            "error": error.detail if error else "",
        },
        status=error.status if error else HTTPStatus.OK,
    )


def _typed_marking(site: Site, text: str) -> Chip | None:
    """Give the marking of a form by what was typed as its label, if that is one."""
    alliance = site.hub.alliance
    try:
        return chip_of_label(parse_label(text, alliance), alliance) if text else None
    except LabelError:
        return None
