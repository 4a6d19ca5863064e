"""Errors as RFC 9457 problem details: the one place that renders them."""

from http import HTTPStatus

import msgspec
from starlette.responses import Response

from foedus.errors import FoedusError, RateLimitedError, UnavailableError

TYPE_BASE = "https://foedus.example/problems/"
"""What a slug is appended to; a name, not an address to open."""


class Problem(msgspec.Struct, frozen=True, omit_defaults=True):
    """A problem details object (RFC 9457, section 3)."""

    type: str
    title: str
    status: int
    detail: str
    instance: str = ""


def problem_of(error: FoedusError, instance: str = "") -> Problem:
    """Describe an error."""
    return Problem(
        type=TYPE_BASE + error.slug,
        title=error.title,
        status=error.status,
        detail=error.detail,
        instance=instance,
    )


def problem_response(error: FoedusError, instance: str = "") -> Response:
    """Answer with an error."""
    headers = {"Cache-Control": "no-store"}
    if isinstance(error, RateLimitedError | UnavailableError):
        headers["Retry-After"] = str(error.retry_after_s)
    if error.status == HTTPStatus.UNAUTHORIZED:
        headers["WWW-Authenticate"] = 'Basic realm="Foedus", charset="UTF-8"'
    return Response(
        msgspec.json.encode(problem_of(error, instance)),
        status_code=error.status,
        media_type="application/problem+json",
        headers=headers,
    )
