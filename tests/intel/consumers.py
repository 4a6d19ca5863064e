"""Consumers that follow a hub, and what they hold by what they were told."""

from foedus.intel.following import follow
from foedus.intel.places import BEGINNING, Change, Interest
from tests.intel.world import ALL, World, viewer

Name = tuple[str, str, str]
EVERYTHING = Interest()


class Consumer:
    """Who follows, and what it holds by what it was told."""

    def __init__(
        self, world: World, name: str, interest: Interest = EVERYTHING
    ) -> None:
        self.world = world
        self.name = name
        self.interest = interest
        self.place = BEGINNING
        self.held: dict[Name, bytes] = {}
        self.told: list[Change] = []
        self.last: Change | None = None

    def step(self, limit: int = 1_000) -> bool:
        """Read on; tell whether there is more."""
        with self.world.reading.snapshot() as seen:
            who = viewer(self.name)
            found = follow(seen, who, self.interest, self.place, limit=limit)
        self.take(found.changes)
        self.last = found.last
        assert found.place >= self.place
        self.place = found.place
        return found.more

    def catch_up(self, limit: int = 1_000) -> "Consumer":
        while self.step(limit):
            pass
        return self

    def take(self, changes: tuple[Change, ...]) -> None:
        for each in changes:
            name = (each.collection, each.id, each.version)
            if each.is_lost:
                self.held.pop(name, None)
            else:
                self.held[name] = each.raw
            self.told.append(each)

    def said(self) -> list[str]:
        """Say what was told since it was last asked, without definitions."""
        words = [
            f"{'-' if each.is_lost else '+'}{each.id[-1]}"
            for each in self.told
            if each.type != "marking-definition"
        ]
        self.told.clear()
        return words


def visible(world: World, name: str, *aliases: str) -> dict[Name, bytes]:
    return {
        (world.collection(name, alias).id, each.id, each.version): each.raw
        for alias in aliases or ("c",)
        for each in world.walk(name, ALL, alias=alias)
    }
