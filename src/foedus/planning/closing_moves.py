"""How units can close at a place: by what, from when on, and what that takes.

Units that have the same ways of closing are one group. A *move* is a group that closes
at a place, by a lift, in a bucket of hours; it is a column of the programme.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping

import msgspec
import numpy as np

from foedus.planning.asks import AskClosure, Lift, Place
from foedus.planning.clocks import Clock, Way
from foedus.planning.forces import Commitment, Route, Unit
from foedus.planning.games import FloatArray, IntArray

BUCKETS_H = (12.0, 24.0, 48.0, 72.0, 120.0, 240.0, 720.0)
"""Hours by which closure is told; that of the deadline is added."""

RELEASES_H = (0.0, 6.0, 12.0, 18.0, 24.0, 36.0, 48.0, 72.0, 120.0, 240.0)
"""Hours from which lift and reception are counted; between two, the earlier one."""

NO_LIFT = -1
"""Of a unit that moves by itself, or where nothing limits lift."""

MOVED = (Clock.ARRIVED, Clock.ON_STATION)
"""Clocks that run until a unit has been carried; lift limits those alone."""


class Option(msgspec.Struct, frozen=True, kw_only=True):
    """One way of closing.

    Attributes:
        place: by number.
        lift: by number, or `NO_LIFT`.
        soonest_h: when the clock stops at the earliest.
        bucket: the first one by which that is so.
        departs: the number of the release from which it has to be carried.
        arrives: of that from which it has to be received.
        work: tonne-kilometres.
    """

    place: int
    lift: int
    soonest_h: float
    bucket: int
    departs: int
    arrives: int
    work: float


class Group(msgspec.Struct, frozen=True, kw_only=True):
    """Units that can do the same; the first one stands for all."""

    units: tuple[Unit, ...]
    options: tuple[Option, ...]


class Moves(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """Every move; one entry a column.

    Attributes:
        group: by number.
        option: by number in its group.
        need: place and type, by number.
        bucket: in which it closes; not before the first one of its option.
        place: by number.
        lift: by number, or `NO_LIFT`.
        departs: as in `Option`.
        arrives: as in `Option`.
        strength: of one unit.
        tonnes: of one unit.
        work: of one unit.
    """

    group: IntArray
    option: IntArray
    need: IntArray
    bucket: IntArray
    place: IntArray
    lift: IntArray
    departs: IntArray
    arrives: IntArray
    strength: FloatArray
    tonnes: FloatArray
    work: FloatArray


def buckets_of(hours: float) -> tuple[float, ...]:
    """Give the hours by which closure is told."""
    return tuple(sorted({*BUCKETS_H, hours}))


def needs_of(places: tuple[Place, ...]) -> dict[tuple[int, str], int]:
    """Number what is needed by place and type."""
    wanted = [
        (place, need.type) for place, each in enumerate(places) for need in each.needs
    ]
    return {key: number for number, key in enumerate(wanted)}


def way_of(route: Route, lift: Lift | None) -> Way:
    """Give the hours of a way by some lift."""
    if lift is None or lift.speed_kmh is None or not route.km:
        return route.way
    return msgspec.structs.replace(route.way, travel_h=route.km / lift.speed_kmh)


def routes_of(ask: AskClosure) -> dict[tuple[str, str], Route]:
    """Give the ways by base and location."""
    return {(each.base, each.location): each for each in ask.situation.routes}


class Sent(msgspec.Struct, frozen=True, kw_only=True):
    """What decides who is sent.

    Attributes:
        busy: units that are elsewhere.
        commitments: by id.
    """

    busy: frozenset[str]
    commitments: Mapping[str, Commitment]

    @classmethod
    def of(cls, ask: AskClosure) -> "Sent":
        """Read it off what is asked."""
        known = {each.id: each for each in ask.situation.commitments}
        return cls(busy=frozenset(ask.busy), commitments=known)

    def may_go(self, unit: Unit, place: Place) -> bool:
        """Tell whether a unit is there, and is sent."""
        here = unit.id not in self.busy and 1 not in unit.away
        if not here or place.location in unit.caveats:
            return False
        if not place.commitments:
            return True
        return any(
            self._takes(self.commitments[each], unit) for each in place.commitments
        )

    @staticmethod
    def _takes(commitment: Commitment, unit: Unit) -> bool:
        wanted = any(need.type == unit.type for need in commitment.needs)
        is_open = unit.nation not in commitment.closed_to
        return wanted and is_open and commitment.id not in unit.caveats


def groups_of(ask: AskClosure) -> tuple[Group, ...]:
    """Group the units by how they can close."""
    needs = needs_of(ask.places)
    routes = routes_of(ask)
    sent = Sent.of(ask)
    wanted = {kind for _, kind in needs}
    found: dict[object, tuple[list[Unit], tuple[Option, ...]]] = {}
    for unit in ask.situation.units:
        if unit.type not in wanted:
            continue
        options = tuple(_options(unit, ask, routes, sent))
        alike = tuple(msgspec.structs.replace(each, soonest_h=0.0) for each in options)
        key = (unit.type, unit.strength, unit.tonnes, alike)
        if options:
            found.setdefault(key, ([], options))[0].append(unit)
    return tuple(
        Group(units=tuple(units), options=options) for units, options in found.values()
    )


def soonest(
    unit: Unit,
    option: Option,
    ask: AskClosure,
    routes: Mapping[tuple[str, str], Route],
) -> float:
    """Give the hours after which a unit could close by an option."""
    route = routes[unit.base, ask.places[option.place].location]
    lift = None if option.lift == NO_LIFT else ask.lifts[option.lift]
    return way_of(route, lift).hours(unit.notice_h, ask.clock).hours


def moves_of(ask: AskClosure, groups: tuple[Group, ...]) -> Moves:
    """List every move."""
    needs, buckets = needs_of(ask.places), len(buckets_of(ask.hours))
    rows = [
        (
            *(number, place, needs[option.place, group.units[0].type], bucket),
            *(option.place, option.lift, option.departs, option.arrives),
            *(group.units[0].strength, group.units[0].tonnes, option.work),
        )
        for number, group in enumerate(groups)
        for place, option in enumerate(group.options)
        for bucket in range(option.bucket, buckets)
    ]
    table = np.array(rows, dtype=np.float64).reshape(-1, 11)
    whole = table[:, :8].astype(np.int64)
    names = Moves.__struct_fields__
    return Moves(
        **dict(zip(names[:8], whole.T, strict=True)),
        **dict(zip(names[8:], table[:, 8:].T, strict=True)),
    )


def _options(
    unit: Unit,
    ask: AskClosure,
    routes: Mapping[tuple[str, str], Route],
    sent: Sent,
) -> Iterator[Option]:
    """Give every way in which a unit can close."""
    buckets = buckets_of(ask.hours)
    carried = bool(ask.lifts) and unit.tonnes > 0 and ask.clock in MOVED
    for number, place in enumerate(ask.places):
        route = routes.get((unit.base, place.location))
        asked = any(need.type == unit.type for need in place.needs)
        if route is None or not asked or not sent.may_go(unit, place):
            continue
        for lift in range(len(ask.lifts)) if carried else (NO_LIFT,):
            way = way_of(route, ask.lifts[lift] if carried else None)
            hours = way.hours(unit.notice_h, ask.clock).hours
            bucket = bisect_left(buckets, hours)
            if bucket == len(buckets):
                continue
            after = way.reception_h if ask.clock is Clock.ON_STATION else 0.0
            departs = way.hours(unit.notice_h, Clock.DEPARTED).hours + after
            arrives = way.hours(unit.notice_h, Clock.ARRIVED).hours
            yield Option(
                place=number,
                lift=lift,
                soonest_h=hours,
                bucket=bucket,
                departs=bisect_right(RELEASES_H, departs) - 1,
                arrives=_before(arrives, hours),
                work=unit.tonnes * route.km if carried else 0.0,
            )


def _before(arrives: float, closes: float) -> int:
    """Give the last release before it arrives, so that there is time to receive."""
    return max(0, bisect_left(RELEASES_H, min(arrives, closes)) - 1)
