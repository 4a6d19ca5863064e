"""By which rotation each unit turns, and when a unit that is periodic is there.

- A rotation that the planner asks for goes for all. Else each unit has the one that its
  nation states, and those of which none is stated that of the plan.
- A periodic unit is there in the spells of its pattern, and in a period only if it is
  there on every day of it. What it is away between them is its rotation, unless its
  nation states another; no tour is longer than a spell.
"""

import math
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from itertools import groupby
from typing import Final

import msgspec

from foedus.planning.forces import Rotation, Situation
from foedus.planning.horizons import Horizon
from foedus.readiness.ratings import Ready
from foedus.readiness.records import Report, Unit

MONTH_H: Final = 730.5
"""Hours of a month, on average."""

BY_PATTERN: Final = Rotation(tour=1, home=0, home_least=0)
"""Of a periodic unit that states none: it goes for any period in which it is there."""


def rotation_of(unit: Unit, period_h: float) -> Rotation | None:
    """Give the rotation that a unit states, in periods; None where it states none.

    The tour is rounded down and home up, so that no unit is asked for more than its
    nation allows; at home for as long as away is the red line.
    """
    if unit.rotation is None:
        return None
    tour = max(1, math.floor(unit.rotation.tour_months * MONTH_H / period_h))
    home = math.ceil(unit.rotation.home_months * MONTH_H / period_h)
    return Rotation(tour=tour, home=home, home_least=min(home, tour))


def turning(
    ready: Ready, horizon: Horizon, away: Iterable[int]
) -> Rotation | msgspec.UnsetType:
    """Give the rotation of a unit in a plan; unset for the one of all.

    Args:
        ready: the unit with its report.
        horizon: for when the plan is made, and by which rotation if one goes for all.
        away: periods in which the unit is not there.
    """
    stated = rotation_of(ready.unit.content, horizon.period_h)
    if ready.report.content.posture != "periodic":
        if horizon.rotation is not None or stated is None:
            return msgspec.UNSET
        return stated
    found = horizon.rotation or stated or BY_PATTERN
    tour = min(found.tour, max(1, _longest(horizon, away)))
    return msgspec.structs.replace(found, tour=tour)


def absent(report: Report, horizon: Horizon) -> Iterator[int]:
    """List the periods in which a unit is not there by the pattern of its report."""
    if report.posture != "periodic":
        return
    there = {
        period
        for since, until in _joined(_spells(report, horizon))
        for period in horizon.filled(since, until)
    }
    for period in range(1, horizon.periods + 1):
        if period not in there:
            yield period


def said_of(situation: Situation) -> str:
    """Say by which rotations the units of a situation turn."""
    found = {situation.rotation_of(each) for each in situation.units}
    if len(found) <= 1:
        one = next(iter(found), situation.rotation)
        return (
            f"tours of {_periods(one.tour)}, {one.home} at home, {one.home_least} at "
            "the least"
        )
    tours, homes = (
        sorted({getattr(each, name) for each in found}) for name in ("tour", "home")
    )
    return (
        f"each unit by its own rotation: tours of {_range(tours)} periods, "
        f"{_range(homes)} at home"
    )


def turns_said(rotation: Rotation) -> str:
    """Say shortly how long tours are and how long a unit is at home after them."""
    return f"{rotation.tour} / {rotation.home}"


def _spells(report: Report, horizon: Horizon) -> Iterator[tuple[date, date]]:
    """Give the spells of a pattern from the first day of a plan on, in no order."""
    ends = horizon.as_of + timedelta(hours=horizon.periods * horizon.period_h)
    for each in report.present:
        if report.every_days is None:
            yield each.since, each.until
            continue
        every = timedelta(days=report.every_days)
        passed = max(0, (horizon.as_of - each.until) // every)
        since = each.since + passed * every
        while since < ends:
            yield since, since + (each.until - each.since)
            since += every


def _joined(spells: Iterable[tuple[date, date]]) -> Iterator[tuple[date, date]]:
    """Join spells that touch."""
    last: tuple[date, date] | None = None
    for since, until in sorted(spells):
        if last is None or since > last[1]:
            if last is not None:
                yield last
            last = since, until
        else:
            last = last[0], max(last[1], until)
    if last is not None:
        yield last


def _longest(horizon: Horizon, away: Iterable[int]) -> int:
    """Give how many periods in a row a unit is there at most."""
    gone = set(away)
    runs = groupby(range(1, horizon.periods + 1), key=lambda each: each not in gone)
    return max((len(list(run)) for is_there, run in runs if is_there), default=0)


def _periods(count: int) -> str:
    return "1 period" if count == 1 else f"{count} periods"


def _range(numbers: list[int]) -> str:
    low, high = numbers[0], numbers[-1]
    return str(low) if low == high else f"{low} to {high}"
