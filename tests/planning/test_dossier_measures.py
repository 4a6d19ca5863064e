"""Measures rated without and with a nation's contribution."""

from foedus.planning.dossier_measures import MeasureChange, measures_change
from tests.planning.assessing import Stage


def rapid_reaction(stage: Stage, nation: str, name: str = "pol") -> MeasureChange:
    with stage.case(nation, "member", name=name) as case:
        found, _ = measures_change(case)
    return next(each for each in found.changes if each.measure == "rapid_reaction")


def test_the_same_rating_is_worked_out_without_and_with(stage: Stage) -> None:
    found = rapid_reaction(stage, "MDA")
    capability = found.words[0]

    assert found.contributes
    assert (capability.without, capability.with_it) == ("Low", "Medium")
    assert found.differs
    assert found.contributors == ("POL",)
    assert found.records > 0


def test_a_test_that_failed_is_not_averaged_away(stage: Stage) -> None:
    interoperability = rapid_reaction(stage, "MDA").words[2]

    assert interoperability.without == "No evidence"  # alone there is no pair
    assert interoperability.with_it == "Poor"


def test_who_contributes_nothing_changes_nothing_that_is_known(stage: Stage) -> None:
    found = rapid_reaction(stage, "UKR")

    assert not found.contributes
    assert not found.differs
    assert not found.is_less
    assert {each.with_it for each in found.words} == {"No evidence"}


def test_what_it_rests_on_is_labelled(stage: Stage) -> None:
    with stage.case("MDA", "member") as case:
        _, labels = measures_change(case)

    assert labels
