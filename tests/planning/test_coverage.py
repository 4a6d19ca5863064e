"""Plans of coverage: sustainable levels, priorities, and a second solver's opinion."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from foedus.planning.coverage import (
    PRIORITY_RATIO,
    missing_by_priority,
    plan,
    relaxed,
    weights,
)
from foedus.planning.coverage_model import Model, build, columns_of, grid_of
from foedus.planning.forces import Commitment, Need, Rotation, Situation
from foedus.planning.results import Ending
from foedus.planning.solver import Limits, is_whole
from tests.planning.test_forces import ROUTE, situation, task, unit


def needs(amount: float) -> tuple[Need, ...]:
    return (Need(type="brigade", amount=amount),)


def brigades(count: int, home: int = 2) -> Situation:
    units = tuple(unit(id=f"u{number}")[0] for number in range(count))
    rotation = Rotation(tour=1, home=home, home_least=home)
    return situation(periods=9, units=units, rotation=rotation)


def short(made: Situation) -> dict[int, float]:
    model = build(made)
    return missing_by_priority(model, plan(model).missing)


def weighted(model: Model, missing: np.ndarray) -> float:
    return float(weights(model)[model.u] @ missing)


@pytest.mark.parametrize(("wanted", "missing"), [(14, 0), (15, 3)])
def test_42_units_at_one_to_two_sustain_14(wanted: int, missing: float) -> None:
    made = brigades(42)
    commitments = task(last=9, needs=needs(wanted))
    found = short(
        Situation(
            periods=9,
            units=made.units,
            commitments=commitments,
            routes=(ROUTE,),
            rotation=made.rotation,
        )
    )

    assert found == {1: pytest.approx(missing * 3)}


def test_the_first_priority_is_served_whatever_the_second_would_gain() -> None:
    first = task(last=1, needs=needs(1))[0]
    second = task(id="c2", first=1, last=4, priority=2, needs=needs(1))[0]

    assert short(
        situation(
            commitments=(second, first), rotation=Rotation(tour=4, home=4, home_least=4)
        )
    ) == {1: 0, 2: 4}


def test_a_debt_is_made_only_where_something_would_be_missing() -> None:
    rotation = Rotation(tour=1, home=2, home_least=0)
    model = build(situation(rotation=rotation))
    found = plan(model)

    assert found.missing.tolist() == [0, 0]
    assert found.debt.sum() == 2
    assert found.ending is Ending.PROVEN
    assert found.objective == found.bound


def test_a_plan_that_time_cuts_short_is_rounded_down_and_says_how_far_it_is() -> None:
    model = build(situation(units=unit(strength=2.0)))  # half of it would do
    best, short_ = plan(model), plan(model, Limits(seconds=0.0))

    assert short_.ending is Ending.STOPPED
    assert short_.bound <= best.objective <= short_.objective
    assert is_whole(short_.tours)


@settings(max_examples=10)
@given(st.sampled_from([2.0, 3.0, 4.0]), st.sampled_from([0.0, 0.01, 0.5, 1.0]))
def test_a_plan_is_within_a_gap_only_if_it_is_that_near(
    strength: float, gap: float
) -> None:
    model = build(situation(units=unit(strength=strength), periods=2))

    for seconds in (0.0, 60.0):
        found = plan(model, Limits(gap=gap, seconds=seconds))
        is_near = found.objective - found.bound <= gap * found.objective
        assert is_near or found.ending is Ending.STOPPED
        assert found.ending is not Ending.STOPPED or not is_near


def test_what_the_face_does_not_hold_is_searched_near_the_relaxed_plan() -> None:
    model = build(situation(units=unit(strength=2.0), periods=2))
    found = plan(model, Limits(gap=0.5))

    assert found.ending in {Ending.PROVEN, Ending.WITHIN_GAP}
    assert found.missing.tolist() == [0, 0]
    assert found.objective - found.bound <= 0.5 * found.objective


def test_without_units_everything_is_missing() -> None:
    assert short(situation(units=())) == {1: 2}


small = st.builds(
    lambda notices, caveats, wanted, home: Situation(
        periods=4,
        units=tuple(
            unit(id=f"u{place}", notice_h=notice, caveats=("c1",) if caveat else ())[0]
            for place, (notice, caveat) in enumerate(
                zip(notices, caveats, strict=False)
            )
        ),
        commitments=tuple(
            Commitment(
                id=f"c{place}",
                location="there",
                first=1 + place,
                last=4,
                priority=1 + place % 2,
                deadline_h=60,
                needs=needs(amount),
            )
            for place, amount in enumerate(wanted)
        ),
        routes=(ROUTE,),
        rotation=Rotation(tour=2, home=home, home_least=1),
    ),
    st.lists(st.sampled_from([12.0, 900.0]), min_size=1, max_size=5),
    st.lists(st.booleans(), min_size=5, max_size=5),
    st.lists(st.integers(0, 3), min_size=1, max_size=3),
    st.integers(1, 3),
)


@settings(max_examples=15)
@given(small)
def test_another_way_of_asking_the_solver_agrees(made: Situation) -> None:
    from scipy.optimize import Bounds, LinearConstraint, milp  # noqa: PLC0415 - slow
    from scipy.sparse import csc_array  # noqa: PLC0415 - slow

    model = build(made)
    columns, grid = columns_of(model), grid_of(model)
    shape = (grid.count, model.y.stop)
    matrix = csc_array((grid.values, grid.rows, grid.starts), shape=shape)
    other = milp(
        weights(model),
        integrality=columns.whole.astype(int),
        bounds=Bounds(columns.lower, columns.upper),
        constraints=LinearConstraint(matrix, grid.lower, grid.upper),
    )

    ours = plan(model)
    assert weighted(model, ours.missing) == pytest.approx(
        weighted(model, other.x[model.u]), abs=1e-6
    )
    assert weighted(model, relaxed(model).missing) <= (
        weighted(model, ours.missing) + 1e-6
    )


@settings(max_examples=15)
@given(small)
def test_fewer_forces_and_more_demand_never_help(made: Situation) -> None:
    base = short(made)
    fewer = Situation(**{**_fields(made), "units": made.units[1:]})
    extra = task(id="more", last=4, needs=needs(1))
    more = Situation(**{**_fields(made), "commitments": made.commitments + extra})

    assert _order(short(fewer)) >= _order(base)
    assert _order(short(more)) >= _order(base)


def _fields(made: Situation) -> dict[str, object]:
    return {name: getattr(made, name) for name in made.__struct_fields__}


def _order(missing: dict[int, float]) -> float:
    return round(
        sum(missing.get(level, 0) * PRIORITY_RATIO**-level for level in (1, 2)), 9
    )
