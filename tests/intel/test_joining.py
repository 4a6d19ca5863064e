"""Joining: the narrowest of all that is referred to, however one goes through it."""

import itertools

import pytest

from foedus.intel.joining import oldest
from tests.intel.world import World, report, thing

WIDE, MIDDLE, NARROW = (
    "NU // REL TO NATO",
    "NU // REL TO FIN, POL, SWE",
    "NU // REL TO POL, SWE",
)


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
async def test_a_chain_is_joined_in_any_order(
    world: World, order: tuple[int, ...]
) -> None:
    chain = [
        thing(1, WIDE, refs=[report(2)]),
        thing(2, MIDDLE, refs=[report(3)]),
        thing(3, NARROW),
    ]
    await world.put("POL0", *(chain[each] for each in order))
    assert {world.label("POL0", report(each)) for each in (1, 2, 3)} == {
        "NATO UNCLASSIFIED // REL TO POL, SWE"
    }


async def test_what_stands_in_a_circle_has_one_label(world: World) -> None:
    circle = [
        thing(1, WIDE, refs=[report(2)]),
        thing(2, MIDDLE, refs=[report(1), report(3)]),
        thing(3, WIDE, refs=[report(2)]),
    ]
    await world.put("POL0", *circle)
    assert len({world.label("POL0", report(each)) for each in (1, 2, 3)}) == 1


async def test_what_is_stored_is_joined_by_its_newest_own_version(
    world: World,
) -> None:
    await world.put("POL0", thing(1, NARROW))
    await world.put("POL0", thing(1, MIDDLE, version=1))
    await world.put("POL0", thing(2, WIDE, refs=[report(1)]))
    assert world.label("POL0", report(2)) == "NATO UNCLASSIFIED // REL TO FIN, POL, SWE"


async def test_information_in_a_circle_is_as_old_as_its_oldest_part(
    world: World,
) -> None:
    await world.put("POL0", thing(9, WIDE))
    (first,) = world.query(_INFORMATION)
    world.later(days=1)
    circle = [
        thing(1, WIDE, refs=[report(2)]),
        thing(2, WIDE, refs=[report(1), report(9)]),
        thing(3, WIDE),
    ]
    await world.put("POL0", *circle)
    nine, one, two, three = sorted(world.query(_INFORMATION))
    assert nine == one == two == first
    assert three > first


_INFORMATION = "SELECT information FROM version WHERE type = 'report'"


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [(None, None, None), (None, 2, 2), (1, None, 1), (1, 2, 1), (2, 1, 1)],
)
def test_the_earlier_of_two_instants_counts(
    one: int | None, other: int | None, expected: int | None
) -> None:
    assert oldest(one, other) == expected
