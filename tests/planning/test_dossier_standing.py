"""What would be owed and what is promised, before and after."""

from foedus.planning.dossier_standing import is_shown, labels_of, standing_change
from tests.planning.assessing import Stage


def test_membership_brings_the_duties_of_the_treaty_and_ends_partnership(
    stage: Stage,
) -> None:
    with stage.case("MDA", "member") as case:
        found = standing_change(case)

    assert {"article/5", "article/3"} <= {each.obligation for each in found.gained}
    assert "pfp/3" in {each.obligation for each in found.ended}
    assert found.before.members + 1 == found.after.members
    assert (found.shown, found.kept) == (0, 0)
    gained = [each for each in found.promises if each.change == "gained"]
    assert [each.framework for each in gained if each.protects] == ["membership"]


def test_deepening_brings_no_promise_of_defence(stage: Stage) -> None:
    with stage.case("MDA", "itpp") as case:
        found = standing_change(case)

    assert [each.obligation for each in found.gained] == ["itpp/1"]
    [gained] = [each for each in found.promises if each.change == "gained"]
    assert gained.not_promised[:2] == ("collective defence", "mutual defence")
    assert "Partnership is not membership" in found.means


def test_what_is_reported_is_shown_with_its_label(stage: Stage) -> None:
    with stage.case("MDA", "member") as case:
        found = standing_change(case)
        labels = labels_of(case, found)

    shown = [each for each in found.ended if is_shown(each)]
    assert [each.obligation for each in shown] == ["pfp/3"]
    assert shown[0].report is not None
    assert shown[0].report.evidence == "budget of 2026"
    assert len(labels) == 1
