"""`foedus readiness`: what a nation contributes, standards, and tests between two."""

from collections.abc import Iterator
from datetime import date
from typing import TypedDict, Unpack, get_args

import click

from foedus.alliance.sheets import named_nation
from foedus.cli import spelling
from foedus.cli.output import give, tell
from foedus.cli.recording import (
    as_of,
    as_reader,
    content_of,
    record_for,
    recorded_as,
)
from foedus.cli.station import Station, on_station, reader
from foedus.readiness.commands import Recording
from foedus.readiness.records import Adoption, PairTest, Result, Shown
from foedus.readiness.reports import NationReport, UnitLine, nation_report


class _Words(TypedDict):
    """What is recorded, as options."""

    on: date | None
    evidence: str
    name: str
    label: str
    illustrative: bool


class _Adopted(_Words):
    """A standard that is applied, as options."""

    until: date | None
    shown: str


class _Tested(_Words):
    """A test between two, as options."""

    subject: str
    result: str
    measure: str


_on = click.option(
    "--on", metavar="DATE", type=spelling.day, help="Since when; today by default."
)
_evidence = click.option(
    "--evidence", metavar="TEXT", default="", help="What shows it."
)


@click.group("readiness")
def command() -> None:
    """Ask how ready a nation is known to be, and record what shows it."""


@command.command("report")
@click.argument("code")
@as_of
@as_reader
@on_station
def report(station: Station, code: str, as_of: date | None, name: str | None) -> None:
    """Report what the nation CODE contributes, and how ready it is known to be."""
    on = as_of or station.clock().date()
    with station.hub() as hub, hub.reading.snapshot() as seen:
        nation = named_nation(seen.access.alliance, code)
        found = nation_report(seen.db, seen.access, reader(hub, name), nation, on)
    if station.as_json:
        give(found)
    else:
        tell(_lines(found))


@command.command("adopt")
@click.argument("code")
@click.argument("standard", metavar="STANDARD")
@_on
@click.option("--until", metavar="DATE", type=spelling.day, help="Until when.")
@_evidence
@click.option("--shown", type=click.Choice(get_args(Shown)), default="declared")
@recorded_as
@on_station
def adopt(
    station: Station, code: str, standard: str, **words: Unpack[_Adopted]
) -> None:
    """Record that the nation CODE applies STANDARD, such as stanag_4774."""
    said = {
        "nation": code,
        "standard": standard,
        "since": words["on"] or station.clock().date(),
        "until": words["until"],
        "evidence": words["evidence"],
        "shown": words["shown"],
    }
    record_for(station, words["name"], _sent(content_of(Adoption, said), words))


@command.command("test")
@click.argument("first", metavar="CODE")
@click.argument("second", metavar="CODE")
@click.option("--subject", metavar="TEXT", required=True, help="What was tried.")
@click.option("--result", type=click.Choice(get_args(Result)), required=True)
@click.option("--measure", metavar="ID", default="", help="For which it counts.")
@_on
@_evidence
@recorded_as
@on_station
def test(station: Station, first: str, second: str, **words: Unpack[_Tested]) -> None:
    """Record that systems of two nations were tried together."""
    said = {
        "first": first,
        "second": second,
        "subject": words["subject"],
        "measure": words["measure"],
        "result": words["result"],
        "on": words["on"] or station.clock().date(),
        "evidence": words["evidence"],
    }
    record_for(station, words["name"], _sent(content_of(PairTest, said), words))


def _sent(content: Adoption | PairTest, words: _Words) -> Recording:
    return Recording(
        content=content, label=words["label"], illustrative=words["illustrative"]
    )


def _lines(found: NationReport) -> Iterator[str]:
    yield (
        f"{found.nation}, as of {found.as_of}: {len(found.units)} units, "
        f"{found.counted} of them count"
    )
    for each in found.units:
        yield from _unit(each)
    for adoption in found.standards:
        one = adoption.content
        shown = one.evidence or "no evidence"
        yield f"standard {one.standard}, since {one.since}, {one.shown}: {shown}"
    for test_ in found.tests:
        tried = test_.content
        yield (
            f"test {tried.first} and {tried.second}, {tried.subject}: {tried.result} "
            f"on {tried.on}"
        )
    for certificate in found.certificates:
        held = certificate.content
        yield f"certified in {held.module}: {held.people} people, {held.certificate}"
    for exercise in found.exercises:
        yield f"exercise {exercise.name}, {exercise.objective}: {exercise.grade}"
    yield found.note


def _unit(each: UnitLine) -> Iterator[str]:
    mark = "  illustrative" if each.illustrative else ""
    yield f"{each.unit}  {each.name}, {each.size:g} \u00d7 {each.type}{mark}"
    pledged = ", ".join(each.measures) or "no measure"
    twice = "; pledged twice" if len(each.measures) > 1 else ""
    yield f"  pledged to {pledged}{twice}; {each.label}"
    if each.why_not:
        yield f"  not counted: {each.why_not}"
        return
    soon = ", soon" if each.expires_soon else ""
    yield f"  {each.ready}: {each.evidence}; expires on {each.expires}{soon}"
