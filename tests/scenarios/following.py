"""Clients of the live surface that read in a thread, and note what they are told."""

import contextlib
import socket
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any, Self

import httpx
import msgspec
import orjson

from tests.scenarios.installation import ENDS_WITHIN_S, PASSWORD, Server

LOOKS_AGAIN_S = 0.02


class News(msgspec.Struct, frozen=True, kw_only=True):
    """One event."""

    event: str
    id: str
    data: dict[str, Any]
    at: float


@contextlib.contextmanager
def stalled_on(server: Server, name: str = "fin") -> Iterator[socket.socket]:
    """Follow, and take nothing after the first heartbeat."""
    address = httpx.URL(server.url)
    auth = httpx.BasicAuth(name, PASSWORD)
    request = next(auth.auth_flow(httpx.Request("GET", f"{server.url}/live")))
    head = (
        f"GET /live HTTP/1.1\r\nHost: {address.netloc.decode()}\r\n"
        f"Authorization: {request.headers['Authorization']}\r\n\r\n"
    )
    with socket.create_connection((address.host, address.port or 80)) as stalled:
        stalled.sendall(head.encode())
        told = b""
        while b"heartbeat" not in told:
            told += stalled.recv(65_536)
        yield stalled


class Follower:
    """A client that follows until it is told to stop, from the last id on.

    Args:
        server: whom.
        name: as whom.
        query: of the address.
        auth: another header than of name and password.
    """

    def __init__(
        self, server: Server, name: str, query: str = "", *, auth: str = ""
    ) -> None:
        self._server = server
        self._name = name
        self._query = query
        self._auth = auth
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run)
        self._response: httpx.Response | None = None
        self.news: list[News] = []
        self.last = ""
        self.drops = 0
        self.retries_ms: list[int] = []
        self.status = 0

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self.drop()
        self._thread.join(ENDS_WITHIN_S)

    def drop(self) -> None:
        """Cut the connection, as a network does."""
        if self._response is not None:
            stream = self._response.extensions["network_stream"]
            with contextlib.suppress(OSError):
                stream.get_extra_info("socket").shutdown(2)

    def puts(self) -> list[str]:
        return [each.data["id"] for each in self.news if each.event == "put"]

    def deletes(self) -> list[str]:
        return [each.data["id"] for each in self.news if each.event == "delete"]

    def events(self) -> list[str]:
        return [each.event for each in self.news]

    def wait(self, is_so: Callable[[], bool], within_s: float = ENDS_WITHIN_S) -> None:
        until = time.monotonic() + within_s
        while not is_so():
            assert time.monotonic() < until, self.events()
            self._stop.wait(LOOKS_AGAIN_S)

    def _run(self) -> None:
        while not self._stop.is_set():
            with contextlib.suppress(httpx.TransportError):
                self._follow()
            if self.news and self.news[-1].event == "access-ended":
                return
            self.drops += 1
            self._stop.wait(LOOKS_AGAIN_S)

    def _follow(self) -> None:
        headers = {"Last-Event-ID": self.last} if self.last else {}
        auth = None if self._auth else (self._name, PASSWORD)
        if self._auth:
            headers["Authorization"] = self._auth
        url = f"{self._server.url}/live?{self._query}"
        with (
            httpx.Client(auth=auth, timeout=ENDS_WITHIN_S) as http,
            http.stream("GET", url, headers=headers) as response,
        ):
            self.status = response.status_code
            self._response = response
            frame: dict[str, str] = {}
            for line in response.iter_lines():
                if line:
                    name, _, value = line.partition(": ")
                    frame[name] = value
                    continue
                if "event" in frame:
                    self._note(frame)
                elif "retry" in frame:
                    self.retries_ms.append(int(frame["retry"]))
                frame = {}

    def _note(self, frame: dict[str, str]) -> None:
        self.last = frame.get("id", self.last)
        self.news.append(
            News(
                event=frame["event"],
                id=frame.get("id", ""),
                data=orjson.loads(frame["data"]),
                at=time.monotonic(),
            )
        )
