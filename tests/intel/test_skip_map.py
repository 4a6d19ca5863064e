from collections.abc import Iterable

import apsw
from hypothesis import given
from hypothesis import strategies as st

from foedus.intel.skip_map import SkipMap
from foedus.intel.tables import SCHEMA
from foedus.intel.units import BLOCK
from foedus.releasability.views import to_blob

PLACE = 3


def views(readable: Iterable[bool]) -> apsw.Connection:
    """Make views with some blocks of one collection."""
    db = apsw.Connection(":memory:")
    db.execute(SCHEMA)
    for block, can in enumerate(readable):
        add(db, block, can=can)
    return db


def add(db: apsw.Connection, block: int, *, can: bool) -> None:
    mask = to_blob(1 << PLACE if can else 1 << (PLACE + 1))
    db.execute(
        "INSERT OR REPLACE INTO block (collection, block, mask) VALUES (1, ?, ?)",
        (block, mask),
    )


@given(
    st.lists(st.booleans(), min_size=1, max_size=12),
    st.integers(0, 12 * BLOCK),
    st.integers(0, 12 * BLOCK),
)
def test_every_readable_number_is_in_one_run_and_no_hidden_block_is(
    readable: list[bool], after: int, until: int
) -> None:
    until = min(until, len(readable) * BLOCK - 1)
    runs = list(SkipMap(views(readable)).stretches(1, PLACE, after=after, until=until))
    inside = [number for low, high in runs for number in range(low + 1, high + 1)]
    assert inside == [
        number for number in range(after + 1, until + 1) if readable[number // BLOCK]
    ]


def test_a_block_that_grew_and_blocks_that_came_are_seen() -> None:
    db = views([True, False])
    found = SkipMap(db)
    end = 3 * BLOCK - 1
    assert list(found.stretches(1, PLACE, after=0, until=2 * BLOCK - 1)) == [
        (0, BLOCK - 1)
    ]

    add(db, 1, can=True)
    add(db, 2, can=True)

    assert list(found.stretches(1, PLACE, after=0, until=end)) == [(0, end)]


def test_what_narrowed_is_seen_once_it_is_forgotten() -> None:
    db = views([True, True])
    found = SkipMap(db)
    assert list(found.stretches(1, PLACE, after=0, until=BLOCK))

    add(db, 0, can=False)
    add(db, 1, can=False)
    found.forget()

    assert not list(found.stretches(1, PLACE, after=0, until=BLOCK))


def test_another_class_has_a_map_of_its_own() -> None:
    found = SkipMap(views([False]))

    assert not list(found.stretches(1, PLACE, after=0, until=9))
    assert list(found.stretches(1, PLACE + 1, after=0, until=9)) == [(0, 9)]
