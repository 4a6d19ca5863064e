"""Coverage of commitments with and without the nation's units: the same plan, twice.

- The situation is that of any plan, built from the register in the reader's world. Once
  the nation's units are left out of it, once they are in, and then its nation may be
  sent wherever it might know of the commitment after the change.
- Doubt about what is there is drawn between the least and the most that is reported,
  the same draw for both runs. What capabilities can be kept up for ever is told of all
  draws; plans are made of the least, as every plan is.
- What hangs on one nation is for planners, as everywhere; others are told that.
- Without units of the nation that can be planned with, both runs are one and the same,
  and none is made. Capabilities of which a named nation shows the reader nothing are
  withheld from both.

Source: reference planning.md, sections 1.2, 2.1 and 2.2; ADR 27.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

import msgspec
import numpy as np

from foedus.planning.cases import Case
from foedus.planning.forces import Situation, Unit
from foedus.planning.games import FloatArray
from foedus.planning.horizons import Horizon
from foedus.planning.results import Coverage, Solved
from foedus.planning.rules import reads_restricted
from foedus.planning.sending import Sending
from foedus.planning.situation_sources import Pile, pile_of
from foedus.planning.situations import Prepared, Withheld, situation_of
from foedus.readiness.measures import list_measures
from foedus.releasability.access import Access

SEED: Final = 1
"""What is drawn by: always the same, so that both runs share each draw."""

DRAWS: Final = 500
"""Draws of what is there; the reference asks for 200 to 1,000."""

FOR_PLANNERS: Final = (
    "what hangs on one nation is told to planners alone; ask who has the role"
)

ALIKE: Final = 1e-9
"""Amounts that differ by less are the same."""


class Drawn(msgspec.Struct, frozen=True, kw_only=True):
    """A figure over all draws: below `low` lie 5 % of them, below `high` 95 %."""

    low: float
    middle: float
    high: float


class Kept(msgspec.Struct, frozen=True, kw_only=True):
    """How much of a capability can be kept up for ever, of what is asked at most.

    Attributes:
        wanted: by all commitments together, in the period in which it is most.
        without: as a share of that, at the goal of rotation.
        better: the part of the draws in which more can be kept up with it.
    """

    type: str
    wanted: float
    without: Drawn
    with_it: Drawn
    better: float


class NeedChange(msgspec.Struct, frozen=True, kw_only=True):
    """What is missing of one need, added up over its periods.

    Attributes:
        wanted: amount times periods.
        without: missing without the nation's units.
        with_it: missing with them; among plans that are equally good this is one.
    """

    commitment: str
    title: str
    type: str
    priority: int
    wanted: float
    without: float
    with_it: float


class Plans(msgspec.Struct, frozen=True, kw_only=True):
    """What both plans come to.

    Attributes:
        fill: of all that is wanted the part that is there, without and with.
        debt: of all unit-periods those at home that lack to the goal, likewise.
        headroom: by how much all that can be met could grow, likewise; null where
            nothing can be met.
        nobody: gaps that nobody can fill, likewise.
        solved: how each was found.
    """

    fill: tuple[float | None, float | None]
    debt: tuple[float | None, float | None]
    headroom: tuple[float | None, float | None]
    nobody: tuple[int, int]
    needs: tuple[NeedChange, ...]
    solved: tuple[Solved, Solved]


class CoverageChange(msgspec.Struct, frozen=True, kw_only=True):
    """What the nation's units would change of the coverage of commitments.

    Attributes:
        commitments: how many there are before the reader.
        units: units of the nation that can be planned with.
        left: units of it that cannot, each with why.
        plans: null where none was made; `why_none` says why.
        remarks: what was taken how.
        illustrative: whether anything was made up to show something.
    """

    commitments: int
    units: int
    left: tuple[str, ...]
    withheld: tuple[Withheld, ...]
    kept: tuple[Kept, ...]
    plans: Plans | None
    why_none: str
    remarks: tuple[str, ...]
    illustrative: bool


class Pair(msgspec.Struct, frozen=True, kw_only=True):
    """The two situations of a case, and what is told of them without solving.

    Attributes:
        told: all but the plans.
        titles: of commitments, by id.
        pile: what the situations rest on.
        may_not: why this reader is told of no plan; empty for who is.
    """

    without: Situation
    with_it: Situation
    told: CoverageChange
    titles: Mapping[str, str]
    prepared: Prepared
    pile: Pile
    may_not: str

    @property
    def is_solved(self) -> bool:
        """Whether plans are worth making: the two situations differ."""
        return not self.told.why_none


def pair_of(case: Case) -> Pair:
    """Build both situations, and tell what needs no solver.

    Raises:
        TooLargeError: there are more units or commitments than one plan may have.
    """
    seen = case.seen
    horizon = Horizon(as_of=case.on)
    prepared = situation_of(seen.db, seen.access, case.viewer, horizon)
    pile = pile_of(seen.db, seen.access, case.viewer, case.on)
    with_it = opened_to(case, prepared, pile, case.access_after)
    without = msgspec.structs.replace(
        prepared.situation,
        units=tuple(
            each for each in prepared.situation.units if each.nation != case.nation
        ),
    )
    own = len(with_it.units) - len(without.units)
    plans = reads_restricted(case.viewer)
    told = CoverageChange(
        commitments=len(prepared.commitments),
        units=own,
        left=tuple(
            f"{each.cited.text}: {each.why}"
            for each in prepared.left
            if each.cited.nation == case.nation
        ),
        withheld=prepared.withheld,
        kept=tuple(_kept(case, with_it, pile)) if own and plans else (),
        plans=None,
        why_none=_why_none(case, prepared, own) or ("" if plans else FOR_PLANNERS),
        remarks=prepared.remarks,
        illustrative=prepared.illustrative,
    )
    return Pair(
        without=without,
        with_it=with_it,
        told=told,
        titles={
            name: each.content.title for name, each in prepared.commitments.items()
        },
        prepared=prepared,
        pile=pile,
        may_not="" if plans else FOR_PLANNERS,
    )


def with_plans(
    pair: Pair, without: Coverage | None, with_it: Coverage | None, why_none: str = ""
) -> CoverageChange:
    """Add what both plans come to; or why there are none."""
    if without is None or with_it is None:
        why = why_none or pair.told.why_none
        return msgspec.structs.replace(pair.told, why_none=why)
    plans = Plans(
        fill=(without.fill, with_it.fill),
        debt=(without.debt.share, with_it.debt.share),
        headroom=(times_of(without), times_of(with_it)),
        nobody=(nobody_of(without), nobody_of(with_it)),
        needs=tuple(_needs(pair, without, with_it)),
        solved=(without.solved, with_it.solved),
    )
    return msgspec.structs.replace(pair.told, plans=plans)


def _why_none(case: Case, prepared: Prepared, own: int) -> str:
    if not prepared.commitments:
        return "no commitment is before you, so there is nothing to cover"
    if not own:
        return (
            f"no unit of {case.nation} that can be planned with is before you, so both "
            "runs are one and the same"
        )
    return ""


def opened_to(case: Case, prepared: Prepared, pile: Pile, access: Access) -> Situation:
    """Let candidates be sent where they might know of a commitment after the change."""
    seen = case.seen
    measures = list_measures(seen.db, seen.access, case.viewer)
    rules = Sending.of(
        pile,
        list(prepared.commitments.values()),
        {each.measure: each.name for each in measures},
        access,
    )
    return msgspec.structs.replace(
        prepared.situation,
        commitments=tuple(
            msgspec.structs.replace(each, closed_to=rules.closed[each.id])
            for each in prepared.situation.commitments
        ),
    )


def _kept(case: Case, situation: Situation, pile: Pile) -> Iterable[Kept]:
    """Draw what is there of each capability that the nation has units of."""
    random = np.random.default_rng(SEED)
    types = {each.type for each in situation.units if each.nation == case.nation}
    for kind in sorted(types):
        wanted, units, kept = drawn_of(situation, pile, kind, random)
        if not wanted:
            continue
        own = np.array([each.nation == case.nation for each in units])
        without = np.minimum(1.0, kept[:, ~own].sum(axis=1))
        with_it = np.minimum(1.0, kept.sum(axis=1))
        yield Kept(
            type=kind,
            wanted=wanted,
            without=spread_of(without),
            with_it=spread_of(with_it),
            better=float((with_it > without + ALIKE).mean()),
        )


def drawn_of(
    situation: Situation, pile: Pile, kind: str, random: np.random.Generator
) -> tuple[float, list[Unit], FloatArray]:
    """Draw what each unit of a type can keep up for ever, of what is asked at most.

    Returns:
        What is asked at most, the units, and their shares of it: a row a draw, a column
        a unit.
    """
    units = [each for each in situation.units if each.type == kind]
    wanted = _peak(situation, kind)
    low = np.array([each.strength for each in units])
    high = np.array([_most(pile, each.id, each.strength) for each in units])
    parts = random.random((DRAWS, len(units)))
    there: FloatArray = low + parts * (high - low)
    parts_kept = np.array([_kept_up(situation, each) for each in units])
    return wanted, units, there * parts_kept / (wanted or 1.0)


def _kept_up(situation: Situation, unit: Unit) -> float:
    """Give the part of a unit that is kept up: its rotation, while it is there."""
    away = {each for each in unit.away if each <= situation.periods}
    present = 1 - len(away) / situation.periods
    return present / situation.rotation_of(unit).units_per_deployed


def _most(pile: Pile, unit: str, least: float) -> float:
    """Give how much of a unit is there at most, by its last report."""
    report = pile.reports[unit][0].content
    most = report.available if report.available_to is None else report.available_to
    return least * most / report.available


def _peak(situation: Situation, kind: str) -> float:
    """Give how much of a capability is wanted in the period in which it is most."""
    return max(
        sum(
            need.amount
            for each in situation.commitments
            if each.first <= period <= each.last
            for need in each.needs
            if need.type == kind
        )
        for period in range(1, situation.periods + 1)
    )


def spread_of(values: FloatArray) -> Drawn:
    """Tell between what a figure lies over all draws."""
    low, middle, high = np.quantile(values, [0.05, 0.5, 0.95]).tolist()
    return Drawn(low=low, middle=middle, high=high)


def times_of(found: Coverage) -> float | None:
    """Give by how much all that can be met could grow."""
    return None if found.headroom is None else found.headroom.times


def nobody_of(found: Coverage) -> int:
    """Count the gaps that nobody can fill."""
    return sum(each.nobody_can for each in found.gaps)


def _needs(pair: Pair, without: Coverage, with_it: Coverage) -> Sequence[NeedChange]:
    later = {(each.commitment, each.type): each for each in with_it.covers}
    return [
        NeedChange(
            commitment=each.commitment,
            title=pair.titles[each.commitment],
            type=each.type,
            priority=each.priority,
            wanted=each.wanted * len(each.missing),
            without=each.total_missing,
            with_it=later[each.commitment, each.type].total_missing,
        )
        for each in without.covers
    ]
