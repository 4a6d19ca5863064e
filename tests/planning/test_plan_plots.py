"""Plots draw what the tables say, and nothing where there is nothing."""

import re
from xml.etree import ElementTree as ET

import msgspec

from foedus.paper.documents import Plot
from foedus.planning.asks import AskClosure
from foedus.planning.closing import close_in
from foedus.planning.covering import cover
from foedus.planning.dropping import drop_each
from foedus.planning.plan_plots import (
    closure_plot,
    drops_plot,
    load_plot,
    tours_plot,
)
from foedus.planning.plans import places_of
from tests.planning.plan_sheets import SITUATION

FOUND = cover(SITUATION)
DROPS = drop_each(SITUATION)
CLOSURE = close_in(AskClosure(situation=SITUATION, places=places_of(SITUATION)))
NAMES = {"u1": "First & <last>", "c1": "Watch"}


def drawn(plot: Plot | None) -> str:
    assert plot is not None
    ET.fromstring(plot.svg)  # noqa: S314 - drawn by ourselves
    return plot.svg


def test_load_is_written_in_its_colour() -> None:
    found = drawn(load_plot(FOUND))

    assert found.count(">6.0</text>") == 3
    assert found.count('class="b2"') == 3
    assert found.count(">none</text>") == found.count('class="open"') == 3


def test_units_are_named_whatever_they_are_called() -> None:
    found = drawn(tours_plot(FOUND, NAMES))

    assert "First &amp; &lt;last&gt;" in found
    assert found.count(">A</text>") == 1


def test_nations_stand_in_the_order_of_their_codes() -> None:
    one = DROPS.drops[0]
    worse = msgspec.structs.replace(one, nation="SWE", more=one.more + 4)
    drops = msgspec.structs.replace(DROPS, drops=(one, worse))

    found = drawn(drops_plot(drops))

    assert re.findall(r">([A-Z]{3})<", found) == ["POL", "SWE"]


def test_the_deadline_is_a_line_through_every_curve() -> None:
    found = drawn(closure_plot(CLOSURE, {"tapa": "Tapa"}))

    assert found.count('class="limit"') == 1
    assert "Tapa, ship" in found
    assert ">1 of 2</text>" in found
    assert ">0 of 1</text>" in found


def test_where_there_is_nothing_nothing_is_drawn() -> None:
    nothing = msgspec.structs.replace(SITUATION, commitments=(), units=())
    empty = cover(nothing)

    assert load_plot(empty) is None
    assert tours_plot(empty, {}) is None
    assert drops_plot(drop_each(nothing)) is None
    assert closure_plot(msgspec.structs.replace(CLOSURE, curve=()), {}) is None


def test_equal_plans_give_equal_drawings() -> None:
    assert drawn(tours_plot(FOUND, NAMES)) == drawn(tours_plot(FOUND, NAMES))
