"""How the parts of a log work together; the contract is in `test_log`."""

import asyncio
import threading
from collections.abc import Callable

import pytest

from foedus.errors import UnavailableError
from foedus.eventlog.codec import Codec
from foedus.eventlog.envelope import Event, Recorded
from foedus.eventlog.log import EventLog
from foedus.eventlog.memory import MemoryStore
from foedus.eventlog.sequenced import AT_ONCE_MAX, TAIL_ENTRIES, SequencedLog
from foedus.eventlog.wakeup import LocalBell
from foedus.ids import START, Position
from tests.eventlog.samples import (
    CODEC,
    Counted,
    an_append,
    appends,
    clock_at_noon,
)


class BrokenStore(MemoryStore):
    """A store whose disk cannot be read."""

    def read_after(self, after: Position, limit: int) -> list[Recorded]:
        raise UnavailableError(f"nothing after {after} can be read, nor {limit}")


async def test_a_tail_reads_on_after_a_full_page(log: EventLog) -> None:
    await log.append_many(appends(TAIL_ENTRIES))
    await log.append_many(appends(1))
    tail = log.tail(START)

    positions = [(await anext(tail)).position for _ in range(TAIL_ENTRIES + 1)]

    assert positions[-1] == TAIL_ENTRIES + 1
    await tail.aclose()


class ClosingStore(MemoryStore):
    """A store that is closed while it is read."""

    def __init__(self) -> None:
        super().__init__(clock_at_noon())
        self.reading = threading.Event()
        self.closed = threading.Event()

    def read_after(self, after: Position, limit: int) -> list[Recorded]:
        self.reading.set()
        assert self.closed.wait(20), "the test closes it"
        return super().read_after(after, limit)


async def test_a_tail_ends_when_the_log_is_closed_while_it_reads() -> None:
    store = ClosingStore()
    log = SequencedLog(CODEC, sequencer=store, entries=store, bell=LocalBell())
    ending = asyncio.ensure_future(anext(log.tail(START), None))
    assert await asyncio.to_thread(store.reading.wait, 20)

    log.close()
    store.closed.set()

    assert await ending is None


async def test_a_tail_tells_when_the_log_cannot_be_read() -> None:
    store = BrokenStore(clock_at_noon())
    log = SequencedLog(CODEC, sequencer=store, entries=store, bell=LocalBell())

    with pytest.raises(UnavailableError, match="nothing after 0"):
        await anext(log.tail(START))
    log.close()


def test_a_tail_whose_loop_has_ended_does_not_hinder_the_next_append(
    log: EventLog,
) -> None:
    async def begin() -> None:
        tail = log.tail(START)
        asyncio.ensure_future(anext(tail))  # noqa: RUF006 - left to the loop's end
        await asyncio.sleep(0)

    async def append() -> Position:
        return await log.append(an_append())

    asyncio.run(begin())

    assert asyncio.run(append()) == 1


class NotingCodec(Codec):
    """A codec that notes by which threads it was asked to write."""

    def __init__(self) -> None:
        super().__init__(Counted)
        self.threads: set[threading.Thread] = set()

    def encode(self, event: Event) -> tuple[str, bytes]:
        self.threads.add(threading.current_thread())
        return super().encode(event)


@pytest.mark.parametrize(("count", "is_here"), [(500, True), (501, False)])
async def test_many_appends_are_made_ready_beside_the_event_loop(
    count: int, *, is_here: bool
) -> None:
    codec, store = NotingCodec(), MemoryStore(clock_at_noon())
    log = SequencedLog(codec, sequencer=store, entries=store, bell=LocalBell())

    assert await log.append_many(appends(count)) == list(range(1, count + 1))

    log.close()
    assert AT_ONCE_MAX == 500
    assert codec.threads != set()
    assert (threading.current_thread() in codec.threads) == is_here


class NotingStore(MemoryStore):
    """A store that notes how it was read."""

    def __init__(self) -> None:
        super().__init__(clock_at_noon())
        self.asked: list[tuple[Position, int]] = []

    def read_after(self, after: Position, limit: int) -> list[Recorded]:
        self.asked.append((after, limit))
        return super().read_after(after, limit)


async def test_a_tail_reads_in_pages_from_where_it_is() -> None:
    store = NotingStore()
    log = SequencedLog(CODEC, sequencer=store, entries=store, bell=LocalBell())
    await log.append_many(appends(3))
    tail = log.tail(Position(1))
    assert [(await anext(tail)).position for _ in range(2)] == [2, 3]
    await log.append(an_append())

    assert (await anext(tail)).position == 4

    assert store.asked == [(1, TAIL_ENTRIES), (3, TAIL_ENTRIES)]
    await tail.aclose()
    log.close()


class CountingBell(LocalBell):
    """A bell that counts who listens, and how often it rang."""

    def __init__(self) -> None:
        super().__init__()
        self.listeners = 0
        self.rings = 0

    def listen(self, callback: Callable[[], None]) -> Callable[[], None]:
        unlisten = super().listen(callback)
        self.listeners += 1

        def end() -> None:
            self.listeners -= 1
            unlisten()

        return end

    def ring(self) -> None:
        self.rings += 1
        super().ring()


async def test_a_tail_listens_until_it_is_closed() -> None:
    bell, store = CountingBell(), MemoryStore(clock_at_noon())
    log = SequencedLog(CODEC, sequencer=store, entries=store, bell=bell)
    await log.append(an_append())
    tail = log.tail(START)
    await anext(tail)
    during = bell.listeners
    await tail.aclose()

    assert (during, bell.listeners) == (1, 0)
    log.close()
    assert bell.rings == 2, "once for the commit, once for the end"
