from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from foedus.planning.situation_sources import Pile, pile_of
from foedus.readiness.records import Route
from tests.readiness.world import DAY, FIN, MDA, POL, World, report, unit

ROUTE = {"end": "Tapa", "travel_h": 20, "source": "table 4", "since": "2026-01-01"}


def route(start: str, **more: object) -> Route:
    return msgspec.convert({**ROUTE, "start": start, **more}, Route)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    found = World(tmp_path)
    yield found
    found.close()


def pile(world: World, by: object = FIN) -> Pile:
    with world.sight() as seen:
        return pile_of(seen.db, seen.access, by, DAY)  # type: ignore[arg-type]


async def test_a_way_goes_both_ways_unless_it_says_otherwise(world: World) -> None:
    await world.record(POL, route("Gdansk"))
    await world.record(POL, route("Elk", one_way=True))

    found = pile(world).ways

    assert set(found) == {("gdansk", "tapa"), ("tapa", "gdansk"), ("elk", "tapa")}
    (stated,) = found["tapa", "gdansk"]
    assert (stated.route.travel_h, stated.hours) == (20, 20)


async def test_a_pile_holds_what_its_viewer_may_see_with_its_labels(
    world: World,
) -> None:
    seen = await world.record(POL, unit())
    told = await world.record(POL, report(seen))
    hidden = await world.record(POL, unit(name="Own"), "")

    mine, theirs, foreign = pile(world, POL), pile(world), pile(world, MDA)

    assert {each.record for each in mine.units} == {seen, hidden}
    assert [each.record for each in theirs.units] == [seen]
    assert [each.record for each in theirs.reports[seen]] == [told]
    assert set(theirs.labels) == {seen, told}
    assert foreign.labels == {}
