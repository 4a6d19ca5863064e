"""One nation, what it might become, and who reads."""

import pytest

from foedus.alliance.statuses import Status
from foedus.errors import InvalidInputError, NotFoundError, TooLargeError
from foedus.planning.cases import members, said
from foedus.releasability.labels import print_label
from tests.planning.assessing import BEFORE_FINLAND, TODAY, Stage


def test_a_case_has_the_alliance_without_and_with_and_records_nothing(
    stage: Stage,
) -> None:
    head = stage.hub.log.head()
    with stage.case("Moldova", "member") as case:
        assert case.nation == "MDA"
        assert case.before.status(case.nation, TODAY) is Status.PARTNER
        assert case.after.status(case.nation, TODAY) is Status.MEMBER
        assert members(case.after, TODAY) - members(case.before, TODAY) == {"MDA"}
        assert case.seen.access.alliance is case.before
    assert stage.hub.log.head() == head


def test_partnership_moves_no_membership(stage: Stage) -> None:
    with stage.case("MDA", "itpp") as case:
        assert members(case.before, TODAY) == members(case.after, TODAY)


def test_a_case_of_long_ago_is_of_the_members_of_then(stage: Stage) -> None:
    with stage.case("FIN", "member", on=BEFORE_FINLAND, together=("Sweden",)) as case:
        assert len(members(case.before, case.on)) == 30
        assert case.together == ("FIN", "SWE")


def test_a_printed_label_is_read_back_as_it_was(stage: Stage) -> None:
    with stage.case("MDA", "member") as case:
        text = "NATO RESTRICTED // REL TO NATO 2024-03-07"
        alliance = case.seen.access.alliance

        assert print_label(said(case, text, case.nation).label, alliance) == text


@pytest.mark.parametrize(
    ("nation", "together", "error"),
    [
        ("Atlantis", (), NotFoundError),
        ("MDA", ("Moldova",), InvalidInputError),
        ("MDA", ("UKR", "GEO", "BIH", "ARM"), TooLargeError),
    ],
)
def test_who_is_unknown_named_twice_or_one_too_many_is_refused(
    stage: Stage, nation: str, together: tuple[str, ...], error: type[Exception]
) -> None:
    with pytest.raises(error), stage.case(nation, "member", together=together):
        pass
