"""`foedus receipts`: what a nation's people and services were given."""

from datetime import date

import click

from foedus.cli import spelling
from foedus.cli.output import give, table, tell
from foedus.cli.station import Station, on_station
from foedus.processes.receipt_sheets import receipts


@click.group("receipts")
def command() -> None:
    """Ask what was given to a nation's people and services."""


@command.command("list")
@click.option(
    "--as",
    "name",
    metavar="NAME",
    type=spelling.name,
    required=True,
    help="An auditor; what NAME's own nation was given is listed.",
)
@click.option(
    "--before",
    metavar="DATE",
    type=spelling.day,
    default=None,
    help="Only of earlier days.",
)
@on_station
def listing(station: Station, name: str, before: date | None) -> None:
    """List what NAME's nation was given, the newest day first."""
    with station.hub() as hub:
        viewer = hub.authenticator.named(name).viewer()
        with hub.reading.snapshot() as seen:
            found = receipts(seen, hub.receipts.receipts, viewer, before=before)
    if station.as_json:
        give(found)
    else:
        tell(
            table(
                (
                    str(each.day),
                    each.collection,
                    each.reader or f"persons cleared for {each.clearance}",
                    each.door,
                    f"{each.after:%Y-%m-%dT%H:%M:%S.%fZ}",
                    f"{each.until:%Y-%m-%dT%H:%M:%S.%fZ}",
                )
                for each in found
            )
        )
