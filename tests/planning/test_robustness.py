"""Rank intervals and Sobol indices."""

import numpy as np
import pytest

from foedus.errors import InvalidInputError
from foedus.planning.composite import Aggregation, Goalposts, Normalising
from foedus.planning.games import FloatArray
from foedus.planning.robustness import (
    FACTORS,
    Choices,
    ranks_under,
    robustness,
    sobol,
)
from tests.planning.conftest import Vectors


def choices(vectors: Vectors) -> Choices:
    found = vectors("tai_oecd_handbook_2008")
    posts = found["fixed_goalposts"]
    return Choices(
        values=np.array(found["raw"]),
        goalposts=Goalposts(
            lowest=np.array(posts["min"]), highest=np.array(posts["max"])
        ),
        weights=[np.array(each, float) for each in found["weights_percent"].values()],
    )


def test_every_country_gets_an_interval_around_its_rank(vectors: Vectors) -> None:
    found = robustness(choices(vectors), seed=1, draws=200)

    assert [each.reference for each in found.intervals] == list(range(1, 24))
    assert all(each.low <= each.median <= each.high for each in found.intervals)
    assert any(each.high - each.low >= 5 for each in found.intervals)
    assert 0.5 < found.mean_shift < 5
    assert (found.draws, found.seed) == (200, 1)


def test_the_same_seed_draws_the_same(vectors: Vectors) -> None:
    made = choices(vectors)

    assert robustness(made, seed=3, draws=20) == robustness(made, seed=3, draws=20)


def test_where_there_is_no_choice_nothing_moves(vectors: Vectors) -> None:
    made = choices(vectors)
    only = Choices(
        values=made.values,
        goalposts=made.goalposts,
        weights=made.weights[:1],
        normalisings=[Normalising.GOALPOSTS],
        aggregations=[Aggregation.LINEAR],
        leave_out=False,
    )
    found = robustness(only, seed=1, draws=10)

    assert found.mean_shift == 0
    assert found.factors.first == found.factors.total == (0.0,) * len(FACTORS)


def test_nothing_to_choose_from_is_refused(vectors: Vectors) -> None:
    made = choices(vectors)
    with pytest.raises(InvalidInputError):
        robustness(
            Choices(values=made.values, goalposts=made.goalposts, weights=()), seed=1
        )


def test_the_last_choice_of_each_kind_is_drawn_too(vectors: Vectors) -> None:
    made = choices(vectors)

    first, last = (ranks_under(made, np.full(4, where)) for where in (0.0, 1 - 1e-12))

    assert first.tolist() == list(range(1, 24))
    assert last.tolist() != first.tolist()


def test_sobol_indices_of_ishigamis_function_are_as_published() -> None:
    # Ishigami and Homma 1990, a = 7, b = 0.1; Saltelli et al. 2008 print the indices.
    def ishigami(point: FloatArray) -> float:
        x, y, z = (2 * point - 1) * np.pi
        return float(np.sin(x) + 7 * np.sin(y) ** 2 + 0.1 * z**4 * np.sin(x))

    found = sobol(ishigami, 3, seed=5, draws=4000)

    assert found.first == pytest.approx((0.314, 0.442, 0.0), abs=0.05)
    assert found.total == pytest.approx((0.558, 0.442, 0.244), abs=0.05)
