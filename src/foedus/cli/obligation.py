"""`foedus obligation`: what a nation owes, and how it is met."""

import asyncio
from collections.abc import Iterator
from datetime import date
from typing import TypedDict, Unpack

import click

from foedus.alliance.sheets import named_nation
from foedus.cli import spelling
from foedus.cli.output import give, tell
from foedus.cli.station import Station, on_station, reader
from foedus.guidance.commands import Reporting
from foedus.guidance.commands import report as report_obligation
from foedus.guidance.events import Progress
from foedus.guidance.obligations import Checklist, Line, bare_checklist, checklist


class _Words(TypedDict):
    """What is reported, as options."""

    due: date | None
    owner: str
    evidence: str
    label: str


@click.group("obligation")
def command() -> None:
    """Ask what a nation owes, and report how it is met."""


@command.command("list")
@click.argument("code")
@click.option(
    "--as-of", metavar="DATE", type=spelling.day, help="On which day; today by default."
)
@click.option(
    "--as",
    "name",
    metavar="NAME",
    type=spelling.name,
    help="With the reports that NAME may read; all by default.",
)
@on_station
def listing(station: Station, code: str, as_of: date | None, name: str | None) -> None:
    """List what the nation CODE owes, each with what was last reported of it."""
    found = _checklist(station, code, as_of or station.clock().date(), name)
    if station.as_json:
        give(found)
    else:
        tell(_lines(found))


@command.command("report")
@click.argument("code")
@click.argument("obligation", metavar="KEY")
@click.argument("status", type=click.Choice([each.value for each in Progress]))
@click.option(
    "--as",
    "name",
    metavar="NAME",
    type=spelling.name,
    required=True,
    help="On whose behalf; of the nation, or of the alliance's secretariat.",
)
@click.option("--due", metavar="DATE", type=spelling.day, help="When it is to be met.")
@click.option("--owner", metavar="TEXT", default="", help="The office that sees to it.")
@click.option("--evidence", metavar="TEXT", default="", help="What shows it.")
@click.option(
    "--label",
    metavar="TEXT",
    default="",
    help="Who may see the report; the nation and its author alone by default.",
)
@on_station
def report(
    station: Station,
    code: str,
    obligation: str,
    status: str,
    name: str,
    **words: Unpack[_Words],
) -> None:
    """Report how the nation CODE meets the obligation KEY."""
    sent = Reporting(
        nation=code,
        obligation=obligation,
        status=Progress(status),
        due=words["due"],
        owner=words["owner"],
        evidence=words["evidence"],
        label=words["label"],
    )
    made = asyncio.run(_report(station, name, sent))
    if station.as_json:
        give({"report": made})
    else:
        tell([f"report  {made}"])


async def _report(station: Station, name: str, sent: Reporting) -> str:
    with station.hub() as hub:
        account = hub.authenticator.named(name)
        act = station.act_for(account)
        made, position = await report_obligation(
            hub.bureau, account.viewer(), act, sent
        )
        await hub.seen([position])
    return made


def _checklist(station: Station, code: str, on: date, name: str | None) -> Checklist:
    if name is None and not station.is_founded:
        alliance = station.access().alliance
        return bare_checklist(alliance, named_nation(alliance, code), on)
    with station.hub() as hub, hub.reading.snapshot() as seen:
        nation = named_nation(seen.access.alliance, code)
        return checklist(seen.db, seen.access, reader(hub, name), nation, on)


def _lines(found: Checklist) -> Iterator[str]:
    yield f"{found.nation}, as of {found.as_of}: {len(found.obligations)} obligations"
    for each in found.obligations:
        yield f"{each.obligation:<24}{_stands(each)}"
        yield f"  {each.under}: {each.text}"
        if each.report is not None and each.report.evidence:
            yield f"  evidence: {each.report.evidence}"
        titles = "; ".join(source.title for source in each.source)
        yield f"  [{each.basis}, as of {each.as_of}: {titles}]"


def _stands(each: Line) -> str:
    if each.report is None:
        return "nothing reported"
    told = each.report
    parts = [f"{told.status}, reported by {told.author} on {told.at}"]
    if told.due:
        parts.append(f"due {told.due}{' (overdue)' if each.overdue else ''}")
    if told.owner:
        parts.append(f"owner {told.owner}")
    return "; ".join([*parts, told.label])
