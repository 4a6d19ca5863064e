"""The guide to a nation: three steps, from the same data as `foedus guide`.

Agreements stand in a table that puts what is owed beside what is not given; every other
statement of the guide stands as it is told everywhere, with its source and basis.
"""

from collections.abc import Iterator
from datetime import date
from typing import Final

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from foedus.alliance.citing import Citation, citations
from foedus.alliance.frameworks import not_promised
from foedus.alliance.guidebook import Mistake, Term
from foedus.alliance.nations import Alliance, Participation
from foedus.alliance.sheets import named_nation
from foedus.alliance.statuses import Status
from foedus.guidance.glossary import (
    MistakeSheet,
    TermSheet,
    mistake_sheet,
    term_sheet,
)
from foedus.guidance.guide import guide_of
from foedus.guidance.standing import is_outside
from foedus.ids import NationCode
from foedus.processes.guiding import ways_of
from foedus.web.days import asked_day, in_words, shortly
from foedus.web.frame import Page, Site, frame, require_session
from foedus.web.nations import MEANINGS, standing, today, token_on

BAR_HEIGHT: Final = 44.0
BARS_WIDTH: Final = 720.0
"""Units of the drawing of agreements over time: one bar and its name, and all."""

WORDS_MAX: Final = 6
"""Words of the glossary beside a guide; the glossary has the rest."""

ALWAYS_TOLD: Final = ("Ally", "Partner", "Partnership for Peace", "Invitee", "Aspirant")
"""Words that a newcomer meets first, where a pack explains them."""


class Agreement(msgspec.Struct, frozen=True, kw_only=True):
    """A framework that a nation takes part in, with what it owes and does not get."""

    id: str
    name: str
    since: str
    duration: str
    owes: tuple[str, ...]
    lacks: str
    assurance: str
    basis: str
    as_of: str
    source: tuple[Citation, ...]


class Bar(msgspec.Struct, frozen=True, kw_only=True):
    """An agreement over time, drawn."""

    name: str
    x: float
    y: float
    width: float
    css: str
    said: str


class Bars(msgspec.Struct, frozen=True, kw_only=True):
    """All agreements of a nation over time, drawn.

    Attributes:
        ticks: where a line stands, and the year below it.
    """

    height: float
    bars: tuple[Bar, ...]
    ticks: tuple[tuple[float, str], ...]


async def show_guide(site: Site, request: Request) -> Response:
    """Guide a reader through the three steps for a nation, as of a day."""
    session = require_session(site, request)
    now = today(site.hub.clock)
    day = asked_day(request, now)
    with site.hub.reading.snapshot() as seen:
        alliance = seen.access.alliance
        code = named_nation(alliance, request.path_params["code"])
        ways = ways_of(seen, session.account, url=site.hub.public_url)
    found = guide_of(alliance, code, on=day, ways=ways, today=now)
    status, name = alliance.status(code, day), alliance.nations[code].name
    return site.renderer.page(
        "guide.html",
        {
            **frame(
                site, request, Page(title=f"Guide to {alliance.nations[code].name}")
            ),
            "code": code,
            "name": name,
            "token": token_on(alliance, code, day),
            "standing": standing(alliance, code, day),
            "meaning": MEANINGS[status],
            "outside": is_outside(alliance, code, day),
            "day": day.isoformat(),
            "words": in_words(day),
            "today": in_words(now),
            "steps": found.steps,
            "agreements": list(agreements(alliance, code, day)),
            "bars": bars(alliance, code, day),
            "misread": misread(alliance, status, day),
            "terms": terms(alliance, code, day),
            "collections": ways.collections,
        },
    )


def agreements(alliance: Alliance, code: NationCode, day: date) -> Iterator[Agreement]:
    """Give the agreements of a nation on a day, in the order of the pack."""
    for each in alliance.frameworks_of(code, day):
        record = alliance.frameworks[each.framework]
        yield Agreement(
            id=record.id,
            name=record.name,
            since=_since(each),
            duration=record.duration,
            owes=record.obligations,
            lacks=", ".join(not_promised(record.assurance)),
            assurance=record.assurance.text,
            basis=record.basis.value,
            as_of=shortly(record.as_of),
            source=citations(alliance, record.sources),
        )


def bars(alliance: Alliance, code: NationCode, day: date) -> Bars | None:
    """Draw a nation's agreements up to a day; None where it never had one dated."""
    taken = [
        each
        for framework in alliance.frameworks
        for each in alliance.participations(framework)
        if each.nation == code and each.since is not None and each.since <= day
    ]
    if not taken:
        return None
    taken.sort(key=_began)
    first = date(_began(taken[0]).year // 10 * 10, 1, 1)
    days = max(1, (day - first).days)

    def x(at: date) -> float:
        return round((at - first).days / days * BARS_WIDTH, 1)

    drawn = []
    for row, each in enumerate(taken):
        end = min(each.until or day, day)
        drawn.append(
            Bar(
                name=alliance.frameworks[each.framework].name,
                x=x(_began(each)),
                y=row * BAR_HEIGHT,
                width=max(2.0, round(x(end) - x(_began(each)), 1)),
                css="f1" if end == day else "band",
                said=_since(each) + (f" to {shortly(end)}" if end < day else ""),
            )
        )
    years = range(first.year, day.year + 1, 10)
    ticks = tuple((x(date(year, 1, 1)), str(year)) for year in years)
    return Bars(height=len(taken) * BAR_HEIGHT, bars=tuple(drawn), ticks=ticks)


def misread(alliance: Alliance, status: Status, day: date) -> MistakeSheet | None:
    """Give the mistake that is made most easily of nations of a status."""
    wanted = "member" if status is Status.MEMBER else "partner"
    for each in alliance.pack.mistakes:
        if _is_of(each, wanted):
            return mistake_sheet(alliance, each, day)
    return None


def terms(alliance: Alliance, code: NationCode, day: date) -> list[TermSheet]:
    """Give the words that stand on a nation's guide."""
    taken = {each.framework for each in alliance.frameworks_of(code, day)}
    found = [
        each
        for each in alliance.pack.glossary
        if each.framework in taken or _is_told(each)
    ]
    return [term_sheet(alliance, each) for each in found[:WORDS_MAX]]


def _is_of(mistake: Mistake, word: str) -> bool:
    return word in mistake.mistake.casefold()


def _is_told(term: Term) -> bool:
    return term.term in ALWAYS_TOLD


def _began(each: Participation) -> date:
    assert each.since is not None, "only what is dated is drawn"
    return each.since


def _since(each: Participation) -> str:
    if each.since is None:
        return ""
    match each.precision:
        case "year":
            return f"{each.since.year}"
        case "month":
            return f"{each.since:%b %Y}"
        case _:
            return shortly(each.since)
