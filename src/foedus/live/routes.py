"""The path of the live surface, and its edge: who asks, and all refusals.

Source: RFC 9457; HTML Living Standard, section 9.2.
"""

import traceback
import uuid
from http import HTTPStatus
from typing import Final

import orjson
import structlog
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route
from starlette.types import Receive, Scope, Send

from foedus.errors import (
    FoedusError,
    InvalidInputError,
    RateLimitedError,
    UnavailableError,
)
from foedus.hub import Hub
from foedus.intel.courses import KEY, Ids
from foedus.live.asking import read_ask
from foedus.live.pages import Sheets
from foedus.live.sending import MEDIA_TYPE, Flow, Sender
from foedus.live.streams import Streams
from foedus.streaming.pulse import Pulse
from foedus.streaming.seats import take_seat

PATH: Final = "/live"

ID_BYTES_MAX: Final = 256
"""Bytes of a `Last-Event-ID`; ours have 64."""

_TYPE_BASE: Final = "https://foedus.example/problems/"
_CHALLENGE: Final = 'Basic realm="Foedus", charset="UTF-8", Bearer realm="Foedus"'
_HEADERS: Final = {
    # A proxy that packs or gathers what it passes on would hold it up.
    "Cache-Control": "no-cache, no-store, no-transform",
    "X-Accel-Buffering": "no",
    "X-Content-Type-Options": "nosniff",
    "Vary": "Authorization, Cookie",
}

log: Final = structlog.get_logger("foedus.live")


def routes(hub: Hub, pulse: Pulse) -> list[BaseRoute]:
    """Make the path of the surface of a hub.

    Args:
        hub: what is followed.
        pulse: wakes those who follow.
    """
    streams = Streams(hub, Sheets(Ids(hub.store.key(KEY))), pulse)
    endpoint = Endpoint(streams, Sender(hub.stopping))
    return [Route(PATH, endpoint, methods=["GET"], name="live")]


class Endpoint:
    """The ASGI application of the path.

    Args:
        streams: those of this process.
        sender: sends them.
    """

    def __init__(self, streams: Streams, sender: Sender) -> None:
        self._streams = streams
        self._sender = sender

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        request = Request(scope, receive)
        response: Response | Flow
        try:
            response = await self._answer(request)
        except FoedusError as error:
            response = _refusal(error)
        except Exception as error:  # noqa: BLE001 - the edge of a request
            response = _fail(error)
        await response(scope, receive, send)

    async def _answer(self, request: Request) -> Response | Flow:
        hub = self._streams.hub
        seat = await take_seat(hub, request)
        hub.gate.know(request.scope, seat.account)
        hub.check_fresh()
        last = request.headers.get("last-event-id", "")
        if len(last) > ID_BYTES_MAX:
            raise InvalidInputError("Last-Event-ID: not an id that was given to you")
        ask = read_ask(request.scope["query_string"], last)
        self._streams.check_room(seat.account)
        interest, course = self._streams.start(seat, ask)
        if request.method == "HEAD":
            return Response(media_type=MEDIA_TYPE, headers=_HEADERS)
        frames = self._streams.run(seat, interest, course, follow=ask.follow)
        return self._sender.answer(frames, _HEADERS)


def _refusal(error: FoedusError) -> Response:
    headers = dict(_HEADERS)
    if isinstance(error, RateLimitedError | UnavailableError):
        headers["Retry-After"] = str(error.retry_after_s)
    if error.status == HTTPStatus.UNAUTHORIZED:
        headers["WWW-Authenticate"] = _CHALLENGE
    return _problem(type(error), error.detail, headers)


def _problem(kind: type[FoedusError], detail: str, headers: dict[str, str]) -> Response:
    problem = {
        "type": _TYPE_BASE + kind.slug,
        "title": kind.title,
        "status": kind.status,
        "detail": detail,
        "instance": PATH,
    }
    return Response(
        orjson.dumps(problem),
        status_code=kind.status,
        media_type="application/problem+json",
        headers=headers,
    )


def _fail(error: Exception) -> Response:
    """Log where it failed, never what it said: that may hold what has a label."""
    error_id = str(uuid.uuid4())
    log.error(
        "live_request_failed",
        error_id=error_id,
        error=type(error).__name__,
        where=traceback.format_tb(error.__traceback__),
    )
    detail = f"the hub failed; tell the operator the error id {error_id}"
    return _problem(FoedusError, detail, dict(_HEADERS))
