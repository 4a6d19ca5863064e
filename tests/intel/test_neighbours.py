"""What names an object, as one may know it."""

from foedus.intel.neighbours import NEIGHBOURS_MAX, naming
from tests.intel.world import World, report, thing, viewer

TWO = "NATO UNCLASSIFIED // REL TO NOR, POL"


def names(world: World, name: str, number: int = 1) -> list[str]:
    with world.reading.snapshot() as seen:
        return naming(seen, viewer(name), report(number))


async def test_what_names_an_object_is_listed_the_newest_first(world: World) -> None:
    await world.put("POL0", thing(1))
    await world.put("POL0", thing(2, refs=[report(1)]))
    await world.put("FIN0", thing(3, refs=[report(1)]))

    assert names(world, "NOR0") == [report(3), report(2)]


async def test_what_is_hidden_is_not_listed_and_takes_no_place(world: World) -> None:
    await world.put("POL0", thing(1))
    await world.put("POL0", thing(2, refs=[report(1)]))
    many = range(3, NEIGHBOURS_MAX + 5)
    await world.put("POL0", *[thing(n, TWO, refs=[report(1)]) for n in many])

    assert names(world, "FIN0") == [report(2)]
    assert len(names(world, "NOR0")) == NEIGHBOURS_MAX


async def test_what_is_withdrawn_names_nothing(world: World) -> None:
    await world.put("POL0", thing(1))
    await world.put("POL0", thing(2, refs=[report(1)]))
    await world.withdraw("POL0", report(2), "all")

    assert names(world, "NOR0") == []
