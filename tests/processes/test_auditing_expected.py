"""Two reckonings of one agreement: what is kept, and what the auditor expects."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from foedus.clock import to_ms
from foedus.ids import NationCode
from foedus.processes.auditing_expected import (
    FOREVER,
    Case,
    Expected,
    Fact,
    Standstill,
    expected,
)
from foedus.response.assignments import Assignment, Clocks, Rung, TimeLimit
from foedus.response.calendars import Calendar
from foedus.response.clocks import Course, Mark, Moment, Pause
from foedus.response.ladders import foreseen, plan_of

MINUTE: Final = 60_000
HOUR: Final = 60 * MINUTE
NATO: Final = NationCode("NATO")

TALLINN: Final = Calendar(nation=NationCode("EST"), zone="Europe/Tallinn")
CALENDARS: Final = (
    TALLINN,
    Calendar(
        nation=NationCode("EST"),
        zone="Europe/Tallinn",
        days=(1, 2, 3, 4, 5, 6, 7),
        hours=("00:30-03:30", "05:00-24:00"),
        quiet=("22:00-06:00",),
    ),
    Calendar(
        nation=NationCode("EST"),
        zone="Europe/Tallinn",
        days=(7, 1, 2, 3, 4),
        holidays=("2026-03-30", "10-26"),
        quiet=("12:00-13:00", "20:00-07:30"),
    ),
)

STARTS: Final = tuple(
    to_ms(datetime.fromisoformat(each).replace(tzinfo=UTC))
    for each in ("2026-11-23T08:00", "2026-03-28T20:15", "2026-10-24T21:40")
)
"""A plain Monday, and the nights in which the clock is put."""

periods = st.sampled_from(["PT20M", "PT1H", "PT3H30M", "PT11H", "PT26H"])
limits = st.builds(
    TimeLimit,
    within=st.one_of(st.just(""), periods),
    basis=st.sampled_from(["elapsed", "working"]),
)
rungs = st.builds(
    Rung,
    clock=st.sampled_from(["acknowledge", "accept", "complete", "confirm"]),
    after=periods,
    tell=st.sampled_from(["nation", "coordinator", "duty-officer"]),
    repeat=st.integers(1, 3),
)
assignments = st.builds(
    Assignment,
    clocks=st.builds(
        Clocks,
        deliver=st.one_of(st.none(), limits),
        acknowledge=st.one_of(
            st.none(),
            limits,
            st.builds(TimeLimit, within=periods, rearm=st.sampled_from(["PT2H"])),
        ),
        accept=st.one_of(st.none(), limits),
        start=st.one_of(
            st.none(),
            limits,
            st.builds(TimeLimit, within=periods, start=st.just("accepted")),
        ),
        complete=st.one_of(st.none(), limits),
        confirm=st.one_of(st.none(), limits),
    ),
    ladder=st.lists(rungs, max_size=3).map(tuple),
    warnings=st.sampled_from([(), ("50%", "80%", "PT1H"), ("PT30M", "50%")]),
)
moments = st.sampled_from(
    ["delivered", "acknowledged", "accepted", "declined", "started", "done",
     "returned", "confirmed"]
)  # fmt: skip
steps = st.lists(st.tuples(moments, st.integers(0, 6 * 60)), max_size=8)
pauses = st.lists(
    st.tuples(
        st.integers(0, 30 * 60),
        st.one_of(st.none(), st.integers(0, 12 * 60)),
        st.sampled_from([None, "complete", "acknowledge"]),
    ),
    max_size=3,
)


def both(  # noqa: PLR0913, PLR0917 - the parts of a history
    assignment: Assignment,
    calendar: Calendar,
    start: int,
    happened: Sequence[tuple[Moment, int]],
    stood: Sequence[tuple[int, int | None, str | None]] = (),
    closed: int | None = None,
) -> tuple[list[Expected], list[Expected]]:
    """Give what is kept, and what the auditor expects, of one history."""
    at = start
    marks = [Mark("assigned", start)]
    for moment, minutes in happened:
        at += minutes * MINUTE
        marks.append(Mark(moment, at))
    if closed is not None:
        marks.append(Mark("closed", at + closed * MINUTE))
    kept = foreseen(
        plan_of(assignment),
        Course(
            marks=tuple(marks),
            pauses=tuple(
                Pause(
                    since_ms=start + since * MINUTE,
                    until_ms=None
                    if length is None
                    else start + (since + length) * MINUTE,
                    authority=NATO,
                    clock=clock,  # type: ignore[arg-type] - one of the clocks
                )
                for since, length, clock in stood
            ),
        ),
        calendar,
    )
    case = Case(
        given=assignment,
        calendar=calendar,
        facts=tuple(Fact(each.at_ms, each.moment) for each in marks),
        stills=tuple(
            Standstill(
                start + since * MINUTE,
                FOREVER if length is None else start + (since + length) * MINUTE,
                clock,
            )
            for since, length, clock in stood
        ),
    )
    found = sorted(Expected(each.at_ms, each.key) for each in kept if not each.reason)
    return found, expected(case)


@settings(max_examples=15)
@given(
    assignment=assignments,
    calendar=st.sampled_from(CALENDARS),
    start=st.sampled_from(STARTS),
    happened=steps,
    stood=pauses,
    closed=st.one_of(st.none(), st.integers(0, 48 * 60)),
)
def test_both_reckonings_agree(  # noqa: PLR0913, PLR0917 - the parts of a history
    assignment: Assignment,
    calendar: Calendar,
    start: int,
    happened: list[tuple[Moment, int]],
    stood: list[tuple[int, int | None, str | None]],
    closed: int | None,
) -> None:
    kept, audited = both(assignment, calendar, start, happened, stood, closed)
    assert kept == audited


@pytest.mark.soak
@settings(max_examples=20_000)
@given(
    assignment=assignments,
    calendar=st.sampled_from(CALENDARS),
    start=st.sampled_from(STARTS),
    happened=steps,
    stood=pauses,
    closed=st.one_of(st.none(), st.integers(0, 48 * 60)),
)
def test_both_reckonings_agree_for_long(  # noqa: PLR0913, PLR0917 - as above
    assignment: Assignment,
    calendar: Calendar,
    start: int,
    happened: list[tuple[Moment, int]],
    stood: list[tuple[int, int | None, str | None]],
    closed: int | None,
) -> None:
    kept, audited = both(assignment, calendar, start, happened, stood, closed)
    assert kept == audited


def test_both_reckonings_see_a_mistake_of_the_other() -> None:
    given_to = Assignment(clocks=Clocks(complete=TimeLimit(within="PT3H")))
    wrong = msgspec.structs.replace(given_to, clocks=Clocks())
    kept, _ = both(wrong, TALLINN, STARTS[0], [])
    _, audited = both(given_to, TALLINN, STARTS[0], [])
    assert kept != audited
