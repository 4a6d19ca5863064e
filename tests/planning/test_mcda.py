"""AHP, TOPSIS and PROMETHEE as published, with their warnings."""

from functools import partial

import numpy as np
import pytest

from foedus.errors import InvalidInputError
from foedus.planning.mcda import (
    Criterion,
    Preference,
    ahp,
    dominance,
    judgements,
    promethee,
    reversals,
    topsis,
)
from tests.planning.conftest import Vectors


def test_saatys_wealth_of_nations(vectors: Vectors) -> None:
    found = vectors("mcda")["ahp_saaty_wealth_1977"]
    weights = ahp(judgements(found["matrix"]))
    within = found["tolerance"]

    assert weights.weights == pytest.approx(found["weights_computed"], abs=within)
    assert weights.weights == pytest.approx(found["weights_published"], abs=0.005)
    assert weights.largest == pytest.approx(found["lambda_max"], abs=0.005)
    assert weights.index == pytest.approx(found["CI"], abs=within)
    assert weights.warnings == ()


def test_one_judge_of_the_handbook(vectors: Vectors) -> None:
    found = vectors("mcda")["ahp_oecd_one_judge"]
    weights = ahp(judgements(found["matrix"]))

    assert weights.weights == pytest.approx(found["weights_computed"], abs=0.001)
    assert weights.largest == pytest.approx(found["lambda_max"], abs=0.0001)
    assert weights.ratio == pytest.approx(found["CR"], abs=0.0001)


def test_judgements_in_a_circle_are_warned_of() -> None:
    circle = ahp(judgements([[1, 9, "1/9"], ["1/9", 1, 9], [9, "1/9", 1]]))

    assert circle.ratio is not None
    assert circle.ratio > 1
    assert "contradict" in circle.warnings[0]


def test_two_things_cannot_contradict() -> None:
    assert ahp(judgements([[1, 3], ["1/3", 1]])).ratio is None
    assert ahp(judgements([[1]])).index == 0


@pytest.mark.parametrize(
    "matrix",
    [
        [],
        [[1, 2]],
        [[1, 2], [2, 1]],
        [[1, 0], [0, 1]],
        [[1, "x"], [1, 1]],
        [[1, -2], ["-1/2", 1]],
        [[1, "1/0"], [1, 1]],
    ],
)
def test_what_are_no_judgements_is_refused(matrix: list) -> None:
    with pytest.raises(InvalidInputError):
        judgements(matrix)


def test_more_than_ten_things_are_not_judged_in_pairs() -> None:
    with pytest.raises(InvalidInputError):
        ahp(np.ones((11, 11)))


def test_topsis_of_the_textbook(vectors: Vectors) -> None:
    found = vectors("mcda")["topsis_hwang_yoon_1981"]
    closeness = topsis(
        np.array(found["matrix"]), np.array(found["weights"]), np.array(found["sense"])
    )

    assert closeness == pytest.approx(found["closeness"], abs=found["tolerance"])


def test_topsis_of_equals_is_in_the_middle_and_of_nothing_refused() -> None:
    ones = np.ones((2, 2))

    assert topsis(ones, np.ones(2), np.ones(2)).tolist() == [0.5, 0.5]
    with pytest.raises(InvalidInputError):
        topsis(np.zeros((2, 2)), np.ones(2), np.ones(2))


def test_promethee_of_the_textbook(vectors: Vectors) -> None:
    found = vectors("mcda")["promethee_brans_vincke_mareschal_1986"]
    criteria = [
        Criterion(**{**each, "type": Preference(each["type"])})
        for each in found["criteria"]
    ]
    flows = promethee(np.array(found["matrix"]), criteria, np.ones(6))

    assert flows.plus == pytest.approx(found["phi_plus"], abs=0.0006)
    assert flows.minus == pytest.approx(found["phi_minus"], abs=0.0006)
    assert flows.net == pytest.approx(found["phi_net"], abs=0.0011)
    assert flows.net.sum() == pytest.approx(0)


@pytest.mark.parametrize("kind", list(Preference))
def test_a_difference_of_nothing_is_no_preference(kind: Preference) -> None:
    criterion = Criterion(sense=1, type=kind)

    assert promethee(np.ones((2, 1)), [criterion], np.ones(1)).net.tolist() == [0, 0]


def test_promethee_wants_a_criterion_and_a_weight_a_column() -> None:
    with pytest.raises(InvalidInputError):
        promethee(np.ones((2, 2)), [], np.ones(2))


def test_who_is_nowhere_worse_dominates() -> None:
    matrix = np.array([[3.0, 1.0], [2.0, 2.0], [2.0, 1.0], [3.0, 1.0]])
    found = dominance(matrix, np.array([1, -1]))

    assert found.tolist() == [
        [False, True, True, False],
        [False, False, False, False],
        [False, True, False, False],
        [False, True, True, False],
    ]


def test_an_order_that_turns_round_without_an_irrelevant_one_is_told() -> None:
    # Leaving out the last moves the ideal, and with it who is nearer to it.
    matrix = np.array([[1.0, 5.0], [4.0, 2.0], [9.0, 1.0]])
    scores = partial(topsis, weights=np.ones(2), sense=np.ones(2))
    found = {each.without: each.pairs for each in reversals(matrix, scores)}

    assert found == {2: ((0, 1),)}


def test_plain_sums_never_turn_round() -> None:
    matrix = np.array([[1.0, 5.0], [4.0, 3.0], [9.0, 1.0]])

    assert reversals(matrix, lambda rows: rows.sum(axis=1)) == ()
