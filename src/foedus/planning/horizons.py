"""For when a plan is made: its periods, and what days mean in them."""

import math
from datetime import date
from typing import Final

import msgspec

from foedus.errors import InvalidInputError
from foedus.planning import forces

PERIODS: Final = 13
"""Periods of a plan where nobody says otherwise: a year of four weeks each."""

PERIOD_H: Final = 672.0
"""Hours of a period where nobody says otherwise: four weeks."""

PERIOD_H_LEAST: Final = 1.0
"""The shortest period: deadlines are told in hours."""

PERIOD_H_MOST: Final = 8_784.0
"""The longest period: a year."""

DAY_H: Final = 24.0


class Horizon(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """For when, and by which rotation, a plan is made.

    Attributes:
        as_of: the day on which its first period begins; records are read as of it.
        rotation: how long tours are, in periods, of all units; null for what each
            unit states.
    """

    as_of: date
    periods: int = PERIODS
    period_h: float = PERIOD_H
    rotation: forces.Rotation | None = None

    def hours(self, day: date) -> float:
        """Give how many hours after the beginning a day begins; below zero before."""
        return (day - self.as_of).days * DAY_H

    def span(self, since: date, until: date | None) -> tuple[int, int] | None:
        """Tell in which periods something runs; None where in none of the plan's."""
        first, last = 1, self.periods
        begins = self.hours(since)
        if begins > 0:
            first = math.floor(begins / self.period_h) + 1
        if until is not None:
            last = min(last, math.ceil(self.hours(until) / self.period_h))
        return (first, last) if first <= last else None

    def touched(self, since: date, until: date) -> range:
        """Give the periods that some days touch."""
        first = math.floor(max(0.0, self.hours(since)) / self.period_h) + 1
        last = math.ceil(self.hours(until) / self.period_h)
        return range(first, min(last, self.periods) + 1)

    def filled(self, since: date, until: date) -> range:
        """Give the periods of which every day is among some days."""
        first = math.ceil(max(0.0, self.hours(since)) / self.period_h) + 1
        last = math.floor(self.hours(until) / self.period_h)
        return range(first, min(last, self.periods) + 1)


def check_horizon(horizon: Horizon) -> None:
    """Refuse a horizon for which no plan can be made.

    Raises:
        InvalidInputError: a number makes no sense.
    """
    if not 1 <= horizon.periods <= forces.PERIODS_MAX:
        raise InvalidInputError(f"periods: from 1 to {forces.PERIODS_MAX}")
    if not PERIOD_H_LEAST <= horizon.period_h <= PERIOD_H_MOST:
        raise InvalidInputError(
            f"period_h: from {PERIOD_H_LEAST:g} to {PERIOD_H_MOST:g} hours"
        )
