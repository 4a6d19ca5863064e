"""`foedus intel recall`, `acknowledge`, `recalls` and `seen`."""

import asyncio

import click
import msgspec

from foedus.cli.acting import acting_as
from foedus.cli.output import give, say, table, tell
from foedus.cli.station import Station, on_station
from foedus.ids import RecallId
from foedus.intel import recalling
from foedus.intel.holders import held
from foedus.intel.recall_sheets import (
    HeldSheet,
    LedgerLine,
    Read,
    RecallPage,
    RecallSheet,
    held_sheet,
    recall_page,
    recall_sheet,
)
from foedus.intel.recalling import Made, Recalling
from foedus.intel.recalls import find, named, recalls


class Recalled(msgspec.Struct, frozen=True, kw_only=True):
    """A recall that was made, for programs."""

    recall: RecallId
    id: str
    collections: tuple[str, ...]
    versions: tuple[str, ...]


@click.command("recall")
@click.argument("stix_id", metavar="ID")
@click.option(
    "--nation",
    metavar="CODE",
    help="Whose; for the alliance's duty officer, where several have published it.",
)
@acting_as
@click.option(
    "--reason",
    metavar="TEXT",
    required=True,
    help="Why; everybody reads it who had the object.",
)
@on_station
def recall(
    station: Station, stix_id: str, name: str, nation: str | None, reason: str
) -> None:
    """Recall the object ID from everybody who received it."""
    wanted = Recalling(id=stix_id, reason=reason, nation=nation)
    made = asyncio.run(_recall(station, name, wanted))
    if station.as_json:
        give(
            Recalled(
                recall=made.recall,
                id=made.id,
                collections=made.collections,
                versions=made.versions,
            )
        )
        return
    tell([f"recall  {made.recall}"])
    tell([f"from    {', '.join(made.collections)}"])


@click.command("acknowledge")
@click.argument("thing", metavar="ID")
@acting_as
@on_station
def acknowledge(station: Station, thing: str, name: str) -> None:
    """Confirm that NAME's nation has removed what was recalled.

    ID is that of the recall, or of the object.
    """
    found = asyncio.run(_acknowledge(station, name, thing))
    if station.as_json:
        give(found)
    else:
        tell(f"confirmed  {each.recall}  {each.id}" for each in found)


@click.command("recalls")
@click.argument("thing", metavar="[ID]", required=False)
@acting_as
@on_station
def listing(station: Station, thing: str | None, name: str) -> None:
    """List the recalls that NAME may know of, newest first; or show those of ID.

    ID is that of a recall, or of an object.
    """
    with station.hub() as hub:
        viewer = hub.authenticator.named(name).viewer()
        with hub.reading.snapshot() as seen:
            if thing is None:
                rows = [
                    recall_sheet(seen, viewer, each) for each in recalls(seen, viewer)
                ]
                _tell_rows(station, rows)
                return
            found = [
                recall_page(seen, viewer, each, hub.reads)
                for each in named(seen, viewer, thing)
            ]
    if station.as_json:
        give(found)
        return
    for each in found:
        _tell_page(each)


@click.command("seen")
@click.argument("stix_id", metavar="ID")
@acting_as
@on_station
def seen_by(station: Station, stix_id: str, name: str) -> None:
    """Say which nations held the object ID, by what it came, and until when."""
    with station.hub() as hub:
        viewer = hub.authenticator.named(name).viewer()
        with hub.reading.snapshot() as seen:
            found = held_sheet(held(seen, viewer, stix_id), hub.reads)
    if station.as_json:
        give(found)
    else:
        _tell_held(found)


async def _recall(station: Station, name: str, wanted: Recalling) -> Made:
    with station.hub() as hub:
        account = hub.authenticator.named(name)
        act = station.act_for(account)
        made = await recalling.recall(hub.desk, account.viewer(), act, wanted)
        await hub.seen([made.position])
    return made


async def _acknowledge(station: Station, name: str, thing: str) -> list[RecallSheet]:
    with station.hub() as hub:
        account = hub.authenticator.named(name)
        viewer, act = account.viewer(), station.act_for(account)
        found, position = await recalling.acknowledge(hub.desk, viewer, act, thing)
        await hub.seen([position])
        with hub.reading.snapshot() as seen:
            return [
                recall_sheet(seen, viewer, find(seen, viewer, each.recall))
                for each in found
            ]


def _tell_rows(station: Station, rows: list[RecallSheet]) -> None:
    if station.as_json:
        give(rows)
    else:
        tell(table(_row(each) for each in rows))


def _row(sheet: RecallSheet) -> tuple[str, ...]:
    states = ["to be confirmed"] if sheet.asks else []
    if sheet.outstanding:
        states.append(f"{sheet.outstanding} have yet to confirm")
    if sheet.again:
        states.append(f"published again by {', '.join(sheet.again)}")
    at = sheet.at.strftime("%Y-%m-%d %H:%M")
    state = "; ".join(states) or "confirmed"
    return sheet.recall, at, sheet.nation, sheet.id, state


def _tell_page(page: RecallPage) -> None:
    tell([" ".join(_row(page)[:4]), f"by      {page.by}"])
    if page.reason:
        tell([f"reason  {page.reason}"])
    if page.ledger:
        tell(table(_line(each) for each in page.ledger))
    for referrer in page.referrers:
        tell([f"names it: {referrer.id} in {referrer.collection}"])
    for each in page.elsewhere:
        tell([f"also published by {each.nation} in {each.collection}"])
    for part in page.parts:
        tell([f"goes with it: {part}"])


def _line(line: LedgerLine) -> tuple[str, ...]:
    said = line.acknowledged
    confirmed = f"confirmed {said:%Y-%m-%d %H:%M}" if said else "not confirmed"
    return line.nation, confirmed, line.how, _read(line.read)


def _read(read: Read | None) -> str:
    return f"read {read.first} to {read.last}" if read else "not known to have read it"


def _tell_held(found: HeldSheet) -> None:
    if not found.holders:
        say("No other nation held it.")
    else:
        tell(
            table(
                (
                    each.nation,
                    each.how,
                    f"since {each.since:%Y-%m-%d %H:%M}",
                    f"until {each.until:%Y-%m-%d %H:%M}" if each.until else "holds it",
                    _read(each.read),
                )
                for each in found.holders
            )
        )
    for other in found.elsewhere:
        tell([f"also published by {other.nation} in {other.collection}"])
