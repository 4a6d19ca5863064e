"""A stream connector by the real pycti, in a process of its own: it may end itself.

Every event that it is told is one line of JSON on stdout. The package is as it is
installed. Where a test says so on stdin, its waits end sooner: the pause before it
connects again (`go`), the step of its watchdog (`watch SECONDS`). It tells its platform
how far it has come at once, not every 40 seconds.

    python opencti_client.py URL TOKEN STREAM [--as-it-is]
"""

import gc
import json
import sys
import threading
import time
from collections.abc import Callable
from typing import Any

from filigran_sseclient import SSEClient
from pycti import OpenCTIConnectorHelper

CONNECTOR = "0c000000-0000-4000-8000-000000000001"
PING_S = 40
"""Seconds after which the client tells how far it has come."""

WATCH_S = 5
"""Seconds of a step of its watchdog, which has nine of them."""


def say(**line: object) -> None:
    """Print one line."""
    print(json.dumps(line), flush=True)  # noqa: T201 - it is what is read


def take(message: Any) -> None:  # noqa: ANN401 - of the client's library
    """Take one event, as a connector does."""
    say(event=message.event, id=message.id, envelope=json.loads(message.data))


class Waits:
    """The client's waits, which end when the test says so."""

    def __init__(self) -> None:
        self._sleep: Callable[[float], None] = vars(time)["sleep"]
        self._wait = threading.Event.wait
        self.watch_s = float(WATCH_S)
        self.go = threading.Semaphore(0)

    def shorten(self) -> None:
        """Put them in the place of the real ones."""

        def wait(event: threading.Event, timeout: float | None = None) -> bool:
            return self._wait(event, 0.2 if timeout == PING_S else timeout)

        vars(time)["sleep"] = self.sleep
        threading.Event.wait = wait  # type: ignore[method-assign]  # the real one's

    def sleep(self, seconds: float) -> None:
        """Sleep as the client does."""
        if seconds == WATCH_S:
            self._sleep(self.watch_s)
        elif seconds > WATCH_S:
            say(waits=seconds)
            self.go.acquire()
        else:
            self._sleep(seconds)


def drop() -> None:
    """Cut the connection of the stream, as a network does."""
    for each in gc.get_objects():
        if isinstance(each, SSEClient):
            each.resp.raw._fp.fp.raw._sock.shutdown(2)  # noqa: SLF001 - it has no verb


def main() -> None:
    """Connect, and do what is said on stdin until the end."""
    url, token, stream, *more = sys.argv[1:]
    waits = Waits()
    if not more:
        waits.shorten()
    helper = OpenCTIConnectorHelper(
        {
            "opencti": {"url": url, "token": token},
            "connector": {
                "id": CONNECTOR,
                "type": "STREAM",
                "name": "A connector",
                "scope": "all",
                "live_stream_id": stream,
                "live_stream_no_dependencies": False,
                "log_level": "error",
            },
        }
    )
    say(state=helper.get_state(), stream=helper.get_stream_collection())
    helper.listen_stream(take)
    for line in sys.stdin:
        match line.split():
            case ["drop"]:
                drop()
            case ["go"]:
                waits.go.release()
            case ["watch", seconds]:
                waits.watch_s = float(seconds)


if __name__ == "__main__":
    main()
