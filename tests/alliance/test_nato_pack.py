from datetime import date, timedelta

import pytest

from foedus.alliance.events import ParticipationChanged, StatusChanged
from foedus.alliance.nations import Alliance
from foedus.alliance.statuses import Status
from foedus.ids import CommunityCode, NationCode

TODAY = date(2026, 11, 22)
NATO = CommunityCode("NATO")
MEMBERS_OF_1950 = {
    *("BEL", "CAN", "DNK", "FRA", "GBR", "ISL"),
    *("ITA", "LUX", "NLD", "NOR", "PRT", "USA"),
}


def code(text: str) -> NationCode:
    return NationCode(text)


@pytest.mark.parametrize(
    ("day", "before", "after"),
    [
        (date(1949, 4, 4), 0, 12),
        (date(1952, 2, 18), 12, 14),
        (date(1955, 5, 6), 14, 15),
        (date(1982, 5, 30), 15, 16),
        (date(1999, 3, 12), 16, 19),
        (date(2004, 3, 29), 19, 26),
        (date(2009, 4, 1), 26, 28),
        (date(2017, 6, 5), 28, 29),
        (date(2020, 3, 27), 29, 30),
        (date(2023, 4, 4), 30, 31),
        (date(2024, 3, 7), 31, 32),
    ],
)
def test_nato_has_so_many_members_on_the_day_of_an_accession_and_on_its_eve(
    nato: Alliance, day: date, before: int, after: int
) -> None:
    assert len(nato.members_of(NATO, day - timedelta(days=1))) == before
    assert len(nato.members_of(NATO, day)) == after
    assert nato.generation(NATO, day) == day


def test_nato_has_76_nations_of_which_32_are_members(nato: Alliance) -> None:
    assert len(nato.nations) == 76
    assert len(nato.members_of(NATO, TODAY)) == 32
    assert nato.generation(NATO, TODAY) == date(2024, 3, 7)


@pytest.mark.parametrize(
    ("nation", "on", "status", "since"),
    [
        ("SWE", date(2022, 6, 28), "partner", date(1994, 5, 9)),
        ("SWE", date(2022, 6, 29), "invitee", date(2022, 6, 29)),
        ("SWE", date(2024, 3, 6), "invitee", date(2022, 6, 29)),
        ("SWE", date(2024, 3, 7), "member", date(2024, 3, 7)),
        ("FIN", date(2023, 4, 3), "invitee", date(2022, 6, 29)),
        ("FIN", date(2023, 4, 4), "member", date(2023, 4, 4)),
        ("TUR", date(1952, 2, 17), "none", None),
        ("TUR", TODAY, "member", date(1952, 2, 18)),
        ("RUS", date(2014, 3, 31), "partner", date(1994, 6, 22)),
        ("RUS", TODAY, "suspended", date(2014, 4, 1)),
        ("BLR", date(2021, 10, 31), "partner", date(1995, 1, 11)),
        ("BLR", TODAY, "suspended", date(2021, 11, 1)),
        ("AFG", TODAY, "suspended", date(2021, 8, 1)),
        ("UKR", date(2008, 4, 2), "partner", date(1994, 2, 8)),
        ("UKR", TODAY, "aspirant", date(2008, 4, 3)),
        ("GEO", TODAY, "aspirant", date(2008, 4, 3)),
        ("BIH", date(2010, 4, 21), "partner", date(2006, 12, 14)),
        ("BIH", TODAY, "aspirant", date(2010, 4, 22)),
        ("MLT", date(2000, 1, 1), "none", date(1996, 10, 27)),
        ("MLT", TODAY, "partner", date(2008, 3, 20)),
        ("FRA", date(1970, 1, 1), "member", date(1949, 4, 4)),
        ("CYP", TODAY, "none", None),
        ("XKX", TODAY, "none", None),
    ],
)
def test_a_nation_has_one_status_at_a_time(
    nato: Alliance, nation: str, on: date, status: str, since: date | None
) -> None:
    assert nato.status(code(nation), on) == status
    assert nato.since(code(nation), on) == since


def test_in_1950_there_were_twelve_members_and_no_partners(nato: Alliance) -> None:
    on = date(1950, 6, 1)

    assert nato.members_of(NATO, on) == MEMBERS_OF_1950
    assert nato.members_of(CommunityCode("PARTNERSHIP"), on) == MEMBERS_OF_1950
    assert nato.members_of(CommunityCode("EAPC"), on) == set()
    assert nato.members_of(CommunityCode("PFP"), on) == set()
    assert {nato.status(nation, on) for nation in nato.nations} == {
        Status.MEMBER,
        Status.NONE,
    }


@pytest.mark.parametrize(
    ("community", "closed", "open_"),
    [
        ("NATO", 32, 32),
        ("EAPC", 48, 50),
        ("PFP", 16, 18),
        ("MD", 7, 7),
        ("ICI", 4, 4),
        ("PATG", 8, 9),
        ("IP4", 4, 4),
        ("PARTNERSHIP", 67, 70),
        ("NUC", 33, 33),
        ("FVEY", 5, 5),
    ],
)
def test_a_community_has_so_many_nations_today(
    nato: Alliance, community: str, closed: int, open_: int
) -> None:
    found = CommunityCode(community)

    assert len(nato.members_of(found, TODAY)) == closed
    assert len(nato.members_of(found, TODAY, with_suspended=True)) == open_


def test_communities_whose_nations_are_not_in_the_facts_are_known_by_name_only(
    nato: Alliance,
) -> None:
    unknown = {each.code for each in nato.communities.values() if not each.known}

    assert unknown == {"IP", "PARP", "ISAF", "RESOLUTE SUPPORT", "KFOR", "EU"}


def test_a_council_is_of_its_own_nation_only(nato: Alliance) -> None:
    on = date(2010, 1, 1)
    members = nato.members_of(NATO, on)

    assert nato.members_of(CommunityCode("NUC"), on) - members == {"UKR"}
    assert nato.members_of(CommunityCode("NGC"), on) - members == {"GEO"}
    assert nato.members_of(CommunityCode("NRC"), on) - members == {"RUS"}
    assert nato.members_of(CommunityCode("NRC"), TODAY) == nato.members_of(NATO, TODAY)


@pytest.mark.parametrize(
    ("text", "nation"),
    [
        ("UK", "GBR"),
        ("USA", "USA"),
        ("Georgia", "GEO"),
        ("FYR", "MKD"),
        ("BLG", "BGR"),
        ("Türkiye", "TUR"),
        ("TURKEY", "TUR"),
        ("Korea, Republic of", "KOR"),
        ("MD", None),
        ("NATO", None),
    ],
)
def test_old_codes_and_common_names_are_understood(
    nato: Alliance, text: str, nation: str | None
) -> None:
    assert nato.nation(text) == nation


def test_members_is_another_name_of_nato_and_includes_its_body(nato: Alliance) -> None:
    assert nato.community("members") == NATO
    assert nato.communities[NATO].includes_body


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("NATO UNCLASSIFIED", 0),
        ("nr", 1),
        ("NATO CONFIDENTIEL", 2),
        ("NATO SECRET", 3),
        ("COSMIC TRÈS SECRET", 4),
        ("NATO TOP SECRET", None),
    ],
)
def test_levels_are_found_in_both_languages(
    nato: Alliance, text: str, level: int | None
) -> None:
    assert nato.level(text) == level


def test_only_unclassified_is_below_the_default_clearance(nato: Alliance) -> None:
    assert nato.default_clearance == 0


def test_tlp_is_read_as_the_alliance_reads_it(nato: Alliance) -> None:
    rules = {
        rule.word: (rule.audience, rule.open, rule.names_add, rule.no_onward_release)
        for rule in nato.pack.tlp
    }

    assert rules == {
        "CLEAR": ("PUBLIC", False, False, False),
        "GREEN": ("PARTNERSHIP", True, False, False),
        "AMBER": ("NATO", True, True, False),
        "AMBER+STRICT": ("NATO", True, True, True),
        "RED": ("ORIGINATOR", False, True, False),
    }


def test_only_membership_carries_collective_defence(nato: Alliance) -> None:
    carrying = {
        each.id
        for each in nato.frameworks.values()
        if each.assurance.collective_defence or each.assurance.mutual_defence
    }

    assert len(nato.frameworks) == 29
    assert carrying == {"membership"}
    assert nato.participants("membership", TODAY) == nato.members_of(NATO, TODAY)


def test_frameworks_have_their_participants_of_the_day(nato: Alliance) -> None:
    assert len(nato.participants("pfp", TODAY)) == 18
    assert len(nato.participants("eapc", TODAY)) == 50
    assert nato.participants("eapc", date(1997, 5, 29)) == set()
    assert nato.participants("map", date(2003, 1, 1)) == {
        *("ALB", "BGR", "EST", "HRV", "LTU", "LVA", "MKD", "ROU", "SVK", "SVN")
    }
    assert nato.participants("parp", TODAY) == set()
    assert "AUT" in nato.frameworks["parp"].mentioned


def test_a_dated_participation_keeps_how_much_of_its_date_is_known(
    nato: Alliance,
) -> None:
    egypt = next(
        each for each in nato.participations("md") if each.nation == code("EGY")
    )

    assert (egypt.since, egypt.precision) == (date(1995, 2, 1), "month")


def test_an_accession_ends_partnership_as_the_record_of_sweden_does(
    nato: Alliance,
) -> None:
    since = date(2027, 6, 1)
    accession = StatusChanged(nation=code("BIH"), status=Status.MEMBER, since=since)

    joined = nato.with_change(accession)

    assert len(joined.members_of(NATO, since)) == 33
    assert [each.framework for each in joined.frameworks_of(code("BIH"), since)] == [
        "eapc",
        "nuc",
        "membership",
    ]


def moved(
    alliance: Alliance, nation: str, framework: str, *, joined: bool = True
) -> Alliance:
    return alliance.with_change(
        ParticipationChanged(
            nation=code(nation), framework=framework, joined=joined, since=TODAY
        )
    )


def test_who_joins_the_partnership_becomes_a_partner_and_no_member(
    nato: Alliance,
) -> None:
    joined = moved(nato, "CYP", "pfp")
    eve = TODAY - timedelta(days=1)

    assert joined.status(code("CYP"), TODAY) is Status.PARTNER
    assert joined.status(code("CYP"), eve) is Status.NONE
    for community in ("PFP", "EAPC", "PARTNERSHIP"):
        assert "CYP" in joined.members_of(CommunityCode(community), TODAY)
        assert "CYP" not in joined.members_of(CommunityCode(community), eve)
    assert len(joined.members_of(NATO, TODAY)) == 32
    assert [each.framework for each in joined.frameworks_of(code("CYP"), TODAY)] == [
        "pfp",
        "eapc",
    ]


def test_who_leaves_takes_part_until_that_day_and_may_come_back(
    nato: Alliance,
) -> None:
    left = moved(nato, "MLT", "pfp", joined=False)
    back = moved(left, "MLT", "pfp")

    assert left.status(code("MLT"), TODAY) is Status.NONE
    assert "MLT" in left.participants("pfp", TODAY - timedelta(days=1))
    assert "MLT" not in left.participants("pfp", TODAY)
    assert "MLT" in back.participants("pfp", TODAY)


def test_a_framework_that_no_word_carries_is_joined_by_a_seat(nato: Alliance) -> None:
    joined = moved(nato, "CHE", "parp")
    left = moved(joined, "CHE", "parp", joined=False)

    assert joined.participants("parp", TODAY) == {"CHE"}
    assert joined.status(code("CHE"), TODAY) is nato.status(code("CHE"), TODAY)
    assert left.participants("parp", TODAY) == set()


def test_a_council_of_members_takes_in_others_by_a_seat(nato: Alliance) -> None:
    left = moved(nato, "UKR", "nuc", joined=False)

    assert left.participants("nuc", TODAY) == left.members_of(NATO, TODAY)
    assert "UKR" in left.participants("nuc", TODAY - timedelta(days=1))


def test_what_was_recorded_here_says_so(nato: Alliance) -> None:
    for framework in ("pfp", "parp"):
        found = moved(nato, "CYP", framework).frameworks_of(code("CYP"), TODAY)
        assert found[0].note == "recorded by this hub"


def test_who_accedes_leaves_what_it_had_joined(nato: Alliance) -> None:
    joined = moved(nato, "CYP", "pfp")

    member = joined.with_change(
        StatusChanged(
            nation=code("CYP"), status=Status.MEMBER, since=TODAY + timedelta(days=9)
        )
    )

    assert "CYP" not in member.participants("pfp", TODAY + timedelta(days=9))
    assert "CYP" in member.participants("pfp", TODAY + timedelta(days=8))
