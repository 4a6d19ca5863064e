"""What a nation may be assessed to become."""

from datetime import date

import pytest

from foedus.alliance.events import ParticipationChanged, StatusChanged
from foedus.alliance.nations import Alliance
from foedus.alliance.pack import load_pack
from foedus.alliance.statuses import Status
from foedus.errors import InvalidInputError, RuleViolationError
from foedus.ids import NationCode
from foedus.planning.targets import possible, read_target

ON = date(2026, 11, 23)
MDA, FIN = NationCode("MDA"), NationCode("FIN")


@pytest.fixture(scope="module")
def nato() -> Alliance:
    return Alliance.from_pack(load_pack("nato"))


def test_a_status_is_named_by_its_word_in_any_case(nato: Alliance) -> None:
    target, change = read_target(nato, MDA, " Member ", ON)

    assert (target.kind, target.key, target.word) == ("status", "member", "member")
    assert isinstance(change, StatusChanged)
    assert nato.with_change(change).status(MDA, ON) is Status.MEMBER


def test_a_framework_is_named_by_its_id_name_or_word(nato: Alliance) -> None:
    by_id, change = read_target(nato, MDA, "itpp", ON)
    by_name, _ = read_target(
        nato, MDA, "individually tailored partnership programme", ON
    )

    assert by_id == by_name
    assert (by_id.kind, by_id.word) == ("framework", "framework")
    assert isinstance(change, ParticipationChanged)
    assert MDA in nato.with_change(change).participants("itpp", ON)


def test_the_framework_that_is_membership_is_the_status(nato: Alliance) -> None:
    assert read_target(nato, MDA, "membership", ON)[0].key == "member"


def test_what_is_neither_is_refused_with_what_is_possible(nato: Alliance) -> None:
    with pytest.raises(InvalidInputError, match=r"Possible for MDA .*member.*itpp"):
        read_target(nato, MDA, "associate", ON)


@pytest.mark.parametrize(
    ("nation", "text", "why"),
    [
        (FIN, "member", "has the status member"),
        (FIN, "pfp", "partnership ends with membership"),
        (MDA, "pfp", "takes part in Partnership for Peace"),
        (MDA, "nacc", "ended on 1997-05-30"),
        (NationCode("XKX"), "eapc", "follows from"),
    ],
)
def test_what_it_has_or_cannot_is_refused_with_what_is_possible(
    nato: Alliance, nation: NationCode, text: str, why: str
) -> None:
    with pytest.raises(RuleViolationError, match=why) as refused:
        read_target(nato, nation, text, ON)
    assert "Possible for" in refused.value.detail


def test_everything_that_is_said_to_be_possible_is(nato: Alliance) -> None:
    for each in possible(nato, MDA, ON):
        assert read_target(nato, MDA, each.key, ON)[0] == each
