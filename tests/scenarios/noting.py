"""A consumer in a process of its own, which may be killed: it notes what it is told.

Each event is one line of a file: its id, its name, the object's id. Whoever starts it
again with the same file goes on behind the last whole line.

    python -m tests.scenarios.noting URL NAME FILE
"""

import contextlib
import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import httpx
import orjson

from tests.scenarios.installation import ENDS_WITHIN_S, PASSWORD, Server

LOOKS_AGAIN_S = 0.05
"""Seconds between two looks, and before it comes back to a server that went."""

ROOT = Path(__file__).parents[2]


def pause(seconds: float) -> None:
    """Wait while others work."""
    threading.Event().wait(seconds)


class Noter:
    """Starts and kills such a consumer, and reads what it noted.

    Args:
        server: whom it follows.
        name: as whom.
        path: of the file.
    """

    def __init__(self, server: Server, name: str, path: Path) -> None:
        words = (server.url, name, str(path))
        self._command = [sys.executable, "-m", "tests.scenarios.noting", *words]
        self._path = path
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self._process = subprocess.Popen(self._command, cwd=ROOT)

    def kill(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait(ENDS_WITHIN_S)

    def told(self) -> list[tuple[str, str]]:
        """Give names and objects' ids of all events but heartbeats, in order."""
        lines = [line.split(" ") for line in whole_lines(self._path)]
        return [(line[1], line[2]) for line in lines if line[1] != "heartbeat"]

    def wait(self, count: int) -> None:
        """Wait until so many lines are noted, heartbeats among them."""
        until = time.monotonic() + ENDS_WITHIN_S
        while len(whole_lines(self._path)) < count:
            assert time.monotonic() < until, f"{count} lines are expected"
            pause(LOOKS_AGAIN_S)

    def wait_for(self, stix_id: str) -> None:
        """Wait until an object was told of."""
        until = time.monotonic() + ENDS_WITHIN_S
        while stix_id not in self._path.read_text():
            assert time.monotonic() < until, f"{stix_id} is not told"
            pause(LOOKS_AGAIN_S)


def whole_lines(path: Path) -> list[str]:
    """Read what was noted; a line that a kill cut short was not."""
    if not path.exists():
        return []
    return path.read_text().split("\n")[:-1]


def follow(url: str, name: str, path: Path) -> None:
    """Follow until killed, or until the server goes."""
    lines = whole_lines(path)
    last = lines[-1].split(" ")[0] if lines else ""
    with (
        httpx.Client(auth=(name, PASSWORD), timeout=ENDS_WITHIN_S) as http,
        http.stream(
            "GET", f"{url}/live", headers={"Last-Event-ID": last} if last else {}
        ) as response,
        path.open("ab", buffering=0) as notes,
    ):
        notes.truncate(sum(len(line) + 1 for line in lines))
        frame: dict[str, str] = {}
        for line in response.iter_lines():
            if line:
                key, _, value = line.partition(": ")
                frame[key] = value
                continue
            if "id" in frame:
                thing = orjson.loads(frame["data"]).get("id", "-")
                notes.write(f"{frame['id']} {frame['event']} {thing}\n".encode())
            frame = {}


def main() -> None:
    """Follow, and come back whenever the server was gone."""
    url, name, path = sys.argv[1:]
    while os.getppid() != 1:
        with contextlib.suppress(httpx.TransportError):
            follow(url, name, Path(path))
        pause(LOOKS_AGAIN_S)


if __name__ == "__main__":
    main()
