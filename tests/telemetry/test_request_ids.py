"""The id of a request."""

import contextvars

import pytest

from foedus.telemetry.request_ids import begin_request, given_request_id, request_id

TRACE = b"4bf92f3577b34da6a3ce929d0e0e4736"


def begun(*headers: tuple[bytes, bytes]) -> tuple[str, str]:
    """Begin a request, and give its id and what the client is told of it."""

    def work() -> tuple[str, str]:
        current = begin_request(headers)
        assert current == request_id()
        return current, given_request_id()

    return contextvars.copy_context().run(work)


def test_a_hubs_own_ids_differ_and_are_not_given_back() -> None:
    one, other = begun(), begun()

    assert one[0] != other[0]
    assert (one[1], other[1]) == ("", "")


def test_outside_of_a_request_there_is_none() -> None:
    assert contextvars.Context().run(request_id) == ""


@pytest.mark.parametrize("text", [b"abcdefgh", b"A-1_b.2c", b"x" * 64])
def test_a_well_formed_id_is_used_and_given_back(text: bytes) -> None:
    assert begun((b"x-request-id", text)) == (text.decode(), text.decode())


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"short",
        b"x" * 65,
        b"with space",
        b'"quoted"x',
        b"line\nbreak",
        b"\xffabcdefg",
    ],
)
def test_an_id_that_is_not_well_formed_is_not_used(text: bytes) -> None:
    current, given = begun((b"x-request-id", text))

    assert given == ""
    assert current.encode() != text


def test_the_trace_stands_for_the_request() -> None:
    parent = b"00-" + TRACE + b"-00f067aa0ba902b7-01"

    assert begun((b"traceparent", parent)) == (TRACE.decode(), TRACE.decode())


def test_an_id_of_the_request_goes_before_the_trace() -> None:
    parent = b"00-" + TRACE + b"-00f067aa0ba902b7-01"

    found, _ = begun((b"traceparent", parent), (b"x-request-id", b"my-request"))

    assert found == "my-request"


@pytest.mark.parametrize(
    "parent",
    [
        b"ff-" + TRACE + b"-00f067aa0ba902b7-01",
        b"00-" + b"0" * 32 + b"-00f067aa0ba902b7-01",
        b"00-" + TRACE + b"-" + b"0" * 16 + b"-01",
        b"00-" + TRACE.upper() + b"-00f067aa0ba902b7-01",
        b"00-" + TRACE + b"-00f067aa0ba902b7-01-x",
    ],
)
def test_a_trace_that_is_not_well_formed_is_not_used(parent: bytes) -> None:
    assert begun((b"traceparent", parent))[1] == ""
