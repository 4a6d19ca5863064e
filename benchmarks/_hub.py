"""A founded hub, its server process, and a client whose CPU nobody counts."""

import asyncio
import base64
import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Self

import _floor
import orjson
from _figures import cpu_of_tree

from foedus import app
from foedus.alliance.pack import load_pack
from foedus.eventlog.envelope import Act, Who
from foedus.hub import Hub
from foedus.identity.commands import open_account
from foedus.identity.rules import Opening as AccountOpening
from foedus.identity.secret import Secret
from foedus.ids import WHOEVER_RUNS_THE_HUB
from foedus.intel import commands as intel
from foedus.intel.rules import Opening
from foedus.releasability.viewers import Role, Viewer

COLLECTION = "0b5e0000-0000-4000-8000-000000000001"
OBJECTS = f"/taxii2/nato/collections/{COLLECTION}/objects/"
LEVEL = "NATO RESTRICTED"
LABEL = f"{LEVEL} // REL TO NATO"
PUBLISHER = "pol"
READER = "fin"
PASSWORD = "a password of the bench"  # noqa: S105 - of a hub that lives for a minute
TAXII = "application/taxii+json;version=2.1"

START_S = 30.0
"""Seconds in which a server has to answer."""

STOP_S = 10.0
"""Seconds in which it has to end when asked."""


async def found(folder: Path, *, readers: tuple[str, ...] = (READER,)) -> None:
    """Found a hub with a publisher, readers and a collection.

    Args:
        folder: the data folder; it is made.
        readers: names of accounts, which are their nations' codes in small letters.
    """
    hub = await app.create(folder, load_pack("nato"), environment={})
    who = Who(account=WHOEVER_RUNS_THE_HUB, nation=hub.alliance.code, door="cli")
    act = Act(who=who, at=hub.clock())
    clearance = hub.alliance.level("NATO RESTRICTED")
    for name in (PUBLISHER, *readers):
        opening = AccountOpening(
            name=name,
            nation=name.upper(),
            roles=frozenset({Role.READER, Role.PUBLISHER}),
            clearance=clearance,
        )
        await open_account(
            hub.registry, opening, Secret(PASSWORD), alliance=hub.alliance, act=act
        )
    await open_bench(hub)
    hub.projector.catch_up()
    app.close_hub(hub)


async def open_bench(hub: Hub) -> None:
    """Open the collection in which objects are measured."""
    who = Who(account=WHOEVER_RUNS_THE_HUB, nation=hub.alliance.code, door="cli")
    act = Act(who=who, at=hub.clock())
    operator = Viewer(
        nation=who.nation,
        clearance=0,
        roles=frozenset({Role.OPERATOR}),
        account=WHOEVER_RUNS_THE_HUB,
    )
    opening = Opening(
        id=COLLECTION,
        alias="bench",
        title="Bench",
        default_label=LABEL,
        read="MEMBERS",
        write="MEMBERS",
    )
    await intel.open_collection(desk(hub), operator, act, opening)


def desk(hub: Hub) -> intel.Desk:
    """Give where the hub publishes."""
    return intel.Desk(log=hub.log, reading=hub.reading)


def publisher(hub: Hub) -> Viewer:
    """Give the publisher, for publishing without HTTP."""
    clearance = hub.alliance.level("NATO RESTRICTED")
    assert clearance is not None, "the NATO pack has this level"
    return Viewer(
        nation=hub.alliance.nation("POL") or "",  # type: ignore[arg-type]
        clearance=clearance,
        roles=frozenset({Role.PUBLISHER}),
        account=WHOEVER_RUNS_THE_HUB,
    )


async def publish(hub: Hub, objects: list[bytes]) -> None:
    """Publish objects without HTTP; none of them may be refused."""
    viewer = publisher(hub)
    who = Who(account=viewer.account, nation=viewer.nation, door="taxii")
    act = Act(who=who, at=hub.clock())
    outcomes = await intel.publish(desk(hub), viewer, act, COLLECTION, objects)
    refused = [each.reason for each in outcomes if each.outcome == "refused"]
    assert not refused, f"nothing should be refused, but: {refused[:3]}"
    await hub.seen([each.position for each in outcomes])


def fill(folder: Path, parts: Iterator[list[bytes]]) -> None:
    """Publish batches into a founded folder."""

    async def run() -> None:
        hub = app.open_hub(folder, environment={})
        for part in parts:
            await publish(hub, part)
        app.close_hub(hub)

    asyncio.run(run())


def free_port() -> int:
    """Find a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def serve(folder: Path, port: int) -> "Server":
    """Start to serve a hub."""
    command = [
        *(sys.executable, "-m", "foedus", "serve"),
        *("--data", str(folder), "--port", str(port)),
    ]
    return Server(command, port, {})


def serve_floor(path: Path, port: int) -> "Server":
    """Start to serve the floor of a page."""
    command = [sys.executable, str(Path(_floor.__file__)), str(port)]
    return Server(command, port, {_floor.PATH_VARIABLE: str(path)})


class Server:
    """A server process in a process group of its own.

    Args:
        command: starts it.
        port: where it listens.
        environment: more variables for it.
    """

    def __init__(
        self, command: list[str], port: int, environment: dict[str, str]
    ) -> None:
        self.port = port
        self.started_at = time.perf_counter()
        self._process = subprocess.Popen(
            command,
            cwd=Path(__file__).parent,
            env={**os.environ, **environment},
            start_new_session=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    @property
    def pid(self) -> int:
        """The process that was started; others are below it."""
        return self._process.pid

    def cpu(self) -> float:
        """Give the seconds of CPU of the process tree."""
        return cpu_of_tree(self._process.pid)

    def wait(self, path: str, *, login: str | None = None) -> float:
        """Wait until a path is answered with 200.

        Returns:
            The seconds since the start.
        """
        while time.perf_counter() - self.started_at < START_S:
            assert self._process.poll() is None, "the server ended"
            with contextlib.suppress(OSError), Client(self.port, login) as client:
                if client.get(path)[0] == 200:  # noqa: PLR2004 - HTTP's own number
                    return time.perf_counter() - self.started_at
            time.sleep(0.005)
        raise TimeoutError(f"no answer to {path} in {START_S} seconds")

    def kill(self) -> None:
        """Kill all of it at once, as a crash would."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()

    def stop(self) -> None:
        """Stop the server, gently at first."""
        self._process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(STOP_S)
        self.kill()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()


class Client:
    """One kept-alive HTTP connection.

    Args:
        port: of the server, on this machine.
        login: the account's name; None goes without a credential.
    """

    def __init__(self, port: int, login: str | None = None) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=60)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._stream = self._socket.makefile("rb", buffering=1 << 18)
        head = f"Host: 127.0.0.1:{port}\r\nAccept: {TAXII}\r\n"
        if login is not None:
            pair = base64.b64encode(f"{login}:{PASSWORD}".encode()).decode()
            head += f"Authorization: Basic {pair}\r\n"
        self._head = head.encode()
        self.last_headers: dict[bytes, bytes] = {}

    def get(self, path: str) -> tuple[int, bytes]:
        """Ask for a path; gives the status and the body."""
        self._socket.sendall(b"GET %b HTTP/1.1\r\n%b\r\n" % (path.encode(), self._head))
        return self._answer()

    def delete(self, path: str) -> tuple[int, bytes]:
        """Delete what is at a path; gives the status and the body."""
        self._socket.sendall(
            b"DELETE %b HTTP/1.1\r\n%b\r\n" % (path.encode(), self._head)
        )
        return self._answer()

    def post(
        self, path: str, body: bytes, media_type: str = TAXII
    ) -> tuple[int, bytes]:
        """Send a TAXII envelope, or something else; gives the status and the body."""
        head = b"POST %b HTTP/1.1\r\n%bContent-Type: %b\r\nContent-Length: %d\r\n\r\n"
        self._socket.sendall(
            head % (path.encode(), self._head, media_type.encode(), len(body)) + body
        )
        return self._answer()

    def publish(self, objects: list[bytes]) -> None:
        """Publish a batch; all of it has to be stored."""
        status, body = self.post(OBJECTS, b'{"objects":[%b]}' % b",".join(objects))
        assert status == 202, body  # noqa: PLR2004 - HTTP's own number
        assert orjson.loads(body)["success_count"] == len(objects), body[:500]

    def _answer(self) -> tuple[int, bytes]:
        line = self._stream.readline()
        if not line:
            raise ConnectionError("the server closed the connection")
        status, headers = int(line.split()[1]), {}
        while (header := self._stream.readline()) not in (b"\r\n", b""):
            name, _, value = header.partition(b":")
            headers[name.lower()] = value.strip()
        self.last_headers = headers
        return status, self._stream.read(int(headers.get(b"content-length", 0)))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stream.close()
        self._socket.close()
