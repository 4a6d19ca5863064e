"""What a rating says: a word, what it rests on, how sure it is, what would change it.

- A rating is worked out from records each time it is asked for, in the world of who
  asks. It is never stored, and nobody can set one.
- *No evidence* is an answer, and no low grade. *Withheld* is the answer where a nation
  that belongs to the measure shows the viewer nothing: an aggregate over part of the
  nations would be a guess, and would tell of what is hidden.
- A unit without a valid report that names what shows it counts for nothing, so more
  troops alone raise no rating, and lower none.
- Words are ordinal; no decimal is made of them.

The method stands, with its thresholds, in `docs/explanation/ratings.md`.

Source: reference planning.md, sections 1.3 to 1.5.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Final

import msgspec

from foedus.ids import NationCode
from foedus.readiness.reading import C, Held
from foedus.readiness.records import (
    Adoption,
    Completion,
    Evaluation,
    Exercise,
    PairTest,
    Report,
    Requirement,
    Unit,
)

NO_EVIDENCE: Final = "No evidence"
WITHHELD: Final = "Withheld"

MORE_TROOPS: Final = (
    "More units without a report would change nothing: ratings come from reports, "
    "tests and evaluated exercises."
)
"""Said beside every rating that somebody might want to raise."""


class Cited(msgspec.Struct, frozen=True, kw_only=True):
    """A record that a rating rests on, or leaves out.

    Attributes:
        on: the day that it tells of.
        text: what it says, in a few words.
    """

    record: str
    nation: NationCode
    author: NationCode
    on: date
    text: str
    label: str
    illustrative: bool


class Left(msgspec.Struct, frozen=True, kw_only=True):
    """A record that is not counted, and why."""

    cited: Cited
    why: str


class Rating(msgspec.Struct, frozen=True, kw_only=True):
    """One word about a measure, with its derivation.

    Attributes:
        word: the answer.
        basis: what it comes from, in a few words.
        uncertainty: how far it may be off, in words.
        low: the lower end of what was measured; null where nothing was.
        high: the upper end.
        steps: how the word follows, step by step.
        rests_on: the records.
        not_counted: records that were looked at and left out.
        would_change: what would make it another word.
        illustrative: whether any record was made up to show something.
    """

    word: str
    basis: str
    uncertainty: str = ""
    low: float | None = None
    high: float | None = None
    steps: tuple[str, ...] = ()
    rests_on: tuple[Cited, ...] = ()
    not_counted: tuple[Left, ...] = ()
    would_change: tuple[str, ...] = ()
    illustrative: bool = False


class Stock(msgspec.Struct, frozen=True, kw_only=True):
    """What is before a viewer of one measure as of a day.

    Attributes:
        requirement: what the measure asks for; None where nothing says it.
        units: pledged to it, and there on the day.
        reports: of each unit all up to the day, the latest first.
        adoptions: of standards that hold on the day.
        tests: up to the day that count for the measure, the latest first.
        completions: certificates that are valid on the day.
        exercises: that tell of the measure, by id.
        evaluations: of objectives of these, up to the day.
    """

    on: date
    requirement: Held[Requirement] | None = None
    units: tuple[Held[Unit], ...] = ()
    reports: Mapping[str, tuple[Held[Report], ...]] = {}
    adoptions: tuple[Held[Adoption], ...] = ()
    tests: tuple[Held[PairTest], ...] = ()
    completions: tuple[Held[Completion], ...] = ()
    exercises: Mapping[str, Held[Exercise]] = {}
    evaluations: tuple[Held[Evaluation], ...] = ()

    @property
    def named(self) -> tuple[NationCode, ...]:
        """The nations that the requirement names; none where it names none."""
        found = self.requirement
        return () if found is None else found.content.contributors

    @property
    def contributors(self) -> tuple[NationCode, ...]:
        """The nations that make the measure up: as named, or those who show something.

        A unit that does not count makes its nation no contributor, so that more troops
        alone change nothing here either.
        """
        ready = count(self).ready
        return self.named or tuple(sorted({each.unit.content.nation for each in ready}))


class Ready(msgspec.Struct, frozen=True, kw_only=True):
    """A unit that counts, with the report by which it does."""

    unit: Held[Unit]
    report: Held[Report]

    @property
    def there(self) -> float:
        """How much of its type is there, at least."""
        return self.unit.content.size * self.report.content.available

    @property
    def there_at_most(self) -> float:
        """How much of its type may be there."""
        report = self.report.content
        most = report.available_to
        return self.unit.content.size * (report.available if most is None else most)


class Count(msgspec.Struct, frozen=True, kw_only=True):
    """Which units count, and which do not.

    Attributes:
        unseen: contributors of whom nothing is before the viewer.
    """

    ready: tuple[Ready, ...]
    left: tuple[Left, ...]
    unseen: tuple[NationCode, ...]


def count(stock: Stock) -> Count:
    """Tell which units count on the day: those with a valid report that is shown."""
    ready: list[Ready] = []
    left: list[Left] = []
    reported: set[NationCode] = set()
    named = set(stock.named)
    for unit in stock.units:
        reports = stock.reports.get(unit.record, ())
        if reports:
            reported.add(unit.content.nation)
        why = _why_not(unit, reports, named, stock.on)
        if why:
            left.append(Left(cited=cite_unit(unit), why=why))
        else:
            ready.append(Ready(unit=unit, report=reports[0]))
    return Count(
        ready=tuple(ready),
        left=tuple(left),
        unseen=tuple(sorted(named - reported)),
    )


def _why_not(
    unit: Held[Unit],
    reports: tuple[Held[Report], ...],
    named: set[NationCode],
    on: date,
) -> str:
    if named and unit.content.nation not in named:
        return f"the requirement names no contribution of {unit.content.nation}"
    if not reports:
        return "no report says how ready it is"
    last = reports[0].content
    if not last.evidence.strip():
        return "its report names nothing that shows it"
    if last.valid_until <= on:
        return f"its report expired on {last.valid_until}"
    return ""


def nothing(text: str, *, left: Iterable[Left] = (), change: str = "") -> Rating:
    """Answer that there is no evidence, and what would be some."""
    return Rating(
        word=NO_EVIDENCE,
        basis=text,
        uncertainty="Nothing is known, which is neither good nor bad.",
        not_counted=tuple(left),
        would_change=(change, MORE_TROOPS) if change else (MORE_TROOPS,),
    )


def withheld(unseen: Iterable[NationCode], what: str) -> Rating:
    """Answer that an aggregate over all nations cannot be given to this viewer.

    What is said is the same whether these nations reported nothing or nothing that
    the viewer may see.
    """
    names = ", ".join(unseen)
    return Rating(
        word=WITHHELD,
        basis=f"nothing of {names} is before you",
        uncertainty="An aggregate over part of the nations would be a guess.",
        steps=(
            f"The requirement names nations of which no {what} is before you: {names}.",
            "They recorded none, or none that you may see; no aggregate is given.",
        ),
        would_change=(f"A {what} of {names} that you may see.",),
    )


def cite_unit(held: Held[Unit]) -> Cited:
    """Cite a unit."""
    unit = held.content
    text = f"{unit.name}: {size_of(unit)}"
    return cite(held, nation=unit.nation, on=unit.since, text=text)


def cite_report(ready: Ready) -> Cited:
    """Cite the report on a unit."""
    report, unit = ready.report.content, ready.unit.content
    share = f"{report.available:.0%}"
    if report.available_to is not None and report.available_to != report.available:
        share += f" to {report.available_to:.0%}"
    text = (
        f"{unit.name}: {share} of {size_of(unit)}, {in_words(report)}, "
        f"{report.shown}, valid until {report.valid_until}: {report.evidence}"
    )
    return cite(ready.report, nation=unit.nation, on=report.as_of, text=text)


def size_of(unit: Unit) -> str:
    """Say how much of what a unit is."""
    return f"{unit.size:g} \u00d7 {unit.type}"


def in_words(report: Report) -> str:
    """Say how a unit is there."""
    match report.posture:
        case "continuous":
            return "continuous"
        case "at-notice":
            return f"{report.notice_h:g} h until {report.clock.replace('-', ' ')}"
        case "on-demand":
            return f"on demand, answers in {report.notice_h:g} h"
        case "periodic":
            return f"periodic, {report.windows} times a year"


def cite(held: Held[C], *, nation: NationCode, on: date, text: str) -> Cited:
    """Cite a record."""
    return Cited(
        record=held.record,
        nation=nation,
        author=held.author,
        on=on,
        text=text,
        label=held.label,
        illustrative=held.illustrative,
    )


def any_illustrative(cited: Iterable[Cited]) -> bool:
    """Tell whether any of some records was made up."""
    return any(each.illustrative for each in cited)
