"""Alternatives compared by every method at once: dominance first, then orders."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial

import numpy as np

from foedus.errors import InvalidInputError
from foedus.planning.comparison_sheets import (
    ComparisonSheet,
    Dominates,
    Judged,
    Outranked,
    Ranked,
    Turned,
    Weighed,
)
from foedus.planning.comparison_tables import Comparison
from foedus.planning.games import FloatArray
from foedus.planning.mcda import (
    CONSISTENT_BELOW,
    Criterion,
    Weights,
    ahp,
    dominance,
    promethee,
    reversals,
    topsis,
)
from foedus.planning.ranking import ranks

NAMED_MAX = 5
"""Alternatives that a warning names; the rest is counted."""


def compare(comparison: Comparison) -> ComparisonSheet:
    """Compare alternatives, or judge what there are judgements of.

    Raises:
        InvalidInputError: numbers are too far apart to be reckoned with.
    """
    matrix = comparison.matrix
    weights = None if matrix is None else ahp(matrix)
    judged = None if weights is None else _judged(comparison.judged, weights)
    warnings = [] if weights is None else list(weights.warnings)
    if comparison.values is None:
        assert matrix is not None, "a comparison without values is of judgements"
        turned = list(_turned("AHP", comparison.judged, *_by_judgement(matrix)))
        return ComparisonSheet(
            criteria=[],
            ahp=judged,
            topsis=[],
            promethee=[],
            dominance=[],
            reversals=turned,
            warnings=[*warnings, *_warned_of_turns(turned)],
        )
    found = _compared(comparison, comparison.values, _weights_of(comparison, weights))
    return ComparisonSheet(
        criteria=found.criteria,
        ahp=judged,
        topsis=found.topsis,
        promethee=found.promethee,
        dominance=found.dominance,
        reversals=found.reversals,
        warnings=[*warnings, *found.warnings],
    )


def _compared(
    comparison: Comparison, values: FloatArray, weights: FloatArray
) -> ComparisonSheet:
    names = comparison.alternatives
    criteria = tuple(comparison.criteria.values())
    sense = np.array([float(each.sense) for each in criteria])
    by_distance = partial(_closeness, weights=weights, sense=sense)
    by_flow = partial(_net, criteria=criteria, weights=weights)
    with np.errstate(all="ignore"):
        closeness = by_distance(values)
        flows = promethee(values, criteria, weights)
        if not (np.isfinite(closeness).all() and np.isfinite(flows.net).all()):
            raise InvalidInputError("alternatives: their numbers are out of proportion")
        turned = [
            *_turned("TOPSIS", names, values, by_distance),
            *_turned("PROMETHEE", names, values, by_flow),
        ]
    placed = zip(
        names,
        flows.plus.tolist(),
        flows.minus.tolist(),
        flows.net.tolist(),
        ranks(flows.net).tolist(),
        strict=True,
    )
    outranked = [
        Outranked(name=name, plus=plus, minus=minus, net=net, rank=rank)
        for name, plus, minus, net, rank in placed
    ]
    near = _ranked(names, closeness)
    dominant = dominance(values, sense)
    return ComparisonSheet(
        criteria=list(_weighed(comparison.criteria, weights)),
        ahp=None,
        topsis=near,
        promethee=sorted(outranked, key=lambda each: -each.net),
        dominance=[
            Dominates(better=names[one], worse=names[other])
            for one, other in np.argwhere(dominant).tolist()
        ],
        reversals=turned,
        warnings=[*_warned_of_methods(near, outranked), *_warned_of_turns(turned)],
    )


def _weights_of(comparison: Comparison, judged: Weights | None) -> FloatArray:
    if judged is None:
        assert comparison.weights is not None, "what is not judged has weights"
        return comparison.weights
    by_name = dict(zip(comparison.judged, judged.weights.tolist(), strict=True))
    return np.array([by_name[name] for name in comparison.criteria])


def _judged(names: Sequence[str], found: Weights) -> Judged:
    return Judged(
        weights=_ranked(names, found.weights),
        largest=found.largest,
        index=found.index,
        ratio=found.ratio,
        consistent=None if found.ratio is None else found.ratio <= CONSISTENT_BELOW,
    )


def _ranked(names: Sequence[str], scores: FloatArray) -> list[Ranked]:
    placed = zip(names, scores.tolist(), ranks(scores).tolist(), strict=True)
    found = [Ranked(name=name, score=score, rank=rank) for name, score, rank in placed]
    return sorted(found, key=lambda each: each.rank)


def _weighed(criteria: dict[str, Criterion], weights: FloatArray) -> Iterator[Weighed]:
    for (name, each), weight in zip(criteria.items(), weights.tolist(), strict=True):
        yield Weighed(
            name=name,
            direction="higher" if each.sense > 0 else "lower",
            weight=weight,
            preference=str(each.type),
            q=each.q,
            p=each.p,
            s=each.s,
        )


def _closeness(
    values: FloatArray, *, weights: FloatArray, sense: FloatArray
) -> FloatArray:
    """Give TOPSIS of what is not zero for all that are left."""
    kept = (values**2).sum(axis=0) > 0
    if not kept.any():
        return np.zeros(len(values))
    return topsis(values[:, kept], weights[kept], sense[kept])


def _net(
    values: FloatArray, *, criteria: Sequence[Criterion], weights: FloatArray
) -> FloatArray:
    return promethee(values, criteria, weights).net


def _by_judgement(
    matrix: FloatArray,
) -> tuple[FloatArray, Callable[[FloatArray], FloatArray]]:
    """Give rows that may be left out, and the weights of those that are not."""

    def weights(rows: FloatArray) -> FloatArray:
        places = rows[:, 0].astype(np.int64)
        return ahp(matrix[np.ix_(places, places)]).weights

    return np.arange(len(matrix), dtype=np.float64)[:, None], weights


def _turned(
    method: str,
    names: Sequence[str],
    values: FloatArray,
    scores: Callable[[FloatArray], FloatArray],
) -> Iterator[Turned]:
    if len(names) < 3:  # noqa: PLR2004 - without one, two are no order
        return
    for each in reversals(values, scores):
        yield Turned(
            method=method,
            without=names[each.without],
            pairs=[(names[one], names[other]) for one, other in each.pairs],
        )


def _warned_of_turns(turned: Sequence[Turned]) -> Iterator[str]:
    for method in dict.fromkeys(each.method for each in turned):
        those = [each.without for each in turned if each.method == method]
        more = len(those) - NAMED_MAX
        yield (
            f"{method} turns the order of others round when one is left out: "
            f"{', '.join(those[:NAMED_MAX])}{f' and {more} more' if more > 0 else ''}"
        )


def _warned_of_methods(
    near: Sequence[Ranked], outranked: Sequence[Outranked]
) -> Iterator[str]:
    yield "weights and thresholds are judgements: see what others of them would do"
    first = {each.name for each in near if each.rank == 1}
    other = {each.name for each in outranked if each.rank == 1}
    if first != other:
        yield (
            f"the methods do not agree on the first: {', '.join(sorted(first))} by "
            f"TOPSIS, {', '.join(sorted(other))} by PROMETHEE"
        )
