from datetime import date

import pytest

from foedus.alliance.frameworks import (
    framework_lines,
    framework_sheet,
    named_framework,
)
from foedus.alliance.nations import Alliance
from foedus.errors import NotFoundError

TODAY = date(2026, 11, 23)


def test_every_framework_but_membership_says_that_it_promises_no_defence(
    nato: Alliance,
) -> None:
    for line in framework_lines(nato, TODAY):
        promised = "collective defence" not in line.not_promised
        assert promised is (line.id == "membership")


def test_participants_are_told_with_their_status_so_that_none_seems_a_member(
    nato: Alliance,
) -> None:
    sheet = framework_sheet(nato, "pfp", TODAY)
    statuses = {each.nation: each.status for each in sheet.history if each.now}

    assert sheet.participants == len(statuses) == 18
    assert set(statuses.values()) == {"partner", "aspirant", "suspended"}
    assert statuses["UKR"] == "aspirant"


def test_who_took_part_stays_in_the_history_with_the_day_it_ended(
    nato: Alliance,
) -> None:
    sheet = framework_sheet(nato, "pfp", TODAY)

    sweden = next(each for each in sheet.history if each.nation == "SWE")

    assert (sweden.now, str(sweden.until), sweden.status) == (
        False,
        "2024-03-07",
        "member",
    )


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("PFP", "pfp"),
        ("partnership for peace", "pfp"),
        ("occ e&f", "occ_ef"),
        ("Enhanced Opportunities Partner", "eop"),
    ],
)
def test_a_framework_is_found_by_id_name_and_word_of_the_glossary(
    nato: Alliance, text: str, found: str
) -> None:
    assert named_framework(nato, text).id == found


def test_an_unknown_framework_is_refused_with_what_is_near(nato: Alliance) -> None:
    with pytest.raises(NotFoundError, match="did you mean parp"):
        named_framework(nato, "parpp")
    with pytest.raises(NotFoundError, match="Organization; list the frameworks"):
        named_framework(nato, "qqqqq")


def test_a_framework_says_where_its_record_is_from(nato: Alliance) -> None:
    for framework in nato.frameworks:
        sheet = framework_sheet(nato, framework, TODAY)
        assert sheet.source, framework
        assert sheet.basis
