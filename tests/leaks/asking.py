"""Asking the hub's own web application, without sockets and without a client library.

Very many questions are asked here, so that what lies between has to cost little.
"""

import asyncio
import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote

import msgspec
from starlette.types import ASGIApp, Message


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """What the hub answered."""

    status_code: int
    headers: dict[str, str]
    content: bytes

    @property
    def text(self) -> str:
        return self.content.decode()

    @property
    def is_success(self) -> bool:
        return 200 <= self.status_code < 300

    def json(self) -> Any:  # noqa: ANN401 - whatever JSON there is
        return json.loads(self.content)


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """What is asked; the query stands in the address."""

    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes = b""


async def ask(app: ASGIApp, question: Question) -> Answer:
    """Ask as one HTTP request and take the answer whole."""
    path, _, query = question.url.partition("?")
    headers = [(k.lower().encode(), v.encode()) for k, v in question.headers.items()]
    headers.append((b"host", b"127.0.0.1:8440"))
    if question.body:
        headers.append((b"content-length", str(len(question.body)).encode()))
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": question.method,
        "scheme": "http",
        "path": unquote(path),
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "root_path": "",
        "headers": headers,
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 8440),
    }
    start: dict[str, Any] = {}
    parts: list[bytes] = []

    asked = False

    async def receive() -> Message:
        nonlocal asked
        if asked:  # and nobody hangs up: what streams is read to its end
            await asyncio.Event().wait()
        asked = True
        return {"type": "http.request", "body": question.body, "more_body": False}

    async def send(message: Message) -> None:
        if message["type"] == "http.response.start":
            start.update(message)
        else:
            parts.append(message.get("body", b""))

    await app(scope, receive, send)
    return Answer(
        status_code=start["status"],
        headers={k.decode().lower(): v.decode() for k, v in start["headers"]},
        content=b"".join(parts),
    )
