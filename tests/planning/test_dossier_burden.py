"""Spending by edition, never across editions."""

from foedus.planning.dossier_burden import EditionChange, burden_changes
from tests.planning.assessing import BEFORE_FINLAND, Stage


def editions(stage: Stage, nation: str, to: str) -> dict[str, EditionChange]:
    with stage.case(nation, to) as case:
        return {each.id: each for each in burden_changes(case)}


def test_every_edition_stands_alone_and_says_what_it_has_not(stage: Stage) -> None:
    found = editions(stage, "MDA", "member")

    assert len(found) == 4
    assert found["2025-08"].absent == "not in this edition"
    august = found["2025-08"]
    assert (august.before.of, august.after.of) == (32, 33)
    assert (august.before.low, august.after.low) == (2.0, 2.0)
    last = found["factbook-2026"].own[-1]
    assert (last.year, last.percent, last.estimate) == ("2024", 0.6, True)


def test_a_newcomer_may_move_the_spread_of_its_own_edition(stage: Stage) -> None:
    found = editions(stage, "MDA", "member")["factbook-2026"]

    assert found.after.nations == found.before.nations + 1
    assert found.after.low == 0.6 < (found.before.low or 0)


def test_what_does_not_apply_and_what_is_to_be_confirmed_says_so(stage: Stage) -> None:
    iceland = editions(stage, "ISL", "partner")["2025-08"]
    bulgaria = editions(stage, "BGR", "partner")["2025-08"]

    assert iceland.absent.startswith("does not apply")
    assert [each.year for each in bulgaria.own if each.confirm] == ["2025"]


def test_the_members_of_a_day_are_those_who_are_spread(stage: Stage) -> None:
    with stage.case("FIN", "member", on=BEFORE_FINLAND) as case:
        [first, *_] = burden_changes(case)

    assert (first.before.of, first.after.of) == (30, 31)
