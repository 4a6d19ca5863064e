"""Each unit turns by a rotation of its own, and is there when its pattern says so."""

from datetime import date

import msgspec
import pytest

from foedus.planning.forces import Rotation, Situation
from foedus.planning.horizons import Horizon
from foedus.planning.rotating import absent, rotation_of, said_of, turns_said
from tests.planning.test_forces import situation
from tests.planning.test_forces import unit as force
from tests.readiness.world import report, unit

YEAR = Horizon(as_of=date(2027, 1, 4), periods=13)
RARE = {"posture": "periodic", "notice_h": None, "windows": 4}


def there(*spells: tuple[str, str], every: int | None = None) -> list[int]:
    present = [{"since": since, "until": until} for since, until in spells]
    said = report("unit--1", **RARE, present=present, every_days=every)
    away = set(absent(said, YEAR))
    return [period for period in range(1, YEAR.periods + 1) if period not in away]


@pytest.mark.parametrize(
    ("months", "found"),
    [
        ((6, 12), Rotation(tour=6, home=14, home_least=6)),
        ((4, 18), Rotation(tour=4, home=20, home_least=4)),
        ((6, 0.5), Rotation(tour=6, home=1, home_least=1)),
        ((0.1, 1), Rotation(tour=1, home=2, home_least=1)),
    ],
)
def test_a_tour_is_rounded_down_and_home_up(
    months: tuple[float, float], found: Rotation
) -> None:
    stated = {"tour_months": months[0], "home_months": months[1]}

    assert rotation_of(unit(rotation=stated), YEAR.period_h) == found
    assert rotation_of(unit(), YEAR.period_h) is None


def test_a_periodic_unit_is_there_in_whole_periods_only() -> None:
    assert there(("2027-01-04", "2027-02-01")) == [1]
    assert there(("2027-01-05", "2027-02-28")) == []
    assert there(("2027-01-05", "2027-03-01")) == [2]
    assert there(("2020-01-01", "2027-02-01"), ("2027-02-02", "2030-01-01")) == [
        1, *range(3, 14),
    ]  # fmt: skip


def test_spells_that_touch_are_one() -> None:
    assert there(("2027-01-04", "2027-01-15"), ("2027-01-15", "2027-02-01")) == [1]


def test_a_pattern_comes_again_after_its_days() -> None:
    assert there(("2027-01-04", "2027-02-01"), every=84) == [1, 4, 7, 10, 13]
    assert there(("2025-01-06", "2025-02-03"), every=364) == [1]
    assert there(("2027-03-01", "2027-03-29"), every=28) == list(range(3, 14))


def test_what_is_not_periodic_is_always_there() -> None:
    assert not list(absent(report("unit--1"), YEAR))


def rotated(*rotations: Rotation | msgspec.UnsetType) -> Situation:
    units = tuple(
        msgspec.structs.replace(force()[0], id=str(place), rotation=each)
        for place, each in enumerate(rotations)
    )
    return situation(units=units, rotation=Rotation())


def test_rotations_are_said_shortly() -> None:
    one = Rotation(tour=1, home=2, home_least=1)

    assert said_of(rotated(one)) == "tours of 1 period, 2 at home, 1 at the least"
    assert said_of(rotated()) == "tours of 2 periods, 4 at home, 2 at the least"
    assert said_of(rotated(one, msgspec.UNSET)) == (
        "each unit by its own rotation: tours of 1 to 2 periods, 2 to 4 at home"
    )
    assert turns_said(one) == "1 / 2"
