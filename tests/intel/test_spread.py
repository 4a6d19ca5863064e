import random
from collections.abc import Mapping

import apsw
import pytest

from foedus.intel import spread
from foedus.intel.deliveries import reach_type
from foedus.intel.pages import Filters, Page, Pages, Record, Sight
from foedus.intel.reading import Snapshot
from foedus.intel.spread import Binding, Spread
from foedus.releasability.views import ReadableReaches
from tests.intel.histories import History
from tests.intel.invariants import CLASSES, PACK
from tests.intel.world import World, passing_world, replaced, report, thing, viewer

EVERYBODY, NOBODY_ELSE = "NU // REL TO NATO+", "NU // REL TO POL"
ELSEWHERE = report(9_999)
"""What all of them refer to, and nobody has."""


def bindings(world: World, name: str) -> dict[str, int | float | bytes | str | None]:
    found = world.collection(name)
    with world.reading.snapshot() as seen:
        state = seen.state_of(found)
        readable = seen.readable(viewer(name))
    return {
        "collection": found.key,
        "readable": readable,
        "after": 0,
        "until": state.last,
    }


async def fill(world: World, objects: int, shown: set[int]) -> None:
    """Publish many objects, few of which Sweden may see."""
    batch = [
        thing(number, EVERYBODY if number in shown else NOBODY_ELSE, refs=[ELSEWHERE])
        for number in range(1, objects + 1)
    ]
    for start in range(0, objects, 1_000):
        await world.put("POL0", *batch[start : start + 1_000])


def records(world: World, name: str, limit: int) -> list[Record]:
    """Walk by pages."""
    found: list[Record] = []
    filters = Filters()
    while True:
        page = world.reading.page(
            viewer(name), world.collection(name), filters, limit=limit
        )
        found += page.records
        if not page.more:
            return [each for each in found if each.nation]
        filters = Filters(added_after_us=page.records[-1].added_us)


async def test_who_sees_little_looks_through_the_reaches_and_who_sees_all_walks(
    world: World,
) -> None:
    await fill(world, 3_000, {7, 1_500, 2_999})
    with world.reading.snapshot() as seen:
        for name, is_narrow in (("SWE0", True), ("POL0", False)):
            asked = bindings(world, name)
            assert Spread().is_narrow(seen.db, asked, 100) is is_narrow


async def test_little_is_found_in_its_order_page_by_page(world: World) -> None:
    dice = random.Random(5)  # noqa: S311 - not a secret
    shown = set(dice.sample(range(1, 3_001), 30))
    await fill(world, 3_000, shown)
    expected = [report(number) for number in sorted(shown)]
    for limit in (1, 7, 30, 100):
        assert [each.id for each in records(world, "SWE0", limit)] == expected


async def test_the_numbers_come_in_stretches_and_each_once(world: World) -> None:
    shown = {1, 2, 1_400, 2_900, 2_950}
    await fill(world, 3_000, shown)
    asked = bindings(world, "SWE0")
    with world.reading.snapshot() as seen:
        for limit in (2, 10):
            parts = list(Spread().numbers(seen.db, asked, limit))
            numbers = [int(n) for part in parts for n in part[1:-1].split(",")]
            assert len(numbers) == len(set(numbers)) == len(world.walk("SWE0"))
            assert numbers == sorted(numbers)
            assert all(part != "[]" for part in parts)


async def test_what_comes_later_is_found_before_the_spread_is_read_anew(
    world: World,
) -> None:
    await fill(world, 2_000, {5})
    known = Spread()
    with world.reading.snapshot() as seen:
        assert known.is_narrow(seen.db, bindings(world, "SWE0"), 10)
    await world.put("POL0", thing(2_001, "NU // REL TO POL, SWE", refs=[ELSEWHERE]))
    with world.reading.snapshot() as seen:
        parts = list(known.numbers(seen.db, bindings(world, "SWE0"), 10))
    assert sum(part.count(",") + 1 for part in parts) >= 2


async def test_an_empty_collection_is_walked(world: World) -> None:
    with world.reading.snapshot() as seen:
        assert not Spread().is_narrow(seen.db, bindings(world, "POL0"), 10)


async def test_shares_that_are_kept_are_bounded(world: World) -> None:
    await fill(world, 10, {5})
    known = Spread()
    asked = bindings(world, "SWE0")
    readable = asked["readable"]
    assert isinstance(readable, bytes)
    with world.reading.snapshot() as seen:
        for number in range(spread.SHARES_MAX + 1):
            further = {**asked, "readable": readable + b"\0" * number}
            known.is_narrow(seen.db, further, 10)
        assert known.kept() == 1


class Narrow(Spread):
    """Looks through the readable reaches, whatever it costs."""

    def is_narrow(
        self, db: apsw.Connection, bindings: Mapping[str, Binding], limit: int
    ) -> bool:
        del db, bindings, limit
        return True


class Wide(Spread):
    """Walks, whatever it costs."""

    def is_narrow(
        self, db: apsw.Connection, bindings: Mapping[str, Binding], limit: int
    ) -> bool:
        del db, bindings, limit
        return False


def sight(seen: Snapshot, name: str, filters: Filters) -> Sight:
    """Give what a class can read, also where its nation has no standing."""
    place = seen.access.place(viewer(name).nation, viewer(name).clearance)
    reaches = ReadableReaches()
    reaches.refresh(seen.db)
    types = tuple(sorted({reach_type(each) for each in filters.types}))
    return Sight(
        place=place,
        readable=reaches.now(place, types),
        at_birth=reaches.at_birth(place),
    )


def all_pages(
    pages: Pages, collection: int, sight: Sight, filters: Filters, limit: int
) -> list[Page]:
    """Read all pages; the same bytes are read both ways."""
    found = []
    while True:
        page = pages.read(collection, sight, filters, limit=limit, bodies=True)
        alone = pages.read_bytes(collection, sight, filters, limit=limit)
        assert alone.raws == [each.raw for each in page.records]
        assert alone.added_us == [each.added_us for each in page.records]
        assert alone.more == page.more
        found.append(page)
        if not page.more:
            return found
        filters = replaced(filters, page.records[-1].added_us)


PLANNED = (
    Filters(),
    Filters(versions=("all",)),
    Filters(versions=("first",), types=("report",)),
    Filters(types=("marking-definition", "x-thing")),
    Filters(spec_versions=("2.1",)),
)


@pytest.mark.parametrize("seed", range(2))
async def test_both_ways_give_the_same_pages_whatever_has_happened(seed: int) -> None:
    async with passing_world(PACK) as world:
        history = History(world, random.Random(seed))  # noqa: S311 - not a secret
        for acts in (12, 12):
            await history.run(acts)
            compare_plans(world)


def compare_plans(world: World) -> None:
    found = world.collection("HARBOUR0")
    with world.reading.snapshot() as seen:
        plans = [Pages(seen.db, Narrow()), Pages(seen.db, Wide())]
        for name in CLASSES:
            for filters in PLANNED:
                can = sight(seen, name, filters)
                for limit in (2, 50):
                    narrow, wide = (
                        all_pages(each, found.key, can, filters, limit)
                        for each in plans
                    )
                    assert narrow == wide, (name, filters, limit)
