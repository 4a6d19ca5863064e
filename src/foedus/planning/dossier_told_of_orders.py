"""What chapters of a dossier add where there are further candidates: both orders.

Each table has four columns: without any candidate, with the nation, with the others,
with all. What the nation changes is told twice, as the first and as the last.
"""

from collections.abc import Iterable, Iterator
from typing import Final

import msgspec

from foedus.paper.documents import Cell, Chapter, Table, number, quiet, row, with_rows
from foedus.planning.dossier import Dossier
from foedus.planning.dossier_burden import Spread
from foedus.planning.dossier_coverage import Drawn
from foedus.planning.dossier_orders import Four, Orders
from foedus.planning.results import Ending

_CAPTION: Final = (
    "From the first to the second column is what it changes as the first to join, from "
    "the third to the fourth as the last."
)


def in_both_orders(chapters: Iterable[Chapter], dossier: Dossier) -> Iterator[Chapter]:
    """Add both orders to the chapters that tell of them."""
    orders = dossier.orders
    for each in chapters:
        if orders is None:
            yield each
            continue
        names = dossier.nation, ", ".join(orders.others)
        found = {
            "measures": (_coverage_says, _of_measures),
            "readiness": (_readiness_says, _of_readiness),
            "intelligence": (_nothing, _of_intelligence),
            "burden": (_nothing, _of_burden),
            "method": (_method_says, _no_tables),
        }.get(each.name)
        if found is None:
            yield each
            continue
        says, tables = found
        yield msgspec.structs.replace(
            each,
            says=(*each.says, *says(orders)),
            tables=(*each.tables, *with_rows(tables(orders, names))),
        )


def _head(first: tuple[str, ...], names: tuple[str, str]) -> tuple[str, ...]:
    nation, others = names
    return (*first, "without any", f"with {nation}", f"with {others}", "with all")


def _of_measures(orders: Orders, names: tuple[str, str]) -> Iterator[Table]:
    yield Table(
        name="measures-orders",
        title="Measures, in both orders",
        caption=_CAPTION,
        head=_head(("measure", "rating", "of candidates"), names),
        widths=(4, 3, 2, 2, 2, 2, 2),
        rows=tuple(
            row(each.name, one.of, ", ".join(each.candidates), *one.words.listed())
            for each in orders.measures
            for one in each.ratings
        ),
    )
    yield Table(
        name="kept-orders",
        title="What can be kept up for ever, of what is asked at most, in both orders",
        caption=f"{_CAPTION} Over draws shared by all: 5 % below, the middle, 95 % "
        "below.",
        head=_head(("capability", "asked"), names),
        widths=(3, 1, 3, 3, 3, 3),
        rows=tuple(
            row(
                each.type,
                number(f"{each.wanted:g}"),
                *(number(_range(one)) for one in each.kept.listed()),
            )
            for each in orders.kept
        ),
    )
    yield Table(
        name="plans-orders",
        title="The same plan four times, in both orders",
        caption=_CAPTION,
        head=_head(("what",), names),
        widths=(5, 2, 2, 2, 2),
        rows=tuple(_plans(orders)),
    )


def _plans(orders: Orders) -> Iterator[tuple[Cell, ...]]:
    plans = orders.plans
    if plans is None:
        return
    yield row("covered, of all that is wanted", *_percents(plans.fill))
    yield row("time at home that lacks to the goal", *_percents(plans.debt))
    yield row("all demands at once could grow to", *_percents(plans.headroom))
    yield row(
        "gaps that nobody can fill",
        *(number(str(each)) for each in plans.nobody.listed()),
    )


def _of_readiness(orders: Orders, _: tuple[str, str]) -> Iterator[Table]:
    yield Table(
        name="beside",
        title="Tests of it with the other candidates",
        head=("with", "what", "result", "on", "tests"),
        widths=(1, 5, 2, 2, 1),
        rows=tuple(
            row(
                each.nation,
                *(
                    (quiet("no test is before you"), "", "", "")
                    if each.tried is None
                    else (
                        each.tried.subject,
                        each.tried.result,
                        str(each.tried.on),
                        number(str(each.tried.tests)),
                    )
                ),
            )
            for each in orders.beside
        ),
    )


def _of_intelligence(orders: Orders, _: tuple[str, str]) -> Iterator[Table]:
    yield Table(
        name="intelligence-orders",
        title="Objects that you see, by candidate, in both orders",
        head=(
            "candidate",
            "would open, as the first",
            "as the last",
            "stay closed, as the first",
            "as the last",
        ),
        widths=(2, 2, 2, 2, 2),
        rows=tuple(
            row(
                each.nation,
                *(
                    number(str(count))
                    for count in (each.first, each.last, *each.closed)
                ),
            )
            for each in orders.opens
        ),
    )


def _of_burden(orders: Orders, names: tuple[str, str]) -> Iterator[Table]:
    yield Table(
        name="burden-orders",
        title="How the figures of the members are spread, in both orders",
        caption="Least, middle and most in per cent, and of how many members there is "
        f"one. {_CAPTION}",
        head=_head(("edition", "year"), names),
        widths=(4, 1, 3, 3, 3, 3),
        rows=tuple(
            row(each.name, each.year, *map(_spread, each.spread.listed()))
            for each in orders.burden
        ),
    )


def _coverage_says(orders: Orders) -> Iterator[str]:
    if not orders.measures:
        yield (
            "In both orders: no contribution of any candidate to a measure is before "
            "you, so neither order changes a rating."
        )
    if orders.plans is None:
        yield f"In both orders no plan was made: {orders.why_none}."


def _readiness_says(orders: Orders) -> Iterator[str]:
    if orders.untested:
        yield (
            f"If {', '.join(orders.others)} joined first, no test with these "
            f"contributors would be before you: {', '.join(orders.untested)}."
        )


def _method_says(orders: Orders) -> Iterator[str]:
    if orders.plans is None:
        return
    names = ("without any", "with it", "with the others", "with all")
    for name, each in zip(names, orders.plans.solved.listed(), strict=True):
        gap = "" if each.ending is Ending.PROVEN else f", gap {each.gap * 100:.1f} %"
        yield (
            f"Solver, both orders, {name}: {each.ending.value}{gap}, inputs "
            f"{each.digest}."
        )


def _nothing(_: Orders) -> Iterator[str]:
    yield from ()


def _no_tables(_: Orders, __: tuple[str, str]) -> Iterator[Table]:
    yield from ()


def _percents(values: Four[float | None]) -> Iterator[Cell]:
    for each in values.listed():
        yield quiet("not known") if each is None else number(f"{each * 100:.0f} %")


def _range(drawn: Drawn) -> str:
    told = [f"{each * 100:.0f} %" for each in (drawn.low, drawn.middle, drawn.high)]
    return told[1] if told[0] == told[2] else ", ".join(told)


def _spread(each: Spread) -> Cell:
    if each.low is None or each.middle is None or each.high is None:
        return quiet("no figure")
    return number(
        f"{each.low:g}, {each.middle:g}, {each.high:g} ({each.nations} of {each.of})"
    )
