"""The plots of a dossier."""

import re
from itertools import pairwise
from xml.etree import ElementTree as ET

import pytest

from foedus.intel.openings import Group, Way
from foedus.planning.dossier_borders import Km
from foedus.planning.dossier_plots import (
    Slope,
    border_plots,
    kilometres,
    openings_plot,
    precedents_plot,
    rating_plots,
    slopes,
)
from tests.planning.assessing import Stage


def test_a_length_is_a_range_only_where_the_sides_differ() -> None:
    assert kilometres(Km(low=1309, high=1309)) == "1,309 km"
    assert kilometres(Km(low=447, high=467)) == "447 to 467 km"


def test_a_range_is_drawn_as_an_area_and_a_known_length_as_a_line() -> None:
    sure = Slope(name="a", before=(1, 1), after=(2, 2), says=("1", "2"))
    wide = Slope(name="b", before=(1, 2), after=(2, 3), says=("1 to 2", "2 to 3"))

    assert "<polygon" not in slopes("t", "", [sure]).svg
    assert slopes("t", "", [sure, wide]).svg.count("<polygon") == 1


def test_words_at_the_ends_of_slopes_do_not_overlap() -> None:
    rows = [
        Slope(name=str(n), before=(5, 5), after=(5, 5), says=("x", "x"))
        for n in range(6)
    ]
    drawn = slopes("t", "", rows).svg

    ys = sorted(float(y) for y in re.findall(r'y="([\d.]+)" text-anchor="end"', drawn))
    assert len(ys) == 6
    assert all(b - a >= 14.9 for a, b in pairwise(ys))


def test_what_nobody_knows_is_not_drawn(stage: Stage) -> None:
    found = stage.dossier("UKR", "itpp")

    contributes = [each for each in found.measures.changes if each.contributes]
    assert list(rating_plots(contributes)) == []
    assert precedents_plot(found.precedents) is None
    assert openings_plot(()) is None


def test_a_label_cannot_break_a_drawing() -> None:
    group = Group(label="<script>&\"'", way=Way.OPENS, objects=2)
    plot = openings_plot([group])

    assert plot is not None
    assert "<script" not in plot.svg
    ET.fromstring(plot.svg)  # noqa: S314 - drawn by us


@pytest.mark.parametrize("to", ["member", "itpp"])
def test_every_plot_is_whole(stage: Stage, to: str) -> None:
    found = stage.dossier("MDA", to)
    assert found.borders is not None
    plots = [*border_plots(found.borders), *rating_plots(found.measures.changes)]

    assert plots
    for each in plots:
        drawn = ET.fromstring(each.svg)  # noqa: S314 - drawn by us
        assert drawn.get("viewBox") == f"0 0 {each.width} {each.height}"
        for text in drawn.iter("{http://www.w3.org/2000/svg}text"):
            assert 0 <= float(text.get("y", "")) <= each.height
