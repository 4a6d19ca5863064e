"""What things are found by: whole names and values, and the words in them.

- Text is compared folded: compatible forms of a character are one, case does not
  matter. A value that was made harmless for people is read as it was meant.
- How something matches is one of three kinds, and nothing else ranks it: no word counts
  for more because few have it, or because it stands often.

Source:
    STIX 2.1, sections 3.2 (external references), 6 (observables), 9 (patterns).
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from enum import IntEnum
from typing import Any, Final

import msgspec

from foedus.stix.values import refang

WHOLE_LENGTH_MAX: Final = 200
"""Characters of a name or value by which it is found; the rest of it is not looked at.
A longer web address is still found by its words."""

READ_MAX: Final = 10_000
"""Characters of a name or value, or of what is looked for, that are read."""

PATTERN_MAX: Final = 16_384
"""Characters of a pattern in which values are looked for; twenty-four long ones."""

MARKS_MAX: Final = 30
"""Marks upon one character that are looked at. Ordering very many takes the square of
their number; no language needs as many."""

WORDS_MAX: Final = 24
"""Words of its names and values by which one object is found. What is said of it is not
looked at: an index of that would take longer to keep than everything else, and be as
large as the objects."""

TEXT_MAX: Final = 10_000
"""Words by which a text is found that is not in the index."""

WHOLES_MAX: Final = 24
"""Names and values by which one object is found."""

WORD_LENGTH_MIN: Final = 2
"""Characters of the shortest word that is looked for."""

PASSED_OVER: Final = frozenset(
    (
        *("an", "and", "are", "as", "at", "be", "been", "by", "can", "com", "for"),
        *("from", "has", "have", "http", "https", "in", "into", "is", "it", "its"),
        *("may", "no", "not", "of", "on", "or", "org", "other", "so", "such", "that"),
        *("the", "their", "them", "these", "they", "this", "to", "used", "using"),
        *("was", "were", "which", "who", "will", "with", "www"),
    )
)
"""Words that say too little to look for; a fixed list, the same for everybody."""

WORD_LENGTH_MAX: Final = 64
"""Characters of a word; a SHA-256 is as long."""

BEGIN_MIN: Final = 3
"""Characters from which on a beginning is looked for; fewer begin half of all."""

_WORD: Final = re.compile(r"[^\W_]+")
_LITERAL: Final = re.compile(r"'((?:[^'\\]|\\.?)*+)('?)", re.DOTALL)
"""A literal, and its end; one without an end goes up to the end of the text, so that
every character is looked at once."""

_LIKE_MARKS: Final = re.compile(
    rf"(?:[^\w\x00-\x7f]|[\uff9e\uff9f]){{{MARKS_MAX + 1},}}"
)
"""All that may be a run of very many marks: no letter is a mark, but for the two marks
of halfwidth Katakana."""


class Match(IntEnum):
    """How something matches, the best first."""

    WHOLE = 0
    BEGIN = 1
    WORDS = 2


class Wording(msgspec.Struct, frozen=True, kw_only=True):
    """What a thing is found by, folded.

    Attributes:
        wholes: names and values, each whole.
        words: the words of it.
    """

    wholes: tuple[str, ...]
    words: tuple[str, ...]


class Query(msgspec.Struct, frozen=True, kw_only=True):
    """What is looked for, folded."""

    whole: str
    words: tuple[str, ...]


def fold(text: str) -> str:
    """Fold a text for comparing; in time that grows as the text does."""
    if text.isascii():
        return " ".join(text.lower().split())
    plain = _LIKE_MARKS.sub(_with_few_marks, text)
    return " ".join(unicodedata.normalize("NFKC", plain).casefold().split())


def _with_few_marks(run: re.Match[str]) -> str:
    """Drop the marks above `MARKS_MAX` upon one character.

    Source: Unicode Standard Annex 15, section 13 (Stream-Safe Text Format).
    """
    kept: list[str] = []
    marks = 0
    for each in run[0]:
        decomposed = unicodedata.normalize("NFKD", each)
        marks = marks + 1 if unicodedata.combining(decomposed[0]) else 0
        if marks <= MARKS_MAX:
            kept.append(each)
    return "".join(kept)


def query_of(text: str) -> Query:
    """Read what somebody looks for; a value made harmless is read as it was meant."""
    whole = fold(refang(text.strip()[:READ_MAX]))[:WHOLE_LENGTH_MAX]
    return Query(whole=whole, words=tuple(dict.fromkeys(_words(whole))))


def wording(
    wholes: Iterable[str], further: Iterable[str] = (), *, words_max: int = TEXT_MAX
) -> Wording:
    """Give what a thing is found by.

    Args:
        wholes: its names and values.
        further: text in which its words are looked for as well.
        words_max: how many words are kept, each once; the names' come first.
    """
    folded = [found for each in wholes if (found := fold(each[:READ_MAX]))]
    whole = tuple(dict.fromkeys([each[:WHOLE_LENGTH_MAX] for each in folded]))
    words: dict[str, None] = {}
    for text in (*folded, *map(fold, further)):
        words |= dict.fromkeys(_words(text))
    return Wording(wholes=whole[:WHOLES_MAX], words=tuple(words)[:words_max])


def wording_of(raw: bytes) -> Wording:
    """Give what a STIX object is found by.

    Args:
        raw: its bytes; they were checked at admission.
    """
    return wording(_wholes(_named(raw)), words_max=WORDS_MAX)


def match(query: Query, found_by: Wording) -> Match | None:
    """Tell how a thing matches; None where it does not."""
    if not query.whole:
        return None
    if query.whole in found_by.wholes:
        return Match.WHOLE
    is_long = len(query.whole) >= BEGIN_MIN
    if is_long and any(each.startswith(query.whole) for each in found_by.wholes):
        return Match.BEGIN
    known = set(found_by.words)
    if query.words and known.issuperset(query.words):
        return Match.WORDS
    if len(query.words) == 1 and len(query.words[0]) >= BEGIN_MIN:
        begun = any(each.startswith(query.words[0]) for each in found_by.words)
        return Match.WORDS if begun else None
    return None


class _Named(msgspec.Struct):
    """What an object is called; nothing else of it is decoded."""

    name: Any = None
    value: Any = None
    x_mitre_id: Any = None
    display_name: Any = None
    account_login: Any = None
    user_id: Any = None
    path: Any = None
    key: Any = None
    subject: Any = None
    serial_number: Any = None
    aliases: Any = None
    x_mitre_aliases: Any = None
    hashes: Any = None
    pattern: Any = None
    pattern_type: Any = "stix"
    external_references: Any = None


_named = msgspec.json.Decoder(_Named).decode


def _wholes(told: _Named) -> list[str]:
    """Give the names and values of an object, in the order of their weight."""
    found = [
        *(told.name, told.value, told.x_mitre_id, told.display_name),
        *(told.account_login, told.user_id, told.path, told.key),
        *(told.subject, told.serial_number),
    ]
    for several in (told.aliases, told.x_mitre_aliases):
        if isinstance(several, list):
            found += several
    if isinstance(told.hashes, dict):
        found += told.hashes.values()
    if isinstance(told.pattern, str) and told.pattern_type == "stix":
        found += _literals(told.pattern)
    if isinstance(told.external_references, list):
        found += [
            each.get("external_id")
            for each in told.external_references
            if isinstance(each, dict)
        ]
    return [each for each in found if isinstance(each, str)]


def _literals(pattern: str) -> Iterator[str]:
    """Give the values that a pattern compares with."""
    for literal, end in _LITERAL.findall(pattern[:PATTERN_MAX]):
        if end:
            yield literal.replace("\\'", "'").replace("\\\\", "\\")


def _words(text: str) -> list[str]:
    return [
        word
        for word in _WORD.findall(text)
        if WORD_LENGTH_MIN <= len(word) <= WORD_LENGTH_MAX and word not in PASSED_OVER
    ]
