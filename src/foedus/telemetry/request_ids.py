"""The id of a request, by which its log lines and its answer are found together.

- What a client sends is used only if it is well formed, so that nobody writes into
  the log; then it is also given back.
- Otherwise the hub makes one, which stands in the log alone: an answer must not
  differ by anything but what is asked and who asks.

Source: W3C Trace Context, section 3.2.
"""

import itertools
import os
import re
import secrets
from collections.abc import Iterable
from contextvars import ContextVar
from typing import Final

_REQUEST_ID: Final = re.compile(rb"[A-Za-z0-9][A-Za-z0-9._-]{7,63}")
_TRACEPARENT: Final = re.compile(
    rb"(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}"
)

_current: ContextVar[str] = ContextVar("request_id", default="")
_given: ContextVar[str] = ContextVar("given_request_id", default="")
_PREFIX: Final = secrets.token_hex(4)
"""Tells the requests of this start of the hub from those of earlier ones."""

_numbers: Final = itertools.count(1)


def begin_request(headers: Iterable[tuple[bytes, bytes]]) -> str:
    """Find or make the id of the request that this task serves from now on."""
    given = _sent(headers)
    _given.set(given)
    current = given or f"{_PREFIX}-{os.getpid():x}-{next(_numbers):x}"
    _current.set(current)
    return current


def request_id() -> str:
    """Give the id of the request that this task serves; empty outside of one."""
    return _current.get()


def given_request_id() -> str:
    """Give the id that the client sent with this request; empty if none."""
    return _given.get()


def _sent(headers: Iterable[tuple[bytes, bytes]]) -> str:
    traced = ""
    for name, value in headers:
        if name == b"x-request-id" and _REQUEST_ID.fullmatch(value):
            return value.decode()
        if name == b"traceparent":
            match = _TRACEPARENT.fullmatch(value)
            traced = match[1].decode() if match else ""
    return traced
