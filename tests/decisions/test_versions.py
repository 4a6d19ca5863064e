"""What changed between two versions, word by word."""

from math import isqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foedus.decisions.texts import Annex, MeasureEffect, Paragraph, Text, Verb
from foedus.decisions.versions import (
    PAIRS_MAX,
    Piece,
    Version,
    WordMatcher,
    compare,
    version,
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
    pieces = WordMatcher().pieces(older, newer)

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


MANY = " ".join(["one two"] * isqrt(PAIRS_MAX // 2))
"""As many equal words as may be paired with themselves."""


def changes(older: str, newer: str) -> list[str]:
    return [each.change for each in WordMatcher().pieces(older, newer)]


def test_what_is_alike_at_both_ends_costs_nothing() -> None:
    much = f"{MANY} " * 10
    assert changes(f"{much}x {much}", f"{much}y {much}") == [
        *("same", "removed", "added", "same")
    ]


def test_a_part_with_very_many_equal_words_is_compared_by_its_lines() -> None:
    within = changes(f"x {MANY}\nsame", f"{MANY} y\nsame")
    above = changes(f"x {MANY} one two\nsame", f"{MANY} one two y\nsame")

    assert within == ["removed", "same", "added", "same"]
    assert above == ["removed", "added", "same"]


def test_a_part_with_very_many_equal_lines_is_replaced() -> None:
    lines = f"{MANY} one two".replace(" ", "\n")

    assert changes(f"x\n{lines}", f"{lines}\ny") == ["removed", "added"]


def test_all_parts_together_cost_no_more_than_one() -> None:
    was = text(annexes=tuple(Annex(title=each, text=f"x {MANY}") for each in "AB"))
    now = text(annexes=tuple(Annex(title=each, text=f"{MANY} y") for each in "AB"))

    first, second = compare(version_of(1, was), version_of(2, now)).sections

    assert [each.change for each in first.pieces] == ["removed", "same", "added"]
    assert [each.change for each in second.pieces] == ["removed", "added"]


def test_a_version_that_is_none_is_not_found() -> None:
    with pytest.raises(NotFoundError):
        version([version_of(1, text())], 2)
