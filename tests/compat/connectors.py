"""Connectors that read streams, and hold what they were told."""

from typing import Any

import orjson

from foedus.clock import to_ms
from foedus.compat.ids import BEGINNING, EventId
from foedus.compat.reading import Frame, Journey, Reader, begin
from foedus.compat.telling import Wish
from tests.intel.world import ALL, World, viewer


class Connector:
    """A connector that keeps what it is told, and where it is, as OpenCTI's do."""

    def __init__(
        self,
        world: World,
        name: str,
        *,
        recover: bool = True,
        wish: Wish | None = None,
        collections: tuple[str, ...] = (),
    ) -> None:
        self.world = world
        self.name = name
        self.wish = wish or Wish(dependencies=False)
        self.collections = collections
        self.recover_ms = to_ms(world.clock()) if recover else 0
        self.last = BEGINNING
        self.held: dict[str, dict[str, Any]] = {}
        self.events: list[tuple[str, dict[str, Any]]] = []
        self.ids: list[EventId] = []
        self.connect()

    def connect(self) -> None:
        """Begin a connection behind the last id."""
        self.reader = Reader(self.collections, self.wish)
        with self.world.reading.snapshot() as seen:
            self.journey: Journey = begin(
                seen,
                viewer(self.name),
                self.last,
                self.recover_ms,
                self.world.clock(),
            )

    def step(self, upto: int | None = None) -> bool:
        """Take a page, or its first events; tell whether there is more."""
        with self.world.reading.snapshot() as seen:
            sheet = self.reader.read(
                seen, viewer(self.name), self.journey, self.world.clock()
            )
        for frame in sheet.frames[:upto]:
            self.take(frame)
        self.journey = sheet.journey
        if upto is None or upto >= len(sheet.frames):
            self.last = max(self.last, sheet.journey.last)
        return sheet.more

    def catch_up(self) -> "Connector":
        while self.step():
            pass
        return self

    def take(self, frame: Frame) -> None:
        lines = dict(
            line.split(": ", 1) for line in frame.data.decode().strip().split("\n")
        )
        envelope = orjson.loads(lines["data"])
        assert lines["id"] == str(frame.id)
        assert envelope["type"] == lines["event"]
        assert frame.id > self.last, "ids grow, whatever happens"
        self.last = frame.id
        data = envelope["data"]
        if lines["event"] == "delete":
            self.held.pop(data["id"], None)
        else:
            self.held[data["id"]] = data
        self.events.append((lines["event"], envelope))
        self.ids.append(frame.id)

    def said(self) -> list[str]:
        """Say what was told since it was last asked, without definitions."""
        words = [
            f"{name} {envelope['data']['id'][-1]}"
            for name, envelope in self.events
            if envelope["data"]["type"] != "marking-definition"
        ]
        self.events.clear()
        return words


def seen_now(world: World, name: str) -> dict[str, str]:
    """Give the last version of each object that somebody sees."""
    found: dict[str, str] = {}
    for each in world.walk(name, ALL):
        found[each.id] = max(found.get(each.id, ""), each.version)
    return found


def held(connector: Connector) -> dict[str, str]:
    return {
        stix_id: data.get("modified", data["created"])
        for stix_id, data in connector.held.items()
    }
