"""The six clocks of a task, by what has happened to it."""

import itertools
from datetime import UTC, datetime
from typing import Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from foedus.clock import to_ms
from foedus.errors import InvalidInputError
from foedus.ids import NationCode
from foedus.response.calendars import Calendar
from foedus.response.clocks import (
    CLOCKS,
    ClockName,
    Course,
    Mark,
    Moment,
    Pause,
    Standing,
    State,
    Terms,
    check_terms,
    count_on,
    counted,
    standing,
    stretches,
)

MINUTE: Final = 60_000
HOUR: Final = 60 * MINUTE
T0: Final = to_ms(datetime(2026, 11, 23, 8, tzinfo=UTC))
"""A Monday, 09:00 in Brussels."""

BELGIUM = Calendar(nation=NationCode("BEL"), zone="Europe/Brussels")
NATO = NationCode("NATO")
HALF_HOUR = Terms(within="PT30M")


def course(*marks: tuple[Moment, int], pauses: tuple[Pause, ...] = ()) -> Course:
    """Make what happened: a moment, and minutes after the order."""
    found = tuple(Mark(moment, T0 + minutes * MINUTE) for moment, minutes in marks)
    return Course(marks=found, pauses=pauses)


def stands(
    clock: ClockName, after: float, what: Course, terms: Terms = HALF_HOUR
) -> Standing:
    """Tell how a clock stands so many minutes after the order."""
    return standing(clock, terms, what, BELGIUM, T0 + int(after * MINUTE))


ASSIGNED = course(("assigned", 0))
DELIVERED = course(("assigned", 0), ("delivered", 1))


def test_a_clock_runs_from_the_order_until_what_it_waits_for() -> None:
    met = stands("acknowledge", 60, course(("assigned", 0), ("acknowledged", 29)))
    assert (met.state, met.deadline_ms) == (State.MET, T0 + 30 * MINUTE)
    assert met.end_ms == T0 + 29 * MINUTE


def test_what_comes_at_the_deadline_is_late() -> None:
    late = stands("acknowledge", 60, course(("assigned", 0), ("acknowledged", 30)))
    assert (late.state, late.is_late) == (State.LATE, True)


def test_what_has_not_come_by_the_deadline_is_late() -> None:
    assert stands("acknowledge", 29.99, DELIVERED).state is State.RUNNING
    assert stands("acknowledge", 30, DELIVERED).state is State.LATE


def test_what_never_reached_the_nation_is_unreachable_and_waits_for_the_hub() -> None:
    found = stands("acknowledge", 31, ASSIGNED)
    assert (found.state, found.owner) == (State.UNREACHABLE, "hub")


def test_a_nation_that_has_the_task_is_waited_for() -> None:
    assert stands("complete", 5, DELIVERED).owner == "nation"


def test_declining_is_an_answer_and_not_late() -> None:
    declined = course(("assigned", 0), ("acknowledged", 5), ("declined", 10))
    for clock in ("accept", "start", "complete"):
        found = stands(clock, 60, declined)
        assert (found.state, found.is_late) == (State.DECLINED, False)


def test_declining_after_the_deadline_says_so() -> None:
    found = stands("accept", 60, course(("assigned", 0), ("declined", 40)))
    assert (found.state, found.is_late) == (State.DECLINED, True)


@pytest.mark.parametrize("clock", ["deliver", "acknowledge", "accept", "start"])
def test_what_is_done_was_delivered_acknowledged_accepted_and_started(
    clock: ClockName,
) -> None:
    found = stands(clock, 60, course(("assigned", 0), ("done", 20)))
    assert found.state is State.MET


def test_a_clock_without_a_deadline_is_never_late() -> None:
    found = stands("complete", 10**6, DELIVERED, Terms())
    assert (found.state, found.deadline_ms) == (State.RUNNING, None)


def test_confirmation_counts_from_done_and_is_the_coordinators() -> None:
    done = course(("assigned", 0), ("done", 20))
    assert stands("confirm", 10, ASSIGNED).state is State.WAITING
    found = stands("confirm", 21, done)
    assert (found.owner, found.deadline_ms) == ("coordinator", T0 + 50 * MINUTE)


def test_the_time_that_finished_work_lies_with_the_coordinator_does_not_count() -> None:
    back = course(("assigned", 0), ("done", 20), ("returned", 100))
    assert stands("complete", 105, back).deadline_ms == T0 + 110 * MINUTE
    assert stands("complete", 105, back).state is State.RUNNING


def test_a_return_wants_a_new_acknowledgement() -> None:
    back = course(("assigned", 0), ("acknowledged", 5), ("done", 20), ("returned", 100))
    found = stands("acknowledge", 101, back)
    assert (found.turn, found.start_ms) == (1, T0 + 100 * MINUTE)


def test_each_report_of_done_is_confirmed_anew() -> None:
    twice = course(("assigned", 0), ("done", 20), ("returned", 30), ("done", 40))
    assert stands("confirm", 41, twice).turn == 1


def test_who_accepts_after_declining_has_the_time_that_was_left() -> None:
    later = course(("assigned", 0), ("declined", 10), ("accepted", 60))
    assert stands("complete", 61, later).deadline_ms == T0 + 80 * MINUTE


def test_an_acknowledgement_that_nothing_follows_is_asked_for_again() -> None:
    terms = Terms(within="PT30M", rearm="PT1H")
    quiet = course(("assigned", 0), ("acknowledged", 10))
    found = stands("acknowledge", 71, quiet, terms)
    assert (found.state, found.turn) == (State.RUNNING, 1)
    assert found.start_ms == T0 + 70 * MINUTE


def test_an_acknowledgement_that_something_follows_is_not_asked_for_again() -> None:
    terms = Terms(within="PT30M", rearm="PT1H")
    busy = course(("assigned", 0), ("acknowledged", 10), ("accepted", 70))
    assert stands("acknowledge", 200, busy, terms).turn == 0


def test_acknowledging_again_arms_it_again() -> None:
    terms = Terms(within="PT30M", rearm="PT1H")
    slow = course(("assigned", 0), ("acknowledged", 10), ("acknowledged", 75))
    found = stretches("acknowledge", terms, slow)
    starts = [(each.start_ms - T0) // MINUTE for each in found]
    assert starts == [0, 70, 135]


def test_a_clock_may_count_from_another_instant() -> None:
    terms = Terms(within="PT30M", start="accepted")
    assert stands("start", 10, DELIVERED, terms).state is State.WAITING
    taken = course(("assigned", 0), ("accepted", 40))
    assert stands("start", 41, taken, terms).deadline_ms == T0 + 70 * MINUTE


def test_who_skips_the_instant_that_is_counted_from_is_in_time() -> None:
    terms = Terms(within="PT30M", start="accepted")
    found = stands("start", 90, course(("assigned", 0), ("started", 80)), terms)
    assert found.state is State.MET


def test_what_ends_the_task_from_outside_closes_its_clocks() -> None:
    over = course(("assigned", 0), ("closed", 10))
    assert {stands(clock, 60, over).state for clock in CLOCKS[:5]} == {State.CLOSED}
    assert stands("confirm", 60, over).state is State.WAITING


PAUSED = Pause(since_ms=T0 + 10 * MINUTE, authority=NATO)


def test_a_clock_that_is_paused_stands_still() -> None:
    found = stands("complete", 500, course(("assigned", 0), pauses=(PAUSED,)))
    assert (found.state, found.deadline_ms) == (State.PAUSED, None)
    assert found.owner == "coordinator"


def test_a_pause_puts_the_deadline_off_by_its_length() -> None:
    over = Pause(since_ms=T0 + 10 * MINUTE, until_ms=T0 + 25 * MINUTE, authority=NATO)
    found = stands("complete", 30, course(("assigned", 0), pauses=(over,)))
    assert found.deadline_ms == T0 + 45 * MINUTE


def test_a_pause_of_one_clock_leaves_the_others() -> None:
    one = Pause(since_ms=T0 + MINUTE, authority=NATO, clock="complete")
    both = course(("assigned", 0), pauses=(one,))
    assert stands("complete", 5, both).state is State.PAUSED
    assert stands("acknowledge", 5, both).state is State.RUNNING


def test_a_pause_may_await_another_nation() -> None:
    other = Pause(since_ms=T0 + MINUTE, authority=NATO, awaits=NationCode("FRA"))
    found = stands("complete", 5, course(("assigned", 0), pauses=(other,)))
    assert found.owner == "other-nation"


def test_a_pause_after_the_deadline_does_not_undo_it() -> None:
    late = Pause(since_ms=T0 + 40 * MINUTE, authority=NATO)
    found = stands("complete", 50, course(("assigned", 0), pauses=(late,)))
    assert (found.is_late, found.deadline_ms) == (True, T0 + 30 * MINUTE)


def test_working_time_counts_the_hours_of_the_nation() -> None:
    terms = Terms(within="PT10H", basis="working")
    found = stands("complete", 1, DELIVERED, terms)
    # Monday 09:00 to 17:00 are eight hours; two more are on Tuesday, until 10:00.
    assert found.deadline_ms == T0 + 25 * HOUR


def test_a_pause_at_night_takes_no_working_time() -> None:
    terms = Terms(within="PT10H", basis="working")
    night = Pause(since_ms=T0 + 9 * HOUR, until_ms=T0 + 22 * HOUR, authority=NATO)
    asleep = course(("assigned", 0), pauses=(night,))
    assert stands("complete", 1, asleep, terms).deadline_ms == T0 + 25 * HOUR


spans = st.tuples(st.integers(0, 50 * HOUR), st.integers(0, 20 * HOUR))


@settings(max_examples=40)
@given(
    gaps=st.lists(spans, max_size=5),
    amount=st.integers(1, 40 * HOUR),
    is_working=st.booleans(),
)
def test_by_the_deadline_exactly_the_time_has_counted(
    gaps: list[tuple[int, int]], amount: int, *, is_working: bool
) -> None:
    pauses = tuple(
        Pause(since_ms=T0 + start, until_ms=T0 + start + length, authority=NATO)
        for start, length in gaps
    )
    stretch = stretches("complete", Terms(), course(("assigned", 0), pauses=pauses))[0]
    calendar = BELGIUM if is_working else None
    end = count_on(stretch, amount, calendar)
    assert end is not None
    assert counted(stretch, end, calendar) == amount
    assert counted(stretch, end - 1, calendar) == amount - 1


moments = st.sampled_from(
    ["delivered", "acknowledged", "accepted", "declined", "started", "done",
     "returned", "confirmed"]
)  # fmt: skip


@given(
    happened=st.lists(moments, max_size=12),
    clock=st.sampled_from(CLOCKS),
    is_rearmed=st.booleans(),
)
def test_the_stretches_of_a_clock_follow_each_other(
    happened: list[Moment], clock: ClockName, *, is_rearmed: bool
) -> None:
    marks = [(each, 7 * number) for number, each in enumerate(happened, start=1)]
    terms = Terms(rearm="PT5M" if is_rearmed and clock == "acknowledge" else None)
    found = stretches(clock, terms, course(("assigned", 0), *marks))
    assert [each.turn for each in found] == list(range(len(found)))
    assert all(each.end_ms is not None for each in found[:-1])
    for earlier, later in itertools.pairwise(found):
        assert earlier.end_ms is not None
        assert earlier.start_ms <= earlier.end_ms <= later.start_ms


@pytest.mark.parametrize(
    ("clock", "terms"),
    [
        ("complete", Terms(within="48h")),
        ("complete", Terms(within="P2D", basis="working")),
        ("complete", Terms(within="P1M", basis="working")),
        ("complete", Terms(rearm="PT1H")),
        ("acknowledge", Terms(rearm="soon")),
        ("acknowledge", Terms(start="acknowledged")),
        ("start", Terms(start="done")),
    ],
)
def test_terms_that_nothing_can_be_counted_by_are_refused(
    clock: ClockName, terms: Terms
) -> None:
    with pytest.raises(InvalidInputError):
        check_terms(clock, terms)
