"""`foedus nation`: ask who is a member, a partner, and since when."""

from collections.abc import Iterator
from datetime import date

import click
import msgspec

from foedus.alliance.nations import Alliance, Participation
from foedus.alliance.statuses import Status
from foedus.cli import spelling
from foedus.cli.output import give, table, tell
from foedus.cli.station import Station, on_station
from foedus.errors import NotFoundError
from foedus.ids import NationCode


class NationLine(msgspec.Struct, frozen=True, kw_only=True):
    """A nation in a list.

    Attributes:
        since: the first day of the status; None where it never had another.
    """

    code: NationCode
    name: str
    status: Status
    since: date | None


class NationSheet(NationLine, frozen=True, kw_only=True):
    """Everything about one nation on a day.

    Attributes:
        as_of: the day.
        communities: codes of the communities that it belongs to.
        frameworks: what it takes part in.
    """

    as_of: date
    aliases: tuple[str, ...]
    communities: tuple[str, ...]
    frameworks: tuple[Participation, ...]


_as_of = click.option(
    "--as-of", metavar="DATE", type=spelling.day, help="On which day; today by default."
)


@click.group("nation")
def command() -> None:
    """Ask who is a member, a partner, and since when."""


@command.command("list")
@_as_of
@click.option(
    "--status",
    metavar="S",
    type=click.Choice([status.value for status in Status]),
    help="Only those of one status: " + ", ".join(Status) + ".",
)
@on_station
def listing(station: Station, as_of: date | None, status: str | None) -> None:
    """List the nations with their status, by code."""
    alliance = station.access().alliance
    on = as_of or station.clock().date()
    lines = [
        line
        for line in (_line(alliance, code, on) for code in sorted(alliance.nations))
        if status in (None, line.status)
    ]
    if station.as_json:
        give(lines)
    elif lines:
        tell(table((each.code, each.status, _day(each), each.name) for each in lines))


@command.command("show")
@click.argument("code")
@_as_of
@on_station
def show(station: Station, code: str, as_of: date | None) -> None:
    """Show one nation, by its code or name."""
    alliance = station.access().alliance
    nation = alliance.nation(code)
    if nation is None:
        raise NotFoundError(f"no nation {code!r} in {alliance.name}")
    sheet = _sheet(alliance, nation, as_of or station.clock().date())
    if station.as_json:
        give(sheet)
    else:
        tell(_lines(sheet, alliance))


def _line(alliance: Alliance, code: NationCode, on: date) -> NationLine:
    return NationLine(
        code=code,
        name=alliance.nations[code].name,
        status=alliance.status(code, on),
        since=alliance.since(code, on),
    )


def _sheet(alliance: Alliance, code: NationCode, on: date) -> NationSheet:
    line = _line(alliance, code, on)
    return NationSheet(
        **msgspec.structs.asdict(line),
        as_of=on,
        aliases=tuple(alliance.nations[code].aliases),
        communities=tuple(
            community
            for community in sorted(alliance.communities)
            if code in alliance.members_of(community, on)
        ),
        frameworks=alliance.frameworks_of(code, on),
    )


def _lines(sheet: NationSheet, alliance: Alliance) -> Iterator[str]:
    yield f"{sheet.code}  {sheet.name}, as of {sheet.as_of}"
    yield f"status       {sheet.status} since {_day(sheet)}"
    yield f"communities  {', '.join(sheet.communities) or 'none'}"
    for each in sheet.frameworks:
        name = alliance.frameworks[each.framework].name
        yield f"framework    {name}" + (f", since {each.since}" if each.since else "")


def _day(line: NationLine) -> str:
    return line.since.isoformat() if line.since else "-"
