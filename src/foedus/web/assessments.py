"""What changes if a nation joins or deepens its ties: a dossier in the browser.

- It is told in the visitor's world, chapter by chapter, each plot with its table and a
  file of it. There is no verdict on the page.
- Asking records nothing, so it is a form that is sent by its address.
- What is kept is whole by itself: a page with a style of its own, or paper.
"""

import asyncio
from collections.abc import Callable
from datetime import date
from typing import Final
from urllib.parse import urlencode

import msgspec
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import Response

from foedus.alliance.nations import Alliance
from foedus.alliance.sheets import named_nation
from foedus.alliance.statuses import Status
from foedus.errors import InvalidInputError, NotFoundError, RuleViolationError
from foedus.ids import NationCode
from foedus.paper.documents import Document, Plot
from foedus.planning.assessing import assess
from foedus.planning.cases import Asked
from foedus.planning.dossier_borders import BorderChange
from foedus.planning.dossier_words import document_of
from foedus.planning.targets import possible
from foedus.releasability.viewers import Viewer
from foedus.web.border_maps import BorderMap, border_map
from foedus.web.chips import Chip, chip
from foedus.web.days import AS_OF, asked_day, in_words
from foedus.web.frame import Page, Site, frame, require_session
from foedus.web.nations import NAMES, standing, today, token_on
from foedus.web.rendering import page_headers
from foedus.web.run_reports import POLICY
from foedus.web.tables import csv_answer

TO: Final = "to"
WITH: Final = "with"


class Choice(msgspec.Struct, frozen=True, kw_only=True):
    """Something that the nation may be assessed to become."""

    key: str
    name: str
    chosen: bool


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """A dossier in words, with the chip of its label, and what its map shows."""

    document: Document
    marking: Chip
    borders: BorderChange | None


async def show_assessment(site: Site, request: Request) -> Response:
    """Show what changes, or ask what the nation would become."""
    viewer = require_session(site, request).account.viewer()
    alliance = site.hub.alliance
    code = named_nation(alliance, request.path_params["code"])
    day = asked_day(request, today(site.hub.clock))
    to, together = _said(request, TO), _said(request, WITH)
    told, refused = None, ""
    if to:
        try:
            told = await _told(site, viewer, _asked(request, day))
        except (InvalidInputError, RuleViolationError) as error:
            refused = error.detail
    name = alliance.nations[code].name
    return site.renderer.page(
        "assessment.html",
        {
            **frame(
                site,
                request,
                Page(title=f"Assess {name}", marking=told.marking if told else None),
            ),
            "code": code,
            "name": name,
            "token": token_on(alliance, code, day),
            "standing": standing(alliance, code, day),
            "day": day.isoformat(),
            "words": in_words(day),
            "choices": _choices(alliance, code, day, to),
            "others": _others(alliance, code, day, together),
            "told": told.document if told else None,
            "map": await asyncio.to_thread(_map, alliance, code, told),
            "drawing": _drawing,
            "refused": refused,
            "query": _query(to, together, day),
        },
    )


async def give_table(site: Site, request: Request) -> Response:
    """Give a table of a dossier as a file.

    Raises:
        NotFoundError: the dossier has no table of this name.
    """
    viewer = require_session(site, request).account.viewer()
    day = asked_day(request, today(site.hub.clock))
    told = await _told(site, viewer, _asked(request, day))
    wanted = request.path_params["table"]
    for chapter in told.document.chapters:
        for each in chapter.tables:
            if each.name == wanted:
                rows = [[cell.text for cell in row] for row in each.rows]
                return csv_answer(f"{wanted}-{day}", each.head, rows)
    raise NotFoundError("no such table")


async def give_page(site: Site, request: Request) -> Response:
    """Give the dossier as a page to keep."""

    def written(document: Document) -> bytes:
        from foedus.paper.html import as_html  # noqa: PLC0415 - rarely asked for

        return as_html(document)

    answer = Response(await _written(site, request, written), media_type="text/html")
    answer.headers.update(page_headers() | {"Content-Security-Policy": POLICY})
    return answer


async def give_paper(site: Site, request: Request) -> Response:
    """Give the dossier on paper."""

    def written(document: Document) -> bytes:
        from foedus.paper.pdf import as_pdf  # noqa: PLC0415 - takes its time

        return as_pdf(document)

    answer = Response(
        await _written(site, request, written), media_type="application/pdf"
    )
    answer.headers.update(page_headers())
    name = named_nation(site.hub.alliance, request.path_params["code"])
    answer.headers["Content-Disposition"] = f'inline; filename="assessment-{name}.pdf"'
    return answer


async def _written(
    site: Site, request: Request, write: Callable[[Document], bytes]
) -> bytes:
    viewer = require_session(site, request).account.viewer()
    asked = _asked(request, asked_day(request, today(site.hub.clock)))

    told = await _told(site, viewer, asked)
    return await asyncio.to_thread(write, told.document)


async def _told(site: Site, viewer: Viewer, asked: Asked) -> Told:
    found = await assess(site.hub, viewer, asked)
    document = await asyncio.to_thread(document_of, found.dossier)
    return Told(
        document=document,
        marking=chip(found.label, site.hub.access),
        borders=found.dossier.borders,
    )


def _asked(request: Request, day: date) -> Asked:
    return Asked(
        nation=request.path_params["code"],
        to=_said(request, TO),
        on=day,
        together=tuple(filter(None, _said(request, WITH).split(","))),
    )


def _said(request: Request, name: str) -> str:
    return request.query_params.get(name, "").strip()


def _choices(
    alliance: Alliance, code: NationCode, day: date, to: str
) -> dict[str, list[Choice]]:
    """Give what the nation may be assessed to become, by kind."""
    found: dict[str, list[Choice]] = {"status": [], "framework": []}
    for each in possible(alliance, code, day):
        name = NAMES[Status(each.key)] if each.kind == "status" else each.name
        chosen = to.casefold() in (each.key, each.name.casefold())
        found[each.kind].append(Choice(key=each.key, name=name, chosen=chosen))
    return found


def _others(
    alliance: Alliance, code: NationCode, day: date, together: str
) -> list[Choice]:
    """Give the nations that might join beside it."""
    return [
        Choice(key=each, name=record.name, chosen=each in together.split(","))
        for each, record in sorted(
            alliance.nations.items(), key=lambda one: one[1].name
        )
        if each != code and alliance.status(each, day) is not Status.MEMBER
    ]


def _map(alliance: Alliance, code: NationCode, told: Told | None) -> BorderMap | None:
    if told is None or told.borders is None:
        return None
    return border_map(alliance, code, told.borders)


def _drawing(plot: Plot) -> Markup:
    """Let a drawing stand on the page: what is written in it is escaped already."""
    return Markup(plot.svg)  # noqa: S704 - drawn by `foedus.paper.drawings`


def _query(to: str, together: str, day: date) -> str:
    """Write what is asked as the rest of an address."""
    said = {TO: to, AS_OF: day.isoformat()} | ({WITH: together} if together else {})
    return urlencode(said)
