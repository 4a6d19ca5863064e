"""Pages of recalls: to make one, to see who has confirmed, and to confirm.

Shown is what the visitor may know of. Recalling cannot be undone and reaches everybody
who had the object, so its page says so, asks why, and has the act typed.
"""

import asyncio
from collections.abc import Mapping
from http import HTTPStatus
from typing import Final

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from foedus.errors import FoedusError, InvalidInputError, NotFoundError
from foedus.ids import NationCode
from foedus.intel import recalling
from foedus.intel.reading import Snapshot
from foedus.intel.recall_sheets import (
    LedgerLine,
    RecallPage,
    RecallSheet,
    recall_page,
    recall_sheet,
)
from foedus.intel.recalling import Recalling, recallable
from foedus.intel.recalls import find, label_of, recalls
from foedus.releasability.viewers import Viewer
from foedus.stix.identifiers import as_identifier
from foedus.web.chips import Chip, Token, chip, page_marking, token
from foedus.web.frame import Page, Site, frame, require_session, signed_form
from foedus.web.items import Item, items_of
from foedus.web.rendering import see_other
from foedus.web.things import Thing, describe, in_words

LISTED_MAX: Final = 200
"""Recalls on the page, newest first; the API has the rest."""

CONFIRMING: Final = "recall"
"""What is typed to confirm that an object shall be recalled."""

DONE: Final = {
    "recalled": "Recalled. Everybody who had it has lost it, and is asked to confirm.",
    "confirmed": "Confirmed for your nation.",
}
"""What is said after an act, by the word in the address."""

HOW: Final = {
    "arrival": "when it arrived",
    "release": "by a release",
    "community": "later, by its communities",
}
"""By what something came to a nation, in words."""


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """A recall as a page shows it.

    Attributes:
        by: who recalled it; None where it was the nation whose it was.
        at: the instant, in words; `instant` for machines.
        mine: whether it was the visitor's own nation's.
        kind: of what was recalled, by its id: the thing itself is gone.
    """

    sheet: RecallSheet
    chip: Chip
    nation: Token
    by: Token | None
    again: tuple[Token, ...]
    at: str
    instant: str
    mine: bool
    kind: str


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """One nation's line in the ledger."""

    line: LedgerLine
    nation: Token
    how: str


async def ask(site: Site, request: Request) -> Response:
    """Ask whether an object shall be recalled, and why."""
    viewer = require_session(site, request).account.viewer()
    return await _asking(site, request, viewer)


async def recall(site: Site, request: Request) -> Response:
    """Recall an object from everybody who received it."""
    session, form = await signed_form(site, request)
    hub, viewer = site.hub, session.account.viewer()
    act = hub.act(session.account, door="web", at=hub.clock())
    wanted = Recalling(
        id=_id(request),
        reason=form.get("reason", ""),
        nation=form.get("nation") or None,
    )
    try:
        recalling.check_reason(wanted.reason)
        if form.get("confirm", "").strip().lower() != CONFIRMING:
            _refuse_unconfirmed()
        made = await recalling.recall(hub.desk, viewer, act, wanted)
    except InvalidInputError as error:
        return await _asking(site, request, viewer, error=error, form=form)
    await hub.seen([made.position])
    return see_other(f"/recalls/{made.recall}?done=recalled")


async def show_recalls(site: Site, request: Request) -> Response:
    """List the recalls that the visitor may know of, newest first."""
    viewer = require_session(site, request).account.viewer()

    def read() -> tuple[list[Row], Chip | None, bool]:
        with site.hub.reading.snapshot() as seen:
            found = recalls(seen, viewer, limit=LISTED_MAX + 1)
            labels = [label_of(seen, viewer, each) for each in found[:LISTED_MAX]]
            rows = []
            for each, label in zip(found, labels, strict=False):
                sheet = recall_sheet(seen, viewer, each)
                rows.append(_row(seen, viewer, sheet, chip(label, seen.access)))
            marking = page_marking(labels, seen.access, viewer.nation)
            return rows, marking, len(found) > LISTED_MAX

    rows, marking, more = await asyncio.to_thread(read)
    context = frame(site, request, Page(title="Recalls", marking=marking))
    return site.renderer.page("recalls.html", {**context, "rows": rows, "more": more})


async def show_recall(site: Site, request: Request) -> Response:
    """Show one recall: who had it, who has confirmed, and what is left to decide."""
    viewer = require_session(site, request).account.viewer()
    return await _page(site, request, viewer)


async def acknowledge(site: Site, request: Request) -> Response:
    """Confirm that the visitor's nation has removed what was recalled."""
    session, _ = await signed_form(site, request)
    hub, viewer = site.hub, session.account.viewer()
    act = hub.act(session.account, door="web", at=hub.clock())
    name = request.path_params["id"]
    try:
        _, position = await recalling.acknowledge(hub.desk, viewer, act, name)
    except NotFoundError:
        raise
    except FoedusError as error:
        return await _page(site, request, viewer, error=error)
    await hub.seen([position])
    return see_other(f"/recalls/{name}?done=confirmed")


async def _asking(
    site: Site,
    request: Request,
    viewer: Viewer,
    *,
    error: FoedusError | None = None,
    form: Mapping[str, str] | None = None,
) -> Response:
    filled = form or {}
    stix_id = _id(request)
    nation = filled.get("nation") or request.query_params.get("nation") or None

    def read() -> dict[str, object]:
        with site.hub.reading.snapshot() as seen:
            found = recallable(seen, viewer, stix_id, nation)
            versions = [each for lane in found.lanes.values() for each in lane]
            newest = max(versions, key=lambda each: (each.modified_us, each.key))
            thing: Thing = describe(seen.original(newest.key))
            labels = [each.label for each in versions]
            return {
                "thing": thing,
                "whose": token(found.nation, seen.access),
                "marking": page_marking(labels, seen.access, viewer.nation),
            }

    context = await asyncio.to_thread(read)
    marking = context.pop("marking")
    assert isinstance(marking, Chip | None)
    return site.renderer.page(
        "object_recall.html",
        {
            **frame(site, request, Page(title="Recall", marking=marking)),
            **context,
            "id": stix_id,
            "nation": nation or "",
            "reason": filled.get("reason", ""),
            "word": CONFIRMING,
            "error": error.detail if error else "",
        },
        status=error.status if error else HTTPStatus.OK,
    )


async def _page(
    site: Site, request: Request, viewer: Viewer, *, error: FoedusError | None = None
) -> Response:
    name, now = request.path_params["id"], site.hub.clock()

    def read() -> tuple[Row, list[Line], RecallPage, dict[str, Item], Chip | None]:
        with site.hub.reading.snapshot() as seen:
            found = find(seen, viewer, name)
            label = label_of(seen, viewer, found)
            page = recall_page(seen, viewer, found, site.hub.reads)
            row = _row(seen, viewer, page, chip(label, seen.access))
            ids = [each.id for each in page.referrers]
            named = items_of(seen, viewer, ids, now=now)
            labels = [label, *(each.fixed for each in named.values())]
            marking = page_marking(labels, seen.access, viewer.nation)
            lines = [_line(seen, viewer, each) for each in page.ledger]
            return row, lines, page, named, marking

    row, lines, page, named, marking = await asyncio.to_thread(read)
    return site.renderer.page(
        "recall.html",
        {
            **frame(site, request, Page(title="Recall", marking=marking)),
            "row": row,
            "lines": lines,
            "found": page,
            "named": named,
            "whole": page.outstanding is not None,
            "done": DONE.get(request.query_params.get("done", ""), ""),
            "error": error.detail if error else "",
        },
        status=error.status if error else HTTPStatus.OK,
    )


def recall_address(seen: Snapshot, viewer: Viewer, stix_id: str, nation: str) -> str:
    """Give the address at which a visitor recalls a nation's object; "" for none.

    Args:
        seen: one state of the views.
        viewer: the visitor.
        stix_id: the object.
        nation: whose version the visitor looks at.
    """
    try:
        found = recallable(seen, viewer, stix_id, nation)
    except FoedusError:
        return ""
    query = "" if found.nation == viewer.nation else f"?nation={found.nation}"
    return f"/objects/{stix_id}/recall{query}"


def _row(seen: Snapshot, viewer: Viewer, sheet: RecallSheet, label: Chip) -> Row:
    def named(code: NationCode) -> Token:
        return token(code, seen.access, own=code == viewer.nation)

    return Row(
        sheet=sheet,
        chip=label,
        nation=named(sheet.nation),
        by=None if sheet.by == sheet.nation else named(sheet.by),
        again=tuple(named(each) for each in sheet.again),
        at=sheet.at.strftime("%a %-d %b %Y, %H:%M UTC"),
        instant=sheet.at.isoformat(),
        mine=sheet.nation == viewer.nation,
        kind=in_words(sheet.id.partition("--")[0]),
    )


def _line(seen: Snapshot, viewer: Viewer, line: LedgerLine) -> Line:
    own = line.nation == viewer.nation
    return Line(
        line=line, nation=token(line.nation, seen.access, own=own), how=HOW[line.how]
    )


def _refuse_unconfirmed() -> None:
    raise InvalidInputError(f"type {CONFIRMING!r} to say that you mean it")


def _id(request: Request) -> str:
    stix_id = as_identifier(request.path_params["id"])
    if stix_id is None:
        raise NotFoundError("no such object")
    return stix_id
