"""Holding: what waits is its own nation's, and is joined when it has waited."""

from datetime import timedelta

import pytest

from foedus.clock import to_ms
from foedus.errors import InvalidInputError
from foedus.eventlog.envelope import Act
from foedus.ids import NationCode
from foedus.intel import holding
from foedus.intel.rules import HOLD_MINUTES_MAX
from tests.intel.world import World, report, thing

MEMBERS, NARROW = "NU // REL TO NATO+", "NU // REL TO POL, FIN"


async def held(world: World) -> None:
    await world.open("held", default_label=MEMBERS, hold_minutes=10)


async def end_waits(world: World) -> int:
    def act_of(nation: NationCode) -> Act:
        return world.act(nation)

    outcomes = await holding.end_waits(world.desk, act_of, to_ms(world.clock()))
    world.projector.catch_up()
    return sum(each.outcome == "stored" for each in outcomes)


def reports(world: World, name: str) -> list[str]:
    return [
        each for each in world.ids(name, alias="held") if each.startswith("report--")
    ]


def full(number: int, label: str = MEMBERS, *refs: int) -> dict[str, object]:
    """Make a report that refers to nothing else than those."""
    return thing(number, label, object_refs=[report(each) for each in refs])


async def test_what_refers_to_nothing_unknown_does_not_wait(world: World) -> None:
    await held(world)
    await world.put("POL0", full(1), full(2, MEMBERS, 1), to="held")
    assert reports(world, "FIN0") == [report(1), report(2)]


async def test_what_waits_is_seen_by_its_own_nation_alone(world: World) -> None:
    await held(world)
    (outcome,) = await world.post("POL0", full(1, MEMBERS, 2), to="held")
    assert outcome.outcome == "stored"
    assert report(2) in outcome.reason
    assert (reports(world, "POL0"), reports(world, "FIN0")) == ([report(1)], [])
    assert await end_waits(world) == 0


async def test_it_is_joined_with_what_it_waited_for(world: World) -> None:
    await held(world)
    await world.put("POL0", full(1, MEMBERS, 2), to="held")
    await world.put("POL0", full(2, NARROW), to="held")

    assert await end_waits(world) == 1

    assert (reports(world, "FIN0"), reports(world, "SWE0")) == (
        [report(2), report(1)],
        [],
    )
    assert reports(world, "POL0").count(report(1)) == 1
    assert await end_waits(world) == 0


async def test_it_waits_no_longer_than_the_collection_says(world: World) -> None:
    await held(world)
    await world.put("POL0", full(1, MEMBERS, 2), to="held")
    world.clock.advance(timedelta(minutes=10) - timedelta(milliseconds=50))
    assert await end_waits(world) == 0
    world.clock.advance(timedelta(milliseconds=100))
    assert await end_waits(world) == 1
    assert reports(world, "FIN0") == [report(1)]


async def test_what_refers_to_what_waits_waits_too(world: World) -> None:
    await held(world)
    await world.put("POL0", full(1, MEMBERS, 9), full(2, MEMBERS, 1), to="held")
    await world.put("POL0", full(3, MEMBERS, 2), to="held")
    assert reports(world, "FIN0") == []
    await world.put("POL0", full(9, NARROW), to="held")
    assert await end_waits(world) == 3
    assert sorted(reports(world, "FIN0")) == sorted(
        [report(9), report(1), report(2), report(3)]
    )
    assert reports(world, "SWE0") == []


async def test_a_circle_that_arrives_in_parts_is_whole_in_the_end(
    world: World,
) -> None:
    await held(world)
    await world.put("POL0", full(1, MEMBERS, 2), to="held")
    await world.put("POL0", full(2, NARROW, 1), to="held")
    assert await end_waits(world) == 2
    assert reports(world, "FIN0") == [report(1), report(2)]
    assert reports(world, "SWE0") == []


async def test_another_nation_s_hidden_object_does_not_end_a_wait(
    world: World,
) -> None:
    await held(world)
    await world.put("POL0", full(1, MEMBERS, 2), to="held")
    await world.put("FIN0", full(2, "NU // REL TO FIN"), to="held")
    assert await end_waits(world) == 0
    await world.put("SWE0", full(2, MEMBERS), to="held")
    assert await end_waits(world) == 1


async def test_withdrawing_what_waits_ends_it(world: World) -> None:
    await held(world)
    await world.put("POL0", full(1, MEMBERS, 2), to="held")
    await world.withdraw("POL0", report(1), to="held")
    await world.put("POL0", full(2), to="held")
    assert await end_waits(world) == 0
    assert reports(world, "POL0") == [report(2)]


async def test_what_waited_is_as_old_as_its_arrival(world: World) -> None:
    await held(world)
    await world.put("POL0", full(1, "NU // REL TO NATO", 2), to="held")
    world.later(days=2)
    await world.put("POL0", full(2, "NU // REL TO NATO"), to="held")
    await end_waits(world)
    since = world.clock().date()
    await world.release("POL0", "UKR", label="NU // REL TO NATO", since=since)
    assert reports(world, "UKR0") == [report(2)]


async def test_waits_survive_a_rebuild(world: World) -> None:
    await held(world)
    await world.put("POL0", full(1, MEMBERS, 2), full(3, MEMBERS, 4), to="held")
    await world.put("POL0", full(2), to="held")
    await end_waits(world)
    before = world.dump()
    world.projector.rebuild()
    assert world.dump() == before


@pytest.mark.parametrize("minutes", [-1, HOLD_MINUTES_MAX + 1])
async def test_a_collection_holds_for_a_day_at_most(world: World, minutes: int) -> None:
    with pytest.raises(InvalidInputError):
        await world.open("held", hold_minutes=minutes)
    await world.open("held", hold_minutes=HOLD_MINUTES_MAX)


async def test_no_release_covers_what_waits(world: World) -> None:
    await held(world)
    selection = "NU // REL TO ORIGINATOR"
    await world.release("POL0", "UKR", label=selection, from_now_on=True)
    await world.put("POL0", full(1, MEMBERS, 2), to="held")
    await world.release("POL0", "MDA", label=selection)
    assert (reports(world, "UKR0"), reports(world, "MDA0")) == ([], [])
    await world.put("POL0", full(2), to="held")
    await end_waits(world)
    assert sorted(reports(world, "UKR0")) == [report(1), report(2)]
