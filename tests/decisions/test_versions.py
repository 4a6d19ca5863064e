"""What changed between two versions, word by word."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foedus.decisions.texts import Annex, MeasureEffect, Paragraph, Text, Verb
from foedus.decisions.versions import (
    WORDS_MAX,
    Piece,
    Version,
    compare,
    version,
    words_changed,
)
from foedus.errors import NotFoundError
from tests.decisions.stories import text

WORDS = st.lists(
    st.sampled_from(["to", "report", "within", "60", "30", "days", ",", " ", "\n", "ä"])
).map("".join)


def version_of(number: int, body: Text) -> Version:
    return Version(number=number, text=body, since_ms=0)


def clauses(*said: tuple[str, str]) -> Text:
    return text(
        paragraphs=tuple(Paragraph(verb=Verb(verb), text=words) for verb, words in said)
    )


@given(WORDS, WORDS)
def test_a_comparison_holds_both_texts(older: str, newer: str) -> None:
    pieces = words_changed(older, newer)

    assert "".join(each.text for each in pieces if each.change != "added") == older
    assert "".join(each.text for each in pieces if each.change != "removed") == newer


def test_a_word_is_changed_inside_its_paragraph() -> None:
    was = clauses(("notes", "the report"), ("tasks", "the officer within 60 days"))
    now = clauses(("notes", "the report"), ("tasks", "the officer within 30 days"))

    found = compare(version_of(1, was), version_of(2, now))

    assert [each.change for each in found.clauses] == ["same", "same"]
    assert found.clauses[1].pieces == (
        Piece("same", "the officer within "),
        Piece("removed", "60"),
        Piece("added", "30"),
        Piece("same", " days"),
    )
    assert found.sections == ()


def test_paragraphs_come_go_and_change_their_verb() -> None:
    was = clauses(("notes", "one"), ("agrees", "two"))
    now = clauses(("notes", "one"), ("decides", "two"), ("tasks", "three"))

    found = compare(version_of(1, was), version_of(2, now))

    assert [(each.change, each.verb, each.was) for each in found.clauses] == [
        ("same", "notes", ""),
        ("same", "decides", "agrees"),
        ("added", "tasks", ""),
    ]


def test_what_stands_beside_the_paragraphs_is_compared_too() -> None:
    was = text(annexes=(Annex(title="A", text="one"),))
    now = text(
        condition="the attack came from abroad", effects=(MeasureEffect(measure="M1"),)
    )

    found = compare(version_of(1, was), version_of(2, now))

    assert {each.name for each in found.sections} == {
        "Condition",
        "Effects",
        "Annex: A",
    }


def test_a_long_part_is_compared_by_its_lines() -> None:
    line = "word " * WORDS_MAX

    found = words_changed(f"{line}\nsame", f"{line}!\nsame")

    assert [each.change for each in found] == ["removed", "added", "same"]


def test_a_version_that_is_none_is_not_found() -> None:
    with pytest.raises(NotFoundError):
        version([version_of(1, text())], 2)
