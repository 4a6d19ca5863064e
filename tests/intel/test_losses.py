"""Losses: who is told that something was taken, and who is not."""

import pytest

from foedus.alliance.statuses import Status
from foedus.errors import ForbiddenError
from tests.intel.consumers import Consumer
from tests.intel.world import World, report, thing

NATO = "NU // REL TO NATO"
PUBLIC = "NU // PUBLIC"


async def test_what_is_withdrawn_is_told_to_those_who_had_it_alone(
    world: World,
) -> None:
    await world.put("POL0", thing(1, "NU // REL TO FIN"), thing(2, PUBLIC))
    fin, swe = (Consumer(world, name).catch_up() for name in ("FIN0", "SWE0"))
    fin.said(), swe.said()
    world.later(seconds=1)
    await world.withdraw("POL0", report(1), "all")
    assert fin.catch_up().said() == ["-1"]
    assert swe.catch_up().said() == []


async def test_who_lost_with_a_release_does_not_learn_of_a_withdrawal(
    world: World,
) -> None:
    await world.put("POL0", thing(1, NATO))
    given = await world.release("POL0", "UKR", label=NATO)
    late, prompt = (Consumer(world, "UKR0").catch_up() for _ in range(2))
    late.said(), prompt.said()
    world.later(seconds=1)
    await world.end_release("POL0", given)
    assert prompt.catch_up().said() == ["-1"]
    world.later(seconds=1)
    await world.withdraw("POL0", report(1), "all")
    assert prompt.catch_up().said() == []
    assert late.catch_up().said() == ["-1"]


async def test_what_came_and_went_while_suspended_is_not_told(world: World) -> None:
    await world.put("POL0", thing(1, "NU // REL TO NATO+"))
    consumer = Consumer(world, "FIN0").catch_up()
    consumer.said()
    world.later(seconds=1)
    await world.change("FIN", Status.SUSPENDED)
    await world.put("POL0", thing(2, "NU // REL TO NATO+"))
    world.later(seconds=1)
    await world.withdraw("POL0", report(1), "all")
    await world.withdraw("POL0", report(2), "all")
    with pytest.raises(ForbiddenError):
        consumer.step()
    world.later(seconds=1)
    await world.change("FIN", Status.MEMBER)
    assert consumer.catch_up().said() == ["-1"]


async def test_losses_of_a_collection_that_may_not_be_read_are_not_told(
    world: World,
) -> None:
    await world.open("d", read="NATO", default_label=PUBLIC)
    consumer = Consumer(world, "MDA0").catch_up()
    await world.put("POL0", thing(1, PUBLIC), to="d")
    world.later(seconds=1)
    await world.withdraw("POL0", report(1), "all", to="d")
    world.later(seconds=1)
    await world.change("MDA", Status.MEMBER)
    assert consumer.catch_up().said() == []


async def test_losses_are_forgotten_after_a_month(world: World) -> None:
    await world.put("POL0", thing(1, PUBLIC))
    await world.withdraw("POL0", report(1), "all")
    assert world.query("SELECT count(*) FROM loss") != [(0,)]
    world.later(days=32)
    await world.put("POL0", thing(2, PUBLIC))
    assert world.query("SELECT count(*) FROM loss") == [(0,)]
