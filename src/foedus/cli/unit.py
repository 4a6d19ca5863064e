"""`foedus unit`: units and services that nations contribute, and commitments."""

import asyncio
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal, TypedDict, Unpack, get_args

import click

from foedus.alliance.sheets import named_nation
from foedus.cli import spelling
from foedus.cli.acting import acting_as
from foedus.cli.output import give, progress, say, tell
from foedus.cli.recording import (
    as_of,
    as_reader,
    content_of,
    record_for,
    recorded_as,
)
from foedus.cli.station import Station, on_station, reader
from foedus.errors import InvalidInputError
from foedus.readiness.commands import Recording, withdraw
from foedus.readiness.files import BYTES_MAX, Format, format_of
from foedus.readiness.intake import Taken, filled, take_in
from foedus.readiness.ratings import in_words, size_of
from foedus.readiness.reading import C, Held, Wanted, find_held, list_held
from foedus.readiness.records import (
    Clock,
    Commitment,
    Posture,
    Report,
    Route,
    Shown,
    Unit,
)
from foedus.readiness.stocks import shelf_of
from foedus.readiness.tables import (
    read_commitments,
    read_routes,
    read_units,
    spells_of,
    write_commitments,
    write_routes,
    write_units,
)

if TYPE_CHECKING:
    from foedus.hub import Hub
    from foedus.releasability.viewers import Viewer

What = Literal["units", "commitments", "routes"]

_READERS: Final = {
    "units": read_units,
    "commitments": read_commitments,
    "routes": read_routes,
}

_KINDS: Final[dict[str, type[Unit | Commitment | Route]]] = {
    "unit": Unit,
    "commitment": Commitment,
    "route": Route,
}
"""What is withdrawn, by how its id begins."""

_of = click.option(
    "--of",
    "what",
    type=click.Choice(get_args(What)),
    default="units",
    show_default=True,
    help="What the file holds.",
)


class _Take(TypedDict):
    """On whose behalf, and what goes for rows that do not say it."""

    name: str
    label: str
    illustrative: bool


class _Report(TypedDict):
    """A report, as options."""

    posture: str
    notice: float | None
    clock: str
    windows: int | None
    present: tuple[str, ...]
    every: int | None
    available: float
    available_to: float | None
    on: date | None
    valid_until: date
    evidence: str
    shown: str
    name: str
    label: str
    illustrative: bool


@click.group("unit")
def command() -> None:
    """Take in, list and report on what nations contribute."""


@command.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@_of
@acting_as
@click.option(
    "--label", metavar="TEXT", default="", help="Who may see rows that name no label."
)
@click.option(
    "--illustrative", is_flag=True, help="All of it is made up to show something."
)
@on_station
def take(station: Station, file: Path, what: What, **words: Unpack[_Take]) -> None:
    """Take in FILE of units, commitments or routes: .csv, .json or .parquet.

    All rows are taken in, or none. A row with the id of a unit is a further edition of
    it; rows that say what is known already are left.
    """
    sent = [
        filled(each, words["label"], illustrative=words["illustrative"])
        for each in _READERS[what](_bytes(file), format_of(file.name))
    ]
    with progress("Taking in", len(sent)) as told:
        taken = asyncio.run(_take(station, words["name"], sent, told))
    if station.as_json:
        give(
            {
                "recorded": [each.record for each in taken.recorded],
                "unchanged": taken.unchanged,
                "remarks": taken.remarks,
            }
        )
        return
    tell([f"{len(taken.recorded)} recorded, {taken.unchanged} unchanged"])
    for remark in taken.remarks:
        say(remark)


@command.command("list")
@click.option("--nation", metavar="CODE", help="Only those of one nation.")
@click.option("--measure", metavar="ID", help="Only those pledged to one measure.")
@_of
@as_of
@as_reader
@on_station
def listing(  # noqa: PLR0913 - the options of a list
    station: Station,
    *,
    nation: str | None,
    measure: str | None,
    what: What,
    as_of: date | None,
    name: str | None,
) -> None:
    """List units with the last report on each, commitments, or routes."""
    on = as_of or station.clock().date()
    with station.hub() as hub:
        if what == "commitments":
            found = _held(hub, reader(hub, name), Commitment)
            give(found) if station.as_json else tell(_promised(found))
            return
        if what == "routes":
            ways = _held(hub, reader(hub, name), Route)
            give(ways) if station.as_json else tell(_ways(ways))
            return
        units, reports = _units(hub, reader(hub, name), on, nation)
    chosen = [each for each in units if not measure or measure in each.content.measures]
    if station.as_json:
        give([_with_report(each, reports) for each in chosen])
    else:
        tell(_lines(chosen, reports))


@command.command("show")
@click.argument("unit", metavar="ID")
@as_reader
@on_station
def show(station: Station, unit: str, name: str | None) -> None:
    """Show one unit with every report on it, the last first."""
    with station.hub() as hub, hub.reading.snapshot() as seen:
        viewer = reader(hub, name)
        found = find_held(seen.db, seen.access, viewer, Unit, unit).held
        wanted = Wanted(about=unit)
        reports = list_held(seen.db, seen.access, viewer, Report, wanted)
    if station.as_json:
        give({"unit": found, "reports": reports})
    else:
        tell(_lines([found], {unit: tuple(reports)}, every=True))


@command.command("report")
@click.argument("unit", metavar="ID")
@click.option("--posture", type=click.Choice(get_args(Posture)), required=True)
@click.option("--notice", metavar="HOURS", type=float, help="Until the clock stops.")
@click.option(
    "--clock", type=click.Choice(get_args(Clock)), default="ready-to-move",
    show_default=True, help="Until what the hours run.",
)  # fmt: skip
@click.option("--windows", metavar="N", type=int, help="How often a year it is there.")
@click.option(
    "--present", metavar="FROM/UNTIL", multiple=True,
    help="When it is there, of what is periodic; UNTIL is the day after the last.",
)  # fmt: skip
@click.option(
    "--every", metavar="DAYS", type=int, help="After how many days these come again."
)
@click.option(
    "--available", metavar="SHARE", type=float, default=1.0, show_default=True,
    help="The share of its size that is there, at least.",
)  # fmt: skip
@click.option("--available-to", metavar="SHARE", type=float, help="And at most.")
@click.option("--on", metavar="DATE", type=spelling.day, help="When it was so.")
@click.option(
    "--valid-until", metavar="DATE", type=spelling.day, required=True,
    help="From when nobody relies on it.",
)  # fmt: skip
@click.option("--evidence", metavar="TEXT", default="", help="What shows it.")
@click.option(
    "--shown", type=click.Choice(get_args(Shown)), default="declared",
    show_default=True,
)  # fmt: skip
@recorded_as
@on_station
def report(station: Station, unit: str, **words: Unpack[_Report]) -> None:
    """Report how ready the unit ID is; without evidence it counts for nothing."""
    said = {
        "unit": unit,
        "posture": words["posture"],
        "notice_h": words["notice"],
        "clock": words["clock"],
        "windows": words["windows"],
        "present": spells_of(";".join(words["present"])),
        "every_days": words["every"],
        "available": words["available"],
        "available_to": words["available_to"],
        "as_of": words["on"] or station.clock().date(),
        "valid_until": words["valid_until"],
        "evidence": words["evidence"],
        "shown": words["shown"],
    }
    sent = Recording(
        content=content_of(Report, said),
        label=words["label"],
        illustrative=words["illustrative"],
    )
    record_for(station, words["name"], sent)


@command.command("export")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@_of
@as_of
@as_reader
@on_station
def export(
    station: Station, file: Path, what: What, as_of: date | None, name: str | None
) -> None:
    """Write units, commitments or routes to FILE: .csv, .json or .parquet."""
    form: Format = format_of(file.name)
    on = as_of or station.clock().date()
    with station.hub() as hub:
        viewer = reader(hub, name)
        if what == "units":
            units, reports = _units(hub, viewer, on, None)
            count, document = len(units), write_units(units, reports, form)
        elif what == "commitments":
            promised = _held(hub, viewer, Commitment)
            count, document = len(promised), write_commitments(promised, form)
        else:
            ways = _held(hub, viewer, Route)
            count, document = len(ways), write_routes(ways, form)
    try:
        file.write_bytes(document)
    except OSError as error:
        raise InvalidInputError(f"{file}: {error.strerror}") from error
    if station.as_json:
        give({"file": str(file), "rows": count})
    else:
        tell([f"{count} rows in {file}"])


@command.command("withdraw")
@click.argument("record", metavar="ID")
@click.option("--reason", metavar="TEXT", default="", help="Why.")
@acting_as
@on_station
def take_back(station: Station, record: str, reason: str, name: str) -> None:
    """Withdraw the unit, commitment or route ID: it should not have been recorded."""
    asyncio.run(_withdraw(station, name, record, reason))
    if station.as_json:
        give({"withdrawn": record})
    else:
        tell([f"withdrawn  {record}"])


async def _take(
    station: Station, name: str, sent: list[Recording], told: Callable[[int], None]
) -> Taken:
    with station.hub() as hub:
        account = hub.authenticator.named(name)
        act = station.act_for(account)
        taken = await take_in(hub.register, account.viewer(), act, sent, told)
        await hub.seen([each.position for each in taken.recorded])
    return taken


async def _withdraw(station: Station, name: str, record: str, reason: str) -> None:
    kind = _KINDS.get(record.partition("--")[0], Unit)
    with station.hub() as hub:
        account = hub.authenticator.named(name)
        act = station.act_for(account)
        position = await withdraw(
            hub.register, account.viewer(), act, kind, record, reason=reason
        )
        await hub.seen([position])


def _bytes(file: Path) -> bytes:
    try:
        if file.stat().st_size > BYTES_MAX:
            raise InvalidInputError(f"{file}: more than {BYTES_MAX} bytes; part it")
        return file.read_bytes()
    except OSError as error:
        raise InvalidInputError(f"{file}: {error.strerror}") from error


def _units(
    hub: "Hub", viewer: "Viewer", on: date, nation: str | None
) -> tuple[list[Held[Unit]], dict[str, tuple[Held[Report], ...]]]:
    with hub.reading.snapshot() as seen:
        code = named_nation(seen.access.alliance, nation) if nation else None
        shelf = shelf_of(seen.db, seen.access, viewer, on)
    units = [each for each in shelf.units if code in {None, each.content.nation}]
    return units, shelf.reports


def _held(hub: "Hub", viewer: "Viewer", kind: type[C]) -> list[Held[C]]:
    with hub.reading.snapshot() as seen:
        return list_held(seen.db, seen.access, viewer, kind)


def _with_report(
    held: Held[Unit], reports: dict[str, tuple[Held[Report], ...]]
) -> dict[str, object]:
    last = next(iter(reports.get(held.record, ())), None)
    return {"unit": held, "report": last}


def _lines(
    units: list[Held[Unit]],
    reports: dict[str, tuple[Held[Report], ...]],
    *,
    every: bool = False,
) -> Iterator[str]:
    for held in units:
        unit = held.content
        mark = "  illustrative" if held.illustrative else ""
        yield f"{held.record}  {unit.nation}  {unit.name}{mark}"
        pledged = ", ".join(unit.measures) or "no measure"
        yield f"  {size_of(unit)}, pledged to {pledged}; {held.label}"
        told = reports.get(held.record, ())
        if not told:
            yield "  no report says how ready it is: it counts for no rating"
        for each in told if every else told[:1]:
            said = each.content
            yield (
                f"  {in_words(said)}, {said.available:.0%} there, as of {said.as_of}, "
                f"valid until {said.valid_until}; {said.evidence or 'no evidence'}"
            )


def _promised(found: list[Held[Commitment]]) -> Iterator[str]:
    for held in found:
        each = held.content
        needs = ", ".join(f"{one.amount:g} \u00d7 {one.type}" for one in each.needs)
        yield f"{held.record}  {each.title}, {each.location}"
        within = (
            f", within {each.deadline_h:g} h {each.clock}"
            if each.deadline_h is not None
            else ""
        )
        yield f"  {needs}, from {each.since}{within}; {held.label}"


def _ways(found: list[Held[Route]]) -> Iterator[str]:
    for held in found:
        each = held.content
        arrow = "to" if each.one_way else "and"
        yield f"{held.record}  {each.start} {arrow} {each.end}"
        yield (
            f"  {each.loading_h:g} h loading, {each.travel_h:g} h on the way, "
            f"{each.reception_h:g} h reception; {each.source}; {held.label}"
        )
