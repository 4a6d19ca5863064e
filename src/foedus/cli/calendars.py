"""`foedus protocol calendar`: when nations work, for clocks of working time."""

import asyncio
from pathlib import Path

import click
import msgspec

from foedus.cli.acting import acting_as, reading_as
from foedus.cli.output import give, table, tell
from foedus.cli.station import Station, on_station
from foedus.hub import Hub
from foedus.response import calendar_commands
from foedus.response.calendars import Calendar


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
        brought = calendar_commands.read_calendars(raw, hub.alliance)
    _show(station, brought)


@command.command("list")
@reading_as
@on_station
def listing(station: Station, name: str | None) -> None:
    """List the calendar of each nation, and where it is from."""
    del name  # every account may know them
    with station.hub() as hub, hub.reading.snapshot() as seen:
        found = calendar_commands.calendars_known(seen.db, hub.alliance.nations)
    _show(station, list(found))


def _show(station: Station, found: list[Calendar]) -> None:
    if station.as_json:
        give([msgspec.structs.asdict(each) for each in found])
    else:
        tell(table(map(_row, found)))


def _row(each: Calendar) -> tuple[str, ...]:
    return (
        each.nation,
        each.zone,
        "days " + " ".join(map(str, each.days)),
        " ".join(each.hours),
        f"{len(each.holidays)} holidays",
        each.basis,
    )
