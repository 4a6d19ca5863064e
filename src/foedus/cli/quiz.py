"""`foedus quiz`: check yourself; asks only somebody who sits at a terminal.

Runs without a data folder, on the shipped pack.
"""

import sys
from collections.abc import Iterator

import click

from foedus.cli.output import give, say, tell
from foedus.cli.station import Station, on_station
from foedus.guidance.quiz import QUESTIONS, QUESTIONS_MAX, Question, Quiz, quiz_of


@click.command("quiz")
@click.option(
    "--count",
    metavar="N",
    type=click.IntRange(1, QUESTIONS_MAX),
    default=QUESTIONS,
    help=f"How many questions; {QUESTIONS} by default.",
)
@on_station
def command(station: Station, count: int) -> None:
    """Ask questions about the alliance, and tell what is right and why."""
    quiz = quiz_of(station.access().alliance, station.clock().date(), count=count)
    if station.as_json:
        give(quiz)
    elif sys.stdin.isatty():
        _ask(quiz)
    else:
        tell(_printed(quiz))


def _ask(quiz: Quiz) -> None:
    right = 0
    for number, each in enumerate(quiz.questions, start=1):
        for line in _question(number, each):
            say(line)
        chosen = click.prompt("Your answer", type=_letters(each), err=True)
        good = _LETTERS.index(chosen) == each.answer
        right += good
        verdict = "Right." if good else f"No, it is {_LETTERS[each.answer]}."
        say(f"{verdict} {each.why.text}\n")
    tell([f"{right} of {len(quiz.questions)} right"])


def _letters(each: Question) -> click.Choice[str]:
    return click.Choice(_LETTERS[: len(each.choices)], case_sensitive=False)


def _printed(quiz: Quiz) -> Iterator[str]:
    for number, each in enumerate(quiz.questions, start=1):
        yield from _question(number, each)
    yield ""
    yield "Answers"
    for number, each in enumerate(quiz.questions, start=1):
        titles = "; ".join(source.title for source in each.why.source)
        yield f"{number}. {_LETTERS[each.answer]}: {each.why.text}"
        yield f"   [{each.why.basis}, as of {each.why.as_of}: {titles}]"


def _question(number: int, each: Question) -> Iterator[str]:
    yield f"{number}. {each.question}"
    for letter, choice in zip(_LETTERS, each.choices, strict=False):
        yield f"   {letter}. {choice}"


_LETTERS = ("a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l")
"""What choices are called; no question has as many."""
