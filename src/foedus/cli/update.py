"""`foedus update`: policy updates, their editions, and who acknowledged them."""

import asyncio
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import TypedDict, Unpack

import click

from foedus.cli import spelling
from foedus.cli.acting import acting_as
from foedus.cli.output import give, say, tell
from foedus.cli.station import Station, on_station, reader
from foedus.errors import InvalidInputError
from foedus.guidance import commands, taking, updates
from foedus.guidance.commands import Publishing
from foedus.guidance.foreign import FEED_BYTES_MAX, Feed, read_feed
from foedus.guidance.rules import TEXT_MAX
from foedus.guidance.taking import Taken
from foedus.guidance.updates import UpdateDiff, UpdateHistory, UpdateSheet

BYTES_MAX = TEXT_MAX * 4
"""Bytes of a file that are read: as many as the longest text has in UTF-8."""


class _Words(TypedDict):
    """What is published, as options."""

    title: str
    effective: date
    label: str
    edition_of: str


_as_reader = click.option(
    "--as",
    "name",
    metavar="NAME",
    type=spelling.name,
    help="As NAME may see it; everything by default.",
)


@click.group("update")
def command() -> None:
    """Publish policy updates, read and acknowledge them."""


@command.command("publish")
@click.argument("file", metavar="FILE")
@click.option("--title", metavar="TEXT", required=True, help="What it is called.")
@click.option(
    "--effective",
    metavar="DATE",
    type=spelling.day,
    required=True,
    help="The day from which it applies.",
)
@click.option(
    "--label",
    metavar="TEXT",
    default="",
    help="Who may see it; the author's nation alone by default.",
)
@click.option(
    "--edition-of",
    metavar="ID",
    default="",
    help="A further edition of the update ID, under its label.",
)
@acting_as
@on_station
def publish(station: Station, file: str, name: str, **words: Unpack[_Words]) -> None:
    """Publish the text in FILE, `-` for stdin, as a policy update."""
    if words["edition_of"] and words["label"]:
        raise click.UsageError("an edition has the label of the first; leave --label")
    sent = Publishing(
        title=words["title"],
        text=_read(file),
        effective=words["effective"],
        label=words["label"],
    )
    update, edition = asyncio.run(_publish(station, name, words["edition_of"], sent))
    if station.as_json:
        give({"update": update, "edition": edition})
    else:
        tell([f"update  {update}  edition {edition}"])


@command.command("import")
@click.argument("file", metavar="FILE")
@click.option(
    "--label",
    metavar="TEXT",
    default="",
    help="Who may see them; the author's nation alone by default.",
)
@acting_as
@on_station
def take_in(station: Station, file: str, label: str, name: str) -> None:
    """Publish the entries of an RSS or Atom feed in FILE, `-` for stdin.

    The same feed again brings only what is new or changed.
    """
    taken = asyncio.run(_take_in(station, name, read_feed(_bytes(file)), label))
    if station.as_json:
        give(taken)
        return
    tell(f"new      {each}" for each in taken.published)
    tell(f"changed  {each}" for each in taken.changed)
    say(
        f"{taken.title}: {len(taken.published)} new, {len(taken.changed)} changed, "
        f"{taken.unchanged} known, {taken.left_out} left out."
    )


@command.command("list")
@_as_reader
@on_station
def listing(station: Station, name: str | None) -> None:
    """List the updates by their last editions, the last published first."""
    found: list[UpdateSheet] = []
    with station.hub() as hub, hub.reading.snapshot() as seen:
        viewer, after = reader(hub, name), None
        while page := updates.list_updates(seen.db, seen.access, viewer, after=after):
            found += page
            after = page[-1].update
    if station.as_json:
        give(found)
    else:
        tell(line for each in found for line in _head(each))


@command.command("show")
@click.argument("update", metavar="ID")
@_as_reader
@on_station
def show(station: Station, update: str, name: str | None) -> None:
    """Show the update ID with its text and all its editions."""
    found = _found(station, update, name)
    if station.as_json:
        give(found)
    else:
        tell([*_head(found), "", *found.text.splitlines()])


@command.command("diff")
@click.argument("update", metavar="ID")
@click.option("--older", metavar="N", type=int, help="The one before by default.")
@click.option("--newer", metavar="N", type=int, help="The last one by default.")
@_as_reader
@on_station
def diff(
    station: Station,
    update: str,
    older: int | None,
    newer: int | None,
    name: str | None,
) -> None:
    """Say what changed between two editions of the update ID."""
    found = updates.diff(_found(station, update, name), older=older, newer=newer)
    if station.as_json:
        give(found)
    else:
        tell(_changes(found))


@command.command("ack")
@click.argument("update", metavar="ID")
@click.option("--edition", metavar="N", type=int, help="The last one by default.")
@acting_as
@on_station
def ack(station: Station, update: str, edition: int | None, name: str) -> None:
    """Acknowledge the update ID on behalf of NAME's nation."""
    nation, number = asyncio.run(_acknowledge(station, name, update, edition))
    if station.as_json:
        give({"update": update, "edition": number, "nation": nation})
    else:
        tell([f"{nation} acknowledged edition {number} of {update}"])


async def _publish(
    station: Station, name: str, edition_of: str, sent: Publishing
) -> tuple[str, int]:
    with station.hub() as hub:
        account = hub.authenticator.named(name)
        viewer, act = account.viewer(), station.act_for(account)
        if edition_of:
            update = edition_of
            edition, position = await commands.publish_edition(
                hub.bureau, viewer, act, edition_of, sent
            )
        else:
            edition = 1
            update, position = await commands.publish(hub.bureau, viewer, act, sent)
        await hub.seen([position])
    return update, edition


async def _take_in(station: Station, name: str, feed: Feed, label: str) -> Taken:
    with station.hub() as hub:
        account = hub.authenticator.named(name)
        taken, position = await taking.take_in(
            hub.bureau, account.viewer(), station.act_for(account), feed, label
        )
        if position is not None:
            await hub.seen([position])
    return taken


async def _acknowledge(
    station: Station, name: str, update: str, edition: int | None
) -> tuple[str, int]:
    with station.hub() as hub:
        account = hub.authenticator.named(name)
        number, position = await commands.acknowledge(
            hub.bureau, account.viewer(), station.act_for(account), update, edition
        )
        await hub.seen([position])
    return account.nation, number


def _found(station: Station, update: str, name: str | None) -> UpdateHistory:
    with station.hub() as hub, hub.reading.snapshot() as seen:
        return updates.find_update(seen.db, seen.access, reader(hub, name), update)


def _read(file: str) -> str:
    try:
        return _bytes(file, BYTES_MAX).decode()
    except UnicodeDecodeError as error:
        raise InvalidInputError(f"{file} is not UTF-8; write it so") from error


def _bytes(file: str, most: int = FEED_BYTES_MAX) -> bytes:
    """Read a file, and one byte more than may be: whoever judges it sees that."""
    try:
        if file == "-":
            return sys.stdin.buffer.read(most + 1)
        with Path(file).open("rb") as opened:
            return opened.read(most + 1)
    except OSError as error:
        raise InvalidInputError(f"{file} cannot be read: {error.strerror}") from error


def _head(each: UpdateSheet) -> Iterator[str]:
    yield f"{each.update}  edition {each.edition}  effective {each.effective}"
    yield f"  {each.title}"
    yield f"  by {each.author}; {each.label}"
    told = ", ".join(f"{one.nation} ({one.edition})" for one in each.acknowledged)
    yield f"  acknowledged by {told or 'nobody'}"


def _changes(found: UpdateDiff) -> Iterator[str]:
    signs = {"same": " ", "added": "+", "removed": "-"}
    before, after = found.effective
    yield f"--- edition {found.older}, effective {before}"
    yield f"+++ edition {found.newer}, effective {after}"
    yield from (f"{signs[each.change]} {each.text}" for each in found.lines)
