"""`foedus protocol calendar`: when nations work, for clocks of working time."""

import asyncio
from pathlib import Path

import click

from foedus.cli.acting import acting_as, reading_as
from foedus.cli.output import give, table, tell
from foedus.cli.station import Station, on_station
from foedus.hub import Hub
from foedus.response import calendar_commands
from foedus.response.calendar_commands import CalendarSheet


@click.group("calendar")
def command() -> None:
    """Say when nations work: what clocks of working time count by."""


@command.command("import")
@click.argument(
    "file", metavar="FILE", type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
@acting_as
@on_station
def import_calendars(station: Station, file: Path, name: str) -> None:
    """Take in the calendars in FILE, all or none; runs that start then count by them.

    FILE is a list in JSON of {"nation", "zone", "days", "hours", "holidays", "quiet",
    "basis"}; only nation and basis are needed.
    """
    raw = file.read_bytes()

    async def work(hub: Hub) -> None:
        account = hub.authenticator.named(name)
        positions = await calendar_commands.bring(
            hub.desk, account.viewer(), station.act_for(account), raw
        )
        await hub.seen(positions)

    with station.hub() as hub:
        asyncio.run(work(hub))
        nations = calendar_commands.read_calendars(raw, hub.alliance)
        with hub.reading.snapshot() as seen:
            known = calendar_commands.list_calendars(seen.db, hub.alliance)
    brought = {each.nation for each in nations}
    _show(station, [each for each in known if each.nation in brought])


@command.command("list")
@reading_as
@on_station
def listing(station: Station, name: str | None) -> None:
    """List the calendar of each nation, and where it is from."""
    del name  # every account may know them
    with station.hub() as hub, hub.reading.snapshot() as seen:
        found = calendar_commands.list_calendars(seen.db, hub.alliance)
    _show(station, found)


@command.command("show")
@click.argument("nation", metavar="NATION")
@reading_as
@on_station
def show(station: Station, nation: str, name: str | None) -> None:
    """Show the calendar of NATION with each of its holidays and quiet hours."""
    del name  # every account may know them
    with station.hub() as hub, hub.reading.snapshot() as seen:
        found = calendar_commands.find_calendar(seen.db, hub.alliance, nation)
    if station.as_json:
        give(found)
        return
    tell(
        [
            f"nation    {found.nation}",
            f"zone      {found.zone}",
            f"days      {' '.join(map(str, found.days))}",
            f"hours     {' '.join(found.hours)}",
            f"quiet     {' '.join(found.quiet) or 'none'}",
            f"holidays  {' '.join(found.holidays) or 'none'}",
            f"from      {found.basis}",
        ]
    )


def _show(station: Station, found: list[CalendarSheet]) -> None:
    if station.as_json:
        give(found)
    else:
        tell(table(map(_row, found)))


def _row(each: CalendarSheet) -> tuple[str, ...]:
    return (
        each.nation,
        each.zone,
        "days " + " ".join(map(str, each.days)),
        " ".join(each.hours),
        f"{len(each.holidays)} holidays",
        each.basis,
    )
