"""The Handbook's index of 23 countries, and CINC, as published."""

import csv
from collections import defaultdict
from pathlib import Path

import numpy as np
import pytest

from foedus.errors import InvalidInputError
from foedus.planning.composite import (
    Aggregation,
    Goalposts,
    Normalising,
    aggregate,
    normalise,
    outranking,
    size_shares,
    weights_of,
)
from foedus.planning.ranking import kemeny, ranks
from tests.planning.conftest import Vectors

TAI = "tai_oecd_handbook_2008"


def goalposts(found: dict) -> Goalposts:
    posts = found["fixed_goalposts"]
    return Goalposts(lowest=np.array(posts["min"]), highest=np.array(posts["max"]))


def linear_ranks(found: dict, weights: str) -> list[int]:
    values = normalise(np.array(found["raw"]), Normalising.GOALPOSTS, goalposts(found))
    shares = np.array(found["weights_percent"][weights], dtype=float)
    return ranks(aggregate(values, shares, Aggregation.LINEAR)).tolist()


@pytest.mark.parametrize(
    ("weights", "printed"), [("EW", "EW"), ("EW", "LIN"), ("BAP", "BAP")]
)
def test_all_23_countries_rank_as_the_handbook_prints_linearly(
    vectors: Vectors, weights: str, printed: str
) -> None:
    found = vectors(TAI)

    assert linear_ranks(found, weights) == found["published_rank"][printed]


def test_all_23_countries_rank_as_the_handbook_prints_by_geometric_means(
    vectors: Vectors,
) -> None:
    found = vectors(TAI)
    scores = aggregate(np.array(found["raw"]), np.ones(8), Aggregation.GEOMETRIC)

    assert ranks(scores).tolist() == found["published_rank"]["GME"]


@pytest.mark.parametrize(("weights", "equal"), [("FA", 19), ("AHP", 20)])
def test_weights_printed_to_two_decimals_come_near(
    vectors: Vectors, weights: str, equal: int
) -> None:
    found = vectors(TAI)
    ours = np.array(linear_ranks(found, weights))
    printed = np.array(found["published_rank"][weights])

    assert (ours == printed).sum() == equal
    assert np.abs(ours - printed).max() <= 2


def test_scores_are_those_that_the_united_nations_published(vectors: Vectors) -> None:
    found = vectors(TAI)
    values = normalise(np.array(found["raw"]), Normalising.GOALPOSTS, goalposts(found))
    scores = dict(
        zip(
            found["countries"],
            aggregate(values, np.ones(8), Aggregation.LINEAR).tolist(),
            strict=True,
        )
    )

    for country, printed in found["published_tai_undp_2001"].items():
        assert scores[country] == pytest.approx(printed, abs=0.002), country


def test_five_countries_are_outranked_and_ordered_as_printed(vectors: Vectors) -> None:
    found = vectors(TAI)["five_country"]
    support = outranking(np.array(found["raw"]), np.ones(8))
    best = kemeny(support)

    assert support.tolist() == found["outranking"]
    assert best.score == found["kemeny_best_score"]
    orders = {tuple(found["names"][place] for place in order) for order in best.orders}
    assert orders == {tuple(order) for order in found["kemeny_winners"]}


def test_schooling_is_normalised_as_printed(vectors: Vectors) -> None:
    found = vectors(TAI)
    column = np.array(found["raw"])[:, 6:7]
    z = normalise(column, Normalising.Z_SCORE)[:, 0]
    between = normalise(column, Normalising.RANGE)[:, 0]

    for country in ("Finland", "Japan", "Singapore"):
        place = found["countries"].index(country)
        printed = found["schooling_normalised"][country]
        assert z[place] == pytest.approx(printed["z"], abs=0.005)
        assert between[place] == pytest.approx(printed["minmax"], abs=0.005)


def test_goalposts_leave_the_scores_of_others_alone_when_one_joins() -> None:
    members = np.array([[1.0], [2.0]])
    joined = np.array([[1.0], [2.0], [9.0]])
    posts = Goalposts(lowest=np.array([0.0]), highest=np.array([4.0]))

    before = normalise(members, Normalising.GOALPOSTS, posts)
    after = normalise(joined, Normalising.GOALPOSTS, posts)

    assert after[:2].tolist() == before.tolist() == [[0.25], [0.5]]
    assert after[2].tolist() == [1.0]
    ranged = normalise(joined, Normalising.RANGE)[:2]
    assert ranged.tolist() != normalise(members, Normalising.RANGE).tolist()


def test_further_ways_of_normalising() -> None:
    values = np.array([[2.0], [4.0], [8.0]])

    assert normalise(values, Normalising.RANK).ravel().tolist() == [0, 0.5, 1]
    assert normalise(values, Normalising.BEST).ravel().tolist() == [0.25, 0.5, 1]
    posts = Goalposts(lowest=np.zeros(1), highest=np.array([4.0]), capped=False)
    assert normalise(values, Normalising.GOALPOSTS, posts)[2, 0] == 2


def test_what_cannot_be_compared_is_refused() -> None:
    equal = np.array([[1.0, 2.0], [1.0, 3.0]])
    with pytest.raises(InvalidInputError, match="measure 1"):
        normalise(equal, Normalising.RANGE)
    with pytest.raises(InvalidInputError, match="goalposts"):
        normalise(equal, Normalising.GOALPOSTS)
    with pytest.raises(InvalidInputError, match="above zero"):
        aggregate(np.array([[0.0, 1.0]]), np.ones(2), Aggregation.GEOMETRIC)
    for weights in ([-1.0, 2.0], [0.0, 0.0]):
        with pytest.raises(InvalidInputError, match="weights"):
            weights_of(np.array(weights))


def test_a_measure_of_no_weight_may_be_zero_in_a_product() -> None:
    scores = aggregate(
        np.array([[0.0, 4.0]]), np.array([0.0, 1.0]), Aggregation.GEOMETRIC
    )

    assert scores == pytest.approx([4.0])


def test_national_capabilities_are_within_a_millionth_of_those_published(
    planning_data: Path,
) -> None:
    years = defaultdict(list)
    path = planning_data / "cow" / "cow_nmc_1945_2022.csv"
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            years[row["year"]].append(row)
    names = ("milex", "milper", "irst", "pec", "tpop", "upop")
    worst = 0.0
    for rows in years.values():
        parts = [[_known(row[name]) for name in names] for row in rows]
        printed = np.array([_known(row["cinc"]) for row in rows])
        error = np.abs(size_shares(np.array(parts)) - printed)
        worst = max(worst, float(np.nanmax(error)))

    assert len(years) == 78
    assert worst < 1e-6


def _known(text: str) -> float:
    value = float(text) if text else float("nan")
    return float("nan") if value < 0 else value
