"""Land borders before and after an accession, from lengths that somebody states."""

from pathlib import Path

import pytest

from foedus.errors import InvalidInputError, TooLargeError
from foedus.planning.borders import (
    Border,
    border_sums,
    external_change,
    in_every_order,
    read_borders,
)
from tests.planning.conftest import Vectors

THIRTY = (
    *("ALB", "BEL", "BGR", "CAN", "HRV", "CZE", "DNK", "EST", "FRA", "DEU", "GRC"),
    *("HUN", "ISL", "ITA", "LVA", "LTU", "LUX", "MNE", "NLD", "MKD", "NOR", "POL"),
    *("PRT", "ROU", "SVK", "SVN", "ESP", "TUR", "GBR", "USA"),
)

BORDERS = (
    Border(between=("A", "X"), stated={"A": 10, "X": 12}),
    Border(between=("A", "B"), stated={"A": 5, "B": 5}),
    Border(between=("B", "X"), stated={"B": 100}),
)


@pytest.fixture(scope="module")
def borders(planning_data: Path) -> tuple[Border, ...]:
    return read_borders((planning_data / "land_borders.csv").read_text("utf-8"))


def test_finland_doubles_the_border_and_sweden_shortens_the_outer_one(
    borders: tuple[Border, ...], vectors: Vectors
) -> None:
    steps = vectors("accession_border")["steps"]
    members = set(THIRTY)
    for name, joins in (("N30", set()), ("+FIN", {"FIN"}), ("+FIN+SWE", {"SWE"})):
        members |= joins
        found = border_sums(borders, members)

        assert found.members == steps[name]["members"]
        assert found.external_km == pytest.approx(steps[name]["external_km"], abs=0.5)
        assert found.internal_km == pytest.approx(steps[name]["internal_km"], abs=0.5)
        assert found.by_neighbour["RUS"] == steps[name]["with_RUS_km"]


def test_either_order_ends_alike_and_gets_there_differently(
    borders: tuple[Border, ...], vectors: Vectors
) -> None:
    found = in_every_order(borders, THIRTY, ["FIN", "SWE"])
    finland_first, sweden_first = found["FIN", "SWE"], found["SWE", "FIN"]

    assert finland_first[0] == sweden_first[0]
    assert finland_first[2] == sweden_first[2]
    assert finland_first[2].external_km < finland_first[1].external_km
    assert finland_first[1].external_km > finland_first[0].external_km
    ratio = finland_first[1].by_neighbour["RUS"] / finland_first[0].by_neighbour["RUS"]
    assert ratio == pytest.approx(vectors("accession_border")["ratio_rus"], abs=0.0005)


def test_neighbours_who_disagree_are_both_kept_and_the_larger_counts(
    borders: tuple[Border, ...],
) -> None:
    by_pair = {border.between: border for border in borders}
    germany = by_pair["DEU", "POL"]

    assert germany.range_km == (447, 467)
    assert germany.km == 467


def test_a_change_is_drawn_between_what_the_sides_state() -> None:
    found = external_change(BORDERS, ["A"], "B", seed=1, draws=200)

    assert (found.low, found.median, found.high) == (95, 95, 95)
    assert found.longer == 1
    blurred = external_change(BORDERS, ["B"], "A", seed=1, draws=200)
    assert 5 <= blurred.low < blurred.median < blurred.high <= 7
    assert blurred == external_change(BORDERS, ["B"], "A", seed=1, draws=200)


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("iso3_a,iso3_b\n", "km_stated_by_a"),
        ("iso3_a,iso3_b,km_stated_by_a,km_stated_by_b\nA,B,x,\n", "row 2"),
        ("iso3_a,iso3_b,km_stated_by_a,km_stated_by_b\nA,B,1,2\nA,C,,\n", "row 3"),
        ("iso3_a,iso3_b,km_stated_by_a,km_stated_by_b\nA,B,-1,\n", "row 2"),
        ("iso3_a,iso3_b,km_stated_by_a,km_stated_by_b\nA,B,nan,\n", "row 2"),
    ],
)
def test_a_table_without_lengths_is_refused_by_row(text: str, word: str) -> None:
    with pytest.raises(InvalidInputError, match=word):
        read_borders(text)


def test_who_is_a_member_or_named_twice_is_no_candidate() -> None:
    for candidates in (["A"], ["B", "B"]):
        with pytest.raises(InvalidInputError):
            in_every_order(BORDERS, ["A"], candidates)
    with pytest.raises(TooLargeError):
        in_every_order(BORDERS, [], list("ABCDEFG"))
