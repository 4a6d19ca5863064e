"""What a nation contributes, and how ready it is known to be: a page for one nation.

In the world of who asks: other nations are shown what they may see, and no gap.
"""

from datetime import date, timedelta
from typing import Final

import apsw
import msgspec

from foedus.ids import NationCode
from foedus.readiness.measures import MeasureLine, list_measures
from foedus.readiness.ratings import MORE_TROOPS, Stock, count, in_words
from foedus.readiness.reading import Held
from foedus.readiness.records import Adoption, Completion, PairTest, Unit
from foedus.readiness.stocks import Shelf, shelf_of
from foedus.releasability.access import Access
from foedus.releasability.viewers import Viewer

SOON: Final = timedelta(days=60)
"""How long before it expires a report is named: time enough to renew it."""


class UnitLine(msgspec.Struct, frozen=True, kw_only=True):
    """A unit, and how ready it is known to be.

    Attributes:
        measures: to which it is pledged, by name; two or more share one unit.
        ready: what its last report says; empty where there is none.
        evidence: what shows it.
        why_not: why it counts for no rating; empty where it does.
        expires: the day from which its report counts no more.
        expires_soon: whether that is within `SOON`.
        label: who may see the unit.
        report_label: who may see the report; empty where there is none.
    """

    unit: str
    name: str
    type: str
    size: float
    measures: tuple[str, ...]
    ready: str
    evidence: str
    why_not: str
    expires: date | None
    expires_soon: bool
    illustrative: bool
    author: NationCode
    label: str
    report_label: str


class Attended(msgspec.Struct, frozen=True, kw_only=True):
    """An exercise whose objectives were evaluated for a nation, or for all."""

    exercise: str
    name: str
    objective: str
    grade: str
    on: date
    author: NationCode
    label: str
    illustrative: bool


class NationReport(msgspec.Struct, frozen=True, kw_only=True):
    """What a nation contributes, as of a day.

    Attributes:
        counted: how many of the units count for a rating.
        note: what raises ratings, and what does not.
    """

    nation: NationCode
    as_of: date
    counted: int
    units: tuple[UnitLine, ...]
    standards: tuple[Held[Adoption], ...]
    tests: tuple[Held[PairTest], ...]
    certificates: tuple[Held[Completion], ...]
    exercises: tuple[Attended, ...]
    note: str


def nation_report(
    db: apsw.Connection, access: Access, viewer: Viewer, nation: NationCode, on: date
) -> NationReport:
    """Tell a viewer what a nation contributes, and how ready it is, as of a day."""
    shelf = shelf_of(db, access, viewer, on)
    names = {each.measure: each for each in list_measures(db, access, viewer)}
    units = [each for each in shelf.units if each.content.nation == nation]
    lines = tuple(_line(each, shelf, names) for each in units)
    return NationReport(
        nation=nation,
        as_of=on,
        counted=sum(not each.why_not for each in lines),
        units=lines,
        standards=tuple(
            each for each in shelf.adoptions if each.content.nation == nation
        ),
        tests=tuple(
            each
            for each in shelf.tests
            if nation in {each.content.first, each.content.second}
        ),
        certificates=tuple(
            each for each in shelf.completions if each.content.nation == nation
        ),
        exercises=_attended(shelf, nation),
        note=MORE_TROOPS,
    )


def _line(held: Held[Unit], shelf: Shelf, names: dict[str, MeasureLine]) -> UnitLine:
    unit, reports = held.content, shelf.reports.get(held.record, ())
    alone = Stock(on=shelf.on, units=(held,), reports={held.record: reports})
    left = count(alone).left
    last = reports[0].content if reports else None
    expires = last.valid_until if last else None
    return UnitLine(
        unit=held.record,
        name=unit.name,
        type=unit.type,
        size=unit.size,
        measures=tuple(names[each].name for each in unit.measures if each in names),
        ready=in_words(last) if last else "",
        evidence=last.evidence if last else "",
        why_not=left[0].why if left else "",
        expires=expires,
        expires_soon=expires is not None and shelf.on < expires <= shelf.on + SOON,
        illustrative=held.illustrative or any(each.illustrative for each in reports),
        author=held.author,
        label=held.label,
        report_label=reports[0].label if reports else "",
    )


def _attended(shelf: Shelf, nation: NationCode) -> tuple[Attended, ...]:
    exercises = {each.record: each.content for each in shelf.exercises}
    joined = {
        each.content.exercise
        for each in shelf.participations
        if each.content.nation == nation
    }
    found = []
    for held in shelf.evaluations:
        each = held.content
        exercise = exercises.get(each.exercise)
        its_own = each.nation == nation
        of_all = not each.nation and each.exercise in joined
        if exercise is not None and (its_own or of_all):
            texts = {one.id: one.text for one in exercise.objectives}
            found.append(
                Attended(
                    exercise=each.exercise,
                    name=exercise.name,
                    objective=texts.get(each.objective, each.objective),
                    grade=each.grade,
                    on=each.on,
                    author=held.author,
                    label=held.label,
                    illustrative=held.illustrative,
                )
            )
    return tuple(found)
