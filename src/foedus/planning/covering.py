"""Cover commitments: who goes where and when, what is missing and why, in one answer.

The situation is taken apart by type, each part is planned, handed back to named units
and explained; then the whole is checked by `checking`, which shares no code with it.
An answer that breaks a rule is never given.
"""

import time
from collections.abc import Iterator, Sequence

import msgspec
import numpy as np

from foedus.planning.checking import check_coverage
from foedus.planning.coverage import GAP, Plan, plan
from foedus.planning.coverage_model import Model, build
from foedus.planning.forces import Situation, Unit, check, digest
from foedus.planning.gaps import gaps_of, in_order
from foedus.planning.handback import hand_back
from foedus.planning.headroom import Room, headroom, room_of
from foedus.planning.parts import Part, parts_of
from foedus.planning.progress import Progress, Tell, tell_nobody
from foedus.planning.results import (
    Cover,
    Coverage,
    Debt,
    Ending,
    Gap,
    Level,
    Load,
    Solved,
    Tour,
)
from foedus.planning.solver import SEED, Limits, SolverFailedError, version

SECONDS = 240.0
"""How long whole numbers may be searched for in all; mostly it takes some of them."""

SEARCHES = 4
"""That each part may take: on the proven face and off it, near and anywhere."""


class Piece(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """A part of the situation with its plan."""

    part: Part
    model: Model
    plan: Plan


class Explained(msgspec.Struct, frozen=True, kw_only=True):
    """What is said of a piece."""

    tours: tuple[Tour, ...]
    covers: tuple[Cover, ...]
    gaps: tuple[Gap, ...]
    room: Room | None


def cover(
    situation: Situation, limits: Limits | None = None, tell: Tell = tell_nobody
) -> Coverage:
    """Plan who covers what.

    Args:
        situation: what there is and what is asked for.
        limits: how long whole numbers may take in all, and how far they may be off.
        tell: is told each step.

    Raises:
        InvalidInputError: no plan can be made from this.
        SolverFailedError: the plan does not stand up to the independent check.
    """
    check(situation)
    pieces = pieces_of(situation, limits, tell)
    tell(Progress(stage="explaining"))
    explained = [_explained(each) for each in pieces]
    found = Coverage(
        periods=situation.periods,
        fill=_fill(pieces),
        levels=levels_of(pieces),
        covers=tuple(line for each in explained for line in each.covers),
        gaps=in_order(tuple(gap for each in explained for gap in each.gaps)),
        loads=tuple(loads_of(situation, [each.part.type for each in pieces])),
        debt=_debt(pieces, [tour for each in explained for tour in each.tours]),
        headroom=headroom(each.room for each in explained),
        tours=_sorted(tour for each in explained for tour in each.tours),
        solved=solved_of(situation, pieces),
    )
    tell(Progress(stage="checking"))
    return vouched(situation, found)


def vouched(situation: Situation, found: Coverage) -> Coverage:
    """Give an answer back if it stands up to the independent check.

    Raises:
        SolverFailedError: it breaks a rule, so nobody may rely on it.
    """
    broken = check_coverage(situation, found)
    if broken:
        raise SolverFailedError(
            f"the plan breaks {len(broken)} rules and is not given, first: "
            f"{broken[0].subject}: {broken[0].said}"
        )
    return found


def pieces_of(
    situation: Situation, limits: Limits | None = None, tell: Tell = tell_nobody
) -> list[Piece]:
    """Plan every part of a situation.

    Args:
        situation: what there is and what is asked for.
        limits: how long whole numbers may take in all, and how far they may be off.
        tell: is told each step.
    """
    limits = limits or Limits(gap=GAP, seconds=SECONDS)
    parts = parts_of(situation)
    ends = time.monotonic() + limits.seconds
    pieces: list[Piece] = []
    for place, part in enumerate(parts):
        left = (ends - time.monotonic()) / (len(parts) - place) / SEARCHES
        each = Limits(gap=limits.gap, seconds=max(1.0, left))
        model = build(part.situation)
        found = plan(model, each, _telling(tell, parts, pieces))
        pieces.append(Piece(part=part, model=model, plan=found))
    return pieces


def _telling(tell: Tell, parts: Sequence[Part], pieces: Sequence[Piece]) -> Tell:
    """Tell of a part as of a piece of the whole."""
    place, part = len(pieces), parts[len(pieces)]
    units = [1 + len(each.situation.units) for each in parts]
    costs = sum(each.plan.objective for each in pieces)
    bound = sum(each.plan.bound for each in pieces)

    def tell_part(inner: Progress) -> None:
        tell(
            Progress(
                stage=f"{part.type} ({place + 1} of {len(parts)}): {inner.stage}",
                done=sum(units[:place]) / sum(units),
                incumbent=costs if pieces else None,
                bound=bound + (inner.bound or 0.0),
            )
        )

    return tell_part


def levels_of(pieces: Sequence[Piece]) -> tuple[Level, ...]:
    """Add up what is wanted and missing by priority."""
    rows: dict[int, list[float]] = {}
    for piece in pieces:
        of_cells = piece.model.demands.priority[piece.model.cells.need]
        for level in np.unique(of_cells):
            own = of_cells == level
            row = rows.setdefault(int(level), [0.0, 0.0, 0.0])
            row[0] += float(piece.model.cells.amount[own].sum())
            row[1] += float(piece.plan.missing[own].sum())
            row[2] += float(piece.plan.at_least[own].sum())
    return tuple(
        Level(priority=level, wanted=row[0], missing=row[1], at_least=row[2])
        for level, row in sorted(rows.items())
    )


def loads_of(situation: Situation, types: Sequence[str]) -> Iterator[Load]:
    """Say for each type and period how much is asked of what is there.

    Source:
        Reference on planning, section 2.1: demand times (1 + home/tour), by units.
    """
    for kind in types:
        units = [unit for unit in situation.units if unit.type == kind]
        for period in range(1, situation.periods + 1):
            wanted = sum(
                need.amount
                for each in situation.commitments
                if each.first <= period <= each.last
                for need in each.needs
                if need.type == kind
            )
            here = [unit for unit in units if period not in unit.away]
            have = sum(unit.strength for unit in here)
            load = wanted * _per_deployed(situation, here) / have if have else None
            yield Load(type=kind, period=period, wanted=wanted, have=have, load=load)


def _per_deployed(situation: Situation, units: Sequence[Unit]) -> float:
    """Give how much has to be there for one deployed for ever; of some, on average.

    Each sustains its strength through its own rotation, and all together the sum.
    """
    by_rotation: dict[float, float] = {}
    for unit in units:
        each = situation.rotation_of(unit).units_per_deployed
        by_rotation[each] = by_rotation.get(each, 0.0) + unit.strength
    if len(by_rotation) == 1:
        return next(iter(by_rotation))
    sustained = sum(have / each for each, have in by_rotation.items())
    return sum(by_rotation.values()) / sustained


def solved_of(situation: Situation, pieces: Sequence[Piece]) -> Solved:
    """Say how an answer was found."""
    objective = sum(piece.plan.objective for piece in pieces)
    bound = sum(piece.plan.bound for piece in pieces)
    endings = {piece.plan.ending for piece in pieces}
    ending = next(
        (each for each in (Ending.STOPPED, Ending.WITHIN_GAP) if each in endings),
        Ending.PROVEN,
    )
    gap = max(0.0, objective - bound) / max(abs(objective), 1e-9)
    return Solved(
        digest=digest(situation),
        solver=f"HiGHS {version()}",
        ending=ending,
        objective=objective,
        bound=bound,
        gap=gap,
        seed=SEED,
    )


def _explained(piece: Piece) -> Explained:
    gaps, nobody = gaps_of(piece.model, piece.plan)
    tours = hand_back(piece.model, piece.plan)
    return Explained(
        tours=tours,
        covers=tuple(_covers(piece, tours)),
        gaps=gaps,
        room=room_of(piece.part.type, piece.model, nobody),
    )


def _covers(piece: Piece, tours: Sequence[Tour]) -> Iterator[Cover]:
    strength = {unit.id: unit.strength for unit in piece.part.situation.units}
    periods = piece.part.situation.periods
    there = {
        each.id: np.zeros(periods + 1) for each in piece.part.situation.commitments
    }
    for tour in tours:
        there[tour.commitment][tour.first : tour.last + 1] += strength[tour.unit]
    for each in piece.part.situation.commitments:
        own = there[each.id][each.first : each.last + 1]
        amount = each.needs[0].amount
        yield Cover(
            commitment=each.id,
            type=piece.part.type,
            priority=each.priority,
            first=each.first,
            wanted=amount,
            there=tuple(own.tolist()),
            missing=tuple(np.maximum(0.0, amount - own).tolist()),
        )


def _fill(pieces: Sequence[Piece]) -> float | None:
    wanted = sum(float(piece.model.cells.amount.sum()) for piece in pieces)
    missing = sum(float(piece.plan.missing.sum()) for piece in pieces)
    return 1 - missing / wanted if wanted else None


def _debt(pieces: Sequence[Piece], tours: Sequence[Tour]) -> Debt:
    periods = sum(
        _there(unit, piece.part.situation.periods)
        for piece in pieces
        for unit in piece.part.situation.units
    )
    return Debt(unit_periods=sum(tour.debt for tour in tours), of=periods)


def _there(unit: Unit, periods: int) -> int:
    return periods - len({each for each in unit.away if each <= periods})


def _sorted(tours: Iterator[Tour]) -> tuple[Tour, ...]:
    return tuple(
        sorted(tours, key=lambda each: (each.first, each.commitment, each.unit))
    )
