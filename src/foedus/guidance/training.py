"""Step two: exercises, training and standards, with their dates.

Nothing here is ranked by effect: the records say what was held and what is laid down,
and nobody has measured here what each raises. That is said first.
"""

from collections.abc import Iterator
from datetime import date

from foedus.alliance.guidebook import Exercise
from foedus.alliance.nations import Alliance
from foedus.guidance.sheets import Item, from_hub, from_record
from foedus.guidance.standing import is_outside, lacks
from foedus.ids import NationCode

EXERCISES_MAX = 8
"""Exercises that are told, the latest first; older ones are in the records."""


def training(alliance: Alliance, nation: NationCode, on: date) -> Iterator[Item]:
    """Tell a nation of exercises, training modules and standards up to a day."""
    yield from_hub(
        alliance,
        on,
        "No evidence: this hub holds no measurement of what raises interoperability "
        f"or readiness most for {alliance.nations[nation].name}. What follows is in "
        "order of date, not of effect.",
    )
    yield from _exercises(alliance, nation, on)
    yield from _courses(alliance, on)
    yield from _standards(alliance, on)
    if is_outside(alliance, nation, on):
        yield from _tools(alliance, nation, on)


def _exercises(alliance: Alliance, nation: NationCode, on: date) -> Iterator[Item]:
    held = [each for each in alliance.pack.exercises if _was_held(each, on)]
    if not held:
        yield from_hub(alliance, on, "No exercise up to this day is in the records.")
    outside = is_outside(alliance, nation, on)
    ask = (
        " It is over: ask the host whether the next is open to you." if outside else ""
    )
    latest = sorted(held, key=lambda each: (-each.year, each.name))
    for each in latest[:EXERCISES_MAX]:
        size = f"; {each.size}" if each.size else ""
        by = f", organised by {each.organiser}" if each.organiser else ""
        text = (
            f"Exercise {each.name} ({each.dates or each.year}), {each.kind}, "
            f"{each.host}{by}{size}.{ask}"
        )
        yield from_record(alliance, each, text)


def _was_held(each: Exercise, on: date) -> bool:
    """Tell whether an exercise was over by a day, as far as its record knows."""
    return each.year < on.year or (each.year == on.year and each.as_of <= on)


def _courses(alliance: Alliance, on: date) -> Iterator[Item]:
    for each in alliance.pack.training:
        if each.since <= on.year:
            framework = alliance.frameworks.get(each.framework)
            role = framework.purpose if framework else f"{each.role}."
            text = f"Training: {each.name}, {each.place}, since {each.since}: {role}"
            yield from_record(alliance, each, text)


def _standards(alliance: Alliance, on: date) -> Iterator[Item]:
    known = [
        each for each in alliance.pack.standards if each.promulgated[:10] <= str(on)
    ]
    first = [each for each in known if each.first]
    for each in first:
        dated = f", {each.promulgated}" if each.promulgated else ", date unknown"
        text = f"Standard {each.designation}{dated}: {each.title} ({each.use})."
        yield from_record(alliance, each, text)
    if not first:
        text = "No standard that is named for newcomers is in the records of this day."
        yield from_hub(alliance, on, text)
    elif len(known) > len(first):
        text = (
            f"{len(known) - len(first)} further standards are in the records; these "
            "are named for newcomers by a source, or required by others."
        )
        yield from_hub(alliance, on, text)


def _tools(alliance: Alliance, nation: NationCode, on: date) -> Iterator[Item]:
    taken = {each.framework for each in alliance.frameworks_of(nation, on)}
    for record in alliance.frameworks.values():
        begun = record.established is not None and record.established <= on
        listed = record.words or record.seats
        if record.state == "active" and begun and not listed:
            if record.id in taken:
                continue
            text = (
                f"Ask for {record.name}: {record.purpose} For: {record.eligible}. "
                f"It {lacks(record.assurance)}."
            )
            yield from_record(alliance, record, text)
