"""The solver: linear and integer programmes, given as sparse arrays to HiGHS.

- One thread and one seed, so that the same programme gives the same answer again.
- Every answer says how it ended: proven, within a stated gap, or stopped by time.
- A programme can be changed and solved again; it starts from where it was.

Source:
    Huangfu and Hall 2018, HiGHS; `highspy` is its own interface.
"""

from enum import StrEnum
from typing import Self

import highspy
import msgspec
import numpy as np
import numpy.typing as npt

from foedus.errors import FoedusError, UnavailableError

FloatArray = npt.NDArray[np.float64]
IndexArray = npt.NDArray[np.int32]
IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]

SEED = 1
"""Of the solver's own choices among equals."""

WHOLE_WITHIN = 1e-6
"""How near to a whole number a value is one; the solver's own tolerance."""


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


class Ending(StrEnum):
    """How a solution came about."""

    PROVEN = "proven"
    WITHIN_GAP = "within-gap"
    STOPPED = "stopped"


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
        prices: one a row: what one more of its bound costs; none for whole numbers.
        reduced: one a column, likewise.
    """

    ending: Ending
    objective: float
    bound: float
    values: FloatArray
    prices: FloatArray
    reduced: FloatArray

    @property
    def gap(self) -> float:
        """The relative distance between what was found and what is possible."""
        return abs(self.objective - self.bound) / max(abs(self.objective), 1e-9)


class Programme:
    """A programme that is minimised; rows and bounds may change between solutions."""

    def __init__(self, columns: Columns, rows: Rows | None = None) -> None:
        self._highs = _solver()
        for name, value in (
            ("output_flag", False),
            ("threads", 1),
            ("random_seed", SEED),
        ):
            self._highs.setOptionValue(name, value)
        self._whole = columns.whole
        self._pass(columns, rows or no_rows())

    def _pass(self, columns: Columns, rows: Rows) -> None:
        lp = highspy.HighsLp()
        lp.num_col_, lp.num_row_ = len(columns.cost), rows.count
        lp.col_cost_ = columns.cost
        lp.col_lower_, lp.col_upper_ = columns.lower, columns.upper
        lp.row_lower_, lp.row_upper_ = rows.lower, rows.upper
        lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        lp.a_matrix_.num_col_, lp.a_matrix_.num_row_ = lp.num_col_, lp.num_row_
        lp.a_matrix_.start_ = rows.starts.astype(np.int32)
        lp.a_matrix_.index_ = rows.columns
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

    def price(self, cost: FloatArray) -> None:
        """Change what the variables cost."""
        places = np.arange(len(cost), dtype=np.int32)
        _agreed(self._highs.changeColsCost(len(cost), places, cost))

    def relaxed(self, limits: Limits | None = None) -> Solution:
        """Solve as if every variable could be any number."""
        self._integrality(np.zeros_like(self._whole))
        return self._run(limits or Limits(), whole=False)

    def solve(self, limits: Limits | None = None) -> Solution:
        """Solve; with whole numbers only where the relaxed answer has broken ones.

        A relaxed optimum that happens to be whole is the optimum, and is found many
        times faster.
        """
        limits = limits or Limits()
        found = self.relaxed(limits)
        if is_whole(found.values[self._whole]):
            return found
        self._integrality(self._whole)
        return self._run(limits, whole=True)

    def _integrality(self, whole: BoolArray) -> None:
        kinds = np.where(
            whole,
            int(highspy.HighsVarType.kInteger),
            int(highspy.HighsVarType.kContinuous),
        ).astype(np.uint8)
        places = np.arange(len(whole), dtype=np.int32)
        _agreed(self._highs.changeColsIntegrality(len(whole), places, kinds))

    def _run(self, limits: Limits, *, whole: bool) -> Solution:
        self._highs.setOptionValue("time_limit", limits.seconds)
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
