"""Warnings and ladders: what is told, to whom, when, and why not."""

from datetime import UTC, datetime
from typing import Final

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from foedus.clock import to_ms
from foedus.errors import InvalidInputError
from foedus.ids import NationCode
from foedus.response.assignments import Assignment, Clocks, TimeLimit
from foedus.response.assignments import Rung as Step
from foedus.response.calendars import Calendar
from foedus.response.clocks import ClockName, Course, Mark, Moment, Pause, Terms
from foedus.response.ladders import Due, Plan, Rung, foreseen, make_plan, plan_of

MINUTE: Final = 60_000
T0: Final = to_ms(datetime(2026, 11, 23, 20, tzinfo=UTC))
"""A Monday, 21:00 in Brussels."""

QUIET = Calendar(
    nation=NationCode("BEL"), zone="Europe/Brussels", quiet=("22:00-06:00",)
)
LOUD = msgspec.structs.replace(QUIET, quiet=())

LADDER = make_plan(
    {"acknowledge": Terms(within="PT1H")},
    [
        Rung(clock="acknowledge", after="PT15M", tell="nation"),
        Rung(clock="acknowledge", after="PT30M", tell="coordinator", repeat=2),
    ],
    ["50%", "PT15M"],
)


def told(
    plan: Plan,
    *marks: tuple[Moment, int],
    pauses: tuple[Pause, ...] = (),
    calendar: Calendar = LOUD,
) -> list[Due]:
    """Give what a task foresees, by what happened after how many minutes."""
    found = tuple(Mark(moment, T0 + minutes * MINUTE) for moment, minutes in marks)
    return foreseen(plan, Course(marks=found, pauses=pauses), calendar)


def lines(dues: list[Due]) -> list[str]:
    """Write what is told, in short."""
    return [
        f"{(each.at_ms - T0) // MINUTE} {each.kind} {each.key.point}"
        f"/{each.key.turn}/{each.key.loop} {','.join(each.tell)}"
        for each in dues
        if each.reason is None
    ]


def test_rungs_and_warnings_come_in_their_order() -> None:
    assert lines(told(LADDER, ("assigned", 0))) == [
        "15 escalated 0/0/0 nation",
        "30 warned 50%/0/0 nation",
        "30 escalated 1/0/0 coordinator",
        "45 warned PT15M/0/0 nation",
        "60 escalated 1/0/1 coordinator",
        "60 breached deadline/0/0 nation,coordinator,duty-officer",
    ]


def test_acknowledging_stops_the_ladder_and_every_omission_has_a_reason() -> None:
    found = told(LADDER, ("assigned", 0), ("acknowledged", 20))
    assert lines(found) == ["15 escalated 0/0/0 nation"]
    reasons = {each.reason for each in found} - {None}
    assert reasons == {"acknowledged before, at 2026-11-23 20:20:00 UTC"}


def test_a_return_begins_the_ladder_anew() -> None:
    found = told(LADDER, ("assigned", 0), ("done", 5), ("returned", 100))
    assert lines(found)[0] == "115 escalated 0/1/0 nation"


def test_an_acknowledgement_that_nothing_follows_begins_the_ladder_anew() -> None:
    plan = make_plan(
        {"acknowledge": Terms(within="PT1H", rearm="PT2H")}, LADDER.ladder, []
    )
    found = told(plan, ("assigned", 0), ("acknowledged", 10))
    assert lines(found)[0] == "145 escalated 0/1/0 nation"


def test_a_deadline_is_missed_by_what_comes_at_it() -> None:
    kinds = [each.kind for each in told(LADDER, ("assigned", 0), ("acknowledged", 60))
             if each.reason is None]  # fmt: skip
    assert kinds[-1] == "breached"
    in_time = told(LADDER, ("assigned", 0), ("acknowledged", 59))
    assert "breached" not in {each.kind for each in in_time if each.reason is None}


def test_quiet_hours_put_a_reminder_off_and_drop_nothing() -> None:
    plan = make_plan(
        {"acknowledge": Terms()},
        [Rung(clock="acknowledge", after="PT2H", tell="nation")],
    )
    (due,) = told(plan, ("assigned", 0), calendar=QUIET)
    # 23:00 is quiet until 06:00.
    assert (due.at_ms - due.planned_ms, due.reason) == (7 * 60 * MINUTE, None)


def test_quiet_hours_of_a_nation_do_not_keep_the_coordinator_waiting() -> None:
    plan = make_plan(
        {"acknowledge": Terms(within="PT3H")},
        [Rung(clock="acknowledge", after="PT2H", tell="coordinator")],
        [],
    )
    found = told(plan, ("assigned", 0), calendar=QUIET)
    assert [each.at_ms - each.planned_ms for each in found] == [0, 0]


def test_what_quiet_hours_put_off_until_it_was_void_says_so() -> None:
    plan = make_plan(
        {"acknowledge": Terms()},
        [Rung(clock="acknowledge", after="PT2H", tell="nation")],
    )
    (due,) = told(plan, ("assigned", 0), ("acknowledged", 180), calendar=QUIET)
    assert due.reason is not None
    assert due.reason.endswith("; quiet hours had put it off")


def test_warnings_of_one_instant_are_one() -> None:
    plan = make_plan({"complete": Terms(within="PT2H")}, [], ["50%", "PT1H", "80%"])
    assert lines(told(plan, ("assigned", 0))) == [
        "60 warned 50%/0/0 nation",
        "96 warned 80%/0/0 nation",
        "120 breached deadline/0/0 nation,coordinator,duty-officer",
    ]


def test_a_warning_before_the_beginning_is_none() -> None:
    plan = make_plan({"complete": Terms(within="PT30M")}, [], ["PT1H", "PT30M"])
    assert [each.kind for each in told(plan, ("assigned", 0))] == ["breached"]


def test_a_pause_puts_everything_off_that_is_still_to_come() -> None:
    pause = Pause(
        since_ms=T0 + 20 * MINUTE,
        until_ms=T0 + 50 * MINUTE,
        authority=NationCode("NATO"),
    )
    found = lines(told(LADDER, ("assigned", 0), pauses=(pause,)))
    assert found[:3] == [
        "15 escalated 0/0/0 nation",
        "60 warned 50%/0/0 nation",
        "60 escalated 1/0/0 coordinator",
    ]


def test_while_a_clock_stands_still_nothing_is_foreseen_behind_it() -> None:
    pause = Pause(since_ms=T0 + 20 * MINUTE, authority=NationCode("NATO"))
    found = lines(told(LADDER, ("assigned", 0), pauses=(pause,)))
    assert found == ["15 escalated 0/0/0 nation"]


def test_a_task_that_was_closed_tells_nothing_more() -> None:
    assert lines(told(LADDER, ("assigned", 0), ("closed", 10))) == []


@settings(max_examples=40)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(
                ["delivered", "acknowledged", "accepted", "started", "done", "returned"]
            ),
            st.integers(0, 60),
        ),
        max_size=8,
    )
)
def test_each_point_is_told_at_most_once(marks: list[tuple[Moment, int]]) -> None:
    minute, happened = 0, []
    for moment, gap in marks:
        minute += gap
        happened.append((moment, minute))
    keys = [each.key for each in told(LADDER, ("assigned", 0), *happened)]
    assert len(set(keys)) == len(keys)


@given(st.integers(0, 120), st.integers(0, 120))
def test_what_was_told_already_is_not_moved_by_what_comes_after(
    first: int, gap: int
) -> None:
    # Whatever was due before an instant stays due, whatever happens from then on.
    now = T0 + (first + gap) * MINUTE
    before = told(LADDER, ("assigned", 0), ("delivered", first))
    after = told(
        LADDER, ("assigned", 0), ("delivered", first), ("acknowledged", first + gap)
    )
    assert [
        (each.key, each.at_ms, each.reason) for each in after if each.at_ms < now
    ] == [(each.key, each.at_ms, each.reason) for each in before if each.at_ms < now]


def test_quiet_hours_put_no_warning_off_beyond_its_deadline() -> None:
    plan = make_plan({"complete": Terms(within="PT4H")}, [], ["50%"])
    warned, breached = told(plan, ("assigned", 0), calendar=QUIET)
    assert warned.at_ms == breached.at_ms


def test_a_step_says_what_its_clocks_and_rungs_are() -> None:
    plan = plan_of(
        Assignment(
            clocks=Clocks(complete=TimeLimit(within="P1M", start="accepted")),
            ladder=(Step(clock="acknowledge", after="PT15M", tell="duty-officer"),),
            warnings=(),
        )
    )
    assert plan.clocks == {
        "acknowledge": Terms(),
        "complete": Terms(within="P1M", start="accepted"),
    }
    assert lines(told(plan, ("assigned", 0), ("accepted", 10))) == [
        "43210 breached deadline/0/0 nation,coordinator,duty-officer"
    ]
    assert lines(told(plan, ("assigned", 0))) == ["15 escalated 0/0/0 duty-officer"]


@pytest.mark.parametrize(
    ("clocks", "ladder", "warnings"),
    [
        ({}, [Rung(clock="accept", after="PT1H", tell="nation")], None),
        ({"accept": Terms()}, [Rung(clock="accept", after="1h", tell="nation")], None),
        (
            {"accept": Terms()},
            [Rung(clock="accept", after="PT1H", tell="nation", repeat=0)],
            None,
        ),
        ({"accept": Terms()}, [], ["100%"]),
        ({"accept": Terms()}, [], ["50%", "50%"]),
        ({"accept": Terms()}, [], [f"{n}%" for n in range(1, 22)]),
        ({"accept": Terms(within="x")}, [], None),
        (
            {"accept": Terms()},
            [Rung(clock="accept", after="PT1H", tell="nation")] * 201,
            None,
        ),
    ],
)
def test_a_plan_that_cannot_be_kept_is_refused(
    clocks: dict[ClockName, Terms],
    ladder: list[Rung],
    warnings: list[str] | None,
) -> None:
    with pytest.raises(InvalidInputError):
        make_plan(clocks, ladder, warnings)
