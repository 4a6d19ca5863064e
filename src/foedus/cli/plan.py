"""`foedus plan`: who covers what, what is missing, and what if."""

import asyncio
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any, TypedDict, TypeVar, Unpack, get_args

import click
import msgspec

from foedus.cli import spelling
from foedus.cli.acting import acting_as
from foedus.cli.output import REFUSED, give, progress, tell
from foedus.cli.plan_lines import again_lines, list_lines, sheet_lines
from foedus.cli.recording import as_of, as_reader, content_of
from foedus.cli.station import Station, on_station, reader
from foedus.errors import InvalidInputError
from foedus.ids import NationCode
from foedus.planning.commands import Again, make, make_again
from foedus.planning.forces import Rotation
from foedus.planning.horizons import PERIOD_H, PERIODS, Horizon
from foedus.planning.plan_words import document_of
from foedus.planning.plans import Question, Within
from foedus.planning.progress import Progress, Tell
from foedus.planning.situation_surges import More
from foedus.planning.views import PlanSheet, find_plan, list_plans
from foedus.readiness.records import Clock, Commitment
from foedus.readiness.tables import needs_of

F = TypeVar("F", bound=Callable[..., None])
S = TypeVar("S", bound=msgspec.Struct)

TWICE = 2.0
"""How many times as much a surge asks for where nobody says."""


class _Plan(TypedDict):
    """For when, by which rotation, for whom, and where to."""

    as_of: date | None
    periods: int
    period_h: float
    tour: int | None
    home: int | None
    home_least: int | None
    label: str
    name: str
    file: Path | None


class _Crisis(TypedDict):
    """A second crisis, as options."""

    crisis: str
    place: str
    needs: str
    measure: str
    since: date | None
    until: date | None
    priority: int
    deadline: float | None
    clock: str


class _Surge(_Plan, _Crisis):
    """All of it."""


def planned(command: F) -> F:
    """Give a command the options of whatever makes a plan."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


_file = click.option(
    "-o", "file", metavar="FILE", type=click.Path(dir_okay=False, path_type=Path),
    help="Write the plan to FILE: .json, .html or .pdf.",
)  # fmt: skip

_OPTIONS = (
    as_of,
    click.option(
        "--periods", metavar="N", type=int, default=PERIODS, show_default=True,
        help="How many periods.",
    ),
    click.option(
        "--period-hours", "period_h", metavar="H", type=float, default=PERIOD_H,
        show_default=True, help="How long each is.",
    ),
    click.option("--tour", metavar="N", type=int, help="Periods of a tour."),
    click.option("--home", metavar="N", type=int, help="Periods at home, at best."),
    click.option(
        "--home-least", metavar="N", type=int, help="Periods at home, at the least."
    ),
    click.option(
        "--label", metavar="TEXT", default="",
        help="Who may see the plan; the planner's nation alone by default.",
    ),
    _file,
    acting_as,
)  # fmt: skip


@click.group("plan")
def command() -> None:
    """Plan who covers what, and see what if."""


@command.command("coverage")
@planned
@on_station
def coverage(station: Station, **words: Unpack[_Plan]) -> None:
    """Plan who covers which commitment, and tell first what nobody can fill."""
    _make(station, words, Question(horizon=_horizon(station, words)))


@command.command("drop")
@click.argument("codes", metavar="[CODE]...", nargs=-1)
@click.option("--all", "every", is_flag=True, help="Every nation that has units.")
@planned
@on_station
def drop(
    station: Station, codes: tuple[str, ...], *, every: bool, **words: Unpack[_Plan]
) -> None:
    """Tell what is missing if a nation drops out, one at a time; for planners."""
    if bool(codes) is every:
        raise click.UsageError("name nations, or write --all")
    horizon = _horizon(station, words)
    nations = tuple(map(NationCode, codes))
    _make(station, words, Question(kind="drop", horizon=horizon, nations=nations))


@command.command("surge")
@click.argument("what", metavar="[FACTOR] [CAPABILITY]...", nargs=-1)
@click.option("--crisis", metavar="TITLE", default="", help="A second crisis.")
@click.option("--place", metavar="PLACE", default="", help="Where it is.")
@click.option("--needs", metavar="TYPE:AMOUNT;…", default="", help="What it needs.")
@click.option("--measure", metavar="ID", default="", help="The measure it belongs to.")
@click.option("--from", "since", metavar="DATE", type=spelling.day, help="Its begin.")
@click.option("--until", metavar="DATE", type=spelling.day, help="The day after it.")
@click.option(
    "--priority", metavar="N", type=int, default=1, show_default=True,
    help="1 is served before 2.",
)  # fmt: skip
@click.option(
    "--deadline", metavar="HOURS", type=float, help="When the first have to be there."
)
@click.option(
    "--clock", type=click.Choice(get_args(Clock)), default="on-station",
    show_default=True, help="Until what the hours of the deadline run.",
)  # fmt: skip
@planned
@on_station
def surge(station: Station, what: tuple[str, ...], **words: Unpack[_Surge]) -> None:
    """Tell what more demand does: FACTOR times as much, of a CAPABILITY or of all.

    A second crisis is described by options. Without a factor it is twice as much.
    """
    more = _more(station, what, words)
    horizon = _horizon(station, words)
    _make(station, words, Question(kind="surge", horizon=horizon, more=more))


@command.command("closure")
@click.option(
    "--hours",
    metavar="H",
    type=float,
    default=48.0,
    show_default=True,
    help="Within how many hours.",
)
@click.option(
    "--clock",
    type=click.Choice(get_args(Clock)),
    default="on-station",
    show_default=True,
    help="Until what the hours run.",
)
@click.option(
    "--lift", "lifts", metavar="NAME:TKM[:KMH]", multiple=True,
    help="What carries units: tonne-kilometres an hour, and its speed.",
)  # fmt: skip
@planned
@on_station
def closure(
    station: Station,
    *,
    hours: float,
    clock: Clock,
    lifts: tuple[str, ...],
    **words: Unpack[_Plan],
) -> None:
    """Test who is there within so many hours, by a named clock."""
    said = {"hours": hours, "clock": clock, "lifts": [*map(_lift, lifts)]}
    within = _converted(said, Within)
    horizon = _horizon(station, words)
    _make(station, words, Question(kind="closure", horizon=horizon, within=within))


@command.command("list")
@as_reader
@on_station
def listing(station: Station, name: str | None) -> None:
    """List the plans that one may see, the last made first."""
    with station.hub() as hub, hub.reading.snapshot() as seen:
        found = list_plans(seen.db, seen.access, reader(hub, name))
    give(found) if station.as_json else tell(list_lines(found))


@command.command("show")
@click.argument("plan", metavar="ID")
@_file
@as_reader
@on_station
def show(station: Station, plan: str, file: Path | None, name: str | None) -> None:
    """Show the plan ID, with all that went in and came out."""
    with station.hub() as hub, hub.reading.snapshot() as seen:
        found = find_plan(seen.db, seen.access, reader(hub, name), plan)
    if file is not None:
        _write(file, found)
    if station.as_json:
        give(found)
    else:
        tell([plan] if file is not None else sheet_lines(found))


@command.command("again")
@click.argument("plan", metavar="ID")
@acting_as
@on_station
def again(station: Station, plan: str, name: str) -> None:
    """Make the plan ID again from its own inputs, and say whether it is equal."""
    with _steps() as told:
        found = asyncio.run(_again(station, name, plan, told))
    give(found) if station.as_json else tell(again_lines(found))
    if not found.equal:
        click.get_current_context().exit(REFUSED)


def _horizon(station: Station, words: "_Plan | _Surge") -> Horizon:
    on = words["as_of"] or station.clock().date()
    tour, home, least = words["tour"], words["home"], words["home_least"]
    rotation = None
    if not tour is home is least is None:
        if tour is None or home is None:
            raise click.UsageError("a rotation takes both --tour and --home")
        rotation = Rotation(
            tour=tour, home=home, home_least=min(home, tour) if least is None else least
        )
    return Horizon(
        as_of=on,
        periods=words["periods"],
        period_h=words["period_h"],
        rotation=rotation,
    )


def _more(station: Station, what: tuple[str, ...], words: _Surge) -> More:
    """Read how many times as much of what, and what the crisis is."""
    crisis = _crisis(station, words)
    times, capabilities = _factor(what[:1]), what
    if times is None:
        times = TWICE if what else 1.0
    else:
        capabilities = what[1:]
    if not what and crisis is None:
        raise click.UsageError("write a factor, a capability, or --crisis TITLE")
    said = {"times": times, "capabilities": capabilities, "crisis": crisis}
    return _converted(said, More)


def _lift(text: str) -> dict[str, str | float | None]:
    """Read what carries units."""
    name, *numbers = text.split(":")
    try:
        tonne_km, kmh = [*map(float, numbers), None][:2]
    except ValueError as error:
        raise InvalidInputError(
            f"lift: {text!r}; write it as in rail:90000 or rail:90000:60"
        ) from error
    return {"name": name, "tonne_km_per_h": tonne_km, "speed_kmh": kmh}


def _converted(said: Mapping[str, object], kind: type[S]) -> S:
    try:
        return msgspec.convert(said, kind)
    except msgspec.ValidationError as error:
        raise InvalidInputError(str(error).replace(" - at `$.", " - in `")) from error


def _factor(first: tuple[str, ...]) -> float | None:
    try:
        return float(first[0]) if first else None
    except ValueError:
        return None


def _crisis(station: Station, words: _Surge) -> Commitment | None:
    if not words["crisis"]:
        return None
    said: dict[str, Any] = {
        "title": words["crisis"],
        "location": words["place"],
        "measure": words["measure"],
        "needs": needs_of(words["needs"]),
        "since": words["since"] or words["as_of"] or station.clock().date(),
        "until": words["until"],
        "priority": words["priority"],
        "deadline_h": words["deadline"],
        "clock": words["clock"],
    }
    return content_of(Commitment, said)


def _make(station: Station, words: "_Plan | _Surge", question: Question) -> None:
    with _steps() as told:
        found = asyncio.run(_made(station, words, question, told))
    if words["file"] is not None:
        _write(words["file"], found)
    if station.as_json:
        give(found)
    elif words["file"] is not None:
        tell([found.line.plan])
    else:
        tell(sheet_lines(found))


async def _made(
    station: Station, words: "_Plan | _Surge", question: Question, told: Tell
) -> PlanSheet:
    with station.hub() as hub:
        account = hub.authenticator.named(words["name"])
        viewer, act = account.viewer(), station.act_for(account)
        filed = await make(
            hub.planner, viewer, act, question, label=words["label"], tell=told
        )
        await hub.seen([filed.position])
        with hub.reading.snapshot() as seen:
            return find_plan(seen.db, seen.access, viewer, filed.plan)


async def _again(station: Station, name: str, plan: str, told: Tell) -> Again:
    with station.hub() as hub:
        viewer = hub.authenticator.named(name).viewer()
        return await make_again(hub.planner, viewer, plan, tell=told)


@contextmanager
def _steps() -> Iterator[Tell]:
    """Show on stderr how far planning has come, if somebody watches."""
    with progress("Planning", 100) as add:
        done = 0

        def told(step: Progress) -> None:
            nonlocal done
            reached = round(100 * (step.done or 0))
            add(max(0, reached - done))
            done = max(done, reached)

        yield told


def _write(file: Path, found: PlanSheet) -> None:
    match file.suffix:
        case ".html":
            # Setting type takes longer to load than most commands run.
            from foedus.paper.html import as_html  # noqa: PLC0415

            document = as_html(document_of(found))
        case ".pdf":
            from foedus.paper.pdf import as_pdf  # noqa: PLC0415 - as above

            document = as_pdf(document_of(found))
        case _:
            document = msgspec.json.encode(found) + b"\n"
    try:
        file.write_bytes(document)
    except OSError as error:
        raise InvalidInputError(f"{file}: {error.strerror}") from error
