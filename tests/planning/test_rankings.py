"""Rankings as published, with what to think of them."""

import json

import pytest

from foedus.planning.ranking_sheets import OrderSheet, RankingSheet
from foedus.planning.ranking_tables import read_rankings
from foedus.planning.rankings import rank
from tests.planning.conftest import Vectors


def ranked(tables: object) -> dict[str, RankingSheet]:
    found, _ = read_rankings(json.dumps(tables).encode())
    return {name: rank(each) for name, each in found.items()}


def order(entry: object) -> OrderSheet:
    found = ranked({"it": entry})["it"].order
    assert found is not None
    return found


def scores(found: OrderSheet) -> dict[str, float]:
    return {each.name: each.score for each in found.borda}


def test_the_published_votes_are_ranked_as_printed(vectors: Vectors) -> None:
    printed = vectors("social_choice_vectors")

    found = ranked(printed)

    for name in ("plurality_paradox", "condorcet_1785"):
        told = found[name].order
        assert told is not None
        assert scores(told) == printed[name]["borda"]
    paradox, circle = found["plurality_paradox"].order, found["condorcet_1785"].order
    assert paradox is not None
    assert circle is not None
    assert paradox.condorcet == list("cbda")
    assert circle.condorcet is None
    assert circle.kemeny is not None
    assert (circle.kemeny.score, circle.kemeny.orders) == (104, [list("bca")])
    kendall = found["kendall"].agreement
    assert kendall is not None
    assert kendall.kendall == pytest.approx(printed["kendall"]["tau"])


def test_the_handbooks_three_tied_orders_are_all_told(vectors: Vectors) -> None:
    printed = vectors("tai_oecd_handbook_2008")["five_country"]

    found = ranked({"five": printed})["five"]

    assert found.order is not None
    assert found.order.kemeny is not None
    assert found.order.kemeny.score == pytest.approx(printed["kemeny_best_score"])
    assert sorted(found.order.kemeny.orders) == sorted(printed["kemeny_winners"])
    assert any("3 orders agree equally" in each for each in found.warnings)


def test_burden_and_size_correlate_as_published(vectors: Vectors) -> None:
    found = ranked(vectors("burden_sharing"))["olson_zeckhauser_1964"].agreement

    assert found is not None
    assert (round(found.spearman, 3), found.n) == (0.490, 14)
    assert found.p == pytest.approx(0.0376, abs=1e-4)
    assert found.without_one is not None
    assert found.without_one[0] < found.spearman < found.without_one[1]


def test_who_is_left_out_may_turn_the_others_round(vectors: Vectors) -> None:
    printed = vectors("social_choice_vectors")["fishburn_rank_reversal"]

    found = order(printed)

    (without_d,) = (each for each in found.reversals if each.without == "d")
    assert set(without_d.pairs) == {("a", "b"), ("a", "c"), ("b", "c")}


def test_rounding_makes_no_majority() -> None:
    noise = 0.1 + 0.2
    found = order({"names": "ab", "support": [[0, noise], [0.3, 0]]})

    assert found.condorcet is None
    assert [each.rank for each in found.borda] == [1, 1]
    assert found.kemeny is not None
    assert len(found.kemeny.orders) == 2


def test_more_than_can_be_ordered_exactly_are_ordered_by_the_other_methods() -> None:
    names = [f"n{place:02}" for place in range(17)]

    sheet = ranked({"it": {"profile": [[1, names]]}})["it"]

    assert sheet.order is not None
    assert sheet.order.kemeny is None
    assert sheet.order.condorcet == names
    assert sheet.warnings == ["more than 16 are not ordered by Kemeny's rule"]


def test_a_correlation_that_one_value_makes_is_told_so() -> None:
    lists = {"x": [1, 1, 1, 1, 9], "y": [3, 1, 2, 4, 9]}

    sheet = ranked({"it": lists})["it"]

    assert sheet.agreement is not None
    assert sheet.agreement.without_one is None
    assert sheet.warnings[0] == "5 values are few: one more or less may turn it round"
