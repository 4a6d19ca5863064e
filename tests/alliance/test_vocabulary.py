"""The words of a marking grammar are data: here those of an invented alliance."""

import json
from pathlib import Path

import msgspec
import pytest

from foedus.alliance.vocabulary import Vocabulary
from foedus.errors import LabelError
from foedus.releasability.markings import (
    looks_like_marking,
    parse_marking,
    print_marking,
)

ROOT = Path(__file__).parents[2]
CASES = json.loads((ROOT / "tests/data/label-corpus.json").read_text("utf-8"))["cases"]

HANSA_WORDS = {
    "policy": "HANSA",
    "as_of": "1358-01-01",
    "owners": [
        {"word": "HANSA", "default": True, "levels": ["OPEN", "CLOSED"]},
        {"word": "LÜBECK", "levels": ["SEALED"]},
    ],
    "levels": [
        {"value": "OPEN", "spellings": [{"text": "offen", "language": "de"}]},
        {
            "value": "CLOSED",
            "spellings": [{"text": "zu", "language": "de"}, {"text": "shut"}],
            "abbreviation": "HZ",
        },
        {
            "value": "SEALED",
            "spellings": [{"text": "versiegelt", "language": "de"}],
            "releasable": False,
        },
    ],
    "default_context": "DIET",
    "contexts": [
        {"code": "DIET", "release_code": "LEAGUE"},
        {"code": "KONTOR", "aliases": ["Stalhof"], "release_code": "KONTORE"},
    ],
    "release_words": [{"text": "frei für", "language": "de"}],
    "only_words": [{"text": "allein", "language": "de"}],
    "conjunctions": ["und"],
    "sensitivities": [{"code": "HERRING", "floor": "CLOSED"}],
    "nations": [
        {"code": "HAM", "name": "Hamburg"},
        {"code": "RIG", "name": "Riga", "aliases": ["Hafen"]},
        {"code": "REV", "name": "Reval", "aliases": ["Hafen"]},
    ],
    "communities": [
        {"code": "LEAGUE", "name": "Bund"},
        {"code": "KONTORE", "name": "Kontore"},
    ],
    "tags": [{"text": "", "means": "HANSA zu"}],
}
HANSA = msgspec.convert(HANSA_WORDS, Vocabulary)


def code_of(text: str) -> str:
    with pytest.raises(LabelError) as refusal:
        parse_marking(text, HANSA)
    return refusal.value.code


def test_another_alliance_has_its_own_words_and_none_of_natos() -> None:
    text = "HANSA/Stalhof zu HERRING Hamburg allein frei fur Riga und Bund"
    marking = parse_marking(text, HANSA)
    assert marking.as_expect() == {
        "policy": "HANSA",
        "context": "KONTOR",
        "classification": "CLOSED",
        "additional_sensitivity": ["HERRING"],
        "only": ["HAM"],
        "releasable_to": ["KONTORE", "LEAGUE", "RIG"],
    }
    assert print_marking(marking, HANSA, language="de") == (
        "HANSA/KONTOR zu HERRING Hamburg allein frei für Bund, Riga"
    )
    for case in CASES:
        assert code_of(case["text"]) == "unknown_marking"
        assert not looks_like_marking(case["text"], HANSA)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("LUBECK offen", "owner_level_mismatch"),
        ("HANSA versiegelt", "unknown_marking"),
        ("HANSA offen HERRING", "sensitivity_below_floor"),
        ("Lübeck versiegelt frei für Riga", "release_of_top_secret"),
        ("HZ frei für", "empty_release_list"),
        ("HZ frei für Hafen", "unknown_entity"),
        ("HZ frei für Riga and Hamburg", "trailing_words"),
        ("NATO SECRET", "unknown_marking"),
    ],
)
def test_another_alliance_refuses_by_its_own_words(text: str, code: str) -> None:
    assert code_of(text) == code


@pytest.mark.parametrize(
    "change",
    [
        {"default_context": "MARS"},
        {"administrative_with": "PURPLE"},
        {"contexts": [{"code": "DIET", "release_code": "NOBODY"}]},
        {"owners": [{"word": "HANSA", "levels": ["OPEN", "CLOSED", "SEALED"]}]},
        {"owners": [{"word": "HANSA", "default": True, "levels": ["OPEN"]}]},
        {"release_words": [{"text": "frei für"}]},
        {"nations": [{"code": "LEAGUE", "name": "Bund"}]},
        {
            "unstated": {
                "policy": "?",
                "marks": [{"spellings": ["X"], "equivalent": "Y"}],
            }
        },
        {"foreign": [{"policy": p, "marks": [], "slashes": {}} for p in ("A", "B")]},
        {"unknown_key": 1},
    ],
)
def test_a_vocabulary_that_contradicts_itself_is_refused(
    change: dict[str, object],
) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({**HANSA_WORDS, **change}, Vocabulary)
