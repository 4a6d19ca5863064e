"""A request on its way through the hub: what is known of it besides its content.

- It is made before anything else happens and told when everything has, whatever
  happened in between: to the ledger, and to the journal where there is one.
- What no edge has caught ends here, as a bare 500 without a word of what it said.
"""

import time
from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Final

import msgspec
import structlog
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from foedus.telemetry.journal import REFUSED_FROM, Journal, Line
from foedus.telemetry.ledger import Ledger
from foedus.telemetry.logs import where
from foedus.telemetry.request_ids import begin_request, given_request_id
from foedus.traffic.turns import Turns

log: Final = structlog.get_logger("foedus.traffic")

HSTS: Final = (b"strict-transport-security", b"max-age=63072000")
"""Two years, for the host alone. Source: RFC 6797, section 6.1."""

_KEY: Final = "foedus.passage"
_SURFACES: Final = {
    "taxii2": "taxii",
    "live": "live",
    "api": "api",
    "health": "health",
}
_METHODS: Final = frozenset(
    ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
)
_FAILED: Final = b'{"title":"The hub failed","status":500}'


class Passage:
    """One request.

    Attributes:
        account: the opaque id of who asks, as soon as that is known.
        nation: whose account that is.
        turn: where the request has its nation's turn, to be ended with it.
        status: of the answer; 0 before it begins.
    """

    __slots__ = (
        "_extra",
        "_receive",
        "_send",
        "account",
        "begun",
        "nation",
        "received",
        "sent",
        "status",
        "turn",
    )

    def __init__(
        self, receive: Receive, send: Send, extra: list[tuple[bytes, bytes]]
    ) -> None:
        self._receive = receive
        self._send = send
        self._extra = extra
        self.begun = time.perf_counter()
        self.account = ""
        self.nation = ""
        self.turn: Turns | None = None
        self.status = 0
        self.received = 0
        self.sent = 0

    async def receive(self) -> Message:
        """Receive a part of the request, and count it."""
        message = await self._receive()
        self.received += len(message.get("body", b""))
        return message

    async def send(self, message: Message) -> None:
        """Send a part of the answer, and count it."""
        if message["type"] == "http.response.start":
            self.status = message["status"]
            if self._extra:
                message["headers"] = [*message.get("headers", ()), *self._extra]
        else:
            self.sent += len(message.get("body", b""))
        await self._send(message)


class _Place(msgspec.Struct, frozen=True):
    surface: str
    route: str


_NOWHERE: Final = _Place("web", "-")


class Passages:
    """Takes each request through the application, and tells of it.

    Args:
        app: what answers.
        routes: all routes, whose templates stand for paths.
        ledger: counts.
        journal: where a line a request is written; None for nowhere.
        is_https: whether clients reach the hub by HTTPS alone.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        routes: Iterable[BaseRoute],
        ledger: Ledger,
        journal: Journal | None = None,
        is_https: bool = False,
    ) -> None:
        self._app = app
        self._places = _places(routes)
        self._ledger = ledger
        self._journal = journal
        self._extra = [HSTS] if is_https else []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        begin_request(scope["headers"])
        given = given_request_id()
        extra = self._extra
        if given:
            extra = [*extra, (b"x-request-id", given.encode())]
        passage = Passage(receive, send, extra)
        scope[_KEY] = passage
        try:
            await self._app(scope, passage.receive, passage.send)
        except Exception as error:
            # The server cuts the connection if the answer had begun.
            _report(error)
            if passage.status:
                raise
            await _fail(passage)
        finally:
            if passage.turn is not None:
                passage.turn.end(passage.nation)
            self._tell(scope, passage)

    def _tell(self, scope: Scope, passage: Passage) -> None:
        place = self._places.get(id(scope.get("endpoint")), _NOWHERE)
        method = scope["method"] if scope["method"] in _METHODS else "OTHER"
        seconds = time.perf_counter() - passage.begun
        self._ledger.passed(
            (place.surface, place.route, method, passage.status, passage.nation),
            seconds,
            received=passage.received,
            sent=passage.sent,
        )
        if self._journal is None:
            return
        client = scope.get("client")
        refused = passage.status >= REFUSED_FROM and client
        self._journal.write(
            Line(
                surface=place.surface,
                method=method,
                route=place.route,
                status=passage.status,
                ms=round(seconds * 1e3, 3),
                received=passage.received,
                sent=passage.sent,
                account=passage.account,
                nation=passage.nation,
                address=client[0] if refused and client else "",
            )
        )


def passage_of(scope: Scope) -> Passage | None:
    """Give what is known of a request; None where nobody counts."""
    found: Passage | None = scope.get(_KEY)
    return found


def _places(routes: Iterable[BaseRoute]) -> Mapping[int, _Place]:
    places: dict[int, _Place] = {}
    for route in routes:
        if isinstance(route, Route):
            first = route.path.split("/")[1]
            surface = _SURFACES.get(first, "web")
            places.setdefault(id(route.endpoint), _Place(surface, route.path))
    return places


def _report(error: Exception) -> None:
    """Log where it failed, never what it said: that may hold what has a label."""
    log.error("request_failed", error=type(error).__name__, where=where(error))


async def _fail(passage: Passage) -> None:
    """Answer without a word of what was said."""
    await passage.send(
        {
            "type": "http.response.start",
            "status": HTTPStatus.INTERNAL_SERVER_ERROR,
            "headers": [
                (b"content-type", b"application/problem+json"),
                (b"content-length", b"%d" % len(_FAILED)),
            ],
        }
    )
    await passage.send({"type": "http.response.body", "body": _FAILED})
