"""The chapters of a dossier that the data pack tells: status, border, burden, time.

Each says where it is from, and how that is known.
"""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Final

from foedus.alliance.citing import Citation
from foedus.alliance.sourced import Basis, Precision
from foedus.alliance.statuses import Status
from foedus.guidance.obligations import Line
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
from foedus.planning.borders import BorderRange
from foedus.planning.dossier import Dossier
from foedus.planning.dossier_borders import BorderChange, Sums
from foedus.planning.dossier_burden import EditionChange, Share, Spread
from foedus.planning.dossier_plots import (
    border_plots,
    kilometres,
    precedents_plot,
)
from foedus.planning.dossier_precedents import in_words
from foedus.planning.dossier_standing import Standing, StandingChange, is_shown

STATUSES: Final = {each: each.value for each in Status} | {Status.NONE: "no status"}
"""How statuses are written."""

_BY_EDITION: Final = (
    "Shares of spending by edition. Every edition restates all years under its own "
    "rules, so no figure stands beside one of another edition. An estimate is marked "
    "e, and ? is to be confirmed."
)

_NO_EDITION: Final = "The data pack has no figures of spending."

_DIGITS: Final = {"day": 10, "month": 7, "year": 4}
"""How much of a date is written, by how precisely it is known."""


def status(found: StandingChange) -> Chapter:
    """Tell what would change in standing, obligations and promises."""
    gained, ended = len(found.gained), len(found.ended)
    return Chapter(
        name="status",
        title="1. Status, obligations, assurances",
        says=(
            found.means,
            (
                f"Of its obligations {found.kept} stay and {ended} would end; "
                f"{gained} would be new."
                + (
                    f" Something before you shows {found.shown} of the new ones to "
                    "be met."
                    if gained
                    else ""
                )
            ),
        ),
        tables=with_rows(_standing_tables(found)),
        sources=cited(
            [
                *((each.basis, each.source) for each in found.promises),
                *((each.basis, each.source) for each in found.gained),
            ]
        ),
    )


def _named(found: StandingChange, standing: Standing) -> str:
    names = {each.framework: each.name for each in found.promises}
    return listed([names.get(each, each) for each in standing.frameworks])


def _standing_tables(found: StandingChange) -> Iterator[Table]:
    before, after = found.before, found.after
    yield Table(
        name="standing",
        title="How it stands",
        head=("what", "without", "with"),
        widths=(2, 4, 4),
        rows=(
            row("status", STATUSES[before.status], STATUSES[after.status]),
            row("communities", *(listed(each.communities) for each in (before, after))),
            row("frameworks", *(_named(found, each) for each in (before, after))),
            row("obligations", number(str(before.owes)), number(str(after.owes))),
            row("members", number(str(before.members)), number(str(after.members))),
        ),
    )
    yield Table(
        name="assurances",
        title="What is promised, and what is not",
        caption="No partnership framework promises mutual defence.",
        head=("framework", "its part", "says", "does not promise"),
        widths=(3, 1, 5, 3),
        rows=tuple(
            row(
                each.name,
                each.change,
                each.text,
                Cell(listed(each.not_promised), "" if each.protects else "bad"),
            )
            for each in found.promises
        ),
    )
    yield _owed("obligations", "What it would owe newly", found.gained)
    yield _owed("ended", "What it would owe no more", found.ended)


def _owed(name: str, title: str, found: Iterable[Line]) -> Table:
    return Table(
        name=name,
        title=title,
        head=("under", "what", "shown before you"),
        widths=(2, 5, 3),
        rows=tuple(row(each.under, each.text, _shown(each)) for each in found),
    )


def _shown(each: Line) -> Cell:
    report = each.report
    if report is None:
        return quiet("nothing")
    if not is_shown(each):
        return quiet(f"{report.status.value}, without anything that shows it")
    said = f"{report.status.value}, {report.at}"
    return Cell(f"{said}: {report.evidence}" if report.evidence else said)


def border(found: BorderChange | None) -> Chapter:
    """Tell what would change of the land borders."""
    title = "2. Border to guard, border shared"
    if found is None:
        says = ("The data pack has no table of lengths; none is taken from a map.",)
        return Chapter(name="border", title=title, says=says)
    return Chapter(
        name="border",
        title=title,
        says=tuple(_border_says(found)),
        plots=tuple(border_plots(found)),
        tables=with_rows(_border_tables(found)),
        sources=(
            f"Lengths: {found.table}, {found.measure}; {found.note}.",
            *cited([(found.basis, found.source)]),
        ),
    )


def _border_says(found: BorderChange) -> Iterator[str]:
    if not found.changes:
        yield (
            "Membership does not change, so no border of the alliance does. Its "
            "neighbours are listed as they are."
        )
        return
    before, after = found.before, found.after
    yield (
        f"The outer border to guard goes from {kilometres(before.outer)} to "
        f"{kilometres(after.outer)}; the border shared between members from "
        f"{kilometres(before.shared)} to {kilometres(after.shared)}."
    )
    if found.drawn is not None:
        yield _drawn(found.drawn)
    if found.orders:
        yield "With several candidates every order is shown; all end alike."


def _drawn(drawn: BorderRange) -> str:
    shared = "Both runs share each draw of lengths between what the two sides state."
    if drawn.low == drawn.high:
        change = f"{drawn.low:+,.0f} km in every one of {drawn.draws:,} draws"
        return f"Change of the outer border: {change}. {shared}"
    return (
        f"Change of the outer border: {drawn.low:+,.0f} to {drawn.high:+,.0f} km in 9 "
        f"of 10 draws, {drawn.median:+,.0f} in the middle; longer in "
        f"{drawn.longer * 100:.0f} of 100 draws. {shared}"
    )


def _border_tables(found: BorderChange) -> Iterator[Table]:
    yield Table(
        name="border-sums",
        title="Land border of the alliance",
        head=("alliance", "members", "outer border", "shared border"),
        widths=(3, 2, 4, 4),
        rows=(
            _sums("without", found.before),
            *([_sums("with", found.after)] if found.changes else []),
        ),
    )
    yield Table(
        name="neighbours",
        title="Its neighbours",
        head=("neighbour", "stands as", "length", "stated by", "would be"),
        widths=(3, 2, 3, 4, 3),
        rows=tuple(
            row(
                each.name,
                each.standing or quiet("not in the pack"),
                number(kilometres(each.km)),
                _stated(each.stated),
                each.becomes,
            )
            for each in found.neighbours
        ),
    )
    yield Table(
        name="outer-border",
        title="Outer border by neighbour, where it changes",
        head=("neighbour", "without", "with"),
        widths=(4, 3, 3),
        rows=tuple(
            row(
                each.name,
                number(kilometres(each.before)),
                number(kilometres(each.after)),
            )
            for each in found.by_neighbour
        ),
    )
    yield Table(
        name="orders",
        title="Several candidates, in every order",
        head=("order", "after", "outer border", "shared border"),
        widths=(4, 3, 4, 4),
        rows=tuple(
            _sums(" then ".join(order.nations), step, after)
            for order in found.orders
            for after, step in zip(("nobody", *order.nations), order.steps, strict=True)
        ),
    )


def _sums(name: str, found: Sums, second: str = "") -> tuple[Cell, ...]:
    return row(
        name,
        second or number(str(found.members)),
        number(kilometres(found.outer)),
        number(kilometres(found.shared)),
    )


def _stated(stated: object) -> str:
    assert isinstance(stated, dict), "lengths by who states them"
    if len(set(stated.values())) == 1 and len(stated) > 1:
        return "both alike"
    said = "; ".join(f"{code} {km:,.0f}" for code, km in sorted(stated.items()))
    return said if len(stated) > 1 else f"{said}, one side alone"


def burden(found: tuple[EditionChange, ...]) -> Chapter:
    """Tell what each edition says of spending."""
    return Chapter(
        name="burden",
        title="6. Burden, by edition",
        says=(_BY_EDITION if found else _NO_EDITION,),
        tables=with_rows([_figures(found), _spreads(found)]),
        sources=cited((each.basis, each.source) for each in found),
    )


def _figures(found: tuple[EditionChange, ...]) -> Table:
    return Table(
        name="spending",
        title="Its own figures, in percent of gross domestic product",
        head=("edition", "measure", "figures"),
        widths=(2, 5, 5),
        rows=tuple(
            row(
                each.name,
                each.measure,
                ", ".join(map(_share, each.own)) if each.own else quiet(each.absent),
            )
            for each in found
        ),
    )


def _share(each: Share) -> str:
    marks = (" e" if each.estimate else "") + (" ?" if each.confirm else "")
    return f"{each.year}: {each.percent:g}{marks}"


def _spreads(found: tuple[EditionChange, ...]) -> Table:
    return Table(
        name="spread",
        title="The members of each edition: lowest, middle, highest",
        caption="In percent, of the year that is named, within one edition.",
        head=("edition", "year", "without", "with"),
        widths=(3, 2, 5, 5),
        rows=tuple(
            row(
                each.name + ("" if each.whole else ", in part"),
                each.year + (" e" if each.estimate else ""),
                _spread(each.before),
                _spread(each.after),
            )
            for each in found
        ),
    )


def _spread(each: Spread) -> Cell:
    if each.low is None or each.middle is None or each.high is None:
        return quiet(f"no figure of {each.of} members")
    return Cell(
        f"{each.low:g}, {each.middle:g}, {each.high:g} ({each.nations} of {each.of} "
        "members)"
    )


def timeline(dossier: Dossier) -> Chapter:
    """Tell how long it took others."""
    found = dossier.precedents
    says = list(found.said)
    if found.begins is not None and found.earliest and found.latest:
        says.insert(
            1,
            f"Counted from {found.begins}, {found.why}: between {found.earliest} and "
            f"{found.latest}.",
        )
    return Chapter(
        name="timeline",
        title="7. Time line, from precedents",
        says=tuple(says),
        plots=only(precedents_plot(found)),
        tables=with_rows(_timeline_tables(dossier)),
        sources=cited((each.basis, each.source) for each in found.ways),
    )


def _timeline_tables(dossier: Dossier) -> Iterator[Table]:
    found = dossier.precedents
    yield Table(
        name="intervals",
        title="Days between steps",
        head=("from", "to", "shortest", "longest", "of", "another lies between"),
        widths=(3, 3, 2, 2, 4, 3),
        rows=tuple(
            row(
                in_words(each.since),
                in_words(each.until),
                number(str(each.low)),
                number(str(each.high)),
                ", ".join(
                    f"{nation} {days}"
                    for nation, days in zip(each.nations, each.days, strict=True)
                )
                + (", about" if each.rough else ""),
                f"in {each.inside} cases, if it is like them",
            )
            for each in found.intervals
        ),
    )
    yield Table(
        name="accessions",
        title="The last accessions, stage by stage",
        head=("nation", "stage", "on", "days since the invitation"),
        widths=(3, 4, 3, 3),
        rows=tuple(
            row(
                way.name,
                stage.name,
                str(stage.on)[: {"day": 10, "month": 7, "year": 4}[stage.precision]],
                number(
                    ("" if stage.precision == "day" else "about ") + f"{stage.after}"
                ),
            )
            for way in found.ways
            for stage in way.stages
        ),
    )
    yield Table(
        name="joined",
        title="Who came into the framework last",
        head=("nation", "since"),
        widths=(5, 3),
        rows=tuple(
            row(
                each.name,
                _known(each.since, each.precision),
            )
            for each in found.joined
        ),
    )


def cited(
    records: Iterable[tuple[Basis, tuple[Citation, ...]]],
) -> tuple[str, ...]:
    """Say where records are from and how that is known; nothing where there is none."""
    listed = list(records)
    if not listed:
        return ()
    basis = sorted({basis.value for basis, _ in listed})
    titles = sorted({each.title for _, source in listed for each in source})
    return (f"Basis: {', '.join(basis)}. Sources: {'; '.join(titles)}.",)


def listed(words: Iterable[str]) -> str:
    """List words; a dash for none."""
    return ", ".join(words) or NONE


def _known(day: date, precision: Precision) -> str:
    """Write a date as far as it is known."""
    return day.isoformat()[: _DIGITS[precision]]


def _about(precision: Precision) -> str:
    return "" if precision == "day" else "about "
