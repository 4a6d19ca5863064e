"""`foedus task`: what one's nation is asked to do, and what it does of it."""

import asyncio
from typing import Final

import click

from foedus.cli import clocks
from foedus.cli.acting import acting_as
from foedus.cli.output import give, table, tell
from foedus.cli.station import Station, on_station
from foedus.clock import to_ms
from foedus.errors import InvalidInputError, NotFoundError
from foedus.hub import Hub
from foedus.identity.accounts import Account
from foedus.response import commands
from foedus.response.moves import (
    Accept,
    Acknowledge,
    Authorise,
    Begin,
    Confirm,
    Decline,
    Delegate,
    Finish,
    Move,
    Note,
    Return,
)
from foedus.response.queries import Part, find_task, list_tasks
from foedus.response.task_sheets import (
    SendingSheet,
    SendingState,
    TaskSheet,
    task_line,
    task_sheet,
)


@click.group("task")
def command() -> None:
    """See what one's nation is asked to do, and say what it does of it."""


for _each in clocks.OF_TASKS:
    command.add_command(_each)


@command.command("list")
@click.option(
    "--part",
    type=click.Choice(["mine", "coordinated", "all"]),
    default="mine",
    help="What one's nation is asked, what it asks of others, or both.",
)
@click.option("--open/--ended", "is_open", default=None, help="Only those.")
@acting_as
@on_station
def listing(station: Station, *, part: Part, is_open: bool | None, name: str) -> None:
    """List the tasks, what is due first; one's own are delivered by that."""

    async def work(hub: Hub, account: Account) -> None:
        await commands.note_shown(
            hub.desk, account.viewer(), station.act_for(account), found
        )

    with station.hub() as hub:
        account = hub.authenticator.named(name)
        with hub.reading.snapshot() as seen:
            found = list_tasks(
                seen.db, seen.access, account.viewer(), part=part, open=is_open
            )
        asyncio.run(work(hub, account))
    lines = [task_line(each) for each in found]
    if station.as_json:
        give(lines)
    else:
        tell(
            table(
                (
                    each.task,
                    each.nation,
                    each.ending or each.standing,
                    f"{each.due:%Y-%m-%d %H:%M} UTC",
                    each.name,
                )
                for each in lines
            )
        )


@command.command("show")
@click.argument("task", metavar="ID")
@acting_as
@on_station
def show(station: Station, task: str, name: str) -> None:
    """Show the task ID; it is delivered by that."""

    async def work(hub: Hub, account: Account) -> None:
        with hub.reading.snapshot() as seen:
            found = find_task(seen.db, seen.access, account.viewer(), task)
        if found is not None:
            act = station.act_for(account)
            shown = [found.task]
            await hub.seen(
                await commands.note_shown(hub.desk, account.viewer(), act, shown)
            )

    with station.hub() as hub:
        account = hub.authenticator.named(name)
        asyncio.run(work(hub, account))
        _show(station, hub, account, task)


@command.command("ack")
@click.argument("task", metavar="ID")
@acting_as
@on_station
def acknowledge(station: Station, task: str, name: str) -> None:
    """Say that one's nation knows of the task ID."""
    _act(station, name, task, Acknowledge())


@command.command("accept")
@click.argument("task", metavar="ID")
@click.option("--note", metavar="TEXT", default="", help="What is to be known.")
@acting_as
@on_station
def accept(station: Station, task: str, note: str, name: str) -> None:
    """Say that one's nation will do the task ID, or takes it where it is offered."""
    _act(station, name, task, Accept(note=note))


@command.command("decline")
@click.argument("task", metavar="ID")
@click.option("--caveat", metavar="TEXT", required=True, help="Why.")
@acting_as
@on_station
def decline(station: Station, task: str, caveat: str, name: str) -> None:
    """Say that one's nation will not do the task ID; that is no failure."""
    _act(station, name, task, Decline(caveat=caveat))


@command.command("delegate")
@click.argument("task", metavar="ID")
@click.option("--team", metavar="TEXT", default="", help="A team of one's nation.")
@click.option("--nation", metavar="CODE", default="", help="Another that is asked.")
@acting_as
@on_station
def delegate(station: Station, task: str, team: str, nation: str, name: str) -> None:
    """Let a team do the task ID, or offer it to another nation that is asked, too."""
    _act(station, name, task, Delegate(team=team, nation=nation))


@command.command("start")
@click.argument("task", metavar="ID")
@acting_as
@on_station
def begin(station: Station, task: str, name: str) -> None:
    """Say that work on the task ID began."""
    _act(station, name, task, Begin())


@command.command("done")
@click.argument("task", metavar="ID")
@click.option("--reply", metavar="TEXT", default="", help="The answer.")
@click.option("--evidence", metavar="TEXT", multiple=True, help="What shows it.")
@click.option(
    "--output", "outputs", metavar="NAME=VALUE", multiple=True, help="A value."
)
@acting_as
@on_station
def done(  # noqa: PLR0913 - one for each option
    station: Station,
    *,
    task: str,
    reply: str,
    evidence: tuple[str, ...],
    outputs: tuple[str, ...],
    name: str,
) -> None:
    """Say that the task ID was done."""
    values = dict(map(_value, outputs))
    _act(station, name, task, Finish(reply=reply, evidence=evidence, outputs=values))


@command.command("authorise")
@click.argument("task", metavar="ID")
@click.option(
    "--decision",
    metavar="DECISION",
    default="",
    help="An adopted one, in the place of a second person.",
)
@acting_as
@on_station
def authorise(station: Station, task: str, decision: str, name: str) -> None:
    """Agree that the hub itself sends what the task ID asks for."""
    _act(station, name, task, Authorise(decision=decision))


@command.command("confirm")
@click.argument("task", metavar="ID")
@acting_as
@on_station
def confirm(station: Station, task: str, name: str) -> None:
    """Confirm that the task ID was done, as the coordinator."""
    _act(station, name, task, Confirm())


@command.command("return")
@click.argument("task", metavar="ID")
@click.option("--reason", metavar="TEXT", required=True, help="What is missing.")
@acting_as
@on_station
def give_back(station: Station, task: str, reason: str, name: str) -> None:
    """Give the task ID back as not done yet, as the coordinator."""
    _act(station, name, task, Return(reason=reason))


@command.command("note")
@click.argument("task", metavar="ID")
@click.argument("text", metavar="TEXT")
@acting_as
@on_station
def note(station: Station, task: str, text: str, name: str) -> None:
    """Write TEXT beside the task ID."""
    _act(station, name, task, Note(text=text))


def _value(text: str) -> tuple[str, str | None]:
    name, equals, value = text.partition("=")
    if not equals:
        raise InvalidInputError(f"{text!a}: write --output __name__=value")
    return name, value


def _act(station: Station, name: str, task: str, move: Move) -> None:
    async def work(hub: Hub, account: Account) -> None:
        position = await commands.act_on_task(
            hub.desk, account.viewer(), station.act_for(account), task, move
        )
        await hub.seen([position])
        await hub.responded()

    with station.hub() as hub:
        account = hub.authenticator.named(name)
        asyncio.run(work(hub, account))
        _show(station, hub, account, task)


def _show(station: Station, hub: Hub, account: Account, task: str) -> None:
    viewer = account.viewer()
    with hub.reading.snapshot() as seen:
        found = find_task(seen.db, seen.access, viewer, task)
        if found is None:
            raise NotFoundError(f"no task {task}; list your tasks")
        now_ms = to_ms(station.clock())
        sheet = task_sheet(seen.db, found, viewer, seen.access, now_ms)
    if station.as_json:
        give(sheet)
    else:
        tell(_lines(sheet))


def _lines(sheet: TaskSheet) -> list[str]:
    lines = [
        f"task      {sheet.task}",
        f"name      {sheet.name}" + (" (exercise)" if sheet.exercise else ""),
        f"asked of  {sheet.nation}, by {sheet.coordinator}",
        f"stands    {sheet.standing}"
        + (f", {sheet.ending}" * (sheet.ending is not None)),
        f"due       {sheet.due:%Y-%m-%d %H:%M} UTC"
        + (", as the run stood still" * (sheet.still is not None)),
        f"label     {sheet.label}",
    ]
    lines += [f"run       {sheet.run}"] if sheet.run is not None else []
    lines += _sending_lines(sheet.sending) if sheet.sending is not None else []
    lines += ["", *sheet.text.splitlines()] if sheet.text else []
    lines += [f"question  {sheet.question}"] if sheet.question else []
    lines += [f"value     {name} = {value}" for name, value in sheet.values.items()]
    if sheet.said is not None:
        lines += [f"caveat    {sheet.said.caveat}"] if sheet.said.caveat else []
        lines += [f"reply     {sheet.said.reply}"] if sheet.said.reply else []
        lines += [
            f"{each.at:%Y-%m-%d %H:%M} UTC  {each.nation}  {each.text}"
            for each in sheet.said.notes
        ]
    lines.append(f"may       {', '.join(sheet.may) or 'nothing now'}")
    return lines


_SENDING: Final[dict[SendingState, str]] = {
    "waits": "the hub sends it once enough persons agree",
    "ready": "the hub sends it",
    "on-the-way": "the hub is sending it",
    "unknown": "it was sent; nobody knows what became of it",
    "by-hand": "people do it",
    "over": "it is over",
}


def _sending_lines(sheet: SendingSheet) -> list[str]:
    said = _SENDING[sheet.state] + (f": {sheet.reason}" if sheet.reason else "")
    lines = [f"hub       {said}"]
    if sheet.state in {"waits", "unknown"}:
        lines.append(f"agreed    {sheet.agreed} of {sheet.needed}")
    for each in sheet.requests:
        lines.append(f"sends     {each.line}")
        lines += [f"          {name}: {value}" for name, value in each.headers]
        lines += [f"          {line}" for line in each.body.splitlines()]
        lines += [f"          and {each.more:,} more bytes"] if each.more else []
    return lines
