"""Plots: members over time, spending, frameworks, and what was published by whom.

- The title of a plot is what it shows; the same stands below it as a table and can be
  taken away as a file.
- Spending is shown by edition and never across editions. An estimate is drawn open, and
  where spending does not apply, that is said.
- What was published is counted in the visitor's world alone.
"""

import asyncio
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Final

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from foedus.alliance.citing import Citation, citations
from foedus.alliance.nations import Alliance
from foedus.alliance.spending import SpendingEdition, SpendingRow
from foedus.clock import to_ms
from foedus.errors import NotFoundError
from foedus.ids import NationCode
from foedus.intel.pages import Filters
from foedus.intel.reading import Snapshot
from foedus.releasability.join import FixedLabel
from foedus.releasability.viewers import Viewer
from foedus.web.atlas import member_changes
from foedus.web.atlas import plot as steps
from foedus.web.bars import Bars, Value, draw_bars
from foedus.web.chips import Chip, page_marking
from foedus.web.days import asked_day, in_words
from foedus.web.frame import Page, Site, frame, require_session
from foedus.web.nations import NAMES, today
from foedus.web.tables import csv_answer

GOAL: Final = 2.0
"""The share to which spending is compared: the guideline of 2006 and of 2014."""

LATELY: Final = timedelta(days=30)
"""How far back what was published is counted."""

COUNTED_MAX: Final = 2_000
"""Versions of a collection that are counted, the oldest of the stretch first."""

INKS: Final = ("f1", "f2", "f3", "f4")
"""How levels are filled, the lowest first; above the fourth as the fourth."""

ESTIMATE: Final = "open"
"""How an estimate is drawn."""


class Figure(msgspec.Struct, frozen=True, kw_only=True):
    """A plot with its table.

    Attributes:
        title: what it shows, in a sentence.
        columns: of the table; the first names the row.
        basis: how it is known, and from where.
    """

    name: str
    title: str
    note: str
    columns: tuple[str, ...]
    rows: tuple[tuple[object, ...], ...]
    bars: Bars | None
    basis: str
    source: tuple[Citation, ...] = ()
    as_of: str = ""


class Counts(msgspec.Struct, frozen=True, kw_only=True):
    """What was published lately, in a viewer's world.

    Attributes:
        by: how many by nation and level.
        cut: whether there is more than was counted.
    """

    by: dict[tuple[NationCode, int], int]
    labels: tuple[FixedLabel, ...]
    cut: bool


async def show_plots(site: Site, request: Request) -> Response:
    """Show all plots."""
    viewer = require_session(site, request).account.viewer()
    now = today(site.hub.clock)
    day = asked_day(request, now)
    alliance = site.hub.alliance
    counts, marking = await asyncio.to_thread(_counted, site, viewer)
    changes = list(member_changes(alliance, day))
    edition, year = _chosen(alliance, request)
    figures = [_members(alliance, day), _frameworks(alliance, day)]
    if edition is not None:
        figures.append(_spending(alliance, edition, year))
    figures.append(_volume(alliance, counts))
    return site.renderer.page(
        "plots.html",
        {
            **frame(site, request, Page(title="Plots", marking=marking)),
            "day": day.isoformat(),
            "words": in_words(day),
            "figures": figures,
            "plot": steps(changes, day, day),
            "editions": [(each, each is edition) for each in alliance.pack.spending],
            "edition": edition,
            "year": year,
        },
    )


async def give_plot(site: Site, request: Request) -> Response:
    """Give the data of one plot."""
    viewer = require_session(site, request).account.viewer()
    day = asked_day(request, today(site.hub.clock))
    alliance, name = site.hub.alliance, request.path_params["name"]
    edition, year = _chosen(alliance, request)
    if name == "members":
        found = _members(alliance, day)
    elif name == "frameworks":
        found = _frameworks(alliance, day)
    elif name == "spending" and edition is not None:
        found = _spending(alliance, edition, year)
    elif name == "volume":
        counts, _ = await asyncio.to_thread(_counted, site, viewer)
        found = _volume(alliance, counts)
    else:
        raise NotFoundError("no such plot")
    return csv_answer(name, found.columns, found.rows)


def _members(alliance: Alliance, day: date) -> Figure:
    changes = list(member_changes(alliance, day))
    title = f"{alliance.code} had no members on {in_words(day)}"
    if changes:
        first, last = changes[0], changes[-1]
        title = (
            f"{first.count} members in {first.day.year}, {last.count} on "
            f"{in_words(day)}"
        )
    return Figure(
        name="members",
        title=title,
        note="A step is a day on which members came or left.",
        columns=("from", "members", "who"),
        rows=tuple(
            (each.day, each.count, each.words.rpartition(", ")[0]) for each in changes
        ),
        bars=None,
        basis="derived from the history of each nation",
        as_of=day.isoformat(),
    )


def _frameworks(alliance: Alliance, day: date) -> Figure:
    inside = {each: alliance.participants(each, day) for each in alliance.frameworks}
    counted = [
        (record, [each for each, nations in inside.items() if code in nations])
        for code, record in sorted(alliance.nations.items())
    ]
    rows = sorted(
        ((record, taken) for record, taken in counted if taken),
        key=lambda each: (-len(each[1]), each[0].name),
    )
    values = [
        Value(
            name=record.name, parts=((float(len(taken)), "f1"),), said=str(len(taken))
        )
        for record, taken in rows
    ]
    most = [each.name for each, taken in rows if len(taken) == len(rows[0][1])]
    title = (
        f"Most frameworks, {len(rows[0][1])}: {', '.join(most)}"
        if rows
        else "No nation takes part in a framework"
    )
    return Figure(
        name="frameworks",
        title=title,
        note="Taking part in many makes nobody a member, and says nothing of depth.",
        columns=("nation", "standing", "frameworks", "which"),
        rows=tuple(
            (
                record.name,
                NAMES[alliance.status(record.code, day)],
                len(taken),
                ", ".join(alliance.frameworks[each].name for each in taken),
            )
            for record, taken in rows
        ),
        bars=draw_bars(values),
        basis="derived from the participants of each framework, whose page has sources",
        as_of=day.isoformat(),
    )


def _chosen(alliance: Alliance, request: Request) -> tuple[SpendingEdition | None, str]:
    """Tell which edition and which of its years are asked for."""
    editions = {each.id: each for each in alliance.pack.spending}
    first = next(iter(editions.values()), None)
    edition = editions.get(request.query_params.get("edition", ""), first)
    if edition is None:
        return None, ""
    year = request.query_params.get("year", "")
    return edition, year if year in edition.years else edition.years[-1]


def _spending(alliance: Alliance, edition: SpendingEdition, year: str) -> Figure:
    known = [each for each in edition.rows if year in each.percent]
    known.sort(key=lambda each: (-each.percent[year], each.nation))
    rest = [each for each in edition.rows if year not in each.percent]
    is_estimate = year in edition.estimates
    css = ESTIMATE if is_estimate else "f1"
    values = [
        Value(
            name=alliance.nations[each.nation].name,
            parts=((each.percent[year], css),),
            said=f"{each.percent[year]:.2f} %" + _doubt(each, year),
        )
        for each in known
    ]
    values += [
        Value(name=alliance.nations[each.nation].name, parts=(), said=_absent(each))
        for each in rest
    ]
    reached = sum(each.percent[year] >= GOAL for each in known)
    estimated = ", estimated" if is_estimate else ""
    return Figure(
        name="spending",
        title=f"{reached} of {len(known)} nations were at 2 % or more in {year}"
        f"{estimated} (edition {edition.name})",
        note="Editions restate all years under their own rules, so they are never put "
        "into one series. The line is the guideline of 2 %.",
        columns=("nation", "edition", *edition.years),
        rows=tuple(_spent(alliance, edition, each) for each in (*known, *rest)),
        bars=draw_bars(values, limit=GOAL),
        basis=f"{edition.basis.value}; {edition.measure}",
        source=citations(alliance, edition.sources),
        as_of=edition.as_of.isoformat(),
    )


def _spent(
    alliance: Alliance, edition: SpendingEdition, row: SpendingRow
) -> tuple[object, ...]:
    cells = []
    for year in edition.years:
        percent = row.percent.get(year)
        if percent is None:
            cells.append("does not apply" if not row.applies else "not known")
        else:
            mark = " e" if year in edition.estimates else ""
            cells.append(f"{percent:.2f}{mark}{_doubt(row, year)}")
    return (alliance.nations[row.nation].name, edition.name, *cells)


def _doubt(row: SpendingRow, year: str) -> str:
    return " (to be confirmed)" if year in row.unread else ""


def _absent(row: SpendingRow) -> str:
    return "not known" if row.applies else f"does not apply: {row.note}"


def _counted(site: Site, viewer: Viewer) -> tuple[Counts, Chip | None]:
    after_us = to_ms(site.hub.clock() - LATELY) * 1_000
    with site.hub.reading.snapshot() as seen:
        counts = count_lately(seen, viewer, after_us)
        return counts, page_marking(counts.labels, seen.access, viewer.nation)


def count_lately(seen: Snapshot, viewer: Viewer, after_us: int) -> Counts:
    """Count what a viewer was given since an instant, by nation and level."""
    counted: Counter[tuple[NationCode, int]] = Counter()
    labels: set[FixedLabel] = set()
    cut = False
    filters = Filters(added_after_us=after_us)
    for each in seen.collections(viewer):
        page = seen.page(viewer, each, filters, limit=COUNTED_MAX, bodies=False)
        cut = cut or page.more
        for record in page.records:
            if record.type != "marking-definition":
                counted[record.nation, record.label.label.level] += 1
                labels.add(record.label)
    return Counts(by=dict(counted), labels=tuple(labels), cut=cut)


def _volume(alliance: Alliance, counts: Counts) -> Figure:
    nations = sorted(
        {nation for nation, _ in counts.by},
        key=lambda code: (-_all(counts, code), code),
    )
    levels = sorted({level for _, level in counts.by})
    total = sum(counts.by.values())
    values = [
        Value(
            name=_name(alliance, code),
            parts=tuple(
                (float(counts.by.get((code, level), 0)), INKS[min(level, 3)])
                for level in levels
            ),
            said=", ".join(_said(alliance, counts, code, levels)),
        )
        for code in nations
    ]
    more = " or more" if counts.cut else ""
    return Figure(
        name="volume",
        title=f"{total}{more} objects of {len(nations)} nations came to you in 30 days",
        note="Counted in your world: another reader's numbers are others. "
        f"At most {COUNTED_MAX} of a collection are counted.",
        columns=("nation", *(alliance.levels[level].name for level in levels)),
        rows=tuple(
            (
                _name(alliance, code),
                *(counts.by.get((code, level), 0) for level in levels),
            )
            for code in nations
        ),
        bars=draw_bars(values),
        basis="recorded in this hub, as you may see it",
    )


def _said(
    alliance: Alliance, counts: Counts, code: NationCode, levels: Sequence[int]
) -> Iterator[str]:
    for level in levels:
        number = counts.by.get((code, level), 0)
        if number:
            yield f"{number} {alliance.levels[level].abbreviation}"


def _all(counts: Counts, code: NationCode) -> int:
    return sum(number for (nation, _), number in counts.by.items() if nation == code)


def _name(alliance: Alliance, code: NationCode) -> str:
    record = alliance.nations.get(code)
    return record.name if record else f"{code} staff"
