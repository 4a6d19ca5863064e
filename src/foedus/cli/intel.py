"""`foedus intel`: publish, export, explain and withdraw intelligence."""

import asyncio
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import TypedDict, Unpack

import click

from foedus.cli import recalls
from foedus.cli.acting import acting_as
from foedus.cli.bundles import stream_objects, write_bundle
from foedus.cli.output import REFUSED, give, progress, table, tell
from foedus.cli.publishing import SET_OBJECTS_MAX, Order, Tally, publish_files
from foedus.cli.station import Station, on_station, operator
from foedus.errors import (
    ForbiddenError,
    NotFoundError,
    TooLargeError,
    UnavailableError,
)
from foedus.ids import NationCode
from foedus.intel.collections import Collection
from foedus.intel.covers import Covers
from foedus.intel.explain import judge
from foedus.intel.forecasts import Forecast, forecast
from foedus.intel.judging import Manner, Outcome
from foedus.intel.pages import Filters
from foedus.intel.reading import Snapshot
from foedus.intel.tearing import tear_line
from foedus.intel.withdrawing import Withdrawal, Withdrew, withdraw_object
from foedus.processes.receipts import Given
from foedus.releasability.viewers import Viewer

PAGE_RECORDS = 1_000
"""Records that an export reads at once; bounds its memory."""

_collection = click.option(
    "--collection", "alias", metavar="ALIAS", required=True, help="By alias or id."
)


class _Publishing(TypedDict):
    """Where and how something is published."""

    alias: str
    name: str
    replace_older: bool
    dry_run: bool


class _Withdrawing(TypedDict):
    """What is withdrawn, and why."""

    version: str | None
    alias: str | None
    nation: str | None
    reason: str


@click.group("intel")
def command() -> None:
    """Publish, export, explain, withdraw and recall intelligence."""


@command.command("publish")
@click.argument(
    "files",
    metavar="FILE…",
    nargs=-1,
    required=True,
    type=click.Path(exists=True, dir_okay=False, allow_dash=True),
)
@_collection
@acting_as
@click.option(
    "--replace-older",
    is_flag=True,
    help="Withdraw the older versions that NAME's nation has there, too.",
)
@click.option(
    "--dry-run", is_flag=True, help="Only tell what would become of it, and who sees."
)
@on_station
def publish(
    station: Station, files: tuple[str, ...], **words: Unpack[_Publishing]
) -> None:
    """Publish the STIX objects in FILE….

    Each file is a bundle, a TAXII envelope, a list of objects or one object; `-` is
    stdin. Each object is stored or refused for itself.
    """
    if not words["dry_run"]:
        manner = Manner(replaces=words["replace_older"])
        order = Order(name=words["name"], collection=words["alias"], manner=manner)
        with Tally(keeps_all=station.as_json) as tally:
            asyncio.run(publish_files(station, files, order, tally))
            tally.tell()
        return
    if len(files) > 1:
        raise click.UsageError(
            "a dry run takes one FILE: what is in the next would be joined with it"
        )
    _tell_forecasts(station, asyncio.run(_foretell(station, files[0], words)))


@command.command("export")
@_collection
@acting_as
@click.option(
    "-o",
    "--output",
    "file",
    metavar="FILE",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Where to; stdout by default.",
)
@on_station
def export(station: Station, alias: str, name: str, file: Path | None) -> None:
    """Write a STIX bundle of what NAME may see: the last version of each object."""
    with station.hub() as hub:
        account = hub.authenticator.named(name)
        viewer = account.viewer()
        with hub.reading.snapshot() as seen:
            found = seen.collection(viewer, alias)
            if not found.can_read:
                raise ForbiddenError(f"{name} may write to {alias} but not read it")
            counts: list[int] = []
            with progress("Exporting", seen.count(viewer, found)) as add:
                taken: list[int] = []
                told = (counts.append, add)
                objects = _walk(seen, viewer, found, told, taken)
                _write(write_bundle(objects), file)
            if taken:
                given = Given(collection=found.id, after_us=0, last_us=taken[-1])
                hub.receipts.note(account, "export", given)
    if file is not None and station.as_json:
        give({"file": str(file), "objects": sum(counts)})


@command.command("explain")
@click.argument("stix_id", metavar="ID")
@click.option("--nation", metavar="CODE", required=True, help="About whom is asked.")
@on_station
def explain(station: Station, stix_id: str, nation: str) -> None:
    """Say whether a nation sees the object ID, and why."""
    with station.hub() as hub, hub.reading.snapshot() as seen:
        alliance = seen.access.alliance
        code = alliance.nation(nation)
        if nation.upper() == alliance.code:
            code = NationCode(alliance.code)
        if code is None:
            raise NotFoundError(
                f"no nation {nation!r} in {alliance.name}; see 'foedus nation list'"
            )
        asker = operator(alliance)
        stored = seen.stored(asker, [stix_id])
        versions = [each for each in stored if each.nation]
        if not versions:
            raise NotFoundError(f"no object {stix_id}; check the id")
        found = judge(Covers(seen, asker), versions, code)
    if station.as_json:
        give(found)
        return
    tell([f"{code} {'sees' if found.sees else 'does not see'} {stix_id}"])
    tell(f"{each.rule}: {each.detail}" for each in found.why)


@command.command("withdraw")
@click.argument("stix_id", metavar="ID")
@click.option(
    "--version",
    metavar="V",
    help="As it is written, or first, or last; all versions by default.",
)
@click.option(
    "--collection",
    "alias",
    metavar="ALIAS",
    help="By alias or id; every one in which NAME's nation published it by default.",
)
@click.option(
    "--nation",
    metavar="CODE",
    help="On behalf of a nation without standing; NAME's own by default.",
)
@acting_as
@click.option("--reason", metavar="TEXT", required=True, help="Why; kept in the log.")
@on_station
def withdraw(
    station: Station, stix_id: str, name: str, **words: Unpack[_Withdrawing]
) -> None:
    """Withdraw the object ID that NAME's nation published."""
    wanted = Withdrawal(
        id=stix_id,
        version=words["version"],
        collection=words["alias"],
        reason=words["reason"],
        nation=words["nation"],
    )
    done = asyncio.run(_withdraw(station, name, wanted))
    if station.as_json:
        give({"id": stix_id, "withdrawn": done})
    else:
        tell(f"{each.collection}  {', '.join(each.versions)}" for each in done)


for each in (recalls.recall, recalls.acknowledge, recalls.listing, recalls.seen_by):
    command.add_command(each)


@command.command("tear-line")
@click.argument("stix_id", metavar="ID")
@click.option(
    "--collection",
    "alias",
    metavar="ALIAS",
    help="By alias or id; needed where several have the object.",
)
@acting_as
@on_station
def tear_off(station: Station, stix_id: str, alias: str | None, name: str) -> None:
    """Publish what is left of the object ID without its withheld properties."""
    with Tally(keeps_all=station.as_json) as tally:
        tally.add(asyncio.run(_tear_off(station, name, stix_id, alias)))
        tally.tell()


async def _tear_off(
    station: Station, name: str, stix_id: str, alias: str | None
) -> list[Outcome]:
    with station.hub() as hub:
        account = hub.authenticator.named(name)
        viewer, act = account.viewer(), station.act_for(account)
        outcomes = await tear_line(hub.desk, viewer, act, stix_id, alias)
        await hub.seen([each.position for each in outcomes])
    return outcomes


async def _withdraw(station: Station, name: str, wanted: Withdrawal) -> list[Withdrew]:
    with station.hub() as hub:
        account = hub.authenticator.named(name)
        act = station.act_for(account)
        done, position = await withdraw_object(hub.desk, account.viewer(), act, wanted)
        await hub.seen([position])
    return done


async def _foretell(station: Station, file: str, words: _Publishing) -> list[Forecast]:
    objects = list(islice(stream_objects(file), SET_OBJECTS_MAX + 1))
    if len(objects) > SET_OBJECTS_MAX:
        raise TooLargeError(
            f"{file} holds more than {SET_OBJECTS_MAX} objects, which is more than one "
            "set; try a part of it"
        )
    with station.hub() as hub:
        account = hub.authenticator.named(words["name"])
        viewer, act = account.viewer(), station.act_for(account)
        return await forecast(hub.desk, viewer, act, words["alias"], objects)


def _tell_forecasts(station: Station, told: Sequence[Forecast]) -> None:
    """Tell what would become of each object; exit with 1 if any would be refused."""
    if station.as_json:
        give(told)
    else:
        tell(table((each.outcome, each.id or "(no id)", _said(each)) for each in told))
        for label, sees, others in {
            (each.label, each.sees, tuple(each.others.items())): None
            for each in told
            if each.label
        }:
            tell(["", label, f"sees  {', '.join(sees) or 'nobody'}"])
            tell(f"not   {code}: {why}" for code, why in others)
    if any(each.outcome == "refused" for each in told):
        raise click.exceptions.Exit(REFUSED)


def _said(told: Forecast) -> str:
    """Say of one object how it would be labelled, and what is remarkable."""
    sees = f"{told.label} ({len(told.sees)} nations)" if told.label else ""
    return "  ".join(filter(None, [sees, told.reason]))


def _walk(
    seen: Snapshot,
    viewer: Viewer,
    collection: Collection,
    told: Iterable[Callable[[int], None]],
    taken: list[int],
) -> Iterator[bytes]:
    """Give everything that a viewer may see, page by page, and tell of each page.

    Args:
        seen: one state of the views.
        viewer: who takes it.
        collection: where from.
        told: is told how many a page had.
        taken: gets the date added of the last of each page.
    """
    after, more = None, True
    while more:
        filters = Filters(added_after_us=after)
        page = seen.page(viewer, collection, filters, limit=PAGE_RECORDS)
        for record in page.records:
            after = record.added_us
            yield record.raw
        for tell_size in told:
            tell_size(len(page.records))
        if after is not None:
            taken.append(after)
        more = page.more


def _write(pieces: Iterable[bytes], file: Path | None) -> None:
    """Write to a file, which is whole or not there; or to stdout."""
    if file is None:
        stdout = sys.stdout.buffer
        for piece in pieces:
            stdout.write(piece)
        return
    try:
        if file.exists() and not file.is_file():  # a pipe or a device stays what it is
            with file.open("wb") as written:
                written.writelines(pieces)
        else:
            _replace(pieces, file)
    except OSError as error:
        raise UnavailableError(f"{file} cannot be written: {error.strerror}") from error


def _replace(pieces: Iterable[bytes], file: Path) -> None:
    part = file.with_name(file.name + ".part")
    try:
        with part.open("wb") as written:
            written.writelines(pieces)
        part.replace(file)
    finally:
        part.unlink(missing_ok=True)
