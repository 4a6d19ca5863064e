"""The independent check: whatever breaks a plan is found, and named."""

from collections.abc import Callable

import msgspec
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from foedus.planning.checking import check_coverage, check_tours
from foedus.planning.clocks import Clock
from foedus.planning.covering import cover
from foedus.planning.forces import Rotation, Situation
from foedus.planning.results import Tour
from tests.planning.test_forces import situation, task, unit
from tests.planning.worlds import situations

TOUR = Tour(
    unit="u1",
    nation="POL",
    type="brigade",
    commitment="c1",
    first=1,
    last=2,
    hours=58.0,
    clock=Clock.ON_STATION,
    deadline_h=None,
    rest=None,
    debt=0,
    others=0,
    why="",
)


def tour(**changed: object) -> Tour:
    return msgspec.structs.replace(TOUR, **changed)


def broken(*tours: Tour, **changed: object) -> set[str]:
    return {each.rule for each in check_tours(situation(**changed), tours)}


def test_a_plan_without_fault_is_let_through() -> None:
    assert broken(TOUR) == set()


@pytest.mark.parametrize(
    ("fault", "rule"),
    [
        ({"unit": "u9"}, "unknown"),
        ({"commitment": "c9"}, "unknown"),
        ({"nation": "FIN"}, "identity"),
        ({"type": "ship"}, "identity"),
        ({"last": 3}, "window"),
        ({"first": 2, "last": 1}, "window"),
        ({"last": 1}, "length"),
        ({"hours": 57.0}, "clock"),
        ({"clock": Clock.ARRIVED}, "clock"),
        ({"rest": 3}, "rest"),
        ({"debt": 1}, "rest"),
    ],
)
def test_what_is_wrong_with_a_tour_is_named(
    fault: dict[str, object], rule: str
) -> None:
    assert rule in broken(tour(**fault))


@pytest.mark.parametrize(
    ("world", "rule"),
    [
        ({"units": unit(caveats=("there",))}, "caveat"),
        ({"units": unit(caveats=("c1",))}, "caveat"),
        ({"units": unit(away=(2,))}, "away"),
        ({"units": unit(base="nowhere")}, "way"),
        ({"commitments": task(closed_to=("POL",))}, "closed"),
        ({"commitments": task(needs=())}, "type"),
        ({"commitments": task(deadline_h=57.0)}, "deadline"),
        ({"rotation": Rotation(tour=1)}, "length"),
    ],
)
def test_what_the_situation_forbids_is_named(
    world: dict[str, object], rule: str
) -> None:
    assert broken(TOUR, **world) == {rule}


def test_each_clock_is_added_up_to_where_it_stops() -> None:
    way = msgspec.structs.replace(
        situation().routes[0], loading_h=1.0, travel_h=10.0, reception_h=100.0
    )
    for clock, hours in zip(Clock, (48.0, 49.0, 59.0, 159.0), strict=True):
        given_ = tour(clock=clock, hours=hours)
        assert broken(given_, routes=(way,), commitments=task(clock=clock)) == set()


def test_a_unit_is_never_twice_away_nor_home_for_less_than_the_red_line() -> None:
    rotation = Rotation(tour=1, home=2, home_least=1)
    long = task(last=4)
    one = tour(last=1)

    assert broken(
        one, tour(last=1, rest=-1, debt=3), commitments=long, rotation=rotation
    ) == {"overlap"}
    assert broken(
        one,
        tour(first=2, last=2, rest=0, debt=2),
        commitments=long,
        rotation=rotation,
    ) == {"red-line"}
    assert (
        broken(
            one,
            tour(first=3, last=3, rest=1, debt=1),
            commitments=long,
            rotation=rotation,
        )
        == set()
    )


def _earlier(made: Tour) -> Tour:
    return msgspec.structs.replace(made, first=made.first - 1)


def _longer(made: Tour) -> Tour:
    return msgspec.structs.replace(made, last=made.last + 1)


def _faster(made: Tour) -> Tour:
    return msgspec.structs.replace(made, hours=made.hours - 1)


def _rested(made: Tour) -> Tour:
    return msgspec.structs.replace(made, rest=(made.rest or 0) + 1)


@settings(max_examples=8, deadline=None)
@given(
    situations(),
    st.sampled_from([_earlier, _longer, _faster, _rested]),
    st.randoms(use_true_random=False),
)
def test_a_plan_that_is_broken_anywhere_is_found(
    made: Situation, fault: Callable[[Tour], Tour], chance: st.DataObject
) -> None:
    found = cover(made)
    assume(found.tours)
    place = chance.randrange(len(found.tours))
    spoilt = list(found.tours)
    spoilt[place] = fault(spoilt[place])

    assert check_coverage(made, msgspec.structs.replace(found, tours=tuple(spoilt)))


@settings(max_examples=8, deadline=None)
@given(situations(), st.randoms(use_true_random=False))
def test_a_tour_left_out_or_doubled_is_found(
    made: Situation, chance: st.DataObject
) -> None:
    found = cover(made)
    assume(found.tours)
    place = chance.randrange(len(found.tours))
    fewer = found.tours[:place] + found.tours[place + 1 :]
    double = (*found.tours, found.tours[place])

    assert check_coverage(made, msgspec.structs.replace(found, tours=fewer))
    assert check_coverage(made, msgspec.structs.replace(found, tours=double))


@pytest.mark.parametrize(
    "fault",
    [
        {"covers": ()},
        {"levels": ()},
        {"gaps": ()},
    ],
)
def test_figures_that_the_tours_do_not_bear_out_are_found(
    fault: dict[str, object],
) -> None:
    made = situation(commitments=task(last=4))
    found = cover(made)

    assert found.gaps
    assert check_coverage(made, found) == ()
    assert check_coverage(made, msgspec.structs.replace(found, **fault))


def test_lines_for_what_nobody_asked_are_found() -> None:
    found = cover(situation())
    line = msgspec.structs.replace(found.covers[0], commitment="c9")
    more = msgspec.structs.replace(found, covers=(*found.covers, line))

    assert [each.subject for each in check_coverage(situation(), more)] == ["c9"]
