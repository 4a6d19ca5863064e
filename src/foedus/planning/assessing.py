"""The verb of assessing: read in a thread, solve in processes, tell.

Nothing is written. The event loop waits for neither: views are read and everything is
told in a thread, and what needs a solver is given to whoever solves.
"""

import asyncio
from collections.abc import Callable
from typing import Protocol

import msgspec

from foedus.errors import RateLimitedError, TooLargeError, UnavailableError
from foedus.intel.reading import IntelReading
from foedus.planning.asks import AskCoverage
from foedus.planning.cases import Asked
from foedus.planning.commands import Solver
from foedus.planning.dossier import Dossier, Draft, draft, finished
from foedus.planning.dossier_coverage import CoverageChange, with_plans
from foedus.planning.dossier_orders import Four, Orders, orders_with_plans
from foedus.planning.forces import Situation, digest
from foedus.planning.results import Coverage
from foedus.planning.turns import Turns
from foedus.releasability.join import FixedLabel
from foedus.releasability.viewers import Viewer


class Desk(Protocol):
    """What assessing works with; a hub is one."""

    @property
    def reading(self) -> IntelReading:
        """The views."""
        ...

    @property
    def dossiers(self) -> Turns:
        """Whose turn it is to read for a dossier."""
        ...

    @property
    def workers(self) -> Solver:
        """What solves."""
        ...


class Assessed(msgspec.Struct, frozen=True, kw_only=True):
    """A dossier, and its label as it is fixed, for pages that join labels."""

    dossier: Dossier
    label: FixedLabel


async def assess(desk: Desk, viewer: Viewer, asked: Asked) -> Assessed:
    """Assess what changes if a nation becomes what is asked about.

    Where there is no plan since too much waits already, or it would take too long,
    the dossier says so, and is whole but for that.

    Raises:
        NotFoundError: the alliance knows no such nation.
        InvalidInputError: there is no such status or framework; the detail lists what
            is possible.
        RuleViolationError: the nation has it already, or cannot; likewise.
        RateLimitedError: too many dossiers of the reader's nation wait already.
    """

    def read() -> Draft:
        with desk.reading.snapshot() as seen:
            return draft(seen, viewer, asked)

    async with desk.dossiers.turn(viewer.nation):
        made = await _to_its_end(read)
    solving = _Solving(desk.workers, viewer)
    coverage = await _solved(solving, made)
    orders = await _solved_in_orders(solving, made)
    dossier = await asyncio.to_thread(finished, made, coverage, orders)
    return Assessed(dossier=dossier, label=made.label)


async def _to_its_end(read: Callable[[], Draft]) -> Draft:
    """Read in a thread, which goes on when nobody waits any more: so does its turn."""
    reading = asyncio.ensure_future(asyncio.to_thread(read))
    try:
        return await asyncio.shield(reading)
    except asyncio.CancelledError:
        await asyncio.wait({reading})
        reading.exception()  # looked at, or the loop would tell the log of it
        raise


class _Solving:
    """Has situations planned one after another, and equal ones once."""

    def __init__(self, solver: Solver, viewer: Viewer) -> None:
        self._solver = solver
        self._nation = viewer.nation
        self._known: dict[str, Coverage] = {}

    async def plan(self, situation: Situation) -> Coverage:
        """Give the plan of a situation."""
        name = digest(situation)
        if name not in self._known:
            ask = AskCoverage(situation=situation)
            self._known[name] = await self._solver.run(
                ask, Coverage, nation=self._nation
            )
        return self._known[name]


async def _solved(solving: _Solving, made: Draft) -> CoverageChange:
    pair = made.pair
    if not pair.is_solved:
        return with_plans(pair, None, None)
    try:
        without = await solving.plan(pair.without)
        with_it = await solving.plan(pair.with_it)
    except (RateLimitedError, TooLargeError, UnavailableError) as error:
        return with_plans(pair, None, None, why_none=error.detail)
    return with_plans(pair, without, with_it)


async def _solved_in_orders(solving: _Solving, made: Draft) -> Orders | None:
    orders = made.orders
    if orders is None:
        return None
    if orders.situations is None:
        return orders_with_plans(orders, None)
    try:
        plans = [await solving.plan(each) for each in orders.situations.listed()]
    except (RateLimitedError, TooLargeError, UnavailableError) as error:
        return orders_with_plans(orders, None, why_none=error.detail)
    none, it, others, every = plans
    found = Four(none=none, it=it, others=others, all=every)
    return orders_with_plans(orders, found)
