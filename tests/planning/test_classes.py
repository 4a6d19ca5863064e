"""Who can stand in for whom, and who can serve what."""

from foedus.planning.classes import classes_of, demands_of, pairs_of, there
from foedus.planning.clocks import Clock
from tests.planning.test_forces import situation, task, unit


def first_period(**changed: object) -> int | None:
    """Give the first period in which the only unit can serve the only need."""
    made = situation(**changed)
    found = pairs_of(made, classes_of(made), demands_of(made))
    return int(found.first[0]) if len(found.first) else None


def test_units_that_differ_in_their_ids_alone_are_one_class() -> None:
    units = (*unit(), *unit(id="u2", tonnes=9.0), *unit(id="u3", notice_h=1.0))
    found = classes_of(situation(units=units))

    assert [each.units for each in found] == [("u1", "u2"), ("u3",)]


def test_who_keeps_the_deadline_comes_at_once_and_others_later() -> None:
    assert first_period() == 0
    assert first_period(commitments=task(deadline_h=58.0)) == 0
    assert first_period(commitments=task(deadline_h=57.0)) == 1
    ready = task(deadline_h=57.0, clock=Clock.READY_TO_MOVE)
    assert first_period(commitments=ready) == 0
    assert first_period(commitments=task(deadline_h=0.0, last=1)) is None


def test_nobody_is_sent_against_a_caveat_a_closure_or_without_a_way() -> None:
    assert first_period(units=unit(caveats=("c1",))) is None
    assert first_period(units=unit(caveats=("there",))) is None
    assert first_period(commitments=task(closed_to=("POL",))) is None
    assert first_period(units=unit(base="elsewhere")) is None
    assert first_period(units=unit(type="ship")) is None


def test_who_is_away_is_not_there() -> None:
    made = situation(units=unit(away=(2, 9)))

    assert there(made, classes_of(made)).tolist() == [[True, False, True, True]]
