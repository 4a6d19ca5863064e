"""Documents that are read piece by piece, as strictly as whole."""

import io
import json
import tracemalloc
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foedus.errors import InvalidInputError, TooLargeError
from foedus.stix.json_stream import MEMBERS_MAX, JsonStream

_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


def reader(body: bytes, piece: int) -> Callable[[int], bytes]:
    """Read a body in pieces of a few bytes, whatever is asked for."""
    file = io.BytesIO(body)
    return lambda _: file.read(piece)


def walked(stream: JsonStream) -> Any:  # noqa: ANN401 - JSON
    """Read a document by walking everything that can be walked."""
    if stream.kind() == "{":
        return {name: walked(stream) for name in stream.members()}
    if stream.kind() == "[":
        return [walked(stream) for _ in stream.items()]
    return json.loads(stream.value())


@given(_VALUES, st.integers(1, 9), st.sampled_from([None, 1]))
def test_a_document_says_the_same_in_whatever_pieces_it_comes(
    document: object, piece: int, indent: int | None
) -> None:
    body = json.dumps(document, ensure_ascii=False, indent=indent).encode()

    stream = JsonStream(reader(body, piece))

    assert walked(stream) == document
    stream.end()


@given(st.lists(_VALUES), st.integers(1, 9))
def test_values_are_given_byte_for_byte(items: list[object], piece: int) -> None:
    wanted = [json.dumps(each).encode() for each in items]
    body = b" [ " + b" , ".join(wanted) + b" ] "

    stream = JsonStream(reader(body, piece))

    assert [stream.value() for _ in stream.items()] == wanted


def test_what_is_not_taken_is_skipped() -> None:
    stream = JsonStream(io.BytesIO(b'{"a": [1, {"b": 2}], "c": 3}').read)

    assert list(stream.members()) == ["a", "c"]
    stream.end()


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b'{"a"',
        b'{"a":',
        b'{"a": 1',
        b'{"a": 1,}',
        b'{"a": 1 "b": 2}',
        b"{a: 1}",
        b"{1: 1}",
        b'{"a": 1}}',
        b'{"a": 1} x',
        b'{"a": NaN}',
        b'{"a": -Infinity}',
        b'{"a": 01}',
        b'{"a": [1, 2}}',
        b'{"a": "\x01"}',
        b'{"a": 1, "a": 2}',
        b'{"a": 1, "\\u0061": 2}',
        b'{"\xff": 1}',
        b'{"\\ud800": 1}',
        b'\xef\xbb\xbf{"a": 1}',
        b'{"a": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
        b"[1]",
    ],
)
def test_what_is_no_such_document_is_refused(body: bytes) -> None:
    stream = JsonStream(io.BytesIO(body).read)

    with pytest.raises(InvalidInputError):
        read_object(stream)


def read_object(stream: JsonStream) -> None:
    for _ in stream.members():
        stream.value()
    stream.end()


def test_a_refusal_says_at_which_byte() -> None:
    stream = JsonStream(reader(b'{"a": 1, "b": x}', 4))

    with pytest.raises(InvalidInputError, match="at byte 14"):
        read_object(stream)


def test_one_value_may_not_grow_without_end() -> None:
    stream = JsonStream(lambda length: b"[" + b" " * length)

    with pytest.raises(TooLargeError):
        stream.value()


def test_an_object_that_is_walked_has_a_bounded_number_of_names() -> None:
    body = json.dumps({str(number): 1 for number in range(MEMBERS_MAX + 1)}).encode()

    with pytest.raises(TooLargeError):
        read_object(JsonStream(io.BytesIO(body).read))


def test_what_is_held_can_be_given_whole() -> None:
    body = b'{"a": [1, 2], "b": "' + b"x" * 100 + b'"}'
    stream = JsonStream(reader(b"  " + body + b"  ", 7))

    stream.kind()
    stream.hold()
    for _ in stream.members():
        stream.value()

    assert stream.held() == body
    stream.let_go()
    stream.end()


def test_a_long_document_needs_no_more_memory_than_a_short_one() -> None:
    item = json.dumps({"text": "x" * 1_000}).encode()

    def peak(count: int) -> int:
        parts = iter([b"["] + [item + b","] * count + [item + b"]"])
        stream = JsonStream(lambda _: next(parts, b""))
        tracemalloc.start()
        assert sum(1 for _ in stream.items()) == count + 1
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most

    assert peak(5_000) < 2 * peak(50)
