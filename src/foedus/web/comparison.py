"""Two to four nations side by side, as of a day, each statement with its basis.

Nothing is ranked and nothing is summed up: what differs stands in one row.
"""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Final

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from foedus.alliance.citing import Citation, citations
from foedus.alliance.frameworks import not_promised
from foedus.alliance.nations import Alliance
from foedus.alliance.sheets import named_nation
from foedus.errors import InvalidInputError
from foedus.guidance.engagements import Wanted, list_engagements
from foedus.guidance.obligations import owed_by
from foedus.ids import NationCode
from foedus.web.chips import Token, page_marking
from foedus.web.days import asked_day, in_words, shortly
from foedus.web.engagements import Row, make_row, region_title
from foedus.web.frame import Page, Site, frame, require_session
from foedus.web.nations import MEANINGS, standing, today, token_on
from foedus.web.tables import csv_answer

COMPARED_MAX: Final = 4
"""Nations side by side: more are a table, which `/nations` is."""

TOGETHER_MAX: Final = 12
"""Engagements that are listed; their page has all."""


class Column(msgspec.Struct, frozen=True, kw_only=True):
    """A nation that is compared, with where its record is from."""

    token: Token
    standing: str
    meaning: str
    basis: str
    as_of: str
    source: tuple[Citation, ...]


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """What is compared: a cell a nation.

    Attributes:
        href: where the first column leads; empty for nowhere.
        note: below the name.
    """

    name: str
    cells: tuple[str, ...]
    href: str = ""
    note: str = ""


async def show_comparison(site: Site, request: Request) -> Response:
    """Show some nations side by side, or ask which."""
    viewer = require_session(site, request).account.viewer()
    day = asked_day(request, today(site.hub.clock))
    with site.hub.reading.snapshot() as seen:
        access = seen.access
        alliance = access.alliance
        codes = asked_codes(request, alliance)
        rows = [
            make_row(each, access, viewer)
            for each in list_engagements(
                seen.db, access, viewer, Wanted(nation=codes[0] if codes else None)
            )
        ]
    together = _together(rows, codes)
    marking = page_marking([each.fixed for each in together], access, viewer.nation)
    names = sorted((each.name, each.code) for each in alliance.nations.values())
    chosen: list[str] = [*codes, *[""] * (COMPARED_MAX - len(codes))]
    return site.renderer.page(
        "comparison.html",
        {
            **frame(site, request, Page(title="Compare nations", marking=marking)),
            "chosen": chosen,
            "codes": ",".join(codes),
            "names": names,
            "day": day.isoformat(),
            "words": in_words(day),
            "columns": [_column(alliance, code, day) for code in codes],
            "lines": list(lines(alliance, codes, day)) if len(codes) > 1 else [],
            "together": together,
        },
    )


async def give_comparison(site: Site, request: Request) -> Response:
    """Give the comparison as a table for other software."""
    require_session(site, request)
    alliance = site.hub.alliance
    day = asked_day(request, today(site.hub.clock))
    codes = asked_codes(request, alliance)
    columns = ("what", *(alliance.nations[code].name for code in codes))
    rows = [(each.name, *each.cells) for each in lines(alliance, codes, day)]
    known = [_column(alliance, code, day) for code in codes]
    rows.append(("basis", *(f"{each.basis}, as of {each.as_of}" for each in known)))
    return csv_answer(f"compared-{day}", columns, rows)


def asked_codes(request: Request, alliance: Alliance) -> tuple[NationCode, ...]:
    """Tell which nations are asked for: `codes=FIN,SWE`, or one field each.

    Raises:
        InvalidInputError: there are too many.
        NotFoundError: the alliance knows no such nation.
    """
    words = ",".join(request.query_params.getlist("codes")).split(",")
    found = [named_nation(alliance, each) for each in words if each.strip()]
    codes = tuple(dict.fromkeys(found))
    if len(codes) > COMPARED_MAX:
        raise InvalidInputError(f"at most {COMPARED_MAX} nations stand side by side")
    return codes


def lines(alliance: Alliance, codes: Sequence[NationCode], day: date) -> Iterator[Line]:
    """Give what is compared, row by row."""
    yield Line(
        name="Standing", cells=tuple(standing(alliance, each, day) for each in codes)
    )
    communities = sorted(alliance.communities)
    yield Line(
        name="Communities",
        cells=tuple(
            ", ".join(
                name for name in communities if code in alliance.members_of(name, day)
            )
            for code in codes
        ),
    )
    yield Line(
        name="Regions",
        cells=tuple(
            ", ".join(map(region_title, alliance.nations[code].regions))
            for code in codes
        ),
    )
    yield Line(
        name="Owes on this day",
        cells=tuple(
            f"{sum(1 for _ in owed_by(alliance, code, day))} obligations"
            for code in codes
        ),
    )
    yield from _frameworks(alliance, codes, day)


def _frameworks(
    alliance: Alliance, codes: Sequence[NationCode], day: date
) -> Iterator[Line]:
    taken = {
        code: {each.framework: each for each in alliance.frameworks_of(code, day)}
        for code in codes
    }
    for record in alliance.frameworks.values():
        if any(record.id in each for each in taken.values()):
            lacks = ", ".join(not_promised(record.assurance))
            yield Line(
                name=record.name,
                href=f"/frameworks/{record.id}",
                note=f"does not promise {lacks}" if lacks else "",
                cells=tuple(
                    _took_part(taken[code][record.id].since)
                    if record.id in taken[code]
                    else "no"
                    for code in codes
                ),
            )


def _took_part(since: date | None) -> str:
    return f"since {shortly(since)}" if since else "yes, no date known"


def _column(alliance: Alliance, code: NationCode, day: date) -> Column:
    record = alliance.nations[code]
    return Column(
        token=token_on(alliance, code, day),
        standing=standing(alliance, code, day),
        meaning=MEANINGS[alliance.status(code, day)],
        basis=record.basis.value,
        as_of=shortly(record.as_of),
        source=citations(alliance, record.sources),
    )


def _together(rows: Sequence[Row], codes: Sequence[NationCode]) -> list[Row]:
    """Give the engagements in which at least two of the nations take part."""
    wanted = set(codes)
    found = [
        each for each in rows if len(wanted.intersection(each.sheet.participants)) > 1
    ]
    return found[:TOGETHER_MAX]
