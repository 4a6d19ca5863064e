"""`foedus identity`: register the identities under which nations publish."""

import asyncio
from collections.abc import Iterable, Iterator

import click

from foedus.cli.acting import acting_as
from foedus.cli.output import give, table, tell
from foedus.cli.station import Station, on_station
from foedus.intel.identities import (
    PAGE_SIZE_MAX,
    Registered,
    all_registered,
    read_registration,
    register,
)


@click.group("identity")
def command() -> None:
    """Register the identities under which nations publish."""


@command.command("register")
@click.argument("identity", metavar="STIX-IDENTITY-ID")
@click.option("--nation", metavar="CODE", required=True, help="Whose identity it is.")
@acting_as
@on_station
def registering(station: Station, identity: str, nation: str, name: str) -> None:
    """Register an identity: from now on only its nation publishes under it."""
    done = asyncio.run(_register(station, name, identity=identity, nation=nation))
    if station.as_json:
        give(done)
    else:
        tell(_lines((done,)))


@command.command("list")
@on_station
def listing(station: Station) -> None:
    """List the registered identities and their nations."""
    with station.hub() as hub, hub.reading.snapshot() as seen:
        found = list(all_registered(seen.db))
        page = len(found)
        while page == PAGE_SIZE_MAX:
            more = all_registered(seen.db, after=found[-1].identity)
            found += more
            page = len(more)
    if station.as_json:
        give(found)
    else:
        tell(_lines(found))


async def _register(
    station: Station, name: str, *, identity: str, nation: str
) -> Registered:
    with station.hub() as hub:
        account = hub.authenticator.named(name)
        wanted = read_registration(identity, nation, hub.alliance)
        position = await register(
            hub.desk,
            account.viewer(),
            station.act_for(account),
            wanted.identity,
            wanted.nation,
        )
        await hub.seen([position])
    return wanted


def _lines(found: Iterable[Registered]) -> Iterator[str]:
    return table((each.identity, each.nation) for each in found)
