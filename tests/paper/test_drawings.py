"""Drawings in SVG."""

from itertools import pairwise
from xml.etree import ElementTree as ET

from hypothesis import given, settings
from hypothesis import strategies as st

from foedus.paper.drawings import (
    box,
    dot,
    line,
    shape,
    shortened,
    spread,
    svg,
    words,
)


def test_a_drawing_is_whole_and_names_what_it_shows() -> None:
    drawn = svg(
        'A & "B"',
        (100, 50),
        [
            line((0, 0), (1.25, 2), "axis"),
            box((0, 0), (0, 5), "f1"),
            dot((1, 1), "f2"),
            shape([(0, 0), (1, 0), (1, 1)], "band"),
            words((1, 2), "<b>", anchor="end", css="strong"),
        ],
    )
    found = ET.fromstring(drawn)  # noqa: S314 - drawn by us

    assert found.get("aria-label") == 'A & "B"'
    assert [each.tag.rpartition("}")[2] for each in found] == [
        *("line", "rect", "circle", "polygon", "text"),
    ]
    assert found[0].get("x2") == "1.2"
    assert found[1].get("width") == "1"  # a hairline
    assert found[4].text == "<b>"


def test_what_does_not_fit_is_shortened() -> None:
    assert shortened("abcdef", 6) == "abcdef"
    assert shortened("abcdefg", 6) == "abcde…"


@settings(max_examples=30)
@given(st.lists(st.floats(0, 100), max_size=12), st.floats(1, 9))
def test_places_are_moved_apart_in_their_order(wanted: list[float], gap: float) -> None:
    placed = spread(wanted, gap, 120)
    order = sorted(range(len(wanted)), key=lambda each: (wanted[each], each))
    listed = [placed[each] for each in order]

    assert all(b - a >= gap - 1e-6 for a, b in pairwise(listed))
    assert max(listed, default=0) <= max(120, gap * (len(wanted) - 1)) + 1e-6
