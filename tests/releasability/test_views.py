from collections.abc import Iterator

import apsw
import pytest
from hypothesis import given
from hypothesis import strategies as st

from foedus.errors import RuleViolationError
from foedus.releasability.views import (
    REACHES_MAX,
    REACHES_SPARE,
    SCHEMA,
    Reaches,
    ReadableReaches,
    bump_generation,
    count,
    from_blob,
    generation,
    to_blob,
)

_MAY = "SELECT substr(:readable, :reach, 1) = x'01'"
_INSERT = "INSERT INTO reach VALUES (:reach, :reach, 'malware', x'01', x'01')"


@pytest.fixture
def db() -> Iterator[apsw.Connection]:
    db = apsw.Connection(":memory:")
    db.execute(SCHEMA)
    bump_generation(db)
    yield db
    db.close()


def make(db: apsw.Connection, *masks: int, stix_type: str = "malware") -> list[int]:
    """Intern one reach for each mask, each of an audience of its own."""
    reaches = Reaches()
    reaches.load(db)
    return [
        reaches.intern(db, audience=number, stix_type=stix_type, mask=mask)
        for number, mask in enumerate(masks, start=1)
    ]


@given(st.integers(0, 2**2_048 - 1))
def test_a_mask_is_written_and_read_back(mask: int) -> None:
    assert from_blob(to_blob(mask)) == mask


def test_equal_readers_for_the_same_reason_share_a_reach(db: apsw.Connection) -> None:
    reaches = Reaches()
    first = reaches.intern(db, audience=1, stix_type="malware", mask=0b11)
    assert reaches.intern(db, audience=1, stix_type="malware", mask=0b11) == first
    others = {
        reaches.intern(db, audience=2, stix_type="malware", mask=0b11),
        reaches.intern(db, audience=1, stix_type="tool", mask=0b11),
        reaches.intern(db, audience=1, stix_type="malware", mask=0b01),
    }
    assert others == {2, 3, 4}
    assert reaches.key(3) == (1, "tool")


def test_a_narrowed_reach_is_not_used_again(db: apsw.Connection) -> None:
    reaches = Reaches()
    wide = reaches.intern(db, audience=1, stix_type="malware", mask=0b11)
    reaches.narrow(db, wide, 0b01)
    assert reaches.mask(wide) == 0b01
    assert reaches.intern(db, audience=1, stix_type="malware", mask=0b11) == 2
    assert reaches.intern(db, audience=1, stix_type="malware", mask=0b01) == 3


def test_a_reach_never_widens(db: apsw.Connection) -> None:
    reaches = Reaches()
    reach = reaches.intern(db, audience=1, stix_type="malware", mask=0b01)
    with pytest.raises(AssertionError):
        reaches.narrow(db, reach, 0b11)


@given(
    st.lists(
        st.tuples(st.integers(1, 2), st.integers(1, 15), st.booleans()), max_size=12
    )
)
def test_another_process_finds_the_reaches_that_this_one_made(
    steps: list[tuple[int, int, bool]],
) -> None:
    db = apsw.Connection(":memory:")
    db.execute(SCHEMA)
    kept = Reaches()
    for audience, mask, is_narrowed in steps:
        reach = kept.intern(db, audience=audience, stix_type="tool", mask=mask)
        if is_narrowed:
            before = kept.mask(reach)
            for each in kept.of_audiences(frozenset({audience})):
                if kept.mask(each) == before:
                    kept.narrow(db, each, before & 0b0110)
    fresh = Reaches()
    fresh.load(db)
    found = []
    for reaches in (kept, fresh):
        db.execute("BEGIN")
        found.append(
            [
                (reaches.mask(reach), reach)
                for audience, mask, _ in steps
                for reach in [
                    reaches.intern(db, audience=audience, stix_type="tool", mask=mask)
                ]
            ]
        )
        db.execute("ROLLBACK")
    assert found[0] == found[1]
    db.close()


def test_the_reaches_of_an_audience_come_in_order(db: apsw.Connection) -> None:
    reaches = Reaches()
    for audience in (7, 8, 7):
        mask = count(db) + 1
        reaches.intern(db, audience=audience, stix_type="tool", mask=mask)
    assert list(reaches.of_audiences(frozenset({7}))) == [1, 3]


def test_the_last_reach_is_given_and_one_more_refused(db: apsw.Connection) -> None:
    ordinary = REACHES_MAX - REACHES_SPARE
    with db:
        db.executemany(_INSERT, ({"reach": n} for n in range(1, ordinary)))
    reaches = Reaches()
    reaches.load(db)
    last = reaches.intern(db, audience=1, stix_type="tool", mask=1)
    assert last == ordinary
    with pytest.raises(RuleViolationError, match="use a community"):
        reaches.intern(db, audience=2, stix_type="tool", mask=1)
    assert reaches.intern(db, audience=1, stix_type="tool", mask=1) == last


def test_spare_reaches_are_given_to_the_last_as_well(db: apsw.Connection) -> None:
    with db:
        db.executemany(_INSERT, ({"reach": n} for n in range(1, REACHES_MAX)))
    reaches = Reaches()
    reaches.load(db)
    last = reaches.intern(db, audience=1, stix_type="tool", mask=1, spare=True)
    assert last == REACHES_MAX
    with pytest.raises(RuleViolationError, match="use a community"):
        reaches.intern(db, audience=2, stix_type="tool", mask=1, spare=True)


def test_before_the_first_change_the_generation_is_zero() -> None:
    db = apsw.Connection(":memory:")
    db.execute(SCHEMA)
    assert generation(db) == 0
    bump_generation(db)
    bump_generation(db)
    assert generation(db) == 2
    db.close()


@given(st.lists(st.integers(1, 255), min_size=1, max_size=6), st.integers(0, 7))
def test_a_viewer_reads_the_reaches_that_hold_its_class(
    masks: list[int], place: int
) -> None:
    db = apsw.Connection(":memory:")
    db.execute(SCHEMA)
    make(db, *masks)
    readable = ReadableReaches()
    readable.refresh(db)
    for number, mask in enumerate(masks, start=1):
        bindings = {"readable": readable.now(place), "reach": number}
        assert bool(db.execute(_MAY, bindings).get) == bool(mask >> place & 1)
    db.close()


def test_a_reach_that_is_not_known_yet_reads_as_hidden(db: apsw.Connection) -> None:
    make(db, 0b1)
    readable = ReadableReaches()
    readable.refresh(db)
    for reach in (2, 3, 65_535):
        bindings = {"readable": readable.now(0), "reach": reach}
        assert not db.execute(_MAY, bindings).get


def test_new_reaches_are_added_without_a_new_generation(db: apsw.Connection) -> None:
    make(db, 0b1)
    readable = ReadableReaches()
    assert readable.refresh(db) == (1, 1)
    assert readable.refresh(db) == (1, 1)
    assert readable.now(0) == readable.now(0) == b"\1"
    assert readable.at_birth(1) == b"\0"
    assert readable.at_birth(1) == b"\0"
    make(db, 0b1, 0b10)
    assert readable.refresh(db) == (1, 2)
    assert (readable.now(0), readable.now(1)) == (b"\1\0", b"\0\1")
    assert readable.at_birth(1) == b"\0\1"


def test_a_narrowing_is_seen_under_the_new_generation(db: apsw.Connection) -> None:
    make(db, 0b11)
    readable = ReadableReaches()
    readable.refresh(db)
    assert readable.now(1) == b"\1"
    reaches = Reaches()
    reaches.load(db)
    reaches.narrow(db, 1, 0b01)
    bump_generation(db)
    assert readable.refresh(db) == (2, 1)
    assert readable.now(1) == b"\0"
    assert readable.at_birth(1) == b"\1"


def test_only_reaches_of_the_wanted_types_are_readable(db: apsw.Connection) -> None:
    reaches = Reaches()
    for stix_type, mask in (("tool", 1), ("malware", 1), ("tool", 2)):
        reaches.intern(db, audience=1, stix_type=stix_type, mask=mask)
    readable = ReadableReaches()
    readable.refresh(db)
    assert readable.now(0, ("tool",)) == b"\1\0\0"
    assert readable.now(0, ("tool",)) == b"\1\0\0"
    assert readable.now(0, ("malware", "tool")) == b"\1\1\0"
    assert readable.now(0, ("grouping",)) == b"\0\0\0"


def test_what_was_worked_out_is_kept_until_something_changes(
    db: apsw.Connection,
) -> None:
    make(db, 0b1)
    readable = ReadableReaches()
    readable.refresh(db)
    kept = (readable.now(0), readable.now(0, ("tool",)), readable.at_birth(0))

    readable.refresh(db)

    again = (readable.now(0), readable.now(0, ("tool",)), readable.at_birth(0))
    assert all(one is other for one, other in zip(kept, again, strict=True))


def test_all_reaches_are_numbered_from_one(db: apsw.Connection) -> None:
    make(db, 0b1, 0b10, 0b11)
    reaches = Reaches()
    reaches.load(db)

    assert list(reaches.all()) == [1, 2, 3]


def test_what_rests_on_another_audience_keeps_its_type(db: apsw.Connection) -> None:
    reaches = Reaches()
    reaches.intern(db, audience=1, stix_type="tool", mask=0b1)
    second = reaches.intern(db, audience=2, stix_type="malware", mask=0b1)

    reaches.rest_on(db, second, 1)

    assert reaches.key(second) == (1, "malware")


def test_masks_by_type_do_not_pile_up(db: apsw.Connection) -> None:
    make(db, 0b1)
    readable = ReadableReaches()
    readable.refresh(db)
    for number in range(1_100):
        assert readable.now(0, (f"x-{number}",)) == b"\0"
    assert readable.now(0, ("malware",)) == b"\1"


def test_what_rests_on_another_audience_is_shared_with_it(db: apsw.Connection) -> None:
    reaches = Reaches()
    first = reaches.intern(db, audience=1, stix_type="tool", mask=0b11)
    second = reaches.intern(db, audience=2, stix_type="tool", mask=0b11)
    reaches.rest_on(db, second, 1)
    assert reaches.key(second) == (1, "tool")
    assert reaches.intern(db, audience=1, stix_type="tool", mask=0b11) == first
    reaches.narrow(db, first, 0b01)
    assert reaches.intern(db, audience=1, stix_type="tool", mask=0b11) == second
    assert reaches.intern(db, audience=2, stix_type="tool", mask=0b11) == 3


def test_narrowing_one_leaves_another_of_the_same_readers_shared(
    db: apsw.Connection,
) -> None:
    reaches = Reaches()
    narrowed = reaches.intern(db, audience=1, stix_type="tool", mask=0b111)
    reaches.narrow(db, narrowed, 0b011)
    whole = reaches.intern(db, audience=1, stix_type="tool", mask=0b011)
    reaches.narrow(db, narrowed, 0b001)
    assert reaches.intern(db, audience=1, stix_type="tool", mask=0b011) == whole


@given(
    st.lists(
        st.tuples(
            st.sampled_from(("intern", "narrow", "rest")),
            st.integers(1, 3),
            st.integers(1, 7),
        ),
        max_size=20,
    )
)
def test_another_process_shares_the_reaches_that_this_one_would(
    steps: list[tuple[str, int, int]],
) -> None:
    db = apsw.Connection(":memory:")
    db.execute(SCHEMA)
    kept = Reaches()
    for what, audience, mask in steps:
        if what == "intern" or mask > len(kept.all()):
            kept.intern(db, audience=audience, stix_type="tool", mask=mask)
        elif what == "narrow":
            kept.narrow(db, mask, kept.mask(mask) & 0b101)
        else:
            kept.rest_on(db, mask, audience)
    fresh = Reaches()
    fresh.load(db)
    shared = []
    for reaches in (kept, fresh):
        db.execute("BEGIN")
        shared.append(
            [
                reaches.intern(db, audience=audience, stix_type="tool", mask=mask)
                for audience in range(1, 4)
                for mask in range(1, 8)
            ]
        )
        db.execute("ROLLBACK")
    assert shared[0] == shared[1]
    db.close()
