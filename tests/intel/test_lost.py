"""What was lost, read by who lost it."""

from foedus.intel.lost import LostReader
from foedus.intel.places import BEGINNING, Interest, order_of
from tests.intel.world import World, report, thing, viewer

EVERYTHING = Interest()


def lost(world: World, name: str, interest: Interest = EVERYTHING) -> list[str]:
    with world.reading.snapshot() as seen:
        who = viewer(name)
        collections = {order_of(each.id): each for each in seen.collections(who)}
        reader = LostReader(seen, who, interest, collections)
        steps = list(reader.steps(BEGINNING, 2))
    assert [step.place for step in steps] == sorted(step.place for step in steps)
    names = [step.lost[0] for step in steps if step.lost is not None]
    return [each for each in names if each.startswith("report")]


async def test_who_could_see_what_is_withdrawn_has_lost_it(world: World) -> None:
    await world.put("POL0", *(thing(number, "NU // REL TO FIN") for number in range(5)))
    for number in range(5):
        world.later(seconds=1)
        await world.withdraw("POL0", report(number), "all")
    assert lost(world, "FIN0") == [report(number) for number in range(5)]
    assert lost(world, "SWE0") == []
    assert lost(world, "FIN0", Interest(types=("tool",))) == []


async def test_what_is_seen_again_is_not_lost(world: World) -> None:
    await world.put("POL0", thing(1, "NU // PUBLIC"))
    await world.withdraw("POL0", report(1), "all")
    world.later(seconds=1)
    await world.put("POL0", thing(1, "NU // PUBLIC"))
    assert lost(world, "FIN0") == []
