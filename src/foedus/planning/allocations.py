"""Rules by which a joint cost is shared, and what each group thinks of the shares.

- Every rule gives shares in the order of the players, which add up to the total.
- Equal players pay equal shares under every rule.
- An allocation is *stable* if no coalition pays more than it would cost alone, that is
  if it lies in the core. Where the core is empty none is, and `epsilon` tells what the
  least dissatisfied way of sharing still asks above its own cost of some coalition.
"""

import math
from collections.abc import Callable

import msgspec
import numpy as np

from foedus.errors import InvalidInputError
from foedus.planning.games import (
    AirportGame,
    BoolArray,
    FloatArray,
    Game,
    coalition_sizes,
)
from foedus.planning.nucleolus import nucleolus

STABLE_WITHIN = 1e-9
"""Of the largest cost: what rounding may make a coalition seem to pay too much."""

SAMPLE_ORDERS = 2_000
"""Random orders of a sampled Shapley value: a standard error of about 2 %."""

SAMPLE_CELLS = 1_000_000
"""Numbers of a sample that are held at once."""


class Core(msgspec.Struct, frozen=True, kw_only=True):
    """Whether the total can be shared so that no coalition would do better alone.

    Attributes:
        empty: it cannot.
        epsilon: the least-core value: the smallest amount by which, under the best
            sharing, some coalition pays more than its own cost. Negative where every
            coalition can save something.
    """

    empty: bool
    epsilon: float


class CostShares(msgspec.Struct, frozen=True, kw_only=True):
    """A joint cost, shared by four rules.

    Attributes:
        stable: by the name of each rule, whether its shares are in the core.
    """

    shapley: list[float]
    nucleolus: list[float]
    scrb: list[float]
    proportional: list[float]
    core: Core
    stable: dict[str, bool]


class Sampled(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """Shares that were estimated, and how well.

    Attributes:
        errors: one standard error of each share.
    """

    shares: FloatArray
    errors: FloatArray


def share(game: Game) -> CostShares:
    """Share the cost of a game by every rule, and say what is stable."""
    best = nucleolus(game)
    found = {
        "shapley": shapley(game),
        "nucleolus": best,
        "scrb": scrb(game),
        "proportional": proportional(game),
    }
    within = STABLE_WITHIN * _largest(game)
    epsilon = game.worst_excess(best)
    listed = {name: (shares + 0.0).tolist() for name, shares in found.items()}
    return CostShares(
        **listed,
        core=Core(empty=epsilon > within, epsilon=epsilon),
        stable={
            name: game.worst_excess(shares) <= within for name, shares in found.items()
        },
    )


def shapley(game: Game) -> FloatArray:
    """Share by what each player adds on average, over all orders of joining.

    Source:
        Shapley 1953; for airports Littlechild and Owen 1973.
    """
    if isinstance(game, AirportGame):
        return _settled(_shapley_of_airport(game.needs), game.total)
    n = game.n
    sizes = coalition_sizes(n - 1)
    weights = np.array([1 / (n * math.comb(n - 1, size)) for size in range(n)])[sizes]
    shares = np.empty(n)
    for player in range(n):
        joined = game.cost.reshape(-1, 2, 1 << player)
        shares[player] = weights @ (joined[:, 1] - joined[:, 0]).reshape(-1)
    return _settled(shares, game.total)


def scrb(game: Game) -> FloatArray:
    """Share by separable costs and remaining benefits.

    Each player pays what it adds to the cost of all others (separable), and of what is
    left a part in proportion to what it still saves against acting alone. Where nobody
    saves anything, what is left is shared equally.

    Source:
        Federal Inter-Agency River Basin Committee 1950; Young 1994, section 5.
    """
    remaining = game.alone - game.marginal
    left = game.total - game.marginal.sum()
    return _settled(game.marginal + left * _parts(remaining, game), game.total)


def proportional(game: Game) -> FloatArray:
    """Share in proportion to what each player would pay alone.

    Where nobody would pay anything alone, all pay the same.
    """
    return _settled(game.total * _parts(game.alone, game), game.total)


def sampled_shapley(
    total: Callable[[BoolArray], FloatArray],
    n: int,
    *,
    seed: int,
    orders: int = SAMPLE_ORDERS,
) -> Sampled:
    """Estimate the Shapley value of more players than have a table.

    Args:
        total: gives the cost of coalitions, one row each.
        n: how many players there are.
        seed: makes the same orders again.
        orders: how many random orders of joining are looked at, each forwards and
            backwards, which halves the error and more where costs are concave.

    Raises:
        InvalidInputError: fewer than two orders tell nothing of the error.
    """
    if orders < 2:  # noqa: PLR2004 - a spread wants two
        raise InvalidInputError("orders: at least 2, or no error can be told")
    chance = np.random.default_rng(seed)
    means = np.empty((orders, n))
    for row in range(orders):
        order = chance.permutation(n)
        means[row] = (_added(total, order) + _added(total, order[::-1])) / 2
    errors = means.std(axis=0, ddof=1) / math.sqrt(orders)
    whole = float(total(np.ones((1, n), dtype=np.bool_))[0])
    return Sampled(shares=_settled(means.mean(axis=0), whole), errors=errors)


def _added(
    total: Callable[[BoolArray], FloatArray],
    order: "np.ndarray[tuple[int], np.dtype[np.int64]]",
) -> FloatArray:
    """Give what each player adds when they join in an order."""
    n = len(order)
    rank = np.empty(n, dtype=np.int64)
    rank[order] = np.arange(n)
    joined = rank[None, :] <= np.arange(n)[:, None]
    costs = np.concatenate([[0.0], total(joined)])
    added = np.empty(n)
    added[order] = np.diff(costs)
    return added


def _shapley_of_airport(needs: FloatArray) -> FloatArray:
    """Share each further piece equally among those who need it."""
    order = np.argsort(needs, kind="stable")
    sorted_needs = needs[order]
    pieces = np.diff(sorted_needs, prepend=0.0)
    users = np.arange(len(needs), 0, -1)
    shares = np.empty_like(needs)
    shares[order] = np.cumsum(pieces / users)
    return shares


def _parts(values: FloatArray, game: Game) -> FloatArray:
    """Give the part of each in their sum.

    Where they sum up to nothing, parts are equal among those who have any, so that who
    saves nothing takes nothing of what others save; or else among all.
    """
    whole, nothing = float(values.sum()), STABLE_WITHIN * _largest(game)
    if abs(whole) <= nothing:
        any_ = np.abs(values) > nothing
        chosen = any_ if any_.any() else np.ones(len(values), dtype=np.bool_)
        return np.asarray(chosen / chosen.sum())
    return np.asarray(values / whole)


def _settled(shares: FloatArray, total: float) -> FloatArray:
    """Take out what rounding has left between the shares and the total."""
    return np.asarray(shares + (total - shares.sum()) / len(shares))


def _largest(game: Game) -> float:
    costs = game.needs if isinstance(game, AirportGame) else game.cost
    return max(float(np.abs(costs).max()), float(np.finfo(np.float64).tiny))
