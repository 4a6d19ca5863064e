"""Ordinals follow the order, never change, lead back, and count nothing hidden."""

import random
from itertools import pairwise

import pytest

from foedus.intel.following import follow
from foedus.intel.ordinals import (
    ORDINAL_MAX,
    Ordinal,
    Ordinals,
    ordinal_of,
)
from foedus.intel.places import BEGINNING, INTEL, LOST, Interest, Place
from tests.intel.histories import History
from tests.intel.invariants import CLASSES, PACK
from tests.intel.world import World, passing_world, report, thing, viewer

PUBLIC = "NU // PUBLIC"
NATO = "NU // REL TO NATO"
EVERYTHING = Interest(kinds=(INTEL,))


def numbered(world: World, name: str) -> dict[Place, Ordinal]:
    """Give the ordinals of all that somebody is given from the beginning."""
    found: dict[Place, Ordinal] = {}
    place, more = BEGINNING, True
    while more:
        with world.reading.snapshot() as seen:
            page = follow(seen, viewer(name), EVERYTHING, place, limit=7)
            counted = Ordinals(seen, viewer(name))
            for each in page.changes:
                found[each.place] = counted.of(each.place)
        place, more = page.place, page.more
    return found


class Numbered(History):
    """A random history, after which all changes are counted anew."""

    def __init__(self, world: World, dice: random.Random) -> None:
        super().__init__(world, dice)
        self.known: dict[str, dict[Place, Ordinal]] = {name: {} for name in CLASSES}

    def check(self) -> None:
        super().check()
        name = self.dice.choice(CLASSES)
        if not self.world.reading.access().standing(viewer(name).nation):
            return
        found = numbered(self.world, name)
        order = [(each.commit_ms, each.number) for each in found.values()]
        assert all(one < other for one, other in pairwise(order)), self.story
        known = self.known[name]
        assert all(known.get(place, each) == each for place, each in found.items())
        known |= found
        self.check_back(name, found)

    def check_back(self, name: str, found: dict[Place, Ordinal]) -> None:
        with self.world.reading.snapshot() as seen:
            who = viewer(name)
            for place, ordinal in found.items():
                fresh = Ordinals(seen, who)
                assert fresh.of(place) == ordinal, self.story
                before = fresh.before(ordinal_of(ordinal.commit_ms, ordinal.number))
                after = follow(seen, who, EVERYTHING, before, limit=1)
                assert after.changes[0].place == place, self.story


@pytest.mark.parametrize("seed", range(1))
async def test_ordinals_follow_the_order_and_never_change(seed: int) -> None:
    async with passing_world(PACK) as world:
        await Numbered(world, random.Random(seed)).run(25)  # noqa: S311 - no secret


async def test_what_is_hidden_is_not_counted(world: World) -> None:
    await world.put("POL0", *(thing(number, NATO) for number in range(1, 5)))
    await world.put(
        "POL0", thing(5, NATO), thing(6, PUBLIC), thing(7, NATO), thing(8, PUBLIC)
    )
    found = list(numbered(world, "MDA0").values())
    last = [each.rank for each in found if each.commit_ms == found[-1].commit_ms]
    assert last == list(range(len(last)))


async def test_losses_of_a_commit_are_counted_apart(world: World) -> None:
    await world.put("POL0", thing(1, NATO), thing(1, NATO, version=1), thing(2, NATO))
    await world.withdraw("POL0", report(1), "all")
    found = [
        (place.phase == LOST, each.rank)
        for place, each in numbered(world, "SWE0").items()
    ]
    assert [rank for is_lost, rank in found if is_lost] == [0, 1]


def test_a_number_is_read_back_and_fits_a_signed_integer() -> None:
    full = Ordinal(1_795_435_200_000, 1, (1 << 26) - 1, (1 << 24) - 1, (1 << 12) - 1)
    assert full.number == ORDINAL_MAX
    for ordinal in (full, Ordinal(1, 0), Ordinal(1, 1, 2, 3, 4)):
        assert ordinal_of(ordinal.commit_ms, ordinal.number) == ordinal


async def test_what_is_not_there_leads_to_what_follows(world: World) -> None:
    await world.put("POL0", thing(1, PUBLIC))
    place, ordinal = list(numbered(world, "SWE0").items())[-1]
    with world.reading.snapshot() as seen:
        counted = Ordinals(seen, viewer("SWE0"))
        behind = counted.before(ordinal._replace(rank=9))
        assert behind > place
        nowhere = counted.before(ordinal._replace(group=(1 << 26) - 1))
        assert (nowhere.commit_ms, nowhere.phase) == (place.commit_ms, place.phase)
