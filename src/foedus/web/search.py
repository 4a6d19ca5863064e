"""Search: one list over everything that the visitor may know.

Where nothing is found, the words are the same for what is not and for what is not for
the visitor. Values are shown harmless, as everywhere.
"""

import asyncio
from collections.abc import Iterable
from typing import Final
from urllib.parse import quote

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from foedus.intel.reading import Snapshot
from foedus.processes.searching import Hit, Kind, Ranked, search
from foedus.releasability.viewers import Viewer
from foedus.web.chips import Chip, Token, chip, page_marking, printed_label, token
from foedus.web.frame import Page, Site, frame, require_session
from foedus.web.harmless import harmless
from foedus.web.things import describe

HITS_MAX: Final = 50
"""Hits on the page: what anybody reads."""

SOUGHT_MAX: Final = 200
"""Characters of what is looked for."""

DESCRIBED_MAX: Final = 32_768
"""Bytes of an object that is taken apart for its row; of a longer one the name stands
there, since a list of fifty would take a second."""

NAMES: Final = {
    Kind.OBJECT: "Intelligence",
    Kind.DECISION: "Decision",
    Kind.UPDATE: "Policy update",
    Kind.ENGAGEMENT: "Engagement",
    Kind.COLLECTION: "Collection",
    Kind.NATION: "Nation",
    Kind.FRAMEWORK: "Framework",
    Kind.TERM: "Word",
    Kind.MISTAKE: "Common mistake",
    Kind.QUESTION: "Question",
}
"""Kinds of what is found, in words."""

_PLACES: Final = {
    Kind.OBJECT: "/objects/",
    Kind.DECISION: "/decisions/",
    Kind.UPDATE: "/updates/",
    Kind.ENGAGEMENT: "/engagements/",
    Kind.COLLECTION: "/collections/",
    Kind.NATION: "/nations/",
    Kind.FRAMEWORK: "/frameworks/",
}


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """A hit as the page shows it.

    Attributes:
        code: whether the title is a value, to be shown letter by letter.
        when: the instant in words; empty for what everybody knows.
    """

    kind: str
    href: str
    title: str
    code: bool
    said: str
    when: str
    nation: Token | None
    chip: Chip | None


class Results(msgspec.Struct, frozen=True, kw_only=True):
    """What the page shows of a search."""

    rows: tuple[Row, ...]
    more: bool
    marking: Chip | None


async def show_search(site: Site, request: Request) -> Response:
    """Search as the visitor, or ask what to look for."""
    viewer = require_session(site, request).account.viewer()
    sought = request.query_params.get("q", "").strip()[:SOUGHT_MAX]
    kind = request.query_params.get("kind", "")
    kind = kind if kind in set(Kind) else ""

    def read() -> Results:
        with site.hub.reading.snapshot() as seen:
            found = search(seen, viewer, sought, kind=kind, limit=HITS_MAX + 1)
            return _results(seen, viewer, found)

    results = await asyncio.to_thread(read)
    page = Page(title="Search", marking=results.marking)
    return site.renderer.page(
        "search.html",
        {
            **frame(site, request, page),
            "sought": sought,
            "kind": kind,
            "kinds": [(each.value, name) for each, name in NAMES.items()],
            "results": results,
        },
    )


def _results(seen: Snapshot, viewer: Viewer, found: Iterable[Ranked]) -> Results:
    ranked = list(found)
    rows, labels = [], []
    for each in ranked[:HITS_MAX]:
        fixed = each.fixed
        if fixed is None and each.hit.label and each.hit.nation:
            fixed = printed_label(each.hit.label, each.hit.nation, seen.access)
        if fixed is not None:
            labels.append(fixed)
        label = None if fixed is None else chip(fixed, seen.access)
        rows.append(_row(seen, viewer, each, label))
    return Results(
        rows=tuple(rows),
        more=len(ranked) > HITS_MAX,
        marking=page_marking(labels, seen.access, viewer.nation),
    )


def _row(seen: Snapshot, viewer: Viewer, each: Ranked, label: Chip | None) -> Row:
    hit = each.hit
    is_short = 0 < len(each.raw) <= DESCRIBED_MAX
    thing = describe(each.raw) if is_short else None
    said = hit.said if thing is None else thing.kind
    place = _PLACES.get(hit.kind)
    is_bare = hit.nation is None and hit.kind is not Kind.TERM
    return Row(
        kind=NAMES[hit.kind],
        href=f"{place}{quote(hit.id)}" if place else _in_guide(hit),
        title=harmless(hit.said, hit.title) if thing is None else thing.title,
        code=thing is not None and thing.code,
        said="" if is_bare else said,
        when=_when(hit),
        nation=None
        if hit.nation is None
        else token(hit.nation, seen.access, own=hit.nation == viewer.nation),
        chip=label,
    )


def _when(hit: Hit) -> str:
    """Say when it was told; of an engagement only the day is known."""
    if hit.at is None:
        return ""
    day = f"{hit.at:%a} {hit.at.day} {hit.at:%b %Y}"
    if hit.kind is Kind.ENGAGEMENT:
        return f"told {day}"
    return f"{day}, {hit.at:%H:%M} UTC"


def _in_guide(hit: Hit) -> str:
    """Give where the guide tells this."""
    if hit.kind is Kind.TERM:
        return f"/guide?q={quote(hit.id)}"
    return f"/guide#{quote(hit.id)}"
