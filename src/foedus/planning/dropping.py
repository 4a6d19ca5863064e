"""What is missing if a nation drops out, for every nation.

- Only parts in which the nation has units are looked at.
- Where others of the same class can stand in for it in every period, the plan stays
  possible, and since fewer forces never help nothing is missing beyond it.
- Elsewhere the relaxed plan is solved from where it was, with fewer units. If its tours
  are whole, and no more is missing than before, that is a plan, and again the best.
- Only what is left is planned again without the nation's units.

This is an input to planning and no judgement of nations; who sees it is restricted.
"""

from collections.abc import Mapping, Sequence

import msgspec
import numpy as np

from foedus.planning.coverage import (
    GAP,
    MISSING_ABOVE,
    Plan,
    missing_by_priority,
    plan,
    weights,
)
from foedus.planning.coverage_model import (
    Model,
    columns_of,
    follows,
    grid_of,
    red_line_used,
)
from foedus.planning.covering import Piece, levels_of, pieces_of, solved_of
from foedus.planning.forces import Situation, check
from foedus.planning.games import FloatArray
from foedus.planning.handback import hand_back
from foedus.planning.progress import Progress, Tell, tell_nobody
from foedus.planning.results import Drop, Drops, Level, Opened
from foedus.planning.solver import Limits, Programme, is_whole

SECONDS = 5.0
"""How long each search for whole numbers may take without a nation."""


class Relaxed:
    """The relaxed plan of a piece, solved again and again with fewer units."""

    def __init__(self, piece: Piece) -> None:
        self._piece = piece
        columns, self._grid = columns_of(piece.model), grid_of(piece.model)
        columns = msgspec.structs.replace(columns, cost=weights(piece.model))
        self._programme = Programme(columns, self._grid)

    def is_enough(self, counts: FloatArray) -> bool:
        """Tell whether whole tours of fewer units leave no more missing."""
        model = self._piece.model
        have = np.repeat(counts, model.periods)
        rows = np.arange(len(model.cells.need), self._grid.count, dtype=np.int32)
        self._programme.bound_rows(
            rows, self._grid.lower[rows], np.concatenate([have, have])
        )
        tours = self._programme.relaxed().values[: model.x]
        if not is_whole(tours):
            return False
        missing, _ = follows(model, np.rint(tours))
        before = missing_by_priority(model, self._piece.plan.missing)
        after = missing_by_priority(model, missing)
        return all(after[level] <= before[level] + MISSING_ABOVE for level in before)


class Whole(msgspec.Struct, frozen=True, kw_only=True):
    """The plan with everybody.

    Attributes:
        used: how many units of each nation go anywhere.
    """

    pieces: list[Piece]
    relaxed: list[Relaxed]
    levels: tuple[Level, ...]
    used: Mapping[str, int]


def drop_each(
    situation: Situation, nations: Sequence[str] = (), tell: Tell = tell_nobody
) -> Drops:
    """Leave out one nation after another.

    Args:
        situation: what there is and what is asked for.
        nations: which ones; all that have units, if empty.
        tell: is told each step.
    """
    check(situation)
    pieces = pieces_of(situation, None, tell)
    sent = {
        (tour.nation, tour.unit)
        for piece in pieces
        for tour in hand_back(piece.model, piece.plan)
    }
    used: dict[str, int] = {}
    for nation, _ in sent:
        used[nation] = used.get(nation, 0) + 1
    whole = Whole(
        pieces=pieces,
        relaxed=[Relaxed(piece) for piece in pieces],
        levels=levels_of(pieces),
        used=used,
    )
    every = tuple(dict.fromkeys(unit.nation for unit in situation.units))
    drops = []
    for place, nation in enumerate(nations or every):
        done = place / len(nations or every)
        tell(Progress(stage=f"without {nation}", done=done))
        drops.append(_drop(whole, nation))
    return Drops(
        levels=whole.levels,
        drops=tuple(sorted(drops, key=lambda each: -each.more)),
        solved=solved_of(situation, pieces),
    )


def opened(before: Sequence[Piece], after: Sequence[Piece]) -> tuple[Opened, ...]:
    """Name the needs of which more is missing, the first priority first."""
    found = [
        Opened(
            commitment=commitment.id,
            type=one.part.type,
            priority=commitment.priority,
            before=float(one.plan.missing[one.model.cells.need == need].sum()),
            after=float(other.plan.missing[other.model.cells.need == need].sum()),
        )
        for one, other in zip(before, after, strict=True)
        if other is not one
        for need, commitment in enumerate(one.part.situation.commitments)
    ]
    return tuple(
        sorted(
            (each for each in found if each.after > each.before + MISSING_ABOVE),
            key=lambda each: (each.priority, each.before - each.after),
        )
    )


def _drop(whole: Whole, nation: str) -> Drop:
    """Leave out one nation."""
    left = [
        _without(piece, relaxed, nation)
        for piece, relaxed in zip(whole.pieces, whole.relaxed, strict=True)
    ]
    levels = levels_of(left)
    opens = opened(whole.pieces, left)
    before = sum(each.missing for each in whole.levels)
    return Drop(
        nation=nation,
        units=sum(
            unit.nation == nation
            for piece in whole.pieces
            for unit in piece.part.situation.units
        ),
        in_use=whole.used.get(nation, 0),
        missing=tuple(each.missing for each in levels),
        more=sum(each.missing for each in levels) - before,
        opens=opens,
        solved_again=any(
            one is not other for one, other in zip(whole.pieces, left, strict=True)
        ),
    )


def _without(piece: Piece, relaxed: Relaxed, nation: str) -> Piece:
    """Plan a part without a nation; the same piece where no more is missing."""
    own = piece.model.counts_of(nation)
    counts = piece.model.counts - own
    if not own.any() or _stand_in(piece.model, piece.plan, counts):
        return piece
    if relaxed.is_enough(counts):
        return piece
    model = msgspec.structs.replace(piece.model, counts=counts)
    return msgspec.structs.replace(
        piece, model=model, plan=plan(model, Limits(gap=GAP, seconds=SECONDS))
    )


def _stand_in(model: Model, found: Plan, counts: FloatArray) -> bool:
    """Tell whether the same tours can be made with fewer units of some classes."""
    have = np.repeat(counts, model.periods)
    return bool((red_line_used(model, found.tours) <= have + MISSING_ABOVE).all())
