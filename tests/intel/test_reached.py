"""Who has versions: as they were delivered, and as the rules say."""

from foedus.ids import NationCode
from foedus.intel.reached import Delivered, delivered, due
from tests.intel.world import World, thing

THREE = "NATO UNCLASSIFIED // REL TO FIN, NOR, POL"


def nations(world: World, found: list[Delivered]) -> set[str]:
    access = world.reading.access()
    return {
        nation
        for each in found
        for nation in access.everybody
        if each.classes & access.mask([NationCode(nation)], 0)
    }


def row(world: World, nation: str) -> int:
    """Find what a nation has published; the definitions are the hub's."""
    (found,) = world.query(f"SELECT version FROM version WHERE nation = '{nation}'")  # noqa: S608 - a code
    return int(found[0])


async def test_they_are_the_same_where_there_is_one_lane(world: World) -> None:
    await world.put("POL0", thing(1, THREE))
    key = row(world, "POL")

    with world.reading.snapshot() as seen:
        had = delivered(seen.db, seen.access, 1, [key])

        assert had == due(seen.db, seen.access, 1, [key])
        assert nations(world, had) == {"FIN", "NOR", "POL"}


async def test_what_the_rules_say_does_not_follow_from_another_lane(
    world: World,
) -> None:
    await world.put("NOR0", thing(1, "NATO UNCLASSIFIED // REL TO FIN, NOR"))
    await world.put("POL0", thing(1, THREE))
    key = row(world, "POL")

    with world.reading.snapshot() as seen:
        had = delivered(seen.db, seen.access, 1, [key])
        ought = due(seen.db, seen.access, 1, [key])

    assert nations(world, had) == {"POL"}
    assert nations(world, ought) == {"FIN", "NOR", "POL"}
