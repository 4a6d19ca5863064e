"""The least that can be missing, asked of another solver in another way.

A yes or no for every unit, need and period, written down from the rules alone: no
classes, no parts, no model of ours. Only for small situations.
"""

import itertools
import math

import msgspec
import numpy as np
from scipy.optimize import LinearConstraint, milp
from scipy.sparse import lil_array

from foedus.planning.forces import Commitment, Rotation, Situation, Unit

RATIO = 100.0
"""Of a priority to the next one."""


def least_missing(made: Situation) -> float:
    """Give what is missing, each priority a hundred times the next one."""
    needs = [
        (each, need)
        for each in made.commitments
        for need in each.needs
        if need.amount > 0
    ]
    tours = [
        (unit, place, start)
        for unit in made.units
        for place, (each, need) in enumerate(needs)
        if need.type == unit.type
        for start in _starts(unit, each, made)
    ]
    cells = [
        (place, period)
        for place, (each, _) in enumerate(needs)
        for period in range(each.first, each.last + 1)
    ]
    if not cells:
        return 0.0
    return _solved(made, needs, tours, cells)


def _starts(unit: Unit, each: Commitment, made: Situation) -> list[int]:
    """List the periods in which a tour may begin."""
    ways = {(way.base, way.location): way for way in made.routes}
    way = ways.get((unit.base, each.location))
    if way is None or unit.nation in each.closed_to:
        return []
    if {each.id, each.location} & set(unit.caveats):
        return []
    steps = {
        "ready-to-move": unit.notice_h,
        "departed": unit.notice_h + way.loading_h,
        "arrived": unit.notice_h + way.loading_h + way.travel_h,
        "on-station": unit.notice_h + way.loading_h + way.travel_h + way.reception_h,
    }
    deadline = math.inf if each.deadline_h is None else each.deadline_h
    late = max(0.0, steps[each.clock] - deadline)
    first = each.first + math.ceil(late / made.period_h)
    return [
        start
        for start in range(first, each.last + 1)
        if not set(unit.away) & set(_stay(start, unit, each, made))
    ]


def _stay(start: int, unit: Unit, each: Commitment, made: Situation) -> range:
    tour = _turns(unit, made).tour
    return range(start, min(start + tour - 1, each.last) + 1)


def _turns(unit: Unit, made: Situation) -> Rotation:
    return made.rotation if unit.rotation is msgspec.UNSET else unit.rotation


def _solved(made: Situation, needs: list, tours: list, cells: list) -> float:
    index = {cell: len(tours) + place for place, cell in enumerate(cells)}
    busy = list(itertools.product([unit.id for unit in made.units], range(1, 40)))
    rows = {key: len(cells) + place for place, key in enumerate(busy)}
    matrix = lil_array((len(cells) + len(busy), len(tours) + len(cells)))
    for column, (unit, place, start) in enumerate(tours):
        stay = _stay(start, unit, needs[place][0], made)
        for period in stay:
            matrix[index[place, period] - len(tours), column] = unit.strength
        for period in range(start, stay[-1] + _turns(unit, made).home_least + 1):
            matrix[rows[unit.id, period], column] = 1.0
    for place, cell in enumerate(cells):
        matrix[place, index[cell]] = 1.0
    amounts = [needs[place][1].amount for place, _ in cells]
    lower = np.array(amounts + [-np.inf] * len(busy))
    upper = np.array([np.inf] * len(cells) + [1.0] * len(busy))
    weights = [RATIO ** (2 - needs[place][0].priority) for place, _ in cells]
    found = milp(
        np.array([0.0] * len(tours) + weights),
        integrality=np.array([1] * len(tours) + [0] * len(cells)),
        constraints=LinearConstraint(matrix.tocsc(), lower, upper),
    )
    return float(found.fun)
