"""Reading on: a connector that comes and goes holds what its reader sees, no more."""

import random
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest

from foedus.clock import to_ms
from foedus.compat.ids import BEGINNING, GIVEN, EventId
from foedus.compat.telling import Wish
from foedus.errors import ConflictError, InvalidInputError
from foedus.releasability.news import NewsKind
from tests.compat.connectors import Connector, held, seen_now
from tests.intel.histories import History
from tests.intel.invariants import CLASSES, PACK
from tests.intel.world import World, marking, passing_world, report, thing, viewer

PUBLIC = "NU // PUBLIC"
NATO = "NU // REL TO NATO"


class Streamed(History):
    """A random history that connectors read, and drop out of anywhere."""

    def __init__(self, world: World, dice: random.Random) -> None:
        super().__init__(world, dice)
        self.connectors = [
            Connector(world, name, recover=bool(number % 2))
            for number, name in enumerate(CLASSES)
        ]

    def check(self) -> None:
        super().check()
        access = self.world.reading.access()
        for each in self.connectors:
            if not access.standing(viewer(each.name).nation):
                continue
            match self.dice.randint(0, 3):
                case 0:  # cut off in the middle of a page, and back
                    each.step(self.dice.randint(0, 2))
                    each.connect()
                case 1:
                    each.catch_up()
                    assert held(each) == seen_now(self.world, each.name), self.story


@pytest.mark.parametrize("seed", range(1))
async def test_what_a_connector_holds_is_what_its_reader_sees(seed: int) -> None:
    async with passing_world(PACK) as world:
        await Streamed(world, random.Random(seed)).run(30)  # noqa: S311 - no secret


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    world = await World.found(tmp_path)
    await world.open(default_label="NATO UNCLASSIFIED // PUBLIC")
    yield world
    world.close()


@pytest.mark.parametrize("about", ["decision", "update"])
async def test_news_of_other_kinds_is_no_event_of_this_protocol(
    world: World, about: NewsKind
) -> None:
    connector = Connector(world, "SWE0").catch_up()
    await world.cry("POL0", f"{about}--1", PUBLIC, about=about, type=about)
    await world.put("POL0", thing(1, PUBLIC))
    connector.catch_up()
    told = [each[1]["data"]["type"] for each in connector.events]
    assert told == ["marking-definition", "report"]


async def test_an_object_comes_changes_and_goes(world: World) -> None:
    connector = Connector(world, "SWE0").catch_up()
    await world.put("POL0", thing(1, PUBLIC))
    await world.put("POL0", thing(1, PUBLIC, version=1, name="Known"))
    connector.catch_up()
    context = connector.events[-1][1]["context"]
    assert {"op": "replace", "path": "/name", "value": "Known"} in context["patch"]
    old = {"op": "replace", "path": "/name", "value": "Report 1"}
    assert old in context["reverse_patch"]
    await world.withdraw("POL0", report(1), "all")
    assert connector.catch_up().said() == ["create 1", "update 1", "delete 1"]
    assert connector.held.keys() == {marking(PUBLIC)} & connector.held.keys()


async def test_what_is_left_of_an_object_is_created_anew(world: World) -> None:
    connector = Connector(world, "SWE0").catch_up()
    await world.put("POL0", thing(1, PUBLIC), thing(1, PUBLIC, version=1))
    connector.catch_up().said()
    await world.withdraw("POL0", report(1))
    assert connector.catch_up().said() == ["delete 1", "create 1"]
    assert held(connector)[report(1)] == thing(1)["modified"]


async def test_an_older_version_that_comes_or_goes_is_not_told(world: World) -> None:
    connector = Connector(world, "SWE0").catch_up()
    await world.put("POL0", thing(1, PUBLIC, version=2))
    connector.catch_up().said()
    await world.post("POL0", thing(1, PUBLIC, version=1))
    assert connector.catch_up().said() == []
    await world.put("POL0", thing(1, PUBLIC, version=3))
    connector.catch_up().said()
    await world.withdraw("POL0", report(1), "first")
    assert connector.catch_up().said() == []


async def test_the_same_object_in_two_collections_is_one(world: World) -> None:
    other = await world.open("d", default_label=PUBLIC)
    every, one = (
        Connector(world, "SWE0"),
        Connector(world, "SWE0", collections=(other,)),
    )
    await world.put("POL0", thing(1, PUBLIC))
    await world.put("POL0", thing(1, PUBLIC), to="d")
    await world.withdraw("POL0", report(1), "all")
    assert every.catch_up().said() == ["create 1"]
    assert one.catch_up().said() == ["create 1"]
    await world.withdraw("POL0", report(1), "all", to="d")
    assert every.catch_up().said() == one.catch_up().said() == ["delete 1"]


async def test_what_is_referred_to_goes_before_each_with_an_id(world: World) -> None:
    other = await world.open("d", default_label=PUBLIC)
    await world.put("POL0", thing(1, PUBLIC), thing(2, PUBLIC, refs=[report(1)]))
    await world.put("POL0", thing(3, PUBLIC, refs=[report(2), report(1)]), to="d")
    wish = Wish(dependencies=True)
    connector = Connector(world, "SWE0", wish=wish, collections=(other,)).catch_up()
    origins = [each["origin"].get("referer", "") for _, each in connector.events]
    assert connector.said() == ["create 1", "create 2", "create 3"]
    assert origins[-1] != "init-dependencies"
    assert len(set(connector.ids)) == len(connector.ids)
    plain = Connector(world, "SWE0", collections=(other,)).catch_up()
    assert plain.said() == ["create 3"]


@pytest.mark.parametrize("taken", [1, 3])
async def test_a_cut_among_dependencies_leaves_no_gap(world: World, taken: int) -> None:
    other = await world.open("d", default_label=PUBLIC)
    refs = [report(number) for number in range(1, 4)]
    await world.put("POL0", *(thing(number, PUBLIC) for number in range(1, 4)))
    await world.put("POL0", thing(4, PUBLIC, refs=refs), to="d")
    wish = Wish(dependencies=True)
    connector = Connector(world, "SWE0", wish=wish, collections=(other,))
    connector.step(taken)
    connector.connect()
    connector.catch_up()
    assert sorted(set(connector.said())) == [f"create {each}" for each in range(1, 5)]


async def test_recovery_gives_what_there_is_and_then_what_happens(
    world: World,
) -> None:
    for version in range(3):
        await world.put("POL0", thing(1, PUBLIC, version=version))
    await world.put("POL0", thing(2, PUBLIC))
    world.later(seconds=100)
    await world.withdraw("POL0", report(2), "all")
    world.later(seconds=100)
    there, all_of_it = Connector(world, "SWE0"), Connector(world, "SWE0", recover=False)
    origin = {"referer": "init-create"}
    there.catch_up()
    assert all(each["origin"] == origin for _, each in there.events)
    assert there.said() == ["create 1"]
    assert all_of_it.catch_up().said() == ["create 1", "update 1", "update 1"]
    world.later(seconds=1)
    for version in (3, 4):
        await world.put("POL0", thing(1, PUBLIC, version=version))
    assert there.catch_up().said() == ["update 1", "update 1"]


async def test_what_there_was_is_created_though_it_has_changed_since(
    world: World,
) -> None:
    await world.put("POL0", thing(1, PUBLIC), thing(1, PUBLIC, version=1))
    world.later(seconds=1)
    connector = Connector(world, "SWE0")
    world.later(seconds=1)
    await world.put("POL0", thing(1, PUBLIC, version=2))
    assert connector.catch_up().said() == ["create 1", "update 1"]


async def test_an_id_that_was_given_is_good_for_30_days_a_chosen_one_for_ever(
    world: World,
) -> None:
    await world.put("POL0", thing(1, PUBLIC))
    connector = Connector(world, "SWE0").catch_up()
    world.later(days=31)
    with pytest.raises(ConflictError, match="30 days"):
        connector.connect()
    connector.last = EventId(connector.last.ms)
    connector.connect()
    assert connector.step() is False


async def test_an_id_of_the_future_is_refused(world: World) -> None:
    connector = Connector(world, "SWE0")
    connector.last = EventId(to_ms(world.clock() + timedelta(minutes=2)))
    with pytest.raises(InvalidInputError, match="future"):
        connector.connect()


async def test_the_id_of_who_has_everything_moves_with_the_clock(
    world: World,
) -> None:
    await world.put("POL0", thing(1, PUBLIC))
    connector = Connector(world, "SWE0").catch_up()
    assert connector.last > BEGINNING
    world.later(hours=1)
    connector.catch_up()
    minute_ago = to_ms(world.clock() - timedelta(minutes=1))
    assert connector.last == EventId(minute_ago, GIVEN)
    await world.put("POL0", thing(2, PUBLIC))
    connector.connect()
    assert connector.catch_up().said()[-1] == "create 2"


async def test_a_skipped_event_is_passed_over_once(world: World) -> None:
    connector = Connector(world, "SWE0").catch_up()
    await world.put("POL0", thing(1), thing(2))
    connector.journey = msgspec.structs.replace(connector.journey, skips=True)
    connector.said()
    assert connector.catch_up().said() == ["create 2"]
