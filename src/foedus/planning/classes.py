"""Units that can stand in for one another are one class.

Two units are alike for a plan if they are of one type, strength and rotation, are there
in the same periods, and can serve the same needs from the same periods on. Base, notice
and nation matter only as far as they change that, so a class may hold many nations.

A plan for classes loses nothing. The tours of a class are intervals, and interval
graphs are perfect: wherever at most N of them overlap at once, N units can serve them
all (see `handback`). Units that can serve nothing are in no class.
"""

import math
from collections.abc import Iterator, Mapping, Sequence

import msgspec
import numpy as np

from foedus.planning.clocks import Hours
from foedus.planning.forces import Commitment, Rotation, Route, Situation, Unit
from foedus.planning.games import BoolArray, FloatArray, IntArray


class UnitClass(msgspec.Struct, frozen=True, kw_only=True):
    """Units that can stand in for one another.

    Attributes:
        strength: of each.
        away: the periods in which they are not there.
        units: those who are soonest ready first, then in the order in which they came.
    """

    strength: float
    away: tuple[int, ...]
    rotation: Rotation
    units: tuple[Unit, ...]


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


def grouped(
    situation: Situation, demands: Demands
) -> tuple[tuple[UnitClass, ...], Pairs]:
    """Group the units by what they can serve, and from when on.

    The type fits, neither side excludes the other, and there is a way. Who is too late
    for the deadline comes later by as many periods.
    """
    routes = {(route.base, route.location): route for route in situation.routes}
    wanted: dict[str, list[int]] = {}
    for place, kind in enumerate(demands.types):
        wanted.setdefault(kind, []).append(place)
    serves: dict[Unit, tuple[tuple[int, int], ...]] = {}
    found: dict[object, list[Unit]] = {}
    for unit in situation.units:
        alike = _alike(unit, situation)
        if alike not in serves:
            needs = wanted.get(unit.type, ())
            serves[alike] = tuple(_firsts(alike, needs, situation, demands, routes))
        if serves[alike]:
            key = (serves[alike], alike.strength, alike.away, alike.rotation)
            found.setdefault(key, []).append(unit)
    classes = tuple(
        UnitClass(
            strength=units[0].strength,
            away=_alike(units[0], situation).away,
            rotation=situation.rotation_of(units[0]),
            units=tuple(sorted(units, key=lambda unit: unit.notice_h)),
        )
        for units in found.values()
    )
    rows = [
        (place, need, first, int(demands.last[need]))
        for place, units in enumerate(found.values())
        for need, first in serves[_alike(units[0], situation)]
    ]
    table = np.array(rows, dtype=np.int64).reshape(-1, 4)
    return classes, Pairs(
        group=table[:, 0], need=table[:, 1], first=table[:, 2], last=table[:, 3]
    )


def _alike(unit: Unit, situation: Situation) -> Unit:
    """Leave out what makes no difference to where a unit can go, and when."""
    return msgspec.structs.replace(
        unit,
        id="",
        tonnes=0.0,
        caveats=tuple(sorted(set(unit.caveats))),
        away=tuple(sorted({each for each in unit.away if each <= situation.periods})),
        rotation=situation.rotation_of(unit),
    )


def _firsts(
    unit: Unit,
    needs: Sequence[int],
    situation: Situation,
    demands: Demands,
    routes: Mapping[tuple[str, str], Route],
) -> Iterator[tuple[int, int]]:
    """Give each need that a unit can serve, and the period of its first tour."""
    for need in needs:
        commitment = situation.commitments[int(demands.commitment[need])]
        late = late_by(unit, commitment, routes)
        if late is None:
            continue
        first = commitment.first - 1 + math.ceil(late / situation.period_h)
        if first < commitment.last:
            yield need, first


def late_by(
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
    deadline = Hours(hours=commitment.due_h, clock=commitment.clock)
    return 0.0 if takes.within(deadline) else takes.hours - deadline.hours


def there(situation: Situation, classes: tuple[UnitClass, ...]) -> BoolArray:
    """Tell in which periods a class is there at all; a row a class."""
    found = np.ones((len(classes), situation.periods), dtype=np.bool_)
    for place, each in enumerate(classes):
        if each.away:
            found[place, np.array(each.away) - 1] = False
    return found
