"""Workflows as they are drawn: every step once, and no line through a step."""

import json
import re

import pytest

from foedus.response import catalogue
from foedus.response.cacao import Playbook
from foedus.response.validation import validate
from foedus.response.vocabulary import StepKind
from foedus.web.workflows import (
    HEIGHT,
    STEPS_MAX,
    WIDTH,
    Drawing,
    Look,
    draw,
    draw_steps,
)
from tests.response.books import Json, book


def taken(document: Json) -> Playbook:
    playbook = validate(json.dumps(document).encode()).playbook
    assert playbook is not None
    return playbook


def drawn(document: Json) -> Drawing:
    drawing = draw(taken(document), {})
    assert drawing is not None
    return drawing


def columns(drawing: Drawing) -> dict[str, tuple[int, int]]:
    """Give where each step stands, counted from the first."""
    xs = sorted({box.x for box in drawing.boxes})
    ys = sorted({box.y for box in drawing.boxes})
    return {box.name: (xs.index(box.x), ys.index(box.y)) for box in drawing.boxes}


def words(drawing: Drawing) -> list[str]:
    return sorted(each.word for each in drawing.edges if each.word)


@pytest.mark.parametrize("name", catalogue.names())
def test_a_protocol_of_the_catalogue_is_drawn_whole(name: str) -> None:
    playbook = validate(catalogue.raw(name)).playbook
    assert playbook is not None

    drawing = draw(playbook, {})

    assert drawing is not None
    ends = (StepKind.START, StepKind.END)
    steps = [each for each in playbook.workflow.values() if each.kind not in ends]
    assert len(drawing.boxes) == len(steps)
    places = {(box.x, box.y) for box in drawing.boxes}
    assert len(places) == len(steps), "no two stand at one place"
    for box in drawing.boxes:
        assert 0 <= box.x <= drawing.width - WIDTH
        assert 0 <= box.y <= drawing.height - HEIGHT


def test_what_is_drawn_has_no_row_in_which_nothing_stands() -> None:
    playbook = validate(catalogue.raw("malware-outbreak")).playbook
    assert playbook is not None
    drawing = draw(playbook, {})
    assert drawing is not None
    rows = {box.y for box in drawing.boxes}

    assert len(rows) == (drawing.height - 14) // 104 <= 6


def test_steps_that_follow_each_other_stand_in_a_row() -> None:
    chain = {"A1": {"on_completion": "A2"}, "A2": {"on_completion": "E"}, "E": {}}

    assert columns(drawn(book(chain))) == {"A1": (0, 0), "A2": (1, 0)}


def test_branches_stand_below_each_other_and_come_together() -> None:
    drawing = drawn(
        book(
            {
                "P": {"next_steps": ["A1", "A2"], "on_completion": "A3"},
                "A1": {"on_completion": "E1"},
                "E1": {},
                "A2": {"on_completion": "E2"},
                "E2": {},
                "A3": {"on_completion": "E"},
                "E": {},
            }
        )
    )

    assert columns(drawing) == {"P": (0, 0), "A1": (1, 0), "A2": (1, 1), "A3": (2, 0)}
    assert len(drawing.edges) == 6


def test_conditions_stand_on_the_lines() -> None:
    variable = {"__x__": {"type": "string", "value": "1"}}
    drawing = drawn(
        book(
            {
                "I": {
                    "condition": "__x__:value = '1'",
                    "on_true": "A1",
                    "on_completion": "A2",
                },
                "A1": {"on_completion": "E1"},
                "E1": {},
                "A2": {"on_success": "E", "on_failure": "A3"},
                "A3": {"on_completion": "E"},
                "E": {},
            },
            playbook_variables=variable,
        )
    )

    assert words(drawing) == ["fails", "no", "yes"]
    assert columns(drawing)["A3"][1] > columns(drawing)["A2"][1]


def test_a_loop_leads_back() -> None:
    variable = {"__x__": {"type": "string", "value": "1"}}
    drawing = drawn(
        book(
            {
                "W": {
                    "condition": "__x__:value = '1'",
                    "on_true": "A1",
                    "on_completion": "E",
                },
                "A1": {"on_completion": "E1"},
                "E1": {},
                "E": {},
            },
            playbook_variables=variable,
        )
    )

    backward = [each for each in drawing.edges if goes_back(each.path)]
    assert len(backward) == 1
    assert [box.name for box in drawing.boxes] == ["W ↻", "A1"]


def goes_back(path: str) -> bool:
    start = re.match(r"M(-?\d+)", path)
    ends = re.findall(r"H(-?\d+)", path)
    return start is not None and int(ends[-1]) < int(start[1])


def test_a_workflow_too_long_to_be_read_is_not_drawn() -> None:
    names = [f"A{n}" for n in range(STEPS_MAX)]
    chain: dict[str, dict[str, object]] = {
        name: {"on_completion": after}
        for name, after in zip(names, [*names[1:], "E"], strict=True)
    }

    assert draw(taken(book({**chain, "E": {}})), {}) is None


def test_a_name_that_is_too_long_is_cut_and_said_whole() -> None:
    name = "Tell every nation whose networks were reached what was found there"

    [box] = draw_steps([(name, Look(note="▶"))]).boxes

    assert box.name == name
    assert len(box.lines) == 2
    assert box.lines[-1][1].endswith("…")


def test_steps_of_ones_own_are_drawn_without_a_line() -> None:
    drawing = draw_steps([("First", Look()), ("Second", Look())])

    assert drawing.edges == ()
    assert drawing.dots == ()
    assert [box.name for box in drawing.boxes] == ["First", "Second"]
    assert drawing.boxes[0].x > 0
    assert drawing.boxes[-1].x + WIDTH < drawing.width
