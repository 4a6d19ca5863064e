"""Orders made of many, and how far two agree."""

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from foedus.errors import InvalidInputError, TooLargeError
from foedus.planning.ranking import (
    _chance_above,
    agreement,
    borda,
    condorcet_order,
    kemeny,
    kemeny_score,
    kendall,
    ranks,
    spearman,
    support_of_votes,
)
from tests.planning.conftest import Vectors


def by_letter(values: np.ndarray, names: str) -> dict[str, float]:
    return dict(zip(names, values.tolist(), strict=True))


def test_equal_scores_share_the_best_rank_of_theirs() -> None:
    assert ranks(np.array([0.3, 0.9, 0.3, 0.1])).tolist() == [2, 1, 2, 4]


def test_condorcets_example_is_ordered_as_published(vectors: Vectors) -> None:
    found = vectors("social_choice_vectors")["condorcet_1785"]
    support = support_of_votes(found["profile"], "abc")

    assert by_letter(borda(support), "abc") == found["borda"]
    for pair, count in found["pairwise"].items():
        assert support["abc".index(pair[0]), "abc".index(pair[1])] == count
    assert condorcet_order(support) is None
    for order, score in found["kemeny_scores"].items():
        assert kemeny_score(support, ["abc".index(letter) for letter in order]) == score
    best = kemeny(support)
    assert (best.score, best.orders) == (104, ((1, 2, 0),))


def test_the_winner_of_the_most_first_places_may_lose_every_pair(
    vectors: Vectors,
) -> None:
    found = vectors("social_choice_vectors")["plurality_paradox"]
    support = support_of_votes(found["profile"], "abcd")
    order = condorcet_order(support)

    assert by_letter(borda(support), "abcd") == found["borda"]
    assert order is not None
    assert "".join("abcd"[place] for place in order) == found["condorcet_ranking"]


def test_bordas_order_turns_round_when_the_last_is_left_out(vectors: Vectors) -> None:
    found = vectors("social_choice_vectors")["fishburn_rank_reversal"]
    without = [(count, order.replace("d", "")) for count, order in found["profile"]]

    whole = borda(support_of_votes(found["profile"], "abcd"))
    rest = borda(support_of_votes(without, "abc"))

    assert by_letter(whole, "abcd") == found["borda_with_d"]
    assert by_letter(rest, "abc") == found["borda_without_d"]


def test_kendalls_tau_is_as_published(vectors: Vectors) -> None:
    found = vectors("social_choice_vectors")["kendall"]

    tau = kendall(np.array(found["x"]), np.array(found["y"]))

    assert tau == pytest.approx(found["tau"])


@settings(max_examples=20)
@given(st.lists(st.integers(0, 3), min_size=16, max_size=16))
def test_no_order_agrees_more_than_kemenys(values: list[int]) -> None:
    support = np.array(values, dtype=float).reshape(4, 4)
    scored = {order: kemeny_score(support, order) for order in permutations(range(4))}
    best = kemeny(support)

    assert best.score == max(scored.values())
    winners = {order for order, score in scored.items() if score == best.score}
    assert set(best.orders) == winners


def test_more_than_sixteen_are_not_ordered_by_kemeny() -> None:
    with pytest.raises(TooLargeError):
        kemeny(np.zeros((17, 17)))


def test_a_vote_that_leaves_one_out_is_refused() -> None:
    with pytest.raises(InvalidInputError):
        support_of_votes([(1, "ab")], "abc")


def test_ties_share_the_mean_of_their_ranks() -> None:
    # Ranks 1, 2.5, 2.5, 4 against 1, 2, 3, 4.
    rho = spearman(np.array([1.0, 5, 5, 9]), np.arange(4.0))

    assert rho == pytest.approx(4.5 / np.sqrt(4.5 * 5))


@pytest.mark.parametrize(
    ("rho", "n", "printed"),
    [(0.5494, 10, 0.05), (0.6319, 10, 0.025), (0.5214, 11, 0.05), (-0.5494, 10, 0.95)],
)
def test_chances_are_those_of_tables_of_the_correlation(
    rho: float, n: int, printed: float
) -> None:
    assert _chance_above(rho, n) == pytest.approx(printed, abs=0.0001)


def test_an_agreement_says_what_one_member_makes_of_it() -> None:
    x = np.array([1.0, 2, 3, 4, 5])
    found = agreement(x, np.array([1.0, 2, 3, 4, -9]))

    assert found.n == 5
    assert found.without_one[1] == 1
    assert found.without_one[0] < found.rho < 1
    assert agreement(x, x).p == 0
    assert agreement(x, -x).p == 1


@pytest.mark.parametrize("n", [3, 5])
def test_lists_that_do_not_fit_or_are_too_short_are_refused(n: int) -> None:
    with pytest.raises(InvalidInputError):
        agreement(np.arange(3.0), np.arange(float(n)))


def test_what_is_all_equal_correlates_with_nothing() -> None:
    assert np.isnan(spearman(np.ones(4), np.arange(4.0)))
