"""Following: whatever happens, what was put and not deleted is what is seen."""

import random

import pytest

from foedus.intel.following import follow, place_of
from foedus.intel.places import BEGINNING, Interest, Place
from tests.intel.consumers import Consumer, visible
from tests.intel.histories import History
from tests.intel.invariants import CLASSES, PACK
from tests.intel.world import World, passing_world, report, thing, viewer

NATO = "NU // REL TO NATO"
PUBLIC = "NU // PUBLIC"


class Followed(History):
    """A random history that consumers follow, each at its own pace."""

    def __init__(self, world: World, dice: random.Random) -> None:
        super().__init__(world, dice)
        self.consumers = [Consumer(world, name) for name in CLASSES]
        self.places = {name: [BEGINNING] for name in CLASSES}

    def check(self) -> None:
        super().check()
        access = self.world.reading.access()
        for each in self.consumers:
            if not access.standing(viewer(each.name).nation):
                continue
            if self.dice.random() < 0.5:
                # Some lag behind, and some stop in the middle of a page.
                each.step(self.dice.randint(1, 4))
                self.places[each.name].append(each.place)
                continue
            each.catch_up(self.dice.choice((1, 3, 1_000)))
            self.places[each.name].append(each.place)
            assert each.held == visible(self.world, each.name), self.story

    def check_replays(self) -> None:
        """Follow anew from some place: what was held there leads to what is seen."""
        access = self.world.reading.access()
        for each in self.consumers:
            if not access.standing(viewer(each.name).nation):
                continue
            each.catch_up()
            now = visible(self.world, each.name)
            assert each.held == now
            fresh = Consumer(self.world, each.name).catch_up(2)
            assert fresh.held == now


SEEDS = [
    *range(6),
    *(pytest.param(seed, marks=pytest.mark.soak) for seed in range(6, 60)),
]
"""Histories: six in `make test`, 54 more in `make soak`."""


@pytest.mark.parametrize("seed", SEEDS)
async def test_what_is_told_is_what_is_seen_whatever_happens(seed: int) -> None:
    async with passing_world(PACK) as world:
        history = Followed(world, random.Random(seed))  # noqa: S311 - not a secret
        await history.run(60)
        history.check_replays()
        folded = world.dump()
        world.projector.rebuild()
        assert world.dump() == folded


async def test_what_comes_is_told_once_in_order_over_collections(world: World) -> None:
    await world.open("d", default_label=PUBLIC)
    consumer = Consumer(world, "SWE0").catch_up()
    consumer.said()
    for number in range(1, 7):
        await world.put("POL0", thing(number, PUBLIC), to="cd"[number % 2])
        world.later(seconds=1)
    assert consumer.catch_up(2).said() == ["+1", "+2", "+3", "+4", "+5", "+6"]
    assert consumer.catch_up().said() == []


async def test_a_place_is_found_by_what_the_viewer_knows_of_it(world: World) -> None:
    for number in range(5):
        await world.put("POL0", thing(number, (PUBLIC, NATO)[number % 2]))
        world.later(seconds=1)
    consumer = Consumer(world, "MDA0").catch_up()
    for place, change in enumerate(consumer.told):
        at: Place = change.place
        with world.reading.snapshot() as seen:
            found = place_of(
                seen,
                viewer("MDA0"),
                at.commit_ms,
                at.phase,
                (at.order, change.added_us),
            )
            rest = follow(seen, viewer("MDA0"), Interest(), found, limit=100).changes
        assert list(rest) == consumer.told[place + 1 :]


async def test_only_the_wanted_types_and_collections_are_told(world: World) -> None:
    found = await world.open("d", default_label=PUBLIC)
    await world.put("POL0", thing(1, PUBLIC), to="d")
    await world.put("POL0", thing(2, PUBLIC))
    world.later(seconds=1)
    await world.withdraw("POL0", report(1), "all", to="d")
    await world.withdraw("POL0", report(2), "all")
    here = Consumer(world, "SWE0", Interest(collections=(found,))).catch_up()
    none = Consumer(world, "SWE0", Interest(types=("indicator",))).catch_up()
    assert here.said() == ["-1"]
    assert none.said() == []
