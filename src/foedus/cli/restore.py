"""`foedus restore`: make a data folder of a backup."""

import asyncio
from datetime import datetime
from pathlib import Path

import click

from foedus.cli.output import give, progress, say, tell
from foedus.cli.station import Station, on_station, readable
from foedus.folder.redactions import read_list
from foedus.folder.restore import Restored, restore


@click.command("restore")
@click.argument("file", metavar="FILE", type=click.Path(path_type=Path))
@click.option(
    "--redactions",
    metavar="LIST",
    type=click.Path(path_type=Path),
    help="What was redacted since, from 'foedus log redactions': it is erased again.",
)
@on_station
def command(station: Station, file: Path, redactions: Path | None) -> None:
    """Make a data folder of the backup FILE: an empty one, or a new one.

    Every byte and every entry is checked first, and the views are folded. Sessions
    end; passwords and tokens are those of the backup.
    """
    listed = () if redactions is None else read_list(redactions)
    opening = station.app().opening()
    with readable(station.folder):
        restored = asyncio.run(
            restore(file, station.folder, opening, redactions=listed, watch=progress)
        )
    _answer(station, restored, is_told_of_redactions=redactions is not None)


def _answer(
    station: Station, restored: Restored, *, is_told_of_redactions: bool
) -> None:
    manifest = restored.manifest
    if station.as_json:
        give(
            {
                "folder": str(station.folder),
                "alliance": manifest.alliance,
                "made": manifest.made,
                "position": manifest.position,
                "erased": restored.erased,
            }
        )
    else:
        what = f"Restored {manifest.position} entries of {manifest.alliance}"
        tell([f"{what} into {station.folder}, as they were at {manifest.made}."])
    say(
        "Passwords, tokens and statuses are as they were then: close and revoke again "
        "what was closed and revoked since."
    )
    if not is_told_of_redactions:
        say(
            f"What was redacted after entry {manifest.position} is here again: erase "
            "it with 'foedus log redact' before you serve this folder."
        )
    if manifest.arrival and datetime.fromisoformat(manifest.arrival) > station.clock():
        say(
            "The clock of this machine is earlier than the last entry: set it before "
            "you serve this folder."
        )
