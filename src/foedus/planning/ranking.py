"""Orders: ranks, how far two of them agree, and one order made of many.

- Ranks begin at 1 for the best; equals share the best rank of theirs.
- A *support* matrix says in row j, column k, with how much weight j comes before k.
- Kemeny's order agrees most with the support. All orders that do are given, since a
  tie that is broken silently is a decision that nobody took.

Source:
    Condorcet 1785; Borda 1784; Kemeny 1959; OECD/JRC Handbook 2008, section 6.
"""

import math
from collections.abc import Iterable, Sequence
from itertools import islice

import msgspec
import numpy as np

from foedus.errors import InvalidInputError, TooLargeError
from foedus.planning.games import FloatArray, IntArray, coalition_sizes, coalition_sums

KEMENY_MAX = 16
"""Things that Kemeny's rule orders: 16 arrays of 65,536 sums."""

WINNERS_MAX = 100
"""Tied orders that are listed."""

EQUAL_WITHIN = 1e-9
"""Scores nearer than this are equal."""


class Consensus(msgspec.Struct, frozen=True, kw_only=True):
    """The orders that agree most with a support.

    Attributes:
        score: the support of all pairs as these orders have them.
        orders: each from first to last; at most a hundred.
    """

    score: float
    orders: tuple[tuple[int, ...], ...]


class Agreement(msgspec.Struct, frozen=True, kw_only=True):
    """A rank correlation, with what it rests on.

    Attributes:
        rho: Spearman's coefficient.
        tau: Kendall's, of kind a.
        n: how many pairs of values there are.
        p: the chance of as large a rho upwards, if there were none (one-sided).
        without_one: the least and the largest rho when one pair is left out; NaN where
            what is left of a list is all equal.
    """

    rho: float
    tau: float
    n: int
    p: float
    without_one: tuple[float, float]


def ranks(scores: FloatArray) -> IntArray:
    """Rank scores, the largest first; equals share the best rank of theirs."""
    higher = scores[None, :] > scores[:, None] + EQUAL_WITHIN
    return np.asarray(1 + higher.sum(axis=1))


def mean_ranks(values: FloatArray) -> FloatArray:
    """Rank values, the smallest first; equals share the mean of their ranks."""
    lower = (values[None, :] < values[:, None]).sum(axis=1)
    equal = (values[None, :] == values[:, None]).sum(axis=1)
    return np.asarray(lower + (equal + 1) / 2)


def spearman(x: FloatArray, y: FloatArray) -> float:
    """Correlate the ranks of two lists; NaN where one of them is all equal."""
    first, second = mean_ranks(x), mean_ranks(y)
    first, second = first - first.mean(), second - second.mean()
    length = float(np.sqrt((first @ first) * (second @ second)))
    return float(first @ second) / length if length else float("nan")


def kendall(x: FloatArray, y: FloatArray) -> float:
    """Count pairs in the same order less those in opposite order, per pair."""
    n = len(x)
    signs = np.sign(x[:, None] - x) * np.sign(y[:, None] - y)
    return float(signs.sum()) / (n * (n - 1))


def agreement(x: FloatArray, y: FloatArray) -> Agreement:
    """Correlate two lists by rank, and say how much one member of them matters.

    Raises:
        InvalidInputError: fewer than four pairs, or lists of different lengths.
    """
    n = len(x)
    if n != len(y) or n < 4:  # noqa: PLR2004 - three without one are no sample
        raise InvalidInputError("correlate two lists of at least four values")
    rho = spearman(x, y)
    kept = [np.delete(np.arange(n), one) for one in range(n)]
    each = np.array([spearman(x[rest], y[rest]) for rest in kept])
    return Agreement(
        rho=rho,
        tau=kendall(x, y),
        n=n,
        p=_chance_above(rho, n),
        without_one=(float(each.min()), float(each.max())),
    )


def _chance_above(rho: float, n: int) -> float:
    """Give the chance of a larger rho, by Student's t with n - 2 degrees of freedom.

    Source:
        Abramowitz and Stegun 1964, 26.7.3 and 26.7.4: exact for whole degrees.
    """
    if abs(rho) >= 1:
        return 0.0 if rho > 0 else 1.0
    degrees = n - 2
    # The angle whose tangent is t over the root of the degrees has rho as its sine.
    sine, cosine = abs(rho), math.sqrt(1 - rho * rho)
    odd = degrees % 2
    term, total = (cosine, 0.0) if odd else (1.0, 0.0)
    for step in range(degrees // 2):
        total += term
        term *= cosine**2 * (2 * step + 1 + odd) / (2 * step + 2 + odd)
    inside = sine * total
    if odd:
        inside = (math.asin(sine) + inside) * 2 / math.pi
    return (1 - inside) / 2 if rho > 0 else (1 + inside) / 2


def support_of_votes(votes: Iterable[tuple[float, str]], names: str) -> FloatArray:
    """Count, for each pair, how many votes put the one before the other.

    Args:
        votes: how many, and the order, a letter each.
        names: the letters, in the order of rows and columns.

    Raises:
        InvalidInputError: a vote does not order all of them, once each.
    """
    support = np.zeros((len(names), len(names)))
    for count, order in votes:
        if sorted(order) != sorted(names):
            raise InvalidInputError(f"{order!r} does not order each of {names!r} once")
        places = [names.index(letter) for letter in order]
        for position, before in enumerate(places):
            support[before, places[position + 1 :]] += count
    return support


def borda(support: FloatArray) -> FloatArray:
    """Score each by the sum of its support against all others."""
    return np.asarray(support.sum(axis=1))


def condorcet_order(support: FloatArray) -> tuple[int, ...] | None:
    """Order by majority of each pair; None where majorities go round in a circle."""
    wins = (support > support.T + EQUAL_WITHIN).sum(axis=1)
    order = np.argsort(-wins, kind="stable")
    n = len(support)
    if wins[order].tolist() != list(range(n - 1, -1, -1)):
        return None
    return tuple(order.tolist())


def kemeny_score(support: FloatArray, order: Sequence[int]) -> float:
    """Add up the support of all pairs as an order has them."""
    ordered = support[np.ix_(order, order)]
    return float(np.triu(ordered, 1).sum())


def kemeny(support: FloatArray) -> Consensus:
    """Find every order that agrees most with a support, exactly.

    What comes first among some of them depends on those alone; so the best order of
    every set is made of the best orders of smaller ones.

    Raises:
        TooLargeError: there are more than sixteen.
    """
    n = len(support)
    if n > KEMENY_MAX:
        raise TooLargeError(f"Kemeny's rule orders at most {KEMENY_MAX}, not {n}")
    before = [coalition_sums(row) for row in support - np.diag(np.diag(support))]
    sizes = coalition_sizes(n)
    best = np.full(1 << n, -np.inf)
    best[0] = 0.0
    for size in range(1, n + 1):
        places = np.flatnonzero(sizes == size)
        for first in range(n):
            inside = places[(places >> first) & 1 == 1]
            scored = before[first][inside] + best[inside ^ (1 << first)]
            best[inside] = np.maximum(best[inside], scored)
    orders = _traced(before, best, (1 << n) - 1, ())
    return Consensus(score=float(best[-1]), orders=tuple(islice(orders, WINNERS_MAX)))


def _traced(
    before: list[FloatArray], best: FloatArray, place: int, found: tuple[int, ...]
) -> Iterable[tuple[int, ...]]:
    """Follow the best choices back, all of them."""
    if place == 0:
        yield found
        return
    for first in range(len(before)):
        rest = place ^ (1 << first)
        if not place >> first & 1:
            continue
        if before[first][place] + best[rest] >= best[place] - EQUAL_WITHIN:
            yield from _traced(before, best, rest, (*found, first))
