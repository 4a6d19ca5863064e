"""Situations that hypothesis makes up: small, and with every rule in use."""

import msgspec
from hypothesis import strategies as st

from foedus.planning.clocks import Clock
from foedus.planning.forces import (
    Commitment,
    Need,
    Rotation,
    Route,
    Situation,
    Unit,
    check,
)

TYPES = ("brigade", "ship")
NATIONS = ("FIN", "POL", "SWE")
BASES = ("north", "south")
PLACES = ("coast", "gap")
PERIODS = 5
SLOW = Rotation(tour=2, home=3, home_least=2)
QUICK = Rotation(tour=1, home=0, home_least=0)
"""Of their own, beside the one of all."""


def units() -> st.SearchStrategy[tuple[Unit, ...]]:
    one = st.builds(
        Unit,
        id=st.just(""),
        nation=st.sampled_from(NATIONS),
        type=st.sampled_from(TYPES),
        notice_h=st.sampled_from([12.0, 48.0, 900.0]),
        base=st.sampled_from(BASES),
        strength=st.sampled_from([1.0, 1.0, 2.0]),
        caveats=st.sampled_from([(), (), ("coast",), ("c1",)]),
        away=st.sampled_from([(), (), (1, 2), (4,)]),
        tonnes=st.sampled_from([0.0, 100.0, 400.0]),
        rotation=st.sampled_from([msgspec.UNSET, msgspec.UNSET, SLOW, QUICK]),
    )
    return st.lists(one, max_size=7).map(
        lambda found: tuple(
            _named(each, f"u{place}") for place, each in enumerate(found)
        )
    )


def _named(unit: Unit, name: str) -> Unit:
    return Unit(
        **{each: getattr(unit, each) for each in unit.__struct_fields__} | {"id": name}
    )


@st.composite
def commitments(draw: st.DrawFn, at_most: int = 3) -> tuple[Commitment, ...]:
    made = []
    for place in range(draw(st.integers(1, at_most))):
        first = draw(st.integers(1, PERIODS))
        kinds = draw(st.lists(st.sampled_from(TYPES), min_size=1, unique=True))
        made.append(
            Commitment(
                id=f"c{place}",
                location=draw(st.sampled_from(PLACES)),
                first=first,
                last=draw(st.integers(first, PERIODS)),
                needs=tuple(
                    Need(type=kind, amount=draw(st.integers(0, 3))) for kind in kinds
                ),
                priority=draw(st.integers(1, 2)),
                deadline_h=draw(st.sampled_from([48.0, 80.0, None])),
                clock=draw(st.sampled_from(list(Clock))),
                closed_to=draw(st.sampled_from([(), (), ("FIN",)])),
            )
        )
    return tuple(made)


def rotations() -> st.SearchStrategy[Rotation]:
    return st.builds(
        lambda tour, least, more: Rotation(
            tour=tour, home=least + more, home_least=least
        ),
        st.integers(1, 3),
        st.integers(0, 2),
        st.integers(0, 2),
    )


WAYS = (
    Route(base="north", location="coast", travel_h=10.0, loading_h=4.0, km=300.0),
    Route(base="north", location="gap", travel_h=30.0, reception_h=8.0, km=900.0),
    Route(base="south", location="coast", travel_h=24.0, km=700.0),
)
"""There is no way from the south to the gap."""


@st.composite
def situations(draw: st.DrawFn) -> Situation:
    return check(
        Situation(
            periods=PERIODS,
            units=draw(units()),
            commitments=draw(commitments()),
            routes=WAYS,
            rotation=draw(rotations()),
        )
    )
