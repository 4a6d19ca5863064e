"""The versions of a text, and what changed between two of them, word by word."""

import re
from collections.abc import Iterable, Iterator, Sequence
from difflib import SequenceMatcher
from typing import Final, Literal

import msgspec

from foedus.decisions.telling import Moment
from foedus.decisions.texts import Paragraph, Text
from foedus.decisions.writing import write_effects
from foedus.errors import NotFoundError

Change = Literal["same", "added", "removed"]

WORDS_MAX: Final = 4_000
"""Words and gaps of a part that are compared one by one; a longer part is compared by
its lines, since the time grows with the square."""

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
    return TextDiff(
        older=older.number,
        newer=newer.number,
        clauses=tuple(_clauses(older.text.paragraphs, newer.text.paragraphs)),
        sections=tuple(_sections(older.text, newer.text)),
    )


def words_changed(older: str, newer: str) -> tuple[Piece, ...]:
    """Tell which words of a text were added and removed."""
    before, after = _parted(older, newer)
    matched = SequenceMatcher(a=before, b=after, autojunk=False)
    pieces: list[Piece] = []
    for tag, low, high, start, end in matched.get_opcodes():
        if tag == "equal":
            pieces.append(Piece("same", "".join(before[low:high])))
            continue
        if low < high:
            pieces.append(Piece("removed", "".join(before[low:high])))
        if start < end:
            pieces.append(Piece("added", "".join(after[start:end])))
    return tuple(pieces)


def _parted(older: str, newer: str) -> tuple[list[str], list[str]]:
    before, after = _WORD.findall(older), _WORD.findall(newer)
    if len(before) <= WORDS_MAX and len(after) <= WORDS_MAX:
        return before, after
    return older.splitlines(keepends=True), newer.splitlines(keepends=True)


def _clauses(
    before: Sequence[Paragraph], after: Sequence[Paragraph]
) -> Iterator[Clause]:
    """Match paragraphs that are alike, and compare those in between in pairs."""
    matched = SequenceMatcher(a=before, b=after, autojunk=False)
    for tag, low, high, start, end in matched.get_opcodes():
        if tag == "equal":
            yield from (_whole("same", each) for each in before[low:high])
            continue
        gone, new = before[low:high], after[start:end]
        yield from (_pair(a, b) for a, b in zip(gone, new, strict=False))
        yield from (_whole("removed", each) for each in gone[len(new) :])
        yield from (_whole("added", each) for each in new[len(gone) :])


def _whole(change: Change, paragraph: Paragraph) -> Clause:
    return Clause(
        change=change,
        verb=paragraph.verb.value,
        was="",
        pieces=(Piece(change, paragraph.text),),
    )


def _pair(before: Paragraph, after: Paragraph) -> Clause:
    return Clause(
        change="same",
        verb=after.verb.value,
        was="" if before.verb is after.verb else before.verb.value,
        pieces=words_changed(before.text, after.text),
    )


def _sections(older: Text, newer: Text) -> Iterator[Section]:
    before, after = _parts(older), _parts(newer)
    for name in [*after, *(each for each in before if each not in after)]:
        was, now = before.get(name, ""), after.get(name, "")
        if was != now:
            yield Section(name=name, pieces=words_changed(was, now))


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
