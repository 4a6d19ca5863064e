from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foedus.alliance.nations import Alliance
from foedus.alliance.pack import load_pack
from foedus.alliance.statuses import Status
from foedus.ids import CommunityCode

NATO = Alliance.from_pack(load_pack("nato"))
MEMBERS = CommunityCode("MEMBERS")
PILOTS = CommunityCode("PILOTS")
NORTH_QUAY = CommunityCode("NORTH QUAY")

CODES = st.sampled_from(sorted(NATO.communities))
DAYS = st.dates(date(1940, 1, 1), date(2040, 1, 1))


def test_a_community_by_word_begins_with_its_own_first_day(harbour: Alliance) -> None:
    assert harbour.members_of(PILOTS, date(1964, 12, 31)) == set()
    assert harbour.members_of(PILOTS, date(1965, 1, 1)) == {"QMC"}


def test_closed_resolution_leaves_out_the_suspended_and_open_keeps_them(
    harbour: Alliance,
) -> None:
    on = date(2005, 1, 1)

    assert harbour.members_of(PILOTS, on) == {"QMC"}
    assert harbour.members_of(PILOTS, on, with_suspended=True) == {"QMC", "QMD"}


def test_a_union_has_the_nations_of_its_parts(harbour: Alliance) -> None:
    assert harbour.members_of(NORTH_QUAY, date(1994, 12, 31)) == {"QMA", "QMB"}
    assert harbour.members_of(NORTH_QUAY, date(1995, 1, 1)) == {"QMA", "QMB", "QMD"}
    assert harbour.members_of(NORTH_QUAY, date(2000, 1, 1)) == {"QMA", "QMB"}
    assert harbour.members_of(NORTH_QUAY, date(2010, 1, 1)) == {"QMA", "QMB", "QMD"}
    assert harbour.members_of(NORTH_QUAY, date(2020, 1, 1)) == {"QMA", "QMB"}


def test_a_community_that_is_not_known_consists_of_nobody(harbour: Alliance) -> None:
    code = CommunityCode("LIGHTKEEPERS")

    assert harbour.members_of(code, date(2026, 1, 1), with_suspended=True) == set()


@pytest.mark.parametrize(
    ("on", "since"),
    [
        (date(1899, 1, 1), date.min),
        (date(1929, 12, 31), date(1900, 5, 1)),
        (date(1940, 1, 1), date(1930, 1, 1)),
        (date(2026, 1, 1), date(1950, 1, 1)),
    ],
)
def test_a_generation_begins_when_the_set_of_nations_changed(
    harbour: Alliance, on: date, since: date
) -> None:
    assert harbour.generation(MEMBERS, on) == since


@given(code=CODES, on=DAYS)
def test_every_generation_resolves_to_the_nations_of_its_first_day(
    code: CommunityCode, on: date
) -> None:
    since = NATO.generation(code, on)

    assert since <= on
    assert NATO.members_of(code, since) == NATO.members_of(code, on)


@given(code=CODES, on=DAYS)
def test_nobody_without_standing_is_in_a_closed_resolution(
    code: CommunityCode, on: date
) -> None:
    closed = NATO.members_of(code, on)
    everybody = NATO.members_of(code, on, with_suspended=True)

    assert closed == {nation for nation in everybody if NATO.standing(nation, on)}


@given(code=CODES, on=DAYS)
def test_nothing_changes_on_a_day_that_is_no_day_of_change(
    code: CommunityCode, on: date
) -> None:
    following = NATO.next_change(on)
    last = date(2050, 1, 1) if following is None else following - timedelta(days=1)

    assert NATO.members_of(code, last) == NATO.members_of(code, on)
    assert [NATO.status(nation, last) for nation in NATO.nations] == [
        NATO.status(nation, on) for nation in NATO.nations
    ]


def test_a_community_of_statuses_sees_what_lies_under_suspension() -> None:
    on = date(2022, 1, 1)
    partnership = CommunityCode("PARTNERSHIP")

    assert NATO.status(NATO.pack.nations[0].code, on) is Status.SUSPENDED
    assert "AFG" in NATO.members_of(partnership, on, with_suspended=True)
    assert "AFG" not in NATO.members_of(partnership, on)
