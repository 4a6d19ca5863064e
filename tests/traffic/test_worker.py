"""What a worker brings along."""

from foedus.traffic.worker import alone


def test_a_process_alone_shares_nothing_and_writes_nothing() -> None:
    one, other = alone(), alone()
    key = one.table.digest("a")
    one.table.change(key, lambda _, __: (1.0, 1.0))

    assert other.table.read(other.table.digest("a")) == (0, 0)
    assert one.journal is None
