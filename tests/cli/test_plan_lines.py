"""A plan in lines: first what nobody can fill, what is withheld before any figure."""

from collections.abc import Iterator

import msgspec
import pytest

from foedus.cli.plan_lines import again_lines, list_lines, sheet_lines
from foedus.planning.asks import AskClosure
from foedus.planning.closing import close_in
from foedus.planning.commands import Again
from foedus.planning.covering import cover
from foedus.planning.dropping import drop_each
from foedus.planning.plans import Found, places_of
from foedus.planning.views import PlanSheet
from tests.planning.plan_sheets import SITUATION, sheet


@pytest.fixture
def covered() -> PlanSheet:
    return sheet(Found(coverage=cover(SITUATION)))


def place(lines: list[str], words: str) -> int:
    return next(n for n, each in enumerate(lines) if words in each)


def test_what_is_withheld_and_what_nobody_can_fill_come_first(
    covered: PlanSheet,
) -> None:
    lines = list(sheet_lines(covered))

    order = ("plan--1", "Withheld: tanker", "Nobody can fill:", "Filled:", "Who goes:")
    places = [place(lines, words) for words in order]
    assert places == sorted(places)
    assert lines[0].endswith("illustrative")
    assert "First (POL)" in lines[place(lines, "First")]
    assert any("Boat (POL): no report" in each for each in lines)
    assert any("1 unit of it is not planned with" in each for each in lines)


def test_a_load_above_one_cannot_last(covered: PlanSheet) -> None:
    lines = list(sheet_lines(covered))

    assert any("company: 6.00 in period 1, cannot last" in each for each in lines)
    assert any(each == "  ship: nothing is there" for each in lines)


def test_what_hangs_on_a_nation_is_said_to_be_for_planners() -> None:
    lines = list(sheet_lines(sheet(Found(drops=drop_each(SITUATION)))))

    assert "for planners alone" in lines[1]
    assert any("POL: " in each and "more is missing" in each for each in lines)


def test_hours_are_told_by_their_clock_and_as_a_table() -> None:
    ask = AskClosure(situation=SITUATION, places=places_of(SITUATION))
    lines = list(sheet_lines(sheet(Found(closure=close_in(ask)))))

    said = "Within 48 h until on station: 33% of what is wanted is there, 33% at most"
    assert said in lines
    (line,) = (each for each in lines if each.startswith("  Tapa  company"))
    assert line.split()[2:] == ["1"] * 7 + ["of", "2"]
    assert any(each == "  First (POL) to Tapa: 12 h" for each in lines)


def test_a_list_has_two_lines_a_plan(covered: PlanSheet) -> None:
    first, second = list_lines([covered.line])

    assert (
        first == "plan--1  coverage as of 2026-11-23, 25% filled, 2 gaps  illustrative"
    )
    assert second == "  POL, 2026-11-23 12:00 UTC; NATO RESTRICTED"


def again(**more: object) -> Iterator[str]:
    said = {
        "plan": "plan--1",
        "equal": True,
        "differs": (),
        "register_changed": False,
        "solver": "S 1",
        "solver_then": "S 1",
    }
    return again_lines(msgspec.convert({**said, **more}, Again))


def test_a_plan_made_again_says_what_is_otherwise() -> None:
    assert list(again()) == ["plan--1: equal"]
    told = list(again(equal=False, differs=("fill",), solver="S 2"))
    assert told[0] == "plan--1: not equal in fill"
    assert "solved by S 2, and then by S 1" in told[1]
    assert "make a new plan" in list(again(register_changed=True))[1]
