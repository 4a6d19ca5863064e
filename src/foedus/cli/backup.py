"""`foedus backup`: the whole hub in one file, while it runs."""

from pathlib import Path

import click
import msgspec

from foedus.cli.output import give, progress, say, tell
from foedus.cli.station import Station, on_station, readable
from foedus.folder import backup
from foedus.folder.archive import Part
from foedus.folder.backup import Made


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """What is told of a backup under `--json`."""

    path: str
    bytes: int
    foedus: str
    alliance: str
    made: str
    position: int
    digest: str
    redactions: int
    verified: bool
    parts: tuple[Part, ...]


@click.group("backup", invoke_without_command=True)
@click.option(
    "-o",
    "--output",
    metavar="FILE",
    type=click.Path(dir_okay=False, path_type=Path),
    help="The file to make, such as hub-2026-11-23.tar.zst.",
)
@click.option("--force", is_flag=True, help="Replace a file of that name.")
@on_station
def command(station: Station, output: Path | None, force: bool) -> None:  # noqa: FBT001
    """Back the hub up into one file, while it runs.

    Log and state are of one instant, and every entry is checked. The file holds
    credentials and everything that the hub holds: keep it as you keep the hub.
    """
    context = click.get_current_context()
    if context.invoked_subcommand is not None:
        if output is not None or force:
            raise click.UsageError("-o and --force are of 'foedus backup' itself")
        return
    if output is None:
        raise click.UsageError("name the file to make: foedus backup -o FILE")
    with readable(output.parent):
        made = backup.back_up(
            station.folder, output, at=station.clock(), force=force, watch=progress
        )
    if station.as_json:
        give(_told(made))
        return
    tell([f"{made.path}  {made.bytes} bytes, {made.manifest.position} entries"])
    say("It holds credentials and all intelligence: encrypt it where it leaves here.")


@command.command("verify")
@click.argument("file", metavar="FILE", type=click.Path(path_type=Path))
@click.option(
    "--scratch",
    metavar="DIR",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Where there is room to unpack it; by default beside the file.",
)
@on_station
def verify(station: Station, file: Path, scratch: Path | None) -> None:
    """Check every byte of a backup, and every entry of the log in it."""
    beside = scratch or file.absolute().parent
    with readable(beside):
        made = backup.examine(file, scratch=beside, watch=progress)
    if station.as_json:
        give(_told(made))
        return
    manifest = made.manifest
    what = f"A backup of {manifest.alliance}, made {manifest.made}"
    tell([f"{what}: all {manifest.position} entries are what was written."])


def _told(made: Made) -> Told:
    manifest = made.manifest
    return Told(
        path=str(made.path),
        bytes=made.bytes,
        foedus=manifest.foedus,
        alliance=manifest.alliance,
        made=manifest.made,
        position=manifest.position,
        digest=manifest.digest,
        redactions=manifest.redactions,
        verified=manifest.verified,
        parts=manifest.parts,
    )
