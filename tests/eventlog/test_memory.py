"""What only the log in memory does; the contract is in `test_log`."""

import pytest

from foedus.errors import UnavailableError
from foedus.eventlog.memory import MemoryEventLog
from foedus.eventlog.queueing import Limits
from foedus.ids import START
from tests.eventlog.samples import CODEC, appends, clock_at_noon


async def test_two_logs_in_memory_share_nothing() -> None:
    one, two = (MemoryEventLog(CODEC, clock_at_noon()) for _ in range(2))

    await one.append_many(appends(3))

    assert (one.head(), two.head()) == (3, START)
    one.close()
    two.close()


async def test_a_batch_above_the_limit_is_spread_over_commits() -> None:
    limits = Limits(commit_appends_max=2)
    log = MemoryEventLog(CODEC, clock_at_noon(), limits=limits)

    assert await log.append_many(appends(5)) == [1, 2, 3, 4, 5]

    arrivals = [recorded.arrival_ms for recorded in log.read_after(START, 10)]
    first = arrivals[0]
    assert [each - first for each in arrivals] == [0, 0, 1, 1, 2]
    log.close()


def test_a_closed_store_says_so() -> None:
    log = MemoryEventLog(CODEC, clock_at_noon())
    log.close()

    with pytest.raises(UnavailableError) as caught:
        log.head()

    assert caught.value.detail == "the log is closed; come back"
