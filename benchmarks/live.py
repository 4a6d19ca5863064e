"""Live streams: 1,000 consumers over 32 nations at 50 events a second.

Publish to delivery is measured from just before the POST of one object to the arrival
of its bytes at a consumer; the consumers are one process of raw sockets that count
events and read nothing else, since they share the machine with the server.

What a stalled consumer costs the others is measured in pairs of runs, one beside it and
one without, in turns; the figure is the median of the pairs' ratios. A machine that is
busy with something else slows both runs of a pair, and makes the ratios spread. The
consumer stalls in earnest: it asks for more than all buffers on the way hold.

Variables: FOEDUS_BENCH_CONSUMERS, _NATIONS, _SECONDS, _PAIRS.
"""

import asyncio
import itertools
import socket
import statistics
import tempfile
import time
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Final

import orjson
import psutil
from _figures import Figure, say, size
from _hub import (
    OBJECTS,
    PASSWORD,
    PUBLISHER,
    Client,
    Server,
    found,
    free_port,
    publish,
    serve,
)

from foedus import app
from foedus.eventlog.envelope import Act, Who
from foedus.identity.commands import open_account
from foedus.identity.rules import Opening
from foedus.identity.secret import Secret
from foedus.identity.tokens import TokenTerms
from foedus.ids import WHOEVER_RUNS_THE_HUB
from foedus.live.streams import OF_ACCOUNT_MAX
from foedus.releasability.viewers import Role

EVERY_S: Final = 0.02
"""Seconds between two publications: 50 a second."""

WAIT_S: Final = 30.0
"""Seconds in which everything that was published has to have arrived."""

BATCH: Final = 1_000

STALLING: Final = 12_000
"""Objects of a kilobyte that a stalled consumer asks for at first: more than buffers
hold, at 2,000 a second."""

STALLS_S: Final = 7.0
"""Seconds in which it has been sent all of them that it ever is."""

SMALL_BYTES: Final = 4_096
"""Bytes of its own buffer."""

RECALLED: Final = b'"kind":"recall"'
PUT: Final = b"\nevent: put"
DELETE: Final = b"\nevent: delete"


class Consumer(asyncio.Protocol):
    """Counts what it is told, and notes when.

    Args:
        head: its request.
    """

    def __init__(self, head: bytes) -> None:
        self._head = head
        self._tail = b""
        self._before = b""
        self.is_connected = False
        self.puts: list[float] = []
        self.deletes: list[float] = []
        self.recalls: list[float] = []

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Ask."""
        assert isinstance(transport, asyncio.WriteTransport)
        transport.write(self._head)

    def data_received(self, data: bytes) -> None:
        """Count the events that are complete so far."""
        now = time.perf_counter()
        data = self._tail + data
        self.is_connected = self.is_connected or b"event: heartbeat" in data
        self.puts += [now] * data.count(PUT)
        self.deletes += [now] * data.count(DELETE)
        # What may be the beginning of an event; no whole one fits in it.
        self._tail = data[-len(PUT) + 1 :]
        if not self.recalls and RECALLED in self._before + data:
            self.recalls.append(now)
        self._before = data[-len(RECALLED) :]


async def prepare(folder: Path, nations: int, consumers: int) -> list[str]:
    """Found a hub with as many accounts as the consumers need; give their tokens.

    By password, each would first cost the server a tenth of a second of hashing.
    """
    await found(folder, readers=())
    hub = app.open_hub(folder, environment={})
    community = hub.alliance.community("NATO")
    assert community is not None, "the NATO pack has it"
    everybody = hub.alliance.members_of(community, hub.clock().date())
    members = sorted(everybody)[:nations]
    each = -(-consumers // len(members) // OF_ACCOUNT_MAX)
    who = Who(account=WHOEVER_RUNS_THE_HUB, nation=hub.alliance.code, door="cli")
    tokens = []
    for number, code in itertools.product(range(each), members):
        opening = Opening(
            name=f"{code.lower()}-{number}",
            nation=code,
            roles=frozenset({Role.READER}),
            clearance=hub.alliance.level("NATO RESTRICTED"),
        )
        act = Act(who=who, at=hub.clock())
        opened = await open_account(
            hub.registry, opening, Secret(PASSWORD), alliance=hub.alliance, act=act
        )
        token = hub.keyring.tokens.issue(opened.account, TokenTerms(), act.at)
        tokens.append(token.reveal())
    hub.projector.catch_up()
    for first in range(0, STALLING, BATCH):
        await publish(hub, [thing(first + number) for number in range(BATCH)])
    app.close_hub(hub)
    return tokens


def request(port: int, token: str, query: str = "") -> bytes:
    """Write what a consumer asks."""
    return (
        f"GET /live{query} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n"
        f"Authorization: Bearer {token}\r\n\r\n"
    ).encode()


def thing(number: int) -> bytes:
    """Make an indicator of about a kilobyte."""
    tree = {
        "type": "indicator",
        "spec_version": "2.1",
        "id": f"indicator--{uuid.uuid4()}",
        "created": "2026-01-01T00:00:00.000Z",
        "modified": "2026-01-01T00:00:00.000Z",
        "valid_from": "2026-01-01T00:00:00Z",
        "pattern_type": "stix",
        "pattern": f"[ipv4-addr:value = '198.51.{number // 250 % 250}.{number % 250}']",
        "name": f"Indicator {number}",
        "description": "x" * 600,
    }
    return orjson.dumps(tree)


class Bench:
    """The consumers of one server, and who publishes to them.

    Args:
        server: the server.
        tokens: of the accounts that follow.
        consumers: how many follow.
    """

    def __init__(self, server: Server, tokens: list[str], consumers: int) -> None:
        self._server = server
        self._tokens = itertools.cycle(tokens)
        self._count = consumers
        self._publisher = Client(server.port, PUBLISHER)
        self.consumers: list[Consumer] = []

    async def connect(self) -> float:
        """Connect everybody; give the kilobytes of the server that each takes."""
        before = self._rss()
        loop = asyncio.get_running_loop()
        for token in itertools.islice(self._tokens, self._count):
            consumer = Consumer(request(self._server.port, token))
            await loop.create_connection(
                lambda consumer=consumer: consumer, "127.0.0.1", self._server.port
            )
            self.consumers.append(consumer)
            if len(self.consumers) % 20 == 0:
                await asyncio.sleep(0.05)
        await self._until(lambda each: each.is_connected)
        return (self._rss() - before) / 1_024 / self._count

    async def flow(self, seconds: float) -> list[float]:
        """Publish for a while; give how long each delivery took, in ms."""
        await asyncio.to_thread(self._publisher.publish, [thing(0)])
        await asyncio.sleep(1)
        for each in self.consumers:
            each.puts.clear()
        begun, given = time.perf_counter(), []
        for number in range(int(seconds / EVERY_S)):
            await asyncio.sleep(begun + number * EVERY_S - time.perf_counter())
            given.append(time.perf_counter())
            await asyncio.to_thread(self._publisher.publish, [thing(number)])
        await self._until(lambda each: len(each.puts) >= len(given))
        return [
            (arrived - sent) * 1_000
            for each in self.consumers
            for sent, arrived in zip(given, each.puts, strict=True)
        ]

    async def withdraw(self) -> float:
        """Withdraw an object; give the ms until the last consumer knows."""
        item = thing(1)
        await asyncio.to_thread(self._publisher.publish, [item])
        await asyncio.sleep(1)
        begun = time.perf_counter()
        await asyncio.to_thread(self._delete, orjson.loads(item)["id"])
        await self._until(lambda each: bool(each.deletes))
        return (max(each.deletes[0] for each in self.consumers) - begun) * 1_000

    async def recall(self) -> float:
        """Recall an object; give the ms until the last consumer knows."""
        item = thing(2)
        await asyncio.to_thread(self._publisher.publish, [item])
        await asyncio.sleep(1)
        begun = time.perf_counter()
        await asyncio.to_thread(self._recall, orjson.loads(item)["id"])
        await self._until(lambda each: bool(each.recalls))
        return (max(each.recalls[0] for each in self.consumers) - begun) * 1_000

    async def stalled(self, seconds: float) -> list[float]:
        """Give how long deliveries take beside a consumer that takes nothing."""
        stalled = socket.socket()
        stalled.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, SMALL_BYTES)
        stalled.connect(("127.0.0.1", self._server.port))
        with stalled:
            token = next(self._tokens)
            stalled.sendall(request(self._server.port, token, "?snapshot=1"))
            await asyncio.sleep(STALLS_S)
            return await self.flow(seconds)

    def _delete(self, stix_id: str) -> None:
        status, body = self._publisher.delete(f"{OBJECTS}{stix_id}/")
        assert status == 200, body  # noqa: PLR2004 - HTTP's own number

    def _recall(self, stix_id: str) -> None:
        status, body = self._publisher.post(
            f"/api/v1/objects/{stix_id}/recall",
            b'{"reason":"It was wrong."}',
            "application/json",
        )
        assert status == 201, body  # noqa: PLR2004 - HTTP's own number

    def _rss(self) -> int:
        children = psutil.Process(self._server.pid).children(recursive=True)
        return sum(each.memory_info().rss for each in children)

    async def _until(self, is_so: Callable[[Consumer], bool]) -> None:
        async with asyncio.timeout(WAIT_S):
            while not all(map(is_so, self.consumers)):  # noqa: ASYNC110 - polled
                await asyncio.sleep(0.05)


def percentile(values: list[float], share: float) -> float:
    """Give the value below which a share of all lies."""
    return sorted(values)[int(share * (len(values) - 1))]


async def measure(bench: Bench, seconds: float, pairs: int) -> None:
    """Take all figures of a server, and print them."""
    kb = await bench.connect()
    bar(f"live_memory_{len(bench.consumers)}_consumers", kb, "kB each", 60)
    await bench.flow(1)
    calm, ratios = [], []
    for number in range(pairs):
        if number % 2:
            beside = await bench.stalled(seconds)
            alone = await bench.flow(seconds)
        else:
            alone = await bench.flow(seconds)
            beside = await bench.stalled(seconds)
        calm += alone
        ratios.append(percentile(beside, 0.99) / percentile(alone, 0.99))
    bar("live_delivery_p50", statistics.median(calm), "ms", 100)
    bar("live_delivery_p99", percentile(calm, 0.99), "ms", 500)
    risen = statistics.median(ratios)
    bar("live_p99_beside_a_stalled_consumer", risen, "x", 1.1)
    for name, value in (("least", min(ratios)), ("most", max(ratios))):
        say(Figure(figure=f"live_p99_beside_{name}", value=value, unit="x"))
    bar("live_delete_reaches_everybody", await bench.withdraw(), "ms", 2_000)
    bar("live_recall_reaches_everybody", await bench.recall(), "ms", 2_000)


def bar(figure: str, value: float, unit: str, most: float) -> None:
    """Print a figure that has to be at most so much."""
    say(
        Figure(
            figure=figure,
            value=value,
            unit=unit,
            bar=f"at most {most:g} {unit}",
            met=value <= most,
        )
    )


def main() -> None:
    """Measure."""
    consumers = size("CONSUMERS", 1_000)
    with tempfile.TemporaryDirectory() as parent:
        folder = Path(parent) / "data"
        tokens = asyncio.run(prepare(folder, size("NATIONS", 32), consumers))
        with serve(folder, free_port()) as server:
            server.wait("/health/ready")
            bench = Bench(server, tokens, consumers)
            asyncio.run(measure(bench, size("SECONDS", 4), size("PAIRS", 5)))


if __name__ == "__main__":
    main()
