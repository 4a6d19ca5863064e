"""Forces that are made up: units, commitments and ways of an alliance of 72 nations.

Twelve types; a third of the units is busy elsewhere for some periods; notices from 12
hours to 30 days; a tenth has a caveat; commitments of three priorities ask for two to
four types each, about as much as there is. The same numbers give the same forces.
"""

import numpy as np

from foedus.planning.asks import AskClosure, Lift, Place
from foedus.planning.forces import (
    Commitment,
    Need,
    Rotation,
    Route,
    Situation,
    Unit,
    check,
)

NATIONS, TYPES, LOCATIONS = 72, 12, 8
SEED = 1


def situation(units: int, commitments: int, periods: int = 13) -> Situation:
    """Make up a situation of so many units and commitments; periods of four weeks."""
    chance = np.random.default_rng(SEED)
    bases = [f"B{nation:02}{base}" for nation in range(NATIONS) for base in range(2)]
    sizes = chance.pareto(1.5, NATIONS) + 0.3
    return check(
        Situation(
            periods=periods,
            units=tuple(
                _unit(chance, number, sizes / sizes.sum()) for number in range(units)
            ),
            commitments=tuple(
                _commitment(chance, number, units / commitments / (TYPES / 3), periods)
                for number in range(commitments)
            ),
            routes=tuple(
                Route(
                    base=base,
                    location=f"L{location}",
                    travel_h=float(chance.integers(10, 120)),
                    loading_h=6.0,
                    reception_h=12.0,
                    km=float(chance.integers(200, 3_000)),
                )
                for base in bases
                for location in range(LOCATIONS)
            ),
            rotation=Rotation(tour=2, home=4, home_least=2),
        )
    )


def closure(made: Situation) -> AskClosure:
    """Ask who closes at two places at once, with three kinds of lift."""
    needs = tuple(Need(type=f"T{kind:02}", amount=30.0) for kind in range(TYPES))
    return AskClosure(
        situation=made,
        places=tuple(
            Place(
                location=f"L{number}",
                needs=needs,
                tonnes_per_h=5_000.0,
                units_per_h=4.0,
            )
            for number in range(2)
        ),
        lifts=(
            Lift(name="rail", tonne_km_per_h=4e7, speed_kmh=40.0),
            Lift(name="sea", tonne_km_per_h=6e7, speed_kmh=25.0),
            Lift(name="air", tonne_km_per_h=2e6, speed_kmh=600.0),
        ),
    )


def _unit(chance: np.random.Generator, number: int, shares: np.ndarray) -> Unit:
    drawn = int(chance.choice(NATIONS, p=shares))
    nation = number if number < NATIONS else drawn  # every one has some
    busy = chance.random() < 0.35  # noqa: PLR2004 - a third
    kept = chance.random() < 0.1  # noqa: PLR2004 - a tenth
    notices = (12.0, 48.0, 120.0, 240.0, 720.0)
    return Unit(
        id=f"U{number:05}",
        nation=f"N{nation:02}",
        type=f"T{int(chance.integers(TYPES)):02}",
        notice_h=float(chance.choice(notices, p=(0.06, 0.24, 0.3, 0.25, 0.15))),
        base=f"B{nation:02}{int(chance.integers(2))}",
        away=tuple(range(1, 1 + int(chance.integers(1, 7)))) if busy else (),
        caveats=(f"L{int(chance.integers(LOCATIONS))}",) if kept else (),
        tonnes=float(chance.integers(200, 3_000)),
    )


def _commitment(
    chance: np.random.Generator, number: int, each: float, periods: int
) -> Commitment:
    first = int(chance.integers(1, max(2, periods // 2)))
    last = min(periods, first + int(chance.integers(3, periods)))
    kinds = chance.choice(TYPES, int(chance.integers(2, 5)), replace=False)
    return Commitment(
        id=f"C{number:02}",
        location=f"L{int(chance.integers(LOCATIONS))}",
        first=first,
        last=last,
        priority=int(chance.integers(1, 4)),
        deadline_h=float(chance.choice((48.0, 120.0, 240.0, 720.0))),
        needs=tuple(
            Need(
                type=f"T{kind:02}",
                amount=float(max(1, round(each * chance.uniform(0.1, 0.6)))),
            )
            for kind in kinds
        ),
    )
