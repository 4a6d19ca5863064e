"""The verb of advising: which exercises and training raise most for a budget.

What is before the viewer is read in a thread, the choice is made in a process, and
nothing is written. A measure of which something is withheld from the viewer is left
out and named, as its rating is.
"""

import asyncio
from collections.abc import Mapping
from datetime import date
from typing import Final, Protocol

import msgspec

from foedus.errors import InvalidInputError, TooLargeError
from foedus.intel.reading import IntelReading
from foedus.planning.asks import AskExercises
from foedus.planning.commands import Solver
from foedus.planning.exercise_options import Prices, Rateable, exercises_ask
from foedus.planning.results import ExercisePlan
from foedus.readiness.comparing import Row, compare
from foedus.readiness.ratings import WITHHELD
from foedus.readiness.stocks import shelf_of
from foedus.releasability.viewers import Viewer

OPTIONS_MAX: Final = 20_000
"""Single acts to choose from; 72 nations in eight measures have fewer."""

AS_IF: Final = (
    "As if all that is done succeeded. Prices are those that were given; what a rating "
    "rests on is the same as in the comparison of measures."
)


class Desk(Protocol):
    """What advising works with; a hub is one."""

    @property
    def reading(self) -> IntelReading:
        """The views."""
        ...

    @property
    def workers(self) -> Solver:
        """What solves."""
        ...


class Wish(msgspec.Struct, frozen=True, kw_only=True):
    """What there is to spend, and for what.

    Attributes:
        on: as of which day.
        budget: in the unit of the prices.
        weights: of measures, by key or id; 1 for others.
    """

    on: date
    budget: float
    prices: Prices = Prices()
    weights: Mapping[str, float] = {}


class LeftOut(msgspec.Struct, frozen=True, kw_only=True):
    """A measure of which nothing can be planned, and why."""

    measure: str
    name: str
    why: str


class Advice(msgspec.Struct, frozen=True, kw_only=True):
    """What to do, as one may know it.

    Attributes:
        label: the narrowest of all that the ratings of all measures rest on; empty
            where on nothing.
    """

    as_of: date
    label: str
    note: str
    left_out: tuple[LeftOut, ...]
    plan: ExercisePlan


class _Read(msgspec.Struct, frozen=True, kw_only=True):
    """What was before the viewer."""

    ask: AskExercises
    label: str
    left_out: tuple[LeftOut, ...]


async def advise(desk: Desk, viewer: Viewer, wish: Wish) -> Advice:
    """Choose exercises and training for a budget.

    Raises:
        InvalidInputError: a number makes no sense, or a measure is not there.
        TooLargeError: there is too much to choose from.
        RateLimitedError: too much of the viewer's nation waits already.
    """
    read = await asyncio.to_thread(_read, desk, viewer, wish)
    found = await desk.workers.run(read.ask, ExercisePlan, nation=viewer.nation)
    return Advice(
        as_of=wish.on,
        label=read.label,
        note=AS_IF,
        left_out=read.left_out,
        plan=found,
    )


def _read(desk: Desk, viewer: Viewer, wish: Wish) -> _Read:
    with desk.reading.snapshot() as seen:
        comparison = compare(seen.db, seen.access, viewer, wish.on)
        shelf = shelf_of(seen.db, seen.access, viewer, wish.on)
    rows = {row.measure: row for row in comparison.measures}
    for measure in wish.weights:
        if measure not in rows:
            raise InvalidInputError(f"there is no measure {measure!r}; list them first")
    rateable = {
        measure: Rateable(
            name=row.name,
            stock=shelf.stock(measure),
            weight=wish.weights.get(measure, 1.0),
        )
        for measure, row in rows.items()
    }
    ask = exercises_ask(rateable, wish.budget, wish.prices)
    if len(ask.options) > OPTIONS_MAX:
        raise TooLargeError(
            f"{len(ask.options)} acts to choose from; at most {OPTIONS_MAX}"
        )
    planned = {each.measure for each in ask.measures}
    return _Read(
        ask=ask,
        label=comparison.label,
        left_out=tuple(
            LeftOut(measure=measure, name=row.name, why=_why(row))
            for measure, row in rows.items()
            if measure not in planned
        ),
    )


def _why(row: Row) -> str:
    if row.interoperability == WITHHELD:
        return "something of a contributor is not before you"
    return "fewer than two contributors are known"
