"""Composite indicators: many measures made one number, with every choice visible.

- Fixed, published goalposts are the default of normalising. Against the best and the
  worst of the members, an accession changes the scores of nations that did nothing.
- Linear aggregation lets a surplus make up for any lack, the geometric one less so;
  outranking counts only who is better where.
- No index without its robustness: see `robustness`.

Source:
    OECD/JRC, Handbook on Constructing Composite Indicators, 2008; for `size_shares`
    Singer, Bremer and Stuckey 1972 (CINC).
"""

from enum import StrEnum

import msgspec
import numpy as np

from foedus.errors import InvalidInputError
from foedus.planning.games import FloatArray


class Normalising(StrEnum):
    """How measures in different units become comparable."""

    GOALPOSTS = "goalposts"
    RANGE = "range"
    Z_SCORE = "z-score"
    RANK = "rank"
    BEST = "best"
    RAW = "raw"


class Aggregation(StrEnum):
    """How normalised measures become one."""

    LINEAR = "linear"
    GEOMETRIC = "geometric"


class Goalposts(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """Fixed values that mean nothing and everything, one of each a measure.

    Attributes:
        capped: whether more than everything counts as everything.
    """

    lowest: FloatArray
    highest: FloatArray
    capped: bool = True


def normalise(
    values: FloatArray, how: Normalising, goalposts: Goalposts | None = None
) -> FloatArray:
    """Make measures comparable; more is better in every column.

    Args:
        values: one row a nation, one column a measure.
        how: by what.
        goalposts: the fixed values where these are what is measured against.

    Raises:
        InvalidInputError: there are no goalposts, or a measure is the same for all.
    """
    match how:
        case Normalising.GOALPOSTS:
            return _between_goalposts(values, goalposts)
        case Normalising.RANGE:
            lowest, highest = values.min(axis=0), values.max(axis=0)
            return np.asarray((values - lowest) / _spread(highest - lowest))
        case Normalising.Z_SCORE:
            spread = _spread(values.std(axis=0, ddof=1))
            return np.asarray((values - values.mean(axis=0)) / spread)
        case Normalising.RANK:
            lower = (values[None, :, :] < values[:, None, :]).sum(axis=1)
            return np.asarray(lower / max(1, len(values) - 1))
        case Normalising.BEST:
            return values / _spread(values.max(axis=0))
        case Normalising.RAW:
            return values


def _between_goalposts(values: FloatArray, goalposts: Goalposts | None) -> FloatArray:
    if goalposts is None:
        raise InvalidInputError("goalposts: give the lowest and the highest values")
    lowest = goalposts.lowest
    found = (values - lowest) / _spread(goalposts.highest - lowest)
    return np.clip(found, 0.0, 1.0) if goalposts.capped else found


def _spread(spread: FloatArray) -> FloatArray:
    if not np.all(spread > 0):
        column = int(np.flatnonzero(~(spread > 0))[0]) + 1
        raise InvalidInputError(
            f"measure {column} does not tell nations apart: take it out"
        )
    return spread


def weights_of(weights: FloatArray) -> FloatArray:
    """Make weights sum up to one.

    Raises:
        InvalidInputError: one is below zero, or all are zero.
    """
    if np.any(weights < 0) or not weights.sum() > 0:
        raise InvalidInputError("weights are at least zero, and not all of them zero")
    return np.asarray(weights / weights.sum())


def aggregate(values: FloatArray, weights: FloatArray, how: Aggregation) -> FloatArray:
    """Make one score a row.

    Args:
        values: for the geometric mean raw and above zero, or normalised to such.
        weights: one a column.
        how: by sum or by product.

    Raises:
        InvalidInputError: a product of something that is not above zero.
    """
    shares = weights_of(weights)
    if how is Aggregation.LINEAR:
        return values @ shares
    used = values[:, shares > 0]
    if np.any(used <= 0):
        raise InvalidInputError("a geometric mean wants values above zero")
    return np.asarray(np.exp(np.log(used) @ shares[shares > 0]))


def outranking(values: FloatArray, weights: FloatArray) -> FloatArray:
    """Give, for each pair, the weight of what the one is better in; half for equals.

    Source:
        Handbook, section 6.4: the non-compensatory approach; order it by `kemeny`.
    """
    shares = weights_of(weights)
    better = values[:, None, :] > values[None, :, :]
    equal = values[:, None, :] == values[None, :, :]
    support = (better + equal / 2) @ shares
    np.fill_diagonal(support, 0.0)
    return np.asarray(support)


def size_shares(components: FloatArray) -> FloatArray:
    """Give each nation's mean share of the total of several components.

    A component that is not known of a nation is left out of its mean. It measures
    size; calling it power is the standing example of how an index is abused.

    Args:
        components: one row a nation, one column a component; NaN where unknown.
    """
    totals = np.nansum(components, axis=0)
    shares = components[:, totals > 0] / totals[totals > 0]
    return np.asarray(np.nanmean(shares, axis=1))
