"""The edge of every request: who asks, what is asked, the answer, and all errors.

The order is the same everywhere, so that no answer tells of what comes later: the
method, the credential, how fresh the views are, the parameters and the body, and
only then anything that depends on the account; but for its own roles, where a body is
so long that they are asked for first.
"""

import hashlib
import re
import traceback
import uuid
from collections.abc import Callable, Mapping, Sequence
from http import HTTPStatus
from typing import Final
from urllib.parse import urlencode

import msgspec
import structlog
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Match, Route
from starlette.types import Receive, Scope, Send

from foedus.api.decoding import check_type, decode_body, decode_query
from foedus.api.leaving import LeftError, while_there
from foedus.api.operations import Answer, Asked, Door, Operation
from foedus.api.problems import failure_response, method_response, problem_response
from foedus.errors import (
    FoedusError,
    ForbiddenError,
    NotFoundError,
    UnauthorizedError,
)
from foedus.hub import Hub
from foedus.identity.accounts import Account
from foedus.identity.certificates import CERTIFICATE
from foedus.identity.origins import adds_itself, check_origin
from foedus.releasability.access import Access
from foedus.releasability.viewers import Viewer

ETAG_BYTES: Final = 16
"""Bytes of the digest in an `ETag`; nobody gains by making two answers collide."""

_SIGN_IN: Final = (
    "no valid credential came with the request; send a name and a password, or a token"
)
_SIGN_IN_BY_HEADER: Final = (
    "a web session alone changes nothing here; send a name and a password, or a token"
)

log: Final = structlog.get_logger("foedus.api")


def session_cookie(hub: Hub) -> str:
    """Name the cookie of a web session, as the web surface sets it."""
    chosen = hub.settings.web.secure_cookies
    secure = hub.public_url.startswith("https://") if chosen is None else chosen
    return "__Host-foedus-session" if secure else "foedus-session"


class Endpoint:
    """The ASGI application of one path.

    Args:
        hub: what is asked.
        operations: one a method; `HEAD` is answered as `GET`.
    """

    def __init__(self, hub: Hub, operations: Mapping[str, Operation]) -> None:
        self._hub = hub
        self._operations = operations

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        request = Request(scope, receive)
        operation = self._operations[_method(request)]
        try:
            response = await self._answer(request, operation)
        except LeftError:
            return
        except FoedusError as error:
            response = problem_response(error, request.url.path)
        except Exception as error:  # noqa: BLE001 - the edge of a request
            response = _fail(error, operation, request.url.path)
        if operation.door is not Door.OPEN:
            response.headers["Vary"] = "Authorization, Cookie"
        if request.method == "HEAD":
            response.body = b""
        await response(scope, receive, send)

    async def _answer(self, request: Request, operation: Operation) -> Response:
        at = self._hub.clock()
        account = await _who(self._hub, request, operation.door)
        if account is not None:
            await self._hub.gate.admit(request.scope, account)
        if operation.door is not Door.OPEN:
            self._hub.check_fresh()
        _check_parts(request, operation)
        query = decode_query(request.scope["query_string"], operation.query)
        body = None
        if operation.may is not None and account is not None:
            _check_may(operation.may, account, self._hub)
        if operation.body is not None:
            body = await decode_body(
                request, operation.body, bytes_max=operation.body_bytes_max
            )
        asked = Asked(
            hub=self._hub,
            at=at,
            path=request.url.path,
            parts=request.path_params,
            signed_in=account,
            query=query,
            body=body,
            shows=request.method != "HEAD",
        )
        try:
            answer = await _handled(operation, asked, request)
        except ForbiddenError as refused:
            raise _with_hint(refused, account) from refused
        return _render(answer, operation, request)


async def _handled(operation: Operation, asked: Asked, request: Request) -> Answer:
    if not operation.while_there:
        return await operation.handler(asked)
    return await while_there(_carried_out(operation, asked), request.receive)


async def _carried_out(operation: Operation, asked: Asked) -> Answer:
    return await operation.handler(asked)


class Elsewhere:
    """Answers for every path that is no endpoint, and every method that it lacks.

    Args:
        routes: the endpoints.
    """

    def __init__(self, routes: Sequence[Route]) -> None:
        self._routes = routes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        path = scope["path"]
        here = [each for each in self._routes if each.matches(scope)[0] != Match.NONE]
        if here:
            allowed = set().union(*(each.methods or () for each in here))
            response = method_response(allowed, path)
        else:
            nothing = NotFoundError("nothing is at this path; see /api/openapi.json")
            response = problem_response(nothing, path)
        if scope["method"] == "HEAD":
            response.body = b""
        await response(scope, receive, send)


def _with_hint(refused: ForbiddenError, account: Account | None) -> ForbiddenError:
    """Say what a second factor would open, to whoever was refused without one."""
    if account is None or not account.withheld:
        return refused
    roles = ", ".join(sorted(account.withheld))
    return ForbiddenError(
        f"{refused.detail}; here you are without {roles}, which takes a second factor: "
        "sign in on the web pages, or use the token of a service"
    )


def _check_may(
    may: Callable[[Viewer, Access], None], account: Account, hub: Hub
) -> None:
    """Refuse who may not send, before what is sent is received.

    Raises:
        ForbiddenError: the account may not.
    """
    try:
        may(account.viewer(), hub.access)
    except ForbiddenError as refused:
        raise _with_hint(refused, account) from refused


def _method(request: Request) -> str:
    return "GET" if request.method == "HEAD" else request.method


def _check_parts(request: Request, operation: Operation) -> None:
    """Refuse a part of the path that nothing can be called.

    Raises:
        NotFoundError: no id of ours is written so.
    """
    for name, part in operation.parts.items():
        value = request.path_params[name]
        if part.pattern is not None and re.fullmatch(part.pattern, value) is None:
            raise NotFoundError(
                f"nothing has an {name} that is written so; copy it from where it was "
                "given"
            )


def _authorization(request: Request) -> bytes:
    return b", ".join(
        value for name, value in request.scope["headers"] if name == b"authorization"
    )


async def _who(hub: Hub, request: Request, door: Door) -> Account | None:
    """Tell who asks.

    Raises:
        UnauthorizedError: a credential is needed, and none came that proves anything.
        ForbiddenError: a page of another site has made a browser send this.
        UnsupportedMediaError: a certificate alone tells who asks, and what is sent
            does not say that it is JSON, with a body or without.
        RateLimitedError: too many failures.
    """
    if door is Door.OPEN:
        return None
    header = _authorization(request)
    if door is Door.WRITE and adds_itself(header):
        check_origin(
            site=request.headers.get("sec-fetch-site", ""),
            origin=request.headers.get("origin", ""),
            host=request.headers.get("host", ""),
        )
    if header:
        remembered = hub.authenticator.basic_cached(header)
        if remembered is not None:
            return remembered
        address = request.client.host if request.client else None
        return await hub.authenticator.authorize(header, address=address)
    cookie = request.cookies.get(session_cookie(hub))
    if cookie is None:
        return _by_certificate(hub, request, door)
    session = hub.authenticator.session(cookie)
    if not hub.access.standing(session.account.nation):
        raise UnauthorizedError(_SIGN_IN)
    if door is Door.WRITE:
        raise UnauthorizedError(_SIGN_IN_BY_HEADER)
    return session.account


def _by_certificate(hub: Hub, request: Request, door: Door) -> Account:
    certificate = request.scope.get(CERTIFICATE)
    if certificate is None:
        raise UnauthorizedError(_SIGN_IN)
    if door is Door.WRITE and request.method == "POST":
        check_type(request)  # which a page of another site has to ask for first
    return hub.authenticator.certificate(certificate)


def _render(answer: Answer, operation: Operation, request: Request) -> Response:
    """Encode an answer, or say that the client has it already."""
    headers = {"Cache-Control": operation.keep.value}
    if answer.location:
        headers["Location"] = answer.location
    if answer.after:
        headers["Link"] = f'<{_next_page(request, answer.after)}>; rel="next"'
    if operation.gives is None:
        return Response(status_code=operation.status, headers=headers)
    given = answer.value
    content = given if isinstance(given, bytes) else msgspec.json.encode(given)
    if operation.method == "GET":
        digest = hashlib.blake2b(content, digest_size=ETAG_BYTES).hexdigest()
        headers["ETag"] = f'"{digest}"'
        if _has(request, headers["ETag"]):
            return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=headers)
    return Response(
        content,
        status_code=answer.status or operation.status,
        media_type=operation.media,
        headers=headers,
    )


def _has(request: Request, etag: str) -> bool:
    """Tell whether the client names what it would get (RFC 9110, section 13.1.2)."""
    named = request.headers.get("if-none-match", "")
    tags = {each.strip().removeprefix("W/") for each in named.split(",")}
    return bool(tags & {etag, "*"})


def _next_page(request: Request, after: str) -> str:
    parameters = {**request.query_params, "after": after}
    return f"{request.url.path}?{urlencode(parameters)}"


def _fail(error: Exception, operation: Operation, path: str) -> Response:
    """Log where it failed, never what it said: that may hold what has a label."""
    error_id = str(uuid.uuid4())
    log.error(
        "api_request_failed",
        error_id=error_id,
        operation=operation.name,
        error=type(error).__name__,
        where=traceback.format_tb(error.__traceback__),
    )
    return failure_response(error_id, path)
