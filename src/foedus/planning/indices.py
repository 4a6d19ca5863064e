"""A composite indicator, made and doubted: scores, intervals, and what moved them."""

from collections.abc import Iterator
from itertools import pairwise

import numpy as np

from foedus.planning.composite import Aggregation, Normalising, weights_of
from foedus.planning.games import FloatArray
from foedus.planning.index_sheets import (
    Factor,
    IndexSheet,
    Made,
    Measured,
    Moved,
    Placed,
    Varied,
)
from foedus.planning.index_tables import Index
from foedus.planning.ranking import ranks
from foedus.planning.robustness import (
    FACTORS,
    FLOOR,
    ranks_under,
    robustness,
    scores_under,
)

_STATED = np.zeros(len(FACTORS))
"""The point of the choices that are stated."""


def make(index: Index) -> IndexSheet:
    """Make an index, and say how far it depends on how it was made."""
    choices = index.choices
    # What lies far beyond a goalpost overflows, and counts as if at it.
    with np.errstate(over="ignore"):
        scores = scores_under(choices, _STATED)
        found = robustness(choices, seed=index.seed, draws=index.draws)
        moved = list(_moved(index))
        warnings = list(_warned_of_scores(index, scores))
    placed = [
        Placed(
            alternative=name,
            score=float(scores[place]),
            rank=each.reference,
            low=each.low,
            median=each.median,
            high=each.high,
        )
        for place, (name, each) in enumerate(
            zip(index.alternatives, found.intervals, strict=True)
        )
    ]
    placed.sort(key=lambda each: -each.score)
    shares = zip(FACTORS, found.factors.first, found.factors.total, strict=True)
    return IndexSheet(
        made=_made(index),
        varied=Varied(
            normalisings=[str(each) for each in choices.normalisings],
            aggregations=[str(each) for each in choices.aggregations],
            weights=list(index.weights),
            leave_out=choices.leave_out,
            draws=index.draws,
            seed=index.seed,
        ),
        alternatives=placed,
        mean_shift=found.mean_shift,
        moved=moved,
        factors={name: Factor(first=one, total=all_) for name, one, all_ in shares},
        warnings=[*_warned_of_ranks(index, placed), *warnings],
    )


def _made(index: Index) -> Made:
    choices = index.choices
    shares = weights_of(choices.weights[0]).tolist()
    return Made(
        normalising=str(choices.normalisings[0]),
        aggregation=str(choices.aggregations[0]),
        weights=index.weights[0],
        capped=choices.goalposts.capped,
        indicators=[
            Measured(
                name=name,
                direction=each.direction,
                goalposts=each.goalposts,
                weight=share,
            )
            for (name, each), share in zip(
                index.indicators.items(), shares, strict=True
            )
        ],
    )


def _moved(index: Index) -> Iterator[Moved]:
    choices = index.choices
    before = ranks_under(choices, _STATED)
    left_out = list(index.indicators) if choices.leave_out else []
    kinds: tuple[list[str], ...] = (
        [str(each) for each in choices.normalisings],
        ["", *left_out],
        [str(each) for each in choices.aggregations],
        list(index.weights),
    )
    for place, (choice, kind) in enumerate(zip(FACTORS, kinds, strict=True)):
        for other, instead in enumerate(kind[1:], start=1):
            point = _STATED.copy()
            point[place] = (other + 0.5) / len(kind)
            after = ranks_under(choices, point)
            yield _between(index, choice, instead, (before, after))


def _between(
    index: Index, choice: str, instead: str, found: tuple[FloatArray, FloatArray]
) -> Moved:
    before, after = found
    shift = np.abs(after - before)
    most = int(np.argmax(shift))
    if not shift[most]:
        return Moved(choice=choice, instead=instead, mean_shift=0.0)
    return Moved(
        choice=choice,
        instead=instead,
        mean_shift=float(shift.mean()),
        most=index.alternatives[most],
        rank=int(before[most]),
        then=int(after[most]),
    )


def _warned_of_ranks(index: Index, placed: list[Placed]) -> Iterator[str]:
    choices = index.choices
    wide = sum(each.high > each.low for each in placed)
    yield (
        "this is no league table: quote ranks from low to high, never one alone; "
        f"{wide} of {len(placed)} depend on how the index is made"
    )
    apart = sum(one.high < other.low for one, other in pairwise(placed))
    yield (
        f"of {len(placed) - 1} pairs that stand next to each other, "
        f"{len(placed) - 1 - apart} cannot be told apart"
    )
    kinds = (choices.normalisings, choices.aggregations, choices.weights)
    if all(len(kind) == 1 for kind in kinds) and not choices.leave_out:
        yield "nothing was varied: the intervals say nothing about uncertainty"
    elif len(choices.weights) == 1:
        yield "one set of weights: whether others would weigh otherwise is not tested"


def _warned_of_scores(index: Index, scores: FloatArray) -> Iterator[str]:
    choices = index.choices
    how, together = choices.normalisings[0], choices.aggregations[0]
    if how not in (Normalising.GOALPOSTS, Normalising.RAW):
        yield (
            f"'{how}' measures against those who are there: who joins or leaves "
            "changes the scores of others; goalposts do not"
        )
    posts = choices.goalposts
    beyond = (choices.values < posts.lowest) | (choices.values > posts.highest)
    if how is Normalising.GOALPOSTS and posts.capped and beyond.any():
        yield f"values beyond their goalposts count as if at them: {int(beyond.sum())}"
    if together is Aggregation.LINEAR:
        yield "a sum lets a surplus in one indicator make up for any lack in another"
    elif how is not Normalising.RAW:
        yield (f"before the product, normalised values below {FLOOR} were raised to it")
    if len(set(ranks(scores).tolist())) < len(scores):
        yield "some scores are equal: their order in the list says nothing"
