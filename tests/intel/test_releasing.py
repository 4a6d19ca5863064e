"""Releases: what they cover, that they deliver once, and that they end at once."""

from datetime import UTC, datetime

import pytest

from foedus.intel import releasing
from foedus.intel.pages import Record
from foedus.intel.releasing import STEP_DELIVERIES, Pace
from tests.intel.world import (
    ALL,
    World,
    address,
    replaced,
    report,
    thing,
    viewer,
)

NATO = "NATO UNCLASSIFIED // REL TO NATO"
EVE_OF_SWEDEN = datetime(2024, 3, 6, 12, tzinfo=UTC)
EARLY = {"created": "2024-01-01T00:00:00.000Z", "modified": "2024-01-01T00:00:00.000Z"}


def of_type(records: list[Record], stix_type: str) -> list[str]:
    """Name the records of a type, in order."""
    return [each.id for each in records if each.type == stix_type]


def lanes(world: World, name: str) -> list[str]:
    """Name the nations whose addresses a viewer holds."""
    return [each.nation for each in world.walk(name) if each.type == "ipv4-addr"]


def reports(world: World, name: str) -> list[str]:
    """Name the reports that a viewer sees, in order."""
    return [each for each in world.ids(name) if each.startswith("report--")]


async def test_a_poller_meets_what_is_released_once_through_its_cursor(
    world: World,
) -> None:
    await world.put("POL0", thing(1, NATO))
    await world.put("POL0", thing(2, "NU // REL TO NATO, UKR"), thing(3, NATO))
    seen = world.walk("UKR0")
    assert of_type(seen, "report") == [report(2)]

    await world.release("POL0", "UKR", label=NATO)

    after = world.walk("UKR0", replaced(ALL, seen[-1].added_us))
    assert [each.id for each in after if each.type == "report"] == [
        report(1),
        report(3),
    ]
    assert [each.added_us for each in world.walk("UKR0")][: len(seen)] == [
        each.added_us for each in seen
    ]


@pytest.mark.parametrize("number", [STEP_DELIVERIES, STEP_DELIVERIES + 1])
async def test_a_step_delivers_so_much_at_most(world: World, number: int) -> None:
    # The definition of the marking is an object, too.
    await world.put("POL0", *(thing(each, NATO) for each in range(1, number)))
    _, position = await world.begin_release("POL0", "UKR", label=NATO)
    world.fold(position)

    assert await world.deliver() == 1 + (number > STEP_DELIVERIES)

    assert reports(world, "UKR0") == [report(each) for each in range(1, number)]


async def test_a_step_is_proposed_after_the_last_one(world: World) -> None:
    await world.put("POL0", thing(1, NATO))
    _, position = await world.begin_release("POL0", "UKR", label=NATO)
    world.fold(position)
    act = world.act(viewer("NATO0").nation)

    await releasing.step(world.desk, act)
    await releasing.step(world.desk, act)  # another process, which has not folded yet
    world.projector.catch_up()

    assert [each.id for each in world.walk("UKR0") if each.type == "report"] == [
        report(1)
    ]
    assert await releasing.step(world.desk, act) is None


async def test_a_rebuild_gives_every_table_again(world: World) -> None:
    await world.put("POL0", thing(1, NATO), thing(2, NATO), address("192.0.2.1"))
    await world.put("FIN0", thing(1, NATO))
    first = await world.release("POL0", "UKR", "MDA", label=NATO)
    await world.release("POL0", "UKR", label=NATO, from_now_on=True)
    await world.put("POL0", thing(3, NATO))
    await world.end_release("POL0", first)
    before = world.dump()

    world.projector.rebuild()

    assert world.dump() == before


async def test_a_preview_tells_what_the_release_then_does(world: World) -> None:
    await world.put("POL0", thing(1, NATO), thing(2, NATO))
    await world.put("POL0", thing(2, NATO, version=1))
    await world.put("POL0", thing(3, "NU // REL TO NATO, UKR"))
    found = await world.preview("POL0", "UKR", label=NATO)
    assert reports(world, "UKR0") == [report(3)]
    assert found.objects == 2
    assert sum(found.by_label.values()) == 2
    await world.release("POL0", "UKR", label=NATO)
    assert len(reports(world, "UKR0")) == 3
    again = await world.preview("POL0", "UKR", label=NATO)
    assert again.objects == 0


async def test_a_preview_tells_nothing_of_others_lanes(world: World) -> None:
    await world.put("POL0", thing(1, NATO))
    alone = await world.preview("POL0", "UKR", label=NATO)
    await world.put("FIN0", thing(1, "NU // REL TO FIN, UKR"))
    assert await world.preview("POL0", "UKR", label=NATO) == alone


async def test_where_a_like_release_follows_everything_rests_on_it_at_once(
    world: World,
) -> None:
    await world.put("POL0", *(thing(each, NATO) for each in range(1, 20)))
    first = await world.release("POL0", "UKR", "MDA", label=NATO)
    second = await world.release("POL0", "UKR", "MDA", label=NATO)
    before = [world.walk(name) for name in ("UKR0", "MDA0")]
    numbers = world.query("SELECT number, reach FROM delivery")

    await world.end_release("POL0", first)

    assert [world.walk(name) for name in ("UKR0", "MDA0")] == before
    assert world.query("SELECT number, reach FROM delivery") == numbers
    tables = world.dump()
    world.projector.rebuild()
    assert world.dump() == tables
    await world.end_release("POL0", second)
    assert (reports(world, "UKR0"), reports(world, "MDA0")) == ([], [])


@pytest.mark.parametrize(("versions", "steps"), [(3, 2), (4, 2), (5, 1)])
async def test_a_step_looks_at_so_many_versions_at_most(
    world: World, versions: int, steps: int
) -> None:
    """Of others', too; or a small release would read a large hub in one go."""
    await world.put("FIN0", *(address(f"192.0.2.{each}") for each in range(1, 5)))
    _, position = await world.begin_release("POL0", "UKR", label=NATO)
    world.fold(position)

    assert await world.deliver(Pace(versions=versions)) == steps


@pytest.mark.parametrize(("deliveries", "steps"), [(3, 2), (4, 1), (5, 1)])
async def test_a_step_delivers_so_many_at_most(
    world: World, deliveries: int, steps: int
) -> None:
    await world.put("POL0", *(thing(each, "NU // REL TO POL") for each in range(1, 5)))
    label = "NU // REL TO ORIGINATOR"
    _, position = await world.begin_release("POL0", "UKR", label=label)
    world.fold(position)

    assert await world.deliver(Pace(deliveries=deliveries)) == steps
    assert len(reports(world, "UKR0")) == 4
