"""How far an index depends on how it was made: rank intervals and Sobol indices.

Every choice (normalising, weights, aggregation, leaving a measure out) is drawn at
random, all at once, many times. What comes out is not one league table but, for each
nation, the ranks that it takes in most of them.

Source:
    Saisana, Saltelli and Tarantola 2005; Saltelli et al. 2010; Jansen 1999.
"""

from collections.abc import Callable, Sequence
from typing import TypeVar

import msgspec
import numpy as np

from foedus.errors import InvalidInputError
from foedus.planning.composite import (
    Aggregation,
    Goalposts,
    Normalising,
    aggregate,
    normalise,
)
from foedus.planning.games import FloatArray
from foedus.planning.ranking import ranks

T = TypeVar("T")

DRAWS = 1_000
"""Draws of all choices; the ends of an interval then rest on fifty of them."""

FLOOR = 0.01
"""What a normalised zero is raised to before a product: it would wipe out the rest."""

FACTORS = ("normalising", "left out", "aggregation", "weights")
"""The choices, in the order of the Sobol indices."""


class Choices(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """What an index might have been made of.

    Attributes:
        values: one row a nation, one column a measure; more is better.
        goalposts: the fixed values.
        weights: sets of weights that somebody holds to be right.
        normalisings: ways that somebody holds to be right.
        aggregations: likewise.
        leave_out: whether any one measure may be missing.
    """

    values: FloatArray
    goalposts: Goalposts
    weights: Sequence[FloatArray]
    normalisings: Sequence[Normalising] = (Normalising.GOALPOSTS, Normalising.RANGE)
    aggregations: Sequence[Aggregation] = (Aggregation.LINEAR, Aggregation.GEOMETRIC)
    leave_out: bool = True


class RankInterval(msgspec.Struct, frozen=True, kw_only=True):
    """The ranks that one nation takes.

    Attributes:
        reference: under the first of all choices.
        median: of all draws.
        low: the rank that 5 % of the draws are below.
        high: the rank that 95 % are below.
    """

    reference: int
    median: float
    low: float
    high: float


class Sobol(msgspec.Struct, frozen=True, kw_only=True):
    """How much of a result's variance each input explains.

    Attributes:
        first: alone.
        total: with all its interactions.
    """

    first: tuple[float, ...]
    total: tuple[float, ...]


class Robustness(msgspec.Struct, frozen=True, kw_only=True):
    """What an index is worth.

    Attributes:
        intervals: one a nation.
        mean_shift: by how many ranks a nation is off its reference rank, on average.
        factors: how much each of `FACTORS` explains of that shift.
        draws: how many draws the intervals rest on.
        seed: makes the same draws again.
    """

    intervals: tuple[RankInterval, ...]
    mean_shift: float
    factors: Sobol
    draws: int
    seed: int


def robustness(choices: Choices, *, seed: int, draws: int = DRAWS) -> Robustness:
    """Draw all choices many times, and say what the ranks do.

    Raises:
        InvalidInputError: there is nothing to choose from, or too few draws.
    """
    if not (choices.weights and choices.normalisings and choices.aggregations):
        raise InvalidInputError("choices: give at least one of each kind")
    reference = ranks_under(choices, np.zeros(len(FACTORS)))
    chance = np.random.default_rng(seed)
    drawn = np.array(
        [ranks_under(choices, row) for row in chance.random((draws, len(FACTORS)))]
    )
    low, median, high = np.quantile(drawn, [0.05, 0.5, 0.95], axis=0)

    def shift(row: FloatArray) -> float:
        return float(np.abs(ranks_under(choices, row) - reference).mean())

    return Robustness(
        intervals=tuple(
            RankInterval(
                reference=int(reference[place]),
                median=float(median[place]),
                low=float(low[place]),
                high=float(high[place]),
            )
            for place in range(len(reference))
        ),
        mean_shift=float(np.abs(drawn - reference).mean()),
        factors=sobol(shift, len(FACTORS), seed=seed, draws=max(8, draws // 4)),
        draws=draws,
        seed=seed,
    )


def ranks_under(choices: Choices, point: FloatArray) -> FloatArray:
    """Rank the nations under one draw, as `scores_under` scores them."""
    return ranks(scores_under(choices, point)).astype(np.float64)


def scores_under(choices: Choices, point: FloatArray) -> FloatArray:
    """Score the nations under one draw: a number from 0 to 1 for each choice.

    Zero everywhere is the reference: the first of each kind, and nothing left out.
    Before a product what is normalised is raised to at least `FLOOR`.
    """
    normalising = _chosen(choices.normalisings, point[0])
    measures = choices.values.shape[1]
    kept = np.ones(measures, dtype=np.bool_)
    if choices.leave_out:
        left_out = int(point[1] * (measures + 1)) - 1
        if left_out >= 0:
            kept[left_out] = False
    aggregation = _chosen(choices.aggregations, point[2])
    weights = _chosen(choices.weights, point[3])
    posts = Goalposts(
        lowest=choices.goalposts.lowest[kept],
        highest=choices.goalposts.highest[kept],
        capped=choices.goalposts.capped,
    )
    values = normalise(choices.values[:, kept], normalising, posts)
    if aggregation is Aggregation.GEOMETRIC and normalising is not Normalising.RAW:
        values = np.maximum(values - min(0.0, float(values.min())), FLOOR)
    return aggregate(values, weights[kept], aggregation)


def _chosen(kinds: Sequence[T], where: float) -> T:
    return kinds[min(int(where * len(kinds)), len(kinds) - 1)]


def sobol(
    result: Callable[[FloatArray], float], inputs: int, *, seed: int, draws: int
) -> Sobol:
    """Say how much of a result's variance each input explains.

    Args:
        result: of one point, a number from 0 to 1 for each input.
        inputs: how many there are.
        seed: makes the same points again.
        draws: base points; the result is asked for `inputs` + 2 times as many.
    """
    chance = np.random.default_rng(seed)
    first, second = chance.random((2, draws, inputs))
    at_first = np.array([result(row) for row in first])
    at_second = np.array([result(row) for row in second])
    variance = float(np.concatenate([at_first, at_second]).var())
    if variance == 0:
        nothing = (0.0,) * inputs
        return Sobol(first=nothing, total=nothing)
    alone, together = [], []
    for one in range(inputs):
        mixed = first.copy()
        mixed[:, one] = second[:, one]
        at_mixed = np.array([result(row) for row in mixed])
        alone.append(float((at_second * (at_mixed - at_first)).mean()) / variance)
        together.append(float(((at_first - at_mixed) ** 2).mean()) / 2 / variance)
    return Sobol(first=tuple(alone), total=tuple(together))
