"""Who carries how much: shares of burden and of benefit, and whether size explains it.

- *Exploitation*: do larger nations carry more of their wealth? A rank correlation of
  burden per GDP with GDP, with n, p and what one member more or less would make of it.
- *Concordance*: do shares of burden follow shares of benefit? The Wilcoxon
  signed-rank test on their differences.
- Figures of different editions are not mixed: whoever calls takes one edition.

Source:
    Olson and Zeckhauser 1966; Sandler and Shimizu 2014.
"""

import msgspec
import numpy as np

from foedus.errors import InvalidInputError
from foedus.planning.games import FloatArray, IntArray
from foedus.planning.ranking import Agreement, agreement, mean_ranks

CONCORDANCE_MIN = 6
"""Nations below which no result of the test could be significant."""

CONCORDANCE_MAX = 1_000
"""Nations of a test: all sums of their ranks are counted."""


class Concordance(msgspec.Struct, frozen=True, kw_only=True):
    """Whether burdens follow benefits.

    Attributes:
        statistic: the smaller sum of signed ranks.
        n: pairs that differ.
        p: the chance of so small a sum if burdens followed benefits (two-sided).
    """

    statistic: float
    n: int
    p: float


def exploitation(gdp: FloatArray, burden: FloatArray) -> Agreement:
    """Correlate burden per GDP with GDP, by rank.

    Args:
        gdp: what each nation earns.
        burden: what part of it each gives.

    Raises:
        InvalidInputError: fewer than four nations, or lists that do not fit.
    """
    return agreement(gdp, burden)


def shares(values: FloatArray) -> FloatArray:
    """Give each nation's part of the whole.

    Raises:
        InvalidInputError: a value is below zero or unknown, or all are zero.
    """
    if not np.all(values >= 0) or not values.sum() > 0:
        raise InvalidInputError("a share is one of known values, not all of them zero")
    return np.asarray(values / values.sum())


def benefit_shares(
    gdp: FloatArray, population: FloatArray, exposed_border: FloatArray
) -> FloatArray:
    """Give the mean of each nation's shares of wealth, people and exposed border.

    Raises:
        InvalidInputError: a value is below zero or unknown, or all of a kind are zero.
    """
    kinds = (gdp, population, exposed_border)
    return np.asarray(np.mean([shares(kind) for kind in kinds], axis=0))


def concordance(burden: FloatArray, benefit: FloatArray) -> Concordance:
    """Test whether shares of burden follow shares of benefit.

    Raises:
        InvalidInputError: too few nations, or lists that do not fit.
    """
    if len(burden) != len(benefit) or len(burden) > CONCORDANCE_MAX:
        raise InvalidInputError("give at most 1,000 nations one burden and one benefit")
    differ = shares(burden) - shares(benefit)
    differ = differ[np.abs(differ) > np.finfo(np.float64).eps]
    if len(differ) < CONCORDANCE_MIN:
        raise InvalidInputError(
            f"{len(differ)} nations differ; below {CONCORDANCE_MIN} no test is worth it"
        )
    places = (2 * mean_ranks(np.abs(differ))).astype(np.int64)
    upwards = int(places[differ > 0].sum())
    smaller = min(upwards, int(places.sum()) - upwards)
    return Concordance(
        statistic=smaller / 2, n=len(differ), p=_chance_of_at_most(smaller, places)
    )


def _chance_of_at_most(smaller: int, places: IntArray) -> float:
    """Give the chance of so small a sum of ranks if every sign were a toss.

    All sums are counted, so that equal differences do no harm.
    """
    chances = np.zeros(int(places.sum()) + 1)
    chances[0] = 1.0
    for place in places.tolist():
        tossed = chances / 2
        tossed[place:] += chances[: len(chances) - place] / 2
        chances = tossed
    return min(1.0, 2 * float(chances[: smaller + 1].sum()))
