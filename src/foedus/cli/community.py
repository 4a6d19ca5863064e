"""`foedus community`: ask who belongs to a community, and who did."""

from collections.abc import Iterator
from datetime import date

import click

from foedus.alliance.sheets import CommunitySheet, Generation, community_sheet
from foedus.cli import spelling
from foedus.cli.output import give, tell
from foedus.cli.station import Station, on_station


@click.group("community")
def command() -> None:
    """Ask who belongs to a community, and who did."""


@command.command("show")
@click.argument("code")
@click.option(
    "--as-of", metavar="DATE", type=spelling.day, help="On which day; today by default."
)
@on_station
def show(station: Station, code: str, as_of: date | None) -> None:
    """Show one community, by its code or alias, with all its generations."""
    alliance = station.access().alliance
    sheet = community_sheet(alliance, code, as_of or station.clock().date())
    if station.as_json:
        give(sheet)
    else:
        tell(_lines(sheet))


def _lines(sheet: CommunitySheet) -> Iterator[str]:
    yield f"{sheet.code}  {sheet.name}, as of {sheet.as_of}"
    if not sheet.known:
        yield "its nations are not known here, so a label cannot use it"
        return
    body = "  and the alliance's own body" if sheet.includes_body else ""
    yield f"nations      {len(sheet.nations)}: {_names(sheet.nations)}{body}"
    if sheet.suspended:
        yield f"suspended    {_names(sheet.suspended)}"
    yield f"closed term  {sheet.closed}: the nations above, whatever comes later"
    later = ", the suspended ones again when they return" if sheet.suspended else ""
    yield f"open term    {sheet.open}: the nations of whenever it is read{later}"
    for each in sheet.generations:
        yield f"generation   {each.since or 'always'}  {_change(each)}"


def _change(generation: Generation) -> str:
    parts = [f"{generation.count} nations"]
    if generation.joined:
        parts.append(f"joined {_names(generation.joined)}")
    if generation.left:
        parts.append(f"left {_names(generation.left)}")
    return "; ".join(parts)


def _names(codes: tuple[str, ...]) -> str:
    return ", ".join(codes) or "none"
