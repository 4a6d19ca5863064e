"""The 48-hour test: who closes where within how many hours, by a named clock.

A unit closes by a bucket of hours if its notice, loading, way and reception, as far as
the clock runs, end within it. Between the hour at which it departs and the hour at
which it closes it has to be carried: of all units that depart after some hour and close
by another one, the work (tonnes times km) is at most what the lift does between the two
hours. It is the same with what a place can receive.

- How much closes at most is a linear programme, in which units may be divided.
- Who closes is that answer rounded down to whole units, and topped up as far as the
  limits let it. Both are given, so that the distance can be seen.

Source:
    Reference on planning, sections 1.3 and 2.1: mobility optimisers of the RAND and NPS
    kind, a linear programme over modes and hours with cumulative closure.
"""

import hashlib
from collections.abc import Iterator

import msgspec
import numpy as np

from foedus.errors import InvalidInputError
from foedus.planning.asks import AskClosure
from foedus.planning.checking_closure import check_closure
from foedus.planning.clocks import Clock
from foedus.planning.closing_model import limits_of, may_do, programme_of, wanted_of
from foedus.planning.closing_moves import (
    NO_LIFT,
    Group,
    Moves,
    Sent,
    buckets_of,
    groups_of,
    moves_of,
    needs_of,
    routes_of,
    soonest,
    way_of,
)
from foedus.planning.forces import Route, Unit, check
from foedus.planning.games import FloatArray, IntArray
from foedus.planning.progress import Progress, Tell, tell_nobody
from foedus.planning.results import Arrival, ByClock, Closing, Closure, Ending, Solved
from foedus.planning.solver import SEED, SolverFailedError, version

_NOTHING = 1e-9
"""An amount below this is nothing."""


def close_in(ask: AskClosure, tell: Tell = tell_nobody) -> Closure:
    """Find who closes where within how many hours.

    Args:
        ask: units, places, hours, clock, lift.
        tell: is told each step.

    Raises:
        InvalidInputError: a number makes no sense, or something is named twice.
        SolverFailedError: the answer does not stand up to the independent check.
    """
    _check(ask)
    tell(Progress(stage="who can come"))
    groups = groups_of(ask)
    moves = moves_of(ask, groups)
    tell(Progress(stage="at most"))
    values, missing = _divided(ask, groups, moves)
    tell(Progress(stage="whole units", bound=float(missing[:, _at(ask)].sum())))
    sent = _Rounding(ask, groups, moves, values).sent()
    found = _closure(ask, groups, moves, sent, missing)
    tell(Progress(stage="checking"))
    broken = check_closure(ask, found)
    if broken:
        raise SolverFailedError(
            f"the answer breaks {len(broken)} rules and is not given, first: "
            f"{broken[0].subject}: {broken[0].said}"
        )
    return found


def _check(ask: AskClosure) -> None:
    check(ask.situation)
    names = [each.location for each in ask.places]
    numbers = [ask.hours, *(need.amount for each in ask.places for need in each.needs)]
    known = {each.id for each in ask.situation.commitments}
    for place in ask.places:
        for name in place.commitments:
            if name not in known:
                raise InvalidInputError(f"{place.location}: no commitment {name}")
        numbers += [each for each in (place.tonnes_per_h, place.units_per_h) if each]
        types = [need.type for need in place.needs]
        if len(types) != len(set(types)):
            raise InvalidInputError(f"{place.location}: a type stands there twice")
    for lift in ask.lifts:
        numbers += [lift.tonne_km_per_h, lift.speed_kmh or 0.0]
    if len(names) != len(set(names)) or not names:
        raise InvalidInputError("name at least one place, and each once")
    if not ask.hours > 0 or not all(0 <= each < float("inf") for each in numbers):
        raise InvalidInputError("hours are above zero, other numbers at least zero")


def _at(ask: AskClosure) -> int:
    return buckets_of(ask.hours).index(ask.hours)


def _divided(
    ask: AskClosure, groups: tuple[Group, ...], moves: Moves
) -> tuple[FloatArray, FloatArray]:
    """Give how many of each move, and what is missing by need and bucket."""
    if not len(moves.group):
        wanted = wanted_of(ask)[:, None]
        return np.zeros(0), np.repeat(wanted, len(buckets_of(ask.hours)), axis=1)
    programme, places = programme_of(ask, groups, moves)
    values = programme.relaxed().values
    return values[: len(moves.group)], values[places]


class _Rounding:
    """Whole units near a divided answer, within all limits."""

    def __init__(
        self,
        ask: AskClosure,
        groups: tuple[Group, ...],
        moves: Moves,
        values: FloatArray,
    ) -> None:
        self._moves, self._values = moves, values
        self._left = np.array([len(each.units) for each in groups], dtype=np.int64)
        self._buckets = np.array(buckets_of(ask.hours))
        self._deadline = _at(ask)
        self._missing = np.repeat(wanted_of(ask)[:, None], len(self._buckets), axis=1)
        self._sent = np.zeros(len(values), dtype=np.int64)
        self._limits: list[tuple[FloatArray, dict[int, tuple[int, float]]]] = [
            (
                may_do(limit, self._buckets),
                {
                    int(move): (int(release), float(takes))
                    for move, release, takes in zip(
                        limit.of, limit.release, limit.takes, strict=True
                    )
                },
            )
            for limit in limits_of(ask, moves)
        ]

    def sent(self) -> IntArray:
        """Give how many whole units make each move."""
        whole = np.floor(self._values + 1e-6).astype(np.int64)
        for move in np.flatnonzero(whole):
            self._send(int(move), int(whole[move]))
        order = np.lexsort((self._moves.bucket, -self._values))
        self._top_up([int(move) for move in order], self._deadline)
        for bucket in range(len(self._buckets)):
            self._top_up([int(move) for move in order], bucket)
        return self._sent

    def _top_up(self, order: list[int], bucket: int) -> None:
        """Send more, as long as something is missing by a bucket."""
        moves = self._moves
        for move in order:
            need = int(moves.need[move])
            lacks = self._missing[need, bucket]
            group = int(moves.group[move])
            if lacks <= _NOTHING or moves.bucket[move] > bucket:
                continue
            wanted = int(np.ceil(lacks / moves.strength[move] - 1e-9))
            count = min(wanted, int(self._left[group]), self._room(move))
            if count > 0:
                self._send(move, count)

    def _room(self, move: int) -> int:
        """Give how many more units the limits let make a move."""
        most = int(self._left[self._moves.group[move]])
        bucket = int(self._moves.bucket[move])
        for slack, of in self._limits:
            release, takes = of.get(move, (0, 0.0))
            if takes > 0:
                least = float(slack[: release + 1, bucket:].min())
                most = min(most, int(np.floor(least / takes + 1e-9)))
        return most

    def _send(self, move: int, count: int) -> None:
        moves, bucket = self._moves, int(self._moves.bucket[move])
        self._sent[move] += count
        self._left[moves.group[move]] -= count
        self._missing[moves.need[move], bucket:] -= count * moves.strength[move]
        for slack, of in self._limits:
            release, takes = of.get(move, (0, 0.0))
            slack[: release + 1, bucket:] -= count * takes


def _closure(
    ask: AskClosure,
    groups: tuple[Group, ...],
    moves: Moves,
    sent: IntArray,
    missing: FloatArray,
) -> Closure:
    arrivals = tuple(
        sorted(
            _arrivals(ask, groups, moves, sent),
            key=lambda each: (each.hours, each.location, each.type),
        )
    )
    known = _known(ask)
    curve = tuple(_curve(ask, known, arrivals, missing))
    wanted = float(wanted_of(ask).sum())
    due = [each for each in curve if each.hours == ask.hours]
    there = sum(min(each.wanted, each.there) for each in due)
    least = float(missing[:, _at(ask)].sum())
    packed = msgspec.json.encode(
        msgspec.msgpack.decode(msgspec.msgpack.encode(ask), type=AskClosure)
    )
    return Closure(
        hours=ask.hours,
        clock=ask.clock,
        covered=there / wanted if wanted else None,
        covered_at_most=1 - least / wanted if wanted else None,
        by_clock=tuple(
            ByClock(clock=clock, there=_alone(ask, known, clock)) for clock in Clock
        ),
        curve=curve,
        arrivals=arrivals,
        solved=Solved(
            digest=hashlib.sha256(packed).hexdigest(),
            solver=f"HiGHS {version()}",
            ending=(
                Ending.PROVEN
                if wanted - there <= least + 1e-6 * max(1.0, wanted)
                else Ending.WITHIN_GAP
            ),
            objective=wanted - there,
            bound=min(least, wanted - there),
            gap=max(0.0, wanted - there - least) / max(wanted, _NOTHING),
            seed=SEED,
        ),
    )


def _arrivals(
    ask: AskClosure, groups: tuple[Group, ...], moves: Moves, sent: IntArray
) -> Iterator[Arrival]:
    """Give each move its units."""
    buckets, routes = buckets_of(ask.hours), routes_of(ask)
    used = np.zeros(len(groups), dtype=np.int64)
    for move in np.flatnonzero(sent):
        number, option = int(moves.group[move]), int(moves.option[move])
        group = groups[number]
        chosen = group.options[option]
        begin = int(used[number])
        used[number] += sent[move]
        for unit in group.units[begin : begin + int(sent[move])]:
            yield Arrival(
                unit=unit.id,
                nation=unit.nation,
                type=unit.type,
                location=ask.places[chosen.place].location,
                hours=buckets[int(moves.bucket[move])],
                soonest_h=soonest(unit, chosen, ask, routes),
                lift="" if chosen.lift == NO_LIFT else ask.lifts[chosen.lift].name,
            )


class _Known(msgspec.Struct, frozen=True, kw_only=True):
    """Units by type, and ways by base and location."""

    units: dict[str, list[Unit]]
    routes: dict[tuple[str, str], Route]
    sent: Sent


def _known(ask: AskClosure) -> _Known:
    units: dict[str, list[Unit]] = {}
    for unit in ask.situation.units:
        units.setdefault(unit.type, []).append(unit)
    return _Known(units=units, routes=routes_of(ask), sent=Sent.of(ask))


def _curve(
    ask: AskClosure, known: _Known, arrivals: tuple[Arrival, ...], missing: FloatArray
) -> Iterator[Closing]:
    strength = {unit.id: unit.strength for unit in ask.situation.units}
    for (place, kind), need in needs_of(ask.places).items():
        location = ask.places[place].location
        wanted = float(wanted_of(ask)[need])
        own = [
            (each.hours, strength[each.unit])
            for each in arrivals
            if (each.location, each.type) == (location, kind)
        ]
        free = sorted(_free(ask, known, (place, kind), ask.clock))
        for bucket, hours in enumerate(buckets_of(ask.hours)):
            could = sum(amount for soon, amount in free if soon <= hours)
            yield Closing(
                location=location,
                type=kind,
                hours=hours,
                wanted=wanted,
                there=sum(amount for by, amount in own if by <= hours),
                divided=wanted - float(missing[need, bucket]),
                unlimited=min(wanted, could),
            )


def _alone(ask: AskClosure, known: _Known, clock: Clock) -> float:
    """Give what keeps the deadline by a clock, each place as if it were alone."""
    return sum(
        min(
            float(wanted_of(ask)[need]),
            sum(
                amount
                for hours, amount in _free(ask, known, (place, kind), clock)
                if hours <= ask.hours
            ),
        )
        for (place, kind), need in needs_of(ask.places).items()
    )


def _free(
    ask: AskClosure, known: _Known, need: tuple[int, str], clock: Clock
) -> Iterator[tuple[float, float]]:
    """Give after how many hours each unit could be there, and how much it is."""
    place, kind = ask.places[need[0]], need[1]
    for unit in known.units.get(kind, ()):
        route = known.routes.get((unit.base, place.location))
        if route is not None and known.sent.may_go(unit, place):
            lifts = ask.lifts if _is_carried(unit, ask) else (None,)
            ways = [way_of(route, lift) for lift in lifts]
            yield (
                min(way.hours(unit.notice_h, clock).hours for way in ways),
                (unit.strength),
            )


def _is_carried(unit: Unit, ask: AskClosure) -> bool:
    return bool(ask.lifts) and unit.tonnes > 0
