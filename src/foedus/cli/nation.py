"""`foedus nation`: ask who is a member, a partner, and since when; and change it."""

import asyncio
from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING

import click

from foedus.alliance.nations import Alliance
from foedus.alliance.sheets import (
    NOW,
    NationLine,
    NationSheet,
    nation_lines,
    nation_sheet,
)
from foedus.alliance.statuses import Status
from foedus.cli import spelling
from foedus.cli.output import give, table, tell
from foedus.cli.station import Station, on_station

if TYPE_CHECKING:
    # What it imports takes longer than most commands run.
    from foedus.hub import StatusChange


_CLOSING = frozenset({Status.SUSPENDED, Status.NONE})
"""What opens nothing, whatever a nation was before."""

_as_of = click.option(
    "--as-of", metavar="DATE", type=spelling.day, help="On which day; today by default."
)


@click.group("nation")
def command() -> None:
    """Ask who is a member, a partner, and since when; and change it."""


@command.command("list")
@_as_of
@click.option(
    "--status",
    metavar="S",
    type=click.Choice([status.value for status in Status]),
    help="Only those of one status: " + ", ".join(Status) + ".",
)
@on_station
def listing(station: Station, as_of: date | None, status: str | None) -> None:
    """List the nations with their status, by code."""
    alliance = station.access().alliance
    on = as_of or station.clock().date()
    lines = nation_lines(alliance, on, Status(status) if status else None)
    if station.as_json:
        give(lines)
    else:
        tell(table((each.code, each.status, _day(each), each.name) for each in lines))


@command.command("show")
@click.argument("code")
@_as_of
@on_station
def show(station: Station, code: str, as_of: date | None) -> None:
    """Show one nation, by its code or name."""
    alliance = station.access().alliance
    sheet = nation_sheet(alliance, code, as_of or station.clock().date())
    if station.as_json:
        give(sheet)
    else:
        tell(_lines(sheet, alliance))


@command.command("set-status")
@click.argument("code")
@click.argument("status", type=click.Choice([status.value for status in Status]))
@click.option(
    "--from",
    "since",
    metavar="DATE",
    type=spelling.day,
    required=True,
    help="Its first day, past or to come; a day begins at 00:00 UTC.",
)
@click.option(
    "--as",
    "name",
    metavar="NAME",
    type=spelling.name,
    required=True,
    help="On behalf of whom of the alliance's own staff.",
)
@on_station
def set_status(
    station: Station, code: str, status: str, since: date, name: str
) -> None:
    """Record that the nation CODE has the status STATUS from a day on."""
    change = asyncio.run(_set_status(station, name, code, Status(status), since))
    if station.as_json:
        give(
            {
                "nation": change.nation,
                "status": change.status,
                "from": change.since,
                "position": change.position,
                "acts": change.acts,
            }
        )
    else:
        tell([_sentence(change, station.clock().date())])


async def _set_status(
    station: Station, name: str, code: str, status: Status, since: date
) -> "StatusChange":
    with station.hub() as hub:
        account = hub.authenticator.named(name)
        return await hub.change_status(
            account, station.act_for(account), code, status=status, since=since
        )


def _sentence(change: "StatusChange", today: date) -> str:
    said = f"{change.nation} has the status {change.status} from {change.since} on; "
    if change.acts != NOW:
        return said + (
            f"on who may see what it acts from {change.acts}, 00:00 UTC, and not before"
        )
    if change.since == today:
        return said + "on who may see what it acts now"
    if change.status in _CLOSING:
        return said + "on who may see what it acts from now, and not back to that day"
    return said + (
        "on who may see what it acts from now: the past date opens nothing by itself, "
        "so release what arrived before with `foedus release add`"
    )


def _lines(sheet: NationSheet, alliance: Alliance) -> Iterator[str]:
    yield f"{sheet.code}  {sheet.name}, as of {sheet.as_of}"
    yield f"status       {sheet.status} since {_day(sheet)}"
    yield f"communities  {', '.join(sheet.communities) or 'none'}"
    for each in sheet.frameworks:
        name = alliance.frameworks[each.framework].name
        yield f"framework    {name}" + (f", since {each.since}" if each.since else "")


def _day(line: NationLine) -> str:
    return line.since.isoformat() if line.since else "-"
