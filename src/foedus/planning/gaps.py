"""What is missing, and why: first what nobody can fill, whatever is left undone.

A need is looked at alone, as if nothing else had been promised. Units are counted in
steps, each of which leaves some out: all of the type, those whose nations send them,
those that have a way, those that are there in time by the commitment's clock, those
that are not away. The first step at which too few are left is the reason. If enough
are left in each period, but not in all of them since units rest at home, that is the
reason. Whatever else is missing is so because others come first.
"""

from collections.abc import Iterator, Mapping

import msgspec
import numpy as np

from foedus.planning.classes import late_by
from foedus.planning.coverage import MISSING_ABOVE, Plan, relaxed
from foedus.planning.coverage_model import Model, build
from foedus.planning.forces import Commitment, Route, Unit
from foedus.planning.games import BoolArray, FloatArray
from foedus.planning.results import Gap, Reason

_SAID = {
    Reason.NO_SUCH_CAPABILITY: "nobody has any {type}",
    Reason.TOO_FEW: "{wanted:g} are wanted, and there are {left:g} in all",
    Reason.NOT_SENT: (
        "{wanted:g} are wanted; caveats and closed commitments leave {left:g} of "
        "{before:g}"
    ),
    Reason.NO_WAY: "{wanted:g} are wanted; only {left:g} of {before:g} have a way",
    Reason.TOO_LATE: (
        "{wanted:g} are wanted within {deadline:g} h until {clock}; {left:g} of "
        "{before:g} keep that, and the next comes after {next:g} h"
    ),
    Reason.AWAY: "{wanted:g} are wanted; {left:g} of {before:g} are there then",
    Reason.AT_HOME_REST: (
        "enough in each period, but rest at home leaves {missing:g} unit-periods open "
        "even if they served nothing else"
    ),
    Reason.OTHERS_FIRST: (
        "units that could come serve what counts more, or other periods of this"
    ),
}


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """How much is left after a reason has been looked at."""

    reason: Reason
    left: float


class Lack(msgspec.Struct, frozen=True, kw_only=True):
    """What is missing in one period, for one reason."""

    period: int
    missing: float
    reason: Reason
    said: str


def gaps_of(model: Model, found: Plan) -> tuple[tuple[Gap, ...], FloatArray]:
    """Explain what a plan leaves open.

    Args:
        model: the situation, of one type.
        found: a plan for it.

    Returns:
        The gaps, and of each cell how much nobody can fill.
    """
    nobody = np.zeros(len(model.cells.need))
    rows: list[Gap] = []
    for need in np.unique(model.cells.need[found.missing > MISSING_ABOVE]):
        cells = np.flatnonzero(model.cells.need == need)
        commitment = model.situation.commitments[int(model.demands.commitment[need])]
        lacks = list(_lacks(model, commitment, found.missing[cells]))
        for lack in lacks:
            if lack.reason is not Reason.OTHERS_FIRST:
                nobody[cells[lack.period - commitment.first]] += lack.missing
        rows += _in_a_row(commitment, lacks)
    return tuple(rows), nobody


def in_order(gaps: tuple[Gap, ...]) -> tuple[Gap, ...]:
    """Put those first that nobody can fill, then those of the first priority."""
    return tuple(
        sorted(
            gaps, key=lambda each: (not each.nobody_can, each.priority, -each.missing)
        )
    )


def _lacks(model: Model, commitment: Commitment, missing: FloatArray) -> Iterator[Lack]:
    """Part what is missing of one need by reasons."""
    need = commitment.needs[0]
    alone = build(msgspec.structs.replace(model.situation, commitments=(commitment,)))
    reach = _reach(alone)
    periods = range(commitment.first, commitment.last + 1)
    shorts = np.minimum(missing, np.maximum(0.0, need.amount - reach))
    rest = max(0.0, float(relaxed(alone).missing.sum() - shorts.sum()))
    at_rest = rest
    for place, period in enumerate(periods):
        if shorts[place] > MISSING_ABOVE:
            reason, said = _static(model, commitment, period, float(reach[place]))
            yield Lack(
                period=period, missing=float(shorts[place]), reason=reason, said=said
            )
        left = float(missing[place] - shorts[place])
        resting = min(left, at_rest)
        at_rest -= resting
        for reason, amount in (
            (Reason.AT_HOME_REST, resting),
            (Reason.OTHERS_FIRST, left - resting),
        ):
            if amount > MISSING_ABOVE:
                said = _SAID[reason].format(missing=rest)
                yield Lack(period=period, missing=amount, reason=reason, said=said)


def _reach(alone: Model) -> FloatArray:
    """Give how much could be there in each period, if rest did not matter."""
    tours = alone.tours
    can: BoolArray = np.zeros(
        (len(alone.classes), len(alone.cells.need)), dtype=np.bool_
    )
    begin = alone.cells.first[tours.need] - alone.demands.first[tours.need]
    longest = max((each.rotation.tour for each in alone.classes), default=0)
    for later in range(longest):
        still = tours.start + later <= tours.end
        can[tours.group[still], (begin + tours.start + later)[still]] = True
    each = np.array([one.strength for one in alone.classes]) * alone.counts
    return np.asarray(each @ can, dtype=np.float64)


def _static(
    model: Model, commitment: Commitment, period: int, reach: float
) -> tuple[Reason, str]:
    """Say which step leaves too few."""
    wanted = commitment.needs[0].amount
    routes = {(each.base, each.location): each for each in model.situation.routes}
    hours = {
        unit.id: _hours(unit, commitment, routes) for unit in model.situation.units
    }
    slack = (period - commitment.first) * model.situation.period_h
    before = sum(unit.strength for unit in model.situation.units)
    deadline = commitment.due_h + slack
    later = [each for each in hours.values() if each is not None and each > deadline]
    if not before:
        reason, left = Reason.NO_SUCH_CAPABILITY, 0.0
    else:
        reason, left = Reason.TOO_FEW, before
        for step in _steps(model, commitment, hours, deadline, reach):
            if left < wanted:
                break
            before, reason, left = left, step.reason, step.left
    return reason, _SAID[reason].format(
        type=commitment.needs[0].type,
        wanted=wanted,
        left=left,
        before=before,
        deadline=deadline,
        clock=commitment.clock,
        next=min(later, default=float("nan")),
    )


def _steps(
    model: Model,
    commitment: Commitment,
    hours: Mapping[str, float | None],
    deadline: float,
    reach: float,
) -> Iterator[Step]:
    """Leave out units, one reason after another."""
    sent = [
        unit
        for unit in model.situation.units
        if unit.nation not in commitment.closed_to
        and not {commitment.id, commitment.location}.intersection(unit.caveats)
    ]
    way = [unit for unit in sent if hours[unit.id] is not None]
    timely = [unit for unit in way if (hours[unit.id] or 0.0) <= deadline]
    for reason, units in (
        (Reason.NOT_SENT, sent),
        (Reason.NO_WAY, way),
        (Reason.TOO_LATE, timely),
    ):
        yield Step(reason=reason, left=sum(unit.strength for unit in units))
    yield Step(reason=Reason.AWAY, left=reach)


def _hours(
    unit: Unit, commitment: Commitment, routes: Mapping[tuple[str, str], Route]
) -> float | None:
    route = routes.get((unit.base, commitment.location))
    if route is None or late_by(unit, commitment, routes) is None:
        return None
    return route.way.hours(unit.notice_h, commitment.clock).hours


def _in_a_row(commitment: Commitment, lacks: list[Lack]) -> Iterator[Gap]:
    """Join what is missing in periods that follow one another for one reason."""
    need = commitment.needs[0]
    for reason in Reason:
        runs: list[list[Lack]] = []
        for lack in lacks:
            if lack.reason is not reason:
                continue
            if runs and lack.period == runs[-1][-1].period + 1:
                runs[-1].append(lack)
            else:
                runs.append([lack])
        for run in runs:
            yield Gap(
                commitment=commitment.id,
                type=need.type,
                priority=commitment.priority,
                first=run[0].period,
                last=run[-1].period,
                missing=sum(each.missing for each in run),
                most=max(each.missing for each in run),
                nobody_can=reason is not Reason.OTHERS_FIRST,
                reason=reason,
                said=run[0].said,
            )
