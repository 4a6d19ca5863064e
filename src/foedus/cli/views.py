"""`foedus views`: make the views anew from the log."""

import click

from foedus.cli.output import give, position_progress, tell
from foedus.cli.station import Station, on_station


@click.group("views")
def command() -> None:
    """Make the views anew from the log."""


@command.command("rebuild")
@on_station
def rebuild(station: Station) -> None:
    """Drop every table of the views and fold the whole log anew.

    A server beside it goes on reading the old tables until this is done.
    """
    with (
        station.hub() as hub,
        position_progress("Rebuilding", hub.log.head()) as progress,
    ):
        position = hub.projector.rebuild(progress)
    if station.as_json:
        give({"position": position})
    else:
        tell([f"Rebuilt from {position} entries."])
