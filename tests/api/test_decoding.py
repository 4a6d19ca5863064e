"""Decoding: nothing unknown, nothing too long, and never an exception of ours."""

import asyncio
import time
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.requests import Request

from foedus.api.decoding import BODY_BYTES_MAX, BODY_WAIT_S, decode_body, decode_query
from foedus.api.labels import LabelText
from foedus.api.nations import NationsQuery
from foedus.api.operations import PageQuery
from foedus.errors import (
    InvalidInputError,
    TooLargeError,
    UnsupportedMediaError,
)

JSON = {"content-type": "application/json"}


def request(
    messages: Sequence[dict[str, Any]], headers: dict[str, str] | None = None
) -> Request:
    left = list(messages)

    async def receive() -> dict[str, Any]:
        if left:
            return left.pop(0)
        await asyncio.sleep(60)
        return {}

    named = JSON if headers is None else headers
    scope = {
        "type": "http",
        "method": "POST",
        "headers": [(key.encode(), value.encode()) for key, value in named.items()],
    }
    return Request(scope, receive)


def body(content: bytes, *, more: bool = False) -> dict[str, Any]:
    return {"type": "http.request", "body": content, "more_body": more}


async def test_a_body_that_comes_in_parts_is_read() -> None:
    parts = [body(b'{"te', more=True), body(b'xt":"TLP:RED"}')]

    assert (await decode_body(request(parts), LabelText)).text == "TLP:RED"


@pytest.mark.parametrize(
    ("content", "detail"),
    [
        (b'{"text":"a","more":1}', "unknown field `more`"),
        (b"{}", "missing required field `text`"),
        (b'{"text":1}', "at `$.text`"),
        (b"{", "not JSON in UTF-8"),
        (b'{"text":"\xff"}', "not JSON in UTF-8"),
        (b'{"text":"\\ud800"}', "not JSON in UTF-8"),
        (b"", "not JSON in UTF-8"),
    ],
)
async def test_a_body_that_is_not_what_it_must_be_is_refused_with_a_clear_detail(
    content: bytes, detail: str
) -> None:
    with pytest.raises(InvalidInputError, match=detail.replace("$", r"\$")):
        await decode_body(request([body(content)]), LabelText)


async def test_a_body_of_64_kib_is_read_and_one_byte_more_is_refused() -> None:
    longest = b'{"text":"a"' + b" " * (BODY_BYTES_MAX - 12) + b"}"

    assert (await decode_body(request([body(longest)]), LabelText)).text == "a"
    with pytest.raises(TooLargeError, match="65536"):
        await decode_body(request([body(longest + b" ")]), LabelText)


async def test_a_body_without_end_is_refused_before_it_ends() -> None:
    parts = [body(b" " * BODY_BYTES_MAX, more=True)] * 3

    with pytest.raises(TooLargeError):
        await decode_body(request(parts), LabelText)


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"content-type": "text/plain"},
        {"content-type": "application/x-www-form-urlencoded"},
        {**JSON, "content-encoding": "gzip"},
    ],
)
async def test_a_body_that_does_not_say_it_is_plain_json_is_refused(
    headers: dict[str, str],
) -> None:
    with pytest.raises(UnsupportedMediaError):
        await decode_body(request([body(b'{"text":"a"}')], headers), LabelText)


async def test_a_media_type_may_have_parameters_and_capitals() -> None:
    headers = {"content-type": "Application/JSON; charset=utf-8"}

    found = await decode_body(request([body(b'{"text":"a"}')], headers), LabelText)

    assert found.text == "a"


async def test_a_connection_that_ends_early_is_refused_by_name() -> None:
    with pytest.raises(InvalidInputError, match="connection ended"):
        await decode_body(request([{"type": "http.disconnect"}]), LabelText)


async def test_a_body_that_never_comes_is_not_waited_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    told = time.monotonic
    waiting = asyncio.ensure_future(decode_body(request([]), LabelText))
    await asyncio.sleep(0)
    monkeypatch.setattr(time, "monotonic", lambda: told() + BODY_WAIT_S + 1)

    with pytest.raises(InvalidInputError, match="did not arrive"):
        await waiting


def test_parameters_are_read_by_their_types() -> None:
    found = decode_query(b"as_of=2026-11-23&status=member", NationsQuery)

    assert msgspec.to_builtins(found) == {"as_of": "2026-11-23", "status": "member"}


def test_no_parameters_are_the_defaults() -> None:
    assert decode_query(b"", PageQuery) == PageQuery()


@pytest.mark.parametrize(
    ("query", "detail"),
    [
        (b"size=3", "no parameter 'size'; this path takes limit, after"),
        (b"limit=0", "limit"),
        (b"limit=501", "limit"),
        (b"limit=many", "limit"),
        (b"limit=1&limit=2", "twice"),
        (b"limit", "cannot be read"),
        (b"after=%ff", "cannot be read"),
        (b"after=\xff", "cannot be read"),
        (b"&".join(b"a%d=1" % n for n in range(21)), "cannot be read"),
    ],
)
def test_parameters_that_are_not_described_are_refused_with_a_clear_detail(
    query: bytes, detail: str
) -> None:
    with pytest.raises(InvalidInputError, match=detail):
        decode_query(query, PageQuery)


@given(st.binary(max_size=200))
def test_no_query_raises_anything_but_a_refusal(query: bytes) -> None:
    with suppress(InvalidInputError):
        decode_query(query, NationsQuery)


@given(st.binary(max_size=200))
async def test_no_body_raises_anything_but_a_refusal(content: bytes) -> None:
    with suppress(InvalidInputError):
        await decode_body(request([body(content)]), LabelText)
