"""Units that can stand in for one another are one class.

A plan for classes loses nothing. The tours of a class are intervals, and interval
graphs are perfect: wherever at most N of them overlap at once, N units can serve them
all (see `schedule`). Five thousand units are about two thousand classes.
"""

from collections.abc import Mapping

import msgspec
import numpy as np

from foedus.planning.clocks import Hours
from foedus.planning.forces import Commitment, Route, Situation, Unit
from foedus.planning.games import BoolArray, FloatArray, IntArray


class UnitClass(msgspec.Struct, frozen=True, kw_only=True):
    """Units that can stand in for one another.

    Attributes:
        example: what they have in common; ids, and tonnes, which no tour asks for, are
            left out.
        units: their ids.
    """

    example: Unit
    units: tuple[str, ...]


class Pairs(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """Which class can serve which need, from when on; one entry a pair.

    Attributes:
        group: the class, by place.
        need: the need, by place.
        first: the period from which a tour can begin, counted from 0.
        last: the last period of the commitment, likewise.
    """

    group: IntArray
    need: IntArray
    first: IntArray
    last: IntArray


class Demands(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """Every need of every commitment, in order.

    Attributes:
        commitment: whose it is, by place.
        types: what is needed.
        amount: how much in each period.
        first: the first period, counted from 0.
        last: the last one.
        priority: 1 is served before 2.
    """

    commitment: IntArray
    types: tuple[str, ...]
    amount: FloatArray
    first: IntArray
    last: IntArray
    priority: IntArray


def classes_of(situation: Situation) -> tuple[UnitClass, ...]:
    """Group the units, in the order in which a class first appears."""
    found: dict[Unit, list[str]] = {}
    for unit in situation.units:
        alike = msgspec.structs.replace(
            unit,
            id="",
            tonnes=0.0,
            caveats=tuple(sorted(set(unit.caveats))),
            away=tuple(
                sorted({each for each in unit.away if each <= situation.periods})
            ),
        )
        found.setdefault(alike, []).append(unit.id)
    return tuple(
        UnitClass(example=alike, units=tuple(ids)) for alike, ids in found.items()
    )


def demands_of(situation: Situation) -> Demands:
    """List what is needed."""
    rows = [
        (place, need.type, need.amount, each.first - 1, each.last - 1, each.priority)
        for place, each in enumerate(situation.commitments)
        for need in each.needs
    ]
    commitment, types, amount, first, last, priority = (
        zip(*rows, strict=True) if rows else ((),) * 6
    )
    return Demands(
        commitment=np.array(commitment, dtype=np.int64),
        types=tuple(types),
        amount=np.array(amount, dtype=np.float64),
        first=np.array(first, dtype=np.int64),
        last=np.array(last, dtype=np.int64),
        priority=np.array(priority, dtype=np.int64),
    )


def pairs_of(
    situation: Situation, classes: tuple[UnitClass, ...], demands: Demands
) -> Pairs:
    """Find which class can serve which need, and from when on.

    The type fits, neither side excludes the other, and there is a way. Who is too late
    for the deadline comes later by as many periods.
    """
    routes = {(route.base, route.location): route for route in situation.routes}
    wanted: dict[str, list[int]] = {}
    for place, kind in enumerate(demands.types):
        wanted.setdefault(kind, []).append(place)
    rows = []
    for group, each in enumerate(classes):
        for need in wanted.get(each.example.type, ()):
            commitment = situation.commitments[int(demands.commitment[need])]
            late = _late_by(each.example, commitment, routes)
            if late is None:
                continue
            first = commitment.first - 1 + int(np.ceil(late / situation.period_h))
            if first < commitment.last:
                rows.append((group, need, first, commitment.last - 1))
    found = np.array(rows, dtype=np.int64).reshape(-1, 4)
    group_, need_, first_, last_ = found.T
    return Pairs(group=group_, need=need_, first=first_, last=last_)


def _late_by(
    unit: Unit, commitment: Commitment, routes: Mapping[tuple[str, str], Route]
) -> float | None:
    """Tell by how many hours a unit misses a deadline; None if it cannot come."""
    if unit.nation in commitment.closed_to:
        return None
    if commitment.id in unit.caveats or commitment.location in unit.caveats:
        return None
    route = routes.get((unit.base, commitment.location))
    if route is None:
        return None
    takes = route.way.hours(unit.notice_h, commitment.clock)
    deadline = Hours(hours=commitment.deadline_h, clock=commitment.clock)
    return 0.0 if takes.within(deadline) else takes.hours - deadline.hours


def there(situation: Situation, classes: tuple[UnitClass, ...]) -> BoolArray:
    """Tell in which periods a class is there at all; a row a class."""
    found = np.ones((len(classes), situation.periods), dtype=np.bool_)
    for group, each in enumerate(classes):
        if each.example.away:
            found[group, np.array(each.example.away) - 1] = False
    return found
