"""`foedus measure`: measures, what they ask for, and how they are rated."""

from collections.abc import Iterator
from datetime import date
from typing import TypedDict, Unpack

import click

from foedus.cli import spelling
from foedus.cli.output import give, table, tell
from foedus.cli.recording import (
    as_of,
    as_reader,
    content_of,
    parts,
    record_for,
    recorded_as,
)
from foedus.cli.station import Station, on_station, reader
from foedus.readiness.commands import Recording
from foedus.readiness.comparing import Comparison, MeasureSheet, compare, measure_sheet
from foedus.readiness.measures import MeasureLine, list_measures, named_measure
from foedus.readiness.ratings import Rating
from foedus.readiness.records import Measure, Requirement
from foedus.readiness.tables import needs_of


class _Words(TypedDict):
    """What is recorded, as options."""

    name: str
    label: str
    illustrative: bool


class _Asks(_Words):
    """What a measure asks for, as options."""

    needs: str
    contributors: str
    standards: str
    modules: str
    since: date | None


@click.group("measure")
def command() -> None:
    """See what measures there are, and how they are rated."""


@command.command("list")
@as_reader
@on_station
def listing(station: Station, name: str | None) -> None:
    """List the measures: those of the data pack, then those that were declared."""
    with station.hub() as hub, hub.reading.snapshot() as seen:
        found = list_measures(seen.db, seen.access, reader(hub, name))
    if station.as_json:
        give(found)
    else:
        tell(_lines(found))


@command.command("show")
@click.argument("measure")
@as_of
@as_reader
@on_station
def show(station: Station, measure: str, as_of: date | None, name: str | None) -> None:
    """Show how MEASURE is rated: each word with its derivation."""
    on = as_of or station.clock().date()
    with station.hub() as hub, hub.reading.snapshot() as seen:
        viewer = reader(hub, name)
        found = measure_sheet(seen.db, seen.access, viewer, measure, on)
    if station.as_json:
        give(found)
    else:
        tell(_sheet(found))


@command.command("compare")
@as_of
@as_reader
@on_station
def comparison(station: Station, as_of: date | None, name: str | None) -> None:
    """Compare the measures by capability, readiness and interoperability."""
    on = as_of or station.clock().date()
    with station.hub() as hub, hub.reading.snapshot() as seen:
        found = compare(seen.db, seen.access, reader(hub, name), on)
    if station.as_json:
        give(found)
    else:
        tell(_compared(found))


@command.command("declare")
@click.option("--title", metavar="TEXT", required=True, help="What it is called.")
@click.option("--purpose", metavar="TEXT", default="", help="What it is for.")
@click.option("--level", metavar="TEXT", default="", help="The rung of a ladder.")
@recorded_as
@on_station
def declare(
    station: Station, title: str, purpose: str, level: str, **words: Unpack[_Words]
) -> None:
    """Declare a further measure; for the alliance's staff."""
    said = {"name": title, "purpose": purpose, "level": level}
    sent = Recording(
        content=content_of(Measure, said),
        label=words["label"],
        illustrative=words["illustrative"],
    )
    record_for(station, words["name"], sent)


@command.command("require")
@click.argument("measure")
@click.option(
    "--needs", metavar="TYPE:AMOUNT[;…]", default="", help="How much of what it needs."
)
@click.option(
    "--contributors",
    metavar="CODE[,CODE…]",
    type=spelling.listed,
    default="",
    help="The nations that make it up.",
)
@click.option(
    "--standards",
    metavar="ID[,ID…]",
    type=spelling.listed,
    default="",
    help="Standards that every contributor applies.",
)
@click.option(
    "--modules",
    metavar="ID[,ID…]",
    type=spelling.listed,
    default="",
    help="Modules in which every contributor has certified people.",
)
@click.option(
    "--from",
    "since",
    metavar="DATE",
    type=spelling.day,
    help="From which day on; today by default.",
)
@recorded_as
@on_station
def require(station: Station, measure: str, **words: Unpack[_Asks]) -> None:
    """Set what MEASURE asks for; for the alliance's staff."""
    with station.hub() as hub, hub.reading.snapshot() as seen:
        viewer = reader(hub, words["name"])
        key = named_measure(seen.db, seen.access, viewer, measure).measure
    said = {
        "measure": key,
        "needs": needs_of(words["needs"]),
        "contributors": parts(words["contributors"]),
        "standards": parts(words["standards"]),
        "modules": parts(words["modules"]),
        "since": words["since"] or station.clock().date(),
    }
    sent = Recording(
        content=content_of(Requirement, said),
        label=words["label"],
        illustrative=words["illustrative"],
    )
    record_for(station, words["name"], sent)


def _lines(found: list[MeasureLine]) -> Iterator[str]:
    for each in found:
        yield f"{each.measure}  {each.name}"
        yield f"  {each.purpose}" if each.purpose else "  no purpose is recorded"
        if each.note:
            yield f"  often misread: {each.note}"
        for one in each.declared:
            by = f" by {one.decision}" if one.decision else ""
            level = f", level {one.level}" if one.level else ""
            yield f"  declared on {one.on} by {one.author}{by}{level}; {one.label}"


def _compared(found: Comparison) -> Iterator[str]:
    yield f"as of {found.as_of}" + (f"; {found.label}" if found.label else "")
    rows = [("measure", "capability", "readiness", "interoperability", "evidence")]
    for each in found.measures:
        evidence = f"{each.records} records" if each.records else "none"
        if each.illustrative:
            evidence += ", illustrative"
        words = (each.capability, each.readiness, each.interoperability)
        rows.append((each.name, *words, evidence))
    yield from table(rows)
    yield found.note


def _sheet(found: MeasureSheet) -> Iterator[str]:
    yield f"{found.measure.name}, as of {found.as_of}"
    yield f"  {found.measure.purpose}"
    if found.row.label:
        yield f"  {found.row.label}"
    if found.row.illustrative:
        yield "  illustrative: some of the evidence is made up to show something"
    for title, rating in (
        ("capability", found.capability),
        ("readiness", found.readiness),
        ("interoperability", found.interoperability),
    ):
        yield from _rating(title, rating)


def _rating(title: str, rating: Rating) -> Iterator[str]:
    yield f"{title}: {rating.word} ({rating.basis})"
    if rating.uncertainty:
        yield f"  how sure: {rating.uncertainty}"
    for step in rating.steps:
        yield f"  step: {step}"
    for each in rating.rests_on:
        mark = " [illustrative]" if each.illustrative else ""
        yield f"  rests on: {each.text} ({each.on}){mark}; {each.label}"
    for left in rating.not_counted:
        yield f"  not counted: {left.cited.text}: {left.why}"
    for change in rating.would_change:
        yield f"  would change it: {change}"
