"""`foedus glossary`: words, common mistakes, and questions with their answers.

Runs without a data folder, on the shipped pack.
"""

from collections.abc import Iterator

import click

from foedus.cli.output import give, tell
from foedus.cli.station import Station, on_station
from foedus.guidance.glossary import (
    Found,
    MistakeSheet,
    QuestionSheet,
    TermSheet,
    Told,
    look_up,
    mistake_sheet,
    question_sheet,
    term_sheet,
)


@click.command("glossary")
@click.argument("term", required=False, default="")
@click.option("--mistakes", is_flag=True, help="List the common mistakes instead.")
@click.option("--questions", is_flag=True, help="List questions and answers instead.")
@on_station
def command(station: Station, term: str, *, mistakes: bool, questions: bool) -> None:
    """Look TERM up, also by an alias or nearly; without TERM list everything."""
    if term and (mistakes or questions):
        raise click.UsageError("name a TERM, or ask for a list; not both")
    alliance, on = station.access().alliance, station.clock().date()
    if mistakes:
        found = [mistake_sheet(alliance, each, on) for each in alliance.pack.mistakes]
        _answer(station, found, (line for each in found for line in _mistake(each)))
    elif questions:
        asked = [question_sheet(alliance, each) for each in alliance.pack.questions]
        _answer(station, asked, (line for each in asked for line in _question(each)))
    elif term:
        answer = look_up(alliance, term, on)
        _answer(station, answer, _found(answer))
    else:
        words = [term_sheet(alliance, each) for each in alliance.pack.glossary]
        _answer(station, words, (line for each in words for line in _term(each)))


def _answer(station: Station, document: object, lines: Iterator[str]) -> None:
    if station.as_json:
        give(document)
    else:
        tell(lines)


def _found(found: Found) -> Iterator[str]:
    if found.match == "near":
        yield "Nothing is called so; near it are:"
    for term in found.terms:
        yield from _term(term)
    for mistake in found.mistakes:
        yield from _mistake(mistake)
    for question in found.questions:
        yield from _question(question)


def _term(each: TermSheet) -> Iterator[str]:
    also = f" ({', '.join(each.aliases)})" if each.aliases else ""
    yield f"{each.term}{also}: {each.definition}"
    if each.holder:
        yield f"  held by {each.holder}"
    if each.framework:
        yield f"  more: foedus framework show {each.framework}"
    yield _origin(each)


def _mistake(each: MistakeSheet) -> Iterator[str]:
    yield f"Mistake: {each.mistake}"
    yield f"  Right: {each.correction}"
    if each.example:
        yield f"  Here: {each.example.text}"
    yield _origin(each)


def _question(each: QuestionSheet) -> Iterator[str]:
    yield f"Question: {each.question}"
    yield f"  Answer: {each.answer}"
    yield _origin(each)


def _origin(each: Told) -> str:
    titles = "; ".join(source.title for source in each.source)
    return f"  [{each.basis}, as of {each.as_of}: {titles}]"
