"""What a plan is made of, and what makes no sense."""

import msgspec
import pytest

from foedus.errors import InvalidInputError, TooLargeError
from foedus.planning.forces import (
    PERIODS_MAX,
    Commitment,
    Need,
    Rotation,
    Route,
    Situation,
    Unit,
    check,
    digest,
)

UNIT = Unit(id="u1", nation="POL", type="brigade", notice_h=48, base="here")
TASK = Commitment(
    id="c1", location="there", first=1, last=2, needs=(Need(type="brigade", amount=1),)
)
ROUTE = Route(base="here", location="there", travel_h=10)


def situation(**changed: object) -> Situation:
    made = Situation(periods=4, units=(UNIT,), commitments=(TASK,), routes=(ROUTE,))
    return msgspec.structs.replace(made, **changed)


def unit(**changed: object) -> tuple[Unit, ...]:
    return (msgspec.structs.replace(UNIT, **changed),)


def task(**changed: object) -> tuple[Commitment, ...]:
    return (msgspec.structs.replace(TASK, **changed),)


@pytest.mark.parametrize(
    "changed",
    [
        {"periods": 0},
        {"period_h": 0.0},
        {"units": (UNIT, UNIT)},
        {"units": unit(notice_h=-1.0)},
        {"units": unit(notice_h=float("nan"))},
        {"units": unit(strength=0.0)},
        {"units": unit(nation="")},
        {"units": unit(away=(0,))},
        {"commitments": (TASK, TASK)},
        {"commitments": task(first=3, last=2)},
        {"commitments": task(last=5)},
        {"commitments": task(priority=0)},
        {"commitments": task(deadline_h=float("nan"))},
        {"commitments": task(needs=())},
        {"commitments": task(needs=TASK.needs * 2)},
        {"commitments": task(needs=(Need(type="x", amount=-1),))},
        {"commitments": task(location="")},
        {"routes": (ROUTE, ROUTE)},
        {"routes": (msgspec.structs.replace(ROUTE, travel_h=-1.0),)},
        {"rotation": Rotation(tour=0)},
        {"rotation": Rotation(home=1, home_least=2)},
    ],
)
def test_what_makes_no_sense_is_refused(changed: dict[str, object]) -> None:
    with pytest.raises(InvalidInputError):
        check(situation(**changed))


def test_what_makes_sense_is_given_back() -> None:
    made = situation()

    assert check(made) is made


def test_more_periods_than_a_plan_may_have_are_refused() -> None:
    with pytest.raises(TooLargeError):
        check(situation(periods=PERIODS_MAX + 1))


def test_the_fingerprint_changes_with_any_input() -> None:
    assert digest(situation()) == digest(situation())
    assert digest(situation()) != digest(situation(units=unit(notice_h=49.0)))


@pytest.mark.parametrize(
    ("tour", "home", "needed"), [(8, 24, 4), (12, 36, 4), (9, 18, 3), (1, 5, 6)]
)
def test_units_to_keep_one_deployed_are_as_published(
    tour: int, home: int, needed: float
) -> None:
    assert Rotation(tour=tour, home=home).units_per_deployed == needed
