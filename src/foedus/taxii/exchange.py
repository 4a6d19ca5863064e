"""One request as the endpoints meet it."""

import asyncio
from typing import Final

from starlette.types import Receive, Scope

from foedus.errors import InvalidInputError, TooLargeError, UnsupportedMediaError
from foedus.taxii.media_types import TAXII, is_envelope

BODY_WAIT_S: Final = 120
"""Seconds in which a body has to arrive: 50 MB at 3.5 Mbit/s."""


class Exchange:
    """A request: its head at once, its body when it is asked for."""

    __slots__ = ("_headers", "_receive", "scope")

    def __init__(self, scope: Scope, receive: Receive) -> None:
        self.scope = scope
        self._receive = receive
        self._headers: dict[bytes, bytes] = {}
        for name, value in scope["headers"]:
            before = self._headers.get(name)
            self._headers[name] = value if before is None else before + b", " + value

    @property
    def method(self) -> str:
        """`GET`, `POST`, …; `HEAD` is answered as `GET`."""
        method: str = self.scope["method"]
        return "GET" if method == "HEAD" else method

    @property
    def query(self) -> bytes:
        """What follows the question mark."""
        query: bytes = self.scope["query_string"]
        return query

    @property
    def address(self) -> str | None:
        """Where the request comes from, if anybody knows."""
        client = self.scope.get("client")
        return client[0] if client else None

    def name(self, part: str) -> str:
        """Give a variable part of the path."""
        value: str = self.scope["path_params"][part]
        return value

    def header(self, name: bytes) -> bytes:
        """Give a header, its lines joined by commas; empty where there is none."""
        return self._headers.get(name, b"")

    @property
    def length(self) -> int | None:
        """How long the body is said to be, in bytes; None where it is not said."""
        said = self.header(b"content-length")
        return int(said) if said.isdigit() else None

    async def body(self, *, length_max: int) -> bytes:
        """Receive the body.

        Raises:
            UnsupportedMediaError: it does not say that it is TAXII 2.1, or STIX.
            TooLargeError: it is longer than `length_max` bytes.
            InvalidInputError: it did not arrive.
        """
        self._check_type()
        try:
            async with asyncio.timeout(BODY_WAIT_S):
                return await self._read(length_max)
        except TimeoutError as error:
            raise InvalidInputError(
                f"the body did not arrive within {BODY_WAIT_S} seconds; send less"
            ) from error

    def _check_type(self) -> None:
        if not is_envelope(self.header(b"content-type")):
            raise UnsupportedMediaError(f"send the body as {TAXII}")
        if self.header(b"content-encoding").lower() not in (b"", b"identity"):
            raise UnsupportedMediaError("send the body uncompressed")

    async def _read(self, length_max: int) -> bytes:
        # What is too long is still received, up to as much again: most clients read
        # no answer before they have sent everything.
        parts: list[bytes] = []
        length = 0
        more = True
        while more and length <= 2 * length_max:
            message = await self._receive()
            if message["type"] == "http.disconnect":
                raise InvalidInputError("the connection ended before the body")
            part = message.get("body", b"")
            length += len(part)
            if length <= length_max:
                parts.append(part)
            more = message.get("more_body", False)
        if length > length_max:
            raise TooLargeError(
                f"the body is longer than {length_max} bytes (max_content_length); "
                "send several envelopes"
            )
        return parts[0] if len(parts) == 1 else b"".join(parts)
