"""The living guide: three steps, frameworks, words, mistakes, questions, a quiz."""

from datetime import date
from typing import Annotated, Final

import msgspec

from foedus.alliance.events import ParticipationChanged
from foedus.alliance.frameworks import (
    FrameworkLine,
    FrameworkSheet,
    framework_lines,
    framework_sheet,
)
from foedus.api.nations import DayQuery
from foedus.api.operations import (
    Answer,
    Asked,
    Closed,
    Door,
    Keep,
    Operation,
    Part,
)
from foedus.guidance.glossary import (
    Found,
    MistakeSheet,
    QuestionSheet,
    TermSheet,
    look_up,
    mistake_sheet,
    question_sheet,
    term_sheet,
)
from foedus.guidance.guide import guide_of
from foedus.guidance.quiz import QUESTIONS, QUESTIONS_MAX, Quiz, quiz_of
from foedus.guidance.sheets import Guide
from foedus.hub import ParticipationChange
from foedus.ids import NationCode
from foedus.processes.guiding import ways_of

WORDS_MAX = 100
"""Characters of what is looked up."""


class Sought(DayQuery, frozen=True, kw_only=True):
    """What is looked up.

    Attributes:
        q: a term, an alias, or words of a mistake or a question.
    """

    q: Annotated[str, msgspec.Meta(min_length=1, max_length=WORDS_MAX)]


class QuizQuery(DayQuery, frozen=True, kw_only=True):
    """Which quiz.

    Attributes:
        count: how many questions.
    """

    count: Annotated[int, msgspec.Meta(ge=1, le=QUESTIONS_MAX)] = QUESTIONS


class NewParticipation(Closed, frozen=True, kw_only=True):
    """Who joins or leaves a framework, and when.

    Attributes:
        nation: by code, name or alias.
        joined: false where it leaves.
        since: the first day, past or to come; a day begins at 00:00 UTC.
    """

    nation: Annotated[str, msgspec.Meta(min_length=1, max_length=WORDS_MAX)]
    joined: bool = True
    since: date = msgspec.field(name="from")


async def show_guide(asked: Asked) -> Answer:
    """Guide a nation through the three steps; the third is the reader's own.

    Raises:
        NotFoundError: the alliance knows no such nation.
    """
    today = asked.at.date()
    with asked.hub.reading.snapshot() as seen:
        alliance = seen.access.alliance
        ways = ways_of(seen, asked.account, url=asked.hub.public_url)
    on = asked.asks(DayQuery).as_of or today
    return Answer(
        value=guide_of(alliance, asked.parts["code"], on=on, ways=ways, today=today)
    )


async def list_frameworks(asked: Asked) -> Answer:
    """List the frameworks, with how many nations take part on a day."""
    return Answer(value=framework_lines(asked.hub.alliance, _day(asked)))


async def show_framework(asked: Asked) -> Answer:
    """Show one framework: who is in it, what it asks, what it does not promise.

    Raises:
        NotFoundError: the alliance has no such framework.
    """
    name = asked.parts["id"]
    return Answer(value=framework_sheet(asked.hub.alliance, name, _day(asked)))


async def change_participation(asked: Asked) -> Answer:
    """Record that a nation joins or leaves a framework.

    Raises:
        ForbiddenError: the one who asks is not of the secretariat or an operator.
        NotFoundError: the alliance knows no such nation or framework.
        RuleViolationError: the change says nothing new, or cannot be.
        ConflictError: somebody was faster.
    """
    sent = asked.sends(NewParticipation)
    change = await asked.hub.change_participation(
        asked.account,
        asked.act,
        ParticipationChanged(
            nation=NationCode(sent.nation),
            framework=asked.parts["id"],
            joined=sent.joined,
            since=sent.since,
        ),
    )
    return Answer(value=change)


async def list_terms(asked: Asked) -> Answer:
    """List the glossary."""
    alliance = asked.hub.alliance
    return Answer(value=[term_sheet(alliance, each) for each in alliance.pack.glossary])


async def search_glossary(asked: Asked) -> Answer:
    """Look a word up, among terms, mistakes and questions.

    Raises:
        NotFoundError: nothing is called so or near it.
    """
    query = asked.asks(Sought)
    return Answer(value=look_up(asked.hub.alliance, query.q, _day(asked)))


async def list_mistakes(asked: Asked) -> Answer:
    """List the common mistakes, each with what the data shows it by on a day."""
    alliance, on = asked.hub.alliance, _day(asked)
    return Answer(
        value=[mistake_sheet(alliance, each, on) for each in alliance.pack.mistakes]
    )


async def list_questions(asked: Asked) -> Answer:
    """List questions with their answers."""
    alliance = asked.hub.alliance
    return Answer(
        value=[question_sheet(alliance, each) for each in alliance.pack.questions]
    )


async def show_quiz(asked: Asked) -> Answer:
    """Give the quiz of a day."""
    count = asked.asks(QuizQuery).count
    return Answer(value=quiz_of(asked.hub.alliance, _day(asked), count=count))


def _day(asked: Asked) -> date:
    assert isinstance(asked.query, DayQuery), "every operation that asks takes a day"
    return asked.query.as_of or asked.at.date()


OPERATIONS: Final = (
    Operation(
        method="GET",
        path="/api/v1/nations/{code}/guide",
        name="showGuide",
        summary="A newcomer's three steps for one nation, as of any day.",
        handler=show_guide,
        gives=Guide,
        parts={"code": Part(description="Its code, name or alias, in any case.")},
        query=DayQuery,
        keep=Keep.NOBODY,
        errors=(404,),
    ),
    Operation(
        method="GET",
        path="/api/v1/frameworks",
        name="listFrameworks",
        summary="The frameworks, how many take part, what each does not promise.",
        handler=list_frameworks,
        gives=list[FrameworkLine],
        query=DayQuery,
    ),
    Operation(
        method="GET",
        path="/api/v1/frameworks/{id}",
        name="showFramework",
        summary="One framework: participants, obligations, what it does not promise.",
        handler=show_framework,
        gives=FrameworkSheet,
        parts={"id": Part(description="Its id, its name or a word of the glossary.")},
        query=DayQuery,
        errors=(404,),
    ),
    Operation(
        method="POST",
        path="/api/v1/frameworks/{id}/participants",
        name="changeParticipation",
        summary="Record who joins or leaves; for the secretariat and operators.",
        handler=change_participation,
        gives=ParticipationChange,
        parts={"id": Part(description="Its id, its name or a word of the glossary.")},
        body=NewParticipation,
        door=Door.WRITE,
        keep=Keep.NOBODY,
        errors=(403, 404, 409, 422),
    ),
    Operation(
        method="GET",
        path="/api/v1/glossary",
        name="listTerms",
        summary="The glossary, each word with its sources.",
        handler=list_terms,
        gives=list[TermSheet],
    ),
    Operation(
        method="GET",
        path="/api/v1/glossary/search",
        name="searchGlossary",
        summary="Look a word up, among terms, mistakes and questions.",
        handler=search_glossary,
        gives=Found,
        query=Sought,
        errors=(404,),
    ),
    Operation(
        method="GET",
        path="/api/v1/mistakes",
        name="listMistakes",
        summary="Common mistakes, what is right, and what the data shows on a day.",
        handler=list_mistakes,
        gives=list[MistakeSheet],
        query=DayQuery,
    ),
    Operation(
        method="GET",
        path="/api/v1/questions",
        name="listQuestions",
        summary="Questions of newcomers with their answers.",
        handler=list_questions,
        gives=list[QuestionSheet],
    ),
    Operation(
        method="GET",
        path="/api/v1/quiz",
        name="showQuiz",
        summary="The self-check quiz of a day, with answers and why.",
        handler=show_quiz,
        gives=Quiz,
        query=QuizQuery,
    ),
)
