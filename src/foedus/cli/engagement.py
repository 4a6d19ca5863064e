"""`foedus engagement`: projects, exchanges, missions, visits, joint exercises."""

import asyncio
from collections.abc import Iterable
from datetime import date
from typing import TypedDict, Unpack, get_args

import click

from foedus.alliance.sheets import named_nation
from foedus.cli import spelling
from foedus.cli.acting import acting_as
from foedus.cli.output import give, tell
from foedus.cli.station import Station, on_station, reader
from foedus.guidance import rules
from foedus.guidance.commands import Engaging, engage, report_engagement
from foedus.guidance.engagements import (
    PAGE_MAX,
    EngagementSheet,
    Wanted,
    list_engagements,
)
from foedus.guidance.events import Course, EngagementKind, EngagementReported


class _Words(TypedDict):
    """What is recorded, as options."""

    kind: EngagementKind
    title: str
    purpose: str
    since: date
    until: date | None
    participants: str
    regions: str
    status: str
    outcome: str
    label: str


_COURSE = click.Choice([each.value for each in Course])


@click.group("engagement")
def command() -> None:
    """Record what nations do together, and ask for it."""


@command.command("add")
@click.option("--kind", type=click.Choice(get_args(EngagementKind)), required=True)
@click.option("--title", metavar="TEXT", required=True, help="What it is called.")
@click.option("--purpose", metavar="TEXT", required=True, help="What it is for.")
@click.option(
    "--from",
    "since",
    metavar="DATE",
    type=spelling.day,
    required=True,
    help="Its first day.",
)
@click.option(
    "--until", metavar="DATE", type=spelling.day, help="The day after its last."
)
@click.option(
    "--with",
    "participants",
    metavar="CODE[,CODE…]",
    type=spelling.listed,
    default="",
    help="The nations that take part.",
)
@click.option(
    "--region",
    "regions",
    metavar="NAME[,NAME…]",
    default="",
    help="Regions, as the data pack calls them.",
)
@click.option("--status", type=_COURSE, default=Course.PLANNED.value)
@click.option("--outcome", metavar="TEXT", default="", help="What came of it.")
@click.option(
    "--label",
    metavar="TEXT",
    default="",
    help="Who may see it; the author's nation alone by default.",
)
@acting_as
@on_station
def add(station: Station, name: str, **words: Unpack[_Words]) -> None:
    """Record an engagement."""
    sent = Engaging(
        kind=words["kind"],
        title=words["title"],
        purpose=words["purpose"],
        since=words["since"],
        until=words["until"],
        participants=_parts(words["participants"]),
        regions=_parts(words["regions"]),
        status=Course(words["status"]),
        outcome=words["outcome"],
        label=words["label"],
    )
    made = asyncio.run(_add(station, name, sent))
    if station.as_json:
        give({"engagement": made})
    else:
        tell([f"engagement  {made}"])


@command.command("list")
@click.option("--nation", metavar="CODE", help="Only those of one nation.")
@click.option("--region", metavar="NAME", help="Only those in one region.")
@click.option(
    "--as",
    "name",
    metavar="NAME",
    type=spelling.name,
    help="Only those that NAME may see; all by default.",
)
@on_station
def listing(
    station: Station, nation: str | None, region: str | None, name: str | None
) -> None:
    """List the engagements, the latest to begin first."""
    found: list[EngagementSheet] = []
    with station.hub() as hub, hub.reading.snapshot() as seen:
        alliance, viewer = seen.access.alliance, reader(hub, name)
        wanted = Wanted(
            nation=named_nation(alliance, nation) if nation else None,
            region=rules.regions([region], alliance)[0] if region else None,
        )
        page = list_engagements(seen.db, seen.access, viewer, wanted)
        while page:
            found += page
            last = found[-1].engagement if len(page) == PAGE_MAX else None
            if last is None:
                break
            page = list_engagements(seen.db, seen.access, viewer, _behind(wanted, last))
    if station.as_json:
        give(found)
    else:
        tell(_lines(found))


@command.command("report")
@click.argument("engagement", metavar="ID")
@click.argument("status", type=_COURSE)
@click.option("--outcome", metavar="TEXT", default="", help="What came of it.")
@acting_as
@on_station
def report(
    station: Station, engagement: str, status: str, outcome: str, name: str
) -> None:
    """Say how the engagement ID stands, and what came of it."""
    told = EngagementReported(
        engagement=engagement, status=Course(status), outcome=outcome
    )
    asyncio.run(_report(station, name, told))
    if station.as_json:
        give({"engagement": engagement, "status": status})
    else:
        tell([f"engagement  {engagement}  {status}"])


async def _add(station: Station, name: str, sent: Engaging) -> str:
    with station.hub() as hub:
        account = hub.authenticator.named(name)
        act = station.act_for(account)
        made, position = await engage(hub.bureau, account.viewer(), act, sent)
        await hub.seen([position])
    return made


async def _report(station: Station, name: str, told: EngagementReported) -> None:
    with station.hub() as hub:
        account = hub.authenticator.named(name)
        position = await report_engagement(
            hub.bureau,
            account.viewer(),
            station.act_for(account),
            told.engagement,
            told,
        )
        await hub.seen([position])


def _behind(wanted: Wanted, last: str) -> Wanted:
    return Wanted(nation=wanted.nation, region=wanted.region, after=last)


def _parts(text: str) -> tuple[str, ...]:
    return tuple(text.split(",")) if text else ()


def _lines(found: Iterable[EngagementSheet]) -> Iterable[str]:
    for each in found:
        days = f"{each.since} to {each.until}" if each.until else f"from {each.since}"
        yield f"{each.engagement}  {each.kind}  {each.status}  {days}"
        yield f"  {each.title}: {each.purpose}"
        who = ", ".join(each.participants) or "nobody named"
        where = f"; {', '.join(each.regions)}" if each.regions else ""
        yield f"  with {who}{where}; recorded by {each.author}; {each.label}"
        if each.outcome:
            yield f"  outcome: {each.outcome}"
