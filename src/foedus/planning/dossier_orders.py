"""Several candidates in both orders: the nation first, and after all the others.

Four states are worked out by the same means as everything else: without any of the
candidates, with the nation, with the others, and with all. From the first to the second
is what the nation changes if it joins first; from the third to the fourth what it
changes if it joins last. All of them share their draws.

- A candidate is outside with every unit of its own, as in the rest of a dossier.
- Who contributes nothing that is before the reader changes no rating.
- What hangs on a few nations is for planners, as everywhere; others are told that.

Source: reference planning.md, section 2.2, order effects.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from functools import partial
from typing import Generic, TypeVar

import msgspec
import numpy as np

from foedus.alliance.spending import SpendingEdition
from foedus.ids import NationCode
from foedus.intel.openings import Change, Counted, Way, opened
from foedus.planning.cases import Case, members, said
from foedus.planning.dossier_burden import Spread, spread_in
from foedus.planning.dossier_coverage import (
    SEED,
    Drawn,
    Pair,
    drawn_of,
    nobody_of,
    opened_to,
    spread_of,
    times_of,
)
from foedus.planning.dossier_measures import NAMES, candidate_shelf, rate
from foedus.planning.dossier_readiness import Evidence, Tried
from foedus.planning.forces import Situation
from foedus.planning.games import FloatArray
from foedus.planning.results import Coverage, Solved
from foedus.readiness.measures import MeasureLine, list_measures
from foedus.readiness.ratings import Rating
from foedus.readiness.stocks import Shelf, shelf_of
from foedus.releasability.join import FixedLabel

V = TypeVar("V")
W = TypeVar("W")


class Four(msgspec.Struct, Generic[V], frozen=True, kw_only=True):
    """One figure in four states.

    Attributes:
        none: without any of the candidates.
        it: with the nation that is assessed.
        others: with the others.
        all: with all of them.
    """

    none: V
    it: V
    others: V
    all: V

    def each(self, of: Callable[[V], W]) -> "Four[W]":
        """Work something out of each state."""
        return Four(
            none=of(self.none), it=of(self.it), others=of(self.others), all=of(self.all)
        )

    def listed(self) -> tuple[V, V, V, V]:
        """List the states in order."""
        return self.none, self.it, self.others, self.all


class WordInOrders(msgspec.Struct, frozen=True, kw_only=True):
    """One rating of a measure."""

    of: str
    words: Four[str]


class MeasureInOrders(msgspec.Struct, frozen=True, kw_only=True):
    """A measure to which a candidate contributes.

    Attributes:
        candidates: which ones do, of what is before the reader.
    """

    measure: str
    name: str
    candidates: tuple[NationCode, ...]
    ratings: tuple[WordInOrders, ...]


class KeptInOrders(msgspec.Struct, frozen=True, kw_only=True):
    """How much of a capability can be kept up for ever, of what is asked at most."""

    type: str
    wanted: float
    kept: Four[Drawn]


class PlansInOrders(msgspec.Struct, frozen=True, kw_only=True):
    """What four plans come to; each figure as in `dossier_coverage.Plans`."""

    fill: Four[float | None]
    debt: Four[float | None]
    headroom: Four[float | None]
    nobody: Four[int]
    solved: Four[Solved]


class Beside(msgspec.Struct, frozen=True, kw_only=True):
    """The nation and another candidate together.

    Attributes:
        tried: the last test of both that is before the reader; null for none.
    """

    nation: NationCode
    tried: Tried | None


class OpensInOrders(msgspec.Struct, frozen=True, kw_only=True):
    """Objects that the reader sees, and that would open to one candidate.

    Attributes:
        first: how many open if it is the first.
        last: if it is the last.
        closed: how many stay closed in either, in the same order.
    """

    nation: NationCode
    first: int
    last: int
    closed: tuple[int, int]


class BurdenInOrders(msgspec.Struct, frozen=True, kw_only=True):
    """How the figures of members are spread in one edition and year."""

    id: str
    name: str
    year: str
    spread: Four[Spread]


class Orders(msgspec.Struct, frozen=True, kw_only=True):
    """What changes with several candidates, in both orders.

    Attributes:
        others: the other candidates.
        plans: null where none was made; `why_none` says why.
        beside: the nation with each of the others.
        untested: contributors to measures, the others that contribute among them, with
            which no test of the nation is before the reader.
    """

    others: tuple[NationCode, ...]
    measures: tuple[MeasureInOrders, ...]
    kept: tuple[KeptInOrders, ...]
    plans: PlansInOrders | None
    why_none: str
    beside: tuple[Beside, ...]
    untested: tuple[NationCode, ...]
    opens: tuple[OpensInOrders, ...]
    burden: tuple[BurdenInOrders, ...]


class OrdersDraft(msgspec.Struct, frozen=True, kw_only=True):
    """Both orders before anything was solved.

    Attributes:
        situations: to be planned; null where no plan is made.
        labels: of all that it rests on.
    """

    told: Orders
    situations: Four[Situation] | None
    labels: frozenset[FixedLabel]


def orders_of(
    case: Case, pair: Pair, shown: Evidence, given: Counted
) -> OrdersDraft | None:
    """Tell both orders; None where there are no further candidates.

    Args:
        case: the nation, and the others.
        pair: what coverage rests on.
        shown: what shows how the nation works together.
        given: what the reader has been given.
    """
    if not case.others:
        return None
    measures, labels = _measures(case)
    situations = _situations(case, pair)
    planned = None if pair.may_not else situations
    others = {one for each in measures for one in each.candidates} - {case.nation}
    tried = {each.nation: each for each in shown.tried}
    return OrdersDraft(
        told=Orders(
            others=case.others,
            measures=measures,
            kept=() if planned is None else tuple(_kept(case, pair, planned)),
            plans=None,
            why_none=_why_none(pair, situations),
            beside=tuple(
                Beside(nation=each, tried=tried.get(each)) for each in case.others
            ),
            untested=tuple(sorted({*shown.untested, *(others - tried.keys())})),
            opens=tuple(_opens(case, given)),
            burden=tuple(_burden(case)),
        ),
        situations=planned,
        labels=frozenset(labels),
    )


def orders_with_plans(
    made: OrdersDraft, found: Four[Coverage] | None, why_none: str = ""
) -> Orders:
    """Add what the plans come to; or why there are none."""
    if found is None:
        why = why_none or made.told.why_none
        return msgspec.structs.replace(made.told, why_none=why)
    plans = PlansInOrders(
        fill=found.each(lambda each: each.fill),
        debt=found.each(lambda each: each.debt.share),
        headroom=found.each(times_of),
        nobody=found.each(nobody_of),
        solved=found.each(lambda each: each.solved),
    )
    return msgspec.structs.replace(made.told, plans=plans)


def _in_each(
    case: Case, of: Callable[[Collection[NationCode], Collection[NationCode]], V]
) -> Four[V]:
    """Work something out in each state, of who is inside and who is outside."""
    every, nation = frozenset(case.together), frozenset((case.nation,))
    inside = Four(none=frozenset(), it=nation, others=every - nation, all=every)
    return inside.each(lambda each: of(sorted(each), sorted(every - each)))


def _measures(case: Case) -> tuple[tuple[MeasureInOrders, ...], set[FixedLabel]]:
    seen = case.seen
    shelf = shelf_of(seen.db, seen.access, case.viewer, case.on)
    found, labels = [], set()
    for each in list_measures(seen.db, seen.access, case.viewer):
        units = shelf.stock(each.measure).units
        own = {unit.content.nation for unit in units} & set(case.together)
        if own:
            told, used = _measure(case, each, shelf, own)
            found.append(told)
            labels |= used
    return tuple(found), labels


def _measure(
    case: Case, line: MeasureLine, shelf: Shelf, own: Collection[NationCode]
) -> tuple[MeasureInOrders, set[FixedLabel]]:
    stocks = _in_each(
        case,
        lambda inside, outside: candidate_shelf(
            shelf, [each for each in inside if each in own], outside
        ).stock(line.measure),
    )
    rated = stocks.each(rate)
    ratings = [one for each in rated.listed() for one in each]
    cited = [one for each in ratings for one in each.rests_on]
    cited += [one.cited for each in ratings for one in each.not_counted]
    labels = {said(case, each.label, each.author) for each in cited}
    labels |= {
        said(case, each.requirement.label, each.requirement.author)
        for each in stocks.listed()
        if each.requirement is not None
    }
    told = MeasureInOrders(
        measure=line.measure,
        name=line.name,
        candidates=tuple(sorted(own)),
        ratings=tuple(
            WordInOrders(of=name, words=rated.each(partial(_word, place)))
            for place, name in enumerate(NAMES)
        ),
    )
    return told, labels


def _word(place: int, ratings: tuple[Rating, Rating, Rating]) -> str:
    return ratings[place].word


def _situations(case: Case, pair: Pair) -> Four[Situation] | None:
    """Give the four situations; None where no candidate has a unit in them."""
    prepared = pair.prepared
    units = prepared.situation.units
    if not prepared.commitments or not {each.nation for each in units} & set(
        case.together
    ):
        return None

    def of(
        inside: Collection[NationCode], outside: Collection[NationCode]
    ) -> Situation:
        found = opened_to(case, prepared, pair.pile, case.access_with(inside))
        kept = tuple(each for each in found.units if each.nation not in outside)
        return msgspec.structs.replace(found, units=kept)

    return _in_each(case, of)


def _why_none(pair: Pair, situations: Four[Situation] | None) -> str:
    if situations is None:
        return "no unit of any candidate that can be planned with is before you"
    return pair.may_not


def _kept(
    case: Case, pair: Pair, situations: Four[Situation]
) -> Iterable[KeptInOrders]:
    """Draw what is there of each capability that a candidate has units of, once."""
    random = np.random.default_rng(SEED)
    every = situations.all
    types = {each.type for each in every.units if each.nation in case.together}
    for kind in sorted(types):
        wanted, units, kept = drawn_of(every, pair.pile, kind, random)
        if not wanted:
            continue
        spread = partial(_spread_without, [each.nation for each in units], kept)
        yield KeptInOrders(type=kind, wanted=wanted, kept=_in_each(case, spread))


def _spread_without(
    nations: list[str],
    kept: FloatArray,
    _: Collection[NationCode],
    outside: Collection[NationCode],
) -> Drawn:
    inside = np.array([each not in outside for each in nations])
    return spread_of(np.minimum(1.0, kept[:, inside].sum(axis=1)))


def _opens(case: Case, given: Counted) -> Iterable[OpensInOrders]:
    """Count what would open to each candidate, as the first and as the last."""
    for nation in case.together:
        rest = [each for each in case.together if each != nation]
        ways = [_ways(case, given, nation, before) for before in ((), rest)]
        yield OpensInOrders(
            nation=nation,
            first=ways[0][Way.OPENS],
            last=ways[1][Way.OPENS],
            closed=(_closed(ways[0]), _closed(ways[1])),
        )


def _ways(
    case: Case, given: Counted, nation: NationCode, before: Collection[NationCode]
) -> Mapping[Way, int]:
    change = Change(
        nation=nation,
        before=case.access_with(before),
        after=case.access_with((*before, nation)),
    )
    counted = Counter[Way]()
    for each in opened(case.seen, case.viewer, given, change).groups:
        counted[each.way] += each.objects
    return counted


def _closed(ways: Mapping[Way, int]) -> int:
    open_ = (Way.SEEN, Way.OPENS, Way.CLOSES)
    return sum(number for way, number in ways.items() if way not in open_)


def _burden(case: Case) -> Iterable[BurdenInOrders]:
    for edition in case.before.pack.spending:
        row = next((each for each in edition.rows if each.nation == case.nation), None)
        own = [
            year for year in edition.years if row is not None and year in row.percent
        ]
        year = own[-1] if own else edition.years[-1]
        yield BurdenInOrders(
            id=edition.id,
            name=edition.name,
            year=year,
            spread=_in_each(case, partial(_burden_of, case, edition, year)),
        )


def _burden_of(
    case: Case,
    edition: SpendingEdition,
    year: str,
    inside: Collection[NationCode],
    _: Collection[NationCode],
) -> Spread:
    return spread_in(edition, year, members(case.with_all(inside), case.on))
