"""Working calendars: what counts as work, to the millisecond, in summer and winter."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from foedus.clock import from_ms, to_ms
from foedus.errors import InvalidInputError
from foedus.ids import NationCode
from foedus.response.calendars import (
    ASSUMED,
    Calendar,
    add,
    after_quiet,
    calendar_of,
    check_calendar,
    worked,
)

HOUR_MS = 3_600_000
MINUTE_MS = 60_000

BELGIUM = Calendar(nation=NationCode("BEL"), zone="Europe/Brussels")
NIGHTS = Calendar(
    nation=NationCode("BEL"),
    zone="Europe/Brussels",
    days=(1, 2, 3, 4, 5, 6, 7),
    hours=("00:30-02:30", "03:00-10:00"),
)
WEEKS = [
    BELGIUM,
    NIGHTS,
    Calendar(nation=NationCode("ISR"), zone="Asia/Jerusalem", days=(7, 1, 2, 3, 4)),
    Calendar(
        nation=NationCode("CAN"),
        zone="America/St_Johns",
        hours=("08:00-12:00", "12:30-16:45"),
        holidays=("07-01", "2026-03-09"),
    ),
    Calendar(nation=NationCode("LBN"), zone="Asia/Beirut", hours=("00:00-24:00",)),
]

instants = st.integers(
    to_ms(datetime(2026, 1, 1, tzinfo=UTC)), to_ms(datetime(2027, 12, 31, tzinfo=UTC))
)
amounts = st.integers(1, 200 * HOUR_MS)
calendars = st.sampled_from(WEEKS)


def at(text: str, zone: str = "Europe/Brussels") -> int:
    """Give the instant of an hour in a zone."""
    return to_ms(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)))


@settings(max_examples=30)
@given(calendars, instants, amounts)
def test_what_is_added_has_been_worked(
    calendar: Calendar, start: int, amount: int
) -> None:
    assert worked(calendar, start, add(calendar, start, amount)) == amount


@settings(max_examples=30)
@given(calendars, instants, amounts)
def test_no_earlier_instant_has_as_much_work(
    calendar: Calendar, start: int, amount: int
) -> None:
    assert worked(calendar, start, add(calendar, start, amount) - 1) == amount - 1


@settings(max_examples=30)
@given(calendars, instants, amounts, amounts)
def test_adding_twice_is_adding_the_sum(
    calendar: Calendar, start: int, first: int, second: int
) -> None:
    twice = add(calendar, add(calendar, start, first), second)
    assert twice == add(calendar, start, first + second)


@settings(max_examples=30)
@given(calendars, instants, amounts)
def test_work_counts_what_the_clock_on_the_wall_shows(
    calendar: Calendar, start: int, length: int
) -> None:
    # Minute by minute, by the reading of the wall clock alone; hours that a change of
    # the clock cuts are left out, which the named tests below have.
    start -= start % MINUTE_MS
    length = min(length - length % MINUTE_MS, 30 * HOUR_MS)
    zone = ZoneInfo(calendar.zone)
    walls = [
        from_ms(start + step).astimezone(zone) for step in range(0, length, MINUTE_MS)
    ]
    if len({wall.utcoffset() for wall in walls}) > 1:
        return
    count = sum(
        wall.isoweekday() in calendar.days
        and f"{wall:%m-%d}" not in calendar.holidays
        and f"{wall:%Y-%m-%d}" not in calendar.holidays
        and any(
            begins <= f"{wall:%H:%M}" < ends
            for begins, ends in (hours.split("-") for hours in calendar.hours)
        )
        for wall in walls
    )
    assert worked(calendar, start, start + length) == count * MINUTE_MS


def test_work_goes_on_after_the_weekend() -> None:
    friday = at("2026-11-20T16:30")
    assert add(BELGIUM, friday, HOUR_MS) == at("2026-11-23T08:30")


def test_what_fills_the_day_ends_with_it() -> None:
    assert add(BELGIUM, at("2026-11-23T08:00"), 9 * HOUR_MS) == at("2026-11-23T17:00")


def test_time_that_begins_at_night_begins_with_work() -> None:
    assert add(BELGIUM, at("2026-11-22T03:00"), HOUR_MS) == at("2026-11-23T09:00")


def test_a_holiday_is_not_worked() -> None:
    free = Calendar(
        nation=NationCode("BEL"),
        zone="Europe/Brussels",
        holidays=("11-24", "2026-11-25"),
    )
    assert add(free, at("2026-11-23T17:00"), 1) == at("2026-11-26T08:00") + 1


def test_the_hour_that_spring_skips_is_not_worked() -> None:
    # 29 March 2026: 02:00 to 03:00 is skipped, so the night of 00:30-02:30 has 1.5 h.
    midnight = at("2026-03-29T00:00")
    assert worked(NIGHTS, midnight, at("2026-03-29T03:00")) == 90 * MINUTE_MS


def test_the_hour_that_comes_twice_in_autumn_is_worked_twice() -> None:
    # 25 October 2026: 02:00 to 03:00 comes twice; work ends at the second 02:30.
    midnight = at("2026-10-25T00:00")
    assert worked(NIGHTS, midnight, at("2026-10-25T03:00")) == 3 * HOUR_MS


def test_a_midnight_that_is_skipped_begins_when_the_clock_changes() -> None:
    # Beirut goes from 23:59 on 28 March 2026 to 01:00 on the 29th; Monday is whole.
    beirut = Calendar(
        nation=NationCode("LBN"),
        zone="Asia/Beirut",
        days=(7,),
        hours=("00:00-24:00",),
    )
    saturday = at("2026-03-28T00:00", "Asia/Beirut")
    assert worked(beirut, saturday, saturday + 72 * HOUR_MS) == 23 * HOUR_MS


def test_a_deadline_over_the_change_of_the_clock_keeps_its_hour() -> None:
    friday = at("2026-03-27T16:00")
    assert add(BELGIUM, friday, 2 * HOUR_MS) == at("2026-03-30T09:00")


@pytest.mark.parametrize(
    ("now", "until"),
    [
        ("2026-11-23T23:00", "2026-11-24T06:00"),
        ("2026-11-24T05:59", "2026-11-24T06:00"),
        ("2026-11-24T06:00", "2026-11-24T06:00"),
        ("2026-11-24T21:59", "2026-11-24T21:59"),
        # The nights of the two changes of the clock.
        ("2026-03-28T22:00", "2026-03-29T06:00"),
        ("2026-10-24T22:00", "2026-10-25T06:00"),
    ],
)
def test_reminders_wait_until_quiet_hours_end(now: str, until: str) -> None:
    quiet = Calendar(
        nation=NationCode("BEL"), zone="Europe/Brussels", quiet=("22:00-06:00",)
    )
    assert after_quiet(quiet, at(now)) == at(until)


def test_quiet_hours_that_touch_are_one() -> None:
    quiet = Calendar(
        nation=NationCode("BEL"),
        zone="Europe/Brussels",
        quiet=("22:00-06:00", "06:00-07:30"),
    )
    assert after_quiet(quiet, at("2026-11-23T23:00")) == at("2026-11-24T07:30")


def test_a_day_of_quiet_hours_drops_nothing() -> None:
    quiet = Calendar(
        nation=NationCode("BEL"),
        zone="Europe/Brussels",
        quiet=("00:00-12:00", "12:00-24:00"),
    )
    later = after_quiet(quiet, at("2026-11-23T23:00"))
    assert later - at("2026-11-23T23:00") <= timedelta(days=2) // timedelta(
        milliseconds=1
    )


def test_of_a_nation_that_is_not_known_the_calendar_is_assumed() -> None:
    calendar = calendar_of(NationCode("MNG"))
    assert (calendar.zone, calendar.basis) == ("Asia/Ulaanbaatar", ASSUMED)


def test_every_calendar_that_is_known_can_be_counted_by() -> None:
    for code in ("EST", "ISR", "UKR", "SVK", "EGY", "USA"):
        check_calendar(calendar_of(NationCode(code)))
    assert calendar_of(NationCode("ISR")).days == (7, 1, 2, 3, 4)


@pytest.mark.parametrize(
    "wrong",
    [
        {"zone": "Europe/Atlantis"},
        {"days": ()},
        {"days": (0,)},
        {"hours": ()},
        {"hours": ("17:00-08:00",)},
        {"hours": ("08:00-08:00",)},
        {"hours": ("8-17",)},
        {"hours": ("08:00-13:00", "12:00-17:00")},
        {"holidays": ("30 February",)},
        {"holidays": tuple(f"{month:02}-{day:02}" for month in range(1, 13)
                           for day in range(1, 11))},
        {"quiet": ("22-6",)},
    ],
)  # fmt: skip
def test_a_calendar_that_nothing_can_be_counted_by_is_refused(
    wrong: dict[str, object],
) -> None:
    fields = {"nation": NationCode("BEL"), "zone": "Europe/Brussels", **wrong}
    with pytest.raises(InvalidInputError):
        check_calendar(Calendar(**fields))  # type: ignore[arg-type] - that is the test
