"""By how much everything that is asked for could grow before something gives way.

All demands are multiplied by one number, and the largest that can be met is found. What
nobody can fill is taken out first: else one demand that can never be met would make
every headroom nought. Units may be divided, so the number is at most what is possible.

Source:
    Reference on planning, section 2.1: headroom over demands that are feasible at all.
"""

from collections.abc import Iterable

import msgspec
import numpy as np

from foedus.planning.coverage_model import Model, columns_of, grid_of
from foedus.planning.games import FloatArray
from foedus.planning.results import Headroom
from foedus.planning.solver import Columns, Programme

NOTHING_BELOW = 1e-9
"""An amount below this is nothing."""


class Room(msgspec.Struct, frozen=True, kw_only=True):
    """How often the demands of one type could be met."""

    type: str
    at_goal: float
    at_red_line: float


def room_of(kind: str, model: Model, nobody: FloatArray) -> Room | None:
    """Find how often the demands of one type could be met; None if there are none.

    Args:
        kind: the type.
        model: its part of the situation.
        nobody: how much of each cell nobody can fill.
    """
    wanted = np.maximum(model.cells.amount - nobody, 0.0)
    if not model.x or wanted.sum() <= NOTHING_BELOW:
        return None
    return Room(
        type=kind,
        at_goal=_times(model, wanted, goal=True),
        at_red_line=_times(model, wanted, goal=False),
    )


def headroom(rooms: Iterable[Room | None]) -> Headroom:
    """Take the type that gives way first for the whole."""
    found: list[Room] = [each for each in rooms if each is not None]
    if not found:
        return Headroom(times=None, at_red_line=None, type=None)
    least = min(found, key=lambda each: each.at_goal)
    return Headroom(
        times=least.at_goal,
        at_red_line=min(each.at_red_line for each in found),
        type=least.type,
    )


def _times(model: Model, wanted: FloatArray, *, goal: bool) -> float:
    """Maximise the number by which all demands are multiplied."""
    cells, width = len(wanted), model.x + 1
    columns, grid = columns_of(model), grid_of(model)
    own = slice(0, int(grid.starts[model.x]))
    upper = grid.upper.copy()
    if not goal:
        upper[cells : cells + len(model.classes) * model.periods] = np.inf
    asked = np.flatnonzero(wanted > NOTHING_BELOW)
    cost = np.zeros(width)
    cost[-1] = -1.0
    programme = Programme(
        Columns(
            cost=cost,
            lower=np.zeros(width),
            upper=np.append(columns.upper[: model.x], np.inf),
            whole=np.zeros(width, dtype=np.bool_),
        ),
        msgspec.structs.replace(
            grid,
            starts=np.append(
                grid.starts[: model.x + 1], grid.starts[model.x] + len(asked)
            ),
            rows=np.concatenate([grid.rows[own], asked]).astype(np.int32),
            values=np.concatenate([grid.values[own], -wanted[asked]]),
            lower=np.where(np.arange(len(upper)) < cells, 0.0, -np.inf),
            upper=upper,
        ),
    )
    programme.inside()
    return max(0.0, -programme.relaxed().objective)
