"""Check a plan by named units against the situation, without trusting who made it.

It shares nothing with the solver, the model or the hand-back but the records
themselves: clocks are added up here, and rest is counted here, a second time. Every
broken rule is said; an empty answer means that the plan can be carried out.
"""

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from foedus.planning.forces import Commitment, Rotation, Route, Situation, Unit
from foedus.planning.results import Coverage, Tour, Violation

_ROUNDING = 1e-6
"""Amounts that differ by less are equal."""


def check_tours(situation: Situation, tours: Iterable[Tour]) -> tuple[Violation, ...]:
    """Say every rule that a list of tours breaks.

    Args:
        situation: from which the plan was made.
        tours: who goes where and when.
    """
    units = {unit.id: unit for unit in situation.units}
    commitments = {each.id: each for each in situation.commitments}
    routes = {(each.base, each.location): each for each in situation.routes}
    found: list[Violation] = []
    of_units: dict[str, list[Tour]] = defaultdict(list)
    for tour in tours:
        unit, commitment = units.get(tour.unit), commitments.get(tour.commitment)
        if unit is None:
            found.append(_broken("unknown", tour.unit, "there is no such unit"))
            continue
        of_units[unit.id].append(tour)
        if commitment is None:
            found.append(_broken("unknown", tour.commitment, "nobody promised that"))
            continue
        route = routes.get((unit.base, commitment.location))
        found += _who(tour, unit, commitment)
        found += _when(tour, unit, commitment, situation)
        found += _on_the_way(tour, unit, commitment, route, situation.period_h)
    for name, own in of_units.items():
        rotation = situation.rotation_of(units[name])
        found += _rest(name, sorted(own, key=lambda each: each.first), rotation)
    return tuple(found)


def check_coverage(situation: Situation, coverage: Coverage) -> tuple[Violation, ...]:
    """Say every rule that the tours break, and every figure that they do not bear out.

    Args:
        situation: from which the answer was made.
        coverage: the answer.
    """
    there = _there(situation, coverage.tours)
    lacks: list[float] = []
    found = list(check_tours(situation, coverage.tours))
    found += _covers(situation, coverage, there, lacks)
    missing = sum(lacks)
    debt = sum(each.debt for each in coverage.tours)
    for name, claimed, own in (
        ("levels", sum(each.missing for each in coverage.levels), missing),
        ("gaps", sum(each.missing for each in coverage.gaps), missing),
        ("debt", coverage.debt.unit_periods, debt),
    ):
        if not _same(claimed, own):
            found.append(_broken("figures", name, f"{own:g}, and {claimed:g} is said"))
    return tuple(found)


def _there(
    situation: Situation, tours: Iterable[Tour]
) -> dict[tuple[str, str, int], float]:
    """Add up who is where by commitment, type and period."""
    strength = {unit.id: unit.strength for unit in situation.units}
    there: dict[tuple[str, str, int], float] = defaultdict(float)
    for tour in tours:
        for period in range(tour.first, tour.last + 1):
            place = (tour.commitment, tour.type, period)
            there[place] += strength.get(tour.unit, 0.0)
    return there


def _covers(
    situation: Situation,
    coverage: Coverage,
    there: dict[tuple[str, str, int], float],
    lacks: list[float],
) -> Iterator[Violation]:
    """Compare each line with what is there; what is lacking is added to a list."""
    claimed = {(each.commitment, each.type): each for each in coverage.covers}
    for each in situation.commitments:
        for need in each.needs:
            if not need.amount:
                continue
            line = claimed.pop((each.id, need.type), None)
            periods = range(each.first, each.last + 1)
            own = [there.get((each.id, need.type, period), 0.0) for period in periods]
            open_ = [max(0.0, need.amount - amount) for amount in own]
            lacks += open_
            if line is None or not (
                line.first == each.first
                and _same(line.wanted, need.amount)
                and _all_same(line.there, own)
                and _all_same(line.missing, open_)
            ):
                yield _broken("figures", each.id, f"{need.type}: other sums")
    for commitment, kind in claimed:
        yield _broken("figures", commitment, f"{kind}: nobody asked for it")


def _who(tour: Tour, unit: Unit, commitment: Commitment) -> Iterator[Violation]:
    if tour.nation != unit.nation or tour.type != unit.type:
        yield _broken("identity", unit.id, f"is a {unit.type} of {unit.nation}")
    if all(need.type != unit.type for need in commitment.needs):
        yield _broken("type", unit.id, f"{commitment.id} asks for no {unit.type}")
    if unit.nation in commitment.closed_to:
        yield _broken("closed", unit.id, f"{commitment.id} is closed to {unit.nation}")
    for caveat in unit.caveats:
        if caveat in {commitment.id, commitment.location}:
            yield _broken("caveat", unit.id, f"its nation does not send it: {caveat}")


def _when(
    tour: Tour, unit: Unit, commitment: Commitment, situation: Situation
) -> Iterator[Violation]:
    length = tour.last - tour.first + 1
    longest = situation.rotation_of(unit).tour
    if not commitment.first <= tour.first <= tour.last <= commitment.last:
        said = f"{commitment.id} runs from {commitment.first} to {commitment.last}"
        yield _broken("window", unit.id, said)
    if length > longest:
        yield _broken("length", unit.id, f"{length} periods are longer than a tour")
    if length < longest and tour.last != commitment.last:
        yield _broken("length", unit.id, f"{length} periods are shorter than a tour")
    for period in unit.away:
        if tour.first <= period <= tour.last:
            yield _broken("away", unit.id, f"it is not there in period {period}")


def _on_the_way(
    tour: Tour,
    unit: Unit,
    commitment: Commitment,
    route: Route | None,
    period_h: float,
) -> Iterator[Violation]:
    if route is None:
        said = f"there is no way from {unit.base} to {commitment.location}"
        yield _broken("way", unit.id, said)
        return
    hours = unit.notice_h
    if commitment.clock != "ready-to-move":
        hours += route.loading_h
        if commitment.clock != "departed":
            hours += route.travel_h
            if commitment.clock != "arrived":
                hours += route.reception_h
    if not _same(hours, tour.hours) or tour.clock != commitment.clock:
        yield _broken("clock", unit.id, f"{commitment.clock} after {hours:g} h")
    late = max(0.0, hours - commitment.due_h)
    soonest = commitment.first + math.ceil(late / period_h)
    if tour.first < soonest:
        said = f"{late:g} h late for {commitment.id}: not before period {soonest}"
        yield _broken("deadline", unit.id, said)


def _rest(name: str, tours: list[Tour], rotation: Rotation) -> Iterator[Violation]:
    """Look at the tours of one unit, in order."""
    last_of: Tour | None = None
    for tour in tours:
        rest = None if last_of is None else tour.first - last_of.last - 1
        if rest is not None and rest < 0:
            yield _broken("overlap", name, f"is twice away in period {tour.first}")
        elif rest is not None and rest < rotation.home_least:
            said = f"is at home for {rest} periods before period {tour.first}"
            yield _broken("red-line", name, said)
        debt = 0 if rest is None else max(0, rotation.home - rest)
        if tour.rest != rest or tour.debt != debt:
            yield _broken("rest", name, f"rest {rest}, debt {debt} before {tour.first}")
        last_of = tour


def _same(one: float, other: float) -> bool:
    return abs(one - other) <= _ROUNDING * max(1.0, abs(one), abs(other))


def _all_same(ones: Sequence[float], others: Sequence[float]) -> bool:
    return len(ones) == len(others) and all(map(_same, ones, others))


def _broken(rule: str, subject: str, said: str) -> Violation:
    return Violation(rule=rule, subject=subject, said=said)
