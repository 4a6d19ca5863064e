"""`foedus log`: check that nothing was altered; erase what must not be here."""

import asyncio

import click
import msgspec

from foedus.cli.acting import acting_as
from foedus.cli.output import give, position_progress, say, table, tell
from foedus.cli.station import Station, on_station, operator, readable
from foedus.errors import NotFoundError
from foedus.folder import formats
from foedus.folder.known import Backups
from foedus.folder.redactions import listed
from foedus.ids import Position
from foedus.intel import redacting
from foedus.intel.redacting import Held
from foedus.stix.timestamps import format_us

POSITION_MAX = 2**63 - 1
"""The largest position that a log can have."""


@click.group("log")
def command() -> None:
    """Check that nothing in the log was altered; erase what must not be in it."""


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


class FoundHere(msgspec.Struct, frozen=True, kw_only=True):
    """An entry that `log find` lists.

    Attributes:
        arrival: when it arrived, in UTC.
        state: `stored`, `withdrawn` or `redacted`.
    """

    position: Position
    arrival: str
    nation: str
    collection: str
    id: str
    version: str
    state: str


@command.command("find")
@click.argument("stix_id", metavar="ID")
@on_station
def find(station: Station, stix_id: str) -> None:
    """Tell at which positions of the log versions of the object ID stand.

    Withdrawn versions are among them, and tear lines that were made of the object.
    `foedus log redact` erases what stands at a position.
    """
    with station.hub() as hub, hub.reading.snapshot() as seen:
        held = redacting.find(seen, operator(seen.access.alliance), stix_id)
    if not held:
        raise NotFoundError(f"no object {stix_id}; check the id")
    found = [_found(each) for each in held]
    if station.as_json:
        give(found)
        return
    rows = [tuple(str(value) for value in msgspec.structs.astuple(f)) for f in found]
    tell(table([FoundHere.__struct_fields__, *rows]))


@command.command("redact")
@click.argument(
    "position", metavar="POSITION", type=click.IntRange(1, POSITION_MAX, clamp=False)
)
@acting_as
@click.option(
    "--reason",
    metavar="TEXT",
    required=True,
    help="Why. It stays in the log for ever: do not repeat what is erased.",
)
@on_station
def redact(station: Station, position: int, name: str, reason: str) -> None:
    """Erase the bytes of the entry at POSITION, for ever.

    For a spill: to take back what was merely wrong, withdraw it. The entry, its label
    and its id stay, nobody is shown the version any more, and the log still verifies.
    Only published intelligence can be redacted, by the nation that published it or by
    operators and secretariat of the alliance's own body. `foedus log find` tells the
    position of an object; each version and each tear line has its own. Clients that
    fetched it before keep it: tell them.
    """
    with station.hub() as hub:
        account = hub.authenticator.named(name)

        async def erase() -> Position:
            act = station.act_for(account)
            redaction = await redacting.redact(
                hub.desk, account.viewer(), act, position, reason
            )
            await hub.seen([redaction])
            return redaction

        redaction = asyncio.run(erase())
        holding = Backups(hub.store).holding(position, until=redaction)
    there = [each.path for each in holding if each.is_there]
    if station.as_json:
        give({"position": redaction, "redacted": position, "backups": there})
    else:
        tell([f"Erased entry {position}; entry {redaction} of the log says so."])
    if holding:
        say(
            f"Backups that hold it: {len(holding)}, of which {len(there)} are where "
            "they were made. Destroy them, or restore them only with --redactions."
        )
    for path in there:
        say(f"  {path}")


@command.command("redactions")
@click.option(
    "--after",
    metavar="POSITION",
    type=click.IntRange(0, POSITION_MAX),
    default=0,
    help="Only those that stand after this position.",
)
@on_station
def redactions(station: Station, after: int) -> None:
    """List what was redacted, one JSON document a line; keep it beside your backups.

    An older backup holds what was erased since. 'foedus restore --redactions' takes
    this list and erases it again. The list has no content.
    """
    formats.check_founded(station.folder)
    with readable(station.folder):
        found = listed(station.folder / formats.LOG, after=after)
        if station.as_json:
            give(list(found))
        else:
            tell(msgspec.json.encode(each).decode() for each in found)


def _found(held: Held) -> FoundHere:
    state = "stored"
    if held.redacted:
        state = "redacted"
    elif held.withdrawn:
        state = "withdrawn"
    return FoundHere(
        position=held.position,
        arrival=format_us(held.arrival_ms * 1_000),
        nation=held.nation,
        collection=held.collection,
        id=held.id,
        version=held.version,
        state=state,
    )
