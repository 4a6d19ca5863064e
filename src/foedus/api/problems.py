"""Errors as RFC 9457 problem details: the one place that renders them."""

from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Annotated, Final

import msgspec
from starlette.responses import Response

from foedus.errors import (
    FoedusError,
    LabelError,
    RateLimitedError,
    UnavailableError,
)
from foedus.telemetry.request_ids import given_request_id

TYPE_BASE: Final = "https://foedus.example/problems/"
"""What a slug is appended to; a name, not an address to open."""

MEDIA_TYPE: Final = "application/problem+json"

CHALLENGE: Final = 'Basic realm="Foedus", charset="UTF-8", Bearer realm="Foedus"'
"""How to sign in (RFC 7617, section 2; RFC 6750, section 3)."""


class Problem(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A problem details object (RFC 9457, section 3).

    Attributes:
        type: names the kind of problem; not an address to open.
        title: the same for every problem of the kind.
        status: the HTTP status.
        detail: what happened and what to do next.
        instance: the path that was asked for.
        code: of a label that is refused, why.
        request_id: what the client sent as the id of its request.
    """

    type: str
    title: str
    status: Annotated[int, msgspec.Meta(ge=400, le=599)]
    detail: str
    instance: str = ""
    code: str = ""
    request_id: str = ""


def problem_response(error: FoedusError, instance: str = "") -> Response:
    """Answer with an error."""
    problem = Problem(
        type=TYPE_BASE + error.slug,
        title=error.title,
        status=error.status,
        detail=error.detail,
        instance=instance,
        code=error.code if isinstance(error, LabelError) else "",
        request_id=given_request_id(),
    )
    headers = {}
    if isinstance(error, RateLimitedError | UnavailableError):
        headers["Retry-After"] = str(error.retry_after_s)
    if error.status == HTTPStatus.UNAUTHORIZED:
        headers["WWW-Authenticate"] = CHALLENGE
    return _response(problem, headers)


def failure_response(error_id: str, instance: str = "") -> Response:
    """Answer for an exception that nobody foresaw, without saying which."""
    return _response(
        Problem(
            type=TYPE_BASE + FoedusError.slug,
            title=FoedusError.title,
            status=FoedusError.status,
            detail=f"the hub failed; tell the operator the error id {error_id}",
            instance=instance,
            request_id=given_request_id(),
        )
    )


def method_response(allowed: Iterable[str], instance: str = "") -> Response:
    """Answer for a method that a path does not have (RFC 9110, section 15.5.6)."""
    methods = ", ".join(sorted(allowed))
    return _response(
        Problem(
            type=f"{TYPE_BASE}method-not-allowed",
            title="Method not allowed",
            status=HTTPStatus.METHOD_NOT_ALLOWED,
            detail=f"this path answers {methods}",
            instance=instance,
            request_id=given_request_id(),
        ),
        {"Allow": methods},
    )


def _response(problem: Problem, headers: Mapping[str, str] | None = None) -> Response:
    return Response(
        msgspec.json.encode(problem),
        status_code=problem.status,
        media_type=MEDIA_TYPE,
        headers={"Cache-Control": "no-store", **(headers or {})},
    )
