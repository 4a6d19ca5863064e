import apsw
import pytest

from foedus.eventlog.streams import offer_stream_key, stream_key


@pytest.mark.parametrize(
    ("stream", "key"),
    [
        ("", -1_970_711_489_451_281_740),
        ("notes/1", -796_564_345_679_178_455),
        ("é", -3_811_523_526_868_657_873),
    ],
)
def test_a_key_never_changes(stream: str, key: int) -> None:
    assert stream_key(stream) == key


def test_keys_differ_and_fit_an_integer_of_sqlite() -> None:
    keys = {stream_key(f"notes/{number}") for number in range(10_000)}

    assert len(keys) == 10_000
    assert -(2**63) <= min(keys) < 0 < max(keys) < 2**63


def test_statements_may_ask_for_keys() -> None:
    db = apsw.Connection(":memory:")
    offer_stream_key(db)

    assert db.execute("SELECT stream_key('notes/1')").get == stream_key("notes/1")
