"""Hand a plan for classes back to named units.

Tours of a class are handed out in the order in which they begin, each to the unit that
has been at home longest. Units are left over at every tour, since the plan counts those
away or at rest (interval graphs are perfect), and no unit is sent early while another
one has rested enough, so that the debt is what the plan says.
"""

import heapq
from collections.abc import Iterator, Mapping

import msgspec
import numpy as np

from foedus.planning.clocks import Hours
from foedus.planning.coverage import Plan
from foedus.planning.coverage_model import Model
from foedus.planning.forces import Commitment, Rotation, Route, Unit
from foedus.planning.results import Tour

Routes = Mapping[tuple[str, str], Route]
"""By base and location."""


class Stay(msgspec.Struct, frozen=True, kw_only=True):
    """A tour of a class, before it has a unit; periods are counted from 1."""

    first: int
    last: int
    commitment: Commitment


class Sent(msgspec.Struct, frozen=True, kw_only=True):
    """A unit goes.

    Attributes:
        rest: periods at home since its last tour; None if this is its first.
        others: units that could have gone just as well.
    """

    unit: Unit
    rest: int | None
    others: int


def hand_back(model: Model, found: Plan) -> tuple[Tour, ...]:
    """Give every tour a unit.

    Args:
        model: the situation.
        found: a plan for it, of whole tours.
    """
    routes = {(each.base, each.location): each for each in model.situation.routes}
    tours = [
        _tour(stay, sent, routes, model.classes[int(place)].rotation)
        for place in np.unique(model.tours.group[found.tours > 0])
        for stay, sent in _manned(model, found, int(place))
    ]
    return tuple(sorted(tours, key=lambda each: (each.first, each.commitment)))


def _manned(model: Model, found: Plan, place: int) -> Iterator[tuple[Stay, Sent]]:
    """Give each stay of a class to the unit that has been at home longest."""
    units, rotation = model.classes[place].units, model.classes[place].rotation
    waiting = [(0, turn) for turn in range(len(units))]  # last period away, and whose
    heapq.heapify(waiting)
    for stay in _stays(model, found, place):
        home_from, turn = heapq.heappop(waiting)
        least = stay.first - 1 - rotation.home_least
        others = sum(away <= least or not away for away, _ in waiting)
        rest = stay.first - 1 - home_from if home_from else None
        heapq.heappush(waiting, (stay.last, turn))
        yield stay, Sent(unit=units[turn], rest=rest, others=others)


def _stays(model: Model, found: Plan, place: int) -> list[Stay]:
    """List the stays of a class in the order in which they begin."""
    tours = model.tours
    begun = np.flatnonzero((tours.group == place) & (found.tours > 0))
    stays = [
        Stay(
            first=int(tours.start[column]) + 1,
            last=int(tours.end[column]) + 1,
            commitment=model.situation.commitments[
                int(model.demands.commitment[tours.need[column]])
            ],
        )
        for column in begun
        for _ in range(round(found.tours[column]))
    ]
    return sorted(stays, key=lambda stay: (stay.first, stay.last))


def _tour(stay: Stay, sent: Sent, routes: Routes, rotation: Rotation) -> Tour:
    unit, commitment = sent.unit, stay.commitment
    route = routes[unit.base, commitment.location]
    taken = route.way.hours(unit.notice_h, commitment.clock)
    debt = _debt(sent, rotation)
    return Tour(
        unit=unit.id,
        nation=unit.nation,
        type=unit.type,
        commitment=commitment.id,
        first=stay.first,
        last=stay.last,
        hours=taken.hours,
        clock=commitment.clock,
        deadline_h=commitment.deadline_h,
        rest=sent.rest,
        debt=debt,
        others=sent.others,
        why=_why(taken, commitment, sent, rotation),
    )


def _debt(sent: Sent, rotation: Rotation) -> int:
    return 0 if sent.rest is None else max(0, rotation.home - sent.rest)


def _why(taken: Hours, commitment: Commitment, sent: Sent, rotation: Rotation) -> str:
    """Say why it is this unit."""
    deadline = Hours(hours=commitment.due_h, clock=commitment.clock)
    debt = _debt(sent, rotation)
    if commitment.deadline_h is None:
        when = f"{taken.clock} after {taken.hours:g} h; there is no deadline"
    elif taken.within(deadline):
        when = f"{taken.clock} after {taken.hours:g} h, within {deadline.hours:g} h"
    else:
        when = (
            f"{taken.clock} after {taken.hours:g} h, too late for {deadline.hours:g} h,"
            " so it comes in a later period"
        )
    rested = (
        "it has not been away yet"
        if sent.rest is None
        else f"{sent.rest} periods at home before"
        + (f", {debt} fewer than its goal of {rotation.home}" if debt else "")
    )
    others = (
        f"{sent.others} others could go as well, and none has been at home longer"
        if sent.others
        else "no other one like it is left"
    )
    return f"{when}; {rested}; {others}"
