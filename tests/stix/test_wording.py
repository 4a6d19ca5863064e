"""What things are found by, and how something matches."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foedus.stix.wording import (
    MARKS_MAX,
    PATTERN_MAX,
    READ_MAX,
    WHOLE_LENGTH_MAX,
    WHOLES_MAX,
    WORDS_MAX,
    Match,
    Wording,
    fold,
    match,
    query_of,
    wording,
    wording_of,
)

INDICATOR = {
    "type": "indicator",
    "id": "indicator--00000000-0000-4000-8000-000000000001",
    "name": "Quiet Lantern relay",
    "description": "Seen at two ports.",
    "pattern": "[domain-name:value = 'mail-sync.example' OR url:value = 'http://a']",
    "pattern_type": "stix",
    "external_references": [{"source_name": "cve", "external_id": "CVE-2026-1234"}],
}


def found_by(**more: Any) -> Wording:  # noqa: ANN401 - of JSON
    return wording_of(json.dumps(INDICATOR | more).encode())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("mail-sync.example", Match.WHOLE),
        ("MAIL-SYNC.EXAMPLE", Match.WHOLE),
        ("mail-sync[.]example", Match.WHOLE),
        ("hxxp://a", Match.WHOLE),
        ("cve-2026-1234", Match.WHOLE),
        ("the lantern", Match.WORDS),
        ("the", None),
        ("quiet lan", Match.BEGIN),
        ("lantern quiet", Match.WORDS),
        ("ports", None),
        ("lante", Match.WORDS),
        ("lantern nothing", None),
        ("antern", None),
        ("qu", None),
        ("", None),
    ],
)
def test_how_something_matches(text: str, expected: Match | None) -> None:
    assert match(query_of(text), found_by()) == expected


def test_a_value_is_found_by_its_name_aliases_and_hashes() -> None:
    tree = {
        "type": "malware",
        "name": "Paper Kite",
        "aliases": ["KITE-2"],
        "hashes": {"MD5": "d41d8cd98f00b204e9800998ecf8427e"},
    }
    found = wording_of(json.dumps(tree).encode())
    assert found.wholes == (
        "paper kite",
        "kite-2",
        "d41d8cd98f00b204e9800998ecf8427e",
    )


def test_a_pattern_of_another_language_is_no_list_of_values() -> None:
    assert "mail-sync.example" not in found_by(pattern_type="yara").wholes


def test_what_is_no_text_is_passed_over() -> None:
    found = found_by(name=["x"], aliases="y", external_references=[1, {}], hashes=3)
    assert "quiet" not in found.words


def test_an_object_is_found_by_a_bounded_number_of_words() -> None:
    found = found_by(
        aliases=[f"a{n}" for n in range(500)],
        name="x" * 5_000,
    )
    assert len(found.words) == WORDS_MAX
    assert len(found.wholes) == WHOLES_MAX
    assert max(map(len, found.wholes)) == WHOLE_LENGTH_MAX


@given(st.text("aB-.[]é ß", max_size=12))
def test_whatever_has_a_name_is_found_by_it(text: str) -> None:
    query = query_of(text)
    if query.whole == fold(text)[:WHOLE_LENGTH_MAX] and query.whole:
        assert match(query, wording([text])) is Match.WHOLE


@given(st.text("aB-.[]é ß", max_size=12))
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)


def test_a_pattern_full_of_quotes_is_read_in_one_pass() -> None:
    # Looking again from each quote would take hours.
    found = found_by(pattern="[a:b = 'one' OR a:b = '" + "\\'" * PATTERN_MAX)
    assert "one" in found.wholes
    assert not any("'" in each for each in found.wholes)


def test_a_literal_keeps_the_quotes_and_strokes_in_it() -> None:
    pattern = r"[file:name = 'it\'s c:\\x' AND file:name = 'two']"
    assert {"it's c:\\x", "two"} < set(found_by(pattern=pattern).wholes)


@pytest.mark.parametrize("first", ["\u0301", "\uff9e"])
def test_any_number_of_marks_upon_a_letter_is_read_in_one_pass(first: str) -> None:
    # Putting that many marks in order would take hours.
    folded = fold("Kit" + (first + "\u0316") * 300_000 + "e ends")
    assert folded.endswith("e ends")
    assert len(folded) <= len("kite ends") + MARKS_MAX


def test_marks_that_languages_use_and_runs_of_signs_stay() -> None:
    assert fold("Tie\u0302\u0301ng \u2550" + "\u2550" * 60) == (
        "ti\u1ebfng " + "\u2550" * 61
    )


def test_the_end_of_an_endless_name_is_not_read() -> None:
    assert found_by(name="x " * READ_MAX + "end").words[0] == "mail"
