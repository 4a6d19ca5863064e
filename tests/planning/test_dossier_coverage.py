"""Coverage with and without a nation's units."""

from collections.abc import Sequence

import msgspec
import numpy as np
import pytest

from foedus.planning.dossier_coverage import drawn_of, pair_of, with_plans
from foedus.planning.forces import Unit
from foedus.planning.games import FloatArray
from tests.planning.assessing import Stage


def test_the_two_situations_differ_by_the_nations_units_alone(stage: Stage) -> None:
    with stage.case("MDA", "member") as case:
        pair = pair_of(case)

    assert {each.nation for each in pair.without.units} == {"POL"}
    assert {each.nation for each in pair.with_it.units} == {"MDA", "POL"}
    assert pair.without.rotation == pair.with_it.rotation
    assert pair.without.routes == pair.with_it.routes
    assert pair.is_solved


def test_what_can_be_kept_up_is_a_range_over_shared_draws(stage: Stage) -> None:
    with stage.case("MDA", "member") as case:
        first, again = pair_of(case).told.kept, pair_of(case).told.kept

    assert first == again
    [company] = first
    assert company.wanted == 2
    # Poland has 3 to 6 of which a third can be kept up, so 0.5 to 1 of what is asked.
    assert 0.5 <= company.without.low < company.without.middle < company.without.high
    assert company.without.high <= 1
    assert company.with_it.low > company.without.low
    assert company.better > 0.9


def test_what_is_there_at_times_is_kept_up_for_that_part(stage: Stage) -> None:
    with stage.case("MDA", "member") as case:
        pair = pair_of(case)
    made = pair.with_it
    away = tuple(range(1, made.periods))  # there in the last period alone
    rare = [msgspec.structs.replace(each, away=away) for each in made.units]

    def kept(units: Sequence[Unit]) -> FloatArray:
        changed = msgspec.structs.replace(made, units=tuple(units))
        random = np.random.default_rng(1)
        return drawn_of(changed, pair.pile, "company", random)[2]

    assert kept(rare) == pytest.approx(kept(made.units) / made.periods)


def test_both_runs_are_planned_and_more_units_never_miss_more(stage: Stage) -> None:
    found = stage.dossier("MDA", "member").coverage

    assert found.plans is not None
    assert found.plans.needs
    for each in found.plans.needs:
        assert each.with_it <= each.without + 1e-6
    without, with_it = found.plans.solved
    assert without.digest != with_it.digest
    assert found.plans.nobody[1] <= found.plans.nobody[0]


def test_a_commitment_that_would_be_open_to_it_counts_as_open(stage: Stage) -> None:
    with stage.case("MDA", "member") as case:
        member = pair_of(case).with_it
    with stage.case("MDA", "suspended") as case:
        suspended = pair_of(case).with_it

    assert [each.closed_to for each in member.commitments] == [()]
    assert [each.closed_to for each in suspended.commitments] != [("POL",)]


@pytest.mark.parametrize(
    ("nation", "name", "why"),
    [
        ("UKR", "pol", "no unit of UKR that can be planned with is before you"),
        ("MDA", "fin", "what hangs on one nation is told to planners alone"),
        ("MDA", "desk", ""),
    ],
)
def test_where_nothing_differs_or_nobody_plans_no_plan_is_made(
    stage: Stage, nation: str, name: str, why: str
) -> None:
    found = stage.dossier(nation, "member", name=name).coverage

    assert (found.plans is None) == bool(why)
    assert found.why_none.startswith(why)
    assert bool(found.kept) == (not why)


def test_why_there_is_no_plan_is_told(stage: Stage) -> None:
    with stage.case("MDA", "member") as case:
        told = with_plans(pair_of(case), None, None, why_none="too much waits")

    assert told.plans is None
    assert told.why_none == "too much waits"
    assert told.kept
