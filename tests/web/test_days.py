from datetime import date

import pytest
from starlette.requests import Request

from foedus.errors import InvalidInputError
from foedus.web.days import (
    DAYS_MAX,
    as_read,
    asked_day,
    in_words,
    of_every_year,
    read_aloud,
    shortly,
)

TODAY, FIRST = date(2026, 11, 22), date(1949, 4, 4)


def asking(query: str) -> Request:
    return Request({"type": "http", "query_string": query.encode(), "headers": []})


def test_without_a_parameter_it_is_today() -> None:
    assert asked_day(asking(""), TODAY) == TODAY


def test_a_day_is_taken_as_it_is_written() -> None:
    assert asked_day(asking("as-of=1999-03-12"), TODAY) == date(1999, 3, 12)


def test_a_slider_counts_from_the_first_day() -> None:
    assert asked_day(asking("day=0"), TODAY, FIRST) == FIRST
    assert asked_day(asking("day=1"), TODAY, FIRST) == date(1949, 4, 5)


def test_a_slider_without_a_first_day_says_nothing() -> None:
    assert asked_day(asking("day=7"), TODAY) == TODAY


@pytest.mark.parametrize("text", ["soon", "2026-02-30", "20261122x", "-1"])
def test_what_is_no_day_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(InvalidInputError, match="as-of=2026-11-22"):
        asked_day(asking(f"as-of={text}"), TODAY)


@pytest.mark.parametrize(
    "text",
    [
        *("-1", "x", "٣", "9" * 400, str(DAYS_MAX + 1)),
        *("0" * 9 + "9" * 20, "0" * 9 + "1" * 5_000, "0" * 6),
    ],
)
def test_a_slider_beyond_its_ends_is_refused(text: str) -> None:
    with pytest.raises(InvalidInputError, match="since 4 April 1949"):
        asked_day(asking(f"day={text}"), TODAY, FIRST)


def test_a_slider_at_its_end_is_taken() -> None:
    asked_day(asking(f"day={DAYS_MAX}"), TODAY, FIRST)


def test_days_are_written_as_people_write_them() -> None:
    assert in_words(date(2023, 4, 4)) == "4 April 2023"
    assert shortly(date(2023, 4, 4)) == "4 Apr 2023"


@pytest.mark.parametrize(
    ("dated", "read"),
    [
        (date(2023, 4, 4), "4 Apr 2023"),
        ("2023-04-04", "4 Apr 2023"),
        ("2023-04", "Apr 2023"),
        ("2023", "2023"),
        ("about 1999", "about 1999"),
        (None, ""),
    ],
)
def test_what_a_source_says_of_its_day_is_read_and_nothing_is_made_up(
    dated: date | str | None, read: str
) -> None:
    assert as_read(dated) == read


def test_days_and_ids_in_a_sentence_are_written_as_people_do() -> None:
    said = "NOR applying stanag_5527 until 2027-04-02, and other_thing."
    named = read_aloud(said, {"stanag_5527": "STANAG 5527 Ed 1"})

    assert named == "NOR applying STANAG 5527 Ed 1 until 2 Apr 2027, and other_thing."
    assert read_aloud("None of 2026-13-45 is a day.") == "None of 2026-13-45 is a day."


def test_a_day_that_is_part_of_a_label_stays_as_it_is() -> None:
    text = "REL TO NATO 2024-03-07 since 2024-03-08"
    assert read_aloud(text) == "REL TO NATO 2024-03-07 since 8 Mar 2024"


@pytest.mark.parametrize(
    ("dated", "words"),
    [
        ("01-01", "1 January"),
        ("02-29", "29 February"),
        ("2026-12-24", "24 December 2026"),
        ("Easter", "Easter"),
    ],
)
def test_a_holiday_is_written_as_people_write_it(dated: str, words: str) -> None:
    assert of_every_year(dated) == words
