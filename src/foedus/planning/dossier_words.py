"""A dossier in words: chapters of sentences, plots and tables, in their order.

The same stand on the terminal, in the browser, on a page that is kept, and on paper.
Nothing is summed up into one number.
"""

from collections.abc import Iterator
from datetime import date
from typing import Final

from foedus.alliance.statuses import Status
from foedus.paper.documents import (
    NONE,
    Chapter,
    Document,
    Table,
    quiet,
    row,
    with_rows,
)
from foedus.planning.dossier import Dossier
from foedus.planning.dossier_coverage import CoverageChange
from foedus.planning.dossier_risks import Risk
from foedus.planning.dossier_told_of_hub import (
    intelligence,
    measures,
    readiness,
)
from foedus.planning.dossier_told_of_orders import in_both_orders
from foedus.planning.dossier_told_of_pack import (
    STATUSES,
    border,
    burden,
    cited,
    status,
    timeline,
)

NO_VERDICT: Final = (
    "There is no verdict here and no score: what changes stands part by part, each "
    "with what it rests on and how sure it is."
)

_PARTS: Final = (
    *("status", "border", "measures", "readiness", "intelligence", "burden"),
    "timeline",
)
"""The parts that a risk may follow from, in order."""


def document_of(dossier: Dossier) -> Document:
    """Tell a dossier in words."""
    return Document(
        title=f"{dossier.name} ({dossier.nation}): what changes if it becomes "
        f"{_target(dossier)}",
        label=dossier.label,
        summary=NO_VERDICT,
        facts=tuple(_facts(dossier)),
        chapters=tuple(in_both_orders(_chapters(dossier), dossier)),
        foot=tuple(_foot(dossier)),
    )


def _target(dossier: Dossier) -> str:
    target = dossier.target
    if target.kind == "framework":
        return f"a participant of {target.name}"
    named = {
        Status.MEMBER: "a member",
        Status.INVITEE: "an invitee",
        Status.ASPIRANT: "an aspirant",
        Status.PARTNER: "a partner",
        Status.SUSPENDED: "suspended",
        Status.NONE: "a nation without a status",
    }
    return named[Status(target.key)]


def _facts(dossier: Dossier) -> Iterator[tuple[str, str]]:
    before, after = dossier.standing.before, dossier.standing.after
    yield "Nation", f"{dossier.name}, {dossier.nation}"
    yield "Stands as", f"{STATUSES[before.status]}{_since(before.since)}"
    yield "Would stand as", STATUSES[after.status]
    if dossier.target.kind == "framework":
        yield "Would take part in", dossier.target.name
    if len(dossier.together) > 1:
        yield "Assessed together", ", ".join(dossier.together)
    yield "As of", _day(dossier.as_of)
    yield "Told to", f"a reader of {dossier.reader}"


def _since(day: date | None) -> str:
    return f", since {_day(day)}" if day else ""


def _day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


def _chapters(dossier: Dossier) -> Iterator[Chapter]:
    yield status(dossier.standing)
    yield border(dossier.borders)
    yield measures(dossier)
    yield readiness(dossier.readiness)
    yield intelligence(dossier)
    yield burden(dossier.burden)
    yield timeline(dossier)
    yield _risks(dossier)
    yield _method(dossier)


def _foot(dossier: Dossier) -> Iterator[str]:
    method = dossier.method
    yield (
        f"Foedus {method.version}; {dossier.format}; SHA-256 of what is told: "
        f"{method.digest}"
    )


def _risks(dossier: Dossier) -> Chapter:
    tables = (
        Table(
            name="risks",
            title="What to look at",
            caption="In the order of the parts; none is weighed against another.",
            head=("part", "what"),
            widths=(1, 12),
            rows=tuple(
                row(str(_PARTS.index(each.part) + 1), each.text)
                for each in dossier.risks
            ),
        ),
        Table(
            name="mistakes",
            title="Common mistakes that apply",
            head=("mistake", "what is right", "shown by the records of this hub"),
            widths=(4, 5, 5),
            rows=tuple(
                row(
                    each.mistake,
                    each.correction,
                    each.example.text if each.example else NONE,
                )
                for each in dossier.mistakes
            ),
        ),
    )
    return Chapter(
        name="risks",
        title="8. Risks, and common mistakes",
        tables=with_rows(tables),
        sources=cited((each.basis, each.source) for each in dossier.mistakes),
    )


def _part(risk: Risk) -> str:
    return str(_PARTS.index(risk.part) + 1)


def _method(dossier: Dossier) -> Chapter:
    method = dossier.method
    return Chapter(
        name="method",
        title="9. Method and inputs",
        says=tuple(_method_says(dossier)),
        tables=(
            Table(
                name="sources",
                title="Sources",
                head=("id", "title", "publisher", "dated", "read"),
                widths=(3, 6, 5, 2, 1),
                rows=tuple(
                    row(
                        each.sid,
                        each.title,
                        each.publisher,
                        each.dated or NONE,
                        "yes" if each.opened else quiet("no"),
                    )
                    for each in method.source
                ),
            ),
        ),
    )


def _method_says(dossier: Dossier) -> Iterator[str]:
    method = dossier.method
    yield (
        "Everything is worked out twice by the same means: of the alliance as it is "
        "recorded, and of the alliance after the one change that is asked about. "
        "Nothing is recorded by asking."
    )
    yield (
        f"Draws: {method.draws:,} of lengths, {method.draws_of_units:,} of what units "
        f"have there, by the seed {method.seed}, shared by both runs."
    )
    yield from _solver_says(dossier.coverage)
    basis = ", ".join(f"{each}: {count}" for each, count in method.basis.items())
    yield (
        f"Records of the data pack that are told, by basis: {basis}. Read: from an "
        "opened source. Known: background knowledge, to be confirmed. Mixed: partly "
        "each. Derived: worked out here."
    )
    yield (
        "What you may not see is told as what is not there: nothing here is an average "
        "over nations that show you nothing."
    )


def _solver_says(found: CoverageChange) -> Iterator[str]:
    if found.plans is None:
        yield "Solver: none was run."
        return
    for name, each in zip(("without", "with"), found.plans.solved, strict=True):
        yield (
            f"Solver, {name}: {each.solver}, {each.ending.value}, gap "
            f"{each.gap * 100:.1f} %, seed {each.seed}, inputs {each.digest}."
        )
    for remark in found.remarks:
        yield f"Taken so: {remark}"
