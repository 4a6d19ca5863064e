"""Regions: which nations are in one, how they stand, and what is done there together.

A region is a word of the data pack on the record of a nation, so it is known as that
record is known, and from the same sources.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Final

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from foedus.alliance.citing import Citation, citations
from foedus.alliance.nations import Alliance
from foedus.alliance.statuses import Status
from foedus.errors import NotFoundError
from foedus.guidance.engagements import Wanted, list_engagements
from foedus.ids import NationCode
from foedus.web.chips import Token, page_marking
from foedus.web.days import asked_day, in_words, shortly
from foedus.web.engagements import ROWS_MAX, Row, make_row, region_title
from foedus.web.frame import Page, Site, frame, require_session
from foedus.web.nations import NAMES, today, token_on

FIRST: Final = ("baltic_sea", "balkans", "black_sea", "high_north")
"""Regions that are listed first, where a pack has them."""


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """A nation of a region, how it stands, and how that it is there is known."""

    token: Token
    status: str
    since: str
    basis: str
    as_of: str
    source: tuple[Citation, ...]


class Summary(msgspec.Struct, frozen=True, kw_only=True):
    """A region in the list.

    Attributes:
        counts: how many nations stand how, in words, in the order of the statuses.
        nations: all of them.
        engagements: how many the visitor may see.
    """

    name: str
    title: str
    counts: tuple[tuple[str, int], ...]
    nations: tuple[Token, ...]
    engagements: int


def regions_of(alliance: Alliance) -> Mapping[str, tuple[NationCode, ...]]:
    """Give every region with its nations by code; the best known first."""
    found: dict[str, list[NationCode]] = {}
    for code in sorted(alliance.nations):
        for name in alliance.nations[code].regions:
            found.setdefault(name, []).append(code)
    first = [name for name in FIRST if name in found]
    rest = sorted(name for name in found if name not in FIRST)
    return {name: tuple(found[name]) for name in (*first, *rest)}


async def show_regions(site: Site, request: Request) -> Response:
    """List the regions, and who is in them."""
    viewer = require_session(site, request).account.viewer()
    day = asked_day(request, today(site.hub.clock))
    with site.hub.reading.snapshot() as seen:
        access = seen.access
        alliance = access.alliance
        held = list_engagements(seen.db, access, viewer, Wanted())
    rows = []
    for name, codes in regions_of(alliance).items():
        there = [each for each in held if name in each.regions]
        rows.append(
            Summary(
                name=name,
                title=region_title(name),
                counts=_counts(alliance, codes, day),
                nations=tuple(token_on(alliance, code, day) for code in codes),
                engagements=len(there),
            )
        )
    return site.renderer.page(
        "regions.html",
        {
            **frame(site, request, Page(title="Regions")),
            "rows": rows,
            "day": day.isoformat(),
            "words": in_words(day),
        },
    )


async def show_region(site: Site, request: Request) -> Response:
    """Show one region: who is in it as what, and what is done there together."""
    viewer = require_session(site, request).account.viewer()
    name = request.path_params["name"]
    day = asked_day(request, today(site.hub.clock))
    with site.hub.reading.snapshot() as seen:
        access = seen.access
        alliance = access.alliance
        codes = regions_of(alliance).get(name)
        if codes is None:
            raise NotFoundError("no such region")
        wanted = Wanted(region=name, limit=ROWS_MAX)
        rows = [
            make_row(each, access, viewer)
            for each in list_engagements(seen.db, access, viewer, wanted)
        ]
        labels = [each.fixed for each in rows]
        marking = page_marking(labels, access, viewer.nation)
    title = region_title(name)
    return site.renderer.page(
        "region.html",
        {
            **frame(site, request, Page(title=title, marking=marking)),
            "name": name,
            "title": title,
            "day": day.isoformat(),
            "words": in_words(day),
            "standings": list(_groups(alliance, codes, day)),
            "codes": ",".join(codes[:4]),
            "engagements_here": _courses(rows),
        },
    )


def _counts(
    alliance: Alliance, codes: Iterable[NationCode], day: date
) -> tuple[tuple[str, int], ...]:
    stand = [alliance.status(code, day) for code in codes]
    return tuple(
        (name, stand.count(status)) for status, name in NAMES.items() if status in stand
    )


def _groups(
    alliance: Alliance, codes: Iterable[NationCode], day: date
) -> Iterable[tuple[str, list[Standing]]]:
    """Put the nations of a region together by how they stand."""
    by_status: dict[Status, list[Standing]] = {}
    for code in codes:
        status, since = alliance.status(code, day), alliance.since(code, day)
        record = alliance.nations[code]
        by_status.setdefault(status, []).append(
            Standing(
                token=token_on(alliance, code, day),
                status=NAMES[status],
                since=shortly(since) if since else "",
                basis=record.basis.value,
                as_of=shortly(record.as_of),
                source=citations(alliance, record.sources),
            )
        )
    for status, name in NAMES.items():
        if status in by_status:
            yield name, by_status[status]


def _courses(rows: list[Row]) -> list[tuple[str, list[Row]]]:
    """Put engagements together by how they stand; what is under way comes first."""
    order = ("running", "planned", "done", "cancelled")
    grouped = [
        (course.capitalize(), [each for each in rows if each.sheet.status == course])
        for course in order
    ]
    return [(course, found) for course, found in grouped if found]
