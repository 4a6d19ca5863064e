"""Check who closes where against what was asked, without trusting who found it.

It shares nothing with the programme but the records: hours are added up here, and what
lift and reception do is counted here, a second time.
"""

from collections import Counter
from collections.abc import Iterator

from foedus.planning.asks import AskClosure, Lift, Place
from foedus.planning.forces import Route, Unit
from foedus.planning.results import Arrival, Closure, Violation

_ROUNDING = 1e-6

_COUNTED_FROM_H = (0.0, 6.0, 12.0, 18.0, 24.0, 36.0, 48.0, 72.0, 120.0, 240.0)
"""Hours between which the limits are looked at; in between, the earlier one."""


def check_closure(ask: AskClosure, found: Closure) -> tuple[Violation, ...]:
    """Say every rule that an answer breaks.

    Args:
        ask: what was asked.
        found: the answer.
    """
    units = {unit.id: unit for unit in ask.situation.units}
    places = {place.location: place for place in ask.places}
    ways = {(each.base, each.location): each for each in ask.situation.routes}
    broken: list[Violation] = []
    carried: list[tuple[Arrival, Unit, Route]] = []
    for name, count in Counter(each.unit for each in found.arrivals).items():
        if count > 1:
            broken.append(_broken("twice", name, f"closes {count} times"))
    for arrival in found.arrivals:
        unit, place = units.get(arrival.unit), places.get(arrival.location)
        if unit is None or place is None:
            broken.append(_broken("unknown", arrival.unit, "no such unit or place"))
            continue
        route = ways.get((unit.base, place.location))
        if route is None:
            broken.append(_broken("way", unit.id, f"no way to {place.location}"))
            continue
        carried.append((arrival, unit, route))
        broken += _one(ask, arrival, unit, place, route)
    if ask.clock in {"arrived", "on-station"}:
        broken += _lifted(ask, carried)
        broken += _received(ask, carried)
    broken += _sums(found, units)
    return tuple(broken)


def _one(
    ask: AskClosure, arrival: Arrival, unit: Unit, place: Place, route: Route
) -> Iterator[Violation]:
    """Look at one unit."""
    if arrival.nation != unit.nation or arrival.type != unit.type:
        yield _broken("identity", unit.id, f"is a {unit.type} of {unit.nation}")
    if all(need.type != unit.type for need in place.needs):
        yield _broken("type", unit.id, f"nobody asks for a {unit.type} there")
    if unit.id in ask.busy or 1 in unit.away:
        yield _broken("away", unit.id, "it is elsewhere")
    if place.location in unit.caveats:
        yield _broken("caveat", unit.id, "its nation does not send it there")
    if place.commitments and not any(
        each.id in place.commitments
        and each.id not in unit.caveats
        and unit.nation not in each.closed_to
        and unit.type in {need.type for need in each.needs}
        for each in ask.situation.commitments
    ):
        yield _broken("closed", unit.id, "no commitment there takes it")
    lift = _lift(ask, arrival)
    if bool(lift) != (
        bool(ask.lifts) and unit.tonnes > 0 and ask.clock in {"arrived", "on-station"}
    ):
        yield _broken("lift", unit.id, "is carried by something, and by nothing else")
    steps = (unit.notice_h, route.loading_h, _travel(route, lift), route.reception_h)
    until = ["ready-to-move", "departed", "arrived", "on-station"].index(ask.clock)
    hours = sum(steps[: until + 1])
    if abs(hours - arrival.soonest_h) > _ROUNDING or hours > arrival.hours + _ROUNDING:
        yield _broken("clock", unit.id, f"{ask.clock} after {hours:g} h")


def _lifted(
    ask: AskClosure, carried: list[tuple[Arrival, Unit, Route]]
) -> Iterator[Violation]:
    """Look at what each lift does between any two hours."""
    for lift in ask.lifts:
        loads = []
        for arrival, unit, route in carried:
            if arrival.lift == lift.name:
                departs = unit.notice_h + route.loading_h
                if ask.clock == "on-station":
                    departs += route.reception_h
                work = unit.tonnes * route.km
                loads.append((_counted(departs), arrival.hours, work))
        yield from _within(lift.name, lift.tonne_km_per_h, loads)


def _received(
    ask: AskClosure, carried: list[tuple[Arrival, Unit, Route]]
) -> Iterator[Violation]:
    """Look at what each place receives between any two hours."""
    for place in ask.places:
        tonnes, units = [], []
        for arrival, unit, route in carried:
            if arrival.location != place.location:
                continue
            travel = _travel(route, _lift(ask, arrival))
            there = unit.notice_h + route.loading_h + travel
            earlier = [each for each in _COUNTED_FROM_H if each < there]
            opens = earlier[-1] if earlier else 0.0
            tonnes.append((opens, arrival.hours, unit.tonnes))
            units.append((opens, arrival.hours, 1.0))
        for per_h, loads in ((place.tonnes_per_h, tonnes), (place.units_per_h, units)):
            if per_h is not None:
                yield from _within(place.location, per_h, loads)


def _within(
    name: str, per_h: float, loads: list[tuple[float, float, float]]
) -> Iterator[Violation]:
    for begin in sorted({each[0] for each in loads}):
        for end in sorted({each[1] for each in loads}):
            asked = sum(
                amount for opens, by, amount in loads if opens >= begin and by <= end
            )
            can = per_h * max(0.0, end - begin)
            if asked > can + _ROUNDING * max(1.0, can):
                said = f"{asked:g} from {begin:g} h to {end:g} h, and it does {can:g}"
                yield _broken("capacity", name, said)


def _sums(found: Closure, units: dict[str, Unit]) -> Iterator[Violation]:
    """Look at the figures."""
    for line in found.curve:
        there = sum(
            units[each.unit].strength
            for each in found.arrivals
            if each.unit in units
            and (each.location, each.type) == (line.location, line.type)
            and each.hours <= line.hours
        )
        if abs(there - line.there) > _ROUNDING:
            yield _broken("figures", line.location, f"{line.type}: {there:g} are there")
    most = found.covered_at_most
    if found.covered is not None and (most is None or found.covered > most + _ROUNDING):
        yield _broken("figures", "covered", "more than there can be")


def _lift(ask: AskClosure, arrival: Arrival) -> Lift | None:
    return next((each for each in ask.lifts if each.name == arrival.lift), None)


def _travel(route: Route, lift: Lift | None) -> float:
    if lift is None or lift.speed_kmh is None or route.km == 0:
        return route.travel_h
    return route.km / lift.speed_kmh


def _counted(hours: float) -> float:
    return max(each for each in _COUNTED_FROM_H if each <= hours)


def _broken(rule: str, subject: str, said: str) -> Violation:
    return Violation(rule=rule, subject=subject, said=said)
