"""`foedus consultation`: bring the nations together; any one of them may ask."""

import asyncio
from collections.abc import Awaitable, Callable

import click
import msgspec

from foedus.cli.acting import acting_as, reading_as
from foedus.cli.output import give, table, tell
from foedus.cli.station import Station, on_station, operator
from foedus.decisions import commands, reading
from foedus.decisions.consultation_sheets import (
    ConsultationSheet,
    consultation_line,
    consultation_sheet,
)
from foedus.decisions.consultations import Asking
from foedus.decisions.consulting import Answer, Close, Hold, Join
from foedus.errors import InvalidInputError, NotFoundError
from foedus.hub import Hub
from foedus.ids import Position
from foedus.releasability.viewers import Viewer

_note = click.option(
    "--note", metavar="TEXT", default="", help="For those who are asked."
)


@click.group("consultation")
def command() -> None:
    """Bring the nations together; any one of them may ask."""


@command.command("ask")
@click.argument("title")
@click.option("--concern", metavar="TEXT", required=True, help="What it is about.")
@click.option("--label", metavar="TEXT", required=True, help="Who may see it.")
@click.option(
    "--of",
    metavar="LIST",
    default="MEMBERS",
    show_default=True,
    help="Who is asked: nations and communities, separated by commas.",
)
@click.option(
    "--article",
    metavar="TEXT",
    default="Article 4",
    show_default=True,
    help="Under what it is asked for.",
)
@click.option("--chair", metavar="NATION", help="Who presides; else the secretariat.")
@acting_as
@on_station
def ask(station: Station, /, name: str, **words: str) -> None:
    """Ask the nations to consult on TITLE."""
    of = tuple(each.strip() for each in words["of"].split(","))
    try:
        asking = msgspec.convert({**words, "of": of}, Asking)
    except msgspec.ValidationError as error:
        raise InvalidInputError(f"the consultation is wrong: {error}") from error

    async def work(hub: Hub) -> tuple[str, Position]:
        account = hub.authenticator.named(name)
        return await commands.consult(
            hub.floor(), account.viewer(), station.act_for(account), asking
        )

    _do(station, name, work)


@command.command("join")
@click.argument("consultation", metavar="ID")
@click.option("--text", metavar="TEXT", default="", help="Why.")
@acting_as
@on_station
def join(station: Station, consultation: str, text: str, name: str) -> None:
    """Ask alongside in the consultation ID, for one's own nation."""
    _answer(station, name, consultation, Join(text=text))


@command.command("hold")
@click.argument("consultation", metavar="ID")
@_note
@acting_as
@on_station
def hold(station: Station, consultation: str, note: str, name: str) -> None:
    """Record that the nations met on the consultation ID, as its chair."""
    _answer(station, name, consultation, Hold(note=note))


@command.command("close")
@click.argument("consultation", metavar="ID")
@_note
@click.option("--decision", metavar="ID", help="What came of it.")
@acting_as
@on_station
def close(
    station: Station, consultation: str, note: str, decision: str | None, name: str
) -> None:
    """End the consultation ID, as its chair."""
    _answer(station, name, consultation, Close(note=note, decision=decision))


@command.command("list")
@reading_as
@on_station
def listing(station: Station, name: str | None) -> None:
    """List the consultations: open ones first, the newest of each first."""
    with station.hub() as hub, hub.reading.snapshot() as seen:
        found = [
            consultation_line(each, seen.access)
            for each in reading.list_consultations(
                seen.db, seen.access, _viewer(hub, name)
            )
        ]
    if station.as_json:
        give(found)
    else:
        tell(
            table(
                (
                    each.consultation,
                    each.state,
                    f"{each.asked_at:%Y-%m-%d %H:%M} UTC",
                    ", ".join(each.nations),
                    each.title,
                )
                for each in found
            )
        )


@command.command("show")
@click.argument("consultation", metavar="ID")
@reading_as
@on_station
def show(station: Station, consultation: str, name: str | None) -> None:
    """Show the consultation ID."""
    with station.hub() as hub:
        _show(station, hub, _viewer(hub, name), consultation)


def _answer(station: Station, name: str, consultation: str, answer: Answer) -> None:
    async def work(hub: Hub) -> tuple[str, Position]:
        account = hub.authenticator.named(name)
        act = station.act_for(account)
        return consultation, await commands.act_on_consultation(
            hub.floor(), account.viewer(), act, consultation, answer
        )

    _do(station, name, work)


def _do(
    station: Station,
    name: str,
    work: Callable[[Hub], Awaitable[tuple[str, Position]]],
) -> None:
    async def done(hub: Hub) -> str:
        consultation, position = await work(hub)
        await hub.seen([position])
        return consultation

    with station.hub() as hub:
        consultation = asyncio.run(done(hub))
        viewer = hub.authenticator.named(name).viewer()
        _show(station, hub, viewer, consultation)


def _viewer(hub: Hub, name: str | None) -> Viewer:
    if name is None:
        return operator(hub.alliance)
    return hub.authenticator.named(name).viewer()


def _show(station: Station, hub: Hub, viewer: Viewer, name: str) -> None:
    with hub.reading.snapshot() as seen:
        found = reading.find_consultation(seen.db, seen.access, viewer, name)
        if found is None:
            raise NotFoundError(f"no consultation {name}; list the consultations")
        sheet = consultation_sheet(found, viewer, seen.access)
    if station.as_json:
        give(sheet)
    else:
        tell(_lines(sheet))


def _lines(sheet: ConsultationSheet) -> list[str]:
    lines = [
        f"consultation  {sheet.consultation}",
        f"title         {sheet.title}",
        f"under         {sheet.article}, {sheet.state}",
        f"asked by      {', '.join(sheet.nations)}",
        f"on            {sheet.asked_at:%Y-%m-%d %H:%M} UTC",
        f"asked are     {', '.join(sheet.asked)}; chaired by {sheet.chair}",
        f"label         {sheet.label}",
        f"concern       {sheet.concern}",
    ]
    lines += [
        f"joined        {each.nation}: {each.text}" for each in sheet.statements or ()
    ]
    lines += [f"met           {each:%Y-%m-%d %H:%M} UTC" for each in sheet.met_at]
    lines += [f"note          {each}" for each in sheet.notes or ()]
    if sheet.decision:
        lines.append(f"led to        {sheet.decision}")
    return lines
