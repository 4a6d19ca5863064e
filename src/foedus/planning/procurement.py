"""Buying together: what a longer series saves, and what special wishes cost.

- The n-th piece costs `first_unit` times n to the power b, b = log2(learning rate):
  each doubling of the series makes a piece cheaper by the same rate.
- A coalition buys one series of what it wants, pays the fixed cost once, and a penalty
  for each further variant. It may also split into several series, if that is cheaper.

Source:
    Wright 1936, Factors affecting the cost of airplanes.
"""

import math

import msgspec
import numpy as np

from foedus.errors import InvalidInputError
from foedus.planning.games import (
    BoolArray,
    CostGame,
    FloatArray,
    IntArray,
    check_players,
    from_function,
)

SERIES_EXACT = 256
"""Pieces that are added up one by one; beyond, a formula is as exact."""


PURCHASE_PLAYERS_MAX = 14
"""Nations that buy together: five million ways in which groups may split."""


class Curve(msgspec.Struct, frozen=True, kw_only=True):
    """How a piece becomes cheaper.

    Attributes:
        first_unit: what the first piece costs.
        learning_rate: what the 2n-th piece costs, of the n-th; 1 for no learning.

    Raises:
        InvalidInputError: a cost below zero, or a rate beyond one half to one.
    """

    first_unit: float
    learning_rate: float

    def __post_init__(self) -> None:
        if self.first_unit < 0:
            raise InvalidInputError("first_unit: a piece costs at least nothing")
        if not 0.5 < self.learning_rate <= 1:  # noqa: PLR2004 - else more cost less
            raise InvalidInputError(
                "learning_rate: above 0.5 and at most 1, such as 0.85"
            )

    @property
    def exponent(self) -> float:
        """The power of the number of a piece; at most zero."""
        return math.log2(self.learning_rate)


class Purchase(msgspec.Struct, frozen=True, kw_only=True):
    """What nations want to buy together.

    Attributes:
        players: the nations.
        quantities: how many pieces each wants.
        variants: which version each wants; the same text is the same version.
        fixed: what one series costs before its first piece.
        per_variant: what each version after the first costs in one series.
    """

    players: tuple[str, ...]
    quantities: tuple[float, ...]
    curve: Curve
    variants: tuple[str, ...] = ()
    fixed: float = 0.0
    per_variant: float = 0.0


def unit_cost(curve: Curve, number: float) -> float:
    """Give what the piece of a number costs, from 1."""
    return float(curve.first_unit * number**curve.exponent)


def series_cost(curve: Curve, quantities: FloatArray) -> FloatArray:
    """Give what series of so many pieces cost; a broken piece costs its part.

    Beyond some hundred pieces the sum is taken by the Euler-Maclaurin formula, whose
    error there is below a billionth.
    """
    power = curve.exponent
    first: FloatArray = np.arange(1, SERIES_EXACT + 1, dtype=np.float64) ** power
    sums = np.concatenate([[0.0], np.cumsum(first)])
    whole = np.floor(quantities)
    short = np.minimum(whole, SERIES_EXACT).astype(np.int64)
    total = sums[short] + _tail(np.maximum(whole, SERIES_EXACT), power)
    broken = (quantities - whole) * (whole + 1) ** power
    return np.asarray(curve.first_unit * (total + broken))


def _tail(last: FloatArray, power: float) -> FloatArray:
    """Add up n^power from after the exact part to `last`."""

    def below(n: FloatArray | float) -> FloatArray:
        flow = np.log(n) if power == -1 else np.power(n, power + 1) / (power + 1)
        return np.asarray(
            flow + np.power(n, power) / 2 + power * np.power(n, power - 1) / 12
        )

    return np.asarray(below(last) - below(float(SERIES_EXACT)))


def joint_cost(
    quantities: FloatArray, curve: Curve, fixed: float, members: BoolArray
) -> FloatArray:
    """Give what coalitions pay for one series of all that they want.

    Args:
        quantities: what each player wants.
        curve: how a piece becomes cheaper.
        fixed: what a series costs before its first piece.
        members: one row a coalition.
    """
    wanted = members @ quantities
    return series_cost(curve, wanted) + fixed * (wanted > 0)


def purchase_game(purchase: Purchase) -> CostGame:
    """Make the cost game of a purchase; coalitions split where that is cheaper.

    With versions the core may be empty: then nobody can share the cost so that no
    group would rather buy alone.

    Raises:
        InvalidInputError: the lists do not fit one another.
        TooLargeError: there are too many players.
    """
    n = len(purchase.players)
    check_players(purchase.players, at_most=PURCHASE_PLAYERS_MAX)
    variants = purchase.variants or ("",) * n
    if not len(purchase.quantities) == len(variants) == n:
        raise InvalidInputError("give each player one quantity and one version")
    if n and min(purchase.quantities) < 0:
        raise InvalidInputError("a quantity is at least zero")
    quantities = np.array(purchase.quantities)
    kinds = [[name == kind for name in variants] for kind in dict.fromkeys(variants)]

    def together(members: BoolArray) -> FloatArray:
        buying = members & (quantities > 0)
        versions: FloatArray = np.zeros(len(members))
        for kind in kinds:
            versions += np.any(buying & np.array(kind), axis=1)
        extra = np.maximum(versions - 1, 0) * purchase.per_variant
        series = joint_cost(quantities, purchase.curve, purchase.fixed, members)
        return np.asarray(series + extra)

    game = from_function(purchase.players, together)
    return CostGame(players=game.players, cost=cheapest_split(game.cost))


def cheapest_split(cost: FloatArray) -> FloatArray:
    """Let every coalition split into parts where these cost less together.

    It takes 3^n steps, vectorised by the first part's partner.
    """
    best = cost.copy()
    for place in range(1, len(cost)):
        low = place & -place
        parts = _subsets(place ^ low)  # the part without its lowest member
        rest = best[parts] + best[place ^ parts]
        best[place] = min(best[place], float(rest.min()))
    return best


def _subsets(place: int) -> IntArray:
    """Give all parts of a coalition, nobody included."""
    found = np.zeros(1, dtype=np.int64)
    while place:
        bit = place & -place
        found = np.concatenate([found, found | bit])
        place ^= bit
    return found
