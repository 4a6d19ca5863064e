"""The chapters of a dossier that the hub tells: measures, evidence, intelligence.

They tell what is before the reader, and say where that is nothing.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final

from foedus.intel.openings import Way as Stand
from foedus.paper.documents import (
    NONE,
    Cell,
    Chapter,
    Table,
    number,
    only,
    quiet,
    row,
    with_rows,
)
from foedus.planning.dossier import Dossier, Intelligence
from foedus.planning.dossier_coverage import CoverageChange, Drawn, Plans
from foedus.planning.dossier_measures import MeasureChange
from foedus.planning.dossier_plots import (
    coverage_plots,
    openings_plot,
    rating_plots,
)
from foedus.planning.dossier_readiness import Evidence
from foedus.planning.results import Ending

_STANDS: Final = {
    Stand.SEEN: "open, as now",
    Stand.OPENS: "open",
    Stand.CLOSES: "closed, and is open now",
}


def measures(dossier: Dossier) -> Chapter:
    """Tell how measures are rated without and with the nation."""
    changes = dossier.measures.changes
    coverage = dossier.coverage
    contributing = [each for each in changes if each.contributes]
    return Chapter(
        name="measures",
        title="3. Measures and coverage, without and with",
        says=(*_measures_say(changes), *_coverage_says(coverage)),
        plots=(*rating_plots(contributing), *coverage_plots(coverage)),
        tables=with_rows((_rated(changes), *_coverage_tables(coverage))),
    )


def _rated(changes: Sequence[MeasureChange]) -> Table:
    return Table(
        name="measures",
        title="Measures, without and with its contribution",
        head=("measure", "rating", "without", "with", "comes from", "how sure"),
        widths=(3, 2, 2, 2, 4, 4),
        rows=tuple(
            row(
                each.name,
                word.of,
                word.without,
                word.with_it,
                word.basis[1],
                word.uncertainty or NONE,
            )
            for each in changes
            for word in each.words
        ),
    )


def _coverage_says(found: CoverageChange) -> Iterator[str]:
    yield (
        f"Coverage: before you are {found.commitments} commitments, and {found.units} "
        "units of it that can be planned with."
    )
    if found.withheld:
        kinds = ", ".join(
            f"{each.capability} (nothing of {', '.join(each.nations)} is before you)"
            for each in found.withheld
        )
        yield f"Withheld, and in no figure: {kinds}."
    if found.plans is None:
        yield f"No plan was made: {found.why_none}."
        return
    before, after = found.plans.fill
    yield (
        f"Of all that is wanted {percent(before)} is covered without its units and "
        f"{percent(after)} with them, planned twice by the same rules from the least "
        "that is reported."
    )
    if found.plans.solved[1].ending is not Ending.PROVEN:
        yield "The plans are not proven to be the best there are: see the method."
    yield (
        "Where it may be sent is judged as after the change: a commitment that its "
        "label would open to it counts as open."
    )


def _coverage_tables(found: CoverageChange) -> Iterator[Table]:
    yield Table(
        name="kept",
        title="What can be kept up for ever, of what is asked at most",
        caption="Over draws of what is there, shared by both runs: 5 % of them below, "
        "the middle, 95 % below.",
        head=("capability", "asked", "without", "with", "more with it"),
        widths=(3, 1, 4, 4, 3),
        rows=tuple(
            row(
                each.type,
                number(f"{each.wanted:g}"),
                number(_range(each.without)),
                number(_range(each.with_it)),
                number(f"in {each.better * 100:.0f} of 100 draws"),
            )
            for each in found.kept
        ),
    )
    if found.plans is not None:
        yield from _plan_tables(found.plans)
    yield Table(
        name="left",
        title="Units of it that cannot be planned with",
        head=("unit, and why",),
        widths=(1,),
        rows=tuple(row(each) for each in found.left),
    )


def _plan_tables(plans: Plans) -> Iterator[Table]:
    yield Table(
        name="plans",
        title="Both plans",
        head=("what", "without", "with"),
        widths=(5, 3, 3),
        rows=(
            row("covered, of all that is wanted", *_both(plans.fill)),
            row("time at home that lacks to the goal", *_both(plans.debt)),
            row("all demands at once could grow to", *_both(plans.headroom)),
            row(
                "gaps that nobody can fill",
                *(number(str(each)) for each in plans.nobody),
            ),
        ),
    )
    yield Table(
        name="needs",
        title="What is missing, by need",
        caption="Amounts times periods. Among plans that are equally good each is one.",
        head=("commitment", "capability", "priority", "wanted", "without", "with"),
        widths=(5, 3, 1, 2, 2, 2),
        rows=tuple(
            row(
                each.title,
                each.type,
                number(str(each.priority)),
                number(f"{each.wanted:g}"),
                number(f"{each.without:g}"),
                number(f"{each.with_it:g}"),
            )
            for each in plans.needs
        ),
    )


def _both(values: tuple[float | None, float | None]) -> Iterator[Cell]:
    for each in values:
        yield quiet("not known") if each is None else number(percent(each))


def _range(drawn: Drawn) -> str:
    if percent(drawn.low) == percent(drawn.high):
        return percent(drawn.middle)
    low, middle, high = map(percent, (drawn.low, drawn.middle, drawn.high))
    return f"{low}, {middle}, {high}"


def percent(share: float | None) -> str:
    """Write a share to a whole percent: inputs are no better than that."""
    return NONE if share is None else f"{share * 100:.0f} %"


def _measures_say(changes: Sequence[MeasureChange]) -> Iterator[str]:
    yield (
        "Each measure is rated twice by the method of ratings, from what is before "
        "you: without any unit of the nation, and with it among those who make the "
        "measure up. More units without a report change nothing."
    )
    contributes = [each.name for each in changes if each.contributes]
    differs = [each.name for each in changes if each.differs]
    if not contributes:
        yield (
            "No contribution of it to any measure is before you, so there is no "
            "evidence of what it would change. Standing alone contributes nothing."
        )
    else:
        yield f"Before you it contributes to: {', '.join(contributes)}."
        yield f"Words differ for: {', '.join(differs) or 'none'}."
    if any(each.illustrative for each in changes):
        yield "Some records are illustrative: made up to show something."


def readiness(found: Evidence) -> Chapter:
    """Tell what shows how ready the nation is, and whom it can work with."""
    return Chapter(
        name="readiness",
        title="4. Readiness and interoperability, by evidence",
        says=tuple(_readiness_says(found)),
        tables=with_rows(_readiness_tables(found)),
    )


def _readiness_says(found: Evidence) -> Iterator[str]:
    report = found.report
    if not found.is_any:
        yield (
            "No evidence: nothing of its units, standards, tests, certificates or "
            "exercises is before you. That is neither good nor bad."
        )
    else:
        yield (
            f"Before you are {len(report.units)} units, {report.counted} of them with "
            f"a valid report that something shows; {len(report.standards)} standards; "
            f"tests with {len(found.tried)} nations; {len(report.certificates)} "
            f"certificates; {len(report.exercises)} evaluated objectives."
        )
    if found.untested:
        yield (
            "No test with these contributors to measures is before you: "
            f"{', '.join(found.untested)}."
        )
    if found.standards_missing:
        yield (
            "Standards that measures ask for, and of which nothing shows that it "
            f"applies them: {', '.join(map(_standard, found.standards_missing))}."
        )


def _standard(name: str) -> str:
    """Write a standard as people do: `STANAG 2019`."""
    return name.replace("_", " ").upper()


def _readiness_tables(found: Evidence) -> Iterator[Table]:
    report = found.report
    yield Table(
        name="units",
        title="Units",
        head=("unit", "what", "ready", "shown by", "counts"),
        widths=(3, 2, 3, 4, 3),
        rows=tuple(
            row(
                each.name,
                f"{each.size:g} \u00d7 {each.type}",
                each.ready or quiet("no report"),
                each.evidence or quiet("nothing"),
                quiet(each.why_not) if each.why_not else "yes",
            )
            for each in report.units
        ),
    )
    yield Table(
        name="tests",
        title="The last test with each nation",
        head=("with", "what", "result", "on", "tests", "shown by"),
        widths=(1, 4, 2, 2, 1, 4),
        rows=tuple(
            row(
                each.nation,
                each.subject,
                Cell(each.result, "bad" if each.result == "issue" else ""),
                str(each.on),
                number(str(each.tests)),
                each.evidence or quiet("nothing"),
            )
            for each in found.tried
        ),
    )
    yield Table(
        name="standards",
        title="Standards that it applies",
        head=("standard", "since", "shown", "by"),
        widths=(3, 2, 2, 5),
        rows=tuple(
            row(
                _standard(each.content.standard),
                str(each.content.since),
                each.content.shown,
                each.content.evidence or quiet("nothing"),
            )
            for each in report.standards
        ),
    )
    yield Table(
        name="exercises",
        title="Evaluated exercises",
        head=("exercise", "objective", "grade", "on"),
        widths=(3, 5, 2, 2),
        rows=tuple(
            row(each.name, each.objective, each.grade, str(each.on))
            for each in report.exercises
        ),
    )


def intelligence(dossier: Dossier) -> Chapter:
    """Tell what would become releasable, and what stays closed."""
    found = dossier.intelligence
    plot = openings_plot(found.groups)
    return Chapter(
        name="intelligence",
        title="5. Intelligence that would become releasable",
        says=tuple(_intelligence_says(found)),
        plots=only(plot),
        tables=with_rows(
            [
                Table(
                    name="intelligence",
                    title="Objects that you see, by label",
                    head=("label", "would be", "objects"),
                    widths=(5, 5, 1),
                    rows=tuple(
                        row(each.label, _stands(each.way), number(f"{each.objects}"))
                        for each in found.groups
                    ),
                )
            ]
        ),
    )


def _intelligence_says(found: Intelligence) -> Iterator[str]:
    counted = Counter[Stand]()
    for each in found.groups:
        counted[each.way] += each.objects
    already, opens, closes = (
        counted.pop(each, 0) for each in (Stand.SEEN, Stand.OPENS, Stand.CLOSES)
    )
    shut = counted.total()
    yield (
        f"Of {found.objects} objects that you see, {already} are open to it already, "
        f"{opens} would be open at once, {shut} would stay closed."
    )
    if closes:
        yield f"{closes} that are open to it now would be closed."
    yield (
        "Counted in your world: another reader's numbers are others. Each object "
        "counts once in each collection, by the last version that came to you."
    )
    if shut:
        yield (
            "Labels that name nations, or a community of a day, mean those nations: a "
            "later member is not among them. Only a release by the originator opens "
            "such a thing."
        )


def _stands(way: Stand) -> str:
    if way in (Stand.SEEN, Stand.OPENS, Stand.CLOSES):
        return {"seen already": "open, as now", "opens": "open", "closes": "closed"}[
            way
        ]
    return f"closed: {way}"
