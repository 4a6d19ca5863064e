"""Revocation reaches everybody who could see an earlier version, and no more of it."""

import json

from foedus.intel.pages import Filters
from tests.intel.world import ALL, World, moment, replaced, report, thing

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


async def test_who_brings_in_something_narrower_is_told_who_refers_to_it(
    world: World,
) -> None:
    await world.put("POL0", thing(1, WIDE, refs=[report(2)]))
    await world.put("POL0", thing(3, NARROW, refs=[report(2)]))
    (outcome,) = await world.post("POL0", thing(2, NARROW))
    assert report(1) in outcome.reason
    assert report(3) not in outcome.reason
    assert world.sees("UKR0", report(1)), "nothing happens by itself"


async def test_others_referrers_are_nobody_s_business(world: World) -> None:
    await world.put("FIN0", thing(1, WIDE, refs=[report(2)]))
    (outcome,) = await world.post("POL0", thing(2, NARROW))
    assert outcome.reason == ""
