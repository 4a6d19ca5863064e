"""Nations take turns."""

import asyncio

import pytest

from foedus.errors import RateLimitedError
from foedus.planning.turns import READ_WAITING_MAX, Turns, reading_turns


class Hall:
    """Work that ends when it is told to, and in which order it began."""

    def __init__(self, turns: Turns) -> None:
        self.turns = turns
        self.begun: list[str] = []
        self.ends: dict[str, asyncio.Event] = {}
        self.tasks: dict[str, asyncio.Task[None]] = {}

    async def come(self, *names: str) -> None:
        """Let work come; its first letter is its nation."""
        for name in names:
            self.ends[name] = asyncio.Event()
            self.tasks[name] = asyncio.create_task(self._work(name))
            await asyncio.sleep(0)

    async def end(self, name: str) -> None:
        self.ends[name].set()
        await self.tasks[name]
        await asyncio.sleep(0)

    async def cancel(self, name: str) -> None:
        self.tasks[name].cancel()
        with pytest.raises(asyncio.CancelledError):
            await self.tasks[name]
        await asyncio.sleep(0)

    async def _work(self, name: str) -> None:
        async with self.turns.turn(name[0]):
            self.begun.append(name)
            await self.ends[name].wait()


async def test_a_nation_with_much_to_do_lets_others_go_in_between() -> None:
    hall = Hall(Turns(1, 9))
    await hall.come("a1", "a2", "a3", "b1", "c1")
    for name in ("a1", "a2", "b1", "c1"):
        await hall.end(name)

    assert hall.begun == ["a1", "a2", "b1", "c1", "a3"]
    await hall.end("a3")


async def test_no_nation_takes_every_place() -> None:
    hall = Hall(Turns(2, 9))
    await hall.come("a1", "a2", "b1")

    assert hall.begun == ["a1", "b1"]
    await hall.end("a1")
    await hall.end("a2")
    await hall.end("b1")


async def test_a_full_queue_refuses_its_own_nation_alone() -> None:
    hall = Hall(Turns(1, 1))
    await hall.come("a1", "a2", "b1")

    with pytest.raises(RateLimitedError, match="wait already"):
        async with hall.turns.turn("a"):
            pass
    assert hall.turns.waiting("a") == hall.turns.waiting("b") == 1
    for name in ("a1", "a2", "b1"):
        await hall.end(name)


async def test_who_stops_waiting_or_running_makes_room() -> None:
    hall = Hall(Turns(1, 9))
    await hall.come("a1", "b1", "c1")
    await hall.cancel("b1")
    await hall.cancel("a1")

    assert hall.begun == ["a1", "c1"]
    assert hall.turns.waiting("b") == 0
    await hall.end("c1")


async def test_a_turn_that_comes_as_it_is_given_up_is_given_on() -> None:
    hall = Hall(Turns(1, 9))
    await hall.come("a1", "b1", "c1")
    hall.ends["a1"].set()
    await asyncio.sleep(0)  # a1 goes on
    hall.tasks["b1"].cancel()
    await asyncio.sleep(0)
    await asyncio.sleep(0)

    assert hall.begun == ["a1", "c1"]
    await hall.end("c1")


async def test_dossiers_of_a_nation_are_read_one_at_a_time_and_few_may_wait() -> None:
    hall = Hall(reading_turns())
    waiting = [f"a{number}" for number in range(1, READ_WAITING_MAX + 1)]
    await hall.come("a0", *waiting, "b1")

    assert hall.begun == ["a0", "b1"]
    with pytest.raises(RateLimitedError, match="4 dossiers of your nation wait"):
        async with hall.turns.turn("a"):
            pass
    await hall.end("b1")
    assert hall.begun == ["a0", "b1"]  # the second place is for another nation
    for name in ("a0", *waiting):
        await hall.end(name)
