from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foedus.clock import EPOCH
from foedus.errors import InvalidInputError
from foedus.stix.timestamps import Instant, format_us, parse_instant, parse_us

INSTANTS = st.datetimes(timezones=st.just(UTC))


@pytest.mark.parametrize(
    ("text", "us"),
    [
        ("1970-01-01T00:00:00Z", 0),
        ("1970-01-01T00:00:00.000Z", 0),
        ("2017-06-01T00:00:00Z", 1_496_275_200_000_000),
        ("1970-01-01T00:00:01.5Z", 1_500_000),
        ("1970-01-01T00:00:00.123456Z", 123_456),
        ("1970-01-01T00:00:00.1234569Z", 123_456),
        ("1969-12-31T23:59:59.999999Z", -1),
    ],
)
def test_any_number_of_fraction_digits_is_read(text: str, us: int) -> None:
    assert parse_us(text) == us


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2017-06-01",
        "2017-06-01T00:00:00",
        "2017-06-01T00:00:00+00:00",
        "2017-06-01t00:00:00z",
        "2017-06-01 00:00:00Z",
        "2017-06-01T00:00:00.Z",
        "2017-06-01T00:00:00,5Z",
        "2017-06-01T00:00:00Z\n",
        "2017-06-01T00:00:00." + "0" * 31 + "Z",
        "2017-02-30T00:00:00Z",
        "2016-12-31T23:59:60Z",
        "0000-01-01T00:00:00Z",
        "\u0662017-06-01T00:00:00Z",
        "2017-W01-1T00:00:00Z",
    ],
)
def test_what_is_no_timestamp_in_utc_is_refused(text: str) -> None:
    with pytest.raises(InvalidInputError, match="YYYY-MM-DD"):
        parse_instant(text)


def test_instants_beyond_the_microsecond_stay_different() -> None:
    earlier = parse_instant("2017-06-01T00:00:00.1234567Z")
    later = parse_instant("2017-06-01T00:00:00.12345670001Z")
    assert earlier.us == later.us
    assert earlier < later


@given(digits=st.from_regex("[0-9]{1,20}", fullmatch=True), zeros=st.integers(0, 9))
def test_trailing_zeros_change_nothing(digits: str, zeros: int) -> None:
    shorter = parse_instant(f"2017-06-01T00:00:00.{digits}Z")
    longer = parse_instant(f"2017-06-01T00:00:00.{digits}{'0' * zeros}Z")
    assert shorter == longer


@given(
    one=st.from_regex("[0-9]{1,12}", fullmatch=True),
    two=st.from_regex("[0-9]{1,12}", fullmatch=True),
)
def test_instants_compare_as_their_fractions_do(one: str, two: str) -> None:
    first = parse_instant(f"2017-06-01T00:00:00.{one}Z")
    second = parse_instant(f"2017-06-01T00:00:00.{two}Z")
    assert (first < second) == (int(one.ljust(12, "0")) < int(two.ljust(12, "0")))


@given(at=INSTANTS)
def test_what_is_written_is_read_again(at: datetime) -> None:
    since = at - EPOCH
    us = (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds
    assert parse_instant(format_us(us)) == Instant(us)


def test_six_digits_are_written() -> None:
    assert format_us(1_496_275_200_000_000) == "2017-06-01T00:00:00.000000Z"
