"""Counting, and adding up what several processes counted."""

import threading

import msgspec

from foedus.telemetry import catalogue
from foedus.telemetry.catalogue import LATENCY_S
from foedus.telemetry.ledger import Ledger, Snapshot, Spread, together

PAGE = ("taxii", "/taxii2/", "GET", 200, "POL")


def test_what_happened_is_counted_by_its_labels() -> None:
    ledger = Ledger()
    ledger.count(catalogue.PAGE_CACHE, "hit")
    ledger.count(catalogue.PAGE_CACHE, "hit", by=2)
    ledger.count(catalogue.PAGE_CACHE, "miss")

    assert ledger.snapshot().counts == {
        (catalogue.PAGE_CACHE, "hit"): 3,
        (catalogue.PAGE_CACHE, "miss"): 1,
    }


def test_a_request_counts_for_its_route_its_nation_and_its_bytes() -> None:
    ledger = Ledger()
    ledger.passed(PAGE, 0.0004, received=1, sent=10)
    ledger.passed(PAGE, 0.3, received=2, sent=20)
    snapshot = ledger.snapshot()

    assert snapshot.counts == {
        (catalogue.REQUESTS, "taxii", "/taxii2/", "GET", "200"): 2,
        (catalogue.NATION_REQUESTS, "POL", "answered"): 2,
        (catalogue.RECEIVED, "taxii"): 3,
        (catalogue.SENT, "taxii"): 30,
    }
    spread = snapshot.spreads[catalogue.REQUEST_SECONDS, "taxii", "/taxii2/"]
    assert (spread.counts[0], sum(spread.counts)) == (1, 2)
    assert round(spread.total, 4) == 0.3004


def test_refusals_and_failures_of_a_nation_are_told_apart() -> None:
    ledger = Ledger()
    for status in (204, 304, 404, 429, 503):
        ledger.passed((*PAGE[:3], status, "POL"), 0.1, received=0, sent=0)

    counts = ledger.snapshot().counts

    assert counts[catalogue.NATION_REQUESTS, "POL", "answered"] == 2
    assert counts[catalogue.NATION_REQUESTS, "POL", "refused"] == 2
    assert counts[catalogue.NATION_REQUESTS, "POL", "failed"] == 1


def test_a_request_of_nobody_counts_for_no_nation() -> None:
    ledger = Ledger()
    ledger.passed((*PAGE[:4], ""), 0.1, received=0, sent=0)

    names = {key[0] for key in ledger.snapshot().counts}

    assert catalogue.NATION_REQUESTS not in names


def test_a_value_on_a_bound_is_below_it_and_the_last_place_has_no_bound() -> None:
    spread = Spread([0] * (len(LATENCY_S) + 1))
    spread.put(LATENCY_S, LATENCY_S[0])
    spread.put(LATENCY_S, 1e9)

    assert (spread.counts[0], spread.counts[-1]) == (1, 1)


def test_processes_are_added_up_and_gauges_meet_by_their_kind() -> None:
    def one(queued: float, position: float, process: str) -> Snapshot:
        return Snapshot(
            counts={(catalogue.LOG_BYTES,): 5},
            spreads={(catalogue.COMMITS,): Spread([1, 0], 2.0)},
            gauges={
                (catalogue.QUEUED,): queued,
                (catalogue.POSITION,): position,
                (catalogue.MEMORY, process): 100,
            },
        )

    whole = together([one(1, 7, "a"), one(2, 9, "b")])

    assert whole.counts == {(catalogue.LOG_BYTES,): 10}
    assert whole.spreads == {(catalogue.COMMITS,): Spread([2, 0], 4.0)}
    assert whole.gauges == {
        (catalogue.QUEUED,): 3,
        (catalogue.POSITION,): 9,
        (catalogue.MEMORY, "a"): 100,
        (catalogue.MEMORY, "b"): 100,
    }


def test_adding_up_leaves_the_parts_as_they_are() -> None:
    part = Snapshot(spreads={(catalogue.COMMITS,): Spread([1, 0], 2.0)})
    together([part, part])

    assert part.spreads == {(catalogue.COMMITS,): Spread([1, 0], 2.0)}


def test_of_a_process_that_is_gone_the_counts_stay() -> None:
    snapshot = Snapshot(
        counts={(catalogue.LOG_BYTES,): 5}, gauges={(catalogue.QUEUED,): 1}
    )

    assert snapshot.lasting() == Snapshot(counts={(catalogue.LOG_BYTES,): 5})


def test_a_snapshot_travels() -> None:
    ledger = Ledger()
    ledger.passed(PAGE, 0.1, received=0, sent=0)
    snapshot = ledger.snapshot()

    there = msgspec.msgpack.encode(snapshot)

    assert msgspec.msgpack.decode(there, type=Snapshot) == snapshot


def test_threads_lose_no_count() -> None:
    ledger = Ledger()

    def work() -> None:
        for _ in range(1_000):
            ledger.count(catalogue.PAGE_CACHE, "hit")

    threads = [threading.Thread(target=work) for _ in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()

    assert ledger.snapshot().counts == {(catalogue.PAGE_CACHE, "hit"): 4_000}
