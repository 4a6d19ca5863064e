"""Risks that follow from the parts, and mistakes that apply."""

from tests.planning.assessing import BEFORE_FINLAND, Stage


def test_each_risk_names_the_part_it_follows_from(stage: Stage) -> None:
    found = stage.dossier("MDA", "member")
    parts = [each.part for each in found.risks]

    assert {"status", "border", "readiness", "intelligence", "timeline"} <= set(parts)
    assert any("found an issue" in each.text for each in found.risks)
    assert any("1 object that you see would be open" in e.text for e in found.risks)


def test_the_sign_of_the_border_is_told_as_it_is(stage: Stage) -> None:
    finland = stage.dossier("FIN", "member", on=BEFORE_FINLAND, together=("SWE",))
    sweden = stage.dossier("SWE", "member", on=BEFORE_FINLAND)

    said = [each.text for each in finland.risks if each.part == "border"]
    assert "grow longer" in said[0]
    assert "the order matters" in said[1]
    assert any("grow shorter" in each.text for each in sweden.risks)


def test_mistakes_are_those_of_the_target_and_of_the_parts(stage: Stage) -> None:
    member = {each.id for each in stage.dossier("MDA", "member").mistakes}
    partner = {each.id for each in stage.dossier("MDA", "itpp").mistakes}

    assert {"invitee_protected", "nato_border_guard", "mix_editions"} <= member
    assert "partnership_is_membership" in partner
    assert not {"invitee_protected", "nato_border_guard"} & partner
