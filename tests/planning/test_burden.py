"""Burdens, benefits, and whether size explains them."""

import numpy as np
import pytest

from foedus.errors import InvalidInputError
from foedus.planning.burden import (
    benefit_shares,
    concordance,
    exploitation,
    shares,
)
from tests.planning.conftest import Vectors


def test_olson_and_zeckhauser_find_what_they_print(vectors: Vectors) -> None:
    found = vectors("burden_sharing")["olson_zeckhauser_1964"]
    _, gdp, burden = zip(*found["rows"], strict=True)
    result = exploitation(np.array(gdp), np.array(burden))

    assert result.rho == pytest.approx(found["spearman"], abs=0.0005)
    assert result.p == pytest.approx(found["spearman_p_one_sided"], abs=0.0001)
    assert result.tau == pytest.approx(found["kendall_tau"], abs=0.0001)
    assert result.n == 14
    low, high = result.without_one
    assert low < 0.45
    assert high > 0.55


def test_a_benefit_is_the_mean_of_three_shares() -> None:
    found = benefit_shares(
        np.array([3.0, 1.0]), np.array([1.0, 1.0]), np.array([0.0, 8.0])
    )

    assert found.tolist() == pytest.approx([1.25 / 3, 1.75 / 3])


def test_burdens_that_do_not_follow_benefits_are_found() -> None:
    benefit = np.arange(1.0, 11.0)
    follows = benefit + np.array([1, -1, 1, -1, 1, -1, 1, -1, 1, -1]) / 10
    against = benefit.copy()
    against[0] = 100

    assert concordance(follows, benefit).p > 0.5
    # All but one pay less than their part: the signs of nine point down, that of the
    # largest difference up. Tables of the test print 0.084 for a sum of 10 of 10.
    assert concordance(against, benefit).statistic == 10
    assert concordance(against, benefit).p == pytest.approx(0.084, abs=0.0005)


def test_what_is_no_share_or_no_sample_is_refused() -> None:
    for values in ([-1.0, 2.0], [0.0, 0.0], [np.nan, 1.0]):
        with pytest.raises(InvalidInputError):
            shares(np.array(values))
    with pytest.raises(InvalidInputError):
        concordance(np.ones(3), np.ones(4))
    with pytest.raises(InvalidInputError):
        concordance(np.arange(1.0, 4.0), np.ones(3))
