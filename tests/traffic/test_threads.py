"""Threads that serve nations in turn."""

import asyncio
import contextvars
import threading
from collections.abc import Iterator
from concurrent.futures import Future

import pytest

from foedus.traffic.threads import FairThreads, working_for


@pytest.fixture
def threads() -> Iterator[FairThreads]:
    made = FairThreads(1)
    yield made
    made.shutdown()


@pytest.fixture
def gate(threads: FairThreads) -> threading.Event:
    """Holds the only thread until it is set."""
    gate = threading.Event()
    threads.submit(gate.wait, 20)
    return gate


def submitted(
    threads: FairThreads, nation: str, done: list[str], count: int
) -> list["Future[None]"]:
    def work() -> list["Future[None]"]:
        working_for.set(nation)
        return [threads.submit(done.append, nation) for _ in range(count)]

    return contextvars.copy_context().run(work)


def test_nations_are_served_in_turn(
    threads: FairThreads, gate: threading.Event
) -> None:
    done: list[str] = []
    futures = submitted(threads, "POL", done, 5) + submitted(threads, "FIN", done, 2)
    gate.set()
    for each in futures:
        each.result(20)

    assert done == ["POL", "FIN", "POL", "FIN", "POL", "POL", "POL"]


def test_what_was_cancelled_is_not_done(
    threads: FairThreads, gate: threading.Event
) -> None:
    done: list[str] = []
    first, second = submitted(threads, "POL", done, 2)
    first.cancel()
    gate.set()
    second.result(20)

    assert done == ["POL"]


def test_a_failure_is_handed_to_whoever_waits(threads: FairThreads) -> None:
    with pytest.raises(ZeroDivisionError):
        threads.submit(lambda: 1 // 0).result(20)

    assert threads.submit(lambda: 1).result(20) == 1


async def test_an_event_loop_hands_its_work_over(threads: FairThreads) -> None:
    asyncio.get_running_loop().set_default_executor(threads)
    token = working_for.set("POL")
    name = await asyncio.to_thread(lambda: threading.current_thread().name)
    working_for.reset(token)

    assert name.startswith("fair")
