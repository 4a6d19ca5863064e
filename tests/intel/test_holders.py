"""Who held an object, by what it came to them, and until when."""

import pytest

from foedus.alliance.statuses import Status
from foedus.errors import ForbiddenError, NotFoundError
from foedus.intel.holders import Held, handed, held
from foedus.intel.recalls import named
from foedus.releasability.viewers import Role
from tests.intel.world import World, report, thing, viewer

THREE = "NATO UNCLASSIFIED // REL TO FIN, NOR, POL"
SECRET = "NATO CONFIDENTIAL // REL TO NOR, POL"  # noqa: S105 - a label
TODAYS = "NATO UNCLASSIFIED // REL TO NATO+"


def ask(world: World, name: str, *roles: Role) -> Held:
    with world.reading.snapshot() as seen:
        return held(seen, viewer(name, *roles), report(1))


def told(world: World, name: str, *roles: Role) -> dict[str, tuple[str, bool]]:
    """Tell by nation how it came, and whether it is still held."""
    found = ask(world, name, *roles)
    return {each.nation: (each.how, each.until is None) for each in found.holders}


async def test_who_has_it_by_its_label_has_it_since_it_arrived(world: World) -> None:
    await world.put("POL0", thing(1, THREE))

    assert told(world, "POL0") == {"FIN": ("arrival", True), "NOR": ("arrival", True)}


async def test_what_came_by_a_release_says_so_also_when_it_is_gone(
    world: World,
) -> None:
    await world.put("POL0", thing(1, THREE))
    release = await world.release("POL0", "AUT", label=THREE)
    assert told(world, "POL0")["AUT"] == ("release", True)

    await world.end_release("POL0", release)

    assert told(world, "POL0")["AUT"] == ("release", False)


async def test_what_a_community_gained_came_later(world: World) -> None:
    await world.put("POL0", thing(1, TODAYS))
    await world.change("MDA", Status.MEMBER)

    assert told(world, "POL0")["MDA"] == ("community", True)
    assert told(world, "POL0")["FIN"] == ("arrival", True)


async def test_what_was_withdrawn_or_recalled_was_held_until_then(
    world: World,
) -> None:
    await world.put("POL0", thing(1, THREE))
    world.later(minutes=5)
    await world.withdraw("POL0", report(1), "all")
    assert told(world, "POL0")["FIN"] == ("arrival", False)

    await world.put("POL0", thing(1, THREE))
    world.later(minutes=5)
    await world.recall("POL0", report(1))

    (finland, _) = ask(world, "POL0").holders
    assert finland.until is not None
    assert (finland.until - finland.since).total_seconds() == pytest.approx(600, abs=1)


async def test_losses_are_forgotten_and_recalls_are_not(world: World) -> None:
    await world.put("POL0", thing(1, THREE))
    await world.recall("POL0", report(1))
    world.later(days=40)
    await world.put("POL0", thing(2))

    assert world.query("SELECT count(*) FROM loss") == [(0,)]
    assert told(world, "POL0")["FIN"] == ("arrival", False)


async def test_what_lies_above_the_clearance_is_not_told(world: World) -> None:
    await world.put("POL0", thing(1, "NATO UNCLASSIFIED // REL TO FIN, POL"))
    await world.put("POL2", thing(1, SECRET, version=1))

    assert told(world, "POL0").keys() == {"FIN"}
    assert told(world, "POL2").keys() == {"FIN", "NOR"}


async def test_it_is_refused_to_who_sees_it_and_hidden_from_who_does_not(
    world: World,
) -> None:
    await world.put("POL0", thing(1, THREE))

    with pytest.raises(ForbiddenError, match="told to POL"):
        ask(world, "FIN0")
    with pytest.raises(NotFoundError):
        ask(world, "SWE3")


async def test_the_body_s_duty_officer_is_told_of_what_was_recalled(
    world: World,
) -> None:
    await world.put("POL0", thing(1, "NATO UNCLASSIFIED // REL TO NATO, POL"))
    with pytest.raises(ForbiddenError):
        told(world, "NATO0", Role.DUTY_OFFICER)

    await world.recall("POL0", report(1))

    assert told(world, "NATO0", Role.AUDITOR)["FIN"] == ("arrival", False)
    with pytest.raises(ForbiddenError):
        told(world, "NATO0", Role.READER)


async def test_a_copy_elsewhere_is_named_to_who_may_see_it(world: World) -> None:
    await world.put("POL0", thing(1, THREE))
    await world.put("FIN0", thing(1, "NATO UNCLASSIFIED // REL TO FIN, POL"))
    await world.put("SWE0", thing(1, "NATO UNCLASSIFIED // REL TO SWE"))

    assert [each.nation for each in ask(world, "POL0").elsewhere] == ["FIN"]


async def test_each_delivery_is_handed_over_from_the_clearance_that_had_it(
    world: World,
) -> None:
    await world.put("POL0", thing(1, THREE))
    await world.put("POL2", thing(1, SECRET, version=1))
    await world.recall("POL2", report(1))

    with world.reading.snapshot() as seen:
        (found,) = named(seen, viewer("POL2"), report(1))
        places = handed(seen, found)

    assert [lowest for *_, lowest in places["NOR"]] == [0, 2]  # type: ignore[index]
    assert [lowest for *_, lowest in places["FIN"]] == [0]  # type: ignore[index]
