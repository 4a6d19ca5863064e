"""`foedus collection`: open and list collections of intelligence."""

import asyncio
from operator import attrgetter
from typing import Final, TypedDict, Unpack

import click
import msgspec

from foedus.cli import spelling
from foedus.cli.acting import reading_as
from foedus.cli.output import give, table, tell
from foedus.cli.station import Station, on_station, operator
from foedus.ids import CollectionId
from foedus.intel.collections import Collection
from foedus.intel.commands import open_collection
from foedus.intel.rules import HOLD_MINUTES_MAX, Opening


class _Words(TypedDict):
    """The command's arguments and options."""

    alias: str
    title: str
    id: str | None
    default_label: str | None
    read: str
    write: str
    tear_lines: bool
    hold_minutes: int


@click.group("collection")
def command() -> None:
    """Open and list collections of intelligence."""


@command.command("add")
@click.argument("alias", type=spelling.name)
@click.option("--title", metavar="T", required=True, help="What it is called in lists.")
@click.option(
    "--id", metavar="UUID", type=spelling.uuid_text, help="A new one by default."
)
@click.option(
    "--default-label",
    metavar="TEXT",
    help="What unmarked input gets; the originator only by default.",
)
@click.option(
    "--read",
    metavar="SPEC",
    type=spelling.listed,
    default="MEMBERS",
    show_default=True,
    help="Who may read: codes of nations and communities, comma-separated.",
)
@click.option(
    "--write",
    metavar="SPEC",
    type=spelling.listed,
    default="",
    help="Who may write, likewise; nobody by default.",
)
@click.option(
    "--tear-lines",
    is_flag=True,
    help="Publish an object with marked properties together with its tear line.",
)
@click.option(
    "--hold-references",
    "hold_minutes",
    metavar="MINUTES",
    type=click.IntRange(0, HOLD_MINUTES_MAX),
    default=0,
    help="Let objects wait so long for what they refer to; not at all by default.",
)
@on_station
def add(station: Station, **words: Unpack[_Words]) -> None:
    """Open the collection ALIAS."""
    collection = asyncio.run(_open(station, Opening(**words)))
    if station.as_json:
        give({"id": collection, "alias": words["alias"]})
    else:
        tell([f"collection  {words['alias']}", f"id          {collection}"])


async def _open(station: Station, opening: Opening) -> CollectionId:
    with station.hub() as hub:
        alliance = hub.alliance
        collection, position = await open_collection(
            hub.desk,
            operator(alliance),
            station.act(alliance.code),
            opening,
        )
        await hub.seen([position])
    return collection


@command.command("list")
@reading_as
@on_station
def listing(station: Station, name: str | None) -> None:
    """List the collections, by alias."""
    with station.hub() as hub, hub.reading.snapshot() as seen:
        if name is None:
            found = seen.every_collection()
        else:
            found = seen.collections(hub.authenticator.named(name).viewer())
    found.sort(key=attrgetter("alias"))
    if station.as_json:
        give([_document(each) for each in found])
    else:
        tell(table([_HEAD, *map(_row, found)]) if found else ())


_HEAD: Final = ("collection", "id", "unmarked input gets", "title")


def _row(collection: Collection) -> tuple[str, ...]:
    return (
        collection.alias,
        collection.id,
        collection.default_label or "the originator only",
        collection.title,
    )


def _document(collection: Collection) -> dict[str, object]:
    document = msgspec.structs.asdict(collection)
    del document["key"]  # counts all collections
    return document
