"""The guide's words: glossary, common mistakes, questions, and the quiz.

- What is searched is the pack, which everybody may know.
- The quiz keeps nothing: the answers stand in the address of the page that judges them.
"""

from collections.abc import Mapping
from datetime import date
from typing import Final

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from foedus.alliance.nations import Alliance
from foedus.errors import NotFoundError
from foedus.guidance.glossary import (
    Found,
    look_up,
    mistake_sheet,
    question_sheet,
    term_sheet,
)
from foedus.guidance.quiz import Question, quiz_of
from foedus.web.days import asked_day, in_words
from foedus.web.frame import Page, Site, frame, require_session
from foedus.web.nations import today

ASKED_MAX: Final = 100
"""Characters that can be searched for."""

NOTHING: Final = Found(match="none", terms=(), mistakes=(), questions=())


class Marked(msgspec.Struct, frozen=True, kw_only=True):
    """A question of the quiz with the answer that was given.

    Attributes:
        given: the place of the choice; None where nothing was chosen.
    """

    question: Question
    given: int | None

    @property
    def is_right(self) -> bool:
        """Whether the right choice was given."""
        return self.given == self.question.answer


async def show_words(site: Site, request: Request) -> Response:
    """Search the words, mistakes and questions; all of them where nothing is asked."""
    session = require_session(site, request)
    alliance, day = site.hub.alliance, today(site.hub.clock)
    asked = request.query_params.get("q", "").strip()[:ASKED_MAX]
    return site.renderer.page(
        "words.html",
        {
            **frame(site, request, Page(title="Guide")),
            "asked": asked,
            "found": _found(alliance, asked, day),
            "nation": session.account.nation,
            "has_guide": session.account.nation in alliance.nations,
        },
    )


JUDGE: Final = "judge"
"""The parameter by which answers are judged, also if none was given."""


async def show_quiz(site: Site, request: Request) -> Response:
    """Ask the questions of a day, and judge the answers in the address."""
    require_session(site, request)
    day = asked_day(request, today(site.hub.clock))
    quiz = quiz_of(site.hub.alliance, day)
    marked = [_mark(each, request.query_params) for each in quiz.questions]
    is_chosen = any(each.given is not None for each in marked)
    is_judged = is_chosen or JUDGE in request.query_params
    return site.renderer.page(
        "quiz.html",
        {
            **frame(site, request, Page(title="Quiz")),
            "day": day.isoformat(),
            "words": in_words(day),
            "marked": marked,
            "is_judged": is_judged,
            "right": sum(each.is_right for each in marked),
        },
    )


def _found(alliance: Alliance, asked: str, day: date) -> Found:
    if not asked:
        return Found(
            match="exact",
            terms=tuple(term_sheet(alliance, each) for each in alliance.pack.glossary),
            mistakes=tuple(
                mistake_sheet(alliance, each, day) for each in alliance.pack.mistakes
            ),
            questions=tuple(
                question_sheet(alliance, each) for each in alliance.pack.questions
            ),
        )
    try:
        return look_up(alliance, asked, day)
    except NotFoundError:
        return NOTHING


def _mark(question: Question, answers: Mapping[str, str]) -> Marked:
    text = answers.get(question.id, "")
    chosen = int(text) if text.isascii() and text.isdigit() and len(text) == 1 else None
    if chosen is not None and chosen >= len(question.choices):
        chosen = None
    return Marked(question=question, given=chosen)
