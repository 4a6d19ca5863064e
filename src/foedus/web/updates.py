"""Policy updates: a list, one with its editions, what changed, and to acknowledge it.

All editions of an update bear one label: who sees one sees them all.
"""

import asyncio
from http import HTTPStatus
from typing import Final

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from foedus.errors import ConflictError, FoedusError, ForbiddenError, InvalidInputError
from foedus.guidance.commands import acknowledge
from foedus.guidance.rules import SPEAKERS
from foedus.guidance.updates import (
    PAGE_MAX,
    Edition,
    UpdateHistory,
    UpdateSheet,
    diff,
    find_update,
    list_updates,
)
from foedus.releasability.access import Access
from foedus.releasability.join import FixedLabel
from foedus.releasability.viewers import Viewer
from foedus.web.chips import Chip, Token, chip, page_marking, printed_label, token
from foedus.web.days import shortly
from foedus.web.differences import Stretch, readable
from foedus.web.frame import Page, Site, frame, require_session, signed_form
from foedus.web.rendering import see_other
from foedus.web.said_form import speaks

ROWS_MAX: Final = 50
"""Updates on a page; the next one goes on."""

DIGITS_MAX: Final = 7
"""Digits of the number of an edition."""

DONE: Final = {
    "acknowledged": "Acknowledged for your nation.",
    "edition": "Published. Nations are asked to acknowledge this edition.",
    "published": "Published. Who may see it stands beside it.",
}
"""What is said after an act, by the word in the address."""


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """An update as a page shows it.

    Attributes:
        effective: the day from which its last edition applies, in words.
        mine: the last edition that the visitor's nation acknowledged; 0 for none.
        others: the other nations that acknowledged its last edition.
        fixed: its label, for joining.
    """

    sheet: UpdateSheet
    effective: str
    published: str
    author: Token
    mine: int
    others: int
    chip: Chip
    fixed: FixedLabel


class Acknowledged(msgspec.Struct, frozen=True, kw_only=True):
    """A nation, the last edition that it acknowledged, and when."""

    nation: Token
    edition: int
    at: str
    instant: str


def make_row(sheet: UpdateSheet, access: Access, viewer: Viewer) -> Row:
    """Show an update as a viewer has it."""
    fixed = printed_label(sheet.label, sheet.author, access)
    own = [each for each in sheet.acknowledged if each.nation == viewer.nation]
    return Row(
        sheet=sheet,
        effective=shortly(sheet.effective),
        published=shortly(sheet.published.date()),
        author=token(sheet.author, access, own=sheet.author == viewer.nation),
        mine=own[0].edition if own else 0,
        others=sum(
            each.edition == sheet.edition and each.nation != viewer.nation
            for each in sheet.acknowledged
        ),
        chip=chip(fixed, access),
        fixed=fixed,
    )


def awaits(row: Row, viewer: Viewer) -> bool:
    """Tell whether an update waits for the visitor to acknowledge it."""
    return (
        bool(viewer.roles & SPEAKERS)
        and row.mine < row.sheet.edition
        and row.sheet.author != viewer.nation
    )


async def show_updates(site: Site, request: Request) -> Response:
    """List the updates that the visitor may see, the last published first."""
    viewer = require_session(site, request).account.viewer()
    after = request.query_params.get("after", "") or None
    with site.hub.reading.snapshot() as seen:
        access = seen.access
        found = list_updates(
            seen.db, access, viewer, after=after, limit=min(ROWS_MAX + 1, PAGE_MAX)
        )
        rows = [make_row(each, access, viewer) for each in found[:ROWS_MAX]]
        labels = [each.fixed for each in rows]
        marking = page_marking(labels, access, viewer.nation)
    return site.renderer.page(
        "updates.html",
        {
            **frame(site, request, Page(title="Policy updates", marking=marking)),
            "rows": [(each, awaits(each, viewer)) for each in rows],
            "speaks": speaks(viewer, access),
            "onward": rows[-1].sheet.update if len(found) > ROWS_MAX else "",
        },
    )


async def show_update(site: Site, request: Request) -> Response:
    """Show one update with its editions, and what changed between two of them."""
    viewer = require_session(site, request).account.viewer()
    return await _page(site, request, viewer)


async def acknowledge_update(site: Site, request: Request) -> Response:
    """Acknowledge an edition on behalf of the visitor's nation."""
    session, form = await signed_form(site, request)
    hub, viewer = site.hub, session.account.viewer()
    act = hub.act(session.account, door="web", at=hub.clock())
    name = request.path_params["id"]
    edition = _number(form.get("edition", ""))
    try:
        _, position = await acknowledge(hub.bureau, viewer, act, name, edition)
    except (ForbiddenError, ConflictError) as error:
        return await _page(site, request, viewer, error=error)
    await hub.seen([position])
    return see_other(f"/updates/{name}?done=acknowledged")


async def _page(
    site: Site, request: Request, viewer: Viewer, *, error: FoedusError | None = None
) -> Response:
    query = request.query_params
    with site.hub.reading.snapshot() as seen:
        access = seen.access
        name = request.path_params["id"]
        found = find_update(seen.db, access, viewer, name)
        row = make_row(found, access, viewer)
        marking = page_marking([row.fixed], access, viewer.nation)
    shown = _edition(found, _number(query.get("edition", "")))
    since = _number(query.get("from", ""))
    changed: tuple[Stretch, ...] = ()
    if since is not None:
        # Two long editions take as long as a hundred other answers.
        changed = await asyncio.to_thread(_changed, found, since, shown.edition)
    return site.renderer.page(
        "update.html",
        {
            **frame(site, request, Page(title=found.title, marking=marking)),
            "row": row,
            "shown": shown,
            "effective": shortly(shown.effective),
            "editions": [
                (each, shortly(each.effective), shortly(each.published.date()))
                for each in reversed(found.editions)
            ],
            "since": since or 0,
            "changed": changed,
            "awaits": awaits(row, viewer),
            "mine": found.author == viewer.nation and speaks(viewer, access),
            "acknowledged": [
                Acknowledged(
                    nation=token(each.nation, access, own=each.nation == viewer.nation),
                    edition=each.edition,
                    at=f"{each.at:%a} {shortly(each.at.date())}, {each.at:%H:%M} UTC",
                    instant=each.at.isoformat(),
                )
                for each in found.acknowledged
            ],
            "done": DONE.get(query.get("done", ""), ""),
            "error": error.detail if error else "",
        },
        status=error.status if error else HTTPStatus.OK,
    )


def _changed(found: UpdateHistory, older: int, newer: int) -> tuple[Stretch, ...]:
    return readable(diff(found, older=older, newer=newer).lines)


def _edition(found: UpdateHistory, number: int | None) -> Edition:
    for each in found.editions:
        if each.edition == number:
            return each
    if number is not None:
        raise InvalidInputError(f"there are editions 1 to {found.edition}")
    return found.editions[-1]


def _number(text: str) -> int | None:
    if not text:
        return None
    if not (text.isascii() and text.isdigit()) or len(text) > DIGITS_MAX:
        raise InvalidInputError("an edition is a number, from 1 on")
    return int(text)
