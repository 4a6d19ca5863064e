"""How the parts of a log work together; the contract is in `test_log`."""

import asyncio

import pytest
from tests.eventlog.samples import CODEC, an_append, appends, clock_at_noon

from foedus.errors import UnavailableError
from foedus.eventlog.envelope import Recorded
from foedus.eventlog.log import EventLog
from foedus.eventlog.memory import MemoryStore
from foedus.eventlog.sequenced import TAIL_ENTRIES, SequencedLog
from foedus.eventlog.wakeup import LocalBell
from foedus.ids import START, Position


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
