import asyncio
import threading
from collections.abc import Iterator, Sequence

import pytest
from structlog.testing import capture_logs

from foedus.errors import ConflictError, TooLargeError, UnavailableError
from foedus.eventlog.committer import IDLE_S, Committer
from foedus.eventlog.draft import Draft, draft_all
from foedus.eventlog.envelope import Who
from foedus.eventlog.log import Outcome
from foedus.eventlog.memory import MemoryStore
from foedus.eventlog.queueing import Limits
from foedus.eventlog.sequence import Sequenced
from foedus.ids import Position
from tests.eventlog.samples import CODEC, an_append, appends, clock_at_noon


class Gate(MemoryStore):
    """A store that commits only while its gate is open."""

    def __init__(self) -> None:
        super().__init__(clock_at_noon())
        self.open = threading.Event()
        self.arrived = threading.Event()
        self.commits: list[int] = []
        self.failures: list[Exception] = []
        self.idled = threading.Event()

    def commit(self, drafts: Sequence[Draft]) -> Sequenced:
        self.arrived.set()
        assert self.open.wait(20), "every test opens its gate"
        self.commits.append(len(drafts))
        if self.failures:
            raise self.failures.pop(0)
        return super().commit(drafts)

    def idle(self) -> None:
        self.idled.set()
        raise OSError("a chore that fails")


def drafts(count: int, stream: str = "s") -> list[Draft]:
    made = draft_all(CODEC, appends(count, stream))
    return [each for each in made if isinstance(each, Draft)]


def fail() -> None:
    raise OSError("a bell that fails")


@pytest.fixture
def gate() -> Gate:
    return Gate()


@pytest.fixture
def committer(gate: Gate) -> Iterator[Committer]:
    limits = Limits(commit_appends_max=10, queue_appends_max=50)
    made = Committer(gate, lambda: None, limits)
    yield made
    gate.open.set()
    made.close()


async def arrive(gate: Gate) -> None:
    """Wait until the writer thread is inside a commit."""
    assert await asyncio.to_thread(gate.arrived.wait, 20)


async def start(
    committer: Committer, gate: Gate, sizes: Sequence[int]
) -> list[asyncio.Task[list[Outcome]]]:
    """Have one append held in the gate, and more waiting behind it."""
    tasks = [asyncio.create_task(committer.submit(drafts(1)))]
    await asyncio.sleep(0)
    await arrive(gate)
    tasks += [asyncio.create_task(committer.submit(drafts(size))) for size in sizes]
    await asyncio.sleep(0)
    return tasks


async def test_those_who_wait_during_a_commit_share_the_next(
    committer: Committer, gate: Gate
) -> None:
    tasks = await start(committer, gate, [2, 3, 4])
    gate.open.set()

    outcomes = await asyncio.gather(*tasks)

    assert gate.commits == [1, 9]
    assert outcomes == [[1], [2, 3], [4, 5, 6], [7, 8, 9, 10]]


async def test_a_commit_takes_no_more_than_its_limit(
    committer: Committer, gate: Gate
) -> None:
    tasks = await start(committer, gate, [6, 6, 4])
    gate.open.set()
    await asyncio.gather(*tasks)

    assert gate.commits == [1, 6, 10]


async def test_a_commit_takes_no_more_bytes_than_its_limit(gate: Gate) -> None:
    gate.open.set()
    size = drafts(1)[0].size
    committer = Committer(gate, lambda: None, Limits(commit_bytes_max=2 * size))

    assert await committer.submit(drafts(5)) == [1, 2, 3, 4, 5]
    assert gate.commits == [2, 2, 1]
    committer.close()


async def test_waiting_requests_share_no_more_bytes_than_the_limit(gate: Gate) -> None:
    size = drafts(1)[0].size
    committer = Committer(gate, lambda: None, Limits(commit_bytes_max=2 * size))
    tasks = await start(committer, gate, [1, 1, 1])
    gate.open.set()
    await asyncio.gather(*tasks)

    assert gate.commits == [1, 2, 1]
    committer.close()


async def test_every_waiter_is_told_when_a_commit_fails(
    committer: Committer, gate: Gate
) -> None:
    gate.failures = [OSError("disk full"), OSError("disk full")]
    tasks = await start(committer, gate, [2, 3])
    gate.open.set()

    with capture_logs() as logged:
        outcomes = [each for task in tasks for each in await task]

    assert [type(each) for each in outcomes] == [UnavailableError] * 6
    assert [each["event"] for each in logged] == ["commit_failed", "commit_failed"]
    assert [each["error"] for each in logged] == ["OSError", "OSError"]
    assert [each["log_level"] for each in logged] == ["error", "error"]
    assert {str(each) for each in outcomes} == {
        "the log could not be written; a retry with the same event id is safe"
    }
    assert all("committer.py" in "".join(each["where"]) for each in logged)


async def test_the_writer_goes_on_after_a_commit_that_failed(
    committer: Committer, gate: Gate
) -> None:
    gate.failures = [OSError("disk full")]
    gate.open.set()
    with capture_logs():
        await committer.submit(drafts(1))

    assert await committer.submit(drafts(1)) == [1]


async def test_an_error_of_ours_is_told_as_it_is(
    committer: Committer, gate: Gate
) -> None:
    gate.failures = [ConflictError("somebody was faster")]
    gate.open.set()

    (outcome,) = await committer.submit(drafts(1))

    assert isinstance(outcome, ConflictError)


async def test_a_waiter_cancelled_in_the_queue_harms_nobody_and_writes_nothing(
    committer: Committer, gate: Gate
) -> None:
    held, cancelled, kept = await start(committer, gate, [2, 3])
    cancelled.cancel()
    await asyncio.sleep(0)
    gate.open.set()

    assert await held == [1]
    assert await kept == [2, 3, 4]
    assert cancelled.cancelled()


async def test_a_waiter_cancelled_during_its_commit_harms_nobody(
    committer: Committer, gate: Gate
) -> None:
    (held,) = await start(committer, gate, [])
    held.cancel()
    await asyncio.sleep(0)
    gate.open.set()

    assert await committer.submit(drafts(1)) == [2]


async def test_when_all_who_wait_are_cancelled_nothing_is_committed(
    committer: Committer, gate: Gate
) -> None:
    held, cancelled = await start(committer, gate, [2])
    cancelled.cancel()
    await asyncio.sleep(0)
    gate.open.set()

    assert await held == [1]
    assert await committer.submit(drafts(1)) == [2]
    assert 2 not in gate.commits


async def test_a_full_queue_is_an_answer(committer: Committer, gate: Gate) -> None:
    tasks = await start(committer, gate, [10, 10, 6])

    refused = await tasks[-1]
    gate.open.set()
    accepted = [await task for task in tasks[:-1]]

    assert [type(each) for each in refused] == [UnavailableError] * 6
    assert [len(each) for each in accepted] == [1, 10, 10]


async def test_a_queue_full_of_bytes_is_an_answer(gate: Gate) -> None:
    size = drafts(1)[0].size
    committer = Committer(gate, lambda: None, Limits(queue_bytes_max=4 * size))
    tasks = await start(committer, gate, [1, 1, 1])

    (refused,) = await tasks[-1]
    gate.open.set()

    assert isinstance(refused, UnavailableError)
    assert await asyncio.gather(*tasks[:-1]) == [[1], [2], [3]]
    committer.close()


async def test_a_batch_longer_than_the_queue_is_written_part_by_part(
    committer: Committer, gate: Gate
) -> None:
    gate.open.set()

    assert await committer.submit(drafts(100)) == list(range(1, 101))


async def test_closing_writes_what_is_queued_and_then_refuses(
    committer: Committer, gate: Gate
) -> None:
    tasks = await start(committer, gate, [2])
    gate.open.set()
    await asyncio.to_thread(committer.close)

    assert await asyncio.gather(*tasks) == [[1], [2, 3]]
    (refused,) = await committer.submit(drafts(1))
    assert isinstance(refused, UnavailableError)
    assert refused.detail == "the log is closed; come back"


async def test_chores_are_done_when_idle_and_may_fail(
    committer: Committer, gate: Gate
) -> None:
    gate.open.set()
    await committer.submit(drafts(1))

    assert await asyncio.to_thread(gate.idled.wait, 20 * IDLE_S)
    assert await committer.submit(drafts(1)) == [2]


async def test_a_listener_that_fails_does_not_end_the_writer(gate: Gate) -> None:
    gate.open.set()
    committer = Committer(gate, fail)

    with capture_logs() as logged:
        positions = [await committer.submit(drafts(1)) for _ in range(2)]
        await asyncio.to_thread(committer.close)

    assert positions == [[Position(1)], [Position(2)]]
    assert [(each["event"], each["error"]) for each in logged] == [
        ("log_chores_failed", "OSError"),
        ("log_chores_failed", "OSError"),
    ]
    assert all("in fail" in each["where"][-1] for each in logged)


def test_a_refusal_of_size_is_found_before_the_queue() -> None:
    (outcome,) = draft_all(CODEC, [an_append("x" * 10_000)])

    assert isinstance(outcome, TooLargeError)


async def test_the_figures_tell_what_was_written_and_what_waits(
    committer: Committer, gate: Gate
) -> None:
    gate.failures = [OSError("disk full")]
    tasks = await start(committer, gate, [10, 10, 6])
    waiting = committer.figures()
    gate.open.set()
    with capture_logs():
        await asyncio.gather(*tasks)
    figures = committer.figures()

    assert (waiting.waiting, waiting.refused) == (20, 6)
    assert waiting.waiting_bytes > 0
    assert (figures.waiting, figures.waiting_bytes) == (0, 0)
    assert (figures.commits, figures.failed) == ({10: 2}, 1)
    assert figures.committed_bytes == waiting.waiting_bytes


def writers() -> set[threading.Thread]:
    return {each for each in threading.enumerate() if each.name == "log-writer"}


async def test_one_thread_writes_and_ends_with_its_committer(gate: Gate) -> None:
    others = writers()  # of logs that further tests have open
    committer = Committer(gate, lambda: None)
    assert writers() == others, "nothing is to be written yet"
    gate.open.set()
    await committer.submit(drafts(1))
    await committer.submit(drafts(1))

    begun = writers() - others
    committer.close()

    assert [each.daemon for each in begun] == [True], "it keeps no process from ending"
    assert [each.is_alive() for each in begun] == [False]


async def test_a_listener_is_called_once_after_each_commit(gate: Gate) -> None:
    heard: list[int] = []
    committer = Committer(gate, lambda: heard.append(len(gate.commits)))
    gate.open.set()

    await committer.submit(drafts(3))
    await committer.submit(drafts(1))
    await asyncio.to_thread(committer.close)

    assert heard == [1, 2]


async def test_a_batch_is_parted_only_above_the_limit_of_a_commit(
    committer: Committer, gate: Gate
) -> None:
    gate.open.set()

    await committer.submit(drafts(10))
    await committer.submit(drafts(11))

    assert gate.commits == [10, 10, 1]


async def test_a_part_begins_with_the_bytes_of_its_first(gate: Gate) -> None:
    gate.open.set()
    size = drafts(1)[0].size
    committer = Committer(gate, lambda: None, Limits(commit_bytes_max=3 * size))

    await committer.submit(drafts(7))

    assert gate.commits == [3, 3, 1]
    committer.close()


def drafts_of(nation: str, count: int) -> list[Draft]:
    who = Who(account="account--1", nation=nation, door="taxii")
    made = draft_all(CODEC, [an_append(who=who) for _ in range(count)])
    return [each for each in made if isinstance(each, Draft)]


async def test_what_one_nation_has_waiting_is_no_refusal_of_another(
    committer: Committer, gate: Gate
) -> None:
    tasks = await start(committer, gate, [10, 10])
    of_another = asyncio.create_task(committer.submit(drafts_of("FIN", 10)))
    await asyncio.sleep(0)
    gate.open.set()
    await asyncio.gather(*tasks)

    assert await of_another == list(range(12, 22)), "in its turn"
