import asyncio
import threading
from collections.abc import Iterator

import pytest

from foedus.errors import RateLimitedError, UnavailableError
from foedus.identity.verifier import OF_ONE_ADDRESS_MAX, QUEUE_MAX, Verifier


@pytest.fixture
def verifier() -> Iterator[Verifier]:
    verifier = Verifier()
    yield verifier
    verifier.close()


@pytest.fixture
def gate() -> Iterator[threading.Event]:
    """Holds every verification until it is set."""
    gate = threading.Event()
    yield gate
    gate.set()


async def test_the_verdict_is_handed_back(verifier: Verifier) -> None:
    assert await verifier.verdict(b"right", None, lambda: True)
    assert not await verifier.verdict(b"wrong", None, lambda: False)


async def test_many_who_bring_one_credential_share_one_verification(
    verifier: Verifier, gate: threading.Event
) -> None:
    calls: list[int] = []

    def verify() -> bool:
        calls.append(1)
        return gate.wait(5)

    async with asyncio.TaskGroup() as group:
        tasks = [
            group.create_task(verifier.verdict(b"same", None, verify))
            for _ in range(QUEUE_MAX * 2)
        ]
        await asyncio.sleep(0)
        gate.set()

    assert all(task.result() for task in tasks)
    assert len(calls) == 1


async def _fill(
    verifier: Verifier, gate: threading.Event, count: int, address: str | None
) -> list["asyncio.Task[bool]"]:
    tasks = [
        asyncio.ensure_future(
            verifier.verdict(b"%d" % number, address, lambda: gate.wait(5))
        )
        for number in range(count)
    ]
    await asyncio.sleep(0)
    return tasks


async def test_a_full_queue_answers_at_once(
    verifier: Verifier, gate: threading.Event
) -> None:
    tasks = await _fill(verifier, gate, QUEUE_MAX, None)

    with pytest.raises(UnavailableError):
        await verifier.verdict(b"one more", None, lambda: True)

    gate.set()
    assert all(await asyncio.gather(*tasks))


async def test_who_was_right_before_finds_a_place_in_a_full_queue(
    verifier: Verifier, gate: threading.Event
) -> None:
    tasks = await _fill(verifier, gate, QUEUE_MAX, None)

    known = asyncio.ensure_future(
        verifier.verdict(b"known", "192.0.2.1", lambda: True, is_known=True)
    )
    await asyncio.sleep(0)
    gate.set()

    assert await known
    assert all(await asyncio.gather(*tasks))


async def test_one_address_cannot_fill_the_queue(
    verifier: Verifier, gate: threading.Event
) -> None:
    tasks = await _fill(verifier, gate, OF_ONE_ADDRESS_MAX, "192.0.2.1")

    with pytest.raises(RateLimitedError):
        await verifier.verdict(b"one more", "192.0.2.1", lambda: True)

    gate.set()
    assert await verifier.verdict(b"elsewhere", "192.0.2.2", lambda: True)
    assert all(await asyncio.gather(*tasks))


async def test_who_goes_away_takes_the_verdict_from_nobody(
    verifier: Verifier, gate: threading.Event
) -> None:
    [leader] = await _fill(verifier, gate, 1, None)
    [follower] = await _fill(verifier, gate, 1, None)
    leader.cancel()
    await asyncio.sleep(0)
    gate.set()

    assert await follower


async def test_the_queue_has_room_again_after_a_verdict(verifier: Verifier) -> None:
    for number in range(QUEUE_MAX + 1):
        assert await verifier.verdict(b"%d" % number, "192.0.2.1", lambda: True)


def _queued(
    verifier: Verifier, line: bytes, count: int, gate: threading.Event, done: list[str]
) -> "list[asyncio.Task[bool]]":
    """Let some of a nation wait for the gate, and note in which turn they come."""

    def verify() -> bool:
        gate.wait(5)
        done.append(line.decode())
        return True

    return [
        asyncio.ensure_future(
            verifier.verdict(line + b"%d" % number, None, verify, line=line)
        )
        for number in range(count)
    ]


async def test_nations_take_turns(verifier: Verifier, gate: threading.Event) -> None:
    done: list[str] = []
    many = _queued(verifier, b"many", 20, gate, done)
    few = _queued(verifier, b"few", 2, gate, done)
    await asyncio.sleep(0)
    gate.set()
    await asyncio.gather(*many, *few)

    assert [place for place, line in enumerate(done) if line == "few"][-1] <= 6
    assert done.count("many") == 20


async def test_a_full_queue_takes_from_the_longest_line_for_a_shorter(
    verifier: Verifier, gate: threading.Event
) -> None:
    many = _queued(verifier, b"many", QUEUE_MAX, gate, [])
    few = _queued(verifier, b"few", 1, gate, [])
    await asyncio.sleep(0)
    with pytest.raises(UnavailableError):
        await many[-1]
    with pytest.raises(UnavailableError):
        await _queued(verifier, b"many", QUEUE_MAX + 1, gate, [])[-1]
    gate.set()

    assert await few[0]
    assert all(await asyncio.gather(*many[:-1]))


async def test_who_still_waits_when_the_hub_stops_is_told(
    verifier: Verifier, gate: threading.Event
) -> None:
    tasks = _queued(verifier, b"many", 9, gate, [])
    await asyncio.sleep(0)
    closing = asyncio.ensure_future(asyncio.to_thread(verifier.close))
    gate.set()
    await closing

    found = await asyncio.gather(*tasks, return_exceptions=True)

    assert {type(each) for each in found} <= {bool, UnavailableError}


async def test_what_fails_is_told_to_who_waits(verifier: Verifier) -> None:
    def fail() -> bool:
        raise ArithmeticError

    with pytest.raises(ArithmeticError):
        await verifier.verdict(b"one", None, fail)
    assert await verifier.verdict(b"one", None, lambda: True)
