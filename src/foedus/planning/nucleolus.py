"""The nucleolus: the shares under which the worst treated coalitions fare best.

It makes the smallest saving of any coalition as large as possible, then the second
smallest, and so on. Each step is a linear programme:

- maximise the saving t that every coalition still open has at least;
- a coalition is fixed only if its dual price is positive: by complementary slackness it
  is then tight in *every* optimum, so degenerate optima decide nothing by accident;
- a coalition whose members' sum is settled by the fixed ones is no longer open.

Each step settles at least one dimension, so there are at most n - 1. Rows are added
when they are violated, so that a million coalitions make a small programme. At the
end shares and savings are solved once more from the fixed coalitions' own costs, so
that the steps' rounding does not add up.

Source:
    Schmeidler 1969; Maschler, Peleg and Shapley 1979; airports: Littlechild 1974.
"""

import numpy as np

from foedus.planning.games import (
    AirportGame,
    BoolArray,
    FloatArray,
    Game,
    IntArray,
    coalition_sums,
)
from foedus.planning.solver import (
    Columns,
    Programme,
    Rows,
    SolverFailedError,
    dense_rows,
)

FINE = 1e-10
"""The solver's tolerance, for costs of at most 1."""

VIOLATED_BY = 1e-9
"""Of costs of at most 1: what counts as a coalition that saves less than t."""

PRICED = 1e-7
"""A dual price above this is positive. Prices of a step add up to 1."""

SETTLED = 1e-8
"""Squared distance below which a coalition is in the span of the fixed ones."""

ROWS_A_ROUND = 64
"""Violated coalitions added at once."""

ROUNDS_MAX = 500
"""Rounds of one step; tens are usual."""


def nucleolus(game: Game) -> FloatArray:
    """Find the nucleolus; the shares add up to the total.

    Raises:
        SolverFailedError: the linear programmes do not come to an end.
    """
    if isinstance(game, AirportGame):
        return _of_airport(game.needs)
    if game.n == 1:
        return game.cost[1:].copy()
    # Taking out what everybody pays alone shifts the shares and nothing else.
    saved = game.cost - coalition_sums(game.alone)
    scale = float(np.abs(saved).max())
    if scale == 0.0:
        return game.alone.copy()
    fixed = _Fixed(game.n)
    while fixed.rank < game.n:
        _settle_one_step(saved / scale, fixed)
    shares = fixed.solve(saved) + game.alone
    return np.asarray(shares + (game.total - shares.sum()) / game.n)


class _Fixed:
    """The coalitions whose saving is decided, and what their sums settle."""

    def __init__(self, n: int) -> None:
        everybody = (1 << n) - 1
        self.n = n
        self.places = [everybody]
        self.steps = [-1]  # the step at which each was fixed; everybody saves nothing
        self.step = 0
        self.savings: list[float] = []
        self.basis = np.full((1, n), 1 / np.sqrt(n))
        self.pivots = [0]

    @property
    def rank(self) -> int:
        """How many dimensions are settled."""
        return len(self.basis)

    def open(self) -> BoolArray:
        """Tell which coalitions' sums are not settled yet, by place."""
        distance = coalition_sums(np.ones(self.n))  # squared length: the members
        for direction in self.basis:
            distance -= np.square(coalition_sums(direction))
        return distance > SETTLED

    def add(self, places: IntArray, saving: float) -> None:
        """Fix coalitions at the saving of this step."""
        self.savings.append(saving)
        for place in places.tolist():
            row = members_of(np.array([place]), self.n)[0]
            self.places.append(place)
            self.steps.append(self.step)
            rest = row - self.basis.T @ (self.basis @ row)
            rest -= self.basis.T @ (self.basis @ rest)
            length = float(rest @ rest)
            if length > SETTLED:
                self.pivots.append(len(self.places) - 1)
                self.basis = np.vstack([self.basis, rest / np.sqrt(length)])
        self.step += 1

    def rows(self, cost: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Give the members of independent fixed coalitions, and what they pay."""
        places = np.array(self.places)[self.pivots]
        savings = np.array([0.0, *self.savings])[np.array(self.steps)[self.pivots] + 1]
        return members_of(places, self.n), cost[places] - savings

    def solve(self, cost: FloatArray) -> FloatArray:
        """Solve shares and savings together from the costs of what is fixed."""
        places, steps = np.array(self.places), np.array(self.steps)
        savings = (steps[:, None] == np.arange(self.step)).astype(np.float64)
        system = np.hstack([members_of(places, self.n), savings])
        found = np.linalg.lstsq(system, cost[places], rcond=None)[0]
        return np.asarray(found[: self.n])


def _settle_one_step(cost: FloatArray, fixed: _Fixed) -> None:
    """Make the smallest open saving as large as possible, and fix who has it."""
    still_open = fixed.open()
    programme = _programme(*fixed.rows(cost))
    singles = np.left_shift(1, np.arange(fixed.n, dtype=np.int64))
    first = np.unique(np.concatenate([singles, len(cost) - 1 - singles]))
    rows = known = first[still_open[first]]
    for _ in range(ROUNDS_MAX):
        programme.add(_at_most(members_of(rows, fixed.n), cost[rows]))
        found = programme.relaxed()
        shares, saving = found.values[:-1], float(found.values[-1])
        slack = cost - coalition_sums(shares) - saving
        slack[~still_open] = np.inf
        slack[known] = np.inf
        violated = np.flatnonzero(slack < -VIOLATED_BY)
        if not len(violated):
            prices = -found.prices[fixed.rank :]
            fixed.add(known[prices > PRICED], saving)
            return
        worst = np.argsort(slack[violated], kind="stable")[:ROWS_A_ROUND]
        rows = violated[worst]
        known = np.concatenate([known, rows])
    raise SolverFailedError("the nucleolus takes too many rounds; report this game")


def _programme(members: FloatArray, paid: FloatArray) -> Programme:
    """Ask for the largest saving t, given what some coalitions pay.

    The columns are the shares and t; as the solver minimises, t earns.
    """
    n = members.shape[1]
    free = np.full(n + 1, np.inf)
    earns = np.zeros(n + 1)
    earns[-1] = -1.0
    whole = np.zeros(n + 1, dtype=np.bool_)
    equal = np.hstack([members, np.zeros((len(members), 1))])
    columns = Columns(cost=earns, lower=-free, upper=free, whole=whole)
    return Programme(columns, dense_rows(equal, paid, paid)).set_precision(FINE)


def _at_most(members: FloatArray, cost: FloatArray) -> Rows:
    """Let coalitions pay at most their own cost, less t."""
    with_saving = np.hstack([members, np.ones((len(members), 1))])
    return dense_rows(with_saving, np.full(len(cost), -np.inf), cost)


def _of_airport(needs: FloatArray) -> FloatArray:
    """Let those with small needs pay equal parts as long as any group can bear.

    Of the players left, sorted by need, the first k with what they need together at
    most, shared by one more than k, bear least; they pay that, and the rest go on.
    """
    order = np.argsort(needs, kind="stable")
    left = needs[order].copy()
    paid = np.zeros_like(left)
    start = 0
    while start < len(left):
        parts = np.arange(2, len(left) - start + 2)
        parts[-1] -= 1  # everybody together is no alternative: the last piece is all
        burdens = left[start:] / parts
        group = int(np.flatnonzero(burdens <= burdens.min() * (1 + 1e-12))[-1]) + 1
        paid[start : start + group] = burdens.min()
        left[start + group :] -= group * burdens.min()
        start += group
    paid[-1] += needs.max() - paid.sum()
    shares = np.empty_like(needs)
    shares[order] = paid
    return shares


def members_of(places: IntArray, n: int) -> FloatArray:
    """Give one row a coalition, with 1 where a player is in it."""
    return ((places[:, None] >> np.arange(n)) & 1).astype(np.float64)
