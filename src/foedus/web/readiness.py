"""Pages of measures: the comparison, and each word's derivation one link away.

- Every word is what the readiness package rated in the visitor's world; a page adds the
  drawing and nothing else.
- Scales are drawn as they are: capability and interoperability are ranked, readiness is
  not. What is between two grades is drawn open.
- *No evidence* and *Withheld* are words in their cell, never a blank or a zero.
"""

import asyncio
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Final

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from foedus.alliance.nations import Alliance
from foedus.alliance.sheets import named_nation
from foedus.ids import NationCode
from foedus.readiness.comparing import (
    Comparison,
    MeasureSheet,
    Row,
    compare,
    measure_sheet,
)
from foedus.readiness.interoperability import WORDS
from foedus.readiness.measures import MeasureLine, list_measures
from foedus.readiness.ratings import MORE_TROOPS, NO_EVIDENCE, WITHHELD, Cited, Rating
from foedus.readiness.reports import NationReport, nation_report
from foedus.releasability.access import Access
from foedus.releasability.labels import parse_label
from foedus.releasability.viewers import Viewer
from foedus.web.chips import Chip, chip_of_label, page_marking, printed_label
from foedus.web.days import asked_day, in_words, shortly
from foedus.web.frame import Page, Site, frame, require_session
from foedus.web.nations import token_on
from foedus.web.tables import csv_answer

ASPECTS: Final = ("capability", "readiness", "interoperability")
"""What is rated, in the order of the columns."""

GRADES: Final = ("Low", "Medium", "High")
"""The ranked words of capability, from the lowest."""

DRAWN: Final = 104
"""The width of every scale, in pixels."""

GAP: Final = 4

COLUMNS: Final = (
    *("measure", "name", *ASPECTS, *(f"{each}_basis" for each in ASPECTS)),
    *("records", "newest", "oldest", "illustrative", "label"),
)
"""Columns of the table for other software."""

_ILLUSTRATIVE: Final = "Illustrative evidence: NATO publishes no such grades."


class Bar(msgspec.Struct, frozen=True, kw_only=True):
    """A rectangle of a scale; `css` says whether it is reached, open or off."""

    x: float
    y: float
    width: float
    height: float
    css: str


class Word(msgspec.Struct, frozen=True, kw_only=True):
    """One word of the comparison, with its drawing.

    Attributes:
        href: its derivation.
        bars: the drawing; none where there is nothing to draw.
        dots: where the discs of what is on demand stand.
    """

    word: str
    basis: str
    href: str
    bars: tuple[Bar, ...]
    dots: tuple[float, ...] = ()


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """One measure of the comparison."""

    measure: str
    name: str
    contributors: str
    words: tuple[Word, ...]
    evidence: str
    age: str
    illustrative: bool


class Source(msgspec.Struct, frozen=True, kw_only=True):
    """A record that a word rests on, as a page shows it."""

    cited: Cited
    on: str
    chip: Chip
    why: str = ""


class Derived(msgspec.Struct, frozen=True, kw_only=True):
    """One word with its derivation."""

    aspect: str
    rating: Rating
    word: Word
    rests_on: tuple[Source, ...]
    not_counted: tuple[Source, ...]


async def show_measures(site: Site, request: Request) -> Response:
    """Compare the measures as of a day, as the visitor may see them."""
    viewer = require_session(site, request).account.viewer()
    day = asked_day(request, site.hub.clock().date())
    found, alliance = await asyncio.to_thread(_compared, site, viewer, day)
    lines = [line_of(each, day) for each in found.measures]
    made_up = any(each.illustrative for each in lines)
    page = Page(
        title="Security measures",
        marking=marking_of(found.label, alliance),
        note=_ILLUSTRATIVE if made_up else "",
    )
    return site.renderer.page(
        "measures.html",
        {
            **frame(site, request, page),
            "lines": lines,
            "day": day.isoformat(),
            "words": in_words(day),
            "note": found.note,
            "more_troops": MORE_TROOPS,
            "illustrative": made_up,
        },
    )


async def give_measures(site: Site, request: Request) -> Response:
    """Give the comparison as a table for other software."""
    viewer = require_session(site, request).account.viewer()
    day = asked_day(request, site.hub.clock().date())
    found, _ = await asyncio.to_thread(_compared, site, viewer, day)
    rows = [
        (
            *(each.measure, each.name),
            *(each.capability, each.readiness, each.interoperability),
            *each.basis,
            *(each.records, each.newest, each.oldest),
            *(str(each.illustrative).lower(), each.label),
        )
        for each in found.measures
    ]
    return csv_answer(f"measures-{day}", COLUMNS, rows)


async def show_measure(site: Site, request: Request) -> Response:
    """Show how one measure is rated: of each word the steps and the records.

    Raises:
        NotFoundError: there is none, or not for the visitor.
    """
    viewer = require_session(site, request).account.viewer()
    day = asked_day(request, site.hub.clock().date())
    name, alliance = request.path_params["id"], site.hub.alliance

    def read() -> tuple[MeasureSheet, list[Derived]]:
        with site.hub.reading.snapshot() as seen:
            found = measure_sheet(seen.db, seen.access, viewer, name, day)
            return found, [_derived(found, each, seen.access) for each in ASPECTS]

    found, derived = await asyncio.to_thread(read)
    contributors = [token_on(alliance, each, day) for each in found.row.contributors]
    page = Page(
        title=found.measure.name,
        marking=marking_of(found.row.label, alliance),
        note=_ILLUSTRATIVE if found.row.illustrative else "",
    )
    return site.renderer.page(
        "measure.html",
        {
            **frame(site, request, page),
            "measure": found.measure,
            "row": found.row,
            "derived": derived,
            "declared": [
                (each, marking_of(each.label, alliance))
                for each in found.measure.declared
            ],
            "contributors": contributors,
            "called": names_of(alliance),
            "day": day.isoformat(),
            "words": in_words(day),
        },
    )


async def show_nation(site: Site, request: Request) -> Response:
    """Show what one nation contributes, and how ready it is known to be.

    Raises:
        NotFoundError: the alliance knows no such nation.
    """
    viewer = require_session(site, request).account.viewer()
    day = asked_day(request, site.hub.clock().date())
    alliance = site.hub.alliance
    code = named_nation(alliance, request.path_params["code"])

    def read() -> tuple[NationReport, Chip | None]:
        with site.hub.reading.snapshot() as seen:
            found = nation_report(seen.db, seen.access, viewer, code, day)
            named = {name for each in found.units for name in each.measures}
            measures = list_measures(seen.db, seen.access, viewer)
            said = _said(found) | said_of(m for m in measures if m.name in named)
            labels = [printed_label(*each, seen.access) for each in said]
            return found, page_marking(labels, seen.access, viewer.nation)

    found, marking = await asyncio.to_thread(read)
    chips = {each: marking_of(each, alliance) for each, _ in _said(found)}
    page = Page(title=f"Readiness of {alliance.nations[code].name}", marking=marking)
    return site.renderer.page(
        "nation_readiness.html",
        {
            **frame(site, request, page),
            "report": found,
            "chips": chips,
            "token": token_on(alliance, code, day),
            "name": alliance.nations[code].name,
            "standards": names_of(alliance),
            "modules": names_of(alliance),
            "day": day.isoformat(),
            "words": in_words(day),
        },
    )


def _compared(site: Site, viewer: Viewer, day: date) -> tuple[Comparison, Alliance]:
    with site.hub.reading.snapshot() as seen:
        found = compare(seen.db, seen.access, viewer, day)
        return found, seen.access.alliance


def names_of(alliance: Alliance) -> dict[str, str]:
    """Tell what standards and modules are called, by their ids."""
    standards = {each.id: each.designation for each in alliance.pack.standards}
    return standards | {each.id: each.name for each in alliance.pack.modules}


def marking_of(label: str, alliance: Alliance) -> Chip | None:
    """Give the chip of a label as it is printed; None for none."""
    return chip_of_label(parse_label(label, alliance), alliance) if label else None


def said_of(measures: Iterable[MeasureLine]) -> set[tuple[str, NationCode]]:
    """Give the labels of measures that a page names, with who declared them."""
    return {(each.label, each.declared[0].author) for each in measures if each.label}


def line_of(row: Row, day: date) -> Line:
    """Give a measure as the page shows it."""
    words = (row.capability, row.readiness, row.interoperability)
    nations = len(row.contributors)
    page = f"/measures/{row.measure}?as-of={day}"
    return Line(
        measure=row.measure,
        name=row.name,
        contributors=_counted(nations),
        words=tuple(
            word_of(aspect, word, basis, f"{page}#{aspect}")
            for aspect, word, basis in zip(ASPECTS, words, row.basis, strict=True)
        ),
        evidence=f"{row.records} records" if row.records else "none",
        age=f"newest {_age(row.newest, day)}" if row.newest else "",
        illustrative=row.illustrative,
    )


def word_of(aspect: str, word: str, basis: str, href: str) -> Word:
    """Give a word with its drawing."""
    if word in {NO_EVIDENCE, WITHHELD}:
        return Word(word=word, basis=basis, href=href, bars=())
    if aspect == "capability":
        varies = word == "Variable"
        reached = GRADES.index(word) + 1 if word in GRADES else 0
        return Word(
            word=word,
            basis=basis,
            href=href,
            bars=_blocks(len(GRADES), reached, is_open=varies),
        )
    if aspect == "interoperability":
        bars = _blocks(len(WORDS), WORDS.index(word) + 1, is_open=False)
        return Word(word=word, basis=basis, href=href, bars=bars)
    return _readiness(word, basis, href)


def _blocks(number: int, reached: int, *, is_open: bool) -> tuple[Bar, ...]:
    width = (DRAWN - GAP * (number - 1)) / number - 1
    return tuple(
        Bar(
            x=round(0.5 + n * (width + 1 + GAP), 1),
            y=0.5,
            width=round(width, 1),
            height=7,
            css="open" if is_open else "fk" if n < reached else "off",
        )
        for n in range(number)
    )


_WAITS: Final = Bar(x=0, y=3, width=DRAWN, height=2, css="off")


def _readiness(word: str, basis: str, href: str) -> Word:
    """Draw readiness: a line, discs, dashes, or a bar up to a deadline."""
    bars: tuple[Bar, ...]
    dots: tuple[float, ...] = ()
    match word:
        case "Continuous":
            bars = (Bar(x=0, y=2, width=DRAWN, height=4, css="fk"),)
        case "On-Demand":
            bars, dots = (_WAITS,), (30.0, 71.0)
        case "Periodic":
            bars = tuple(
                Bar(x=x, y=2, width=20, height=4, css="fk") for x in (0, 42, 84)
            )
        case _ if word.startswith("Within"):
            bars = (
                _WAITS,
                Bar(x=0, y=2, width=52, height=4, css="fk"),
                Bar(x=51, y=0, width=2.5, height=8, css="fk"),
            )
        case _:
            bars = ()
    return Word(word=word, basis=basis, href=href, bars=bars, dots=dots)


def _derived(found: MeasureSheet, aspect: str, access: Access) -> Derived:
    ratings: Mapping[str, Rating] = {
        "capability": found.capability,
        "readiness": found.readiness,
        "interoperability": found.interoperability,
    }
    rating = ratings[aspect]
    return Derived(
        aspect=aspect,
        rating=rating,
        word=word_of(aspect, rating.word, rating.basis, ""),
        rests_on=tuple(_source(each, access) for each in rating.rests_on),
        not_counted=tuple(
            _source(each.cited, access, each.why) for each in rating.not_counted
        ),
    )


def _source(cited: Cited, access: Access, why: str = "") -> Source:
    label = parse_label(cited.label, access.alliance)
    return Source(
        cited=cited,
        on=shortly(cited.on),
        chip=chip_of_label(label, access.alliance),
        why=why,
    )


def _said(found: NationReport) -> set[tuple[str, NationCode]]:
    """Give every label of a report as it is printed, with who labelled so."""
    said = {(each.label, each.author) for each in found.units}
    said |= {
        (each.report_label, each.author) for each in found.units if each.report_label
    }
    said |= {(each.label, each.author) for each in found.exercises}
    said |= {(each.label, each.author) for each in found.standards}
    said |= {(each.label, each.author) for each in found.tests}
    return said | {(each.label, each.author) for each in found.certificates}


def _counted(nations: int) -> str:
    match nations:
        case 0:
            return "no nation is named"
        case 1:
            return "1 nation"
        case _:
            return f"{nations} nations"


def _age(day: date, today: date) -> str:
    days = (today - day).days
    return f"{days} d" if days < 60 else f"{days // 30} months"  # noqa: PLR2004
