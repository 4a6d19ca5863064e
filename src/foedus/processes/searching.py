"""Search over everything that a viewer may know: one list, the best match first.

- Each capability says what it has that matches, in the viewer's world; nothing is found
  that a list would not show.
- Ranked by the kind of match; of one kind, what everybody knows stands first, and what
  came to be known later before what came earlier. No word counts for more than another.
- Of intelligence, decisions, policy updates and engagements an index tells what may
  match; each is then read as the viewer has it, and compared once more.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from enum import StrEnum
from functools import lru_cache
from typing import Final

import msgspec

from foedus.alliance.nations import Alliance, nation_names
from foedus.clock import from_ms, from_us
from foedus.decisions.reading import search_decisions
from foedus.decisions.wordings import found_by
from foedus.guidance.engagements import search_engagements
from foedus.guidance.updates import search_updates
from foedus.guidance.wordings import of_engagement, of_update
from foedus.ids import NationCode
from foedus.intel.reading import Snapshot
from foedus.intel.searching import FOUND_MAX, search_objects
from foedus.releasability.join import FixedLabel
from foedus.releasability.labels import print_label
from foedus.releasability.viewers import Viewer
from foedus.stix.wording import Match, Query, Wording, match, query_of, wording

EVERYWHERE: Final = ""
"""Asks for every kind."""


class Kind(StrEnum):
    """What can be found."""

    OBJECT = "object"
    DECISION = "decision"
    UPDATE = "update"
    ENGAGEMENT = "engagement"
    COLLECTION = "collection"
    NATION = "nation"
    FRAMEWORK = "framework"
    TERM = "term"
    MISTAKE = "mistake"
    QUESTION = "question"


class Hit(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that was found.

    Attributes:
        kind: what it is.
        id: by which it is asked for: a code, an id or a word.
        title: what it is called.
        said: what it is, in a few words.
        match: how it matches: `whole`, `begin` or `words`.
        at: when the viewer came to know it; null for what everybody knows.
        nation: whose it is; null for what is nobody's.
        label: who may see it; empty for what everybody may.
    """

    kind: Kind
    id: str
    title: str
    said: str
    match: str
    at: datetime | None = None
    nation: NationCode | None = None
    label: str = ""


class Ranked(msgspec.Struct, frozen=True, kw_only=True):
    """A hit with what a surface needs beside it.

    Attributes:
        raw: the bytes of an object; empty for anything else.
        fixed: the label; None for what everybody may see.
    """

    hit: Hit
    rank: Match
    raw: bytes = b""
    fixed: FixedLabel | None = None


def search(
    seen: Snapshot, viewer: Viewer, text: str, *, kind: str = EVERYWHERE, limit: int
) -> list[Ranked]:
    """Search as a viewer.

    Args:
        seen: one state of the views.
        viewer: who looks.
        text: what is looked for: a name, a value, words.
        kind: of which kind alone; every kind where it is empty.
        limit: how many are given.
    """
    query = query_of(text)
    if not query.whole:
        return []
    return sorted(_all(seen, viewer, query, kind), key=_order)[:limit]


def _all(seen: Snapshot, viewer: Viewer, query: Query, kind: str) -> Iterator[Ranked]:
    wanted = set(Kind) if kind == EVERYWHERE else {Kind(kind)}
    if Kind.OBJECT in wanted:
        yield from _objects(seen, viewer, query)
    if Kind.DECISION in wanted:
        yield from _decisions(seen, viewer, query)
    if Kind.UPDATE in wanted:
        yield from _updates(seen, viewer, query)
    if Kind.ENGAGEMENT in wanted:
        yield from _engagements(seen, viewer, query)
    if Kind.COLLECTION in wanted:
        yield from _collections(seen, viewer, query)
    for each in _known(seen.access.alliance, query):
        if each.hit.kind in wanted:
            yield each


def _objects(seen: Snapshot, viewer: Viewer, query: Query) -> Iterator[Ranked]:
    alliance = seen.access.alliance
    for each in search_objects(seen, viewer, query, limit=FOUND_MAX):
        record = each.record
        yield Ranked(
            hit=Hit(
                kind=Kind.OBJECT,
                id=record.id,
                title=_title(record.raw) or record.id,
                said=record.type,
                match=each.match.name.lower(),
                at=from_us(record.added_us),
                nation=record.nation,
                label=print_label(record.label.label, alliance),
            ),
            rank=each.match,
            raw=record.raw,
            fixed=record.label,
        )


class _Titled(msgspec.Struct):
    """What an object is called, where it says so."""

    name: str = ""
    value: str = ""
    pattern: str = ""


_titled = msgspec.json.Decoder(_Titled).decode


def _title(raw: bytes) -> str:
    try:
        told = _titled(raw)
    except msgspec.ValidationError:  # another type of property under these names
        return ""
    return told.name or told.value or told.pattern


def _decisions(seen: Snapshot, viewer: Viewer, query: Query) -> Iterator[Ranked]:
    access = seen.access
    for each in search_decisions(seen.db, access, viewer, query):
        rank = match(query, found_by(each))
        if rank is not None:
            yield Ranked(
                hit=Hit(
                    kind=Kind.DECISION,
                    id=each.id,
                    title=each.text.title,
                    said=f"{each.text.forum.name}, {each.phase}",
                    match=rank.name.lower(),
                    at=None if each.opened_ms is None else from_ms(each.opened_ms),
                    nation=each.proposer,
                    label=print_label(each.label.label, access.alliance),
                ),
                rank=rank,
                fixed=each.label,
            )


def _updates(seen: Snapshot, viewer: Viewer, query: Query) -> Iterator[Ranked]:
    for each in search_updates(seen.db, seen.access, viewer, query):
        rank = match(query, of_update(each.update, each.title, each.text))
        if rank is not None:
            hit = Hit(
                kind=Kind.UPDATE,
                id=each.update,
                title=each.title,
                said=f"edition {each.edition}, applies from {each.effective}",
                match=rank.name.lower(),
                at=each.published,
                nation=each.author,
                label=each.label,
            )
            yield Ranked(hit=hit, rank=rank)


def _engagements(seen: Snapshot, viewer: Viewer, query: Query) -> Iterator[Ranked]:
    for each in search_engagements(seen.db, seen.access, viewer, query):
        told = [each.purpose, each.outcome, *each.regions]
        rank = match(query, of_engagement(each.engagement, each.title, told))
        if rank is not None:
            hit = Hit(
                kind=Kind.ENGAGEMENT,
                id=each.engagement,
                title=each.title,
                said=f"{each.kind}, {each.status}, from {each.since}",
                match=rank.name.lower(),
                at=datetime.combine(each.told, datetime.min.time(), tzinfo=UTC),
                nation=each.author,
                label=each.label,
            )
            yield Ranked(hit=hit, rank=rank)


def _collections(seen: Snapshot, viewer: Viewer, query: Query) -> Iterator[Ranked]:
    for each in seen.collections(viewer):
        found_by = wording([each.alias, each.title, each.id], [each.description])
        yield from _fact(query, found_by, Kind.COLLECTION, each.alias, each.title)


def _known(alliance: Alliance, query: Query) -> Iterator[Ranked]:
    for each in _library(alliance):
        if _may_match(query, each.words):
            yield from _fact(query, each.found_by, each.kind, each.id, each.title)


def _may_match(query: Query, words: str) -> bool:
    """Tell fast of most books that they do not match: no word of theirs begins so."""
    return not query.words or f"\n{query.words[0]}" in words


class _Book(msgspec.Struct, frozen=True, kw_only=True):
    """Something that everybody may know.

    Attributes:
        words: those that it is found by, each on a line of its own.
    """

    found_by: Wording
    words: str
    kind: Kind
    id: str
    title: str


@lru_cache(maxsize=4)
def _library(alliance: Alliance) -> tuple[_Book, ...]:
    """Give nations, frameworks and the guide's words; an alliance never changes."""
    return tuple(_books(alliance))


def _books(alliance: Alliance) -> Iterator[_Book]:
    for nation in alliance.nations.values():
        found_by = wording(nation_names(nation), nation.regions)
        yield _book(Kind.NATION, nation.code, nation.name, found_by)
    for each in alliance.frameworks.values():
        found_by = wording([each.id, each.name], [each.purpose])
        yield _book(Kind.FRAMEWORK, each.id, each.name, found_by)
    for term in alliance.pack.glossary:
        found_by = wording([term.term, *term.aliases], [term.definition])
        yield _book(Kind.TERM, term.term, term.definition, found_by)
    for wrong in alliance.pack.mistakes:
        found_by = wording([wrong.id], [wrong.mistake, wrong.correction])
        yield _book(Kind.MISTAKE, wrong.id, wrong.correction, found_by)
    for asked in alliance.pack.questions:
        found_by = wording([asked.id], [asked.question, asked.answer])
        yield _book(Kind.QUESTION, asked.id, asked.question, found_by)


def _book(kind: Kind, name: str, title: str, found_by: Wording) -> _Book:
    words = "".join(f"\n{each}" for each in found_by.words)
    return _Book(found_by=found_by, words=words, kind=kind, id=name, title=title)


def _fact(
    query: Query, found_by: Wording, kind: Kind, name: str, title: str
) -> Iterator[Ranked]:
    rank = match(query, found_by)
    if rank is not None:
        said = name if kind is Kind.TERM else kind.value
        hit = Hit(kind=kind, id=name, title=title, said=said, match=rank.name.lower())
        yield Ranked(hit=hit, rank=rank)


def _order(each: Ranked) -> tuple[int, int, float, str]:
    at = each.hit.at
    told_at = 0.0 if at is None else -at.timestamp()
    return int(each.rank), int(at is not None), told_at, each.hit.id
