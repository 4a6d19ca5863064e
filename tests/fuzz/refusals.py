"""What every refusal has to be, on each surface."""

import re
from http import HTTPStatus

from tests.fuzz.house import Reply, Request

DETAIL_MIN = 12
"""Characters of a sentence that says anything."""

LEAKS = re.compile(
    r"Traceback|\b\w+(Error|Exception)\b|<class |object at 0x|site-packages|sqlite",
    re.IGNORECASE,
)
"""What only a programmer understands, and a client has no business with."""


def check_problem(request: Request, reply: Reply) -> None:
    """An answer of the API is no failure, and a refusal is a problem (RFC 9457)."""
    shown = (request, reply)
    assert reply.status < HTTPStatus.INTERNAL_SERVER_ERROR, shown
    if reply.status < HTTPStatus.BAD_REQUEST:
        return
    assert reply.header("content-type") == "application/problem+json", shown
    if request.method == "HEAD":
        return
    problem = reply.json()
    assert problem["status"] == reply.status, shown
    assert problem["type"].startswith("https://"), shown
    assert problem["title"], shown
    check_sentence(problem["detail"])
    _check_headers(reply)


def check_taxii(request: Request, reply: Reply) -> None:
    """An answer of TAXII is no failure, and a refusal is its error object.

    Source: TAXII 2.1, sections 3.1 and 3.6.1.
    """
    shown = (request, reply)
    assert reply.status < HTTPStatus.INTERNAL_SERVER_ERROR, shown
    assert reply.header("content-type") == "application/taxii+json;version=2.1", shown
    assert "no-store" in reply.header("cache-control"), shown
    if reply.status < HTTPStatus.BAD_REQUEST:
        return
    if request.method == "HEAD":
        assert reply.body == b"", shown
        return
    error = reply.json()
    assert error["http_status"] == str(reply.status), shown
    assert error["title"], shown
    check_sentence(error["description"])
    _check_headers(reply)


def check_page(request: Request, reply: Reply) -> None:
    """An answer of the web is a page, a place to go to, or a problem; no failure."""
    shown = (request, reply)
    assert reply.status < HTTPStatus.INTERNAL_SERVER_ERROR, shown
    if reply.status < HTTPStatus.BAD_REQUEST:
        return
    kind = reply.header("content-type")
    if kind == "application/problem+json":
        check_problem(request, reply)
        return
    assert kind.startswith("text/html"), shown
    if request.method != "HEAD":
        assert b"</html>" in reply.body, shown
        assert not LEAKS.search(reply.body.decode()), shown


def check_sentence(text: str) -> None:
    """A text tells a person something, and nothing that only a programmer knows."""
    assert len(text) >= DETAIL_MIN, text
    assert not LEAKS.search(text), text


def _check_headers(reply: Reply) -> None:
    if reply.status == HTTPStatus.UNAUTHORIZED:
        assert reply.header("www-authenticate"), reply
    if reply.status == HTTPStatus.METHOD_NOT_ALLOWED:
        assert reply.header("allow"), reply
    if reply.status in {HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE}:
        assert int(reply.header("retry-after")) >= 1, reply
