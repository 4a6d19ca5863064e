"""`foedus framework`: programmes of cooperation, and what they do not promise.

Runs without a data folder, on the shipped pack.
"""

import asyncio
from collections.abc import Callable, Iterator
from datetime import date
from typing import TYPE_CHECKING

import click

from foedus.alliance.events import ParticipationChanged
from foedus.alliance.frameworks import (
    FrameworkSheet,
    Participant,
    framework_lines,
    framework_sheet,
)
from foedus.alliance.sheets import NOW
from foedus.cli import spelling
from foedus.cli.output import give, table, tell
from foedus.cli.station import Station, on_station
from foedus.ids import NationCode

if TYPE_CHECKING:
    # What it imports takes longer than most commands run.
    from foedus.hub import ParticipationChange

_as_of = click.option(
    "--as-of", metavar="DATE", type=spelling.day, help="On which day; today by default."
)


def _change(work: Callable[..., None]) -> Callable[..., None]:
    """Give a command the words of a change."""
    dials = (
        click.argument("nation", metavar="CODE"),
        click.argument("framework", metavar="ID"),
        click.option(
            "--from",
            "since",
            metavar="DATE",
            type=spelling.day,
            required=True,
            help="Its first day, past or to come; a day begins at 00:00 UTC.",
        ),
        click.option(
            "--as",
            "name",
            metavar="NAME",
            type=spelling.name,
            required=True,
            help="On behalf of whom of the alliance's own staff.",
        ),
    )
    found = on_station(work)
    for dial in reversed(dials):
        found = dial(found)
    return found


@click.group("framework")
def command() -> None:
    """Ask for programmes of cooperation, and what they do not promise."""


@command.command("list")
@_as_of
@on_station
def listing(station: Station, as_of: date | None) -> None:
    """List the frameworks, how many take part, and what each does not promise."""
    on = as_of or station.clock().date()
    lines = framework_lines(station.access().alliance, on)
    if station.as_json:
        give(lines)
    else:
        rows = [("id", "state", "nations", "does not promise", "name")]
        rows += [
            (
                each.id,
                each.state,
                str(each.participants),
                ", ".join(each.not_promised) or "-",
                each.name,
            )
            for each in lines
        ]
        tell(table(rows) if lines else ())


@command.command("show")
@click.argument("framework", metavar="ID")
@_as_of
@on_station
def show(station: Station, framework: str, as_of: date | None) -> None:
    """Show one framework, by its id, its name or a word of the glossary."""
    on = as_of or station.clock().date()
    sheet = framework_sheet(station.access().alliance, framework, on)
    if station.as_json:
        give(sheet)
    else:
        tell(_lines(sheet))


@command.command("join")
@_change
def join(station: Station, nation: str, framework: str, since: date, name: str) -> None:
    """Record that the nation CODE takes part in the framework ID from a day on."""
    _record(station, name, nation, framework, since, joined=True)


@command.command("leave")
@_change
def leave(
    station: Station, nation: str, framework: str, since: date, name: str
) -> None:
    """Record that the nation CODE takes no part in the framework ID from a day on."""
    _record(station, name, nation, framework, since, joined=False)


def _record(  # noqa: PLR0913 - the words of both commands
    station: Station,
    name: str,
    nation: str,
    framework: str,
    since: date,
    *,
    joined: bool,
) -> None:
    wanted = ParticipationChanged(
        nation=NationCode(nation), framework=framework, joined=joined, since=since
    )
    change = asyncio.run(_recorded(station, name, wanted))
    if station.as_json:
        give(change)
        return
    verb = "takes part in" if joined else "takes no part in"
    when = "now" if change.acts == NOW else f"on {change.acts}, 00:00 UTC"
    text = f"{change.nation} {verb} {change.framework} from {change.since} on; "
    tell([f"{text}where that changes who may see what, it acts {when}"])


async def _recorded(
    station: Station, name: str, wanted: ParticipationChanged
) -> "ParticipationChange":
    with station.hub() as hub:
        account = hub.authenticator.named(name)
        return await hub.change_participation(account, station.act_for(account), wanted)


def _lines(sheet: FrameworkSheet) -> Iterator[str]:
    yield f"{sheet.id}  {sheet.name}, as of {sheet.day}"
    lines = {
        "kind": sheet.kind,
        "state": sheet.state,
        "established": _established(sheet),
        "purpose": sheet.purpose,
        "for": sheet.eligible,
        "scope": sheet.scope,
        "duration": sheet.duration,
        "review": sheet.review_cycle,
        "owed": "; ".join(sheet.obligations),
        "given": "; ".join(sheet.gives),
        "promises": sheet.assurance.text,
        "not promised": ", ".join(sheet.not_promised),
        "followed by": sheet.succeeded_by,
        "note": sheet.note,
    }
    yield from (f"{word:<13}{text}" for word, text in lines.items() if text)
    for each in sheet.history:
        yield f"{'nation':<13}{_taking_part(each)}"
    if sheet.mentioned:
        named = ", ".join(sheet.mentioned)
        yield f"{'mentioned':<13}{named}: named without dates, not counted"
    titles = "; ".join(each.title for each in sheet.source)
    yield f"[{sheet.basis}, as of {sheet.as_of}: {titles}]"


def _established(sheet: FrameworkSheet) -> str:
    length = {"year": 4, "month": 7, "day": 10}[sheet.precision]
    begun = str(sheet.established)[:length] if sheet.established else ""
    over = f"until {sheet.ended}" if sheet.ended else ""
    return ", ".join(filter(None, [begun, over, sheet.dates_note]))


def _taking_part(each: Participant) -> str:
    length = {"year": 4, "month": 7, "day": 10}[each.precision]
    since = f"from {str(each.since)[:length]}" if each.since else "from the beginning"
    until = f" to {each.until}" if each.until else ""
    return f"{each.nation}  {each.name}, {since}{until}; status {each.status}"
