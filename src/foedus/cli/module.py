"""`foedus module`: the training catalogue, enrolment, and certificates."""

from collections.abc import Iterator
from datetime import date
from typing import TypedDict, Unpack

import click

from foedus.cli import spelling
from foedus.cli.output import give, tell
from foedus.cli.recording import (
    as_of,
    as_reader,
    content_of,
    parts,
    record_for,
    recorded_as,
)
from foedus.cli.station import Station, on_station, reader
from foedus.readiness.catalogue import ModuleSheet, module_sheet
from foedus.readiness.commands import Recording
from foedus.readiness.measures import ModuleLine, list_modules
from foedus.readiness.records import AnyContent, Completion, Enrolment, Module


class _Words(TypedDict):
    """What is recorded, as options."""

    name: str
    label: str
    illustrative: bool


class _Done(_Words):
    """A completion, as options."""

    certificate: str
    on: date | None
    valid_until: date | None


_on = click.option(
    "--on", metavar="DATE", type=spelling.day, help="When; today by default."
)


@click.group("module")
def command() -> None:
    """Ask for the training catalogue, and record who was trained."""


@command.command("list")
@as_reader
@on_station
def listing(station: Station, name: str | None) -> None:
    """List the modules: those of the data pack, then those that were added."""
    with station.hub() as hub, hub.reading.snapshot() as seen:
        found = list_modules(seen.db, seen.access, reader(hub, name))
    if station.as_json:
        give(found)
    else:
        tell(line for each in found for line in _line(each))


@command.command("show")
@click.argument("module", metavar="ID")
@as_of
@as_reader
@on_station
def show(station: Station, module: str, as_of: date | None, name: str | None) -> None:
    """Show the module ID, who was sent to it, and who holds certificates."""
    on = as_of or station.clock().date()
    with station.hub() as hub, hub.reading.snapshot() as seen:
        found = module_sheet(seen.db, seen.access, reader(hub, name), module, on)
    if station.as_json:
        give(found)
    else:
        tell(_sheet(found))


@command.command("add")
@click.option("--title", metavar="TEXT", required=True, help="What it is called.")
@click.option("--purpose", metavar="TEXT", default="", help="What it is for.")
@click.option(
    "--teaches", metavar="ID[,ID…]", type=spelling.listed, default="",
    help="The standards that it trains people in.",
)  # fmt: skip
@recorded_as
@on_station
def add(
    station: Station, title: str, purpose: str, teaches: str, **words: Unpack[_Words]
) -> None:
    """Add a module to the catalogue; for the alliance's staff."""
    said = {"name": title, "purpose": purpose, "teaches": parts(teaches)}
    record_for(station, words["name"], _sent(content_of(Module, said), words))


@command.command("enrol")
@click.argument("module", metavar="ID")
@click.argument("nation", metavar="CODE")
@click.argument("people", type=int)
@_on
@recorded_as
@on_station
def enrol(
    station: Station,
    module: str,
    nation: str,
    people: int,
    *,
    on: date | None,
    **words: Unpack[_Words],
) -> None:
    """Record that the nation CODE sends PEOPLE to the module ID."""
    said = {
        "module": module,
        "nation": nation,
        "people": people,
        "on": on or station.clock().date(),
    }
    record_for(station, words["name"], _sent(content_of(Enrolment, said), words))


@command.command("complete")
@click.argument("module", metavar="ID")
@click.argument("nation", metavar="CODE")
@click.argument("people", type=int)
@click.option(
    "--certificate", metavar="TEXT", required=True, help="Its number; no names."
)
@_on
@click.option(
    "--valid-until", metavar="DATE", type=spelling.day, help="Until when it counts."
)
@recorded_as
@on_station
def complete(
    station: Station, module: str, nation: str, people: int, **words: Unpack[_Done]
) -> None:
    """Record that PEOPLE of the nation CODE completed the module ID."""
    said = {
        "module": module,
        "nation": nation,
        "people": people,
        "on": words["on"] or station.clock().date(),
        "valid_until": words["valid_until"],
        "certificate": words["certificate"],
    }
    record_for(station, words["name"], _sent(content_of(Completion, said), words))


def _sent(content: AnyContent, words: _Words) -> Recording:
    return Recording(
        content=content, label=words["label"], illustrative=words["illustrative"]
    )


def _line(each: ModuleLine) -> Iterator[str]:
    yield f"{each.module}  {each.name}"
    teaches = f" Teaches {', '.join(each.teaches)}." if each.teaches else ""
    if each.purpose or teaches:
        yield f"  {each.purpose}{teaches}"


def _sheet(found: ModuleSheet) -> Iterator[str]:
    yield from _line(found.module)
    yield f"  as of {found.as_of}: {found.valid} people hold valid certificates"
    for held in found.completions:
        each = held.content
        until = f", valid until {each.valid_until}" if each.valid_until else ""
        yield f"  {each.nation}: {each.people} completed on {each.on}{until}"
        yield f"    {each.certificate}; {held.label}"
    for one in found.enrolments:
        yield f"  {one.content.nation}: {one.content.people} sent on {one.content.on}"
