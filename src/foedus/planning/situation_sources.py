"""The records that a situation is built from, and their labels, as one reads them."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date

import apsw
import msgspec

from foedus.planning import forces
from foedus.readiness.ratings import Stock
from foedus.readiness.reading import C, Held, Wanted, labelled
from foedus.readiness.records import (
    Commitment,
    Measure,
    Report,
    Requirement,
    Route,
    Unit,
)
from foedus.readiness.rules import place
from foedus.releasability.access import Access
from foedus.releasability.join import FixedLabel
from foedus.releasability.viewers import Viewer


class Stated(msgspec.Struct, frozen=True, kw_only=True):
    """What one record says of the way between two places."""

    record: str
    route: forces.Route

    @property
    def hours(self) -> float:
        """From being ready to move until being on station."""
        route = self.route
        return route.loading_h + route.travel_h + route.reception_h


Ways = dict[tuple[str, str], list[Stated]]
"""What is stated of the ways between two places, by their compared names."""


class Pile(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that a situation may rest on, as of a day.

    Attributes:
        reports: of each unit all up to the day, the latest first.
        ways: both directions, unless a record says otherwise.
        labels: of every record here, as it was fixed.
    """

    on: date
    units: tuple[Held[Unit], ...]
    reports: dict[str, tuple[Held[Report], ...]]
    commitments: tuple[Held[Commitment], ...]
    requirements: tuple[Held[Requirement], ...]
    ways: Ways
    labels: dict[str, FixedLabel]

    def stock(
        self, units: Iterable[Held[Unit]], requirement: Held[Requirement] | None = None
    ) -> Stock:
        """Give some units as the rules of ratings count them."""
        chosen = tuple(units)
        reports = {
            each.record: self.reports[each.record]
            for each in chosen
            if each.record in self.reports
        }
        return Stock(on=self.on, requirement=requirement, units=chosen, reports=reports)

    def of_measure(self, measure: str) -> Stock:
        """Give what is pledged to a measure, with what it asks for."""
        return self.stock(
            (each for each in self.units if measure in each.content.measures),
            self._required(measure),
        )

    def asking(self, measures: Iterable[str]) -> list[str]:
        """Name the records that say what some measures ask for."""
        found = [self._required(each) for each in sorted(measures)]
        return [each.record for each in found if each is not None]

    def _required(self, measure: str) -> Held[Requirement] | None:
        return max(
            (each for each in self.requirements if each.content.measure == measure),
            key=lambda each: each.content.since,
            default=None,
        )


def pile_of(db: apsw.Connection, access: Access, viewer: Viewer, on: date) -> Pile:
    """Read everything that a situation may rest on, as a viewer may see it."""
    labels: dict[str, FixedLabel] = {}

    def held(kind: type[C]) -> list[Held[C]]:
        found = labelled(db, access, viewer, kind, Wanted(on=on))
        labels.update({each.held.record: each.fixed for each in found})
        return [each.held for each in found]

    reports: dict[str, list[Held[Report]]] = defaultdict(list)
    for report in sorted(held(Report), key=lambda one: one.content.as_of, reverse=True):
        reports[report.content.unit].append(report)
    held(Measure)  # for their labels: a commitment is read by whoever may read both
    return Pile(
        on=on,
        units=tuple(each for each in held(Unit) if _holds(each.content.until, on)),
        reports={unit: tuple(each) for unit, each in reports.items()},
        commitments=tuple(held(Commitment)),
        requirements=tuple(held(Requirement)),
        ways=_ways(held(Route)),
        labels=labels,
    )


def _ways(routes: Iterable[Held[Route]]) -> Ways:
    found: Ways = defaultdict(list)
    for held in routes:
        each = held.content
        pairs = [(place(each.start), place(each.end))]
        if not each.one_way:
            pairs.append((pairs[0][1], pairs[0][0]))
        for start, end in pairs:
            route = forces.Route(
                base=start,
                location=end,
                travel_h=each.travel_h,
                loading_h=each.loading_h,
                reception_h=each.reception_h,
                km=each.km,
            )
            found[start, end].append(Stated(record=held.record, route=route))
    return found


def _holds(until: date | None, on: date) -> bool:
    return until is None or until > on
