"""Whole answers: figures, gaps, tours, and that nothing wrong is given."""

import os

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from foedus.planning.checking import check_coverage
from foedus.planning.covering import cover, vouched
from foedus.planning.forces import Commitment, Need, Rotation, Situation, Unit, digest
from foedus.planning.progress import Progress
from foedus.planning.results import Coverage, Ending
from foedus.planning.solver import SolverFailedError
from tests.planning.second_opinion import RATIO, least_missing
from tests.planning.test_forces import ROUTE, situation, task, unit
from tests.planning.worlds import NATIONS, commitments, situations, units

EXAMPLES = int(os.environ.get("FOEDUS_PLANS", "8"))


def missing(found: Coverage) -> list[tuple[int, float]]:
    return [(each.priority, round(each.missing, 6)) for each in found.levels]


def changed(made: Situation, **fields: object) -> Situation:
    return msgspec.structs.replace(made, **fields)


def test_42_units_at_one_to_two_are_overloaded_at_17_and_a_half() -> None:
    made = situation(
        units=tuple(unit(id=f"u{place}")[0] for place in range(42)),
        commitments=task(needs=(Need(type="brigade", amount=17.5),)),
        rotation=Rotation(tour=1, home=2, home_least=2),
    )

    assert cover(made).loads[0].load == 1.25


def test_each_unit_sustains_through_its_own_rotation() -> None:
    quick = Rotation(tour=1, home=1, home_least=1)
    made = situation(
        units=(*unit(strength=6), *unit(id="quick", strength=4, rotation=quick)),
        commitments=task(needs=(Need(type="brigade", amount=8),)),
        rotation=Rotation(tour=1, home=2, home_least=2),
    )

    assert cover(made).loads[0].load == 2  # 6 / 3 and 4 / 2 are kept up, 8 wanted


def test_units_of_different_rotations_go_each_by_its_own() -> None:
    quick = Rotation(tour=1, home=1, home_least=1)
    slow = Rotation(tour=2, home=4, home_least=2)
    made = situation(
        periods=4,
        units=(*unit(id="quick", rotation=quick), *unit(id="slow", rotation=slow)),
        commitments=task(last=4, needs=(Need(type="brigade", amount=1),)),
    )

    found = cover(made)
    stays = {(each.unit, each.first, each.last) for each in found.tours}

    assert {each for each in stays if each[0] == "slow"} <= {
        ("slow", 1, 2), ("slow", 2, 3), ("slow", 3, 4), ("slow", 4, 4),
    }  # fmt: skip
    assert all(last == first for name, first, last in stays if name == "quick")
    assert found.fill == 1


def test_an_answer_says_how_it_was_found_and_reads_back_as_written() -> None:
    made = situation()
    told: list[Progress] = []
    found = cover(made, tell=told.append)

    assert found.solved.ending is Ending.PROVEN
    assert found.solved.digest == digest(made)
    assert found.solved.gap == 0
    assert found.fill == 1
    assert found.headroom is not None
    assert found.headroom.times == pytest.approx(1)
    assert told[-1].stage == "checking"
    assert msgspec.json.decode(msgspec.json.encode(found), type=Coverage) == found


def test_headroom_is_over_what_can_be_met_at_all() -> None:
    needs = (Need(type="brigade", amount=1), Need(type="ship", amount=1))
    made = situation(
        units=tuple(unit(id=f"u{place}")[0] for place in range(3)),
        commitments=task(needs=needs),
    )
    room = cover(made).headroom

    assert room is not None
    assert room.times == pytest.approx(3)
    assert room.type == "brigade"


def test_where_nothing_is_asked_there_is_nothing_to_say() -> None:
    found = cover(situation(commitments=()))

    assert found.fill is None
    assert found.levels == found.tours == found.gaps == ()
    assert found.headroom is not None
    assert found.headroom.times is None
    assert found.debt.share is None


def test_an_answer_that_breaks_a_rule_is_never_given() -> None:
    made = situation()
    found = cover(made)

    assert vouched(made, found) is found
    with pytest.raises(SolverFailedError, match="c1: brigade: other sums"):
        vouched(made, msgspec.structs.replace(found, tours=()))


def agrees(made: Situation) -> None:
    """Check an answer by the independent check, and by another solver."""
    found = cover(made)
    weighted = sum(each.missing * RATIO ** (2 - each.priority) for each in found.levels)

    assert check_coverage(made, found) == ()
    assert weighted == pytest.approx(least_missing(made), abs=1e-6)


@settings(max_examples=EXAMPLES, deadline=None)
@given(situations())
def test_every_answer_is_checked_and_another_solver_agrees(made: Situation) -> None:
    agrees(made)


@pytest.mark.soak
@settings(max_examples=2_000, deadline=None)
@given(situations())
def test_thousands_of_answers_are_checked_and_agreed_on(made: Situation) -> None:
    agrees(made)


@settings(max_examples=EXAMPLES, deadline=None)
@given(situations(), units(), commitments(at_most=1))
def test_more_forces_and_less_demand_never_hurt(
    made: Situation, more: tuple[Unit, ...], extra: tuple[Commitment, ...]
) -> None:
    base = missing(cover(made))
    further = tuple(msgspec.structs.replace(each, id=f"x{each.id}") for each in more)
    helped = missing(cover(changed(made, units=made.units + further)))
    added = tuple(msgspec.structs.replace(each, id="x") for each in extra)
    asked = dict(missing(cover(changed(made, commitments=made.commitments + added))))

    assert helped <= base
    assert [(each, asked[each]) for each, _ in base] >= base


@settings(max_examples=EXAMPLES, deadline=None)
@given(situations(), st.permutations(NATIONS))
def test_other_names_for_nations_change_nothing_else(
    made: Situation, names: list[str]
) -> None:
    new = dict(zip(NATIONS, names, strict=True))
    other = changed(
        made,
        units=tuple(
            msgspec.structs.replace(each, nation=new[each.nation])
            for each in made.units
        ),
        commitments=tuple(
            msgspec.structs.replace(
                each, closed_to=tuple(new[name] for name in each.closed_to)
            )
            for each in made.commitments
        ),
    )
    before, after = cover(made), cover(other)

    assert [
        msgspec.structs.replace(each, nation=new[each.nation]) for each in before.tours
    ] == list(after.tours)
    assert before.gaps == after.gaps
    assert before.covers == after.covers


@settings(max_examples=EXAMPLES, deadline=None)
@given(situations())
def test_the_same_question_has_the_same_answer(made: Situation) -> None:
    assert cover(made) == cover(made)


def test_routes_are_looked_up_by_base_and_location() -> None:
    other = msgspec.structs.replace(ROUTE, base="elsewhere", travel_h=99.0)

    assert cover(situation(routes=(ROUTE, other))).tours[0].hours == 58
