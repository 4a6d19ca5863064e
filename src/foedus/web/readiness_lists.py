"""Pages of units, exercises and the training catalogue, as the visitor may see them.

Every row bears its label; a list holds what the visitor may see, and nothing in it
tells of what is left out.
"""

import asyncio
from collections.abc import Iterable
from datetime import date
from typing import Any, Final

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from foedus.alliance.sheets import named_nation
from foedus.ids import NationCode
from foedus.readiness.catalogue import ModuleSheet, module_sheet
from foedus.readiness.exercises import exercise_sheet
from foedus.readiness.measures import MeasureLine, list_measures, list_modules
from foedus.readiness.ratings import in_words
from foedus.readiness.reading import Held, Wanted, labelled, list_held
from foedus.readiness.records import Exercise, Module, Report, Unit
from foedus.readiness.stocks import shelf_of
from foedus.readiness.tables import write_units
from foedus.releasability.access import Access
from foedus.releasability.viewers import Viewer
from foedus.web.chips import Chip, Token, page_marking, printed_label, token
from foedus.web.days import asked_day, shortly
from foedus.web.days import in_words as day_in_words
from foedus.web.frame import Page, Site, frame, require_session
from foedus.web.nations import sources_of
from foedus.web.readiness import marking_of, said_of
from foedus.web.readiness_intake import may_bring, said_after
from foedus.web.rendering import page_headers

ROWS_MAX: Final = 200
"""Units or exercises on a page, the last recorded first; the table has all."""

STATES: Final = {
    "planned": ("Planned", ""),
    "running": ("Under way", "run"),
    "done": ("Done", "good"),
    "cancelled": ("Cancelled", "bad"),
}
"""How an exercise stands: the word, and how it is drawn."""

GRADES: Final = {
    "achieved": ("Achieved", "good"),
    "partly": ("In part", "run"),
    "not-achieved": ("Not achieved", "bad"),
}


class UnitRow(msgspec.Struct, frozen=True, kw_only=True):
    """A unit as the page shows it.

    Attributes:
        ready: what its last report says; empty where there is none.
        counts: whether the report is valid on the day and names what shows it.
        report_chip: the label of the report, where it is another than the unit's.
    """

    held: Held[Unit]
    nation: Token
    measures: str
    ready: str
    evidence: str
    counts: bool
    expires: str
    chip: Chip | None
    report_chip: Chip | None


class ExerciseRow(msgspec.Struct, frozen=True, kw_only=True):
    """An exercise as the page shows it."""

    held: Held[Exercise]
    days: str
    state: tuple[str, str]
    measures: str
    chip: Chip | None


async def show_units(site: Site, request: Request) -> Response:
    """List the units with the last report on each, as of a day.

    Raises:
        NotFoundError: the alliance knows no such nation.
    """
    session = require_session(site, request)
    viewer = session.account.viewer()
    day = asked_day(request, site.hub.clock().date())
    nation = request.query_params.get("nation", "")
    code = named_nation(site.hub.alliance, nation) if nation else None
    rows, marking = await asyncio.to_thread(_units, site, viewer, code, day)
    return site.renderer.page(
        "units.html",
        {
            **frame(site, request, Page(title="Units", marking=marking)),
            "rows": rows[:ROWS_MAX],
            "more": len(rows) > ROWS_MAX,
            "day": day.isoformat(),
            "words": day_in_words(day),
            "nation": nation,
            "done": said_after(request.query_params),
            "may_bring": may_bring(session),
        },
    )


async def give_units(site: Site, request: Request) -> Response:
    """Give the units as the table that `foedus unit import` takes in again."""
    viewer = require_session(site, request).account.viewer()
    day = asked_day(request, site.hub.clock().date())

    def read() -> bytes:
        with site.hub.reading.snapshot() as seen:
            shelf = shelf_of(seen.db, seen.access, viewer, day)
        return write_units(shelf.units, shelf.reports, "csv")

    disposition = f'attachment; filename="units-{day}.csv"'
    return Response(
        await asyncio.to_thread(read),
        media_type="text/csv",
        headers={**page_headers(), "Content-Disposition": disposition},
    )


async def show_exercises(site: Site, request: Request) -> Response:
    """List the exercises of the hub, and those that the data pack tells of."""
    viewer = require_session(site, request).account.viewer()
    with site.hub.reading.snapshot() as seen:
        access = seen.access
        wanted = Wanted(limit=ROWS_MAX)
        found = labelled(seen.db, access, viewer, Exercise, wanted)
        measures = list_measures(seen.db, access, viewer)
        rows = [_exercise_row(each.held, _names(measures), access) for each in found]
        marking = _marking([each.held for each in found], measures, access, viewer)
        alliance = access.alliance
    latest = sorted(alliance.pack.exercises, key=lambda each: (-each.year, each.name))
    return site.renderer.page(
        "exercises.html",
        {
            **frame(site, request, Page(title="Exercises", marking=marking)),
            "rows": rows,
            "told": [(each, sources_of(alliance, each.sources)) for each in latest],
        },
    )


async def show_exercise(site: Site, request: Request) -> Response:
    """Show one exercise: who took part, what was achieved, what was learned.

    Raises:
        NotFoundError: there is none, or not for the visitor.
    """
    viewer = require_session(site, request).account.viewer()
    with site.hub.reading.snapshot() as seen:
        access = seen.access
        name = request.path_params["id"]
        found = exercise_sheet(seen.db, access, viewer, name)
        measures = list_measures(seen.db, access, viewer)
        row = _exercise_row(found.exercise, _names(measures), access)
        evaluations = [one for each in found.objectives for one in each.evaluations]
        parts: list[Held[Any]] = [found.exercise, *found.participations]
        parts += [*evaluations, *found.lessons]
        marking = _marking(parts, measures, access, viewer)
        tokens = {
            each.content.nation: token(each.content.nation, access)
            for each in found.participations
        }
        chips = {each.label: marking_of(each.label, access.alliance) for each in parts}
    page = Page(title=found.exercise.content.name, marking=marking)
    return site.renderer.page(
        "exercise.html",
        {
            **frame(site, request, page),
            "sheet": found,
            "row": row,
            "tokens": tokens,
            "chips": chips,
            "grades": GRADES,
        },
    )


async def show_catalogue(site: Site, request: Request) -> Response:
    """List the modules of the training catalogue."""
    viewer = require_session(site, request).account.viewer()
    with site.hub.reading.snapshot() as seen:
        access = seen.access
        found = list_modules(seen.db, access, viewer)
        chips = {each.label: marking_of(each.label, access.alliance) for each in found}
        added = labelled(seen.db, access, viewer, Module)
        marking = page_marking([each.fixed for each in added], access, viewer.nation)
    return site.renderer.page(
        "catalogue.html",
        {
            **frame(site, request, Page(title="Training", marking=marking)),
            "modules": found,
            "chips": chips,
            "standards": _designations(access),
        },
    )


async def show_module(site: Site, request: Request) -> Response:
    """Show one module: who was sent to it, and who holds certificates.

    Raises:
        NotFoundError: there is none, or not for the visitor.
    """
    viewer = require_session(site, request).account.viewer()
    day = asked_day(request, site.hub.clock().date())
    key = request.path_params["id"]
    shown = await asyncio.to_thread(_module, site, viewer, key, day)
    page = Page(title=shown.sheet.module.name, marking=shown.marking)
    return site.renderer.page(
        "module.html",
        {
            **frame(site, request, page),
            **msgspec.structs.asdict(shown),
            "day": day.isoformat(),
            "words": day_in_words(day),
        },
    )


class _Module(msgspec.Struct, frozen=True, kw_only=True):
    """What the page of a module shows."""

    sheet: ModuleSheet
    marking: Chip | None
    tokens: dict[NationCode, Token]
    chips: dict[str, Chip | None]
    standards: dict[str, str]


def _module(site: Site, viewer: Viewer, key: str, day: date) -> _Module:
    with site.hub.reading.snapshot() as seen:
        access = seen.access
        found = module_sheet(seen.db, access, viewer, key, day)
        added = list_held(seen.db, access, viewer, Module, Wanted(record=key, limit=1))
    told: list[Held[Any]] = [*found.enrolments, *found.completions]
    nations = {each.content.nation for each in told}
    told += added
    return _Module(
        sheet=found,
        marking=_marking(told, (), access, viewer),
        tokens={each: token(each, access) for each in nations},
        chips={each.label: marking_of(each.label, access.alliance) for each in told},
        standards=_designations(access),
    )


def _units(
    site: Site, viewer: Viewer, nation: NationCode | None, day: date
) -> tuple[list[UnitRow], Chip | None]:
    """Read the units of a page, and one more where there are more."""
    with site.hub.reading.snapshot() as seen:
        access = seen.access
        shelf = shelf_of(seen.db, access, viewer, day)
        measures = list_measures(seen.db, access, viewer)
    names = _names(measures)
    units = [each for each in shelf.units if nation in {None, each.content.nation}]
    shown = units[: ROWS_MAX + 1]
    last = {each.record: shelf.reports.get(each.record, ())[:1] for each in shown}
    rows = [
        _unit_row(each, next(iter(last[each.record]), None), names, access, on=day)
        for each in shown
    ]
    told: list[Held[Any]] = [*shown]
    for reports in last.values():
        told += reports
    return rows, _marking(told, measures, access, viewer)


def _unit_row(
    held: Held[Unit],
    last: Held[Report] | None,
    names: dict[str, str],
    access: Access,
    *,
    on: date,
) -> UnitRow:
    unit, report = held.content, last.content if last else None
    counts = (
        report is not None and bool(report.evidence.strip()) and report.valid_until > on
    )
    label = last.label if last else held.label
    return UnitRow(
        held=held,
        nation=token(unit.nation, access),
        measures=", ".join(names[each] for each in unit.measures if each in names),
        ready=in_words(report) if report else "",
        evidence=report.evidence if report else "",
        counts=counts,
        expires=shortly(report.valid_until) if report else "",
        chip=marking_of(held.label, access.alliance),
        report_chip=(
            marking_of(label, access.alliance) if label != held.label else None
        ),
    )


def _exercise_row(
    held: Held[Exercise], names: dict[str, str], access: Access
) -> ExerciseRow:
    exercise = held.content
    return ExerciseRow(
        held=held,
        days=f"{shortly(exercise.since)} to {shortly(exercise.until)}",
        state=STATES[exercise.status],
        measures=", ".join(names[each] for each in exercise.measures if each in names),
        chip=marking_of(held.label, access.alliance),
    )


def _names(measures: Iterable[MeasureLine]) -> dict[str, str]:
    return {each.measure: each.name for each in measures}


def _designations(access: Access) -> dict[str, str]:
    return {each.id: each.designation for each in access.alliance.pack.standards}


def _marking(
    held: Iterable[Held[Any]],
    measures: Iterable[MeasureLine],
    access: Access,
    viewer: Viewer,
) -> Chip | None:
    """Join the labels of what a page shows, and of the measures that it names."""
    told = list(held)
    keys = {key for each in told for key in getattr(each.content, "measures", ())}
    named = [each for each in measures if each.measure in keys]
    said = {(each.label, each.author) for each in told} | said_of(named)
    labels = [printed_label(label, author, access) for label, author in said]
    return page_marking(labels, access, viewer.nation)
