"""`foedus release`: let further nations see what an audience could."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import date
from functools import partial
from typing import TypedDict, Unpack

import click

from foedus.cli import spelling
from foedus.cli.acting import acting_as
from foedus.cli.output import give, say, table, tell
from foedus.cli.station import Station, on_station, operator
from foedus.eventlog.envelope import Act
from foedus.ids import Position
from foedus.intel import releasing
from foedus.intel.commands import Desk
from foedus.intel.entitlements import load_releases
from foedus.intel.releases import Draft, find, release_id
from foedus.intel.sheets import (
    ReleaseMade,
    ReleaseSheet,
    release_made,
    release_sheet,
)
from foedus.releasability.viewers import Viewer

_Verb = Callable[[Desk, Viewer, Act, str], Awaitable[Position]]
"""What is done to a release."""


class _Words(TypedDict):
    """The command's options."""

    to: str
    label: str
    since: date
    from_now_on: bool
    include_controlled: bool
    ask: str
    reason: str


_reason = click.option(
    "--reason", metavar="TEXT", default="", help="Why; kept in the log."
)


@click.group("release")
def command() -> None:
    """Let further nations see what an audience could."""


@command.command("add")
@click.option(
    "--to",
    metavar="CODE[,CODE…]",
    type=spelling.listed,
    required=True,
    help="Who shall see it: nations, and communities as they stand today.",
)
@click.option(
    "--label",
    metavar="TEXT",
    required=True,
    help="What this label's audience could see, up to its level, is released.",
)
@click.option(
    "--since",
    metavar="DATE",
    type=spelling.day,
    required=True,
    help="Only information that arrived on that day or later.",
)
@acting_as
@click.option("--from-now-on", is_flag=True, help="What arrives later, too.")
@click.option(
    "--include-controlled",
    is_flag=True,
    help="What is under originator control, too, where all who control agree.",
)
@click.option(
    "--ask",
    metavar="CODE[,CODE…]",
    type=spelling.listed,
    default="",
    help="Nations that are asked to let it cover what they originated.",
)
@_reason
@click.option("--dry-run", is_flag=True, help="Only count what it would release.")
@on_station
def add(station: Station, name: str, *, dry_run: bool, **words: Unpack[_Words]) -> None:
    """Release what the audience of a label could see to further nations."""
    draft = Draft(
        to=_codes(words["to"]),
        label=words["label"],
        since=words["since"],
        from_now_on=words["from_now_on"],
        include_controlled=words["include_controlled"],
        ask=_codes(words["ask"]),
        reason=words["reason"],
    )
    made = asyncio.run(_add(station, name, draft, dry_run=dry_run))
    if station.as_json:
        give(made)
        return
    if made.release is None:
        say("Nothing is released; this is what would be.")
    else:
        tell([f"release  {made.release}"])
    tell([f"objects  {made.objects}"])
    if made.by_label:
        tell(table((str(count), text) for text, count in made.by_label.items()))


@command.command("list")
@click.option(
    "--as",
    "name",
    metavar="NAME",
    type=spelling.name,
    help="Only those that NAME may know of; all by default.",
)
@on_station
def listing(station: Station, name: str | None) -> None:
    """List the releases in the order in which they were made."""
    with station.hub() as hub, hub.reading.snapshot() as seen:
        viewer = (
            operator(seen.access.alliance)
            if name is None
            else hub.authenticator.named(name).viewer()
        )
        found = [release_sheet(each) for each in releasing.shown(seen, viewer)]
    if station.as_json:
        give(found)
    else:
        tell(table(_row(each) for each in found))


@command.command("consent")
@click.argument("release", metavar="ID")
@acting_as
@on_station
def consent(station: Station, release: str, name: str) -> None:
    """Let the release ID cover what one's own nation originated."""
    _answer(station, asyncio.run(_change(station, name, release, releasing.consent)))


@command.command("withdraw")
@click.argument("release", metavar="ID")
@acting_as
@_reason
@on_station
def withdraw(station: Station, release: str, name: str, reason: str) -> None:
    """End the release ID, or one's own nation's consent to it."""
    end = partial(releasing.withdraw, reason=reason)
    _answer(station, asyncio.run(_change(station, name, release, end)))


async def _add(
    station: Station, name: str, draft: Draft, *, dry_run: bool
) -> ReleaseMade:
    with station.hub() as hub:
        account = hub.authenticator.named(name)
        viewer, act = account.viewer(), station.act_for(account)
        if dry_run:
            return release_made(
                None, await releasing.dry_run(hub.desk, viewer, act, draft)
            )
        release, preview, position = await releasing.add(hub.desk, viewer, act, draft)
        await hub.seen([position])
        await hub.delivered()
    return release_made(release, preview)


async def _change(
    station: Station, name: str, release: str, verb: _Verb
) -> ReleaseSheet:
    with station.hub() as hub:
        account = hub.authenticator.named(name)
        viewer, found = account.viewer(), release_id(release)
        position = await verb(hub.desk, viewer, station.act_for(account), found)
        await hub.seen([position])
        await hub.delivered()
        with hub.reading.snapshot() as seen:
            changed = find(load_releases(seen.db), found, viewer, seen.access)
    return release_sheet(changed)


def _answer(station: Station, sheet: ReleaseSheet) -> None:
    if station.as_json:
        give(sheet)
    else:
        tell(table([_row(sheet)]))


def _row(sheet: ReleaseSheet) -> tuple[str, ...]:
    reach = f"since {sheet.since}" + (", from now on" if sheet.from_now_on else "")
    to = ", ".join(sheet.to)
    return (sheet.release, sheet.state, sheet.nation, f"to {to}", reach, sheet.label)


def _codes(text: str) -> tuple[str, ...]:
    return tuple(text.split(",")) if text else ()
