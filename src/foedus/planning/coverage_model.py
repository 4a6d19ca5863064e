"""The linear programme of a plan, built as sparse arrays.

Columns, in this order:

- x: how many units of a class begin a tour for a need in a period (whole numbers);
- u: what is missing of a need in a period;
- y: how many units of a class are at home for less than the goal in a period.

Rows, in this order:

- demand: what is there and what is missing make up the need, for each period of it;
- goal: units on tour or at home up to the goal are as many as there are, and y;
- red line: units on tour or at home up to the red line are as many as there are.

Source:
    The rotation accounting of RAND 2005 and CBO; classes as in `classes`.
"""

import msgspec
import numpy as np

from foedus.planning.classes import (
    Demands,
    Pairs,
    UnitClass,
    demands_of,
    grouped,
    there,
)
from foedus.planning.forces import Situation
from foedus.planning.games import BoolArray, FloatArray, IntArray
from foedus.planning.solver import Columns, Grid


class Tours(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """Every tour that can be planned; one entry a column x.

    Attributes:
        group: the class, by place.
        need: the need, by place.
        start: the first period, counted from 0.
        end: the last period; earlier than a full tour where the commitment ends.
        strength: how much of the need one unit fills.
    """

    group: IntArray
    need: IntArray
    start: IntArray
    end: IntArray
    strength: FloatArray


class Cells(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """Every need in every period of it; one entry a demand row and a column u.

    Attributes:
        need: by place.
        period: counted from 0.
        amount: how much is needed.
        first: of each need, its first cell.
    """

    need: IntArray
    period: IntArray
    amount: FloatArray
    first: IntArray


class Model(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """A situation as arrays.

    Attributes:
        counts: how many units each class has.
        there: in which periods a class is there; a row a class.
    """

    situation: Situation
    classes: tuple[UnitClass, ...]
    counts: FloatArray
    there: BoolArray
    demands: Demands
    tours: Tours
    cells: Cells

    @property
    def periods(self) -> int:
        """How many periods there are."""
        return self.situation.periods

    @property
    def x(self) -> int:
        """How many columns x there are."""
        return len(self.tours.group)

    @property
    def u(self) -> slice:
        """The columns u."""
        return slice(self.x, self.x + len(self.cells.need))

    @property
    def y(self) -> slice:
        """The columns y."""
        return slice(self.u.stop, self.u.stop + len(self.classes) * self.periods)

    def counts_of(self, nation: str) -> FloatArray:
        """Tell how many units of each class are of a nation."""
        return np.array(
            [
                sum(unit.nation == nation for unit in each.units)
                for each in self.classes
            ],
            dtype=np.float64,
        )


def build(situation: Situation) -> Model:
    """Make the arrays of a situation."""
    demands = demands_of(situation)
    classes, pairs = grouped(situation, demands)
    present = there(situation, classes)
    return Model(
        situation=situation,
        classes=classes,
        counts=np.array([len(each.units) for each in classes], dtype=np.float64),
        there=present,
        demands=demands,
        tours=_tours(situation, classes, pairs, present),
        cells=_cells(demands),
    )


def _tours(
    situation: Situation,
    classes: tuple[UnitClass, ...],
    pairs: Pairs,
    present: BoolArray,
) -> Tours:
    lengths = pairs.last - pairs.first + 1
    pair = np.repeat(np.arange(len(lengths)), lengths)
    start = pairs.first[pair] + ranges(lengths)
    group = pairs.group[pair]
    tour = np.array([each.rotation.tour for each in classes], dtype=np.int64)
    end = np.minimum(start + tour[group] - 1, pairs.last[pair])
    away = np.zeros((len(classes), situation.periods + 1), dtype=np.int64)
    np.cumsum(~present, axis=1, out=away[:, 1:])
    kept = away[group, end + 1] == away[group, start]
    strength = np.array([each.strength for each in classes])
    return Tours(
        group=group[kept],
        need=pairs.need[pair][kept],
        start=start[kept],
        end=end[kept],
        strength=strength[group[kept]] if len(classes) else np.zeros(0),
    )


def _cells(demands: Demands) -> Cells:
    lengths = demands.last - demands.first + 1
    need = np.repeat(np.arange(len(lengths)), lengths)
    return Cells(
        need=need,
        period=demands.first[need] + ranges(lengths),
        amount=demands.amount[need],
        first=np.concatenate([[0], np.cumsum(lengths)[:-1]]).astype(np.int64),
    )


def columns_of(model: Model) -> Columns:
    """Give the columns; what they cost is said by each question."""
    width = model.y.stop
    upper = np.full(width, np.inf)
    upper[: model.x] = model.counts[model.tours.group]
    upper[model.u] = model.cells.amount
    whole = np.zeros(width, dtype=np.bool_)
    whole[: model.x] = True
    return Columns(
        cost=np.zeros(width), lower=np.zeros(width), upper=upper, whole=whole
    )


def grid_of(model: Model) -> Grid:
    """Give the constraints, column by column."""
    cells, groups = len(model.cells.need), len(model.classes) * model.periods
    blocks = _blocks_of_tours(model, cells, groups)
    ones = np.arange(cells), np.ones(cells, dtype=np.int64), np.ones(cells)
    debts = cells + np.arange(groups), np.ones(groups, dtype=np.int64), -np.ones(groups)
    begins, lengths, values = (
        np.concatenate([np.ravel(part) for part in parts])
        for parts in zip(blocks, ones, debts, strict=True)
    )
    entries = np.concatenate(
        [
            np.add.reduceat(lengths[: 3 * model.x], np.arange(0, 3 * model.x, 3))
            if model.x
            else np.zeros(0, dtype=np.int64),
            lengths[3 * model.x :],
        ]
    )
    have = np.repeat(model.counts, model.periods)
    return Grid(
        starts=np.concatenate([[0], np.cumsum(entries)]).astype(np.int64),
        rows=(np.repeat(begins, lengths) + ranges(lengths)).astype(np.int32),
        values=np.repeat(values, lengths),
        lower=np.concatenate([model.cells.amount, np.full(2 * groups, -np.inf)]),
        upper=np.concatenate([np.full(cells, np.inf), have, have]),
    )


def follows(model: Model, tours: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Give what is missing, and what is lacking at home, if these tours are made.

    Returns:
        The columns u, and the columns y.
    """
    sums = _sums(model, tours)
    cells, groups = len(model.cells.need), len(model.classes) * model.periods
    missing = np.maximum(0.0, model.cells.amount - sums[:cells])
    used = sums[cells : cells + groups]
    return missing, np.maximum(0.0, used - np.repeat(model.counts, model.periods))


def red_line_used(model: Model, tours: FloatArray) -> FloatArray:
    """Give how many of a class are on tour or at rest up to the red line.

    Returns:
        One number a class and period, as the columns y.
    """
    groups = len(model.classes) * model.periods
    return _sums(model, tours)[len(model.cells.need) + groups :]


def _sums(model: Model, tours: FloatArray) -> FloatArray:
    """Add up every row over the columns x."""
    grid = grid_of(model)
    lengths = np.diff(grid.starts[: model.x + 1])
    entries = slice(0, int(grid.starts[model.x]))
    each = np.repeat(tours, lengths) * grid.values[entries]
    sums = np.zeros(grid.count)
    np.add.at(sums, grid.rows[entries], each)
    return sums


def _blocks_of_tours(
    model: Model, cells: int, groups: int
) -> tuple[IntArray, IntArray, FloatArray]:
    """Give three runs of rows for each tour: what it fills, and what it takes up.

    Returns:
        Where each run begins, how long it is, and what stands in it; a row a tour.
    """
    tours, last = model.tours, model.periods - 1
    rotations = [each.rotation for each in model.classes]
    home = np.array([each.home for each in rotations], dtype=np.int64)[tours.group]
    least = np.array([each.home_least for each in rotations], dtype=np.int64)
    filled = model.cells.first[tours.need] + tours.start
    filled = filled - model.demands.first[tours.need]
    own = tours.group * model.periods + tours.start
    to_goal = np.minimum(tours.end + home, last) - tours.start + 1
    to_red_line = np.minimum(tours.end + least[tours.group], last) - tours.start + 1
    begins = np.stack([filled, cells + own, cells + groups + own], axis=1)
    lengths = np.stack([tours.end - tours.start + 1, to_goal, to_red_line], axis=1)
    ones = np.ones_like(tours.strength)
    return begins, lengths, np.stack([tours.strength, ones, ones], axis=1)


def ranges(lengths: IntArray) -> IntArray:
    """Count from 0 in every run of some lengths, one run after another."""
    ends = np.cumsum(lengths)
    total = int(ends[-1]) if len(ends) else 0
    return np.arange(total) - np.repeat(ends - lengths, lengths)
