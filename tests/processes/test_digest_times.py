"""Each day has one letter, whatever clocks do."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foedus.errors import InvalidInputError
from foedus.identity.digests import Every
from foedus.processes.digest_times import (
    last_due,
    print_minute,
    read_minute,
    read_zone,
)

BRUSSELS = "Europe/Brussels"
ZONES = (BRUSSELS, "America/New_York", "Asia/Kathmandu", "Pacific/Apia", "UTC")
INSTANTS = st.integers(1_577_836_800, 1_893_456_000).map(
    lambda second: datetime.fromtimestamp(second, UTC)
)
MINUTES = st.integers(0, 1_439)
SEVEN = 7 * 60


def due(text: str, every: Every = Every.DAY, minute: int = SEVEN) -> str:
    now = datetime.fromisoformat(text).astimezone(UTC)
    found = last_due(minute, BRUSSELS, every, now).astimezone(ZoneInfo(BRUSSELS))
    return found.isoformat()


def test_a_letter_is_due_at_its_time_in_its_zone() -> None:
    assert due("2026-11-23T06:00:00+00:00") == "2026-11-23T07:00:00+01:00"
    assert due("2026-11-23T05:59:59+00:00") == "2026-11-22T07:00:00+01:00"
    assert due("2026-07-01T05:00:00+00:00") == "2026-07-01T07:00:00+02:00"


def test_a_weekly_one_is_due_on_mondays() -> None:
    assert due("2026-11-23T06:00:00+00:00", Every.WEEK) == "2026-11-23T07:00:00+01:00"
    assert due("2026-11-23T05:59:00+00:00", Every.WEEK) == "2026-11-16T07:00:00+01:00"
    assert due("2026-11-29T23:00:00+00:00", Every.WEEK) == "2026-11-23T07:00:00+01:00"


def test_an_hour_that_is_left_out_counts_as_the_one_after_it() -> None:
    half_past_two = 150
    assert due("2026-03-29T12:00:00+00:00", minute=half_past_two) == (
        "2026-03-29T03:30:00+02:00"
    )


def test_an_hour_that_comes_twice_counts_the_first_time() -> None:
    half_past_two = 150
    assert due("2026-10-25T12:00:00+00:00", minute=half_past_two) == (
        "2026-10-25T02:30:00+02:00"
    )


@given(now=INSTANTS, minute=MINUTES, zone=st.sampled_from(ZONES))
def test_every_day_of_a_zone_has_one_instant(
    now: datetime, minute: int, zone: str
) -> None:
    found = last_due(minute, zone, Every.DAY, now)
    before = last_due(minute, zone, Every.DAY, found - timedelta(microseconds=1))
    assert before < found <= now
    assert now - found < timedelta(hours=50), "a zone may leave out a day"
    assert last_due(minute, zone, Every.DAY, found) == found


@given(now=INSTANTS, minute=MINUTES, zone=st.sampled_from(ZONES))
def test_a_later_instant_never_has_an_earlier_letter(
    now: datetime, minute: int, zone: str
) -> None:
    later = now + timedelta(hours=7)
    for every in Every:
        assert last_due(minute, zone, every, now) <= last_due(
            minute, zone, every, later
        )


@pytest.mark.parametrize("text", ["7:00", "24:00", "07:60", "", "noon", "07:00:00"])
def test_what_is_no_time_is_refused(text: str) -> None:
    with pytest.raises(InvalidInputError, match="07:00"):
        read_minute(text)


@given(MINUTES)
def test_a_time_is_read_as_it_is_printed(minute: int) -> None:
    assert read_minute(print_minute(minute)) == minute


@pytest.mark.parametrize(
    "text", ["Mars/Olympus", "", "../etc/passwd", "/etc/localtime"]
)
def test_what_is_no_zone_is_refused(text: str) -> None:
    with pytest.raises(InvalidInputError, match="no zone"):
        read_zone(text)
    assert read_zone(BRUSSELS) == BRUSSELS
