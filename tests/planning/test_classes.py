"""Who can stand in for whom, and who can serve what."""

from foedus.planning.classes import demands_of, grouped, there
from foedus.planning.clocks import Clock
from tests.planning.test_forces import situation, task, unit


def first_period(**changed: object) -> int | None:
    """Give the first period in which the only unit can serve the only need."""
    made = situation(**changed)
    _, found = grouped(made, demands_of(made))
    return int(found.first[0]) if len(found.first) else None


def test_units_that_can_do_the_same_are_one_class_whosever_they_are() -> None:
    units = (
        *unit(),
        *unit(id="u2", nation="FIN", notice_h=1.0),
        *unit(id="u3", strength=2.0),
        *unit(id="u4", away=(1,)),
        *unit(id="u5", type="ship"),
    )
    made = situation(units=units)
    classes, _ = grouped(made, demands_of(made))

    assert [[one.id for one in each.units] for each in classes] == [
        ["u2", "u1"],
        ["u3"],
        ["u4"],
    ]


def test_who_is_in_time_and_who_comes_later_are_two_classes() -> None:
    units = (*unit(), *unit(id="u2", notice_h=49.0))
    made = situation(units=units, commitments=task(deadline_h=58.0))
    classes, pairs = grouped(made, demands_of(made))

    assert len(classes) == 2
    assert pairs.first.tolist() == [0, 1]


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

    classes, _ = grouped(made, demands_of(made))

    assert there(made, classes).tolist() == [[True, False, True, True]]
