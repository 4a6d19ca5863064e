"""Named units for a plan of classes."""

from foedus.planning.covering import cover
from foedus.planning.forces import Need, Rotation
from tests.planning.test_forces import situation, task, unit


def pair(**changed: object) -> list[tuple[str, int, int | None, int, int]]:
    made = situation(
        units=(*unit(), *unit(id="u2", nation="FIN", notice_h=12.0)),
        commitments=task(last=4, needs=(Need(type="brigade", amount=1),)),
        **changed,
    )
    return [
        (each.unit, each.first, each.rest, each.debt, each.others)
        for each in cover(made).tours
    ]


def test_who_has_been_at_home_longest_goes_and_the_soonest_ready_first() -> None:
    assert pair(rotation=Rotation(tour=1, home=1, home_least=1)) == [
        ("u2", 1, None, 0, 1),
        ("u1", 2, None, 0, 0),
        ("u2", 3, 1, 0, 0),
        ("u1", 4, 1, 0, 0),
    ]


def test_debt_is_what_lacks_at_home_to_the_goal() -> None:
    assert pair(rotation=Rotation(tour=1, home=2, home_least=0)) == [
        ("u2", 1, None, 0, 1),
        ("u1", 2, None, 0, 1),
        ("u2", 3, 1, 1, 1),
        ("u1", 4, 1, 1, 1),
    ]


def test_each_tour_says_why_it_is_this_unit() -> None:
    late = task(last=4, deadline_h=57.0, needs=(Need(type="brigade", amount=1),))
    whys = [
        each.why
        for made in (
            situation(),
            situation(commitments=task(deadline_h=60.0)),
            situation(
                commitments=late, rotation=Rotation(tour=1, home=2, home_least=0)
            ),
        )
        for each in cover(made).tours
    ]

    assert whys[0] == (
        "on-station after 58 h; there is no deadline; it has not been away yet; no "
        "other one like it is left"
    )
    assert "within 60 h" in whys[1]
    assert "too late for 57 h, so it comes in a later period" in whys[2]
    assert "0 periods at home before, 2 fewer than its goal of 2" in whys[3]
