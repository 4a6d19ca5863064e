"""Risks that follow from the rest of a dossier, and common mistakes that apply.

A risk is a sentence that points at the part it follows from. None is scored, and their
order is that of the dossier: nothing here adds up to a verdict.
"""

from collections.abc import Iterator

import msgspec

from foedus.alliance.guidebook import Mistake
from foedus.alliance.statuses import Status
from foedus.guidance.glossary import MistakeSheet, mistake_sheet
from foedus.intel.openings import Openings
from foedus.planning.cases import Case
from foedus.planning.dossier_borders import BorderChange
from foedus.planning.dossier_burden import EditionChange
from foedus.planning.dossier_coverage import CoverageChange
from foedus.planning.dossier_measures import MeasuresChange
from foedus.planning.dossier_precedents import Precedents
from foedus.planning.dossier_readiness import Evidence
from foedus.planning.dossier_standing import StandingChange


class Parts(msgspec.Struct, frozen=True, kw_only=True):
    """The parts of a dossier that risks follow from."""

    standing: StandingChange
    borders: BorderChange | None
    measures: MeasuresChange
    coverage: CoverageChange
    readiness: Evidence
    intelligence: Openings
    burden: tuple[EditionChange, ...]
    precedents: Precedents


class Risk(msgspec.Struct, frozen=True, kw_only=True):
    """Something to look at.

    Attributes:
        part: the part that it follows from.
    """

    part: str
    text: str


def risks(case: Case, parts: Parts) -> tuple[Risk, ...]:
    """Tell what to look at, in the order of the dossier."""
    found = (
        *(("status", each) for each in _of_standing(case, parts.standing)),
        *(("border", each) for each in _of_borders(parts.borders)),
        *(("measures", each) for each in _of_measures(parts.measures)),
        *(("measures", each) for each in _of_coverage(parts.coverage)),
        *(("readiness", each) for each in _of_readiness(case, parts.readiness)),
        *(("intelligence", each) for each in _of_openings(parts.intelligence)),
        *(("burden", each) for each in _of_burden(parts.burden)),
        *(("timeline", each) for each in _of_precedents(case, parts.precedents)),
    )
    return tuple(Risk(part=part, text=text) for part, text in found)


def mistakes(case: Case, parts: Parts) -> tuple[MistakeSheet, ...]:
    """List the common mistakes that apply to what is assessed."""
    words = {case.target.word, "status", "measures", "readiness", "intelligence"}
    words |= {"burden"} if parts.burden else set()
    words |= {"border"} if parts.borders and parts.borders.changes else set()
    words |= {"timeline"} if parts.precedents.ways else set()
    return tuple(
        mistake_sheet(case.before, each, case.on)
        for each in case.before.pack.mistakes
        if _applies(case, each, words)
    )


def _applies(case: Case, mistake: Mistake, words: set[str]) -> bool:
    named = mistake.example.of if mistake.example else ()
    return bool(words & set(mistake.when)) or bool(
        {case.nation, case.target.key} & set(named)
    )


def _of_standing(case: Case, found: StandingChange) -> Iterator[str]:
    if found.after.status is not Status.MEMBER:
        yield (
            f"No mutual defence follows: {case.name} would not be a member, and nobody "
            "is bound to defend it."
        )
    elif found.before.status is not Status.MEMBER:
        yield (
            "The members' mutual obligations begin with the deposit of the instrument "
            "of accession. Until that day there are none."
        )
    missing = len(found.gained) - found.shown
    if missing:
        yield (
            f"Nothing before you shows that {missing} of {len(found.gained)} "
            "obligations that would be owed newly are met."
        )
    lost = [each.name for each in found.promises if each.change == "ended"]
    if lost:
        yield f"Its part in these would end: {', '.join(lost)}."


def _of_borders(found: BorderChange | None) -> Iterator[str]:
    if found is None or not found.changes:
        return
    low = found.after.outer.low - found.before.outer.high
    high = found.after.outer.high - found.before.outer.low
    if high < 0:
        yield "The outer border would grow shorter; the border shared longer."
    elif low > 0:
        yield (
            "The outer border would grow longer. Without further forces there would "
            "be fewer on each kilometre of it."
        )
    else:
        yield "Whether the outer border would grow depends on whose lengths are right."
    if found.orders:
        yield "With several candidates the order matters on the way, not at its end."
    one_sided = [each.name for each in found.neighbours if len(each.stated) == 1]
    if one_sided:
        yield f"One side alone states the border with {', '.join(one_sided)}."


def _of_measures(found: MeasuresChange) -> Iterator[str]:
    worse = [each.name for each in found.changes if each.is_less]
    if worse:
        yield f"With its contribution less can be said of: {', '.join(worse)}."


def _of_coverage(found: CoverageChange) -> Iterator[str]:
    if found.withheld:
        kinds = ", ".join(each.capability for each in found.withheld)
        yield f"Coverage is withheld for {kinds}: nothing of a named nation is shown."
    if found.plans is None:
        return
    before, after = found.plans.nobody
    if after:
        yield f"{after} gaps in coverage nobody can fill, even with its units."
    if before > after:
        yield (
            f"{before - after} gaps that nobody can fill now hang on its units alone: "
            "if it drops out, they are back."
        )


def _of_readiness(case: Case, found: Evidence) -> Iterator[str]:
    if not found.is_any:
        yield (
            f"Nothing before you shows how ready {case.name} is, or that it can work "
            "together with anybody: that is neither good nor bad."
        )
        return
    if found.untested:
        yield (
            f"With {len(found.untested)} contributors to measures no test of "
            f"{case.name} is before you."
        )
    if found.failed:
        yield f"A test with {', '.join(found.failed)} found an issue."


def _of_openings(found: Openings) -> Iterator[str]:
    opens = sum(each.objects for each in found.groups if each.way == "opens")
    shut = sum(
        each.objects
        for each in found.groups
        if each.way not in ("opens", "seen already", "closes")
    )
    if opens:
        yield (
            f"{_objects(opens)} that you see would be open to it at once, by labels "
            "that name a community as it stands."
        )
    if shut:
        yield (
            f"{_objects(shut)} that you see would stay closed; a change of standing "
            "releases nothing that was meant for others."
        )


def _of_burden(found: tuple[EditionChange, ...]) -> Iterator[str]:
    if found and not any(each.own for each in found):
        yield "No edition has a figure of its spending: nothing can be compared."
    elif len([each for each in found if each.own]) > 1:
        yield "Its figures differ by edition, and none of them completes another."


def _of_precedents(case: Case, found: Precedents) -> Iterator[str]:
    if case.target.key == Status.MEMBER and found.intervals:
        yield (
            "Every member has to agree to an accession, and each ratifies by its own "
            "procedure: the last to do so sets the day."
        )
    if not found.intervals:
        yield "No precedent on record tells how long it would take."


def _objects(count: int) -> str:
    return f"{count} object" if count == 1 else f"{count} objects"
