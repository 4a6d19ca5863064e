"""Histories: the versions of an object that a viewer sees now."""

from foedus.intel.histories import Histories, Seen
from foedus.intel.places import PUT
from tests.intel.world import World, report, thing, viewer

PUBLIC = "NU // PUBLIC"
NATO = "NU // REL TO NATO"


def seen(world: World, name: str, *aliases: str) -> list[Seen]:
    collections = [world.collection(name, alias).id for alias in aliases]
    with world.reading.snapshot() as snapshot:
        found = Histories(snapshot, viewer(name), collections)
        versions = found.of(report(1))
        assert all(found.raw(each.version) for each in versions)
        assert found.raw(-1) == b""
    return versions


async def test_only_what_is_seen_now_is_there_the_newest_first(world: World) -> None:
    await world.put("POL0", thing(1, NATO), thing(1, PUBLIC, version=1))
    assert len(seen(world, "MDA0")) == 1
    newer, older = seen(world, "SWE0")
    assert newer.modified_us > older.modified_us
    assert newer.place > older.place
    assert newer.place.phase == PUT
    await world.withdraw("POL0", report(1))
    assert seen(world, "MDA0") == []


async def test_collections_are_looked_at_as_far_as_they_are_wanted(
    world: World,
) -> None:
    await world.open("d", default_label=PUBLIC)
    for alias in "cd":
        await world.put("POL0", thing(1, PUBLIC), to=alias)
    assert len(seen(world, "SWE0")) == 2
    assert len(seen(world, "SWE0", "d")) == 1
