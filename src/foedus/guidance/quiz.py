"""The self-check quiz: questions made of the data, with answers and sources.

- The same day gives the same questions in the same order; another day, others.
- Every question has one right choice, and says why, with a source.
"""

import hashlib
from collections.abc import Iterator
from datetime import date

import msgspec

from foedus.alliance.nations import Alliance
from foedus.alliance.statuses import Status
from foedus.guidance.sheets import Item, from_hub, from_record

QUESTIONS = 10
"""Questions of one quiz, unless more or fewer are asked for."""

QUESTIONS_MAX = 100
"""Questions of one quiz at most."""


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """One question of the quiz.

    Attributes:
        answer: the place of the right choice, from 0.
        why: what makes it right.
    """

    id: str
    question: str
    choices: tuple[str, ...]
    answer: int
    why: Item


class Quiz(msgspec.Struct, frozen=True, kw_only=True):
    """A quiz of one day."""

    as_of: date
    questions: tuple[Question, ...]


def quiz_of(alliance: Alliance, on: date, *, count: int = QUESTIONS) -> Quiz:
    """Make the quiz of a day."""
    made = [*_mistakes(alliance), *_frameworks(alliance), *_joiners(alliance)]
    made += _members(alliance, on)
    drawn = sorted(made, key=lambda each: _lot(str(on), each.id))
    return Quiz(as_of=on, questions=tuple(drawn[:count]))


def _mistakes(alliance: Alliance) -> Iterator[Question]:
    for each in alliance.pack.mistakes:
        yield _question(
            f"mistake-{each.id}",
            "Which of these is right?",
            (each.correction, each.mistake),
            from_record(alliance, each, each.correction),
        )


def _frameworks(alliance: Alliance) -> Iterator[Question]:
    for each in alliance.frameworks.values():
        right, wrong = ("yes", "no") if each.assurance.collective_defence else _NO
        yield _question(
            f"framework-{each.id}",
            f"Does {each.name} promise collective defence to its participants?",
            (right, wrong),
            from_record(alliance, each, each.assurance.text),
        )


_NO = ("no", "yes")


def _joiners(alliance: Alliance) -> Iterator[Question]:
    for joiner in alliance.pack.joiners:
        days = {
            each.name: each.day
            for each in joiner.stages
            if each.day and each.precision == "day"
        }
        joined = next(
            (
                str(day)
                for day in sorted(days.values())
                if alliance.status(joiner.nation, day) is Status.MEMBER
            ),
            None,
        )
        if joined is not None:
            others = dict.fromkeys(str(day) for day in days.values())
            name = alliance.nations[joiner.nation].name
            yield _question(
                f"joiner-{joiner.nation}",
                f"From which day was {name} a member?",
                (joined, *(day for day in others if day != joined)),
                from_record(alliance, joiner, f"{name} was a member from {joined} on."),
            )


def _members(alliance: Alliance, on: date) -> Iterator[Question]:
    count = sum(
        alliance.status(nation, on) is Status.MEMBER for nation in alliance.nations
    )
    text = f"There are {count} members on {on}."
    choices = (str(count), str(count - 1), str(count + 1))
    yield _question(
        "members",
        f"How many members are there on {on}?",
        choices,
        from_hub(alliance, on, text),
    )


def _question(name: str, text: str, choices: tuple[str, ...], why: Item) -> Question:
    """Make a question of choices of which the first is right."""
    order = sorted(choices, key=lambda each: _lot(name, each))
    return Question(
        id=name,
        question=text,
        choices=tuple(order),
        answer=order.index(choices[0]),
        why=why,
    )


def _lot(*words: str) -> bytes:
    """Draw a place by lot, the same for the same words."""
    return hashlib.sha256("\n".join(words).encode()).digest()
