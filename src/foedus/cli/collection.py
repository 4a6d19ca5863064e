"""`foedus collection`: open collections of intelligence."""

import asyncio
from typing import TypedDict, Unpack

import click

from foedus.cli import spelling
from foedus.cli.output import give, tell
from foedus.cli.station import Station, on_station, operator
from foedus.ids import CollectionId
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
    """Open collections of intelligence."""


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
