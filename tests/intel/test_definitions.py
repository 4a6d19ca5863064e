"""Definitions: seen exactly where a visible object carries the marking."""

from typing import Any

from foedus.alliance.statuses import Status
from foedus.intel.definitions import carried_by_own
from foedus.intel.releasing import Pace
from foedus.stix.markings import TLP_2, hub_marking_id
from tests.intel.world import World, marking, report, thing, viewer

MEMBERS = "NATO UNCLASSIFIED // REL TO NATO 2024-03-07"
NATO = "NATO UNCLASSIFIED // REL TO NATO"
TO_POLES = "NATO UNCLASSIFIED // REL TO POL"
TO_FINNS = "NATO UNCLASSIFIED // REL TO FIN, POL"


def definitions(world: World, name: str) -> list[str]:
    """Name the definitions that the hub itself delivers to a viewer, in order."""
    return [each.id for each in world.walk(name) if not each.nation]


def marked(number: int, label: str, part: str, **more: Any) -> dict[str, Any]:  # noqa: ANN401 - of JSON
    """Make a report with a property that has a marking of its own."""
    part = marking(part)
    granular = [{"marking_ref": part, "selectors": ["name"]}]
    return thing(number, label, granular_markings=granular, **more)


async def test_a_definition_comes_before_and_goes_with_what_carries_it(
    world: World,
) -> None:
    await world.put("POL0", thing(1, MEMBERS))
    await world.put("POL0", thing(2, MEMBERS))
    stamp, first, second = world.walk("FIN0")
    assert stamp.nation == ""
    assert stamp.added_us < first.added_us < second.added_us
    assert f'"{stamp.id}"'.encode() in first.raw
    assert world.ids("MDA0", defs=True) == []
    await world.withdraw("POL0", report(1))
    assert world.ids("FIN0", defs=True) == [stamp.id, report(2)]
    await world.withdraw("POL0", report(2))
    assert world.ids("FIN0", defs=True) == []
    await world.put("POL0", thing(3, MEMBERS))
    again, third = world.walk("FIN0")
    assert (again.id, again.raw) == (stamp.id, stamp.raw)
    assert second.added_us < again.added_us < third.added_us


async def test_a_definition_goes_with_a_community_that_is_left(world: World) -> None:
    await world.put("POL0", thing(1, "NU // REL TO NATO+"))
    assert len(world.ids("FIN0", defs=True)) == 3
    await world.change("FIN", Status.NONE)
    assert world.ids("FIN0", defs=True) == []
    await world.change("FIN", Status.MEMBER)
    assert len(world.ids("FIN0", defs=True)) == 3


async def test_a_property_s_marking_is_defined_for_who_sees_the_object(
    world: World,
) -> None:
    await world.put("POL0", marked(1, TO_FINNS, TO_FINNS), thing(2))
    assert definitions(world, "FIN0") == [marking(TO_FINNS)]
    assert definitions(world, "SWE0") == []


async def test_what_is_stamped_and_what_came_along_are_both_defined(
    world: World,
) -> None:
    """The object goes to those alone who may see each of the two."""
    both = thing(1, TO_FINNS, object_marking_refs=[marking(TO_FINNS), marking(MEMBERS)])
    await world.put("POL0", both)
    for name in ("FIN0", "POL0"):
        found = world.walk(name)
        carried = [each.id for each in found if not each.nation]
        raw = found[-1].raw
        assert {marking(TO_FINNS), marking(MEMBERS)} <= set(carried)
        assert all(each.encode() in raw for each in carried)
    assert definitions(world, "SWE0") == []


async def test_a_definition_stays_while_any_object_carries_it(world: World) -> None:
    await world.put("POL0", thing(1, TO_FINNS), marked(2, TO_FINNS, TO_FINNS))
    await world.put("POL0", marked(3, MEMBERS, TO_FINNS))
    (before, *_) = world.walk("FIN0")
    for number in (1, 3):
        await world.withdraw("POL0", report(number))
    assert before in world.walk("FIN0"), "it stays where it was"
    await world.withdraw("POL0", report(2))
    assert world.ids("FIN0", defs=True) == []


async def test_a_release_brings_the_definition_in_front_of_what_carries_it(
    world: World,
) -> None:
    await world.put("POL0", *(thing(each, MEMBERS) for each in (1, 2, 3)))
    await world.put("POL0", thing(4, TO_FINNS))
    given, position = await world.begin_release("POL0", "UKR", label=NATO)
    world.fold(position)
    assert await world.deliver(Pace(deliveries=2)) > 1

    assert world.ids("UKR0", defs=True) == [
        hub_marking_id(MEMBERS), *(report(each) for each in (1, 2, 3)),
    ]  # fmt: skip
    await world.end_release("POL0", given)
    assert world.ids("UKR0", defs=True) == []


async def test_two_stamps_of_one_act_go_by_their_ids(world: World) -> None:
    """So that the order tells nothing of what else is hidden among them."""
    await world.put("POL0", thing(2, MEMBERS), thing(3, TO_FINNS))
    await world.release("POL0", "UKR", label=TO_POLES)
    found = definitions(world, "UKR0")
    assert found == sorted([marking(MEMBERS), marking(TO_FINNS)])
    assert definitions(world, "FIN0") == found[::-1], "as they came"


async def test_who_joins_gets_the_definition_once(world: World) -> None:
    await world.put("POL0", thing(1, "NU // REL TO NATO+"))
    await world.put("POL0", thing(2, "NU // REL TO NATO+, MDA"))
    marking_of = definitions(world, "FIN0")
    await world.change("MDA", Status.MEMBER)
    assert sorted(definitions(world, "MDA0")) == sorted(marking_of)


def own_needs(world: World, name: str) -> set[str]:
    """Name the hub's markings that an account's own nation's versions carry."""
    kept: dict[int, str] = dict(
        world.query("SELECT version, object FROM version WHERE nation = ''")
    )
    with world.reading.snapshot() as seen:
        return {kept[each] for each in carried_by_own(seen.db, viewer(name), kept)}


async def test_what_own_versions_carry_is_told_up_to_the_clearance(
    world: World,
) -> None:
    secret = "NATO SECRET // REL TO POL"  # noqa: S105 - a level
    await world.put("POL3", thing(1, secret), marked(2, TO_POLES, TO_FINNS))
    await world.put("FIN0", thing(3, MEMBERS))
    assert own_needs(world, "POL3") == {
        marking(secret), marking(TO_POLES), marking(TO_FINNS),
    }  # fmt: skip
    assert own_needs(world, "POL0") == {marking(TO_POLES), marking(TO_FINNS)}
    assert own_needs(world, "SWE0") == set()


async def test_what_own_versions_carried_is_told_no_more(world: World) -> None:
    await world.put("POL0", thing(1, TO_POLES), thing(2, TO_FINNS))
    await world.withdraw("POL0", report(1))
    assert own_needs(world, "POL0") == {marking(TO_FINNS)}


async def test_what_stands_in_is_none_of_the_nation_s_own(world: World) -> None:
    green = thing(1, object_marking_refs=[str(TLP_2["GREEN"])])
    await world.put("POL0", green)
    await world.put("POL0", thing(1, TO_POLES, version=1, revoked=True))
    assert len(definitions(world, "FIN0")) == 1
    assert own_needs(world, "POL0") == {marking(TO_POLES)}


async def test_a_rebuild_gives_the_same_definitions(world: World) -> None:
    await world.put("POL0", thing(1, MEMBERS), marked(2, TO_FINNS, TO_POLES))
    await world.put("POL0", thing(3, TO_FINNS), marked(4, TO_FINNS, MEMBERS))
    await world.withdraw("POL0", report(3))
    await world.release("POL0", "UKR", label=NATO)
    before = world.dump()
    world.restart()
    await world.put("POL0", thing(5, TO_FINNS))
    await world.withdraw("POL0", report(5))
    world.projector.rebuild()
    after = world.dump()
    assert after["stamp"] == before["stamp"]
    seen = {name: world.walk(name) for name in ("FIN0", "UKR0", "POL0")}
    world.restart()
    assert {name: world.walk(name) for name in seen} == seen
