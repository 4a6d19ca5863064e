"""Patterns in pieces: nothing is lost, and addresses are harmless."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foedus.web.pattern_pieces import PIECES_MAX, pieces_of


def test_a_pattern_is_cut_into_paths_words_and_values() -> None:
    pattern = "[domain-name:value = 'a.example'] AND [file:size > 12]"
    assert [(each.css, each.text) for each in pieces_of(pattern) if each.css] == [
        ("path", "domain-name:value"),
        ("value", "'a[.]example'"),
        ("word", "AND"),
        ("path", "file:size"),
        ("value", "12"),
    ]


@pytest.mark.parametrize(
    "pattern",
    [
        r"[file:name = 'it\'s'] FOLLOWEDBY [process:pid IN (1, 2)] WITHIN 5 SECONDS",
        "[file:hashes.'SHA-256' = 'aa']",
        "not a pattern at all '",
        "",
    ],
)
def test_the_pieces_together_are_the_pattern(pattern: str) -> None:
    assert "".join(each.text for each in pieces_of(pattern)) == pattern


def test_a_very_long_pattern_goes_on_as_one_piece() -> None:
    pattern = "[a:b = 1] OR " * PIECES_MAX
    pieces = pieces_of(pattern)
    assert len(pieces) <= PIECES_MAX + 1
    assert "".join(each.text for each in pieces) == pattern


@given(st.text(max_size=60))
def test_any_text_can_be_cut(text: str) -> None:
    assert "".join(each.text for each in pieces_of(text)) == text
