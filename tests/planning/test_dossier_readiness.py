"""What is before a reader of how ready a nation is."""

from foedus.planning.dossier_readiness import evidence
from tests.planning.assessing import Stage


def test_units_and_tests_are_told_with_what_shows_them(stage: Stage) -> None:
    with stage.case("MDA", "member") as case:
        found, labels = evidence(case)

    assert found.is_any
    assert [each.name for each in found.report.units] == ["MDA battalion"]
    assert [(each.nation, each.result, each.tests) for each in found.tried] == [
        ("POL", "issue", 1)
    ]
    assert found.failed == ("POL",)
    assert found.standards_missing == ("stanag_2019",)
    assert labels


def test_no_evidence_is_an_answer(stage: Stage) -> None:
    with stage.case("UKR", "member") as case:
        found, _ = evidence(case)

    assert not found.is_any
    assert not found.tried
