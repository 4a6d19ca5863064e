"""How long it took others, from real dates and with an interval."""

from datetime import date

from foedus.planning.dossier_precedents import Precedents, precedents
from tests.planning.assessing import TODAY, Stage


def found(stage: Stage, nation: str, to: str, **more: object) -> Precedents:
    with stage.case(nation, to, **more) as case:
        return precedents(case)


def test_days_are_those_between_the_recorded_dates(stage: Stage) -> None:
    told = found(stage, "MDA", "member")
    days = {
        (each.since, each.until): dict(zip(each.nations, each.days, strict=True))
        for each in told.intervals
    }

    assert days["protocols", "deposit"] == {
        "MNE": 382,
        "MKD": 415,
        "FIN": 273,
        "SWE": 611,
    }
    assert days["invitation", "deposit"]["FIN"] == 279


def test_the_answer_is_an_interval_and_no_point(stage: Stage) -> None:
    told = found(stage, "MDA", "member")

    assert told.begins == TODAY
    assert told.earliest is not None
    assert told.latest is not None
    assert (told.latest - told.earliest).days == 625 - 279
    assert any("3 of 5" in each for each in told.said)


def test_an_invitee_is_counted_from_its_protocol(stage: Stage) -> None:
    told = found(stage, "SWE", "member", on=date(2023, 6, 1))

    assert told.begins == date(2022, 7, 5)
    assert [each.nation for each in told.ways] == ["MNE", "MKD", "FIN"]
    assert told.latest == date(2023, 8, 24)  # 415 days; it took until March 2024


def test_whoever_joined_later_is_no_precedent_of_an_earlier_day(stage: Stage) -> None:
    told = found(stage, "MNE", "member", on=date(2017, 1, 1))

    assert told.ways == ()
    assert told.earliest is None
    assert "there is no interval" in told.said[0]


def test_a_framework_names_who_came_in_last_and_guesses_nothing(stage: Stage) -> None:
    told = found(stage, "UKR", "map")

    assert told.intervals == ()
    assert told.joined
    assert told.said[0].startswith("Nothing on record says")


def test_what_has_taken_longer_than_every_precedent_says_so(stage: Stage) -> None:
    told = found(stage, "SWE", "member", on=date(2024, 3, 1))

    assert any("longer already" in each for each in told.said)
