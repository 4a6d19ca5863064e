"""A hub with something to release, and others who read and write meanwhile."""

import asyncio
import contextlib
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Self

import _hub
import _objects
import httpx
import orjson

from foedus import app
from foedus.eventlog.envelope import Act, Who
from foedus.hub import Hub
from foedus.identity.commands import open_account
from foedus.identity.rules import Opening as AccountOpening
from foedus.identity.secret import Secret
from foedus.ids import WHOEVER_RUNS_THE_HUB
from foedus.intel import commands as intel
from foedus.intel.rules import Opening
from foedus.releasability.viewers import Role, Viewer

COLLECTION = "0b5e0000-0000-4000-8000-000000000002"
OBJECTS = f"/taxii2/nato/collections/{COLLECTION}/objects/"

RECEIVER = "mda"
"""Of a partner, to which is released what the members have."""

WRITER = "deu"
"""Of a third nation, which publishes meanwhile."""

DESK = "desk"
"""Of the alliance's secretariat."""

FIRST_DAY = "2026-01-01"

WITHIN_S = 60.0
"""Seconds in which anything has to have happened."""


async def found(folder: Path) -> None:
    """Found a hub with a collection that partners may read, too."""
    await _hub.found(folder)
    hub = app.open_hub(folder, environment={})
    who = Who(account=WHOEVER_RUNS_THE_HUB, nation=hub.alliance.code, door="cli")
    act = Act(who=who, at=hub.clock())
    for name, nation, role in (
        (RECEIVER, "MDA", Role.READER),
        (WRITER, "DEU", Role.PUBLISHER),
        (DESK, hub.alliance.code, Role.SECRETARIAT),
    ):
        opening = AccountOpening(
            name=name,
            nation=nation,
            roles=frozenset({Role.READER, role}),
            clearance=hub.alliance.level("NATO RESTRICTED"),
        )
        password = Secret(_hub.PASSWORD)
        await open_account(
            hub.registry, opening, password, alliance=hub.alliance, act=act
        )
    operator = Viewer(
        nation=who.nation,
        clearance=0,
        roles=frozenset({Role.OPERATOR}),
        account=WHOEVER_RUNS_THE_HUB,
    )
    opening = Opening(
        id=COLLECTION,
        alias="sharing",
        title="Sharing",
        default_label=_hub.LABEL,
        read="PUBLIC",
        write="MEMBERS",
    )
    await intel.open_collection(_hub.desk(hub), operator, act, opening)
    hub.projector.catch_up()
    app.close_hub(hub)


def fill(folder: Path, parts: Iterator[list[bytes]]) -> None:
    """Publish batches into that collection, as the publisher."""

    async def run() -> None:
        hub = app.open_hub(folder, environment={})
        for part in parts:
            await publish(hub, _hub.publisher(hub), part)
        app.close_hub(hub)

    asyncio.run(run())


async def publish(hub: Hub, viewer: Viewer, objects: list[bytes]) -> None:
    """Publish objects without HTTP; all of them have to be stored."""
    who = Who(account=viewer.account, nation=viewer.nation, door="taxii")
    act = Act(who=who, at=hub.clock())
    outcomes = await intel.publish(_hub.desk(hub), viewer, act, COLLECTION, objects)
    refused = [each.reason for each in outcomes if each.outcome != "stored"]
    assert not refused, f"all should be stored, but: {refused[:3]}"
    await hub.seen([each.position for each in outcomes])


class Api:
    """The JSON API, as one account."""

    def __init__(self, port: int, login: str) -> None:
        self._http = httpx.Client(
            base_url=f"http://127.0.0.1:{port}/api/v1/",
            auth=(login, _hub.PASSWORD),
            timeout=WITHIN_S,
        )

    def act(self, path: str, **body: object) -> dict[str, Any]:
        """Do something that has to be done."""
        answer = self._http.post(path, json=body)
        assert answer.is_success, answer.text
        found: dict[str, Any] = answer.json()
        return found

    def release(self) -> str:
        """Release everything to the receiver."""
        made = self.act("releases", to=["MDA"], label=_hub.LABEL, since=FIRST_DAY)
        return str(made["release"])

    def close(self) -> None:
        """Let go of the connection."""
        self._http.close()


def until(is_so: Callable[[], bool]) -> float:
    """Wait until something is so; gives the seconds that it took."""
    begun = time.perf_counter()
    while not is_so():
        assert time.perf_counter() - begun < WITHIN_S, "it takes too long"
        time.sleep(0.01)
    return time.perf_counter() - begun


def walk(client: _hub.Client, *, limit: int = 100) -> Iterator[dict[str, Any]]:
    """Walk the collection page by page."""
    start = path = f"{OBJECTS}?limit={limit}"
    while path:
        status, body = client.get(path)
        assert status == 200, body  # noqa: PLR2004 - HTTP's own number
        page = orjson.loads(body)
        yield page
        path = f"{start}&next={page['next']}" if page.get("more") else ""


class Busy:
    """Somebody who asks again and again, and how long each answer took.

    Args:
        asks: gives, endlessly, what is done one after the other.
        pause_s: seconds between two requests.
    """

    def __init__(self, asks: Iterator[object], *, pause_s: float = 0.0) -> None:
        self._asks = asks
        self._pause_s = pause_s
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run)
        self._took: list[tuple[float, float]] = []
        self._failure: BaseException | None = None

    def waits(self, begin: float, end: float) -> list[float]:
        """Give the seconds of the requests that ended in that time."""
        assert self._failure is None, f"a request failed: {self._failure!r}"
        return [took for at, took in list(self._took) if begin < at + took <= end]

    def _run(self) -> None:
        with contextlib.suppress(StopIteration):
            while not self._stop.wait(self._pause_s):
                begun = time.perf_counter()
                try:
                    next(self._asks)
                except (OSError, AssertionError) as error:
                    self._failure = error
                    return
                self._took.append((begun, time.perf_counter() - begun))

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()


def reading(client: _hub.Client) -> Iterator[object]:
    """Walk the collection over and over; one page a step."""
    while True:
        yield from walk(client)


def writing(client: _hub.Client, bodies: Iterator[bytes]) -> Iterator[object]:
    """Publish one object a step."""
    for body in bodies:
        status, answer = client.post(OBJECTS, body)
        assert status == 202, answer  # noqa: PLR2004 - HTTP's own number
        yield None


def single_objects(count: int) -> Iterator[bytes]:
    """Make bodies of one object each that nobody else publishes."""
    objects = _objects.many(20 * count, seed=7_000_000)
    kept = [each for each in objects if b'"type":"malware"' in each]
    assert kept, "there is malware among them"
    return (b'{"objects":[%b]}' % each for each in kept)
