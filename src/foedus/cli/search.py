"""`foedus search`: what there is of a name, a value, or words, as somebody sees it."""

from collections.abc import Iterable, Iterator

import click

from foedus.cli import spelling
from foedus.cli.output import give, tell
from foedus.cli.station import Station, on_station, reader
from foedus.processes.searching import Hit, Kind, search

HITS_MAX = 100
"""Things that one search gives."""

HITS = 20
"""Things that are given where nobody says how many."""


@click.command("search")
@click.argument("text", metavar="TEXT")
@click.option(
    "--kind",
    type=click.Choice([each.value for each in Kind]),
    default=None,
    help="Only things of this kind.",
)
@click.option(
    "--limit",
    metavar="N",
    type=click.IntRange(1, HITS_MAX),
    default=HITS,
    help=f"How many, the best first; {HITS} by default.",
)
@click.option(
    "--as",
    "name",
    metavar="NAME",
    type=spelling.name,
    required=True,
    help="As whom it is looked for.",
)
@on_station
def command(
    station: Station, text: str, kind: str | None, limit: int, name: str
) -> None:
    """Search objects, decisions, updates and all else that NAME may know."""
    with station.hub() as hub, hub.reading.snapshot() as seen:
        viewer = reader(hub, name)
        found = [
            each.hit
            for each in search(seen, viewer, text, kind=kind or "", limit=limit)
        ]
    if station.as_json:
        give(found)
    else:
        tell(_lines(found))


def _lines(found: Iterable[Hit]) -> Iterator[str]:
    for each in found:
        yield f"{each.match:5}  {each.kind:10}  {each.title}"
        whose = f"; {each.nation}" if each.nation else ""
        label = f"; {each.label}" if each.label else ""
        yield f"       {each.id}; {each.said}{whose}{label}"
