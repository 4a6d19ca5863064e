"""`foedus protocol`, the part that needs a hub: import, start, follow, cancel."""

import asyncio
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Literal

import click
import msgspec

from foedus.cli.acting import acting_as, reading_as
from foedus.cli.output import give, table, tell
from foedus.cli.station import Station, on_station, reader
from foedus.errors import InvalidInputError, NotFoundError
from foedus.eventlog.envelope import Act
from foedus.hub import Hub
from foedus.ids import Position
from foedus.intel.commands import Desk
from foedus.releasability.viewers import Viewer
from foedus.response import catalogue, commands, importing, pausing
from foedus.response.execution import execution_of
from foedus.response.forcing import Forcing, force
from foedus.response.planning import Starting
from foedus.response.queries import find_run, list_runs, steps_of, tasks_of_run
from foedus.response.run_sheets import (
    PlaybookSheet,
    RunSheet,
    playbook_line,
    playbook_sheet,
    run_line,
    run_sheet,
)
from foedus.response.shelf import editions, list_playbooks, open_edition

_modified = click.option(
    "--modified", metavar="INSTANT", help="Which version; the newest without."
)
_label = click.option(
    "--label", metavar="LABEL", default="", help="Who may see it, or know of it."
)
_evidence = click.option(
    "--evidence", metavar="OBJECT", multiple=True, help="What the run rests on."
)
_reason = click.option("--reason", metavar="TEXT", default="", help="Why.")
_exercise = click.option(
    "--exercise/--real", default=None, help="Whether it is one; as it says without."
)


@click.command("import")
@click.argument("file", metavar="FILE|NAME")
@_label
@click.option("--lenient", is_flag=True, help="Take what other engines write.")
@acting_as
@on_station
def import_playbook(
    station: Station,
    file: str,
    label: str,
    lenient: bool,  # noqa: FBT001 - as click calls it
    name: str,
) -> None:
    """Take in the playbook in FILE, or NAME of the catalogue with those that it calls.

    What is refused by the rules is not taken.
    """
    raws = _playbooks(file)

    async def work(hub: Hub) -> tuple[str, str]:
        account = hub.authenticator.named(name)
        for raw in raws:
            edition, position = await importing.import_playbook(
                hub.desk,
                account.viewer(),
                station.act_for(account),
                importing.Importing(raw=raw, label=label, lenient=lenient),
            )
            await hub.seen([position])
        return edition.playbook, edition.modified

    with station.hub() as hub:
        playbook, modified = asyncio.run(work(hub))
        viewer = hub.authenticator.named(name).viewer()
        _show_playbook(station, hub, viewer, playbook, modified)


def _playbooks(file: str) -> tuple[bytes, ...]:
    """Give the playbook of a file, or of the catalogue with those that it calls first.

    Raises:
        BadParameter: it is neither.
    """
    if Path(file).is_file():
        return (Path(file).read_bytes(),)
    if file in catalogue.names():
        return catalogue.with_children(file)
    raise click.BadParameter(
        f"{file!r} is neither a file nor a name of `foedus protocol catalogue list`"
    )


@click.command("list")
@reading_as
@on_station
def listing(station: Station, name: str | None) -> None:
    """List the playbooks, by name."""
    with station.hub() as hub, hub.reading.snapshot() as seen:
        viewer, found, after = reader(hub, name), [], ("", "", "")
        while page := list_playbooks(seen.db, seen.access, viewer, after=after):
            found += [playbook_line(each, seen.access) for each in page]
            last = page[-1]
            after = (last.name, last.edition.playbook, last.edition.nation)
    if station.as_json:
        give(found)
    else:
        tell(
            table(
                (each.playbook, each.modified, each.nation, each.name) for each in found
            )
        )


@click.command("show")
@click.argument("playbook", metavar="ID")
@_modified
@reading_as
@on_station
def show(
    station: Station, playbook: str, modified: str | None, name: str | None
) -> None:
    """Show the playbook ID: what it asks, of whom, and what may be set."""
    with station.hub() as hub:
        _show_playbook(station, hub, reader(hub, name), playbook, modified)


@click.command("export")
@click.argument("playbook", metavar="ID")
@click.option(
    "-o",
    "file",
    metavar="FILE",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Where to write it; to stdout without.",
)
@_modified
@reading_as
@on_station
def export(
    station: Station,
    playbook: str,
    file: Path | None,
    modified: str | None,
    name: str | None,
) -> None:
    """Give the playbook ID back as it was imported, byte for byte."""
    with station.hub() as hub, hub.reading.snapshot() as seen:
        raw = importing.export(seen, reader(hub, name), playbook, modified)
    if file is None:
        click.echo(raw, nl=False)
    else:
        file.write_bytes(raw)


@click.command("start")
@click.argument("playbook", metavar="ID")
@click.option(
    "--set", "values", metavar="NAME=VALUE", multiple=True, help="A first value."
)
@_label
@_evidence
@_reason
@_exercise
@_modified
@acting_as
@on_station
def start(  # noqa: PLR0913 - one for each option
    station: Station,
    *,
    playbook: str,
    values: tuple[str, ...],
    label: str,
    evidence: tuple[str, ...],
    reason: str,
    exercise: bool | None,
    modified: str | None,
    name: str,
) -> None:
    """Start the playbook ID as a run, as a duty officer."""
    starting = Starting(
        playbook=playbook,
        modified=modified,
        launch=dict(map(_value, values)),
        label=label,
        evidence=evidence,
        reason=reason,
        exercise=exercise,
    )

    async def work(hub: Hub) -> str:
        account = hub.authenticator.named(name)
        run, position = await commands.start(
            hub.desk, account.viewer(), station.act_for(account), starting
        )
        await hub.seen([position])
        await hub.responded()
        return run

    with station.hub() as hub:
        run = asyncio.run(work(hub))
        _show_run(station, hub, hub.authenticator.named(name).viewer(), run)


@click.command("runs")
@click.option("--open/--ended", "is_open", default=None, help="Only those.")
@reading_as
@on_station
def runs(station: Station, *, is_open: bool | None, name: str | None) -> None:
    """List the runs, the newest first."""
    with station.hub() as hub, hub.reading.snapshot() as seen:
        viewer = reader(hub, name)
        found = [
            run_line(each)
            for each in list_runs(seen.db, seen.access, viewer, open=is_open)
        ]
    if station.as_json:
        give(found)
    else:
        tell(
            table(
                (each.run, each.status.value, each.coordinator, each.name)
                for each in found
            )
        )


@click.command("status")
@click.argument("run", metavar="RUN")
@click.option("--execution", is_flag=True, help="As CACAO execution-status objects.")
@reading_as
@on_station
def status(
    station: Station,
    run: str,
    execution: bool,  # noqa: FBT001 - as click calls it
    name: str | None,
) -> None:
    """Show how the run RUN stands: its steps, and how far each nation has come."""
    with station.hub() as hub:
        viewer = reader(hub, name)
        if not execution:
            _show_run(station, hub, viewer, run)
            return
        with hub.reading.snapshot() as seen:
            give(execution_of(seen.db, seen.access, viewer, run))


@click.command("cancel")
@click.argument("run", metavar="RUN")
@click.option("--reason", metavar="TEXT", required=True, help="Why; all are told.")
@acting_as
@on_station
def cancel(station: Station, run: str, reason: str, name: str) -> None:
    """End the run RUN, as a duty officer of its coordinator."""
    _let(station, run, reason, name, commands.cancel)


@click.command("pause")
@click.argument("run", metavar="RUN")
@click.option("--reason", metavar="TEXT", required=True, help="Why; who sees it reads.")
@acting_as
@on_station
def pause(station: Station, run: str, reason: str, name: str) -> None:
    """Let the run RUN stand still, as a duty officer of its coordinator.

    Until it is resumed nothing of it goes on, and no time of it counts.
    """
    _let(station, run, reason, name, pausing.pause)


@click.command("resume")
@click.argument("run", metavar="RUN")
@click.option("--reason", metavar="TEXT", default="", help="What is to be said of it.")
@acting_as
@on_station
def resume(station: Station, run: str, reason: str, name: str) -> None:
    """Let the run RUN, which stands still, go on with what was left of its time."""
    _let(station, run, reason, name, pausing.resume)


_Verb = Callable[[Desk, Viewer, Act, str, str], Coroutine[None, None, Position]]


def _let(station: Station, run: str, reason: str, name: str, verb: _Verb) -> None:
    async def work(hub: Hub) -> None:
        account = hub.authenticator.named(name)
        position = await verb(
            hub.desk, account.viewer(), station.act_for(account), run, reason
        )
        await hub.seen([position])
        await hub.responded()

    with station.hub() as hub:
        asyncio.run(work(hub))
        _show_run(station, hub, hub.authenticator.named(name).viewer(), run)


@click.command("end-step")
@click.argument("run", metavar="RUN")
@click.argument("step", metavar="STEP")
@click.option(
    "--result",
    type=click.Choice(["ok", "fail"]),
    required=True,
    help="Whether it counts as done or as failed.",
)
@click.option("--reason", metavar="TEXT", required=True, help="Why; the asked read it.")
@click.option(
    "--output", "outputs", metavar="NAME=VALUE", multiple=True, help="An output."
)
@acting_as
@on_station
def end_step(  # noqa: PLR0913 - one for each option
    station: Station,
    *,
    run: str,
    step: str,
    result: Literal["ok", "fail"],
    reason: str,
    outputs: tuple[str, ...],
    name: str,
) -> None:
    """End the step STEP of the run RUN by hand, as a duty officer of its coordinator.

    STEP is its id or its name, or the id of one of its tasks.
    """
    forcing = Forcing(
        step=step, result=result, reason=reason, outputs=dict(map(_value, outputs))
    )

    async def work(hub: Hub) -> None:
        account = hub.authenticator.named(name)
        position = await force(
            hub.desk, account.viewer(), station.act_for(account), run, forcing
        )
        await hub.seen([position])
        await hub.responded()

    with station.hub() as hub:
        asyncio.run(work(hub))
        _show_run(station, hub, hub.authenticator.named(name).viewer(), run)


COMMANDS = (
    import_playbook,
    listing,
    show,
    export,
    start,
    runs,
    status,
    cancel,
    pause,
    resume,
    end_step,
)
"""The commands that `foedus protocol` takes from here."""


def _value(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals:
        raise InvalidInputError(f"{text!a}: write __name__=value")
    return name, value


def _show_playbook(
    station: Station, hub: Hub, viewer: Viewer, playbook: str, modified: str | None
) -> None:
    with hub.reading.snapshot() as seen:
        lane = editions(seen.db, seen.access, viewer, playbook)
        found = next(
            (each for each in lane if modified in (None, each.edition.modified)), None
        )
        if found is None:
            raise NotFoundError(f"no playbook {playbook}; list the playbooks")
        opened = open_edition(seen.db, found)
        sheet = playbook_sheet(opened, lane, seen.access)
    if station.as_json:
        give(sheet)
    else:
        tell(_playbook_lines(sheet))


def _playbook_lines(sheet: PlaybookSheet) -> list[str]:
    lines = [
        f"playbook  {sheet.playbook}",
        f"name      {sheet.name}",
        f"version   {sheet.modified}, of {sheet.nation}",
        f"label     {sheet.label}",
    ]
    lines += [f"set       {each.name} ({each.type})" for each in sheet.variables]
    lines += [
        f"  {each.name}: {', '.join(each.nations) or 'the coordinator'}"
        + (f" ({each.completion})" if each.nations else "")
        for each in sheet.steps
    ]
    return lines


def _show_run(station: Station, hub: Hub, viewer: Viewer, run: str) -> None:
    with hub.reading.snapshot() as seen:
        found = find_run(seen.db, seen.access, viewer, run)
        if found is None:
            raise NotFoundError(f"no run {run}; list the runs")
        steps = steps_of(seen.db, seen.access, viewer, run)
        tasks = tasks_of_run(seen.db, seen.access, viewer, run)
        sheet = run_sheet(found, steps, tasks, viewer, seen.access)
    if station.as_json:
        give(sheet)
    else:
        tell(_run_lines(sheet))


def _run_lines(sheet: RunSheet) -> list[str]:
    lines = [
        f"run       {sheet.run}",
        f"name      {sheet.name}" + (" (exercise)" if sheet.exercise else ""),
        f"status    {sheet.status}" + (f": {sheet.cancelled}" * bool(sheet.cancelled)),
        f"led by    {sheet.coordinator}",
        f"label     {sheet.label}",
        f"started   {sheet.started:%Y-%m-%d %H:%M} UTC",
    ]
    lines += [
        f"paused    {each.since:%Y-%m-%d %H:%M} UTC to "
        + (f"{each.until:%Y-%m-%d %H:%M} UTC" if each.until else "now")
        + f": {each.reason}"
        for each in sheet.paused
    ]
    for step in sheet.steps:
        lines.append(
            f"  {step.ending or 'waits'}  {step.name}, due "
            f"{step.due:%Y-%m-%d %H:%M} UTC"
        )
        lines += [
            f"    {each.nation}  {each.standing}  {each.task}" for each in step.tasks
        ]
    if sheet.inside is not None:
        values = msgspec.json.encode(sheet.inside.variables).decode()
        lines.append(f"values    {values}")
    return lines
