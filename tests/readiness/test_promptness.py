import pytest

from foedus.readiness.promptness import DIFFERENT_CLOCKS, duration, rate_readiness
from foedus.readiness.ratings import NO_EVIDENCE, WITHHELD
from tests.readiness.making import (
    a_report,
    a_unit,
    reported,
    requirement,
    silent,
    stock,
)


def test_hours_are_those_of_the_slowest_unit_that_is_needed() -> None:
    found = rate_readiness(
        stock(
            reported(size=5, notice_h=12),
            reported(size=4, name="Slow", notice_h=48),
            reported(size=1, name="Spare", notice_h=240),
        )
    )

    assert found.word == "Within 48 hours"
    assert found.basis == "to move, from the order"
    assert [each.text.split(":")[0] for each in found.rests_on] == ["First", "Slow"]
    assert "From 12 to 48 h" in found.uncertainty


def test_a_notice_to_move_is_never_called_a_time_on_station() -> None:
    moves = rate_readiness(stock(reported()))
    is_there = rate_readiness(stock(reported(clock="on-station")))

    assert moves.word == is_there.word
    assert moves.basis == "to move, from the order"
    assert is_there.basis == "on station, from the order"


def test_hours_of_two_clocks_are_not_compared() -> None:
    found = rate_readiness(
        stock(
            reported(size=5, notice_h=48),
            reported(size=5, name="Other", notice_h=20, clock="on-station"),
        )
    )

    assert found.word == DIFFERENT_CLOCKS
    assert found.basis == "hours until on-station and ready-to-move"


def test_a_clock_of_a_unit_that_is_not_needed_does_no_harm() -> None:
    found = rate_readiness(
        stock(
            reported(size=9, notice_h=10),
            reported(size=5, name="Other", notice_h=20, clock="on-station"),
        )
    )

    assert found.word == "Within 10 hours"


@pytest.mark.parametrize(
    ("slowest", "word"),
    [
        ({"posture": "continuous", "notice_h": None}, "Continuous"),
        ({"posture": "on-demand", "notice_h": 3}, "On-Demand"),
        ({"posture": "periodic", "notice_h": None, "windows": 3}, "Periodic"),
    ],
)
def test_the_slowest_posture_that_is_needed_is_the_answer(
    slowest: dict[str, object], word: str
) -> None:
    prompt = {"posture": "continuous", "notice_h": None}

    found = rate_readiness(
        stock(reported(size=5, **prompt), reported(size=5, name="Other", **slowest))
    )

    assert found.word == word


def test_of_what_is_periodic_the_rarest_is_the_slowest() -> None:
    said = {"posture": "periodic", "notice_h": None}

    found = rate_readiness(
        stock(
            reported(size=5, windows=2, name="Rare", **said),
            reported(size=5, windows=4, name="Often", **said),
        )
    )

    assert found.basis == "2 to 4 times a year"
    assert found.steps[1] == "The slowest of them is Rare: periodic, 2 times a year."


def test_continuous_says_for_how_long_without_a_gap() -> None:
    unit = a_unit()
    reports = (
        a_report(posture="continuous", notice_h=None, as_of="2026-11-01"),
        a_report(
            posture="continuous",
            notice_h=None,
            as_of="2026-10-01",
            valid_until="2026-11-01",
        ),
        a_report(
            posture="continuous",
            notice_h=None,
            as_of="2026-07-01",
            valid_until="2026-09-30",
        ),
    )

    found = rate_readiness(stock((unit, reports)))

    assert found.basis == "without a gap for 53 days"


def test_on_demand_says_the_median_answer() -> None:
    said = {"posture": "on-demand"}
    found = rate_readiness(
        stock(*(reported(size=3.3, name=str(h), notice_h=h, **said) for h in (1, 2, 6)))
    )

    assert found.basis == "median answer 2 h"
    assert "From 1 to 6 h." in found.uncertainty


def test_where_less_is_there_than_needed_it_says_so() -> None:
    found = rate_readiness(stock(reported(size=2)))

    assert found.word == "Within 48 hours"
    assert "how soon what is there can act" in found.steps[0]


def test_without_evidence_the_answer_is_that_there_is_none() -> None:
    for found in (
        rate_readiness(stock(silent())),
        rate_readiness(stock((a_unit(type_="band"), (a_report(),)))),
    ):
        assert found.word == NO_EVIDENCE


def test_where_a_named_nation_shows_nothing_it_is_withheld() -> None:
    asks = requirement(contributors=["NOR", "POL"])

    assert rate_readiness(stock(reported("POL"), asks=asks)).word == WITHHELD


def test_without_a_need_all_that_count_are_taken() -> None:
    found = rate_readiness(
        stock(reported(), reported(name="B", notice_h=60), asks=requirement(0))
    )

    assert found.word == "Within 60 hours"


def test_more_troops_without_evidence_change_nothing() -> None:
    before = rate_readiness(stock(reported()))
    after = rate_readiness(stock(reported(), silent("SWE", 500)))

    assert (after.word, after.basis) == (before.word, before.basis)
    assert len(after.rests_on) == len(before.rests_on)


def test_how_much_was_only_declared_is_said() -> None:
    declared = rate_readiness(stock(reported()))
    inspected = rate_readiness(stock(reported(shown="inspected")))

    assert "1 of 1 reports are declared by their nation alone" in declared.uncertainty
    assert "Every report was inspected or exercised" in inspected.uncertainty


def test_long_notices_are_said_in_days() -> None:
    assert [duration(h) for h in (48, 72, 120, 240, 250)] == [
        "48 hours", "72 hours", "5 days", "10 days", "250 hours",
    ]  # fmt: skip
