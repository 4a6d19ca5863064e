import pytest

from foedus.alliance.nations import Alliance
from foedus.errors import NotFoundError
from foedus.guidance.glossary import Found, look_up, mistake_sheet, question_sheet
from tests.guidance.conftest import TODAY


def found(alliance: Alliance, text: str) -> Found:
    return look_up(alliance, text, TODAY)


@pytest.mark.parametrize("text", ["PfP", "pfp", "  Partnership   for Peace ", "PFP"])
def test_a_term_is_found_by_its_name_or_alias_in_any_case(
    nato: Alliance, text: str
) -> None:
    answer = found(nato, text)

    assert answer.match == "exact"
    assert [(each.term, each.framework) for each in answer.terms] == [("PfP", "pfp")]


def test_a_part_of_a_name_finds_every_term_with_it(nato: Alliance) -> None:
    answer = found(nato, "article")

    assert answer.match == "part"
    assert {"Article 4", "Article 5"} <= {each.term for each in answer.terms}


def test_what_is_misspelt_finds_what_is_near(nato: Alliance) -> None:
    answer = found(nato, "Interoperabillity")

    assert answer.match == "near"
    assert [each.term for each in answer.terms] == ["Interoperability"]


def test_mistakes_and_questions_are_found_by_their_words(nato: Alliance) -> None:
    answer = found(nato, "deposited")

    assert "invitee_protected" in [each.id for each in answer.mistakes]


def test_nothing_near_is_refused(nato: Alliance) -> None:
    with pytest.raises(NotFoundError, match="nothing in the glossary is called"):
        found(nato, "qqqqqqqq")


def test_every_mistake_and_question_is_told_with_its_sources(nato: Alliance) -> None:
    for mistake in nato.pack.mistakes:
        assert mistake_sheet(nato, mistake, TODAY).source
    for question in nato.pack.questions:
        assert question_sheet(nato, question).source


def test_a_mistake_that_the_data_shows_says_so(nato: Alliance) -> None:
    sheets = [mistake_sheet(nato, each, TODAY) for each in nato.pack.mistakes]

    assert sum(each.example is not None for each in sheets) >= 10
