"""Several candidates in both orders: what each changes first, and last."""

import msgspec
import pytest

from foedus.planning.dossier import Dossier
from foedus.planning.dossier_orders import Four, Orders
from tests.planning.assessing import BEFORE_FINLAND, Stage


def orders(stage: Stage, nation: str, *others: str, **more: object) -> Orders:
    found = stage.dossier(nation, "member", together=others, **more).orders
    assert found is not None
    return found


def alone(stage: Stage, **more: object) -> Dossier:
    return stage.dossier("MDA", "member", **more)


def test_without_further_candidates_there_are_no_orders(stage: Stage) -> None:
    assert alone(stage).orders is None


def test_whoever_contributes_nothing_changes_nothing_in_either_order(
    stage: Stage,
) -> None:
    found = orders(stage, "MDA", "UKR")

    (rapid,) = found.measures
    capability = rapid.ratings[0].words
    assert rapid.candidates == ("MDA",)
    assert capability == Four(none="Low", it="Medium", others="Low", all="Medium")


def test_the_other_sees_the_same_states_the_other_way_round(stage: Stage) -> None:
    one, other = orders(stage, "MDA", "UKR"), orders(stage, "UKR", "MDA")

    for first, second in zip(
        (*(each.words for each in one.measures[0].ratings), one.plans.fill),
        (*(each.words for each in other.measures[0].ratings), other.plans.fill),
        strict=True,
    ):
        assert (first.it, first.others) == (second.others, second.it)
        assert (first.none, first.all) == (second.none, second.all)


def test_coverage_is_planned_in_four_states_that_share_their_draws(
    stage: Stage,
) -> None:
    found = orders(stage, "MDA", "UKR")
    single = alone(stage).coverage

    (kept,) = found.kept
    assert kept.kept.none == kept.kept.others == single.kept[0].without
    assert kept.kept.it == kept.kept.all == single.kept[0].with_it
    assert (found.plans.fill.none, found.plans.fill.it) == single.plans.fill
    digests = [each.digest for each in found.plans.solved.listed()]
    assert digests[1] != digests[0]


def test_intelligence_opens_to_each_as_the_first_and_as_the_last(stage: Stage) -> None:
    found = orders(stage, "MDA", "UKR")
    single = alone(stage).intelligence

    opens = {each.nation: (each.first, each.last) for each in found.opens}
    own = sum(each.objects for each in single.groups if each.way == "opens")
    assert opens["MDA"] == (own, own)
    assert set(opens) == {"MDA", "UKR"}


def test_spending_is_spread_over_the_members_of_each_state(stage: Stage) -> None:
    found = orders(stage, "FIN", "SWE", on=BEFORE_FINLAND)

    assert [each.of for each in found.burden[0].spread.listed()] == [30, 31, 31, 32]


def test_a_candidate_of_which_no_test_is_there_is_untested(stage: Stage) -> None:
    found = orders(stage, "UKR", "MDA")

    assert [(each.nation, each.tried) for each in found.beside] == [("MDA", None)]
    assert "MDA" in found.untested


@pytest.mark.parametrize("name", ["fin", "mda"])
def test_what_hangs_on_few_nations_is_told_to_planners_alone(
    stage: Stage, name: str
) -> None:
    found = orders(stage, "MDA", "UKR", name=name)

    assert (found.plans, found.kept) == (None, ())
    assert "planners alone" in found.why_none


def test_of_candidates_without_units_no_plan_is_made(stage: Stage) -> None:
    found = orders(stage, "UKR", "GEO")

    assert found.plans is None
    assert found.why_none.startswith("no unit of any candidate")
    assert found.measures == ()


def test_both_orders_are_read_back_as_they_were_written(stage: Stage) -> None:
    found = stage.dossier("MDA", "member", together=("UKR",))

    assert msgspec.json.decode(msgspec.json.encode(found), type=Dossier) == found
