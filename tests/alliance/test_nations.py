from datetime import date

import pytest

from foedus.alliance.events import StatusChanged
from foedus.alliance.nations import Alliance
from foedus.alliance.statuses import Status
from foedus.errors import NotFoundError
from foedus.ids import CommunityCode, NationCode

TODAY = date(2026, 1, 1)
QMA, QMB, QMC, QMD, QME = (NationCode(f"QM{letter}") for letter in "ABCDE")


def change(nation: NationCode, status: Status, since: date) -> StatusChanged:
    return StatusChanged(nation=nation, status=status, since=since)


def test_an_alliance_that_is_not_nato_answers_as_well(harbour: Alliance) -> None:
    assert (harbour.code, harbour.api_root) == ("HARBOUR", "harbour")
    assert [level.name for level in harbour.levels] == [
        "OPEN WATER",
        "IN HARBOUR",
        "BELOW DECK",
    ]
    assert harbour.default_clearance == 1
    assert {code: harbour.status(code, TODAY).value for code in harbour.nations} == {
        "QMA": "member",
        "QMB": "member",
        "QMC": "partner",
        "QMD": "partner",
        "QME": "none",
    }
    assert harbour.public == {QMA, QMB, QMC, QMD, QME}


def test_a_status_regained_holds_since_it_was_regained(harbour: Alliance) -> None:
    assert harbour.since(QMB, date(1920, 1, 1)) == date(1900, 5, 1)
    assert harbour.since(QMB, date(1940, 1, 1)) == date(1930, 1, 1)
    assert harbour.since(QMB, TODAY) == date(1950, 1, 1)


def test_a_status_that_never_was_another_has_no_first_day(harbour: Alliance) -> None:
    assert harbour.since(QME, TODAY) is None
    assert harbour.since(QMA, date(1800, 1, 1)) is None


def test_an_interval_holds_on_its_first_day_and_not_on_its_last(
    harbour: Alliance,
) -> None:
    assert harbour.status(QMC, date(1979, 12, 31)) is Status.PARTNER
    assert harbour.status(QMC, date(1980, 1, 1)) is Status.ASPIRANT
    assert harbour.status(QMC, date(1989, 12, 31)) is Status.ASPIRANT
    assert harbour.status(QMC, date(1990, 1, 1)) is Status.PARTNER


def test_a_suspended_nation_has_no_standing(harbour: Alliance) -> None:
    assert harbour.standing(QMD, date(1999, 12, 31))
    assert not harbour.standing(QMD, date(2000, 1, 1))
    assert harbour.standing(QMD, date(2010, 1, 1))


def test_a_code_that_is_no_nation_of_the_pack_has_no_standing(
    harbour: Alliance,
) -> None:
    assert not harbour.standing(NationCode("QZZ"), TODAY)
    assert not harbour.standing(NationCode("HARBOUR"), TODAY)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("QMB", "QMB"),
        ("qmb", "QMB"),
        ("brightmouth", "QMB"),
        ("  The   Mouth ", "QMB"),
        ("QN", None),
        ("HARBOUR", None),
        ("", None),
    ],
)
def test_a_nation_is_found_by_code_name_and_alias_in_any_case(
    harbour: Alliance, text: str, code: str | None
) -> None:
    assert harbour.nation(text) == code


@pytest.mark.parametrize(
    ("text", "code"),
    [("members", "MEMBERS"), ("Quay", "MEMBERS"), ("HARBOUR", "MEMBERS"), ("X", None)],
)
def test_a_community_is_found_by_code_and_alias_in_any_case(
    harbour: Alliance, text: str, code: str | None
) -> None:
    assert harbour.community(text) == code


@pytest.mark.parametrize(
    ("text", "level"),
    [("below deck", 2), ("bd", 2), ("Sous le pont", 2), ("OW", 0), ("SECRET", None)],
)
def test_a_level_is_found_by_name_translation_and_abbreviation(
    harbour: Alliance, text: str, level: int | None
) -> None:
    assert harbour.level(text) == level


def test_a_ceiling_is_the_top_unless_the_pack_says_less(harbour: Alliance) -> None:
    assert harbour.ceiling(QMA) == 2
    assert harbour.ceiling(QMC) == 1
    assert harbour.ceiling(NationCode("HARBOUR")) == 2


def test_what_is_not_in_the_pack_is_not_found(harbour: Alliance) -> None:
    with pytest.raises(NotFoundError, match="QZZ"):
        harbour.status(NationCode("QZZ"), TODAY)
    with pytest.raises(NotFoundError, match="SHOAL"):
        harbour.members_of(CommunityCode("SHOAL"), TODAY)
    with pytest.raises(NotFoundError, match="tides"):
        harbour.participations("tides")


def test_a_change_gives_another_alliance_and_leaves_this_one(
    harbour: Alliance,
) -> None:
    changed = harbour.with_change(change(QMC, Status.MEMBER, date(2027, 1, 1)))

    assert harbour.status(QMC, date(2027, 1, 1)) is Status.PARTNER
    assert changed.status(QMC, date(2026, 12, 31)) is Status.PARTNER
    assert changed.status(QMC, date(2027, 1, 1)) is Status.MEMBER
    assert changed.next_change(TODAY) == date(2027, 1, 1)
    assert changed.generation(CommunityCode("MEMBERS"), date(2027, 1, 1)) == date(
        2027, 1, 1
    )


def test_who_asks_for_the_same_changes_is_given_the_same_alliance(
    harbour: Alliance,
) -> None:
    first = change(QMC, Status.MEMBER, date(2027, 1, 1))
    second = change(QMC, Status.NONE, date(2028, 1, 1))

    both = harbour.with_change(first).with_change(second)

    assert both is harbour.with_changes([first, second])
    assert both.founded is harbour
    assert harbour.with_changes([]) is harbour


def test_of_two_changes_the_one_recorded_last_wins_for_what_it_covers(
    harbour: Alliance,
) -> None:
    changed = harbour.with_changes(
        [
            change(QMC, Status.MEMBER, date(2030, 1, 1)),
            change(QMC, Status.ASPIRANT, date(2027, 1, 1)),
        ]
    )

    assert changed.status(QMC, date(2026, 12, 31)) is Status.PARTNER
    assert changed.status(QMC, date(2027, 1, 1)) is Status.ASPIRANT
    assert changed.status(QMC, date(2031, 1, 1)) is Status.ASPIRANT


def test_nothing_is_to_come_after_the_last_day_of_change(harbour: Alliance) -> None:
    assert harbour.next_change(TODAY) is None
    assert harbour.next_change(date(1899, 1, 1)) == date(1900, 5, 1)


def test_participation_lasts_no_longer_than_the_framework(harbour: Alliance) -> None:
    found = [
        (each.nation, each.since, each.until)
        for each in harbour.participations("pilots")
    ]

    assert found == [
        ("QMC", date(1965, 1, 1), None),
        ("QMA", date(1970, 1, 1), date(1980, 1, 1)),
        ("QMD", date(1970, 1, 1), None),
    ]


def test_participants_are_those_of_the_day_and_never_those_only_mentioned(
    harbour: Alliance,
) -> None:
    assert harbour.participants("pilots", date(1964, 1, 1)) == set()
    assert harbour.participants("pilots", date(1975, 1, 1)) == {QMA, QMC, QMD}
    assert harbour.participants("pilots", TODAY) == {QMC, QMD}
    assert [each.framework for each in harbour.frameworks_of(QMC, TODAY)] == ["pilots"]
    assert harbour.frameworks_of(QME, TODAY) == ()
