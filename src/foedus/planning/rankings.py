"""Many orders made one, lists held against each other, and what to think of them."""

from collections.abc import Iterator, Sequence
from typing import assert_never

import numpy as np

from foedus.planning.comparison_sheets import Ranked, Turned
from foedus.planning.games import FloatArray
from foedus.planning.ranking import (
    EQUAL_WITHIN,
    KEMENY_MAX,
    WINNERS_MAX,
    agreement,
    borda,
    condorcet_order,
    kemeny,
    ranks,
)
from foedus.planning.ranking_sheets import (
    AgreementSheet,
    KemenySheet,
    OrderSheet,
    RankingSheet,
)
from foedus.planning.ranking_tables import Lists, Support, Table

FEW = 10
"""Values below which one more or less may turn a correlation round."""


def rank(table: Table) -> RankingSheet:
    """Make one order of many, or hold two lists against each other."""
    match table:
        case Support():
            order = _ordered(table)
            return RankingSheet(order=order, warnings=list(_warned(order)))
        case Lists():
            found = _agreed(table)
            return RankingSheet(agreement=found, warnings=list(_warned_of_lists(found)))
        case _:
            assert_never(table)


def _ordered(table: Support) -> OrderSheet:
    names, support = table.names, table.matrix
    majority = condorcet_order(support)
    return OrderSheet(
        names=list(names),
        support=support.tolist(),
        borda=_by_borda(names, support),
        condorcet=None if majority is None else [names[each] for each in majority],
        kemeny=_by_kemeny(names, support) if len(names) <= KEMENY_MAX else None,
        reversals=list(_turned(names, support)),
    )


def _by_borda(names: Sequence[str], support: FloatArray) -> list[Ranked]:
    scores = borda(support)
    placed = zip(names, scores.tolist(), ranks(scores).tolist(), strict=True)
    found = [Ranked(name=name, score=score, rank=at) for name, score, at in placed]
    return sorted(found, key=lambda each: each.rank)


def _by_kemeny(names: Sequence[str], support: FloatArray) -> KemenySheet:
    found = kemeny(support)
    return KemenySheet(
        score=found.score,
        orders=[[names[each] for each in order] for order in found.orders],
    )


def _turned(names: Sequence[str], support: FloatArray) -> Iterator[Turned]:
    """Leave out each in turn, and name the pairs that then change places."""
    whole = borda(support)
    for left in range(len(names)):
        kept = np.delete(np.arange(len(names)), left)
        scores = borda(support[np.ix_(kept, kept)])
        pairs = [
            (names[kept[one]], names[kept[other]])
            for one in range(len(kept))
            for other in range(len(kept))
            if whole[kept[one]] > whole[kept[other]] + EQUAL_WITHIN
            and scores[one] < scores[other] - EQUAL_WITHIN
        ]
        if pairs:
            yield Turned(method="Borda", without=names[left], pairs=pairs)


def _agreed(table: Lists) -> AgreementSheet:
    found = agreement(table.x, table.y)
    is_known = not np.isnan(found.without_one).any()
    return AgreementSheet(
        spearman=found.rho,
        kendall=found.tau,
        n=found.n,
        p=found.p,
        without_one=found.without_one if is_known else None,
    )


def _warned(found: OrderSheet) -> Iterator[str]:
    if found.condorcet is None:
        yield (
            "majorities go round in a circle, or are tied: no order has all of them "
            "behind it"
        )
    first = {each.name for each in found.borda if each.rank == 1}
    if found.kemeny is None:
        yield f"more than {KEMENY_MAX} are not ordered by Kemeny's rule"
    else:
        tied = len(found.kemeny.orders)
        if tied > 1:
            more = " or more" if tied == WINNERS_MAX else ""
            yield f"{tied}{more} orders agree equally: to choose one is a decision"
        winners = {order[0] for order in found.kemeny.orders}
        if not winners & first:
            yield (
                f"the methods do not agree on the first: {', '.join(sorted(first))} by "
                f"Borda, {', '.join(sorted(winners))} by Kemeny"
            )
    if found.reversals:
        without = ", ".join(each.without for each in found.reversals)
        yield f"Borda turns the order of others round when one is left out: {without}"


def _warned_of_lists(found: AgreementSheet) -> Iterator[str]:
    if found.n < FEW:
        yield f"{found.n} values are few: one more or less may turn it round"
    if found.without_one is not None:
        low, high = found.without_one
        if low < 0 < high:
            yield "without one of them the sign would be another"
    yield "a correlation names no cause"
