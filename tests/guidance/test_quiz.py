from datetime import date, timedelta

from foedus.alliance.nations import Alliance
from foedus.guidance.quiz import QUESTIONS, QUESTIONS_MAX, Question, quiz_of
from tests.guidance.conftest import TODAY


def asked(alliance: Alliance, on: date = TODAY) -> dict[str, Question]:
    quiz = quiz_of(alliance, on, count=QUESTIONS_MAX)
    return {each.id: each for each in quiz.questions}


def right(question: Question) -> str:
    return question.choices[question.answer]


def test_a_day_has_one_quiz_and_the_next_day_another(nato: Alliance) -> None:
    def ids(on: date) -> list[str]:
        return [each.id for each in quiz_of(nato, on).questions]

    assert len(ids(TODAY)) == QUESTIONS
    assert ids(TODAY) == ids(TODAY)
    assert ids(TODAY) != ids(TODAY + timedelta(days=1))


def test_only_membership_is_said_to_promise_collective_defence(nato: Alliance) -> None:
    answers = {
        name.removeprefix("framework-"): right(each)
        for name, each in asked(nato).items()
        if name.startswith("framework-")
    }

    assert [name for name, answer in answers.items() if answer == "yes"] == [
        "membership"
    ]


def test_a_joiner_is_a_member_from_its_deposit(nato: Alliance) -> None:
    sweden = asked(nato)["joiner-SWE"]

    assert right(sweden) == "2024-03-07"
    assert "2024-03-11" in sweden.choices


def test_members_are_counted_on_the_day(nato: Alliance) -> None:
    assert right(asked(nato, date(2023, 4, 3))["members"]) == "30"


def test_every_answer_says_why_with_a_source(nato: Alliance) -> None:
    for question in asked(nato).values():
        assert question.why.source
        assert len(set(question.choices)) == len(question.choices) > 1


def test_the_right_choice_is_not_always_the_first(nato: Alliance) -> None:
    assert {each.answer for each in asked(nato).values()} >= {0, 1}
