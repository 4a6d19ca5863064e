"""Workers tell their supervisor what they counted."""

import multiprocessing
import queue
import threading
from collections.abc import Iterator
from multiprocessing.connection import Client
from pathlib import Path

import pytest

from foedus.telemetry import catalogue
from foedus.telemetry.ledger import Snapshot
from foedus.telemetry.relay import Relay, answer

HIT = (catalogue.PAGE_CACHE, "hit")
QUEUED = (catalogue.QUEUED,)
WORKERS = (catalogue.WORKERS,)
WITHIN_S = 20


def counted(hits: float) -> Snapshot:
    return Snapshot(counts={HIT: hits}, gauges={QUEUED: 1})


def work(path: Path, hits: float, end: "multiprocessing.synchronize.Event") -> None:
    answer(path, lambda: counted(hits))
    end.wait(WITHIN_S)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "relay"


@pytest.fixture
def arrived() -> "queue.Queue[int]":
    return queue.Queue()


@pytest.fixture
def relay(path: Path, arrived: "queue.Queue[int]") -> Iterator[Relay]:
    made = Relay(path, arrived.put)
    made.start()
    yield made
    made.close()


def test_without_workers_nothing_is_counted(relay: Relay) -> None:
    assert relay.collect() == Snapshot(gauges={WORKERS: 0})


def test_workers_are_added_up(
    relay: Relay, path: Path, arrived: "queue.Queue[int]"
) -> None:
    answer(path, lambda: counted(2))
    answer(path, lambda: counted(3))
    workers = [arrived.get(timeout=WITHIN_S) for _ in range(2)]

    assert workers == [1, 2]
    assert relay.collect() == Snapshot(counts={HIT: 5}, gauges={QUEUED: 2, WORKERS: 2})


def test_every_question_is_answered_anew(
    relay: Relay, path: Path, arrived: "queue.Queue[int]"
) -> None:
    hits = iter(range(1, 100))
    answer(path, lambda: counted(next(hits)))
    arrived.get(timeout=WITHIN_S)

    first = relay.collect().counts[HIT]
    assert relay.collect().counts[HIT] > first


def test_the_counts_of_a_worker_that_was_killed_stay_and_its_gauges_go(
    relay: Relay, path: Path, arrived: "queue.Queue[int]"
) -> None:
    context = multiprocessing.get_context("spawn")
    end = context.Event()
    worker = context.Process(target=work, args=(path, 7, end))
    worker.start()
    arrived.get(timeout=WITHIN_S)
    relay.collect()
    worker.kill()
    worker.join()
    answer(path, lambda: counted(1))
    arrived.get(timeout=WITHIN_S)

    pause = threading.Event()
    for _ in range(500):
        whole = relay.collect()
        if whole.gauges[WORKERS] == 1:
            break
        pause.wait(0.02)

    assert whole == Snapshot(counts={HIT: 8}, gauges={QUEUED: 1, WORKERS: 1})


def test_what_is_no_snapshot_ends_the_connection_and_harms_nobody(
    relay: Relay, path: Path, arrived: "queue.Queue[int]"
) -> None:
    with Client(str(path), family="AF_UNIX") as stranger:
        arrived.get(timeout=WITHIN_S)
        stranger.send_bytes(b"\xff\xff")
        answer(path, lambda: counted(1))
        arrived.get(timeout=WITHIN_S)

        assert relay.collect().counts == {HIT: 1}
