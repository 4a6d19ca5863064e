"""Can all commitments be met, by whom, and what is missing?

What is wanted is lexicographic: as little as possible missing of priority 1, then of
priority 2, and so on, then little debt at home, then few tours. It is found in three
steps, each of which makes the next one short:

1. *Weights find it.* One linear programme in which each priority counts a hundred times
   the next one.
2. *Passes prove it.* Each aim alone is minimised from there, and its optimal face kept:
   variables with a reduced cost and constraints with a price stay as they are. Mostly
   no step is left to take; where one is, it is taken.
3. *Whole numbers.* Where tours are broken, those that are whole are kept first and the
   rest is solved with whole numbers on that face. What is found there is proven, since
   the face has the relaxed optimum of every aim.

Only where no whole answer is on the face, the weights are solved with whole numbers,
to a stated gap. If time is up before that has any answer, the relaxed tours are rounded
down: fewer tours are always possible, and how far that is from the best is stated.
"""

from collections.abc import Iterator

import msgspec
import numpy as np

from foedus.errors import UnavailableError
from foedus.planning.coverage_model import Model, columns_of, follows, grid_of
from foedus.planning.games import BoolArray, FloatArray, IntArray
from foedus.planning.progress import Progress, Tell, tell_nobody
from foedus.planning.results import Ending
from foedus.planning.solver import (
    Columns,
    Grid,
    Limits,
    Programme,
    Solution,
    SolverFailedError,
    is_whole,
)

PRIORITY_RATIO = 100.0
"""How much more one priority counts than the next one, where weights find a plan."""

PRIORITY_STEPS_MAX = 4
"""Priorities that weights tell apart; those behind are told apart by the passes."""

DEBT_WEIGHT, TOUR_WEIGHT = 0.005, 0.001
"""Of a period of debt and of a tour, against a missing unit of the last priority."""

PRICED = 1e-7
"""A reduced cost or price above this is one."""

MISSING_ABOVE = 1e-6
"""What is missing beyond the solver's rounding."""

FACE_SECONDS = 60.0
"""How long whole numbers are searched for on the face before the gap is allowed."""

GAP = 0.01
"""The largest distance from what is possible that a plan may have."""


class Plan(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """A plan for classes of units.

    Attributes:
        tours: how many units begin each tour; one entry a column x.
        missing: how much is missing in each cell.
        debt: unit-periods at home for less than the goal; a row a class.
        ending: how it came about.
        objective: what it costs by the weights.
        bound: what no plan costs less than; the same where it is proven.
        at_least: what is missing in each cell if units can be divided.
    """

    tours: FloatArray
    missing: FloatArray
    debt: FloatArray
    ending: Ending
    objective: float
    bound: float
    at_least: FloatArray


class Question(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """A model as the solver is asked about it; bounds narrow as aims are reached."""

    model: Model
    columns: Columns
    grid: Grid


def plan(model: Model, limits: Limits | None = None, tell: Tell = tell_nobody) -> Plan:
    """Find the plan of which nothing can be better.

    Args:
        model: the situation.
        limits: how long whole numbers may take, and how far they may be off.
        tell: is told each step.

    """
    limits = limits or Limits(gap=GAP)
    asked = Question(model=model, columns=columns_of(model), grid=grid_of(model))
    if not model.x:
        return _proven(model, _nobody(model), _nobody(model))
    tell(Progress(stage="weights"))
    programme = _programme(asked, weights(model))
    found = programme.relaxed()
    least = found.objective
    tell(Progress(stage="priorities", bound=least))
    face, found = _prove(asked, programme, found)
    if is_whole(found.values[: model.x]):
        return _proven(model, found.values, found.values)
    tell(Progress(stage="whole tours", bound=least))
    whole = _whole_on_face(face, found, limits)
    if whole is not None:
        return _proven(model, whole.values, found.values)
    tell(Progress(stage="whole tours within a gap", bound=least))
    return _within_gap(asked, found, limits, least)


def _within_gap(asked: Question, found: Solution, limits: Limits, least: float) -> Plan:
    """Search with whole numbers: rounded down, near the relaxed tours, anywhere.

    What is near is searched in a moment, and often near enough.
    """
    model = asked.model
    cost = weights(model)
    rounded = np.floor(found.values + MISSING_ABOVE)
    made = _proven(model, rounded, found.values)
    for question in (_near(asked, found), asked):
        try:
            last = _programme(question, cost).whole(limits)
        except UnavailableError:
            continue  # there is a plan already
        if question is asked:
            least = max(least, last.bound)
        other = _proven(model, last.values, found.values)
        if other.objective <= made.objective:
            made = other
        if made.objective - least <= limits.gap * made.objective:
            break
    bound = min(least, made.objective)
    is_near = made.objective - bound <= limits.gap * made.objective
    ending = Ending.WITHIN_GAP if is_near else Ending.STOPPED
    return msgspec.structs.replace(made, ending=ending, bound=bound)


def _near(asked: Question, found: Solution) -> Question:
    """Let each tour be made as often as in the relaxed plan, rounded up or down."""
    columns, own = asked.columns, slice(0, asked.model.x)
    lower, upper = columns.lower.copy(), columns.upper.copy()
    lower[own] = np.floor(found.values[own] + MISSING_ABOVE)
    upper[own] = np.ceil(found.values[own] - MISSING_ABOVE)
    near = msgspec.structs.replace(columns, lower=lower, upper=upper)
    return msgspec.structs.replace(asked, columns=near)


def relaxed(model: Model, tell: Tell = tell_nobody) -> Plan:
    """Find what could be done if units could be divided; no plan is better."""
    if not model.x:
        return _proven(model, _nobody(model), _nobody(model))
    asked = Question(model=model, columns=columns_of(model), grid=grid_of(model))
    tell(Progress(stage="weights"))
    programme = _programme(asked, weights(model))
    found = programme.relaxed()
    tell(Progress(stage="priorities", bound=found.objective))
    _, found = _prove(asked, programme, found)
    return _proven(model, found.values, found.values)


def priorities(model: Model) -> IntArray:
    """Give the priority of each cell."""
    return np.asarray(model.demands.priority[model.cells.need])


def weights(model: Model, *, shortfall_only: bool = False) -> FloatArray:
    """Give what each column costs where weights stand for priorities."""
    cost = np.zeros(model.y.stop)
    levels, place = np.unique(priorities(model), return_inverse=True)
    steps = np.minimum(len(levels) - 1 - place, PRIORITY_STEPS_MAX - 1)
    cost[model.u] = PRIORITY_RATIO ** steps.astype(np.float64)
    if not shortfall_only:
        cost[model.y] = DEBT_WEIGHT
        cost[: model.x] = TOUR_WEIGHT
    return cost


def aims(model: Model) -> Iterator[FloatArray]:
    """Give the costs of each aim, in the order in which they matter."""
    of_cells = priorities(model)
    for level in np.unique(of_cells):
        cost = np.zeros(model.y.stop)
        cost[model.u] = of_cells == level
        yield cost
    for part in (model.y, slice(0, model.x)):
        cost = np.zeros(model.y.stop)
        cost[part] = 1.0
        yield cost


def missing_by_priority(model: Model, missing: FloatArray) -> dict[int, float]:
    """Add up what is missing of each priority."""
    of_cells = priorities(model)
    return {
        int(level): float(missing[of_cells == level].sum())
        for level in np.unique(of_cells)
    }


def _programme(asked: Question, cost: FloatArray) -> Programme:
    return Programme(msgspec.structs.replace(asked.columns, cost=cost), asked.grid)


def _prove(
    asked: Question, programme: Programme, found: Solution
) -> tuple[Question, Solution]:
    """Minimise each aim from what was found, and keep its optimal face."""
    programme.from_here()
    face = asked
    for cost in aims(asked.model):
        programme.price(cost)
        found = programme.relaxed()
        face, columns, rows = _narrowed(face, found)
        programme.bound_columns(
            columns, face.columns.lower[columns], face.columns.upper[columns]
        )
        programme.bound_rows(rows, face.grid.lower[rows], face.grid.upper[rows])
    return face, found


def _narrowed(
    face: Question, found: Solution
) -> tuple[
    Question,
    "np.ndarray[tuple[int], np.dtype[np.int32]]",
    "np.ndarray[tuple[int], np.dtype[np.int32]]",
]:
    """Keep what every optimum has in common, by complementary slackness."""
    columns, grid = face.columns, face.grid
    settled = np.abs(found.reduced) > PRICED
    lower, upper = _held(settled, found.values, columns.lower, columns.upper)
    tight = np.abs(found.prices) > PRICED
    least, most = _held(tight, found.rows, grid.lower, grid.upper)
    narrowed = Question(
        model=face.model,
        columns=msgspec.structs.replace(columns, lower=lower, upper=upper),
        grid=msgspec.structs.replace(grid, lower=least, upper=most),
    )
    return (
        narrowed,
        np.flatnonzero(settled).astype(np.int32),
        np.flatnonzero(tight).astype(np.int32),
    )


def _held(
    which: BoolArray, values: FloatArray, lower: FloatArray, upper: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Let some stay at the bound where they are."""
    nearer = np.where(np.abs(values - lower) <= np.abs(values - upper), lower, upper)
    return np.where(which, nearer, lower), np.where(which, nearer, upper)


def _whole_on_face(face: Question, found: Solution, limits: Limits) -> Solution | None:
    """Search the face for whole tours, near the relaxed ones first."""
    x = found.values[: face.model.x]
    seconds = min(limits.seconds, FACE_SECONDS)
    kept = np.flatnonzero(is_whole_each(x) & (x > 0.5))  # noqa: PLR2004 - at least one
    lower, upper = face.columns.lower.copy(), face.columns.upper.copy()
    lower[kept] = upper[kept] = np.rint(x[kept])
    near = msgspec.structs.replace(face.columns, lower=lower, upper=upper)
    nothing = np.zeros(len(lower))
    for columns in (near, face.columns):
        narrowed = msgspec.structs.replace(face, columns=columns)
        try:
            return _programme(narrowed, nothing).whole(Limits(seconds=seconds))
        except (SolverFailedError, UnavailableError):
            continue
    return None


def is_whole_each(values: FloatArray) -> BoolArray:
    """Tell which values are whole numbers."""
    return np.asarray(np.abs(values - np.rint(values)) <= MISSING_ABOVE)


def _nobody(model: Model) -> FloatArray:
    values = np.zeros(model.y.stop)
    values[model.u] = model.cells.amount
    return values


def _cost(model: Model, values: FloatArray) -> float:
    return float(weights(model) @ values)


def _proven(model: Model, values: FloatArray, divided: FloatArray) -> Plan:
    """Take values that the solver found as a plan that nothing is better than."""
    x = values[: model.x]
    tours = np.where(is_whole_each(x), np.rint(x), np.maximum(x, 0.0))
    exact = np.concatenate([tours, *follows(model, tours)])
    cost = _cost(model, exact)
    return Plan(
        tours=tours,
        missing=_missing(exact[model.u]),
        debt=exact[model.y].reshape(len(model.classes), model.periods),
        ending=Ending.PROVEN,
        objective=cost,
        bound=cost,
        at_least=_missing(divided[model.u]),
    )


def _missing(values: FloatArray) -> FloatArray:
    return np.where(values > MISSING_ABOVE, values, 0.0)
