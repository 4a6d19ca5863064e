"""Token buckets."""

from pathlib import Path

import pytest

from foedus.sharing import SharedTable, make_table
from foedus.traffic.buckets import Buckets, Rate


class Watch:
    """A stop-watch that a test moves."""

    def __init__(self) -> None:
        self.at = 1_000.0

    def __call__(self) -> float:
        return self.at


@pytest.fixture
def watch() -> Watch:
    return Watch()


def buckets(watch: Watch, table: SharedTable | None = None, **rate: int) -> Buckets:
    chosen = Rate(**{"per_s": 2, "burst": 3, **rate})
    return Buckets("account", chosen, table or SharedTable(), watch)


def taken(bucket: Buckets, times: int, key: str = "ania") -> list[int]:
    return [bucket.take(key) for _ in range(times)]


def test_a_burst_passes_and_one_more_waits(watch: Watch) -> None:
    assert taken(buckets(watch), 4) == [0, 0, 0, 1]


def test_tokens_come_back_at_the_rate(watch: Watch) -> None:
    bucket = buckets(watch)
    taken(bucket, 4)
    watch.at += 0.5

    assert taken(bucket, 2) == [0, 1]


def test_a_bucket_holds_no_more_than_its_burst(watch: Watch) -> None:
    bucket = buckets(watch)
    taken(bucket, 4)
    watch.at += 3_600

    assert taken(bucket, 4) == [0, 0, 0, 1]


def test_a_bucket_of_one_is_refilled_after_a_second(watch: Watch) -> None:
    bucket = buckets(watch, per_s=1, burst=1)
    bucket.take("ania")

    assert bucket.take("ania") == 1


def test_whoever_waits_costs_nobody_else_anything(watch: Watch) -> None:
    bucket = buckets(watch)
    taken(bucket, 100)

    assert taken(bucket, 3, "ben") == [0, 0, 0]


def test_refusals_take_nothing(watch: Watch) -> None:
    bucket = buckets(watch)
    taken(bucket, 1_000)
    watch.at += 0.5

    assert bucket.take("ania") == 0


def test_workers_take_from_one_bucket(watch: Watch, tmp_path: Path) -> None:
    path = make_table(tmp_path / "table")
    workers = [buckets(watch, SharedTable(path)) for _ in range(3)]

    answers = [worker.take("ania") for worker in workers for _ in range(2)]

    assert answers.count(0) == 3


def test_what_a_worker_holds_is_a_hundredth_at_the_most(
    watch: Watch, tmp_path: Path
) -> None:
    path = make_table(tmp_path / "table")
    one, other = (
        buckets(watch, SharedTable(path), burst=1_000, per_s=1) for _ in range(2)
    )
    one.take("ania")

    assert taken(other, 1_000).count(0) == 990


def test_kinds_are_told_apart(watch: Watch) -> None:
    table = SharedTable()
    rate = Rate(per_s=1, burst=1)
    Buckets("account", rate, table, watch).take("POL")

    assert Buckets("nation", rate, table, watch).take("POL") == 0
