"""Markings that people write, read and printed: `NATO RESTRICTED Releasable to Japan`.

    parse_marking(text, vocabulary) → Marking → print_marking(marking, vocabulary)

- Nothing is guessed: what is not wholly understood is a `LabelError` with a stable
  code, never a marking with the rest ignored.
- A marking is what a text says, no label yet; `labels` makes one of it or refuses.
- `print_marking` reads back what it printed, so what it returns parses to the same.
- All words come from the pack's vocabulary (`foedus.alliance.vocabulary`).

`docs/reference/markings.md` has the grammar, the codes and the warnings.
"""

import unicodedata
from functools import lru_cache

import msgspec

from foedus.alliance.vocabulary import Vocabulary
from foedus.errors import LabelError
from foedus.releasability.markings_foreign import read_foreign, read_light
from foedus.releasability.markings_lexicon import Lexicon, lexicon_of
from foedus.releasability.markings_own import (
    not_printable,
    print_own,
    read_head,
    read_lone_stamp,
    read_own,
)
from foedus.releasability.markings_said import Candidate, Marking
from foedus.releasability.markings_words import (
    PhraseBook,
    Reader,
    T,
    Word,
    quote,
    split_words,
)

__all__ = [
    "LOOK_LENGTH",
    "MARKING_LENGTH_MAX",
    "Candidate",
    "Marking",
    "looks_like_marking",
    "parse_marking",
    "print_marking",
]

MARKING_LENGTH_MAX = 4_096
"""Characters of a marking. Room for two lists of every nation of a pack by name."""

LOOK_LENGTH = 256
"""Characters of a statement that tell whether it begins like a marking; any preface
and owner fit, and a long licence costs no more than a short one."""

LOOKS_MAX = 4_096
"""Beginnings of which it is kept whether they look like a marking; a megabyte."""


def parse_marking(text: str, vocabulary: Vocabulary) -> Marking:
    """Read a marking.

    Args:
        text: the marking alone, in any case, with blanks and accents as people
            write them; at most `MARKING_LENGTH_MAX` characters.
        vocabulary: the words of the alliance.

    Raises:
        LabelError: the text is no marking, or one that contradicts the rules; `code`
            says which.

    Source: ADatP-4774, edition A version 1, on the form of displayed labels.
    """
    if len(text) > MARKING_LENGTH_MAX:
        raise LabelError(
            f"a marking has at most {MARKING_LENGTH_MAX} characters",
            code="marking_too_long",
        )
    words = split_words(text)
    if not words:
        raise LabelError(
            "the marking is empty; write one such as TLP:AMBER", code="empty_marking"
        )
    lexicon = lexicon_of(vocabulary)
    meant = _written_out(words, lexicon)
    return _read(words if meant is None else split_words(meant), lexicon)


def print_marking(
    marking: Marking, vocabulary: Vocabulary, *, language: str = "en"
) -> str:
    """Print a marking in the alliance's own form, or as a traffic light.

    Lists may be in any order; they are printed communities first. Warnings are not
    printed. A language without a word of its own gets the first of the vocabulary.

    Raises:
        LabelError: `unknown_language`; `not_printable` for another policy, and for
            parts that do not go together.
    """
    lexicon = lexicon_of(vocabulary)
    if language not in {word.language for word in vocabulary.release_words} - {""}:
        raise LabelError(
            f"the alliance has no markings in {language!r}", code="unknown_language"
        )
    lights = {s.policy: s.prefix for s in vocabulary.traffic_lights}
    if marking.policy in lights:
        text = f"{lights[marking.policy]}:{marking.label}"
    elif marking.policy == vocabulary.policy:
        text = print_own(marking, lexicon, language)
    else:
        raise not_printable(marking)
    if not _reads_back(text, marking, vocabulary):
        raise not_printable(marking)
    return text


def looks_like_marking(text: str, vocabulary: Vocabulary) -> bool:
    """Tell whether a text begins like a marking, whether it parses or not.

    A statement that begins like one and does not parse must be refused, not taken
    for a remark. It errs on that side: `Secret recipes of …` looks like a marking.
    Only the first `LOOK_LENGTH` characters count, behind signs such as a bracket and
    behind a preface such as `Classification:`; invisible signs and runs of blanks are
    dropped, wide letters are letters. Abbreviations count in capitals only.
    """
    return _looks_like_marking(_beginning(text), vocabulary)


@lru_cache(maxsize=LOOKS_MAX)
def _looks_like_marking(beginning: str, vocabulary: Vocabulary) -> bool:
    # Feeds carry the same few statements on all that they publish.
    lexicon = lexicon_of(vocabulary)
    reader = Reader(split_words(beginning))
    if reader.take(lexicon.preface_book) is not None:
        _skip_signs(reader)
    books: tuple[PhraseBook[object], ...] = (
        lexicon.owner_book,
        lexicon.prefix_book,
        lexicon.foreign_book,
        lexicon.lone_stamp_book,
        lexicon.release_book,
        lexicon.tag_name_book,
    )
    return any(_begins(reader, book) for book in books) or any(
        _begins(reader, book, in_capitals=True)
        for book in (lexicon.abbreviation_book, lexicon.portion_book)
    )


def _written_out(words: tuple[Word, ...], lexicon: Lexicon) -> str | None:
    """Return what a portion mark or machine tag stands for, if the text is one."""
    tag = _whole(words, lexicon.tag_book)
    if tag is not None:
        return tag.means
    if words[0].folded != "(" or words[-1].folded != ")":
        return None
    inside = words[2:-1] if words[1].folded == "//" else words[1:-1]
    portion = _whole(inside, lexicon.portion_book)
    return None if portion is None else portion.means


def _whole(words: tuple[Word, ...], book: PhraseBook[T]) -> T | None:
    """Return the meaning of words that are one phrase of a book, from end to end."""
    reader = Reader(words)
    meaning = reader.take(book)
    return meaning if reader.done else None


def _read(words: tuple[Word, ...], lexicon: Lexicon) -> Marking:
    if _whole(words, lexicon.not_label_book) is not None:
        raise LabelError(
            f"“{quote(words)}” protects nothing and is no label", code="not_a_label"
        )
    if words[0].folded == "//":
        return _read_banner(words, lexicon)
    stamped = read_lone_stamp(Reader(words), lexicon)
    light = stamped or read_light(Reader(words), lexicon)
    if light is not None:
        return light
    reader = Reader(words)
    head = read_head(reader, lexicon)
    if head is not None:
        return read_own(reader, lexicon, head)
    foreign = read_foreign(reader, lexicon)
    if foreign is not None:
        return foreign
    raise _unreadable(words, lexicon)


def _read_banner(words: tuple[Word, ...], lexicon: Lexicon) -> Marking:
    """Read a marking of the alliance between double slashes, the last ones optional.

    Source: the United States' form for information of foreign governments.
    """
    end = -1 if words[-1].folded == "//" else len(words)
    reader = Reader(words[1:end])
    head = read_head(reader, lexicon)
    if head is None:
        raise _unreadable(words, lexicon)
    return read_own(reader, lexicon, head)


def _unreadable(words: tuple[Word, ...], lexicon: Lexicon) -> LabelError:
    if lexicon.release_book.find(words, 0)[0]:
        return LabelError(
            "a release list needs a classification in front of it",
            code="missing_classification",
        )
    return LabelError(
        f"“{quote(words)}” is no marking that this alliance knows; see "
        "docs/reference/markings.md",
        code="unknown_marking",
    )


def _reads_back(text: str, marking: Marking, vocabulary: Vocabulary) -> bool:
    """Tell whether a printed text says the same, warnings and order of lists aside."""
    try:
        read = parse_marking(text, vocabulary)
    except LabelError:
        return False
    return _unordered(read) == _unordered(marking)


def _unordered(marking: Marking) -> Marking:
    return msgspec.structs.replace(
        marking,
        releasable_to=tuple(sorted(set(marking.releasable_to))),
        only=tuple(sorted(set(marking.only))),
        warnings=(),
        nation=None,
        equivalent=None,
        legacy=False,
    )


def _beginning(text: str) -> str:
    """Return the first letters and digits, without what only changes their look."""
    start = next((at for at, sign in enumerate(text) if sign.isalnum()), len(text))
    parts = text[start:].split(maxsplit=LOOK_LENGTH)[:LOOK_LENGTH]
    joined = " ".join(parts)[:LOOK_LENGTH]
    if joined.isascii():
        return joined
    bounded = unicodedata.normalize("NFKC", joined)
    return "".join(sign for sign in bounded if unicodedata.category(sign) != "Cf")


def _skip_signs(reader: Reader) -> None:
    word = reader.next()
    while word is not None and not word.raw[0].isalnum():
        reader.at += 1
        word = reader.next()


def _begins(reader: Reader, book: PhraseBook[T], *, in_capitals: bool = False) -> bool:
    length, _ = book.find(reader.words, reader.at)
    written = "".join(w.raw for w in reader.words[reader.at : reader.at + length])
    return length > 0 and (not in_capitals or written.isupper())
