"""What a digest says: counts and links, and titles of what is public alone.

E-mail crosses networks that nobody here runs, and servers keep copies. So a letter
holds of what is not public only how much of it came for its reader, and where to read
it; and it names a collection only where everybody may read that.

- Counts are those of the reader's world, from the ordinary queries.
- What others wrote is text and never a link: values in titles are broken up.

Source: DESIGN §6, "No onward release"; ADR 16.
"""

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

import msgspec
import orjson

from foedus.alliance.records import PUBLIC
from foedus.clock import to_ms
from foedus.intel.collections import Collection, load_collections
from foedus.intel.pages import Filters, Record
from foedus.intel.reading import Snapshot
from foedus.releasability.viewers import Viewer

COUNT_MAX: Final = 10_000
"""Objects of a collection that are counted; beyond it the letter says "more than"."""

PAGE: Final = 1_000
"""Objects that are counted at once."""

TITLES_MAX: Final = 10
"""Titles in a letter: what is read on a telephone without scrolling."""

TITLE_CHARACTERS_MAX: Final = 100
"""Characters of a title: one line."""

_TITLES: Final = ("name", "abstract", "value", "pattern")
_LIVE_PARTS = re.compile(r"(?<=\w)[.@](?=\w)|://")


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """What came to a collection.

    Attributes:
        title: of the collection; empty for all those that not everybody may read.
        path: where to read it.
        count: how many objects.
    """

    title: str
    path: str
    count: int


class Summary(msgspec.Struct, frozen=True, kw_only=True):
    """What came for a reader.

    Attributes:
        lines: by collection; those that not everybody may read together, last.
        count: of all objects.
        public: how many of them everybody may see.
        is_more: whether some were not counted any more.
        titles: of the newest public ones, with their ids.
    """

    lines: tuple[Line, ...] = ()
    count: int = 0
    public: int = 0
    is_more: bool = False
    titles: tuple[tuple[str, str], ...] = ()


class Letter(msgspec.Struct, frozen=True, kw_only=True):
    """A letter that is to be sent."""

    subject: str
    text: str


class Frame(msgspec.Struct, frozen=True, kw_only=True):
    """What surrounds what came.

    Attributes:
        nation: whose reader it is.
        since: from when on it was counted.
        until: up to when.
        zone: the reader's.
        url: of the hub.
        stop: the address at which letters are stopped.
    """

    nation: str
    since: datetime
    until: datetime
    zone: str
    url: str
    stop: str


def summarise(
    seen: Snapshot, viewer: Viewer, since: datetime, until: datetime
) -> Summary:
    """Count what came for a viewer after an instant, up to another."""
    open_to_all = {
        each.id
        for each, read, _ in load_collections(seen.db)
        if PUBLIC in read.communities
    }
    lines: list[Line] = []
    public: list[tuple[Collection, Record]] = []
    elsewhere = count = 0
    is_more = False
    for collection in seen.collections(viewer):
        found = list(_records(seen, viewer, collection, (since, until)))
        is_more = is_more or len(found) == COUNT_MAX
        count += len(found)
        public += [(collection, each) for each in found if each.label.is_public]
        if collection.id in open_to_all:
            path = f"/collections/{collection.alias}"
            line = Line(title=collection.title, path=path, count=len(found))
            lines += [line] if found else []
        else:
            elsewhere += len(found)
    if elsewhere:
        lines.append(Line(title="", path="/watch", count=elsewhere))
    newest = sorted(public, key=lambda pair: pair[1].added_us)[-TITLES_MAX:]
    return Summary(
        lines=tuple(lines),
        count=count,
        public=len(public),
        is_more=is_more,
        titles=tuple(
            (_title(seen, viewer, collection, record), record.id)
            for collection, record in reversed(newest)
        ),
    )


def _records(
    seen: Snapshot,
    viewer: Viewer,
    collection: Collection,
    between: tuple[datetime, datetime],
) -> Iterator[Record]:
    since_us, until_us = (to_ms(each) * 1_000 for each in between)
    left = COUNT_MAX
    while left > 0:
        filters = Filters(added_after_us=since_us)
        limit = min(PAGE, left)
        page = seen.page(viewer, collection, filters, limit=limit, bodies=False)
        for each in page.records:
            if each.added_us > until_us:
                return
            if each.type != "marking-definition":
                left -= 1
                yield each
        if not page.more:
            return
        since_us = page.records[-1].added_us


def _title(
    seen: Snapshot, viewer: Viewer, collection: Collection, record: Record
) -> str:
    """Read what a public object is called."""
    filters = Filters(ids=(record.id,))
    page = seen.page(viewer, collection, filters, limit=1)
    if not page.records or not page.records[0].label.is_public:
        return record.type  # a moment ago it was another version
    tree = orjson.loads(page.records[0].raw)
    found = (tree.get(each) for each in _TITLES)
    return next((each for each in found if isinstance(each, str) and each), record.type)


def _harmless(text: str) -> str:
    """Write a title in one line that no program makes a link of."""
    line = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    broken = _LIVE_PARTS.sub(lambda found: f"[{found[0]}]", line)
    if len(broken) > TITLE_CHARACTERS_MAX:
        return broken[: TITLE_CHARACTERS_MAX - 1] + "…"
    return broken


def write_letter(summary: Summary, frame: Frame) -> Letter:
    """Write a letter."""
    more = "more than " if summary.is_more else ""
    zone = ZoneInfo(frame.zone)
    since, until = (_when(each, zone) for each in (frame.since, frame.until))
    rest = summary.count - summary.public
    lines = [
        f"What came for {frame.nation} from {since} to {until} ({frame.zone}).",
        "",
        f"{more}{summary.count} new: {summary.public} public, {rest} not.",
        "",
        *(_row(each, frame.url) for each in summary.lines),
    ]
    if summary.titles:
        lines += ["", "Public, newest first:"]
        for title, stix_id in summary.titles:
            lines += [f"- {_harmless(title)}", f"  {frame.url}/objects/{stix_id}"]
    lines += [
        "",
        f"What waits for you, and what arrives now: {frame.url}/watch",
        f"To stop these letters: {frame.stop}",
        "",
    ]
    subject = f"Foedus: {more}{summary.count} new for {frame.nation}"
    return Letter(subject=subject, text="\n".join(lines))


def _row(line: Line, url: str) -> str:
    title = _harmless(line.title) or "In other collections"
    return f"{line.count:>6}  {title}: {url}{line.path}"


def _when(at: datetime, zone: ZoneInfo) -> str:
    there = at.astimezone(zone)
    return f"{there:%a} {there.day} {there:%b %Y %H:%M}"
