"""Patterns in pieces, so that a reader sees what is compared with what.

The pieces together are the pattern, character by character, but for addresses, which
are made harmless. A pattern that is not well formed is cut all the same, never refused.

Source: STIX 2.1, section 9.
"""

import re
from collections.abc import Iterator
from typing import Final

import msgspec

from foedus.web.harmless import harmless

PIECES_MAX: Final = 2_000
"""Pieces of a pattern; what is longer goes on as one."""

_PIECE: Final = re.compile(
    r"(?P<space>\s+)"
    r"|(?P<value>'(?:[^'\\]|\\.)*'|[tbh]'(?:[^'\\]|\\.)*'|-?\d+(?:\.\d+)?\b)"
    r"|(?P<path>[a-z0-9-]+:[\w.'\[\]*-]+)"
    r"|(?P<word>\b(?:AND|OR|NOT|FOLLOWEDBY|WITHIN|START|STOP|REPEATS|TIMES|SECONDS"
    r"|LIKE|MATCHES|IN|ISSUBSET|ISSUPERSET|EXISTS)\b)"
    r"|(?P<sign>[\[\](),]|!=|<=|>=|=|<|>)"
    r"|(?P<other>.)",
    re.DOTALL,
)


class Piece(msgspec.Struct, frozen=True, kw_only=True):
    """A piece of a pattern.

    Attributes:
        css: what it is: `path`, `value`, `word`, or nothing.
    """

    text: str
    css: str = ""


def pieces_of(pattern: str) -> tuple[Piece, ...]:
    """Cut a STIX pattern into pieces."""
    return tuple(_joined(_pieces(pattern)))


def _pieces(pattern: str) -> Iterator[Piece]:
    of_type = ""
    for count, found in enumerate(_PIECE.finditer(pattern)):
        if count >= PIECES_MAX:
            yield Piece(text=pattern[found.start() :])
            return
        kind, text = str(found.lastgroup), found.group()
        if kind == "path":
            of_type = text.partition(":")[0]
        if kind == "value":
            text = harmless(of_type, text)
        yield Piece(text=text, css=kind if kind in {"path", "value", "word"} else "")


def _joined(pieces: Iterator[Piece]) -> Iterator[Piece]:
    """Join neighbours that are nothing in particular."""
    plain = ""
    for each in pieces:
        if each.css:
            if plain:
                yield Piece(text=plain)
            yield each
            plain = ""
        else:
            plain += each.text
    if plain:
        yield Piece(text=plain)
