"""What connectors ask for, in headers or in the query."""

import pytest

from foedus.compat.asking import Ask, read_ask
from foedus.compat.ids import EventId
from foedus.errors import InvalidInputError

LONG = b"1" * 300
PYCTI = {
    "listen-delete": "false",
    "no-dependencies": "true",
    "with-inferences": "false",
    "last-event-id": "1795435200000-5",
}


def test_the_headers_of_the_real_client_are_read() -> None:
    ask = read_ask(b"recover=2026-11-23T12:00:01Z", PYCTI)
    assert ask == Ask(
        last=EventId(1795435200000, 5),
        recover_ms=1795435201000,
        deletes=False,
        dependencies=False,
    )


def test_nothing_asked_for_is_everything() -> None:
    assert read_ask(b"", {}) == Ask()


def test_the_query_says_the_same_and_goes_first() -> None:
    query = b"listen-delete=true&no-dependencies=false&delay=20&follow=0&recover=none"
    ask = read_ask(query, PYCTI)
    assert (ask.deletes, ask.dependencies, ask.delay_ms) == (True, True, 20)
    assert (ask.recover_ms, ask.follow) == (0, False)


def test_a_client_that_comes_back_goes_on_though_its_address_says_the_beginning() -> (
    None
):
    ask = read_ask(b"from=1795435100000", PYCTI)
    assert ask.last == EventId(1795435200000, 5)
    assert read_ask(b"from=1795435300000", PYCTI).last == EventId(1795435300000)


@pytest.mark.parametrize(
    "query",
    [
        b"from=x",
        b"recover=x",
        b"delay=x",
        b"delay=10001",
        b"\xff",
        b"from=" + b"1" * 300,
    ],
)
def test_what_cannot_be_understood_is_refused(query: bytes) -> None:
    with pytest.raises(InvalidInputError):
        read_ask(query, {})
