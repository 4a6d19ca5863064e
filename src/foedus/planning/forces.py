"""What a plan is made of: units, commitments, ways between them, and rotation.

Time is counted in periods from 1, each of the same hours. A *tour* is the stay of one
unit at one commitment; after it the unit is at home. Being at home for less than the
*goal* is a debt that is reported; for less than the *red line* it is not planned.
"""

import hashlib
from collections.abc import Iterable

import msgspec

from foedus.errors import InvalidInputError, TooLargeError
from foedus.planning.clocks import Clock, Way

UNITS_MAX = 20_000
"""Units of one plan; four times what is measured."""

COMMITMENTS_MAX = 500
"""Commitments of one plan."""

PERIODS_MAX = 120
"""Periods of one plan: ten years of months, or two years of weeks."""


class Rotation(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How long a tour is, and how long a unit is at home after it, in periods.

    Attributes:
        home: the goal.
        home_least: the red line.
    """

    tour: int = 2
    home: int = 4
    home_least: int = 2

    @property
    def units_per_deployed(self) -> float:
        """How many units keep one deployed for ever, at the goal.

        Source:
            RAND 2005, Stretched Thin: one and the ratio of home to tour.
        """
        return 1 + self.home / self.tour


class Unit(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A unit that a nation offers.

    Attributes:
        type: what it is good for; a commitment asks for the same word.
        notice_h: its notice to move.
        base: where it starts from.
        strength: how much of its type it is.
        caveats: commitments and locations to which its nation does not send it.
        away: periods in which it is not there, such as a refit or another list.
        tonnes: what has to be lifted to move it.
        rotation: its own; unset (and not written) for the one of the situation.
    """

    id: str
    nation: str
    type: str
    notice_h: float
    base: str
    strength: float = 1.0
    caveats: tuple[str, ...] = ()
    away: tuple[int, ...] = ()
    tonnes: float = 0.0
    rotation: Rotation | msgspec.UnsetType = msgspec.UNSET


class Need(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How much of one type a commitment wants in each of its periods."""

    type: str
    amount: float


class Commitment(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Something that has been promised.

    Attributes:
        first: the period in which it begins.
        last: the period in which it ends.
        priority: 1 is served before 2.
        deadline_h: when the first units have to be there, after it begins; None for
            no deadline.
        clock: which clock the deadline is by.
        closed_to: nations that may not take part, such as by releasability.
    """

    id: str
    location: str
    first: int
    last: int
    needs: tuple[Need, ...]
    priority: int = 1
    deadline_h: float | None = None
    clock: Clock = Clock.ON_STATION
    closed_to: tuple[str, ...] = ()

    @property
    def due_h(self) -> float:
        """The deadline as a number; without one it is never."""
        return float("inf") if self.deadline_h is None else self.deadline_h


class Route(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The way from a base to a location; without one nobody is sent.

    Attributes:
        km: how far it is, for lift.
    """

    base: str
    location: str
    travel_h: float
    loading_h: float = 0.0
    reception_h: float = 0.0
    km: float = 0.0

    @property
    def way(self) -> Way:
        """The hours of this way."""
        return Way(
            loading_h=self.loading_h,
            travel_h=self.travel_h,
            reception_h=self.reception_h,
        )


class Situation(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Everything that a plan is made from.

    Attributes:
        rotation: of units that have none of their own.
        period_h: hours of a period; four weeks by default.
    """

    periods: int
    units: tuple[Unit, ...]
    commitments: tuple[Commitment, ...]
    routes: tuple[Route, ...]
    rotation: Rotation = Rotation()
    period_h: float = 672.0

    def rotation_of(self, unit: Unit) -> Rotation:
        """Give the rotation of a unit: its own, or else that of all."""
        return self.rotation if unit.rotation is msgspec.UNSET else unit.rotation


def check(situation: Situation) -> Situation:
    """Give the situation back if a plan can be made from it.

    Raises:
        InvalidInputError: something is named twice, or a number makes no sense.
        TooLargeError: there is too much of something.
    """
    for name, count, most in (
        ("units", len(situation.units), UNITS_MAX),
        ("commitments", len(situation.commitments), COMMITMENTS_MAX),
        ("periods", situation.periods, PERIODS_MAX),
    ):
        if count > most:
            raise TooLargeError(f"{name}: {count}, at most {most} are possible")
    if situation.periods < 1 or not situation.period_h > 0:
        raise InvalidInputError("a plan has at least one period, of some hours")
    _check_rotation(situation.rotation)
    _once("unit", (unit.id for unit in situation.units))
    _once("commitment", (each.id for each in situation.commitments))
    _once("route", ((each.base, each.location) for each in situation.routes))
    for unit in situation.units:
        check_unit(unit)
    for route in situation.routes:
        check_route(route)
    for commitment in situation.commitments:
        check_commitment(commitment)
        if commitment.last > situation.periods:
            raise InvalidInputError(
                f"commitment {commitment.id}: ends in period {commitment.last}, "
                f"and the plan in {situation.periods}"
            )
    return situation


def check_unit(unit: Unit) -> None:
    """Refuse a unit whose numbers make no sense.

    Raises:
        InvalidInputError: a number is below zero or unknown.
    """
    if not unit.id or not unit.nation or not unit.type:
        raise InvalidInputError("a unit has an id, a nation and a type")
    if not (_is_amount(unit.notice_h) and _is_amount(unit.tonnes)):
        raise InvalidInputError(f"unit {unit.id}: hours and tonnes are at least zero")
    if not (_is_amount(unit.strength) and unit.strength > 0):
        raise InvalidInputError(f"unit {unit.id}: a strength is above zero")
    if any(period < 1 for period in unit.away):
        raise InvalidInputError(f"unit {unit.id}: periods are counted from 1")
    if unit.rotation is not msgspec.UNSET:
        _check_rotation(unit.rotation, f"unit {unit.id}: ")


def check_route(route: Route) -> None:
    """Refuse a route whose numbers make no sense.

    Raises:
        InvalidInputError: a number is below zero or unknown.
    """
    numbers = (route.travel_h, route.loading_h, route.reception_h, route.km)
    if not all(map(_is_amount, numbers)):
        raise InvalidInputError(
            f"route {route.base} to {route.location}: numbers are at least zero"
        )


def check_commitment(commitment: Commitment) -> None:
    """Refuse a commitment whose numbers make no sense.

    Raises:
        InvalidInputError: it ends before it begins, wants nothing, or the like.
    """
    name = f"commitment {commitment.id}"
    if not commitment.id or not commitment.location:
        raise InvalidInputError("a commitment has an id and a location")
    if not 1 <= commitment.first <= commitment.last:
        raise InvalidInputError(f"{name}: periods are counted from 1, first to last")
    if commitment.priority < 1 or not commitment.due_h >= 0:
        raise InvalidInputError(f"{name}: priorities begin at 1, deadlines at 0 hours")
    if not commitment.needs:
        raise InvalidInputError(f"{name}: say what it needs")
    if not all(_is_amount(need.amount) for need in commitment.needs):
        raise InvalidInputError(f"{name}: what it needs is at least zero")
    _once(f"{name}: type", (need.type for need in commitment.needs))


def digest(situation: Situation) -> str:
    """Give the fingerprint of everything that a plan is made from."""
    packed = msgspec.msgpack.encode(situation)
    same = msgspec.msgpack.decode(packed, type=Situation)  # 48 and 48.0 are one number
    return hashlib.sha256(msgspec.json.encode(same, order="sorted")).hexdigest()


def _check_rotation(rotation: Rotation, whose: str = "") -> None:
    if rotation.tour < 1 or not 0 <= rotation.home_least <= rotation.home:
        raise InvalidInputError(
            f"{whose}rotation: a tour of at least one period, then at home for the red "
            "line at least and the goal at best"
        )


def _once(what: str, names: Iterable[object]) -> None:
    seen: set[object] = set()
    for name in names:
        if name in seen:
            raise InvalidInputError(f"{what} {name} stands there twice")
        seen.add(name)


def _is_amount(value: float) -> bool:
    return 0 <= value < float("inf")
