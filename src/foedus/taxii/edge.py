"""The edge of every TAXII request: who asks, in which media type, and all errors.

The order is the same everywhere, so that no answer tells of what comes later: the
method, the credential, `Accept`, and only then anything that depends on the account.
"""

import traceback
import uuid
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Final

import structlog
from starlette.routing import Match, Route
from starlette.types import Receive, Scope, Send

from foedus.errors import FoedusError, NotAcceptableError, NotFoundError
from foedus.identity.accounts import Account
from foedus.identity.certificates import CERTIFICATE
from foedus.identity.origins import adds_itself, check_origin
from foedus.taxii.answers import Answer, failure, method_refused, moved, refusal
from foedus.taxii.exchange import Exchange
from foedus.taxii.media_types import TAXII, is_acceptable
from foedus.taxii.surface import Surface

Handler = Callable[[Surface, Exchange, Account], Awaitable[Answer]]
"""An endpoint: what is asked, and who asks."""

NOWHERE: Final = "there is no such resource; begin at /taxii2/"
"""What is said of every path that is not there, or not for who asks."""

log: Final = structlog.get_logger("foedus.taxii")


class Endpoint:
    """The ASGI application of one path.

    Args:
        surface: what the handlers are handed.
        handlers: one a method; `HEAD` is answered as `GET`.
    """

    def __init__(self, surface: Surface, handlers: Mapping[str, Handler]) -> None:
        self._surface = surface
        self._handlers = handlers

    @property
    def methods(self) -> list[str]:
        """The methods that it answers."""
        return list(self._handlers)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        exchange = Exchange(scope, receive)
        try:
            answer = await self._answer(exchange)
        except FoedusError as error:
            answer = refusal(error)
        except Exception as error:  # noqa: BLE001 - the edge of a request
            answer = _fail(error)
        await answer.send(scope, send)

    async def _answer(self, exchange: Exchange) -> Answer:
        surface = self._surface
        account = await _authenticate(surface, exchange)
        await surface.hub.gate.admit(exchange.scope, account)
        if not is_acceptable(exchange.header(b"accept")):
            raise NotAcceptableError(f"accept {TAXII}")
        surface.hub.check_fresh()
        return await self._handlers[exchange.method](surface, exchange, account)


class Elsewhere:
    """Answers for every path that is no endpoint, and every method that it lacks.

    Args:
        routes: the endpoints.
    """

    def __init__(self, routes: Sequence[Route]) -> None:
        self._routes = routes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        del receive
        await self._answer(scope).send(scope, send)

    def _answer(self, scope: Scope) -> Answer:
        here = self._matching(scope)
        if here:
            return method_refused(set().union(*(each.methods or () for each in here)))
        path = scope["path"]
        if not path.endswith("/") and self._matching({**scope, "path": path + "/"}):
            query = scope["query_string"].decode("latin-1")
            raw: bytes = scope.get("raw_path") or path.encode()
            place = raw.decode("latin-1").partition("?")[0] + "/"
            return moved(f"{place}?{query}" if query else place)
        return refusal(NotFoundError(NOWHERE))

    def _matching(self, scope: Scope) -> list[Route]:
        return [
            route for route in self._routes if route.matches(scope)[0] != Match.NONE
        ]


async def _authenticate(surface: Surface, exchange: Exchange) -> Account:
    header = exchange.header(b"authorization")
    if exchange.method != "GET" and adds_itself(header):
        check_origin(
            site=exchange.header(b"sec-fetch-site").decode("latin-1"),
            origin=exchange.header(b"origin").decode("latin-1"),
            host=exchange.header(b"host").decode("latin-1"),
        )
    authenticator = surface.hub.authenticator
    remembered = authenticator.basic_cached(header)
    if remembered is not None:
        return remembered
    return await authenticator.authorize(
        header,
        address=exchange.address,
        certificate=exchange.scope.get(CERTIFICATE),
    )


def _fail(error: Exception) -> Answer:
    """Log where it failed, never what it said: that may hold what has a label."""
    error_id = str(uuid.uuid4())
    log.error(
        "taxii_request_failed",
        error_id=error_id,
        error=type(error).__name__,
        where=traceback.format_tb(error.__traceback__),
    )
    return failure(error_id)
