"""The solver: linear and integer programmes, given as sparse arrays to HiGHS.

- One thread and one seed, so that the same programme gives the same answer again.
- Every answer says how it ended: proven, within a stated gap, or stopped by time.
- A programme can be changed and solved again; it starts from where it was.

Source:
    Huangfu and Hall 2018, HiGHS; `highspy` is its own interface.
"""

from typing import Self

import highspy
import msgspec
import numpy as np
import numpy.typing as npt

from foedus.errors import FoedusError, UnavailableError
from foedus.planning.results import Ending

FloatArray = npt.NDArray[np.float64]
IndexArray = npt.NDArray[np.int32]
IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]

SEED = 1
"""Of the solver's own choices among equals."""

WHOLE_WITHIN = 1e-6
"""How near to a whole number a value is one; the solver's own tolerance."""


_PRIMAL = 4
"""The solver's number for walking from one feasible answer to better ones."""

_NO_ANSWER = frozenset(
    {
        highspy.HighsModelStatus.kUnbounded,
        highspy.HighsModelStatus.kInfeasible,
        highspy.HighsModelStatus.kUnboundedOrInfeasible,
    }
)


class SolverFailedError(FoedusError):
    """The solver ended without an answer to a question that has one."""

    slug = "solver"
    title = "The solver found no answer"


class Columns(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """The variables: what each costs, and between what it lies.

    Attributes:
        whole: which are whole numbers.
    """

    cost: FloatArray
    lower: FloatArray
    upper: FloatArray
    whole: BoolArray


class Rows(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """The constraints, row by row.

    Attributes:
        starts: where in the other arrays each row begins, and where the last ends.
        columns: the variables in a row, by place.
        values: with what each is multiplied.
        lower: what each row is at least; minus infinity for no bound.
        upper: what it is at most.
    """

    starts: IntArray
    columns: IndexArray
    values: FloatArray
    lower: FloatArray
    upper: FloatArray

    @property
    def count(self) -> int:
        """How many rows there are."""
        return len(self.lower)


class Grid(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """The constraints, column by column; else as `Rows`.

    Attributes:
        starts: where in the other arrays each column begins, and where the last ends.
        rows: the constraints that a variable is in, by place.
    """

    starts: IntArray
    rows: IndexArray
    values: FloatArray
    lower: FloatArray
    upper: FloatArray

    @property
    def count(self) -> int:
        """How many rows there are."""
        return len(self.lower)


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """When a search may end.

    Attributes:
        gap: the relative distance between what was found and what is possible.
        seconds: how long one search may take.
    """

    gap: float = 0.0
    seconds: float = float("inf")


class Solution(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """What the solver found.

    Attributes:
        objective: what the values cost.
        bound: what nothing can cost less than.
        values: one a column.
        rows: what each row adds up to.
        prices: one a row: what one more of its bound costs; none for whole numbers.
        reduced: one a column, likewise.
    """

    ending: Ending
    objective: float
    bound: float
    values: FloatArray
    rows: FloatArray
    prices: FloatArray
    reduced: FloatArray

    @property
    def gap(self) -> float:
        """The relative distance between what was found and what is possible."""
        return abs(self.objective - self.bound) / max(abs(self.objective), 1e-9)


class Programme:
    """A programme that is minimised; rows and bounds may change between solutions."""

    def __init__(self, columns: Columns, rows: Rows | Grid | None = None) -> None:
        self._highs = _solver()
        for name, value in (
            ("output_flag", False),
            ("threads", 1),
            ("random_seed", SEED),
        ):
            self._highs.setOptionValue(name, value)
        self._whole = columns.whole
        self._asks_whole = False
        self._pass(columns, rows or no_rows())

    def _pass(self, columns: Columns, rows: Rows | Grid) -> None:
        lp = highspy.HighsLp()
        lp.num_col_, lp.num_row_ = len(columns.cost), rows.count
        lp.col_cost_ = columns.cost
        lp.col_lower_, lp.col_upper_ = columns.lower, columns.upper
        lp.row_lower_, lp.row_upper_ = rows.lower, rows.upper
        if isinstance(rows, Grid):
            lp.a_matrix_.format_ = highspy.MatrixFormat.kColwise
            lp.a_matrix_.index_ = rows.rows
        else:
            lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
            lp.a_matrix_.index_ = rows.columns
        lp.a_matrix_.num_col_, lp.a_matrix_.num_row_ = lp.num_col_, lp.num_row_
        lp.a_matrix_.start_ = rows.starts.astype(np.int32)
        lp.a_matrix_.value_ = rows.values
        _agreed(self._highs.passModel(lp))

    def set_precision(self, tolerance: float) -> Self:
        """Ask for a finer tolerance than a millionth."""
        for name in ("primal_feasibility_tolerance", "dual_feasibility_tolerance"):
            self._highs.setOptionValue(name, tolerance)
        return self

    def add(self, rows: Rows) -> None:
        """Add constraints."""
        _agreed(
            self._highs.addRows(
                rows.count,
                rows.lower,
                rows.upper,
                len(rows.values),
                rows.starts[:-1].astype(np.int32),
                rows.columns,
                rows.values,
            )
        )

    def bound_columns(
        self, places: IndexArray, lower: FloatArray, upper: FloatArray
    ) -> None:
        """Change between what some variables lie."""
        _agreed(self._highs.changeColsBounds(len(places), places, lower, upper))

    def bound_rows(
        self, places: IndexArray, lower: FloatArray, upper: FloatArray
    ) -> None:
        """Change between what some constraints lie."""
        change = self._highs.changeRowsBounds  # type: ignore[attr-defined] # not in its stub
        _agreed(change(len(places), places, lower, upper))

    def price(self, cost: FloatArray) -> None:
        """Change what the variables cost."""
        places = np.arange(len(cost), dtype=np.int32)
        _agreed(self._highs.changeColsCost(len(cost), places, cost))

    def relaxed(self, limits: Limits | None = None) -> Solution:
        """Solve as if every variable could be any number."""
        self._ask(whole=False)
        return self._run(limits or Limits(), whole=False)

    def whole(self, limits: Limits | None = None) -> Solution:
        """Solve with whole numbers where they are asked for."""
        self._ask(whole=True)
        return self._run(limits or Limits(), whole=True)

    def solve(self, limits: Limits | None = None) -> Solution:
        """Solve; with whole numbers only where the relaxed answer has broken ones.

        A relaxed optimum that happens to be whole is the optimum, and is found many
        times faster.
        """
        found = self.relaxed(limits)
        if is_whole(found.values[self._whole]):
            return found
        return self.whole(limits)

    def from_here(self) -> None:
        """Let what follows start at the last answer, which stays feasible."""
        self._highs.setOptionValue("simplex_strategy", _PRIMAL)

    def inside(self) -> None:
        """Let what follows be solved from within, where only its value matters.

        A programme in which one number scales everything has very many equal corners;
        walking along them takes ten times as long.
        """
        self._highs.setOptionValue("solver", "ipm")
        self._highs.setOptionValue("run_crossover", "off")

    def _ask(self, *, whole: bool) -> None:
        if whole is self._asks_whole:
            return  # to say it again would forget where the solver was
        kinds = np.where(
            self._whole & whole,
            int(highspy.HighsVarType.kInteger),
            int(highspy.HighsVarType.kContinuous),
        ).astype(np.uint8)
        places = np.arange(len(kinds), dtype=np.int32)
        _agreed(self._highs.changeColsIntegrality(len(kinds), places, kinds))
        self._asks_whole = whole

    def _run(self, limits: Limits, *, whole: bool) -> Solution:
        # The clock of linear programmes goes on from run to run.
        before = 0.0 if whole else self._highs.getRunTime()
        self._highs.setOptionValue("time_limit", before + limits.seconds)
        self._highs.setOptionValue("mip_rel_gap", limits.gap)
        _agreed(self._highs.run())
        status = self._highs.getModelStatus()
        info = self._highs.getInfo()
        feasible = info.primal_solution_status == 2  # noqa: PLR2004 - highspy's own
        if not feasible or status in _NO_ANSWER:
            name = self._highs.modelStatusToString(status)
            if status == highspy.HighsModelStatus.kTimeLimit:
                raise UnavailableError(
                    "time was up before any answer; allow more seconds",
                    retry_after_s=1,
                )
            raise SolverFailedError(f"the solver ended with {name!r} and no answer")
        return self._solution(status, whole=whole)

    def _solution(self, status: highspy.HighsModelStatus, *, whole: bool) -> Solution:
        info = self._highs.getInfo()
        found = self._highs.getSolution()
        objective = float(info.objective_function_value)
        bound = float(info.mip_dual_bound) if whole else objective
        done = status == highspy.HighsModelStatus.kOptimal
        ending = Ending.PROVEN if done else Ending.STOPPED
        if done and whole and abs(objective - bound) > 1e-6 * max(1.0, abs(objective)):
            ending = Ending.WITHIN_GAP
        nothing = np.zeros(0)
        return Solution(
            ending=ending,
            objective=objective,
            bound=bound if done or whole else float("-inf"),
            values=np.array(found.col_value),
            rows=np.array(found.row_value),
            prices=nothing if whole else np.array(found.row_dual),
            reduced=nothing if whole else np.array(found.col_dual),
        )


def version() -> str:
    """Give the solver's version, which is part of every record."""
    return str(_solver().version())


def is_whole(values: FloatArray) -> bool:
    """Tell whether all values are whole numbers, within the solver's tolerance."""
    if not len(values):
        return True
    return bool(np.abs(values - np.rint(values)).max() <= WHOLE_WITHIN)


def no_rows() -> Rows:
    """Give no constraints at all."""
    nothing = np.zeros(0)
    return Rows(
        starts=np.zeros(1, dtype=np.int64),
        columns=np.zeros(0, dtype=np.int32),
        values=nothing,
        lower=nothing,
        upper=nothing,
    )


def dense_rows(matrix: FloatArray, lower: FloatArray, upper: FloatArray) -> Rows:
    """Give constraints that are written out in full, without their zeros."""
    places, columns = np.nonzero(matrix)
    counts = np.bincount(places, minlength=len(matrix))
    return Rows(
        starts=np.concatenate([[0], np.cumsum(counts)]).astype(np.int64),
        columns=columns.astype(np.int32),
        values=matrix[places, columns],
        lower=lower,
        upper=upper,
    )


def _agreed(status: highspy.HighsStatus) -> None:
    assert status != highspy.HighsStatus.kError, "the arrays fit one another"


def _solver() -> highspy.Highs:
    return highspy.Highs()  # type: ignore[no-untyped-call] # it says so itself
