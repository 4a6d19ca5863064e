"""Which objects that are taken over share a commit, and which a date."""

from uuid import UUID

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from foedus.eventlog.envelope import Append, Who
from foedus.ids import CollectionId, NationCode, StixId
from foedus.intel import dating
from foedus.intel.dating import ALIKE_MAX, in_commits, part_us
from foedus.intel.events import MarkingDefined, Published

WHO = Who(account="a", nation="POL", door="cli")
COLLECTION = CollectionId("c")


def published(added_us: int | None, length: int = 10) -> Append:
    event = Published(
        collection=COLLECTION,
        id=StixId("note--1"),
        type="note",
        version="v",
        version_us=0,
        nation=NationCode("POL"),
        label=msgspec.Raw(b"{}"),
        added_us=added_us,
        object=msgspec.Raw(b"x" * length),
    )
    return Append(event_id=UUID(int=1), stream="s", event=event, who=WHO)


def defined() -> Append:
    event = MarkingDefined(
        collection=COLLECTION, id=StixId("m"), text="", object=msgspec.Raw(b"{}")
    )
    return Append(event_id=UUID(int=1), stream="s", event=event, who=WHO)


def test_what_arrives_here_is_not_parted() -> None:
    appends = [defined()] + [published(None, 10_000)] * 6_000
    assert list(in_commits(appends)) == [appends]


def test_nothing_makes_no_commit() -> None:
    assert list(in_commits([])) == []


@given(st.lists(st.integers(1, 700), max_size=30))
def test_no_date_is_in_two_commits_and_none_is_too_large(sizes: list[int]) -> None:
    dated = [published(date) for date, size in enumerate(sizes) for _ in range(size)]
    appends = [defined(), *dated]

    parts = list(in_commits(appends))

    assert [each for part in parts for each in part] == appends
    assert all(len(part) <= dating.COMMIT_OBJECTS_MAX + 1 for part in parts)
    dates = [{_date(each) for each in part} - {None} for part in parts]
    assert sum(map(len, dates)) == len(set().union(*dates)) == len(sizes)


def _date(append: Append) -> int | None:
    return append.event.added_us if isinstance(append.event, Published) else None


def test_a_commit_is_bounded_in_bytes() -> None:
    half = dating.COMMIT_BYTES_MAX // 2 + 1
    appends = [published(1, half), published(2, half), published(3, 5)]
    assert [len(part) for part in in_commits(appends)] == [1, 2]


def test_the_last_thousand_of_a_date_keep_it() -> None:
    assert part_us(5_000_000, following=0) == 5_000_000
    assert part_us(5_000_000, following=ALIKE_MAX - 1) == 5_000_000


def test_what_is_too_much_for_one_commit_stands_earlier_part_by_part() -> None:
    parts = [part_us(9_000_000, following) for following in (2_500, 1_500, 500)]
    assert parts == sorted(set(parts))
    assert parts[-1] - parts[0] >= 2 * ALIKE_MAX
