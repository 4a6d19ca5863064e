"""Reading what clients send: small JSON bodies and query strings, into structs.

Nothing unknown passes: a key or parameter that an operation does not describe, one
given twice, a value of another type are refused with a detail that names them.
"""

import asyncio
from typing import Final, TypeVar
from urllib.parse import parse_qsl

import msgspec
from starlette.requests import ClientDisconnect, Request

from foedus.errors import InvalidInputError, TooLargeError, UnsupportedMediaError

BODY_BYTES_MAX: Final = 65_536
"""Bytes of a body: 64 KiB. The longest is a marking of 4,096 characters; intelligence
comes in by TAXII."""

BODY_WAIT_S: Final = 30
"""Seconds in which a body has to arrive: 64 KiB at 17 kbit/s."""

AT_ONCE_BYTES: Final = 1024 * 1024
"""Bytes that are read in a few milliseconds; what is longer is read beside the loop."""

PARAMETERS_MAX: Final = 20
"""Parameters in a query string."""

_SEE: Final = "/api/openapi.json describes it"

T = TypeVar("T")
Q = TypeVar("Q", bound=msgspec.Struct)


def decode_query(query: bytes, kind: type[Q]) -> Q:
    """Read a query string.

    Raises:
        InvalidInputError: the detail names the parameter.
    """
    try:
        pairs = parse_qsl(
            query.decode("ascii"),
            keep_blank_values=True,
            strict_parsing=bool(query),
            max_num_fields=PARAMETERS_MAX,
            errors="strict",
        )
    except ValueError as error:
        raise InvalidInputError(
            f"the parameters cannot be read; send at most {PARAMETERS_MAX}, each as "
            "name=value in UTF-8, percent-encoded"
        ) from error
    found = dict(pairs)
    if len(found) < len(pairs):
        raise InvalidInputError("a parameter is given twice; give it once")
    known = [each.encode_name for each in msgspec.structs.fields(kind)]
    for name in found.keys() - set(known):
        takes = f"takes {', '.join(known)}" if known else "takes no parameters"
        raise InvalidInputError(f"no parameter {name[:64]!a}; this path {takes}")
    try:
        return msgspec.convert(found, kind, strict=False)
    except msgspec.ValidationError as error:
        raise InvalidInputError(f"a parameter is wrong: {error}; {_SEE}") from error


async def decode_body(
    request: Request, kind: type[T], *, bytes_max: int = BODY_BYTES_MAX
) -> T:
    """Receive and read a body.

    Raises:
        UnsupportedMediaError: it does not say that it is JSON.
        TooLargeError: it is longer than `bytes_max`.
        InvalidInputError: it did not arrive, or is not what it must be.
    """
    check_type(request)
    try:
        async with asyncio.timeout(BODY_WAIT_S):
            body = await _receive(request, bytes_max)
    except TimeoutError as error:
        raise InvalidInputError(
            f"the body did not arrive within {BODY_WAIT_S} seconds; send it again"
        ) from error
    except ClientDisconnect as error:
        raise InvalidInputError("the connection ended before the body") from error
    try:
        if len(body) > AT_ONCE_BYTES:
            return await asyncio.to_thread(msgspec.json.decode, body, type=kind)
        return msgspec.json.decode(body, type=kind)
    except msgspec.ValidationError as error:
        raise InvalidInputError(f"the body is wrong: {error}; {_SEE}") from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise InvalidInputError(
            "the body is not JSON in UTF-8; send one object"
        ) from error


def check_type(request: Request) -> None:
    """Refuse a body that does not say that it is JSON.

    Raises:
        UnsupportedMediaError: it is another, or compressed.
    """
    media_type = request.headers.get("content-type", "").partition(";")[0]
    if media_type.strip().lower() != "application/json":
        raise UnsupportedMediaError("send the body as application/json")
    if request.headers.get("content-encoding", "identity").lower() != "identity":
        raise UnsupportedMediaError("send the body uncompressed")


async def _receive(request: Request, bytes_max: int) -> bytes:
    # What is too long is still received, up to as much again: most clients read no
    # answer before they have sent everything.
    body = bytearray()
    length = 0
    async for part in request.stream():
        length += len(part)
        if length <= bytes_max:
            body += part
        elif length > 2 * bytes_max:
            break
    if length > bytes_max:
        raise TooLargeError(f"the body has more than {bytes_max} bytes; send less")
    return bytes(body)
