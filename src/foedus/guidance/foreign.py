"""Feeds of others: RSS and Atom, read into plain texts that may become policy updates.

- Nothing of a feed is trusted: of its mark-up the words stay, and the addresses of
  links are written out, so that nobody follows one unseen.
- An entry is known again by what its feed calls it, else by its link.
- Too much is cut with a note, never refused: the rest of a feed is of use.

Source: RFC 4287 (Atom), RSS 2.0; feedparser reads both and what is nearly either.
"""

import html
import io
import re
from collections.abc import Iterator
from datetime import date
from typing import Any, Final

import feedparser  # type: ignore[import-untyped]
import msgspec
import nh3

from foedus.errors import InvalidInputError
from foedus.guidance.rules import TEXT_MAX, TITLE_MAX

FEED_BYTES_MAX: Final = 10_485_760
"""Bytes of a feed: hundreds of long entries."""

ENTRIES_MAX: Final = 500
"""Entries of a feed that are read, in its own order; most list the newest first."""

MARKED_MAX: Final = 2 * TEXT_MAX
"""Characters of an entry's content that are read, mark-up and all."""

ENTRY_LINES_MAX: Final = 500
"""Lines of an entry that are kept."""

_WEB: Final = ("http://", "https://")
_BREAKS = re.compile(
    r"</?(p|div|ul|ol|li|h[1-6]|tr|blockquote|br|hr)(\s[^<>]*)?/?>", re.IGNORECASE
)
_AMPERSAND = "\ue000"
"""Stands for `&` while mark-up is taken away: a reader of HTML that joins what stands
between entities takes a time that grows with the square of their number."""

_BLANK = re.compile(r"[^\S\n]+")


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """An entry of a feed, as plain text.

    Attributes:
        key: what its feed calls it; the same entry has it the next time, too.
        published: the day that the feed gives; None where it gives none.
        text: its words, then where they are from.
    """

    key: str
    title: str
    text: str
    published: date | None


class Feed(msgspec.Struct, frozen=True, kw_only=True):
    """A feed that was read.

    Attributes:
        left_out: entries beyond `ENTRIES_MAX`, and such as have neither id nor link.
    """

    title: str
    entries: tuple[Entry, ...]
    left_out: int


def read_feed(raw: bytes) -> Feed:
    """Read a feed.

    Raises:
        InvalidInputError: it is too long, or no feed at all.
    """
    if len(raw) > FEED_BYTES_MAX:
        raise InvalidInputError(
            f"a feed has at most {FEED_BYTES_MAX} bytes; take a shorter one"
        )
    # As a file: bytes that are short might be taken for the name of one, and read.
    read: Any = feedparser.parse(
        io.BytesIO(raw), sanitize_html=False, resolve_relative_uris=False
    )
    if not read.get("version"):
        raise InvalidInputError("this is no RSS or Atom feed; give the feed's own file")
    title = _line(read.feed.get("title", "")) or "a feed without a title"
    found = [each for each in map(_known, read.entries) if each is not None]
    kept = tuple(
        _entry(key, each, title) for key, each in dict(reversed(found)).items()
    )
    entries = kept[::-1][:ENTRIES_MAX]
    left_out = len(read.entries) - len(entries)
    return Feed(title=title, entries=entries, left_out=left_out)


def _known(entry: Any) -> tuple[str, Any] | None:  # noqa: ANN401 - feedparser has no types
    key = str(entry.get("id") or entry.get("link") or "").strip()
    return (key, entry) if key else None


def _entry(key: str, entry: Any, feed: str) -> Entry:  # noqa: ANN401 - as above
    published = _day(entry.get("published_parsed") or entry.get("updated_parsed"))
    title = _line(entry.get("title", ""))[:TITLE_MAX] or "Without a title"
    return Entry(
        key=key,
        title=title,
        text="\n".join(_lines(entry, feed, published))[:TEXT_MAX],
        published=published,
    )


def _lines(entry: Any, feed: str, published: date | None) -> Iterator[str]:  # noqa: ANN401 - as above
    contents = entry.get("content") or [{"value": entry.get("summary", "")}]
    said = plain("\n".join(str(each.get("value", "")) for each in contents))
    lines = said.splitlines()
    yield from lines[:ENTRY_LINES_MAX]
    if len(lines) > ENTRY_LINES_MAX:
        yield f"({len(lines) - ENTRY_LINES_MAX} further lines are left out.)"
    yield ""
    day = f", {published}" if published else ""
    yield f"From {feed}{day}."
    link = _line(str(entry.get("link", "")))
    if link.startswith(_WEB):
        yield link


def plain(marked: str) -> str:
    """Give the words of HTML, a paragraph a line."""
    broken = _BREAKS.sub("\n", marked[:MARKED_MAX])
    whole = broken.replace(_AMPERSAND, "").replace("&", _AMPERSAND)
    bare = html.unescape(nh3.clean(whole, tags=set()))
    words = html.unescape(bare.replace(_AMPERSAND, "&"))
    shown = "".join(c for c in words if c == "\n" or c.isprintable() or c.isspace())
    lines = (_BLANK.sub(" ", line).strip() for line in shown.splitlines())
    return "\n".join(line for line in lines if line)


def _line(text: str) -> str:
    return " ".join(plain(text).split())


def _day(parsed: Any) -> date | None:  # noqa: ANN401 - as above
    """Give the day of an instant as feedparser tells it: nine numbers, in UTC."""
    if parsed is None:
        return None
    try:
        year, month, day = parsed[:3]
        return date(year, month, day)
    except (ValueError, TypeError):
        return None
