from collections.abc import Sequence

import pytest
from starlette.types import Message

from foedus.errors import InvalidInputError, TooLargeError, UnsupportedMediaError
from foedus.taxii.exchange import Exchange
from foedus.taxii.media_types import TAXII

Headers = Sequence[tuple[bytes, bytes]]
TYPED = ((b"content-type", TAXII.encode()),)


def exchange(*parts: bytes, headers: Headers = TYPED, ends: bool = True) -> Exchange:
    messages: list[Message] = [
        {"type": "http.request", "body": part, "more_body": True} for part in parts
    ]
    if ends:
        messages.append({"type": "http.request"})
    messages.append({"type": "http.disconnect"})
    waiting = iter(messages)

    async def receive() -> Message:
        return next(waiting)

    return Exchange({"type": "http", "headers": headers, "method": "HEAD"}, receive)


async def test_a_body_is_put_together() -> None:
    assert await exchange(b"ab", b"", b"c").body(length_max=3) == b"abc"


async def test_a_body_is_refused_as_soon_as_it_is_far_too_long() -> None:
    endless = exchange(*(b"x" * 10 for _ in range(1_000)), ends=False)

    with pytest.raises(TooLargeError):
        await endless.body(length_max=10)


async def test_a_client_that_leaves_has_sent_no_body() -> None:
    with pytest.raises(InvalidInputError):
        await exchange(b"ab", ends=False).body(length_max=10)


async def test_a_body_of_another_type_is_refused_before_it_is_read() -> None:
    with pytest.raises(UnsupportedMediaError):
        await exchange(b"ab", headers=()).body(length_max=1)


def test_head_is_answered_as_get() -> None:
    assert exchange().method == "GET"


def test_the_lines_of_a_header_are_joined() -> None:
    lines = ((b"accept", b"a/b"), (b"accept", b"c/d"))

    assert exchange(headers=lines).header(b"accept") == b"a/b, c/d"
    assert exchange(headers=lines).header(b"other") == b""


def test_a_request_may_come_from_nowhere() -> None:
    assert exchange().address is None


@pytest.mark.parametrize(("said", "length"), [(b"12", 12), (b"", None), (b"-1", None)])
def test_a_body_is_as_long_as_it_says(said: bytes, length: int | None) -> None:
    headers = ((b"content-length", said),) if said else ()

    assert exchange(headers=headers).length == length
