"""The words of a text, without case, accents and blanks, and books of phrases.

- A word is a run of letters and digits; everything else stands for itself, so that
  a phrase of a vocabulary and a marking in a text fall into the same words.
- The longest phrase wins: `SECRET UE/EU SECRET` is not `SECRET` and a rest.
- Work grows with the length of the text times the longest phrase, never faster.
"""

import unicodedata
from collections.abc import Iterable
from typing import Generic, TypeVar

import msgspec

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)

QUOTE_LENGTH_MAX = 60
"""Characters of a refused text that an error repeats, enough to find the place."""

_SAME = str.maketrans(
    dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2212", "-")
    | dict.fromkeys("\u201c\u201d\u201e\u201f", '"')
)
"""Hyphens, dashes and quotation marks that word processors put for plain ones."""


class Word(msgspec.Struct, frozen=True, kw_only=True):
    """One word or one sign of a text.

    Attributes:
        folded: without case and accents, for comparing.
        raw: as written.
        spaced: True where a blank stands before it.
    """

    folded: str
    raw: str
    spaced: bool


class PhraseBook(Generic[T_co]):
    """Phrases of a vocabulary and what they mean; one may mean several things."""

    def __init__(self, entries: Iterable[tuple[str, T_co]]) -> None:
        meanings: dict[tuple[str, ...], tuple[T_co, ...]] = {}
        for text, meaning in entries:
            phrase = tuple(word.folded for word in split_words(text))
            known = meanings.get(phrase, ())
            if phrase and meaning not in known:
                meanings[phrase] = (*known, meaning)
        lengths: dict[str, set[int]] = {}
        for phrase in meanings:
            lengths.setdefault(phrase[0], set()).add(len(phrase))
        self._meanings = meanings
        self._lengths = {
            first: tuple(sorted(sizes, reverse=True))
            for first, sizes in lengths.items()
        }

    def find(self, words: tuple[Word, ...], at: int) -> tuple[int, tuple[T_co, ...]]:
        """Find the longest phrase that begins at a word.

        Returns:
            How many words it has and all its meanings; 0 and none if there is none.
        """
        first = words[at].folded if at < len(words) else ""
        for length in self._lengths.get(first, ()):
            phrase = tuple(word.folded for word in words[at : at + length])
            if phrase in self._meanings:
                return length, self._meanings[phrase]
        return 0, ()


class Reader:
    """A place in the words of a text; every `take` moves on only if it succeeds."""

    def __init__(self, words: tuple[Word, ...]) -> None:
        self.words = words
        self.at = 0

    @property
    def done(self) -> bool:
        """Whether nothing is left."""
        return self.at >= len(self.words)

    def next(self) -> Word | None:
        """Return the next word without taking it; None at the end."""
        return None if self.done else self.words[self.at]

    def take(self, book: PhraseBook[T]) -> T | None:
        """Take the longest phrase; None if there is none or it has two meanings."""
        length, meanings = book.find(self.words, self.at)
        if len(meanings) != 1:
            return None
        self.at += length
        return meanings[0]

    def take_all(self, book: PhraseBook[T]) -> tuple[T, ...]:
        """Take the longest phrase of a book, with all that it may mean."""
        length, meanings = book.find(self.words, self.at)
        self.at += length
        return meanings

    def take_sign(self, sign: str) -> bool:
        """Take one sign, such as `//`."""
        word = self.next()
        if word is None or word.folded != sign:
            return False
        self.at += 1
        return True

    def rest(self) -> str:
        """Return what is left, as written but for blanks, at most one quote long."""
        return quote(self.words[self.at :])


def quote(words: tuple[Word, ...]) -> str:
    """Return words for an error text, as written but for blanks, bounded."""
    text = "".join((" " if word.spaced else "") + word.raw for word in words).strip()
    printable = "".join(sign if sign.isprintable() else "?" for sign in text)
    if len(printable) > QUOTE_LENGTH_MAX:
        return printable[:QUOTE_LENGTH_MAX] + "…"
    return printable


def split_words(text: str) -> tuple[Word, ...]:
    """Split a text into words and signs; two slashes without a blank are one sign."""
    normal = unicodedata.normalize("NFC", text).translate(_SAME)
    words: list[Word] = []
    at, spaced = 0, False
    while at < len(normal):
        if normal[at].isspace():
            at, spaced = at + 1, True
            continue
        end = _end_of_word(normal, at)
        raw = normal[at:end]
        words.append(Word(folded=_fold(raw), raw=raw, spaced=spaced))
        at, spaced = end, False
    return tuple(words)


def _end_of_word(text: str, at: int) -> int:
    if text.startswith("//", at):
        return at + 2
    end = at + 1
    if text[at].isalnum():
        while end < len(text) and _continues(text[end]):
            end += 1
    return end


def _continues(sign: str) -> bool:
    return sign.isalnum() or unicodedata.category(sign) == "Mn"


def _fold(word: str) -> str:
    """Drop case and accents (Unicode: canonical decomposition, nonspacing marks)."""
    parts = unicodedata.normalize("NFD", word.casefold())
    bare = "".join(sign for sign in parts if unicodedata.category(sign) != "Mn")
    return bare or word
