"""Everything that is before a viewer as of a day, sorted by the measure it tells of.

Read once for a comparison of all measures; what the viewer may not see was left out
inside the SQL, so nothing that follows can tell of it.
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date

import apsw
import msgspec

from foedus.ids import NationCode
from foedus.readiness.ratings import Stock
from foedus.readiness.reading import C, Held, Wanted, list_held
from foedus.readiness.records import (
    Adoption,
    Completion,
    Evaluation,
    Exercise,
    PairTest,
    Participation,
    Report,
    Requirement,
    Unit,
)
from foedus.releasability.access import Access
from foedus.releasability.viewers import Viewer


class Shelf(msgspec.Struct, frozen=True, kw_only=True):
    """All records that ratings may rest on, as of a day."""

    on: date
    requirements: tuple[Held[Requirement], ...]
    units: tuple[Held[Unit], ...]
    reports: dict[str, tuple[Held[Report], ...]]
    adoptions: tuple[Held[Adoption], ...]
    tests: tuple[Held[PairTest], ...]
    completions: tuple[Held[Completion], ...]
    exercises: tuple[Held[Exercise], ...]
    evaluations: tuple[Held[Evaluation], ...]
    participations: tuple[Held[Participation], ...]

    def stock(self, measure: str) -> Stock:
        """Give what tells of one measure."""
        exercises = {
            each.record: each
            for each in self.exercises
            if measure in each.content.measures and each.content.status != "cancelled"
        }
        units = tuple(each for each in self.units if measure in each.content.measures)
        requirement = max(
            (each for each in self.requirements if each.content.measure == measure),
            key=lambda each: each.content.since,
            default=None,
        )
        stock = Stock(
            on=self.on,
            requirement=requirement,
            units=units,
            reports={
                each.record: self.reports[each.record]
                for each in units
                if each.record in self.reports
            },
        )
        among = set(stock.contributors)
        return msgspec.structs.replace(
            stock,
            adoptions=_of(self.adoptions, among),
            completions=_of(self.completions, among),
            tests=tuple(
                each
                for each in self.tests
                if {each.content.first, each.content.second} <= among
                and each.content.measure in {"", measure}
            ),
            exercises=exercises,
            evaluations=tuple(
                each
                for each in self.evaluations
                if each.content.exercise in exercises
                and each.content.nation in among | {""}
            ),
        )


def shelf_of(db: apsw.Connection, access: Access, viewer: Viewer, on: date) -> Shelf:
    """Read everything that is before a viewer as of a day."""

    def held(kind: type[C]) -> tuple[Held[C], ...]:
        return tuple(list_held(db, access, viewer, kind, Wanted(on=on)))

    reports: dict[str, list[Held[Report]]] = defaultdict(list)
    for report in sorted(held(Report), key=lambda one: one.content.as_of, reverse=True):
        reports[report.content.unit].append(report)
    return Shelf(
        on=on,
        requirements=held(Requirement),
        units=tuple(each for each in held(Unit) if _holds(each.content.until, on)),
        reports={unit: tuple(each) for unit, each in reports.items()},
        adoptions=tuple(
            each for each in held(Adoption) if _holds(each.content.until, on)
        ),
        tests=tuple(
            sorted(held(PairTest), key=lambda one: one.content.on, reverse=True)
        ),
        completions=tuple(
            each for each in held(Completion) if _holds(each.content.valid_until, on)
        ),
        exercises=held(Exercise),
        evaluations=held(Evaluation),
        participations=held(Participation),
    )


def _holds(until: date | None, on: date) -> bool:
    return until is None or until > on


def _of(held: Iterable[Held[C]], nations: set[NationCode]) -> tuple[Held[C], ...]:
    return tuple(
        each for each in held if getattr(each.content, "nation", None) in nations
    )
