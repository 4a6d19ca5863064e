"""A hub with all its surfaces, asked one request after another by a fuzzer.

It runs on an event loop of its own in a thread, so that plain tests ask it, and is
asked by ASGI messages, not by a client: what a client would never send is the point.
Time stands between two requests and moves a tenth of a second with each.
"""

import asyncio
import shutil
import tempfile
import threading
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from datetime import datetime, timedelta
from ipaddress import ip_address
from itertools import count, pairwise
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import unquote_to_bytes

import msgspec
from starlette.applications import Starlette
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from foedus import app
from foedus.clock import StoppedClock
from foedus.hub import Hub
from tests.eventlog.folding import assert_folds_again

ANSWERS_WITHIN_S = 60
"""Seconds after which a request has hung. Nothing here takes one."""

STEP = timedelta(milliseconds=100)

ENVIRONMENT = {"FOEDUS_PUBLIC_URL": "https://hub.example"}

MEMORY = Path("/dev/shm")  # noqa: S108 - folders of our own are made in it
"""Where files cost no disk, if there is such a place."""

Headers = tuple[tuple[bytes, bytes], ...]

T = TypeVar("T")


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """What is sent, as the server hands it to the application.

    Attributes:
        path: as in the request line, percent-encoded.
        cuts: where the body is cut into messages.
        address: where it comes from.
    """

    method: str
    path: bytes
    query: bytes = b""
    headers: Headers = ()
    body: bytes = b""
    cuts: tuple[int, ...] = ()
    address: str = "192.0.2.1"


class Reply(msgspec.Struct, frozen=True, kw_only=True):
    """What came back."""

    status: int
    headers: Headers
    body: bytes

    def header(self, name: str) -> str:
        """Give a header; empty where there is none."""
        wanted = name.encode()
        return b", ".join(v for k, v in self.headers if k == wanted).decode("latin-1")

    def json(self) -> Any:  # noqa: ANN401 - JSON
        return msgspec.json.decode(self.body)


class House:
    """A running hub, until the block ends.

    Args:
        hub: an open hub.
        clock: its clock.
        tokens: one for each account.
    """

    def __init__(
        self,
        hub: Hub,
        clock: StoppedClock,
        tokens: dict[str, str],
        loop: asyncio.AbstractEventLoop,
    ) -> None:
        self.hub = hub
        self.clock = clock
        self.tokens = tokens
        self._app = app.asgi(hub)
        self._loop = loop

    @property
    def lifespan(self) -> Any:  # noqa: ANN401 - Starlette gives no type
        return self._app.router.lifespan_context(self._app)

    def ask(self, request: Request) -> Reply:
        """Send one request and wait for the answer."""
        self.clock.advance(STEP)
        return self.wait(_exchange(self._app, request))

    def bearer(self, name: str) -> tuple[bytes, bytes]:
        """Give the header that proves who an account is."""
        return (b"authorization", f"Bearer {self.tokens[name]}".encode())

    def wait(self, doing: Coroutine[Any, Any, T]) -> T:
        """Run something on the loop of the hub."""
        future: Future[T] = asyncio.run_coroutine_threadsafe(doing, self._loop)
        return future.result(ANSWERS_WITHIN_S)

    def served(self, *prefixes: str) -> dict[str, set[str]]:
        """Give the paths below some prefixes, and the methods that each answers."""
        return {
            route.path: set(route.methods) - {"HEAD"}
            for route in self._app.routes
            if isinstance(route, Route)
            and route.path.startswith(prefixes)
            and route.methods
        }


def application(ask: Callable[[Request], Reply]) -> ASGIApp:
    """Make an ASGI application that asks a house, from whatever loop it is called."""
    addresses = count(1)

    async def asgi(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        request = Request(
            method=scope["method"],
            path=scope["raw_path"].partition(b"?")[0],
            query=scope["query_string"],
            headers=tuple((bytes(k).lower(), bytes(v)) for k, v in scope["headers"]),
            body=await _received(receive),
            # Each from elsewhere: wrong credentials from one address have to wait.
            address=str(ip_address(next(addresses))),
        )
        reply = await asyncio.to_thread(ask, request)
        head = {"status": reply.status, "headers": list(reply.headers)}
        await send({"type": "http.response.start", **head})
        await send({"type": "http.response.body", "body": reply.body})

    return asgi


async def _received(receive: Receive) -> bytes:
    body = b""
    more = True
    while more:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
    return body


async def _exchange(application: Starlette, request: Request) -> Reply:
    parts = _parts(request.body, request.cuts)
    started: Message = {}
    body = bytearray()
    answered = asyncio.Event()

    async def receive() -> Message:
        if parts:
            part = parts.pop(0)
            return {"type": "http.request", "body": part, "more_body": bool(parts)}
        # Who asks stays until there is an answer.
        await answered.wait()
        return {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        if message["type"] == "http.response.start":
            started.update(message)
        else:
            body.extend(message.get("body", b""))
            if not message.get("more_body", False):
                answered.set()

    await application(_scope(request), receive, send)
    headers = tuple((bytes(k), bytes(v)) for k, v in started["headers"])
    return Reply(status=started["status"], headers=headers, body=bytes(body))


def _parts(body: bytes, cuts: tuple[int, ...]) -> list[bytes]:
    places = sorted({0, len(body), *(cut % (len(body) + 1) for cut in cuts)})
    cut = [body[a:b] for a, b in pairwise(places)]
    return cut or [b""]


def _scope(request: Request) -> Scope:
    return {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": request.method,
        "scheme": "https",
        "path": unquote_to_bytes(request.path).decode("utf-8", "replace"),
        "raw_path": request.path,
        "query_string": request.query,
        "root_path": "",
        "headers": _headers(request),
        "client": (request.address, 50_000),
        "server": ("hub.example", 443),
    }


def _headers(request: Request) -> list[tuple[bytes, bytes]]:
    given = list(request.headers)
    if not any(name == b"host" for name, _ in given):
        given.append((b"host", b"hub.example"))
    if request.body:
        given.append((b"content-length", b"%d" % len(request.body)))
    return given


async def _live(found: House, entered: Future[None], leave: asyncio.Event) -> None:
    async with found.lifespan:
        entered.set_result(None)
        await leave.wait()


@contextmanager
def house(founded: Path, tokens: dict[str, str], *, at: datetime) -> Iterator[House]:
    """Run a copy of a founded hub for a block.

    At the end, when nothing of it runs any more, its log has to verify and its views
    have to be what a rebuild makes of it.
    """
    clock = StoppedClock(at)
    with memory() as folder:
        shutil.copytree(founded, folder / "data")
        hub = app.open_hub(folder / "data", environment=ENVIRONMENT, clock=clock)
        loop = asyncio.new_event_loop()
        thread = threading.Thread(target=loop.run_forever, daemon=True)
        thread.start()
        found = House(hub, clock, tokens, loop)
        entered: Future[None] = Future()
        leave = asyncio.Event()
        life = asyncio.run_coroutine_threadsafe(_live(found, entered, leave), loop)
        try:
            try:
                entered.result(ANSWERS_WITHIN_S)
                yield found
            finally:
                loop.call_soon_threadsafe(leave.set)
                life.result(ANSWERS_WITHIN_S)
                loop.call_soon_threadsafe(loop.stop)
                thread.join(ANSWERS_WITHIN_S)
                loop.close()
            hub.log.verify()
            assert_folds_again(hub)
        finally:
            app.close_hub(hub)


@contextmanager
def memory() -> Iterator[Path]:
    """Make a folder for a block, in memory where that can be."""
    parent = MEMORY if MEMORY.is_dir() else None
    with tempfile.TemporaryDirectory(prefix="foedus-fuzz-", dir=parent) as name:
        yield Path(name)
