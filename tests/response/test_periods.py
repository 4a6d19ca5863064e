"""Periods of time, as playbooks write them."""

from datetime import UTC, datetime, timedelta

import pytest

from foedus.clock import to_ms
from foedus.errors import InvalidInputError
from foedus.response.periods import parse_period

HOUR_MS = 3_600_000


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("PT30M", timedelta(minutes=30)),
        ("PT48H", timedelta(hours=48)),
        ("P2DT12H", timedelta(days=2, hours=12)),
        ("P1W", timedelta(weeks=1)),
        ("PT0.25S", timedelta(milliseconds=250)),
        ("PT90S", timedelta(seconds=90)),
    ],
)
def test_a_period_is_as_long_as_it_says(text: str, length: timedelta) -> None:
    assert parse_period(text).from_instant(0) == length // timedelta(milliseconds=1)


@pytest.mark.parametrize(
    "text",
    ["", "P", "PT", "P1DT", "30M", "PT-5M", "P1Y", "PT1.2345S", "PT0S", "PT1H ", "p1d"],
)
def test_what_is_no_period_is_refused(text: str) -> None:
    with pytest.raises(InvalidInputError):
        parse_period(text)


@pytest.mark.parametrize("text", ["P25M", "P999W", "PT99999H"])
def test_more_than_two_years_is_refused(text: str) -> None:
    with pytest.raises(InvalidInputError, match="two years"):
        parse_period(text)


@pytest.mark.parametrize(
    ("start", "text", "end"),
    [
        ("2026-01-15T10:00", "P1M", "2026-02-15T10:00"),
        ("2026-01-31T10:00", "P1M", "2026-02-28T10:00"),
        ("2028-01-31T10:00", "P1M", "2028-02-29T10:00"),
        ("2026-12-31T23:30", "P2MT1H", "2027-03-01T00:30"),
    ],
)
def test_a_month_is_a_month_of_the_calendar(start: str, text: str, end: str) -> None:
    begins, ends = (
        to_ms(datetime.fromisoformat(each).replace(tzinfo=UTC)) for each in (start, end)
    )
    assert begins + parse_period(text).from_instant(begins) == ends
