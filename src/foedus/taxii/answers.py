"""Answers: what goes back to a client, and how an error looks.

Source: TAXII 2.1, sections 3.1, 3.2 and 3.6.1.
"""

from collections.abc import Iterable
from typing import Final

import msgspec
import orjson
from starlette.types import Scope, Send

from foedus.errors import (
    FoedusError,
    LabelError,
    RateLimitedError,
    UnauthorizedError,
    UnavailableError,
)
from foedus.processes.receipts import Given
from foedus.taxii.encodings import ENCODED_BYTES_MIN, encode
from foedus.taxii.media_types import TAXII
from foedus.telemetry.request_ids import given_request_id

Header = tuple[bytes, bytes]

_CONTENT_TYPE: Final[Header] = (b"content-type", TAXII.encode())

_VARY: Final[Header] = (b"vary", b"authorization, accept, accept-encoding")

_NO_STORE: Final[Header] = (b"cache-control", b"private, no-store")
"""What one account may read is not for whoever shares its cache."""

_CHALLENGES: Final[tuple[Header, ...]] = (
    (b"www-authenticate", b'Basic realm="Foedus", charset="UTF-8"'),
    (b"www-authenticate", b'Bearer realm="Foedus"'),
)

_SERVER_FAILED = 500

_NOT_MODIFIED = 304
"""Has no body, and would say a wrong length of the one that it stands for."""


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """One HTTP response.

    Attributes:
        given: the objects in it, for receipts; None where there are none.
        more: whether it is a page behind which there are more.
    """

    status: int = 200
    headers: tuple[Header, ...] = ()
    body: bytes = b""
    given: Given | None = None
    more: bool = False

    async def send(self, scope: Scope, send: Send) -> None:
        """Send it; to a HEAD request without the body."""
        headers = [_CONTENT_TYPE, _VARY, _NO_STORE, *self.headers]
        if self.status != _NOT_MODIFIED:
            headers.append((b"content-length", b"%d" % len(self.body)))
        await send(
            {"type": "http.response.start", "status": self.status, "headers": headers}
        )
        body = b"" if scope["method"] == "HEAD" else self.body
        await send({"type": "http.response.body", "body": body})


def encoded(answer: Answer, coding: str) -> Answer:
    """Encode the body of an answer, if it is long enough to gain by it.

    Args:
        answer: what is sent.
        coding: as `encodings.choose` gives it; empty for none.
    """
    if not coding or len(answer.body) < ENCODED_BYTES_MIN:
        return answer
    return msgspec.structs.replace(
        answer,
        headers=(*answer.headers, (b"content-encoding", coding.encode())),
        body=encode(answer.body, coding),
    )


def resource(value: object, *, status: int = 200) -> Answer:
    """Answer with a TAXII resource."""
    return Answer(status=status, body=orjson.dumps(value))


def moved(location: str) -> Answer:
    """Send a client to the same resource under its proper path."""
    place = location.encode("latin-1", "replace")
    return Answer(status=308, headers=((b"location", place),), body=b"{}")


def method_refused(allowed: Iterable[str]) -> Answer:
    """Refuse a method that the endpoint does not have."""
    names = ", ".join(sorted(allowed))
    return Answer(
        status=405,
        headers=((b"allow", names.encode()),),
        body=_error(405, "Method not allowed", f"use one of {names}", "method"),
    )


def refusal(error: FoedusError) -> Answer:
    """Render an error of ours as TAXII's error object."""
    headers: tuple[Header, ...] = ()
    details = None
    detail = error.detail
    match error:
        case UnauthorizedError():
            headers = _CHALLENGES
        case RateLimitedError() | UnavailableError():
            headers = ((b"retry-after", b"%d" % error.retry_after_s),)
        case LabelError():
            details = {"code": error.code}
        case _ if error.status >= _SERVER_FAILED:
            detail = _FAILED
        case _:
            pass
    return Answer(
        status=error.status,
        headers=headers,
        body=_error(error.status, error.title, detail, error.slug, details=details),
    )


def failure(error_id: str) -> Answer:
    """Render a failure that nobody foresaw; the operator finds it by its id."""
    kind = FoedusError
    return Answer(
        status=kind.status,
        body=_error(kind.status, kind.title, _FAILED, kind.slug, error_id=error_id),
    )


_FAILED = "this is the hub's fault; tell the operator when it happened"


def _error(
    status: int,
    title: str,
    description: str,
    code: str,
    **more: object,
) -> bytes:
    given = {name: value for name, value in more.items() if value is not None}
    if request := given_request_id():
        given.setdefault("error_id", request)
    return orjson.dumps(
        {
            "title": title,
            "description": description,
            "error_code": code,
            "http_status": str(status),
            **given,
        }
    )
