"""Published cases are read as they are printed: rows of numbers with lists beside."""

import json

import pytest

from foedus.errors import InvalidInputError, TooLargeError
from foedus.planning.comparison_tables import read_comparison
from foedus.planning.comparisons import compare
from foedus.planning.index_tables import read_index
from foedus.planning.indices import make
from foedus.planning.matrices import comparison_text, index_text
from foedus.planning.tables import TABLE_BYTES_MAX
from tests.planning.conftest import Vectors

SMALL = {"matrix": [[1, 2], [3, 1]], "weights": [1, 1]}
ROWS = {"raw": [[1, 2], [3, 1]]}


def written(entry: object) -> bytes:
    return json.dumps(entry).encode()


def test_topsis_is_as_printed_from_the_printed_matrix(vectors: Vectors) -> None:
    printed = vectors("mcda")["topsis_hwang_yoon_1981"]
    found = compare(read_comparison(written(printed)))

    scores = {each.name: each.score for each in found.topsis}
    assert [scores[f"A{place}"] for place in range(1, 5)] == pytest.approx(
        printed["closeness"], abs=printed["tolerance"]
    )


def test_promethee_is_as_printed_from_the_printed_matrix(vectors: Vectors) -> None:
    printed = vectors("mcda")["promethee_brans_vincke_mareschal_1986"]
    found = compare(read_comparison(written(printed)))

    net = {each.name: each.net for each in found.promethee}
    assert [net[f"A{place}"] for place in range(1, 7)] == pytest.approx(
        printed["phi_net"], abs=1e-3
    )


@pytest.mark.parametrize("case", ["ahp_saaty_wealth_1977", "ahp_oecd_one_judge"])
def test_judgements_are_as_printed_from_the_printed_matrix(
    vectors: Vectors, case: str
) -> None:
    printed = vectors("mcda")[case]
    found = compare(read_comparison(written(printed)))

    assert found.ahp is not None
    assert found.ahp.largest == pytest.approx(printed["lambda_max"], abs=0.01)
    shares = {each.name: each.score for each in found.ahp.weights}
    names = printed.get("names", [f"A{place}" for place in range(1, 9)])
    assert [shares[name] for name in names] == pytest.approx(
        printed["weights_computed"], abs=0.002
    )


def test_the_handbooks_index_is_as_printed_from_its_file(vectors: Vectors) -> None:
    printed = vectors("tai_oecd_handbook_2008") | {"draws": 20}
    found = make(read_index(written(printed)))

    ranks = {each.alternative: each.rank for each in found.alternatives}
    assert [ranks[name] for name in printed["countries"]] == list(range(1, 24))


def test_what_is_written_by_names_is_left_as_it_is() -> None:
    for text in (b'{"criteria": {}}', b"[]", b"{", b'{"a": 1, "a": 2}'):
        assert comparison_text(text) == text
        assert index_text(text) == text


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        (SMALL | {"matrix": []}, "matrix: write rows of numbers"),
        (SMALL | {"matrix": [[], []]}, "matrix: write rows of numbers"),
        (SMALL | {"matrix": [[1], [1, 2]]}, "matrix: write rows of one length"),
        (SMALL | {"weights": [1]}, "weights: write a list of 2"),
        (SMALL | {"sense": [1, 0]}, "criteria.C2.sense: write 1 or -1"),
        (SMALL | {"sense": [1, []]}, "criteria.C2.sense: write 1 or -1"),
        (SMALL | {"criteria": [{}, 1]}, "write an object for each column"),
        (SMALL | {"criteria": [{"name": "C"}] * 2}, "a name stands there twice"),
        (SMALL | {"names": ["A", "A"]}, "names: a name stands there twice"),
        (SMALL | {"names": "AB"}, "names: write a list of 2"),
        (SMALL | {"matrix": [["1", 2], [3, 1]]}, "alternatives.A1.C1"),
    ],
)
def test_lists_that_do_not_fit_are_refused(entry: object, said: str) -> None:
    with pytest.raises(InvalidInputError, match=said):
        read_comparison(written(entry))


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        (ROWS | {"indicators": ["a"]}, "indicators: write a list of 2"),
        (ROWS | {"fixed_goalposts": {"min": [0, 0]}}, "fixed_goalposts.max"),
        (ROWS | {"weights": {"EW": [1]}}, "weights.EW: write a list of 2"),
    ],
)
def test_rows_of_an_index_that_do_not_fit_are_refused(entry: object, said: str) -> None:
    with pytest.raises(InvalidInputError, match=said):
        read_index(written(entry))


def test_a_file_above_its_limit_is_refused() -> None:
    with pytest.raises(TooLargeError):
        comparison_text(b" " * (TABLE_BYTES_MAX + 1))
