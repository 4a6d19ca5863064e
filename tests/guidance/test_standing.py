"""Where a nation stands; partnership is never told as membership."""

from datetime import date

import pytest

from foedus.alliance.events import StatusChanged
from foedus.alliance.nations import Alliance
from foedus.alliance.statuses import Status
from foedus.guidance.standing import is_outside, lacks, standing
from foedus.ids import NationCode
from tests.guidance.conftest import TODAY


def told(alliance: Alliance, nation: str, on: date = TODAY) -> list[str]:
    return [each.text for each in standing(alliance, NationCode(nation), on)]


@pytest.mark.parametrize(
    "on", [date(1950, 1, 1), date(2003, 6, 1), date(2022, 8, 1), TODAY]
)
def test_no_nation_outside_the_alliance_is_told_to_be_a_member(
    nato: Alliance, on: date
) -> None:
    for code, nation in nato.nations.items():
        first, *rest = told(nato, code, on)
        said = f"{nation.name} is a member" in " ".join([first, *rest])
        assert said is (nato.status(code, on) is Status.MEMBER), code


@pytest.mark.parametrize("on", [date(2003, 6, 1), TODAY])
def test_each_framework_of_a_nation_outside_says_that_it_is_no_member(
    nato: Alliance, on: date
) -> None:
    for code in nato.nations:
        if is_outside(nato, code, on):
            taken = nato.frameworks_of(code, on)
            name = nato.nations[code].name
            warned = [
                text
                for text in told(nato, code, on)
                if "does not promise" in text and f"{name} is not a member" in text
            ]
            assert len(warned) == len(taken), code


def test_a_member_is_told_the_articles_that_oblige_it(nato: Alliance) -> None:
    texts = told(nato, "SWE")

    assert texts[0] == "Sweden is a member; so since 2024-03-07."
    for article in (1, 2, 3, 4, 5, 8):
        assert any(text.startswith(f"Owed under Article {article}:") for text in texts)
    assert not any(text.startswith("Owed under Article 10:") for text in texts)
    assert any("common funding" in text for text in texts)
    assert not any(text.startswith("Owed under NATO-Ukraine") for text in texts)


def test_an_invitee_is_told_that_only_the_last_step_makes_a_member(
    nato: Alliance,
) -> None:
    eve = told(nato, "SWE", date(2024, 3, 6))

    assert eve[0].startswith("Sweden is an invitee: it is not a member")
    assert any("only the last step" in text and "9. " in text for text in eve)
    assert "Recorded for 2024-03-07: status member." in eve


def test_a_nation_without_any_framework_is_told_that_it_owes_nothing(
    nato: Alliance,
) -> None:
    texts = told(nato, "CYP")

    assert "neither a member nor a partner" in texts[0]
    assert "Contact: no formal framework." in texts[0]
    assert "takes part in no framework" in texts[1]


def test_a_mention_without_dates_is_no_participation(nato: Alliance) -> None:
    texts = told(nato, "AUT", date(2024, 1, 1))

    assert any("A source names AUT in PfP Planning" in text for text in texts)
    assert not any("Takes part in PfP Planning" in text for text in texts)


def test_a_suspended_member_is_not_told_to_be_no_member(nato: Alliance) -> None:
    change = StatusChanged(
        nation=NationCode("PRT"), status=Status.SUSPENDED, since=TODAY
    )

    texts = told(nato.with_change(change), "PRT")

    assert texts[0].startswith("Portugal is suspended")
    assert not any("Portugal is not a member" in text for text in texts)


def test_a_recorded_status_is_cited_as_the_hubs_own(nato: Alliance) -> None:
    change = StatusChanged(nation=NationCode("CYP"), status=Status.PARTNER, since=TODAY)

    first, *_ = standing(nato.with_change(change), NationCode("CYP"), TODAY)

    assert (first.basis, first.source[0].sid) == ("recorded", "hub")


def test_what_is_not_promised_is_named(nato: Alliance) -> None:
    assert lacks(nato.frameworks["pfp"].assurance) == (
        "does not promise collective defence or mutual defence"
    )
    assert lacks(nato.frameworks["membership"].assurance) == ""


def test_a_pack_without_a_treaty_gives_a_member_its_frameworks_obligations(
    harbour: Alliance,
) -> None:
    assert told(harbour, "QMA")[0].startswith("Aldwater is a member")
