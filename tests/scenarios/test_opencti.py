"""OpenCTI's stream protocol, spoken by the real pycti to a real server."""

import json
import signal
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any, Self

import orjson
import pytest

from foedus.app import STATE
from foedus.identity.connectors import Connector, Connectors
from foedus.identity.store import StateStore
from tests.scenarios.installation import ENDS_WITHIN_S, OPEN, Installation, Server

CLIENT = Path(__file__).with_name("opencti_client.py")
LOOKS_AGAIN_S = 0.02
STEP_S = 0.7
"""A step of the client's watchdog: it ends the client after ten steps of silence, and
heartbeats come every five seconds."""


class Client:
    """A process with the real package in it, and what it says.

    Args:
        server: whom it reads from.
        token: as whom.
        words: further words of the command.
    """

    def __init__(self, server: Server, token: str, *words: str) -> None:
        self._process = subprocess.Popen(
            [sys.executable, str(CLIENT), server.url, token, "open", *words],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        self._thread = threading.Thread(target=self._read)
        self._pause = threading.Event()
        self.lines: list[dict[str, Any]] = []

    def __enter__(self) -> Self:
        self._thread.start()
        self.wait(lambda: bool(self.lines))
        return self

    def __exit__(self, *_: object) -> None:
        with self._process:
            self._process.kill()
        self._thread.join(ENDS_WITHIN_S)

    def say(self, words: str) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(f"{words}\n")
        self._process.stdin.flush()

    def wait(self, is_so: Callable[[], bool]) -> None:
        until = time.monotonic() + ENDS_WITHIN_S
        while not is_so():
            assert time.monotonic() < until, self.lines
            self._pause.wait(LOOKS_AGAIN_S)

    def stay(self, seconds: float) -> None:
        """Let time pass; a client that is as it is has real watches."""
        self._pause.wait(seconds)

    def wait_for(self, event: str, stix_id: str) -> None:
        self.wait(lambda: (event, stix_id) in self.told())

    def code(self) -> int:
        """Wait for the end of the process."""
        return self._process.wait(ENDS_WITHIN_S)

    @property
    def is_running(self) -> bool:
        return self._process.poll() is None

    @property
    def events(self) -> list[dict[str, Any]]:
        return [each for each in self.lines if "event" in each]

    @property
    def waits(self) -> list[float]:
        return [each["waits"] for each in self.lines if "waits" in each]

    def told(self) -> list[tuple[str, str]]:
        return [(each["event"], each["envelope"]["data"]["id"]) for each in self.events]

    def ids(self) -> list[list[int]]:
        return [list(map(int, each["id"].split("-"))) for each in self.events]

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            if line.startswith("{"):
                self.lines.append(json.loads(line))


def new_indicator(**more: object) -> dict[str, Any]:
    return {
        "type": "indicator",
        "spec_version": "2.1",
        "id": f"indicator--{uuid.uuid4()}",
        "created": "2026-11-01T00:00:00.000Z",
        "modified": "2026-11-01T00:00:00.000Z",
        "pattern": "[ipv4-addr:value = '192.0.2.1']",
        "pattern_type": "stix",
        "valid_from": "2026-11-01T00:00:00Z",
        **more,
    }


def publish(server: Server, item: dict[str, Any]) -> str:
    with server.client("pol") as http:
        body = orjson.dumps({"objects": [item]})
        answer = http.post(server.objects_url(OPEN), content=body)
        assert answer.json()["failure_count"] == 0, answer.text
    return str(item["id"])


def withdraw(server: Server, stix_id: str) -> None:
    with server.client("pol") as http:
        url = f"{server.objects_url(OPEN)}{stix_id}/?match[version]=all"
        http.delete(url).raise_for_status()


@pytest.fixture
def token(server: Server) -> str:
    with server.client("fin") as http:
        issued = http.post(
            f"{server.url}/api/v1/me/tokens",
            content=orjson.dumps({"label": "opencti"}),
            headers={"Content-Type": "application/json", "Accept": "application/json"},
        )
    return str(issued.json()["token"])


def kept(installation: Installation, *, stop: bool = False) -> Connector:
    """Give what the hub keeps of the connector, and stop it where that is wanted."""
    store = StateStore(installation.folder / STATE)
    try:
        connectors = Connectors(store)
        [found] = connectors.list_of()
        if stop:
            connectors.stop(found, stopped=True)
    finally:
        store.close()
    return found


def test_an_unmodified_connector_misses_nothing_until_its_stream_is_stopped(
    server: Server, installation: Installation, token: str
) -> None:
    before = publish(server, new_indicator())
    with Client(server, token) as client:
        _it_is_told_what_there_is_what_changes_and_what_goes(server, client, before)
        _it_comes_back_after_a_drop(server, client)
        _it_waits_for_a_hub_that_restarts(server, client)
        _it_hears_the_hub_while_nothing_happens(client)
        assert client.ids() == sorted(client.ids())
        assert len(client.told()) == len(set(client.told())) == 6
        last = client.events[-1]["id"]
        client.wait(lambda: kept(installation).last == last)
        kept(installation, stop=True)
        client.wait(lambda: len(client.waits) == 3)
        client.say("go")
        assert client.code() == -signal.SIGTERM, "410 ends it"


def _it_is_told_what_there_is_what_changes_and_what_goes(
    server: Server, client: Client, before: str
) -> None:
    assert client.lines[0]["state"] is None
    assert client.lines[0]["stream"]["id"] == OPEN
    client.wait_for("create", before)
    one = new_indicator()
    publish(server, one)
    client.wait_for("create", one["id"])
    publish(server, {**one, "modified": "2026-11-02T00:00:00.000Z", "name": "Known"})
    client.wait_for("update", one["id"])
    withdraw(server, one["id"])
    client.wait_for("delete", one["id"])
    _, create, update, delete = (each["envelope"] for each in client.events)
    assert {each["version"] for each in (create, update, delete)} == {"4"}
    assert {"op": "add", "path": "/name", "value": "Known"} in update["context"][
        "patch"
    ]
    assert set(delete["data"]) == {"id", "type", "extensions"}


def _it_comes_back_after_a_drop(server: Server, client: Client) -> None:
    client.say("drop")
    client.wait(lambda: client.waits == [10])
    meanwhile = publish(server, new_indicator())
    client.say("go")
    client.wait_for("create", meanwhile)


def _it_waits_for_a_hub_that_restarts(server: Server, client: Client) -> None:
    server.stop()
    client.wait(lambda: client.waits == [10, 30])
    server.start()
    meanwhile = publish(server, new_indicator())
    client.say("go")
    client.wait_for("create", meanwhile)


def _it_hears_the_hub_while_nothing_happens(client: Client) -> None:
    client.say(f"watch {STEP_S}")
    until = time.monotonic() + 12 * STEP_S
    client.wait(lambda: time.monotonic() > until)
    assert client.is_running
    client.say("watch 5")


@pytest.mark.soak
def test_a_connector_as_it_is_lasts_through_a_minute_of_silence_and_a_restart(
    server: Server, token: str
) -> None:
    with Client(server, token, "--as-it-is") as client:
        client.wait_for("create", publish(server, new_indicator()))
        client.stay(60)
        assert client.is_running
        client.wait_for("create", publish(server, new_indicator()))
        server.stop()
        server.start()
        other = publish(server, new_indicator())
        client.wait_for("create", other)
        assert client.ids() == sorted(client.ids())
