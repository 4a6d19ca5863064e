"""`foedus task clocks|pause|resume` and `foedus protocol clocks`: clocks of tasks."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime

import click

from foedus.cli.acting import acting_as, reading_as
from foedus.cli.output import give, table, tell
from foedus.cli.station import Station, on_station, operator, reader
from foedus.clock import to_ms
from foedus.errors import NotFoundError
from foedus.hub import Hub
from foedus.identity.accounts import Account
from foedus.ids import Position
from foedus.releasability.viewers import Viewer
from foedus.response import clock_commands
from foedus.response.clock_commands import Pausing, Resuming
from foedus.response.clock_sheets import (
    Clocks,
    ClockSheet,
    HubClocks,
    TaskClocks,
    list_clocks,
    task_clocks,
)
from foedus.response.clocks import CLOCKS, ClockName
from foedus.response.queries import find_task

_clock = click.option(
    "--clock", type=click.Choice(CLOCKS), default=None, help="Which; all without."
)


@click.command("clocks")
@click.argument("task", metavar="ID")
@acting_as
@on_station
def of_task(station: Station, task: str, name: str) -> None:
    """Show the clocks of the task ID: how they stand, what was told, what was not."""
    with station.hub() as hub:
        viewer = hub.authenticator.named(name).viewer()
        _show(station, hub, viewer, task)


@click.command("pause")
@click.argument("task", metavar="ID")
@click.option(
    "--reason", metavar="TEXT", required=True, help="Why; the nation sees it."
)
@_clock
@click.option(
    "--awaits", metavar="NATION", default="", help="Another that is waited for."
)
@acting_as
@on_station
def pause(  # noqa: PLR0913 - one for each option
    station: Station,
    *,
    task: str,
    reason: str,
    clock: ClockName | None,
    awaits: str,
    name: str,
) -> None:
    """Let clocks of the task ID stand still, as the coordinator's duty officer.

    The time of the step itself goes on: others may be asked to do it, too.
    """
    pausing = Pausing(reason=reason, clock=clock, awaits=awaits)

    async def work(hub: Hub, account: Account) -> Position:
        act = station.act_for(account)
        return await clock_commands.pause(
            hub.desk, account.viewer(), act, task, pausing
        )

    _act(station, name, task, work)


@click.command("resume")
@click.argument("task", metavar="ID")
@click.option("--reason", metavar="TEXT", default="", help="Why.")
@_clock
@acting_as
@on_station
def resume(
    station: Station, *, task: str, reason: str, clock: ClockName | None, name: str
) -> None:
    """Let clocks of the task ID go on, as the coordinator's duty officer."""
    resuming = Resuming(reason=reason, clock=clock)

    async def work(hub: Hub, account: Account) -> Position:
        act = station.act_for(account)
        return await clock_commands.resume(
            hub.desk, account.viewer(), act, task, resuming
        )

    _act(station, name, task, work)


@click.command("clocks")
@click.option(
    "--confirm", is_flag=True, help="Confirm the time after the clock was put."
)
@reading_as
@on_station
def of_all(station: Station, *, confirm: bool, name: str | None) -> None:
    """List the clocks that run, by what is told next, and whether any is behind."""

    async def confirmed(hub: Hub) -> None:
        viewer = operator(hub.alliance)
        act = station.act(hub.alliance.code)
        await hub.seen([await clock_commands.confirm_time(hub.desk, viewer, act)])

    with station.hub() as hub:
        if confirm:
            asyncio.run(confirmed(hub))
        with hub.reading.snapshot() as seen:
            now_ms = to_ms(station.clock())
            found = list_clocks(seen.db, seen.access, reader(hub, name), now_ms)
    if station.as_json:
        give(found)
    else:
        tell(_listed(found))


OF_TASKS = (of_task, pause, resume)
"""What `foedus task` takes from here."""


def _act(
    station: Station,
    name: str,
    task: str,
    work: Callable[[Hub, Account], Awaitable[Position]],
) -> None:
    async def done(hub: Hub, account: Account) -> None:
        await hub.seen([await work(hub, account)])

    with station.hub() as hub:
        account = hub.authenticator.named(name)
        asyncio.run(done(hub, account))
        _show(station, hub, account.viewer(), task)


def _show(station: Station, hub: Hub, viewer: Viewer, task: str) -> None:
    with hub.reading.snapshot() as seen:
        found = find_task(seen.db, seen.access, viewer, task)
        if found is None:
            raise NotFoundError(f"no task {task}; list your tasks")
        sheet = task_clocks(seen.db, found, viewer, to_ms(station.clock()))
    if station.as_json:
        give(sheet)
    else:
        tell(_lines(sheet))


def _lines(sheet: TaskClocks) -> list[str]:
    lines = [f"task      {sheet.task}, of {sheet.nation}"]
    if sheet.calendar is not None:
        calendar = sheet.calendar
        lines.append(f"calendar  {calendar.zone}, {calendar.basis}")
    for clock in sheet.clocks:
        lines += ["", _state(clock)]
        lines += table(
            (
                f"  {_written(each.due)}",
                f"{each.kind} {each.point}" + (f" ({each.loop + 1})" * (each.loop > 0)),
                ", ".join(each.tell),
                _fate(each.told, each.reason, late=each.late, missed=each.missed),
            )
            for each in clock.points
        )
    lines += [""] if sheet.pauses else []
    lines += [
        f"paused    {each.clock}, {_written(each.since)} to "
        f"{_written(each.until) if each.until else 'now'}, by {each.authority}: "
        f"{each.reason}"
        for each in sheet.pauses
    ]
    return lines


def _state(clock: ClockSheet) -> str:
    parts = [f"{clock.clock:<12}{clock.state.value}"]
    if clock.late and clock.state.value not in ("late", "unreachable"):
        parts.append("too late")
    if clock.owner != "nobody":
        parts.append(f"waits for the {clock.owner}")
    if clock.deadline is not None:
        parts.append(f"until {_written(clock.deadline)}")
        parts += [clock.local] if clock.local else []
    if clock.called:
        parts.append(clock.called)
    return ", ".join(parts)


def _fate(told: datetime | None, reason: str, *, late: bool, missed: bool) -> str:
    if told is not None:
        return f"told {_written(told)}" + " late" * late
    if reason:
        return f"not told: {reason}"
    return "missing" if missed else ""


def _listed(found: Clocks) -> list[str]:
    lines = table(
        (
            _written(each.next),
            f"{each.kind} {each.point}",
            each.clock,
            each.nation,
            each.task or each.run or "",
            each.called or each.name,
        )
        for each in found.clocks
    )
    return [*lines, *([] if found.hub is None else _of_hub(found.hub))]


def _of_hub(hub: HubClocks) -> list[str]:
    audited = "never" if hub.audited is None else _written(hub.audited)
    line = f"{hub.running} run, the first overdue for {hub.overdue_s:.0f} s, "
    lines = [f"{line}{hub.missing} missing; audited until {audited}"]
    if hub.held is not None and hub.showed is not None:
        lines.append(
            f"HELD: the machine's clock went {hub.held}, to {_written(hub.showed)}; "
            "set it right, or confirm it with --confirm"
        )
    return lines


def _written(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M:%S} UTC"
