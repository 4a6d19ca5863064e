"""The verb of assessing: read in a thread, solve in processes, tell.

Nothing is written. The event loop waits for neither: views are read and everything is
told in a thread, and what needs a solver is given to whoever solves.
"""

import asyncio
from typing import Protocol

import msgspec

from foedus.errors import RateLimitedError, TooLargeError, UnavailableError
from foedus.intel.reading import IntelReading
from foedus.planning.asks import AskCoverage
from foedus.planning.cases import Asked
from foedus.planning.commands import Solver
from foedus.planning.dossier import Dossier, Draft, draft, finished
from foedus.planning.dossier_coverage import CoverageChange, with_plans
from foedus.planning.results import Coverage
from foedus.releasability.join import FixedLabel
from foedus.releasability.viewers import Viewer


class Desk(Protocol):
    """What assessing works with; a hub is one."""

    @property
    def reading(self) -> IntelReading:
        """The views."""
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
    """

    def read() -> Draft:
        with desk.reading.snapshot() as seen:
            return draft(seen, viewer, asked)

    made = await asyncio.to_thread(read)
    coverage = await _solved(desk, viewer, made)
    dossier = await asyncio.to_thread(finished, made, coverage)
    return Assessed(dossier=dossier, label=made.label)


async def _solved(desk: Desk, viewer: Viewer, made: Draft) -> CoverageChange:
    pair = made.pair
    if not pair.is_solved:
        return with_plans(pair, None, None)
    found = []
    for situation in (pair.without, pair.with_it):
        ask = AskCoverage(situation=situation)
        try:
            found.append(await desk.workers.run(ask, Coverage, nation=viewer.nation))
        except (RateLimitedError, TooLargeError, UnavailableError) as error:
            return with_plans(pair, None, None, why_none=error.detail)
    without, with_it = found
    return with_plans(pair, without, with_it)
