"""The paths of OpenCTI's stream protocol, and their edge: all refusals.

Clients end themselves at any refusal of a stream. What is refused is told in the status
that they know: 401 for what is not there for them, 410 for what was stopped.

Source: RFC 9457; `cti-platforms` reference, 3a.
"""

import asyncio
import traceback
import uuid
from collections.abc import Callable, Coroutine
from http import HTTPStatus
from typing import Any, Final

import orjson
import structlog
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import BaseRoute, Route
from starlette.types import Receive, Scope, Send

from foedus.compat.asking import read_ask, read_delay
from foedus.compat.graphql import Desk
from foedus.compat.streams import LIVE, Streams
from foedus.errors import (
    FoedusError,
    InvalidInputError,
    RateLimitedError,
    TooLargeError,
    UnauthorizedError,
    UnavailableError,
)
from foedus.hub import Hub
from foedus.streaming.pulse import Pulse
from foedus.streaming.seats import Seat

BODY_BYTES_MAX: Final = 262_144
"""Bytes of a body: a state, escaped, and what is around it."""

BODY_WAIT_S: Final = 30
"""Seconds in which a body has to arrive."""

_TYPE_BASE: Final = "https://foedus.example/problems/"
_SIGN_IN: Final = "no valid token came with the request; send one as a bearer token"
_CHALLENGE: Final = 'Bearer realm="Foedus"'
_HEADERS: Final = {
    # A proxy that packs or gathers what it passes on would hold it up.
    "Cache-Control": "no-cache, no-store, no-transform",
    "X-Accel-Buffering": "no",
    "X-Content-Type-Options": "nosniff",
    "Vary": "Authorization",
}

_Answer = Callable[[Request], Coroutine[Any, Any, Response]]

log: Final = structlog.get_logger("foedus.compat")


def routes(hub: Hub, pulse: Pulse) -> list[BaseRoute]:
    """Make the paths of the surface of a hub.

    Args:
        hub: what is followed.
        pulse: wakes those who follow.
    """
    streams = Streams(hub, pulse)
    edge = _Surface(streams, Desk(hub))
    return [
        Route(path, Endpoint(answer), methods=[method], name=name)
        for method, path, answer, name in (
            ("GET", "/stream", edge.stream, "opencti-streams"),
            ("GET", "/stream/{name}", edge.stream, "opencti-stream"),
            ("POST", "/stream/connection/{name}", edge.delay, "opencti-connection"),
            ("POST", "/graphql", edge.ask, "opencti-graphql"),
        )
    ]


class Endpoint:
    """The ASGI application of one path.

    Args:
        answer: answers its requests.
    """

    def __init__(self, answer: _Answer) -> None:
        self._answer = answer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        request = Request(scope, receive)
        try:
            response = await self._answer(request)
        except ClientDisconnect:
            return
        except FoedusError as error:
            response = _refusal(error, request.url.path)
        except Exception as error:  # noqa: BLE001 - the edge of a request
            response = _fail(error, request.url.path)
        await response(scope, receive, send)


class _Surface:
    """Answers requests of each path."""

    def __init__(self, streams: Streams, desk: Desk) -> None:
        self._streams = streams
        self._desk = desk

    async def stream(self, request: Request) -> Response:
        """Follow a stream."""
        seat = _take_seat(self._streams.hub, request)
        ask = read_ask(request.scope["query_string"], request.headers)
        name = request.path_params.get("name", LIVE)
        stream, journey = await self._streams.start(seat, name, ask)
        if request.method == "HEAD":
            return Response(media_type="text/event-stream", headers=_HEADERS)
        frames = self._streams.run(seat, stream, journey, ask)
        return StreamingResponse(
            frames, media_type="text/event-stream", headers=_HEADERS
        )

    async def delay(self, request: Request) -> Response:
        """Set how fast a connection is sent its events."""
        seat = _take_seat(self._streams.hub, request)
        try:
            asked = orjson.loads(await _body(request))
        except orjson.JSONDecodeError as error:
            raise InvalidInputError('send a JSON object: {"delay": MS}') from error
        delay = asked.get("delay") if isinstance(asked, dict) else None
        if type(delay) is not int:
            raise InvalidInputError('send a JSON object: {"delay": MS}')
        delay_ms = read_delay(str(delay))
        self._streams.delay(seat.account, request.path_params["name"], delay_ms)
        return _json({"message": "ok"})

    async def ask(self, request: Request) -> Response:
        """Answer an operation of GraphQL."""
        hub = self._streams.hub
        seat = _take_seat(hub, request)
        hub.check_fresh()
        return _json(self._desk.answer(seat.account, await _body(request)))


def _take_seat(hub: Hub, request: Request) -> Seat:
    """Tell who asks, and count the request; connectors come with a token.

    Raises:
        UnauthorizedError: no token came that is good here.
        RateLimitedError: the account or its nation asks too fast.
    """
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer":
        raise UnauthorizedError(_SIGN_IN)
    account = hub.authenticator.bearer(token.strip())
    seat = Seat(hub, account, header=f"Bearer {token.strip()}".encode("latin-1"))
    hub.gate.know(request.scope, account)
    return seat


async def _body(request: Request) -> bytes:
    """Take a body.

    Raises:
        TooLargeError: it is longer than any that we take.
        InvalidInputError: it did not arrive in time.
    """
    parts = bytearray()
    try:
        async with asyncio.timeout(BODY_WAIT_S):
            async for part in request.stream():
                parts += part
                if len(parts) > BODY_BYTES_MAX:
                    raise TooLargeError(f"a body has at most {BODY_BYTES_MAX} bytes")
    except TimeoutError as error:
        raise InvalidInputError(
            f"the body did not arrive within {BODY_WAIT_S} seconds"
        ) from error
    return bytes(parts)


def _json(document: object) -> Response:
    return Response(
        orjson.dumps(document), media_type="application/json", headers=_HEADERS
    )


def _refusal(error: FoedusError, path: str) -> Response:
    headers = dict(_HEADERS)
    if isinstance(error, RateLimitedError | UnavailableError):
        headers["Retry-After"] = str(error.retry_after_s)
    if error.status == HTTPStatus.UNAUTHORIZED:
        headers["WWW-Authenticate"] = _CHALLENGE
    return _problem(type(error), error.detail, headers, path)


def _problem(
    kind: type[FoedusError], detail: str, headers: dict[str, str], path: str
) -> Response:
    problem = {
        "type": _TYPE_BASE + kind.slug,
        "title": kind.title,
        "status": kind.status,
        "detail": detail,
        "instance": path,
    }
    return Response(
        orjson.dumps(problem),
        status_code=kind.status,
        media_type="application/problem+json",
        headers=headers,
    )


def _fail(error: Exception, path: str) -> Response:
    """Log where it failed, never what it said: that may hold what has a label."""
    error_id = str(uuid.uuid4())
    log.error(
        "opencti_request_failed",
        error_id=error_id,
        error=type(error).__name__,
        where=traceback.format_tb(error.__traceback__),
    )
    detail = f"the hub failed; tell the operator the error id {error_id}"
    return _problem(FoedusError, detail, dict(_HEADERS), path)
