"""`foedus log`: check that nothing in the log was altered."""

import click

from foedus.cli.output import give, position_progress, tell
from foedus.cli.station import Station, on_station, readable


@click.group("log")
def command() -> None:
    """Check that nothing in the log was altered."""


@command.command("verify")
@on_station
def verify(station: Station) -> None:
    """Check every entry of the log against the chain.

    Finds any altered byte, and names the first position that is not what was written.
    """
    app = station.app()
    folder = station.folder
    with readable(folder):
        # Without views: they may not fold what is to be found altered here.
        log = app.open_log(folder)
        try:
            with position_progress("Verifying", log.head()) as progress:
                position = log.verify(progress)
        finally:
            log.close()
    if station.as_json:
        give({"valid": True, "position": position})
    else:
        tell([f"All {position} entries are what was written."])
