"""What changed between two texts, for readers: paragraphs, and words inside them.

A paragraph that was changed is shown once, with the words that went struck out and
those that came underlined; one that has little in common with what it replaces is shown
as gone and come. Long stretches without a change are folded away.
"""

import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from itertools import groupby, zip_longest
from typing import Final, Literal

import msgspec

from foedus.guidance.updates import Change

WORDS_MAX: Final = 600
"""Words of a paragraph that are compared; comparing costs their square."""

ALIKE: Final = 0.5
"""From this share of common words on, a paragraph counts as changed, not replaced."""

KEPT: Final = 2
"""Paragraphs without a change that are shown on both sides of one."""

_WORDS = re.compile(r"\S+\s*")


class Piece(msgspec.Struct, frozen=True, kw_only=True):
    """Words that stayed, came or went."""

    change: Literal["same", "added", "removed"]
    text: str


class Paragraph(msgspec.Struct, frozen=True, kw_only=True):
    """A paragraph of the diff, in pieces."""

    pieces: tuple[Piece, ...]
    changed: bool


class Stretch(msgspec.Struct, frozen=True, kw_only=True):
    """Paragraphs that are shown, or folded away."""

    folded: bool
    paragraphs: tuple[Paragraph, ...]


def readable(changes: Sequence[Change]) -> tuple[Stretch, ...]:
    """Put the lines of a diff into words."""
    paragraphs = list(_paragraphs(changes))
    near = [False] * len(paragraphs)
    for place, each in enumerate(paragraphs):
        if each.changed:
            for shown in range(max(0, place - KEPT), place + KEPT + 1):
                near[shown : shown + 1] = [True] if shown < len(near) else []
    held = list(zip(near, paragraphs, strict=True))
    return tuple(
        Stretch(folded=not shown, paragraphs=tuple(each for _, each in group))
        for shown, group in groupby(held, key=_is_shown)
    )


def _is_shown(held: tuple[bool, Paragraph]) -> bool:
    return held[0]


def _paragraphs(changes: Sequence[Change]) -> Iterator[Paragraph]:
    gone: list[str] = []
    come: list[str] = []
    for each in changes:
        if each.change == "removed":
            gone.append(each.text)
        elif each.change == "added":
            come.append(each.text)
        else:
            yield from _replaced(gone, come)
            gone, come = [], []
            same = Piece(change="same", text=each.text)
            yield Paragraph(pieces=(same,), changed=False)
    yield from _replaced(gone, come)


def _replaced(gone: list[str], come: list[str]) -> Iterator[Paragraph]:
    for before, after in zip_longest(gone, come):
        pieces = _within(before, after) if before and after else ()
        if pieces:
            yield Paragraph(pieces=pieces, changed=True)
            continue
        if before is not None:
            yield _whole("removed", before)
        if after is not None:
            yield _whole("added", after)


def _whole(change: Literal["added", "removed"], text: str) -> Paragraph:
    return Paragraph(pieces=(Piece(change=change, text=text),), changed=True)


def _within(before: str, after: str) -> tuple[Piece, ...]:
    """Compare two paragraphs by word; nothing where they have little in common."""
    old, new = _WORDS.findall(before), _WORDS.findall(after)
    if max(len(old), len(new)) > WORDS_MAX:
        return ()
    matched = SequenceMatcher(a=old, b=new, autojunk=False)
    if matched.ratio() < ALIKE:
        return ()
    pieces = []
    for tag, low, high, start, end in matched.get_opcodes():
        if tag == "equal":
            pieces.append(Piece(change="same", text="".join(new[start:end])))
            continue
        if high > low:
            pieces.append(Piece(change="removed", text="".join(old[low:high])))
        if end > start:
            pieces.append(Piece(change="added", text="".join(new[start:end])))
    return tuple(pieces)
