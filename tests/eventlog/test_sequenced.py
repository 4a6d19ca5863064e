"""How the parts of a log work together; the contract is in `test_log`."""

import asyncio
import threading

import pytest

from foedus.errors import UnavailableError
from foedus.eventlog.envelope import Recorded
from foedus.eventlog.log import EventLog
from foedus.eventlog.memory import MemoryStore
from foedus.eventlog.sequenced import TAIL_ENTRIES, SequencedLog
from foedus.eventlog.wakeup import LocalBell
from foedus.ids import START, Position
from tests.eventlog.samples import CODEC, an_append, appends, clock_at_noon


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
