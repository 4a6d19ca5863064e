"""`foedus exercise`: plan exercises, take part, evaluate them, and learn."""

import asyncio
from collections.abc import Iterator
from datetime import date
from typing import TypedDict, Unpack, get_args

import click
import msgspec

from foedus.cli import spelling
from foedus.cli.acting import acting_as
from foedus.cli.output import give, table, tell
from foedus.cli.recording import (
    as_of,
    as_reader,
    content_of,
    parts,
    record_for,
    recorded_as,
)
from foedus.cli.station import Station, on_station, reader
from foedus.errors import InvalidInputError
from foedus.planning.advising import Advice, Wish, advise
from foedus.planning.exercise_options import Prices
from foedus.readiness.commands import Recording
from foedus.readiness.exercises import ExerciseSheet, exercise_sheet
from foedus.readiness.reading import Held, find_held, list_held
from foedus.readiness.records import (
    About,
    AnyContent,
    Course,
    Evaluation,
    Exercise,
    Grade,
    Lesson,
    Participation,
)


class _Words(TypedDict):
    """What is recorded, as options."""

    name: str
    label: str
    illustrative: bool


class _Plan(_Words):
    """An exercise, as options."""

    title: str
    purpose: str
    since: date
    until: date
    host: str
    measures: str
    objectives: tuple[str, ...]
    status: str


class _Grade(_Words):
    """An evaluation, as options."""

    nation: str
    on: date | None
    evidence: str


class _Learn(_Words):
    """A lesson, as options."""

    action: str
    owner: str
    due: date | None


class _Wish(TypedDict):
    """What there is to spend, as options."""

    budget: float
    prices: tuple[str, ...]
    weights: tuple[str, ...]
    as_of: date | None
    name: str | None


@click.group("exercise")
def command() -> None:
    """Plan exercises, take part, evaluate them, and learn."""


@command.command("plan")
@click.option("--title", metavar="TEXT", required=True, help="What it is called.")
@click.option("--purpose", metavar="TEXT", default="", help="What it is for.")
@click.option(
    "--from", "since", metavar="DATE", type=spelling.day, required=True,
    help="Its first day.",
)  # fmt: skip
@click.option(
    "--until", metavar="DATE", type=spelling.day, required=True,
    help="The day after its last.",
)  # fmt: skip
@click.option("--host", metavar="TEXT", default="", help="Where, or who.")
@click.option(
    "--measures", metavar="ID[,ID…]", type=spelling.listed, default="",
    help="Of which measures it tells.",
)  # fmt: skip
@click.option(
    "--objective", "objectives", metavar="ID:ABOUT:TEXT", multiple=True,
    help=f"What it is to show; ABOUT is one of {', '.join(get_args(About))}.",
)  # fmt: skip
@click.option("--status", type=click.Choice(get_args(Course)), default="planned")
@recorded_as
@on_station
def plan(station: Station, **words: Unpack[_Plan]) -> None:
    """Plan an exercise."""
    said = {
        "name": words["title"],
        "purpose": words["purpose"],
        "since": words["since"],
        "until": words["until"],
        "host": words["host"],
        "measures": parts(words["measures"]),
        "objectives": tuple(_objective(each) for each in words["objectives"]),
        "status": words["status"],
    }
    record_for(station, words["name"], _sent(content_of(Exercise, said), words))


@command.command("list")
@as_reader
@on_station
def listing(station: Station, name: str | None) -> None:
    """List the exercises, the last recorded first."""
    with station.hub() as hub, hub.reading.snapshot() as seen:
        found = list_held(seen.db, seen.access, reader(hub, name), Exercise)
    if station.as_json:
        give(found)
    else:
        tell(line for each in found for line in _line(each))


@command.command("show")
@click.argument("exercise", metavar="ID")
@as_reader
@on_station
def show(station: Station, exercise: str, name: str | None) -> None:
    """Show an exercise: who takes part, what was achieved, what was learned."""
    with station.hub() as hub, hub.reading.snapshot() as seen:
        found = exercise_sheet(seen.db, seen.access, reader(hub, name), exercise)
    if station.as_json:
        give(found)
    else:
        tell(_sheet(found))


@command.command("status")
@click.argument("exercise", metavar="ID")
@click.argument("status", type=click.Choice(get_args(Course)))
@acting_as
@on_station
def status(station: Station, exercise: str, status: Course, name: str) -> None:
    """Say how the exercise ID stands; for who planned it."""
    with station.hub() as hub, hub.reading.snapshot() as seen:
        viewer = reader(hub, name)
        found = find_held(seen.db, seen.access, viewer, Exercise, exercise).held
    content = content_of(Exercise, {**_plain(found.content), "status": status})
    record_for(station, name, Recording(content=content, again=exercise))


@command.command("join")
@click.argument("exercise", metavar="ID")
@click.argument("nation", metavar="CODE")
@click.option("--unit", metavar="ID", default="", help="With which unit.")
@click.option("--role", metavar="TEXT", default="", help="As what.")
@recorded_as
@on_station
def join(
    station: Station,
    exercise: str,
    nation: str,
    *,
    unit: str,
    role: str,
    **words: Unpack[_Words],
) -> None:
    """Record that the nation CODE takes part in the exercise ID."""
    said = {"exercise": exercise, "nation": nation, "unit": unit, "role": role}
    record_for(station, words["name"], _sent(content_of(Participation, said), words))


@command.command("evaluate")
@click.argument("exercise", metavar="ID")
@click.argument("objective", metavar="OBJECTIVE")
@click.argument("grade", type=click.Choice(get_args(Grade)))
@click.option(
    "--nation", metavar="CODE", default="", help="Whose part; all by default."
)
@click.option("--on", metavar="DATE", type=spelling.day, help="Today by default.")
@click.option("--evidence", metavar="TEXT", default="", help="What shows it.")
@recorded_as
@on_station
def evaluate(
    station: Station, exercise: str, objective: str, grade: str, **words: Unpack[_Grade]
) -> None:
    """Evaluate an OBJECTIVE of the exercise ID; for who planned it."""
    said = {
        "exercise": exercise,
        "objective": objective,
        "grade": grade,
        "nation": words["nation"],
        "on": words["on"] or station.clock().date(),
        "evidence": words["evidence"],
    }
    record_for(station, words["name"], _sent(content_of(Evaluation, said), words))


@command.command("lesson")
@click.argument("exercise", metavar="ID")
@click.argument("text", metavar="TEXT")
@click.option("--action", metavar="TEXT", default="", help="What is done about it.")
@click.option("--owner", metavar="TEXT", default="", help="The office that does it.")
@click.option("--due", metavar="DATE", type=spelling.day, help="By when.")
@recorded_as
@on_station
def lesson(station: Station, exercise: str, text: str, **words: Unpack[_Learn]) -> None:
    """Record a lesson of the exercise ID."""
    said = {
        "exercise": exercise,
        "text": text,
        "action": words["action"],
        "owner": words["owner"],
        "due": words["due"],
    }
    record_for(station, words["name"], _sent(content_of(Lesson, said), words))


@command.command("advise")
@click.option(
    "--budget", metavar="N", type=click.FloatRange(min=0), required=True,
    help="What may be spent, in the unit of the prices.",
)  # fmt: skip
@click.option(
    "--price", "prices", metavar="KIND=N", multiple=True,
    help=f"What something costs: {', '.join(Prices.__struct_fields__)}.",
)  # fmt: skip
@click.option(
    "--weight", "weights", metavar="MEASURE=N", multiple=True,
    help="How much a step of a measure counts; 1 by default.",
)  # fmt: skip
@as_of
@as_reader
@on_station
def advise_(station: Station, **words: Unpack[_Wish]) -> None:
    """Choose exercises and training that raise interoperability most for a budget."""
    wish = Wish(
        on=words["as_of"] or station.clock().date(),
        budget=words["budget"],
        prices=_prices(words["prices"]),
        weights=_numbers(words["weights"]),
    )
    with station.hub() as hub:
        viewer = reader(hub, words["name"])
        found = asyncio.run(advise(hub, viewer, wish))
    if station.as_json:
        give(found)
    else:
        tell(_advice(found))


def _prices(texts: tuple[str, ...]) -> Prices:
    """Read what things cost.

    Raises:
        InvalidInputError: nothing of that name has a price.
    """
    try:
        return msgspec.convert(_numbers(texts), Prices)
    except msgspec.ValidationError as error:
        raise InvalidInputError(str(error)) from error


def _numbers(texts: tuple[str, ...]) -> dict[str, float]:
    """Read names with numbers.

    Raises:
        InvalidInputError: something is no number.
    """
    found = {}
    for text in texts:
        name, _, number = text.partition("=")
        try:
            found[name] = float(number)
        except ValueError as error:
            raise InvalidInputError(f"{text!r}; write it as in pair=2") from error
    return found


def _advice(found: Advice) -> Iterator[str]:
    spent = found.plan.spent
    if found.label:
        yield found.label
    yield f"{spent.cost:g} of {spent.budget:g} gain {spent.gain:g} steps of rating"
    if spent.bound > spent.gain:
        yield f"no plan gains more than {spent.bound:g}"
    for each in found.plan.raised:
        yield f"  {each.name}: from {each.before} to {each.after}"
    yield from table(
        (f"{each.worth:.2f}", f"{each.cost:g}", each.said, each.why)
        for each in found.plan.chosen
    )
    for part in found.plan.frontier:
        yield f"  {part.budget:g} would gain {part.gain:g}, at most {part.bound:g}"
    for left in found.left_out:
        yield f"  {left.name} cannot be planned: {left.why}"
    yield found.note


def _sent(content: AnyContent, words: _Words) -> Recording:
    return Recording(
        content=content, label=words["label"], illustrative=words["illustrative"]
    )


def _objective(text: str) -> dict[str, str]:
    name, colon, rest = text.partition(":")
    about, second, said = rest.partition(":")
    if not (colon and second):
        raise InvalidInputError(
            f"objective {text!r}; write it as in o1:interoperability:Share one picture"
        )
    return {"id": name, "about": about, "text": said}


def _plain(exercise: Exercise) -> dict[str, object]:
    return {name: getattr(exercise, name) for name in exercise.__struct_fields__}


def _line(held: Held[Exercise]) -> Iterator[str]:
    each = held.content
    mark = "  illustrative" if held.illustrative else ""
    yield f"{held.record}  {each.name}  {each.status}{mark}"
    days = f"{each.since} to {each.until}"
    number = len(each.objectives)
    objectives = "1 objective" if number == 1 else f"{number} objectives"
    yield f"  {days}, {objectives}; {held.label}"


def _sheet(found: ExerciseSheet) -> Iterator[str]:
    yield from _line(found.exercise)
    for each in found.participations:
        role = f", {each.content.role}" if each.content.role else ""
        yield f"  takes part: {each.content.nation}{role}"
    for objective in found.objectives:
        yield f"  {objective.id}: {objective.text} ({objective.about})"
        for one in objective.evaluations:
            whose = one.content.nation or "all"
            shown = one.content.evidence or "no evidence"
            yield f"    {whose}: {one.content.grade}, {shown}"
    for held in found.lessons:
        due = f", by {held.content.due}" if held.content.due else ""
        yield f"  lesson: {held.content.text}"
        if held.content.action:
            yield f"    {held.content.owner or 'nobody'}: {held.content.action}{due}"
