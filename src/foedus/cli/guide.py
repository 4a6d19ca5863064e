"""`foedus guide`: a newcomer's three steps for any nation, as of any day.

Runs without a data folder, on the shipped pack.
"""

from collections.abc import Iterator
from datetime import date

import click

from foedus.alliance.nations import Alliance
from foedus.cli import spelling
from foedus.cli.output import give, tell
from foedus.cli.station import URL_DEFAULT, Station, on_station
from foedus.guidance.following import Ways
from foedus.guidance.guide import guide_of
from foedus.guidance.sheets import Guide, Item


@click.command("guide")
@click.argument("code")
@click.option(
    "--as-of", metavar="DATE", type=spelling.day, help="On which day; today by default."
)
@click.option(
    "--as",
    "name",
    metavar="NAME",
    type=spelling.name,
    help="What NAME may follow; what everybody may by default.",
)
@on_station
def command(station: Station, code: str, as_of: date | None, name: str | None) -> None:
    """Guide the nation CODE: what it is in, where it trains, what it may follow."""
    today = station.clock().date()
    alliance, ways = _here(station, name)
    found = guide_of(alliance, code, on=as_of or today, ways=ways, today=today)
    if station.as_json:
        give(found)
    else:
        tell(_lines(found, alliance))


def _here(station: Station, name: str | None) -> tuple[Alliance, Ways]:
    if name is None and not station.is_founded:
        return station.access().alliance, Ways(url=URL_DEFAULT)
    # What it imports takes longer than most commands run.
    from foedus.processes.guiding import ways_of  # noqa: PLC0415

    with station.hub() as hub, hub.reading.snapshot() as seen:
        account = None if name is None else hub.authenticator.named(name)
        return seen.access.alliance, ways_of(seen, account, url=hub.public_url)


def _lines(guide: Guide, alliance: Alliance) -> Iterator[str]:
    nation = alliance.nations[guide.nation]
    yield f"{guide.nation}  {nation.name}, as of {guide.as_of}"
    for number, step in enumerate(guide.steps, start=1):
        yield ""
        yield f"{number}. {step.title}"
        for item in step.items:
            yield f"- {item.text}"
            yield f"  [{origin(item)}]"


def origin(item: Item) -> str:
    """Say in one line where something is from."""
    titles = "; ".join(each.title for each in item.source)
    return f"{item.basis}, as of {item.as_of}: {titles}"
