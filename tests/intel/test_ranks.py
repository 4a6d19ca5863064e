import apsw
from hypothesis import given
from hypothesis import strategies as st

from foedus.intel.ranks import UNITS_MAX, Ranks, Unit
from foedus.intel.tables import SCHEMA


def unit(readable: list[bool], *, first: int = 11) -> Unit:
    """Make a unit; of the palette's two reaches the viewer can read the first."""
    last = first + len(readable) - 1
    places = bytes(0 if each else 1 for each in readable)
    palette = b"\x00\x01\x00\x02"
    return Unit((1, 5_000, first, last, palette, places), at_birth=b"\x01\x00")


def test_the_last_that_is_readable_stands_on_the_millisecond() -> None:
    assert unit([True, False, True, False]).added_us(13) == 5_000
    assert unit([True, True]).added_us(12) == 5_000


def test_what_cannot_be_read_is_not_counted() -> None:
    with_hidden = unit([True, False, False, True])
    assert (with_hidden.added_us(11), with_hidden.added_us(14)) == (4_999, 5_000)


def test_a_unit_of_which_all_is_readable_counts_everything() -> None:
    whole = Unit((1, 5_000, 11, 13, b"\x00\x01", None), at_birth=b"\x01")
    assert [whole.added_us(number) for number in (11, 12, 13)] == [4_998, 4_999, 5_000]


@given(st.data(), st.lists(st.booleans(), max_size=40).map(lambda some: [*some, True]))
def test_many_are_dated_as_each_is(data: st.DataObject, readable: list[bool]) -> None:
    found = unit(readable)
    could = [number for number, can in enumerate(readable, start=11) if can]
    numbers = st.lists(st.sampled_from(could), unique=True, min_size=1)
    asked = sorted(data.draw(numbers))
    assert found.added_us_of(asked) == [found.added_us(number) for number in asked]


@given(st.lists(st.booleans(), min_size=1, max_size=40))
def test_reading_on_from_a_date_begins_behind_it(readable: list[bool]) -> None:
    found = unit(readable)
    for number, can in enumerate(readable, start=11):
        if can:
            end = found.last_not_after(found.added_us(number))
            assert end >= number
            assert not any(readable[number - 10 : end - 10])


def test_more_units_than_are_kept_are_dated_all_the_same() -> None:
    db = apsw.Connection(":memory:")
    db.execute(SCHEMA)
    numbers = range(1, 2 * UNITS_MAX)
    db.executemany(
        "INSERT INTO unit VALUES (?1, 1, ?1 * 1000, ?1, ?1, x'0001', NULL, 0)",
        [(number,) for number in numbers],
    )
    ranks = Ranks(db, b"\x01")
    for _ in range(2):
        for number in numbers:
            assert ranks.added_us(number, number) == number * 1000
            assert ranks.start(1, number * 1000 - 1) == number - 1
