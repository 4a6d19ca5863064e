"""Words, mistakes and questions of newcomers, and how they are searched.

A term is found by its name or an alias; else by a part of one; else by what is near.
Mistakes and questions are found by the words in them. Nothing is ranked by counting
words, and everything found is of the pack, which everybody may know.
"""

from collections.abc import Iterable
from datetime import date
from difflib import get_close_matches
from typing import Literal

import msgspec

from foedus.alliance.citing import Citation, citations
from foedus.alliance.guidebook import Answered, Mistake, Term
from foedus.alliance.nations import Alliance, fold_name
from foedus.alliance.sourced import Basis
from foedus.errors import NotFoundError
from foedus.guidance.examples import shown_by
from foedus.guidance.sheets import Item, from_hub

NEAR_MAX = 5
"""Terms that are shown where none is called as asked."""

WORDS_MAX = 60
"""Characters of what is asked that are compared with what there is."""

Match = Literal["exact", "part", "near", "none"]
"""How terms were found."""


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """What is told with its sources.

    Attributes:
        source: where it is from.
        as_of: the day up to which it was looked at.
    """

    source: tuple[Citation, ...]
    basis: Basis
    as_of: date


class TermSheet(Told, frozen=True, kw_only=True):
    """A word, and what it means here.

    Attributes:
        framework: the framework that it names; empty where none.
    """

    term: str
    definition: str
    aliases: tuple[str, ...]
    framework: str
    holder: str


class MistakeSheet(Told, frozen=True, kw_only=True):
    """A mistake, what is right, and what the hub's data shows it by, if anything."""

    id: str
    mistake: str
    correction: str
    example: Item | None


class QuestionSheet(Told, frozen=True, kw_only=True):
    """A question with its answer."""

    id: str
    question: str
    answer: str


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """What a search found.

    Attributes:
        match: how the terms were found.
    """

    match: Match
    terms: tuple[TermSheet, ...]
    mistakes: tuple[MistakeSheet, ...]
    questions: tuple[QuestionSheet, ...]


def look_up(alliance: Alliance, text: str, on: date) -> Found:
    """Search the words, the mistakes and the questions.

    Raises:
        NotFoundError: nothing is called so, says so, or is near.
    """
    wanted = fold_name(text)[:WORDS_MAX]
    match, terms = _terms(alliance.pack.glossary, wanted)
    wrong = [
        each
        for each in alliance.pack.mistakes
        if _says(wanted, (each.mistake, each.correction))
    ]
    asked = [
        each
        for each in alliance.pack.questions
        if _says(wanted, (each.question, each.answer))
    ]
    if not (terms or wrong or asked):
        raise NotFoundError(
            f"nothing in the glossary is called {text!r} or near it; list all of it "
            "without a term"
        )
    return Found(
        match=match,
        terms=tuple(term_sheet(alliance, each) for each in terms),
        mistakes=tuple(mistake_sheet(alliance, each, on) for each in wrong),
        questions=tuple(question_sheet(alliance, each) for each in asked),
    )


def term_sheet(alliance: Alliance, term: Term) -> TermSheet:
    """Tell of one word."""
    return TermSheet(
        term=term.term,
        definition=term.definition,
        aliases=term.aliases,
        framework=term.framework,
        holder=term.holder,
        source=citations(alliance, term.sources),
        basis=term.basis,
        as_of=term.as_of,
    )


def mistake_sheet(alliance: Alliance, mistake: Mistake, on: date) -> MistakeSheet:
    """Tell of one mistake, with what the data shows on a day."""
    example = mistake.example
    return MistakeSheet(
        id=mistake.id,
        mistake=mistake.mistake,
        correction=mistake.correction,
        example=(
            from_hub(alliance, on, shown_by(alliance, example, on)) if example else None
        ),
        source=citations(alliance, mistake.sources),
        basis=mistake.basis,
        as_of=mistake.as_of,
    )


def question_sheet(alliance: Alliance, question: Answered) -> QuestionSheet:
    """Tell of one question."""
    return QuestionSheet(
        id=question.id,
        question=question.question,
        answer=question.answer,
        source=citations(alliance, question.sources),
        basis=question.basis,
        as_of=question.as_of,
    )


def _terms(glossary: Iterable[Term], wanted: str) -> tuple[Match, list[Term]]:
    called: dict[str, Term] = {}
    for term in glossary:
        for name in (term.term, *term.aliases):
            called[fold_name(name)] = term
    if wanted in called:
        return "exact", [called[wanted]]
    parts = [term for name, term in called.items() if wanted and wanted in name]
    if parts:
        return "part", _once(parts)
    near = get_close_matches(wanted, called, n=NEAR_MAX)
    found = _once(called[name] for name in near)
    return ("near" if found else "none"), found


def _once(terms: Iterable[Term]) -> list[Term]:
    return list({term.term: term for term in terms}.values())


def _says(wanted: str, texts: tuple[str, str]) -> bool:
    return bool(wanted) and any(wanted in fold_name(text) for text in texts)
