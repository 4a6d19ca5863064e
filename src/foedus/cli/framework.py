"""`foedus framework`: programmes of cooperation, and what they do not promise.

Runs without a data folder, on the shipped pack.
"""

from collections.abc import Iterator
from datetime import date

import click

from foedus.alliance.frameworks import (
    FrameworkSheet,
    Participant,
    framework_lines,
    framework_sheet,
)
from foedus.cli import spelling
from foedus.cli.output import give, table, tell
from foedus.cli.station import Station, on_station

_as_of = click.option(
    "--as-of", metavar="DATE", type=spelling.day, help="On which day; today by default."
)


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
    elif lines:
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
        tell(table(rows))


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
