"""What was given to whom, as ranges that grow together."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from foedus.identity.receipts import NO_ACCOUNT, Receipt, Receipts, day_of
from foedus.identity.store import StateStore
from foedus.ids import AccountId, NationCode

DAY = 20_780
FIN = NationCode("FIN")


@pytest.fixture
def receipts(tmp_path: Path) -> Iterator[Receipts]:
    store = StateStore(tmp_path / "state.db")
    yield Receipts(store)
    store.close()


def receipt(first: int, last: int, **more: object) -> Receipt:
    whole = {
        "collection": "c",
        "nation": FIN,
        "clearance": 1,
        "account": NO_ACCOUNT,
        "door": "taxii",
        "day": DAY,
        "first": first,
        "last": last,
        "after_us": first * 10,
        "until_us": last * 10,
        "began_ms": first,
        "ended_ms": last,
    }
    return Receipt(**{**whole, **more})  # type: ignore[arg-type]  # as it is


def ranges(receipts: Receipts, clearance: int = 9) -> list[tuple[int, int]]:
    found = receipts.of_nation(FIN, clearance)
    return [(each.first, each.last) for each in found]


@pytest.mark.parametrize(
    ("added", "kept"),
    [
        ([(1, 3), (4, 6)], [(1, 6)]),
        ([(4, 6), (1, 3)], [(1, 6)]),
        ([(1, 9), (3, 4)], [(1, 9)]),
        ([(1, 2), (5, 6), (3, 4)], [(1, 6)]),
        ([(1, 2), (4, 5)], [(1, 2), (4, 5)]),
    ],
)
def test_ranges_that_touch_are_one(
    receipts: Receipts, added: list[tuple[int, int]], kept: list[tuple[int, int]]
) -> None:
    for first, last in added:
        receipts.add([receipt(first, last)])

    assert ranges(receipts) == kept


def test_a_range_that_grew_tells_the_whole_of_it(receipts: Receipts) -> None:
    receipts.add([receipt(4, 6), receipt(1, 3)])

    (whole,) = receipts.of_nation(FIN, 1)

    assert (whole.after_us, whole.until_us) == (10, 60)
    assert (whole.began_ms, whole.ended_ms) == (1, 6)


@pytest.mark.parametrize(
    "other",
    [{"day": DAY + 1}, {"door": "web"}, {"account": AccountId("a")}, {"clearance": 2}],
)
def test_other_readers_doors_and_days_stay_apart(
    receipts: Receipts, other: dict[str, object]
) -> None:
    receipts.add([receipt(1, 3), receipt(4, 6, **other)])

    assert len(ranges(receipts)) == 2


def test_a_nation_read_what_lies_in_a_range_of_its_own(receipts: Receipts) -> None:
    receipts.add([receipt(1, 3), receipt(1, 3, day=DAY + 2)])

    assert receipts.reads(FIN, [("c", 2, 0)]) == (day_of(DAY), day_of(DAY + 2))
    assert receipts.reads(FIN, [("c", 4, 0)]) is None
    assert receipts.reads(FIN, [("d", 2, 0)]) is None
    assert receipts.reads(NationCode("SWE"), [("c", 2, 0)]) is None
    assert receipts.reads(FIN, []) is None


def test_who_was_not_cleared_for_it_did_not_read_it(receipts: Receipts) -> None:
    receipts.add([receipt(1, 3)])

    assert receipts.reads(FIN, [("c", 2, 2)]) is None


def test_the_days_before_a_day_may_be_listed(receipts: Receipts) -> None:
    receipts.add([receipt(1, 3), receipt(1, 3, day=DAY + 2)])

    found = receipts.of_nation(FIN, 1, before=day_of(DAY + 2))

    assert [each.day for each in found] == [DAY]


def test_days_are_counted_from_1970() -> None:
    assert day_of(0) == date(1970, 1, 1)
