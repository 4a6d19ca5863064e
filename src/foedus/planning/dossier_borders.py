"""The land border to guard and the border shared, before and after.

- Lengths are those of the pack's sourced table, as the two sides state them; none is
  measured on a map. Where the sides differ, the answer is a range.
- The sign may depend on the order in which candidates join, so with several of them
  every order is shown.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Final

import msgspec

from foedus.alliance.citing import Citation, citations
from foedus.alliance.land_borders import BorderTable
from foedus.alliance.sourced import Basis
from foedus.ids import NationCode
from foedus.planning.borders import (
    Border,
    BorderRange,
    BorderSums,
    border_sums,
    external_change,
    in_every_order,
)
from foedus.planning.cases import Case, members

SEED: Final = 1
"""What lengths are drawn by: always the same, so that both runs share each draw."""

DRAWS: Final = 1_000


class Km(msgspec.Struct, frozen=True, kw_only=True):
    """A length in km: at least, and at most."""

    low: float
    high: float


class Sums(msgspec.Struct, frozen=True, kw_only=True):
    """The land borders of the alliance.

    Attributes:
        outer: with those that are no members: the border to guard.
        shared: between members.
    """

    members: int
    outer: Km
    shared: Km


class Neighbour(msgspec.Struct, frozen=True, kw_only=True):
    """A neighbour of the nation.

    Attributes:
        standing: its status; empty for what is no nation of the pack.
        stated: by whom which length is stated; one side alone, or both.
        becomes: what the border would be.
    """

    code: str
    name: str
    standing: str
    km: Km
    stated: Mapping[str, float]
    becomes: str


class Stretch(msgspec.Struct, frozen=True, kw_only=True):
    """The alliance's border with one that is no member, before and after."""

    code: str
    name: str
    before: Km
    after: Km


class Order(msgspec.Struct, frozen=True, kw_only=True):
    """Candidates one after another, with the sums before the first and after each."""

    nations: tuple[NationCode, ...]
    steps: tuple[Sums, ...]


class BorderChange(msgspec.Struct, frozen=True, kw_only=True):
    """What would change of the land borders.

    Attributes:
        changes: whether anything would: membership alone moves the outer border.
        neighbours: those of the nation, the longest border first.
        by_neighbour: the outer border where it changes.
        drawn: the change of the outer border, over draws between what sides state.
        orders: with several candidates, every order of them.
    """

    changes: bool
    before: Sums
    after: Sums
    neighbours: tuple[Neighbour, ...]
    by_neighbour: tuple[Stretch, ...]
    drawn: BorderRange | None
    orders: tuple[Order, ...]
    table: str
    measure: str
    note: str
    source: tuple[Citation, ...]
    basis: Basis
    as_of: date


class _Lengths:
    """The lengths of a table: the smaller and the larger statement of each border."""

    def __init__(self, table: BorderTable) -> None:
        self.borders = tuple(
            Border(between=each.between, stated=each.stated) for each in table.rows
        )
        self._low = tuple(
            Border(between=each.between, stated={"": each.range_km[0]})
            for each in self.borders
        )

    def low(self, inside: Iterable[str]) -> BorderSums:
        return border_sums(self._low, inside)

    def high(self, inside: Iterable[str]) -> BorderSums:
        return border_sums(self.borders, inside)

    def sums(self, inside: Iterable[str]) -> Sums:
        low, high = self.low(inside), self.high(inside)
        return Sums(
            members=high.members,
            outer=Km(low=low.external_km, high=high.external_km),
            shared=Km(low=low.internal_km, high=high.internal_km),
        )


def border_change(case: Case) -> BorderChange | None:
    """Tell what would change of the land borders; None where the pack has none."""
    table = next(iter(case.before.pack.borders), None)
    if table is None:
        return None
    lengths = _Lengths(table)
    before, after = members(case.before, case.on), members(case.after, case.on)
    joins = after - before
    return BorderChange(
        changes=before != after,
        before=lengths.sums(before),
        after=lengths.sums(after),
        neighbours=_neighbours(case, table, lengths),
        by_neighbour=_stretches(case, table, lengths),
        drawn=external_change(
            lengths.borders, before, case.nation, seed=SEED, draws=DRAWS
        )
        if joins
        else None,
        orders=_orders(case, lengths) if joins and len(case.together) > 1 else (),
        table=table.name,
        measure=table.measure,
        note=table.note,
        source=citations(case.before, table.sources),
        basis=table.basis,
        as_of=table.as_of,
    )


def _neighbours(
    case: Case, table: BorderTable, lengths: _Lengths
) -> tuple[Neighbour, ...]:
    inside = members(case.after, case.on)
    found = []
    for border in lengths.borders:
        if case.nation not in border.between:
            continue
        one, other = border.between
        code = other if one == case.nation else one
        low, high = border.range_km
        found.append(
            Neighbour(
                code=code,
                name=_name(case, table, code),
                standing=_standing(case, code),
                km=Km(low=low, high=high),
                stated=dict(border.stated),
                becomes=_becomes(case.nation in inside, code in inside),
            )
        )
    return tuple(sorted(found, key=lambda each: (-each.km.high, each.code)))


def _becomes(is_inside: bool, neighbour_is: bool) -> str:  # noqa: FBT001 - two of a kind
    if is_inside and neighbour_is:
        return "shared between members"
    if is_inside or neighbour_is:
        return "outer, to guard"
    return "outside the alliance"


def _stretches(
    case: Case, table: BorderTable, lengths: _Lengths
) -> tuple[Stretch, ...]:
    sides = []
    for alliance in (case.before, case.after):
        inside = members(alliance, case.on)
        low, high = lengths.low(inside), lengths.high(inside)
        sides.append(
            {
                code: Km(low=low.by_neighbour[code], high=km)
                for code, km in high.by_neighbour.items()
            }
        )
    nothing = Km(low=0.0, high=0.0)
    before, after = sides
    return tuple(
        Stretch(
            code=code,
            name=_name(case, table, code),
            before=before.get(code, nothing),
            after=after.get(code, nothing),
        )
        for code in sorted(before.keys() | after.keys())
        if before.get(code, nothing) != after.get(code, nothing)
    )


def _orders(case: Case, lengths: _Lengths) -> tuple[Order, ...]:
    inside = members(case.before, case.on)
    every = in_every_order(lengths.borders, inside, case.together)
    return tuple(
        Order(
            nations=tuple(map(NationCode, order)),
            steps=tuple(
                lengths.sums({*inside, *order[:step]}) for step in range(len(order) + 1)
            ),
        )
        for order in every
    )


def _name(case: Case, table: BorderTable, code: str) -> str:
    record = case.before.nations.get(NationCode(code))
    return record.name if record else table.others.get(code, code)


def _standing(case: Case, code: str) -> str:
    if code not in case.before.nations:
        return ""
    return case.before.status(NationCode(code), case.on).value
