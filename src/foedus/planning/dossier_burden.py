"""Spending by edition: the nation's figures, and how those of the members are spread.

- Every edition restates all years under its own rules; nothing is put beside anything
  of another edition, and no figure of one is completed from another.
- Estimates say so, and what is background knowledge is to be confirmed.
"""

from collections.abc import Iterable
from datetime import date
from statistics import median

import msgspec

from foedus.alliance.citing import Citation, citations
from foedus.alliance.sourced import Basis
from foedus.alliance.spending import SpendingEdition, SpendingRow
from foedus.ids import NationCode
from foedus.planning.cases import Case, members


class Spread(msgspec.Struct, frozen=True, kw_only=True):
    """How the figures of the members are spread.

    Attributes:
        nations: how many of them have a figure in the edition and year.
        of: how many members there are.
        low: null where no member has a figure.
    """

    nations: int
    of: int
    low: float | None
    middle: float | None
    high: float | None


class Share(msgspec.Struct, frozen=True, kw_only=True):
    """A nation's figure of one year.

    Attributes:
        estimate: whether the edition gives it as an estimate.
        confirm: whether it is background knowledge, to be confirmed.
    """

    year: str
    percent: float
    estimate: bool
    confirm: bool


class EditionChange(msgspec.Struct, frozen=True, kw_only=True):
    """What one edition tells.

    Attributes:
        own: the nation's figures, by year; empty where it has none.
        absent: why there are none; empty where there are.
        year: of the spread: the last for which the nation has a figure, or the last.
        estimate: whether the edition gives that year as an estimate.
        before: of the members as they are.
        after: of the members as they would be.
        whole: whether the edition has every nation that it should.
    """

    id: str
    name: str
    measure: str
    own: tuple[Share, ...]
    absent: str
    year: str
    estimate: bool
    before: Spread
    after: Spread
    whole: bool
    note: str
    source: tuple[Citation, ...]
    basis: Basis
    as_of: date


def burden_changes(case: Case) -> tuple[EditionChange, ...]:
    """Tell what each edition says of the nation and of the members."""
    return tuple(_edition(case, each) for each in case.before.pack.spending)


def _edition(case: Case, edition: SpendingEdition) -> EditionChange:
    row = next((each for each in edition.rows if each.nation == case.nation), None)
    own = _own(edition, row)
    year = own[-1].year if own else edition.years[-1]
    return EditionChange(
        id=edition.id,
        name=edition.name,
        measure=edition.measure,
        own=own,
        absent="" if own else _absent(row),
        year=year,
        estimate=year in edition.estimates,
        before=spread_in(edition, year, members(case.before, case.on)),
        after=spread_in(edition, year, members(case.after, case.on)),
        whole=edition.whole,
        note=edition.note,
        source=citations(case.before, edition.sources),
        basis=edition.basis,
        as_of=edition.as_of,
    )


def _own(edition: SpendingEdition, row: SpendingRow | None) -> tuple[Share, ...]:
    if row is None:
        return ()
    return tuple(
        Share(
            year=year,
            percent=row.percent[year],
            estimate=year in edition.estimates,
            confirm=year in row.unread,
        )
        for year in edition.years
        if year in row.percent
    )


def _absent(row: SpendingRow | None) -> str:
    if row is None:
        return "not in this edition"
    return f"does not apply: {row.note}" if not row.applies else "not known"


def spread_in(
    edition: SpendingEdition, year: str, nations: Iterable[NationCode]
) -> Spread:
    """Tell how the figures of some nations are spread, in one edition and year."""
    inside = frozenset(nations)
    known = sorted(
        each.percent[year]
        for each in edition.rows
        if each.nation in inside and year in each.percent
    )
    return Spread(
        nations=len(known),
        of=len(inside),
        low=known[0] if known else None,
        middle=round(median(known), 2) if known else None,
        high=known[-1] if known else None,
    )
