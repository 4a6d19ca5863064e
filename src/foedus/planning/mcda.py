"""Comparing alternatives by several criteria: AHP, TOPSIS, PROMETHEE.

Look at plain dominance first: where one alternative is no worse in anything, no method
is needed. AHP and TOPSIS may turn an order round when an alternative is added or left
out, so every comparison says whether leaving one out does.

Source:
    Saaty 1977; Hwang and Yoon 1981; Brans, Vincke and Mareschal 1986.
"""

import math
from collections.abc import Callable, Sequence
from enum import StrEnum
from fractions import Fraction

import msgspec
import numpy as np

from foedus.errors import InvalidInputError
from foedus.planning.games import BoolArray, FloatArray
from foedus.planning.ranking import ranks

CONSISTENT_BELOW = 0.1
"""The consistency ratio above which judgements contradict one another (Saaty)."""

RANDOM_INDEX = (0.0, 0.0, 0.58, 0.90, 1.12, 1.24, 1.32, 1.41, 1.45, 1.49)
"""The mean consistency index of random judgements of 1 to 10 things (Saaty 1977)."""

RECIPROCAL_WITHIN = 1e-6
"""How near a judgement and its opposite have to be."""


class Weights(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """Weights made of judgements in pairs.

    Attributes:
        weights: they sum up to one.
        largest: the principal eigenvalue; the number of things if all is consistent.
        index: the consistency index.
        ratio: that index against random judgements; None for fewer than three.
        warnings: what to think of before these weights are used.
    """

    weights: FloatArray
    largest: float
    index: float
    ratio: float | None
    warnings: tuple[str, ...]


class Preference(StrEnum):
    """How a difference in one criterion becomes a preference."""

    USUAL = "usual"
    U = "U"
    V = "V"
    LEVEL = "level"
    LINEAR = "linear-indifference"
    GAUSSIAN = "gaussian"


class Criterion(msgspec.Struct, frozen=True, kw_only=True):
    """One criterion of PROMETHEE.

    Attributes:
        sense: 1 where more is better, -1 where less is.
        type: the preference function.
        q: the largest difference that is indifferent.
        p: the smallest one that is a full preference.
        s: the turning point of the Gaussian one.
    """

    sense: int
    type: Preference
    q: float = 0.0
    p: float = 0.0
    s: float = 0.0


class Flows(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """How far each alternative outranks the others, and is outranked.

    Attributes:
        net: the one less the other; orders the alternatives.
    """

    plus: FloatArray
    minus: FloatArray
    net: FloatArray


class Reversal(msgspec.Struct, frozen=True, kw_only=True):
    """An order of the rest that turns round when an alternative is left out.

    Attributes:
        without: the place of the one that is left out.
        pairs: places whose order then is another.
    """

    without: int
    pairs: tuple[tuple[int, int], ...]


def judgements(matrix: Sequence[Sequence[str | float]]) -> FloatArray:
    """Read judgements such as 3 or "1/3".

    Raises:
        InvalidInputError: one is no number above zero, or not its opposite's inverse.
    """
    try:
        rows = [[float(Fraction(value)) for value in row] for row in matrix]
    except (ValueError, ZeroDivisionError, OverflowError, TypeError) as error:
        raise InvalidInputError(f"a judgement is 3 or '1/3': {error}") from error
    if any(len(row) != len(rows) for row in rows) or not rows:
        raise InvalidInputError("judgements make a square: a row and a column each")
    found = np.array(rows)
    if np.any(found <= 0) or np.any(np.abs(found * found.T - 1) > RECIPROCAL_WITHIN):
        raise InvalidInputError(
            "a judgement and its opposite are inverse, as 3 and 1/3"
        )
    return found


def ahp(matrix: FloatArray) -> Weights:
    """Make weights of judgements in pairs, with how far these contradict one another.

    Raises:
        InvalidInputError: there are too many things to judge.
    """
    n = len(matrix)
    if n > len(RANDOM_INDEX):
        raise InvalidInputError(f"judge at most {len(RANDOM_INDEX)} things in pairs")
    values, vectors = np.linalg.eig(matrix)
    place = int(np.argmax(values.real))
    vector = np.abs(vectors[:, place].real)
    largest = float(values[place].real)
    index = (largest - n) / (n - 1) if n > 1 else 0.0
    ratio = index / RANDOM_INDEX[n - 1] if RANDOM_INDEX[n - 1] else None
    warnings: tuple[str, ...] = ()
    if ratio is not None and ratio > CONSISTENT_BELOW:
        warnings = (
            f"judgements contradict one another (CR {ratio:.2f} > 0.1): revise them",
        )
    return Weights(
        weights=vector / vector.sum(),
        largest=largest,
        index=index,
        ratio=ratio,
        warnings=warnings,
    )


def topsis(matrix: FloatArray, weights: FloatArray, sense: FloatArray) -> FloatArray:
    """Give each alternative's closeness to the best of everything, 0 to 1.

    Args:
        matrix: one row an alternative, one column a criterion.
        weights: one a column.
        sense: 1 where more is better, -1 where less is.

    Raises:
        InvalidInputError: a criterion is zero for all.
    """
    lengths = np.sqrt((matrix**2).sum(axis=0))
    if not np.all(lengths > 0):
        raise InvalidInputError("a criterion that is zero for all compares nothing")
    scaled = matrix / lengths * weights * sense
    to_best = np.sqrt(((scaled - scaled.max(axis=0)) ** 2).sum(axis=1))
    to_worst = np.sqrt(((scaled - scaled.min(axis=0)) ** 2).sum(axis=1))
    whole = to_best + to_worst
    return np.where(whole > 0, to_worst / np.where(whole > 0, whole, 1.0), 0.5)


def promethee(
    matrix: FloatArray, criteria: Sequence[Criterion], weights: FloatArray
) -> Flows:
    """Give the outranking flows of alternatives.

    Raises:
        InvalidInputError: criteria, weights and columns are not equally many, or there
            is but one alternative.
    """
    n = len(matrix)
    if not matrix.shape[1] == len(criteria) == len(weights) or n < 2:  # noqa: PLR2004
        raise InvalidInputError(
            "give two alternatives or more, and a criterion and a weight a column"
        )
    preferred = np.zeros((n, n))
    for column, (criterion, weight) in enumerate(zip(criteria, weights, strict=True)):
        values = matrix[:, column] * criterion.sense
        difference = values[:, None] - values[None, :]
        preferred += weight * _preference(difference, criterion)
    preferred /= weights.sum()
    plus, minus = preferred.sum(axis=1) / (n - 1), preferred.sum(axis=0) / (n - 1)
    return Flows(plus=plus, minus=minus, net=plus - minus)


def _preference(difference: FloatArray, criterion: Criterion) -> FloatArray:
    q, p, s = criterion.q, criterion.p, criterion.s
    positive = np.maximum(difference, 0.0)
    found: FloatArray | BoolArray
    match criterion.type:
        case Preference.USUAL:
            found = positive > 0
        case Preference.U:
            found = positive > q
        case Preference.V:
            found = np.minimum(positive / p, 1.0) if p else positive > 0
        case Preference.LEVEL:
            found = ((positive > q) * 1.0 + (positive > p)) / 2
        case Preference.LINEAR:
            found = np.clip((positive - q) / (p - q), 0, 1) if p > q else positive > q
        case Preference.GAUSSIAN:
            found = 1 - np.exp(-(positive**2) / (2 * s * s)) if s else positive > 0
    return np.asarray(found, dtype=np.float64)


def dominance(matrix: FloatArray, sense: FloatArray) -> BoolArray:
    """Tell, for each pair, whether the one is nowhere worse and somewhere better."""
    values = matrix * sense
    no_worse = np.all(values[:, None, :] >= values[None, :, :], axis=2)
    better = np.any(values[:, None, :] > values[None, :, :], axis=2)
    return np.asarray(no_worse & better)


def reversals(
    matrix: FloatArray, scores: Callable[[FloatArray], FloatArray]
) -> tuple[Reversal, ...]:
    """Leave out each alternative in turn, and say which orders turn round.

    Args:
        matrix: one row an alternative.
        scores: the method, from such a matrix to a score a row.
    """
    whole = ranks(scores(matrix))
    found = []
    for without in range(len(matrix)):
        rest = [place for place in range(len(matrix)) if place != without]
        left = dict(zip(rest, ranks(scores(matrix[rest])).tolist(), strict=True))
        pairs = tuple(
            (one, other)
            for one in rest
            for other in rest
            if one < other
            and math.copysign(1, whole[one] - whole[other])
            != math.copysign(1, left[one] - left[other])
            and whole[one] != whole[other]
            and left[one] != left[other]
        )
        if pairs:
            found.append(Reversal(without=without, pairs=pairs))
    return tuple(found)
