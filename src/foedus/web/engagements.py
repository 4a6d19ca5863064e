"""What nations do together: a list by nation, region and kind, and one by one.

Every engagement bears its label; a list holds what the visitor may see, and nothing in
it tells of what is left out.
"""

from typing import Final, get_args

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from foedus.alliance.nations import Alliance
from foedus.alliance.sheets import named_nation
from foedus.errors import InvalidInputError
from foedus.guidance.engagements import (
    EngagementSheet,
    Wanted,
    find_engagement,
    list_engagements,
)
from foedus.guidance.events import Course, EngagementKind
from foedus.ids import NationCode
from foedus.releasability.access import Access
from foedus.releasability.join import FixedLabel
from foedus.releasability.viewers import Viewer
from foedus.web.chips import Chip, Token, chip, page_marking, printed_label, token
from foedus.web.days import shortly
from foedus.web.frame import Page, Site, frame, require_session
from foedus.web.said_form import speaks
from foedus.web.tables import csv_answer

ROWS_MAX: Final = 200
"""Engagements on a page; the next one goes on."""

KINDS: Final[tuple[str, ...]] = get_args(EngagementKind)

DONE: Final = {
    "recorded": "Recorded. Who may see it stands beside it.",
    "reported": "Noted.",
}
"""What is said after an act, by the word in the address."""

COLUMNS: Final = (
    *("engagement", "kind", "title", "purpose", "since", "until", "participants"),
    *("regions", "status", "outcome", "recorded_by", "label"),
)
"""Columns of the table for other software."""

STATES: Final = {
    Course.PLANNED: ("Planned", ""),
    Course.RUNNING: ("Under way", "run"),
    Course.DONE: ("Done", "good"),
    Course.CANCELLED: ("Cancelled", "bad"),
}
"""How an engagement stands: the word, and how it is drawn."""


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """An engagement as a page shows it.

    Attributes:
        days: from when to when, in words.
        regions: the word and the title of each.
        fixed: its label, for joining.
    """

    sheet: EngagementSheet
    days: str
    state: tuple[str, str]
    author: Token
    participants: tuple[Token, ...]
    regions: tuple[tuple[str, str], ...]
    chip: Chip
    fixed: FixedLabel


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """Which engagements are asked for; empty means any."""

    nation: str = ""
    region: str = ""
    kind: str = ""
    after: str = ""


def region_title(name: str) -> str:
    """Write the word of a region as people write it: `Baltic Sea`."""
    return " ".join(each.capitalize() for each in name.split("_"))


def make_row(sheet: EngagementSheet, access: Access, viewer: Viewer) -> Row:
    """Show an engagement as a viewer has it."""
    fixed = printed_label(sheet.label, sheet.author, access)

    def named(code: NationCode) -> Token:
        return token(code, access, own=code == viewer.nation)

    return Row(
        sheet=sheet,
        days=_days(sheet),
        state=STATES[sheet.status],
        author=named(sheet.author),
        participants=tuple(named(each) for each in sheet.participants),
        regions=tuple((name, region_title(name)) for name in sheet.regions),
        chip=chip(fixed, access),
        fixed=fixed,
    )


async def show_engagements(site: Site, request: Request) -> Response:
    """List the engagements that the visitor may see, the latest to begin first."""
    viewer = require_session(site, request).account.viewer()
    asked = _asked(request)
    with site.hub.reading.snapshot() as seen:
        access = seen.access
        wanted = _wanted(asked, access.alliance)
        found = list_engagements(seen.db, access, viewer, wanted)
        more = len(found) > ROWS_MAX
        rows = [make_row(each, access, viewer) for each in found[:ROWS_MAX]]
        kept = [each for each in rows if asked.kind in {"", each.sheet.kind}]
        labels = [each.fixed for each in kept]
        marking = page_marking(labels, access, viewer.nation)
    alliance = access.alliance
    names = sorted((each.name, each.code) for each in alliance.nations.values())
    regions = sorted(
        {name for each in alliance.nations.values() for name in each.regions}
    )
    return site.renderer.page(
        "engagements.html",
        {
            **frame(site, request, Page(title="Engagements", marking=marking)),
            "rows": kept,
            "asked": asked,
            "nations": names,
            "regions": [(name, region_title(name)) for name in regions],
            "kinds": KINDS,
            "onward": found[ROWS_MAX - 1].engagement if more else "",
            "speaks": speaks(viewer, access),
        },
    )


async def give_engagements(site: Site, request: Request) -> Response:
    """Give the list as a table for other software."""
    viewer = require_session(site, request).account.viewer()
    with site.hub.reading.snapshot() as seen:
        access = seen.access
        wanted = _wanted(_asked(request), access.alliance)
        found = list_engagements(seen.db, access, viewer, wanted)
    return csv_answer(
        "engagements",
        COLUMNS,
        (_cells(each) for each in found[:ROWS_MAX]),
    )


async def show_engagement(site: Site, request: Request) -> Response:
    """Show one engagement."""
    viewer = require_session(site, request).account.viewer()
    with site.hub.reading.snapshot() as seen:
        access = seen.access
        name = request.path_params["id"]
        row = make_row(find_engagement(seen.db, access, viewer, name), access, viewer)
        marking = page_marking([row.fixed], access, viewer.nation)
    return site.renderer.page(
        "engagement.html",
        {
            **frame(site, request, Page(title=row.sheet.title, marking=marking)),
            "row": row,
            "told": shortly(row.sheet.told),
            "mine": row.sheet.author == viewer.nation and speaks(viewer, access),
            "done": DONE.get(request.query_params.get("done", ""), ""),
        },
    )


def _cells(each: EngagementSheet) -> tuple[object, ...]:
    return (
        *(each.engagement, each.kind, each.title, each.purpose),
        *(each.since, each.until, " ".join(each.participants)),
        *(" ".join(each.regions), each.status.value, each.outcome),
        *(each.author, each.label),
    )


def _asked(request: Request) -> Asked:
    query = request.query_params
    kind = query.get("kind", "")
    return Asked(
        nation=query.get("nation", ""),
        region=query.get("region", ""),
        kind=kind if kind in KINDS else "",
        after=query.get("after", ""),
    )


def _wanted(asked: Asked, alliance: Alliance) -> Wanted:
    if asked.region and asked.region not in _regions(alliance):
        raise InvalidInputError("region: there is no such region; choose one")
    return Wanted(
        nation=named_nation(alliance, asked.nation) if asked.nation else None,
        region=asked.region or None,
        after=asked.after or None,
        limit=ROWS_MAX + 1,
    )


def _regions(alliance: Alliance) -> set[str]:
    return {name for each in alliance.nations.values() for name in each.regions}


def _days(sheet: EngagementSheet) -> str:
    if sheet.until is None:
        return f"from {shortly(sheet.since)}"
    last = sheet.until.fromordinal(sheet.until.toordinal() - 1)
    if last == sheet.since:
        return shortly(sheet.since)
    return f"{shortly(sheet.since)} to {shortly(last)}"
