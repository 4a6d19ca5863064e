"""`foedus doctor`: say what is wrong with a hub, and what to do."""

import os

import click

from foedus.cli.output import REFUSED, give, say, tell
from foedus.cli.serve import PORT_DEFAULT
from foedus.cli.station import Station, on_station
from foedus.folder.doctor import examine, is_well
from foedus.folder.findings import Case, Finding, Level

SECONDS_MAX = 86_400


@click.command("doctor")
@click.option(
    "--port",
    type=click.IntRange(1, 65_535),
    default=PORT_DEFAULT,
    show_default=True,
    help="Where the hub listens on this machine.",
)
@click.option(
    "--seconds",
    type=click.IntRange(1, SECONDS_MAX),
    default=10,
    show_default=True,
    help="How long each file, and the chain, may be read, and passwords tried.",
)
@on_station
def command(station: Station, port: int, seconds: int) -> None:
    """Say what is wrong with the hub, and what to do.

    Looks at files, disk, formats, settings, the chain, the views, backups, clock and
    machine, also where the hub does not start. Mends nothing. Exit code 1: an error.
    """
    case = Case(
        folder=station.folder,
        at=station.clock(),
        environment=os.environ,
        views_version=station.app().views_version(),
        port=port,
        seconds=seconds,
    )
    found: list[Finding] = []
    for finding in examine(case):
        found.append(finding)
        if not station.as_json:
            tell([_line(finding)])
    if station.as_json:
        give(found)
    else:
        errors = sum(each.level is Level.ERROR for each in found)
        warnings = sum(each.level is Level.WARN for each in found)
        say(f"{errors} errors, {warnings} warnings.")
    if not is_well(found):
        click.get_current_context().exit(REFUSED)


def _line(finding: Finding) -> str:
    line = f"{finding.level:<5}  {finding.check}: {finding.what}"
    return f"{line}. To do: {finding.todo}." if finding.todo else f"{line}."
