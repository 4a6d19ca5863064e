"""Lists of nations and communities: `Sweden, Ukraine and KFOR`."""

from typing import TypeVar

from foedus.alliance.vocabulary import Entity
from foedus.errors import LabelError
from foedus.releasability.markings_lexicon import Lexicon
from foedus.releasability.markings_words import PhraseBook, Reader

T = TypeVar("T")


def read_list(reader: Reader, lexicon: Lexicon, book: PhraseBook[T]) -> list[T]:
    """Read the names of a list up to the first word that does not continue it.

    Raises:
        LabelError: `unknown_entity`, where a name should stand and none does.
    """
    names = [_read_name(reader, book)]
    while _take_separator(reader, lexicon):
        names.append(_read_name(reader, book))
    return names


def read_release_list(reader: Reader, lexicon: Lexicon, book: PhraseBook[T]) -> list[T]:
    """Read what follows the words of a release list, with or without a colon.

    Raises:
        LabelError: `empty_release_list`, `unknown_entity`, or `ambiguous_only` where
            a narrowing word follows a widening list.
    """
    reader.take_sign(":")
    if reader.done:
        raise LabelError(
            "the release list is empty; name who it is releasable to",
            code="empty_release_list",
        )
    names = read_list(reader, lexicon, book)
    if reader.take(lexicon.only_book) is not None:
        raise LabelError(
            "a release list cannot end in a word of narrowing; put the narrowing list "
            "in front of the release list",
            code="ambiguous_only",
        )
    return names


def distinct(codes: list[str]) -> tuple[str, ...]:
    """Return codes without repetition, in the order of their first appearance."""
    return tuple(dict.fromkeys(codes))


def communities_first(names: list[Entity], lexicon: Lexicon) -> tuple[str, ...]:
    """Return the codes of a list: communities, then nations, each as written."""
    codes = distinct([name.code for name in names])
    return tuple(sorted(codes, key=lambda code: code not in lexicon.community_codes))


def _take_separator(reader: Reader, lexicon: Lexicon) -> bool:
    comma = reader.take_sign(",")
    conjunction = reader.take(lexicon.conjunction_book) is not None
    return comma or conjunction


def _read_name(reader: Reader, book: PhraseBook[T]) -> T:
    name = reader.take(book)
    if name is None:
        raise LabelError(
            f"no nation or community of that name at “{reader.rest()}”; write the "
            "three-letter code or the name as the alliance lists it",
            code="unknown_entity",
        )
    return name
