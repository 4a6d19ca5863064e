"""The versions of a text, and what changed between two of them, word by word."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from difflib import SequenceMatcher
from typing import Final, Literal

import msgspec

from foedus.decisions.telling import Moment
from foedus.decisions.texts import Paragraph, Text
from foedus.decisions.writing import write_effects
from foedus.errors import NotFoundError

Change = Literal["same", "added", "removed"]

PAIRS_MAX: Final = 20_000
"""Pairs of equal words, one of each version, that one comparison looks at: the time
grows with them. A part with more is compared by its lines, or shown as replaced."""

_WORD: Final = re.compile(r"\s+|\w+|[^\w\s]")


class Version(msgspec.Struct, frozen=True, kw_only=True):
    """A version of the text, as it was last.

    Attributes:
        since_ms: when the reader could first know of it.
    """

    number: int
    text: Text
    since_ms: int


class Piece(msgspec.Struct, frozen=True):
    """A stretch of words."""

    change: Change
    text: str


class Clause(msgspec.Struct, frozen=True, kw_only=True):
    """A paragraph in a comparison.

    Attributes:
        change: of the whole paragraph; *same* also where words in it changed.
        verb: what the nations do in it; of one that was removed, did.
        was: another verb that it had before; "" for the same.
    """

    change: Change
    verb: str
    was: str
    pieces: tuple[Piece, ...]


class Section(msgspec.Struct, frozen=True, kw_only=True):
    """Another part of the text that changed: the label, the forum, an effect."""

    name: str
    pieces: tuple[Piece, ...]


class TextDiff(msgspec.Struct, frozen=True, kw_only=True):
    """What changed between two versions of a text.

    Attributes:
        clauses: every paragraph, in order, also those that did not change.
        sections: further parts, of which only those that changed.
    """

    older: int
    newer: int
    clauses: tuple[Clause, ...]
    sections: tuple[Section, ...]


def versions_of(found: Iterable[Moment]) -> tuple[Version, ...]:
    """List the versions that a reader may know of, the first one first."""
    versions: dict[int, Version] = {}
    for each in found:
        if each.told:
            number = each.decision.version
            known = versions.get(number)
            since_ms = each.entry.arrival_ms if known is None else known.since_ms
            text = each.decision.text
            versions[number] = Version(number=number, text=text, since_ms=since_ms)
    return tuple(versions[number] for number in sorted(versions))


def version(found: Sequence[Version], number: int) -> Version:
    """Find a version by its number.

    Raises:
        NotFoundError: there is none, or not for the reader.
    """
    for each in found:
        if each.number == number:
            return each
    raise NotFoundError(f"no version {number} of it; see the versions that there are")


def compare_last(
    found: Sequence[Version], *, older: int | None = None, newer: int | None = None
) -> TextDiff:
    """Compare two versions; by default the last two.

    Raises:
        NotFoundError: there is no such version for the reader.
    """
    after = version(found, newer or found[-1].number)
    earlier = [each.number for each in found if each.number < after.number]
    return compare(version(found, older or (earlier or [after.number])[-1]), after)


def compare(older: Version, newer: Version) -> TextDiff:
    """Tell what changed from one version to another."""
    matcher = WordMatcher()
    return TextDiff(
        older=older.number,
        newer=newer.number,
        clauses=tuple(_clauses(matcher, older.text.paragraphs, newer.text.paragraphs)),
        sections=tuple(_sections(matcher, older.text, newer.text)),
    )


class WordMatcher:
    """Matches the words of parts, as long as that takes no more than `PAIRS_MAX`."""

    def __init__(self) -> None:
        self._left = PAIRS_MAX

    def pieces(self, older: str, newer: str) -> tuple[Piece, ...]:
        """Tell which words of a part were added and removed."""
        for parted in (_WORD.findall, _lines):
            before, after = parted(older), parted(newer)
            first, last = _alike(before, after)
            ends = len(before) - last, len(after) - last
            inner = before[first : ends[0]], after[first : ends[1]]
            pairs = _pairs(*inner)
            if pairs <= self._left:
                self._left -= pairs
                found = (
                    Piece("same", "".join(before[:first])),
                    *_matched(*inner),
                    Piece("same", "".join(before[ends[0] :])),
                )
                return tuple(each for each in found if each.text)
        return (Piece("removed", older), Piece("added", newer))


def _lines(text: str) -> list[str]:
    return text.splitlines(keepends=True)


def _alike(before: Sequence[str], after: Sequence[str]) -> tuple[int, int]:
    """Count the words that are the same at the beginning and, of the rest, the end."""
    shorter = min(len(before), len(after))
    first = 0
    while first < shorter and before[first] == after[first]:
        first += 1
    last = 0
    while last < shorter - first and before[-1 - last] == after[-1 - last]:
        last += 1
    return first, last


def _pairs(before: Sequence[str], after: Sequence[str]) -> int:
    counts = Counter(each for each in after if not each.isspace())
    return sum(counts[each] for each in before)


def _matched(before: list[str], after: list[str]) -> Iterator[Piece]:
    # What only parts words is matched beside words, never for itself.
    matched = SequenceMatcher(str.isspace, before, after, autojunk=False)
    for tag, low, high, start, end in matched.get_opcodes():
        if tag == "equal":
            yield Piece("same", "".join(before[low:high]))
            continue
        yield Piece("removed", "".join(before[low:high]))
        yield Piece("added", "".join(after[start:end]))


def _clauses(
    matcher: WordMatcher, before: Sequence[Paragraph], after: Sequence[Paragraph]
) -> Iterator[Clause]:
    """Match paragraphs that are alike, and compare those in between in pairs."""
    matched = SequenceMatcher(a=before, b=after, autojunk=False)
    for tag, low, high, start, end in matched.get_opcodes():
        if tag == "equal":
            yield from (_whole("same", each) for each in before[low:high])
            continue
        gone, new = before[low:high], after[start:end]
        yield from (_pair(matcher, a, b) for a, b in zip(gone, new, strict=False))
        yield from (_whole("removed", each) for each in gone[len(new) :])
        yield from (_whole("added", each) for each in new[len(gone) :])


def _whole(change: Change, paragraph: Paragraph) -> Clause:
    return Clause(
        change=change,
        verb=paragraph.verb.value,
        was="",
        pieces=(Piece(change, paragraph.text),),
    )


def _pair(matcher: WordMatcher, before: Paragraph, after: Paragraph) -> Clause:
    return Clause(
        change="same",
        verb=after.verb.value,
        was="" if before.verb is after.verb else before.verb.value,
        pieces=matcher.pieces(before.text, after.text),
    )


def _sections(matcher: WordMatcher, older: Text, newer: Text) -> Iterator[Section]:
    before, after = _parts(older), _parts(newer)
    for name in [*after, *(each for each in before if each not in after)]:
        was, now = before.get(name, ""), after.get(name, "")
        if was != now:
            yield Section(name=name, pieces=matcher.pieces(was, now))


def _parts(text: Text) -> dict[str, str]:
    forum = text.forum
    without = f", without {', '.join(forum.without)}" if forum.without else ""
    chair = f", chaired by {forum.chair}" if forum.chair else ""
    parts = {
        "Title": text.title,
        "Summary": text.summary,
        "Label": text.label,
        "Who decides": f"{forum.name}: {', '.join(forum.of)}{without}{chair}",
        "Weights": " ".join(f"{code}={n}" for code, n in forum.weights.items()),
        "Condition": text.condition,
        "Ends": "" if text.sunset is None else text.sunset.isoformat(),
        "Effects": write_effects(text.effects),
    }
    return parts | {f"Annex: {each.title}": each.text for each in text.annexes}
