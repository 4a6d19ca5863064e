"""Turns: one nation's line is no other's."""

import asyncio

import pytest

from foedus.errors import RateLimitedError
from foedus.traffic.turns import Turns


async def settle() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


def waiting(turns: Turns, nation: str, count: int) -> list["asyncio.Task[None]"]:
    return [asyncio.create_task(turns.wait(nation)) for _ in range(count)]


async def test_below_the_limit_nobody_waits() -> None:
    turns = Turns(at_once=2, waiting=1)

    assert [turns.begin("POL") for _ in range(3)] == [True, True, False]


async def test_another_nation_never_waits_for_it() -> None:
    turns = Turns(at_once=1, waiting=5)
    turns.begin("POL")
    tasks = waiting(turns, "POL", 5)
    await settle()

    assert turns.begin("FIN")
    assert turns.figures() == (2, 5)
    for each in tasks:
        each.cancel()


async def test_a_line_is_served_in_order() -> None:
    turns = Turns(at_once=1, waiting=2)
    turns.begin("POL")
    first, second = waiting(turns, "POL", 2)
    await settle()

    turns.end("POL")
    await settle()
    assert (first.done(), second.done()) == (True, False)
    turns.end("POL")
    await settle()
    assert second.done()


async def test_a_line_that_is_full_refuses_and_says_when_to_come_back() -> None:
    turns = Turns(at_once=1, waiting=1)
    turns.begin("POL")
    (task,) = waiting(turns, "POL", 1)
    await settle()

    with pytest.raises(RateLimitedError, match="your nation") as refusal:
        await turns.wait("POL")

    assert refusal.value.retry_after_s == 1
    task.cancel()


async def test_whoever_goes_away_leaves_the_line() -> None:
    turns = Turns(at_once=1, waiting=2)
    turns.begin("POL")
    first, second = waiting(turns, "POL", 2)
    await settle()
    first.cancel()
    await settle()

    turns.end("POL")
    await settle()

    assert second.done()
    assert turns.figures() == (1, 0)


async def test_a_turn_given_to_somebody_who_just_went_away_is_passed_on() -> None:
    turns = Turns(at_once=1, waiting=2)
    turns.begin("POL")
    first, second = waiting(turns, "POL", 2)
    await settle()
    turns.end("POL")
    first.cancel()
    await settle()

    assert second.done()


async def test_when_all_is_done_nothing_is_kept() -> None:
    turns = Turns(at_once=1, waiting=1)
    turns.begin("POL")
    turns.end("POL")

    assert turns.figures() == (0, 0)
    assert turns.begin("POL")
