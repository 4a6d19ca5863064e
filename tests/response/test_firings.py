"""Which points of clocks are written now, and for which others they stand."""

from typing import Final

from foedus.response.clocks import Course, Mark, Terms
from foedus.response.firings import Firing, next_due, overdue
from foedus.response.ladders import Due, Key, Plan, Rung, foresee, foreseen, make_plan

MINUTE: Final = 60_000

PLAN = make_plan(
    {"acknowledge": Terms(within="PT2H")},
    [
        Rung(clock="acknowledge", after="PT15M", tell="nation", repeat=4),
        Rung(clock="acknowledge", after="PT30M", tell="coordinator"),
    ],
    ["50%", "80%"],
)


def dues(*marks: Mark) -> list[Due]:
    """Give what the task foresees."""
    return foreseen(PLAN, Course(marks=(Mark("assigned", 0), *marks)), None)


def points(firings: list[Firing]) -> list[str]:
    """Write firings in short: the point, and those that it stands for."""
    return [
        " < ".join(
            f"{key.point}/{key.loop}" for key in (each.due.key, *each.instead_of)
        )
        for each in firings
    ]


def test_what_is_written_in_time_stands_for_itself() -> None:
    assert points(overdue(dues(), set(), 16 * MINUTE)) == ["0/0"]
    told = {Key("acknowledge", "0")}
    assert overdue(dues(), told, 16 * MINUTE) == []


def test_after_an_hour_without_the_hub_each_reminder_is_told_once_and_in_order() -> (
    None
):
    found = overdue(dues(), set(), 100 * MINUTE)
    assert points(found) == [
        "1/0",
        "0/3 < 0/0 < 0/1 < 0/2",
        "80%/0 < 50%/0",
    ]
    assert [each.due.at_ms for each in found] == sorted(
        each.due.at_ms for each in found
    )


def test_a_deadline_stands_for_its_warnings_and_is_never_left_out() -> None:
    found = overdue(dues(), set(), 121 * MINUTE)
    assert points(found)[-1] == "deadline/0 < 50%/0 < 80%/0"
    answered = overdue(dues(Mark("acknowledged", 130 * MINUTE)), set(), 200 * MINUTE)
    assert points(answered)[-1] == "deadline/0 < 50%/0 < 80%/0"


def test_a_reminder_of_a_clock_that_has_stopped_meanwhile_is_told_to_nobody() -> None:
    stopped = dues(Mark("acknowledged", 20 * MINUTE))
    (found,) = overdue(stopped, set(), 30 * MINUTE)
    assert found.reason == "the clock stopped before it could be told"


def test_next_is_the_first_that_is_not_written() -> None:
    first = next_due(dues(), set())
    assert first is not None
    assert first.key == Key("acknowledge", "0")
    assert next_due(dues(Mark("acknowledged", 1)), set()) is None


ENDLESS = Plan(
    clocks={"acknowledge": Terms()},
    ladder=(
        Rung(clock="acknowledge", after="PT1S", tell="nation", repeat=10**9),
        Rung(clock="acknowledge", after="PT2S", tell="coordinator", repeat=10**9),
    ),
)
ASKED = Course(marks=(Mark("assigned", 0),))


def test_the_next_point_is_found_without_those_behind_it() -> None:
    first = next_due(foresee(ENDLESS, ASKED, None), set())

    assert first is not None
    assert first.at_ms == 1_000


def test_the_last_of_thousands_that_are_overdue_stands_for_them() -> None:
    nation, coordinator = overdue(foresee(ENDLESS, ASKED, None), set(), 20_000_000)

    assert (nation.due.key.loop, len(nation.instead_of)) == (19_999, 19_999)
    assert (coordinator.due.key.loop, len(coordinator.instead_of)) == (9_999, 9_999)
    assert nation.instead_of[0] == Key("acknowledge", "0", 0, 0)
