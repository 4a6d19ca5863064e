"""What is told of nations and communities."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foedus.alliance.events import StatusChanged
from foedus.alliance.nations import Alliance
from foedus.alliance.sheets import (
    NOW,
    acts,
    community_sheet,
    named_nation,
    nation_line,
    nation_lines,
    nation_sheet,
    status_sheet,
)
from foedus.alliance.statuses import Status
from foedus.errors import NotFoundError
from foedus.ids import NationCode

TODAY = date(2026, 11, 23)
HUN = NationCode("HUN")
DAYS = st.dates(date(1949, 1, 1), date(2030, 1, 1))


def suspended(alliance: Alliance, since: date, until: date | None = None) -> Alliance:
    """Suspend Hungary, and take it back."""
    changes = [StatusChanged(nation=HUN, status=Status.SUSPENDED, since=since)]
    if until is not None:
        changes.append(StatusChanged(nation=HUN, status=Status.MEMBER, since=until))
    return alliance.with_changes(changes)


def test_a_line_tells_the_status_of_the_day(nato: Alliance) -> None:
    line = nation_line(nato, NationCode("SWE"), date(2024, 3, 6))

    assert (line.name, line.status) == ("Sweden", Status.INVITEE)


def test_lines_are_by_code_and_of_one_status_if_wanted(nato: Alliance) -> None:
    every = nation_lines(nato, TODAY)
    members = nation_lines(nato, TODAY, Status.MEMBER)

    assert [each.code for each in every] == sorted(nato.nations)
    assert members == [each for each in every if each.status is Status.MEMBER]
    assert len(members) == 32


def test_a_sheet_tells_names_communities_and_frameworks(nato: Alliance) -> None:
    sheet = nation_sheet(nato, "republic of moldova", TODAY)

    assert (sheet.code, sheet.as_of) == ("MDA", TODAY)
    assert {"PFP", "EAPC", "PARTNERSHIP"} <= set(sheet.communities)
    assert "pfp" in {each.framework for each in sheet.frameworks}


def test_what_is_no_nation_is_not_found(nato: Alliance) -> None:
    for tell in (nation_sheet, status_sheet):
        with pytest.raises(NotFoundError):
            tell(nato, "ATL", TODAY)
    with pytest.raises(NotFoundError, match="ATL"):
        named_nation(nato, "ATL")


def test_what_lies_under_a_suspension_parts_no_span(nato: Alliance) -> None:
    whole = nato.with_changes(
        [
            StatusChanged(
                nation=NationCode("MDA"),
                status=Status.SUSPENDED,
                since=date(2025, 1, 1),
            ),
            StatusChanged(
                nation=NationCode("MDA"), status=Status.NONE, since=date(2027, 1, 1)
            ),
        ]
    )
    sheet = status_sheet(whole, "MDA", TODAY)

    assert [each.status for each in sheet.history][-1] is Status.SUSPENDED
    assert [(each.status, each.since) for each in sheet.coming] == [
        (Status.NONE, date(2027, 1, 1))
    ]


@given(day=DAYS)
def test_history_and_coming_part_at_the_day(nato: Alliance, day: date) -> None:
    sheet = status_sheet(nato, "SWE", day)

    spans = [*sheet.history, *sheet.coming]
    assert spans[0].since is None
    assert [each.until for each in spans] == [
        *(each.since for each in spans[1:]),
        None,
    ]
    assert sheet.history[-1].status is sheet.status
    assert (sheet.history[-1].until or date.max) > day


def test_a_community_is_told_with_the_terms_that_name_it(nato: Alliance) -> None:
    sheet = community_sheet(nato, "members", date(2024, 3, 7))

    assert (sheet.code, sheet.generation) == ("NATO", date(2024, 3, 7))
    assert (sheet.closed, sheet.open) == ("NATO 2024-03-07", "NATO+")
    assert sheet.includes_body
    assert len(sheet.nations) == 32


def test_who_is_suspended_is_in_the_open_term_alone(nato: Alliance) -> None:
    sheet = community_sheet(suspended(nato, date(2026, 1, 2)), "NATO", TODAY)

    assert sheet.suspended == ("HUN",)
    assert "HUN" not in sheet.nations
    assert sheet.generation == date(2026, 1, 2)
    assert (sheet.generations[-1].joined, sheet.generations[-1].left) == ((), (HUN,))


def test_who_returns_makes_a_generation_of_its_own(nato: Alliance) -> None:
    back = suspended(nato, date(2026, 1, 2), date(2026, 2, 2))
    sheet = community_sheet(back, "NATO", TODAY)

    assert sheet.suspended == ()
    assert sheet.generations[-1].joined == (HUN,)
    assert sheet.generation == date(2026, 2, 2)


@given(day=DAYS)
def test_generations_lead_step_by_step_to_the_nations_of_the_day(
    nato: Alliance, day: date
) -> None:
    sheet = community_sheet(nato, "NATO", day)

    found: set[NationCode] = set()
    for each in sheet.generations:
        found = (found | set(each.joined)) - set(each.left)
        assert len(found) == each.count
    assert tuple(sorted(found)) == sheet.nations


def test_a_membership_that_never_was_another_has_no_first_day(
    nato: Alliance,
) -> None:
    sheet = community_sheet(nato, "FVEY", TODAY)

    assert sheet.generation is None
    assert [each.since for each in sheet.generations] == [None]
    assert sheet.generations[0].joined == sheet.nations


def test_a_community_of_unknown_nations_gives_no_term(nato: Alliance) -> None:
    sheet = community_sheet(nato, "KFOR", TODAY)

    assert (sheet.known, sheet.open, sheet.closed) == (False, None, None)
    assert sheet.generations == ()


def test_what_is_no_community_is_not_found(nato: Alliance) -> None:
    with pytest.raises(NotFoundError, match="there are EAPC, EU"):
        community_sheet(nato, "ATLANTIS", TODAY)


@given(late=st.integers(min_value=1, max_value=3660))
def test_a_change_acts_from_the_later_of_its_two_dates(late: int) -> None:
    assert acts(TODAY, recorded=TODAY) == NOW
    assert acts(TODAY - timedelta(days=late), recorded=TODAY) == NOW
    later = TODAY + timedelta(days=late)
    assert acts(later, recorded=TODAY) == later.isoformat()
