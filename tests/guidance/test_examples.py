"""What the data shows mistakes by, held against the alliance itself."""

from datetime import date

import pytest

from foedus.alliance.events import StatusChanged
from foedus.alliance.guidebook import Example
from foedus.alliance.nations import Alliance
from foedus.alliance.statuses import Status
from foedus.guidance.examples import shown_by
from foedus.ids import NationCode
from tests.guidance.conftest import TODAY


def shown(alliance: Alliance, mistake: str, on: date = TODAY) -> str:
    found = next(each for each in alliance.pack.mistakes if each.id == mistake)
    assert found.example is not None, "it has one"
    return shown_by(alliance, found.example, on)


@pytest.mark.parametrize(
    ("mistake", "says"),
    [
        ("count_31", "On 2026-11-23 there are 32 members."),
        (
            "partnership_is_membership",
            "none of them is a member: United Arab Emirates, Armenia",
        ),
        ("invitee_protected", "On 2026-11-23 nobody is invitee."),
        ("everyone_in_eapc_active", "Belarus, Russian Federation stand as suspended"),
        ("baltic_partners", "Estonia has the status member since 2004-03-29"),
        ("limited_assurance", "promise collective defence: Membership of the North"),
        (
            "eop_forever",
            "Australia, Georgia, Jordan, Ukraine take part in Enhanced Opportunities",
        ),
        ("eop_forever", "Left: Finland (2023-04-04), Sweden (2024-03-07)."),
        ("signature_date_is_accession", "Sweden: applied 2022-05-18"),
        ("ignore_politics", "deposit 2024-03-07"),
    ],
)
def test_a_mistake_is_shown_by_the_data_of_the_day(
    nato: Alliance, mistake: str, says: str
) -> None:
    assert says in shown(nato, mistake)


def test_the_example_follows_the_day_and_the_log(nato: Alliance) -> None:
    joined = StatusChanged(nation=NationCode("BIH"), status=Status.MEMBER, since=TODAY)

    assert "31 members" in shown(nato, "count_31", date(2024, 3, 6))
    assert "33 members" in shown(nato.with_change(joined), "count_31")
    assert "Finland, Sweden stand as invitee" in shown(
        nato, "invitee_protected", date(2022, 8, 1)
    )


def test_before_anybody_joined_nobody_is_shown(nato: Alliance) -> None:
    example = Example(show="accessions")

    assert shown_by(nato, example, date(1990, 1, 1)) == (
        "Nobody had joined so by 1990-01-01."
    )
