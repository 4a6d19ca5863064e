"""`foedus live`: follow what comes and goes, as somebody sees it."""

import asyncio
from typing import Final, TypedDict, Unpack

import click
import orjson

from foedus.cli import spelling
from foedus.cli.station import Station, on_station
from foedus.clock import Clock
from foedus.errors import NotFoundError
from foedus.hub import Hub
from foedus.intel.courses import KEY, Course, Ids, after, begin, read, resume
from foedus.intel.places import KINDS, Interest
from foedus.intel.reading import Snapshot
from foedus.intel.sieves import CONFIDENCE_MAX, narrow
from foedus.intel.telling import Teller
from foedus.releasability.viewers import Viewer

CHANGES_MAX: Final = 100
"""Changes that are read at once; bounds memory."""

LOOK_S: Final = 1.0
"""Seconds between two looks when nobody rings."""


class _Following(TypedDict):
    """What is followed, and from where."""

    kinds: tuple[str, ...]
    types: tuple[str, ...]
    aliases: tuple[str, ...]
    labels: tuple[str, ...]
    confidence_min: int
    pattern: str
    snapshot: bool
    last: str
    follow: bool


@click.group("live")
def command() -> None:
    """Follow what comes and goes, as somebody sees it."""


@command.command("tail")
@click.option(
    "--as",
    "name",
    metavar="NAME",
    type=spelling.name,
    required=True,
    help="Who looks.",
)
@click.option(
    "--kind",
    "kinds",
    metavar="K",
    multiple=True,
    type=click.Choice(KINDS),
    help="Only news of this kind; several times for several.",
)
@click.option(
    "--type", "types", metavar="TYPE", multiple=True, help="Only objects of this type."
)
@click.option(
    "--collection",
    "aliases",
    metavar="ALIAS",
    multiple=True,
    help="Only of this collection, by alias or id.",
)
@click.option(
    "--label",
    "labels",
    metavar="TEXT",
    multiple=True,
    help="Only up to this level, or with exactly this label; several times for more.",
)
@click.option(
    "--confidence-min",
    metavar="N",
    type=click.IntRange(0, CONFIDENCE_MAX),
    default=0,
    help="Only objects as sure as this.",
)
@click.option(
    "--pattern", metavar="P", default="", help="Only what this STIX pattern asks for."
)
@click.option("--snapshot", is_flag=True, help="First what there is already.")
@click.option(
    "--after", "last", metavar="ID", default="", help="Go on behind this id instead."
)
@click.option(
    "--follow/--no-follow", default=True, help="Stay for what comes, or end when read."
)
@on_station
def tail(station: Station, name: str, **words: Unpack[_Following]) -> None:
    """Print what NAME may see as it comes and goes, one JSON object a line.

    Each has its event, its id and the data of the event. It reads the data folder,
    beside a server or without one.
    """
    with station.hub() as hub:
        asyncio.run(_follow(hub, station.clock, name, words))


async def _follow(hub: Hub, clock: Clock, name: str, words: _Following) -> None:
    rung = asyncio.Event()
    loop = asyncio.get_running_loop()

    def ring() -> None:
        loop.call_soon_threadsafe(rung.set)

    unlisten = hub.log.listen(ring)
    try:
        viewer = hub.authenticator.named(name).viewer()
        tailing = _Tailing(hub, clock, viewer, words)
        while True:
            rung.clear()
            hub.projector.catch_up()
            # Whoever may look no longer is told so, in place of what follows.
            viewer = hub.authenticator.named(name).viewer()
            while tailing.print_page(viewer):
                pass
            if not words["follow"]:
                return
            try:
                async with asyncio.timeout(LOOK_S):
                    await rung.wait()
            except TimeoutError:
                continue
    finally:
        unlisten()


class _Tailing:
    """What is printed for one viewer."""

    def __init__(
        self, hub: Hub, clock: Clock, viewer: Viewer, words: _Following
    ) -> None:
        self._hub = hub
        self._clock = clock
        self._ids = Ids(hub.store.key(KEY))
        with hub.reading.snapshot() as seen:
            self._interest = _interest(seen, viewer, words)
            self._course = self._begin(seen, viewer, words)

    def _begin(self, seen: Snapshot, viewer: Viewer, words: _Following) -> Course:
        now = self._clock()
        if words["last"]:
            told = self._ids.open(viewer, words["last"])
            return resume(seen, viewer, told, now)
        return begin(seen, viewer, now, snapshot=words["snapshot"])

    def print_page(self, viewer: Viewer) -> bool:
        """Print what follows; tell whether there is more already."""
        now = self._clock()
        with self._hub.reading.snapshot() as seen:
            teller = Teller(seen.access)
            stretch = read(
                seen, viewer, self._interest, self._course, limit=CHANGES_MAX
            )
        for told, change in stretch.changes:
            event, data = teller.tell(change)
            head = {"event": event, "event_id": self._ids.seal(viewer, told)}
            click.echo(orjson.dumps(head)[:-1] + b"," + data[1:])
        self._course = after(self._course, stretch, now)
        return stretch.more


def _interest(seen: Snapshot, viewer: Viewer, words: _Following) -> Interest:
    found = [seen.collection(viewer, each) for each in words["aliases"]]
    if not all(each.can_read for each in found):
        raise NotFoundError("no such collection; list those that are there for you")
    interest = Interest(
        kinds=tuple(sorted(set(words["kinds"]))),
        types=tuple(sorted(set(words["types"]))),
        collections=tuple(sorted({each.id for each in found})),
    )
    return narrow(
        seen,
        interest,
        labels=words["labels"],
        confidence_min=str(words["confidence_min"]),
        pattern=words["pattern"],
    )
