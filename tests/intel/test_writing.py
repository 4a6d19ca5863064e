"""What is written of an object: markings, what stands in for it, what it replaces."""

import json

from foedus.ids import START
from foedus.intel.events import MarkingDefined, Published
from foedus.intel.judging import Manner
from foedus.intel.pages import Filters
from foedus.stix.timestamps import parse_us
from tests.intel.world import (
    ALL,
    CODEC,
    World,
    marking,
    moment,
    replaced,
    report,
    thing,
)

WIDE, NARROW = "NU // REL TO NATO, UKR", "NU // REL TO POL"


async def revoke(world: World, label: str = NARROW) -> None:
    await world.put("POL0", thing(1, label, version=1, revoked=True, name="secret"))


def found(world: World, name: str) -> list[dict[str, object]]:
    records = world.walk(name, Filters(ids=(report(1),)))
    return [json.loads(each.raw) for each in records]


async def test_who_saw_an_earlier_version_learns_that_it_is_revoked(
    world: World,
) -> None:
    await world.put("POL0", thing(1, WIDE))
    cursor = world.walk("UKR0")[-1].added_us
    await revoke(world)

    (seen,) = found(world, "UKR0")
    own, full = found(world, "POL0"), "secret"

    assert seen.keys() <= {
        "type", "spec_version", "id", "created", "modified", "revoked",
        "object_marking_refs",
    }  # fmt: skip
    assert (seen["revoked"], seen["modified"]) == (True, moment(1))
    assert [each["name"] for each in own] == [full]
    fresh = world.walk("UKR0", replaced(ALL, cursor))
    assert [each.id for each in fresh if each.nation] == [report(1)]


async def test_who_never_saw_it_does_not_hear_of_its_end(world: World) -> None:
    await world.put("POL0", thing(1, WIDE))
    await revoke(world)
    assert found(world, "MDA0") == []


async def test_who_sees_the_revoked_version_gets_it_whole_and_once(
    world: World,
) -> None:
    await world.put("POL0", thing(1, WIDE))
    await revoke(world, "NU // REL TO NATO")
    assert [each.get("name") for each in found(world, "FIN0")] == ["secret"]
    assert [each.get("name") for each in found(world, "UKR0")] == [None]


async def test_who_saw_it_by_a_release_learns_it_too(world: World) -> None:
    await world.put("POL0", thing(1, "NU // REL TO NATO"))
    await world.release("POL0", "UKR", label="NU // REL TO NATO")
    await revoke(world, "NU // REL TO NATO")

    (seen,) = found(world, "UKR0")

    assert (seen["revoked"], seen.get("name")) == (True, None)


async def test_a_later_release_brings_the_end_along(world: World) -> None:
    await world.put("POL0", thing(1, "NU // REL TO NATO"))
    await revoke(world)
    await world.release("POL0", "UKR", label="NU // REL TO NATO")
    records = world.walk("UKR0", Filters(ids=(report(1),), versions=("all",)))
    assert [json.loads(each.raw).get("revoked", False) for each in records] == [
        False, True,
    ]  # fmt: skip


async def test_a_revocation_survives_a_rebuild(world: World) -> None:
    await world.put("POL0", thing(1, WIDE), thing(2, "NU // PUBLIC"))
    await revoke(world)
    before = world.dump()
    world.projector.rebuild()
    assert world.dump() == before


async def test_a_later_post_is_not_compared_with_what_stands_in(world: World) -> None:
    await world.put("POL0", thing(1, WIDE))
    await revoke(world)
    again = thing(1, NARROW, version=1, revoked=True, name="secret")
    (outcome,) = await world.post("POL0", again)
    assert outcome.outcome == "duplicate"


def events(world: World) -> list[Published]:
    """Give what was published, in order, without marking definitions."""
    decoded = map(CODEC.decode, world.log.read_after(START, 1_000))
    return [
        each
        for each in decoded
        if isinstance(each, Published) and each.type != "marking-definition"
    ]


async def test_one_stands_in_for_each_label_that_goes_further(world: World) -> None:
    labels = ("NU // PUBLIC", WIDE, "NU // REL TO POL, FIN", WIDE, NARROW)
    for version, label in enumerate(labels):
        await world.put("POL0", thing(1, label, version=version))
    await world.put("POL0", thing(1, NARROW, version=5, revoked=True))

    *_, last = events(world)

    stand_ins = {each.origin_us: each for each in last.stand_ins}
    assert stand_ins.keys() == {parse_us(moment(each)) for each in (0, 2, 3)}
    everybody_s = stand_ins.pop(parse_us(moment(0)))
    assert everybody_s.stamp is None
    assert "object_marking_refs" not in json.loads(bytes(everybody_s.object))
    for each in stand_ins.values():
        assert json.loads(bytes(each.object))["object_marking_refs"] == [each.stamp]


async def test_nothing_stands_in_where_all_earlier_readers_are_reached(
    world: World,
) -> None:
    await world.put("POL0", thing(1, NARROW))
    await world.put("POL0", thing(1, WIDE, version=1, revoked=True))
    assert events(world)[-1].stand_ins == ()


async def test_where_anything_is_released_each_earlier_version_has_its_own(
    world: World,
) -> None:
    """A release may tell them apart by the day of their information."""
    await world.release("POL0", "MDA", label="NU // REL TO NATO")
    await world.put("POL0", thing(1, WIDE))
    await world.put("POL0", thing(1, WIDE, version=1))
    await world.put("POL0", thing(1, WIDE, version=2, revoked=True))
    assert len(events(world)[-1].stand_ins) == 2


async def test_further_settled_markings_are_carried_and_others_are_not(
    world: World,
) -> None:
    own, wider = "NATO UNCLASSIFIED // REL TO POL", "NATO UNCLASSIFIED // REL TO FIN"
    markings = [marking(own), marking(wider), marking(WIDE)]
    part = {"marking_ref": marking(own), "selectors": ["name"]}
    more = {"granular_markings": [part], "object_marking_refs": markings[1:]}
    await world.put("POL0", thing(1, own), thing(2, **more))
    one, two = events(world)
    assert (one.stamp, one.splice, one.carries) == (marking(own), None, ())
    assert (two.stamp, two.carries) == (marking(own), (marking(wider),))


async def test_an_object_that_replaces_names_the_older_versions(world: World) -> None:
    for version in (3, 1, 0):
        await world.put("POL0", thing(1, WIDE, version=version))
    newest = thing(1, NARROW, version=2)
    await world.post("POL0", newest, manner=Manner(replaces=True))
    assert events(world)[-1].replaces == tuple(parse_us(moment(n)) for n in (0, 1))


async def test_a_definition_is_written_once_a_collection(world: World) -> None:
    await world.open("d", default_label="NU // PUBLIC")
    for to, number in (("c", 1), ("c", 2), ("d", 1)):
        await world.put("POL0", thing(number, "NATO UNCLASSIFIED // REL TO POL"), to=to)
    defined = [
        each
        for each in map(CODEC.decode, world.log.read_after(START, 1_000))
        if isinstance(each, MarkingDefined)
    ]
    assert len(defined) == len({each.collection for each in defined}) == 2
