"""`foedus protocol catalogue`: what is ready to be imported."""

from collections.abc import Iterator

import click

from foedus.cli.output import give, table, tell
from foedus.cli.station import Station, on_station
from foedus.response import catalogue
from foedus.response.cacao import Playbook
from foedus.response.catalogue_drawing import write, write_clocks
from foedus.response.validation import validate
from foedus.stix.strict_json import read_object


@click.group("catalogue")
def command() -> None:
    """Show the protocols that are ready to be imported."""


@command.command("list")
@on_station
def listing(station: Station) -> None:
    """List the protocols of the catalogue, each with its exercise."""
    found = [(name, _playbook(name)) for name in catalogue.names()]
    if station.as_json:
        give(
            [
                {
                    "name": name,
                    "playbook": one.id,
                    "title": one.name,
                    "impact": one.impact,
                }
                for name, one in found
            ]
        )
    else:
        tell(table((name, one.name) for name, one in found))


@command.command("show")
@click.argument("name", metavar="NAME")
@on_station
def show(station: Station, name: str) -> None:
    """Draw the protocol NAME, with its clocks and sources; with --json, give it."""
    raw = catalogue.raw(name)
    if station.as_json:
        click.echo(raw.decode().rstrip())
    else:
        tell(describe(raw))


def describe(raw: bytes) -> Iterator[str]:
    """Describe a playbook of the catalogue for a person."""
    document = read_object(raw)
    playbook = validate(raw).playbook
    assert playbook is not None, "what ships is checked"
    yield playbook.name
    yield str(document["description"])
    yield f"impact {playbook.impact} of 100"
    yield ""
    yield from write(playbook)
    yield from _section("clocks", write_clocks(playbook))
    yield from _section("given at the start", _launch(document))
    yield from _section("sources", _sources(document))


def _section(title: str, lines: Iterator[str]) -> Iterator[str]:
    yield ""
    yield f"{title}:"
    for line in lines:
        yield f"  {line}"


def _launch(document: dict[str, object]) -> Iterator[str]:
    variables = document["playbook_variables"]
    assert isinstance(variables, dict), "what ships is checked"
    for name, variable in variables.items():
        if variable.get("external"):
            value = f" ({variable['value']})" if "value" in variable else ""
            yield f"{name} {variable['type']}{value}: {variable['description']}"


def _sources(document: dict[str, object]) -> Iterator[str]:
    references = document["external_references"]
    assert isinstance(references, list), "what ships is checked"
    for reference in references:
        yield f"{reference['name']}: {reference['description']}"
        where = reference.get("url") or reference.get("source")
        if where:
            yield f"  {where}"


def _playbook(name: str) -> Playbook:
    playbook = validate(catalogue.raw(name)).playbook
    assert playbook is not None, "what ships is checked"
    return playbook
