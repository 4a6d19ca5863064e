"""Publishers that never give up: what is not acknowledged is sent again.

As a real client does that cannot know whether its request arrived.
"""

import itertools
import threading
import time
import uuid
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import httpx
import orjson

from tests.scenarios.installation import ENDS_WITHIN_S, OPEN, Server

BATCH_OBJECTS = 20

WAITS_S = 0.02
"""Seconds before a request that failed is sent again."""

BEHIND_MAX_S = 1.0
"""Seconds of delay that a publisher makes up for: more would be a flood afterwards."""

_numbers = itertools.count(1)


def new_object() -> dict[str, Any]:
    """Give an indicator that no other call gives."""
    number = next(_numbers)
    return {
        "type": "indicator",
        "spec_version": "2.1",
        "id": f"indicator--{uuid.uuid4()}",
        "created": "2026-01-01T00:00:00.000Z",
        "modified": "2026-01-01T00:00:00.000Z",
        "name": f"Indicator {number}",
        "pattern": f"[ipv4-addr:value = '192.0.2.{number % 256}']",
        "pattern_type": "stix",
        "valid_from": "2026-01-01T00:00:00Z",
    }


AGAIN = "send it again"
"""What is said of an object that somebody publishes at the same moment."""


class Publisher:
    """Publishes batch after batch to a server that may die at any moment.

    Args:
        server: where to.
        name: as whom.
        every_s: seconds from the beginning of a batch to that of the next; without a
            pause by default. Who is late makes up for it, within `BEHIND_MAX_S`.
    """

    def __init__(self, server: Server, name: str, *, every_s: float = 0.0) -> None:
        self._server = server
        self._name = name
        self._every_s = every_s
        self.acknowledged: list[str] = []
        self.retries = 0

    def run(self, stop: threading.Event, abandon: threading.Event) -> None:
        """Publish until told to stop, and then until the last batch is taken.

        Args:
            stop: ends it, after the batch at hand.
            abandon: ends it at once; nothing more is known of the batch at hand.
        """
        with self._server.client(self._name) as http:
            due = time.monotonic()
            while not stop.is_set():
                batch = [new_object() for _ in range(BATCH_OBJECTS)]
                while not self._publish(http, batch):
                    self.retries += 1
                    if abandon.wait(WAITS_S):
                        return
                self.acknowledged += [each["id"] for each in batch]
                due = max(due + self._every_s, time.monotonic() - BEHIND_MAX_S)
                if due > time.monotonic():
                    stop.wait(due - time.monotonic())

    def _publish(self, http: httpx.Client, batch: list[dict[str, Any]]) -> bool:
        """Send a batch; tell whether it was acknowledged."""
        try:
            answer = http.post(
                self._server.objects_url(OPEN), content=orjson.dumps({"objects": batch})
            )
        except httpx.TransportError:
            return False
        if answer.status_code == httpx.codes.SERVICE_UNAVAILABLE:
            return False
        assert answer.status_code == httpx.codes.ACCEPTED, answer.text
        failures = answer.json().get("failures", [])
        if any(AGAIN in each["message"] for each in failures):
            return False  # what a killed hub did not answer is not folded yet
        assert not failures, answer.text
        return True


@contextmanager
def publishing(*publishers: Publisher) -> Iterator[None]:
    """Have publishers at work during a block; their last batches are taken after it."""
    stop, abandon = threading.Event(), threading.Event()
    with ThreadPoolExecutor(len(publishers)) as pool:
        futures: list[Future[None]] = [
            pool.submit(publisher.run, stop, abandon) for publisher in publishers
        ]
        try:
            yield
            stop.set()
            for future in futures:
                future.result(ENDS_WITHIN_S)
        finally:
            stop.set()
            abandon.set()


def ids_read(server: Server, name: str) -> Counter[str]:
    """Walk the open collection; how often each object's id was read."""
    found: Counter[str] = Counter()
    query = {"limit": "1000", "match[version]": "all"}
    with server.client(name) as http:
        while True:
            answer = http.get(server.objects_url(OPEN), params=query)
            assert answer.status_code == httpx.codes.OK, answer.text
            page = answer.json()
            found.update(each["id"] for each in page.get("objects", ()))
            if not page.get("more"):
                return found
            query["next"] = page["next"]
