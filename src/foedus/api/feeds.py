"""Policy updates as an Atom feed and as a JSON Feed, in the reader's world.

The label of an update travels with it: as `rights` in Atom, as a tag in JSON Feed.

Source: RFC 4287; JSON Feed 1.1.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Final
from xml.sax.saxutils import escape, quoteattr

import msgspec

from foedus.clock import EPOCH
from foedus.guidance.updates import UpdateSheet

ATOM: Final = "application/atom+xml"
"""The media type of an Atom feed."""

JSON_FEED: Final = "application/feed+json"
"""The media type of a JSON Feed."""

_NOT_XML = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that no XML document can hold (XML 1.0, section 2.2)."""


class Author(msgspec.Struct, frozen=True, kw_only=True):
    """Who publishes."""

    name: str


class FeedItem(msgspec.Struct, frozen=True, kw_only=True):
    """One update in a JSON Feed."""

    id: str
    title: str
    content_text: str
    date_published: datetime
    date_modified: datetime
    authors: tuple[Author, ...]
    tags: tuple[str, ...]


class JsonFeed(msgspec.Struct, frozen=True, kw_only=True):
    """A JSON Feed."""

    version: str
    title: str
    feed_url: str
    items: tuple[FeedItem, ...]


def json_feed(updates: Iterable[UpdateSheet], *, title: str, url: str) -> JsonFeed:
    """Give updates as a JSON Feed."""
    return JsonFeed(
        version="https://jsonfeed.org/version/1.1",
        title=title,
        feed_url=url,
        items=tuple(
            FeedItem(
                id=each.update,
                title=each.title,
                content_text=_content(each),
                date_published=each.first_published,
                date_modified=each.published,
                authors=(Author(name=each.author),),
                tags=(each.label,),
            )
            for each in updates
        ),
    )


def atom_feed(updates: Sequence[UpdateSheet], *, title: str, url: str) -> bytes:
    """Give updates as an Atom feed."""
    newest = max((each.published for each in updates), default=EPOCH)
    lines = [
        '<?xml version="1.0" encoding="utf-8"?>',
        '<feed xmlns="http://www.w3.org/2005/Atom">',
        f"<id>{_text(url)}</id>",
        f"<title>{_text(title)}</title>",
        f"<updated>{_instant(newest)}</updated>",
        f'<link rel="self" type={quoteattr(ATOM)} href={quoteattr(url)}/>',
        *(line for each in updates for line in _entry(each)),
        "</feed>",
    ]
    return "\n".join(lines).encode()


def _entry(each: UpdateSheet) -> Iterator[str]:
    yield "<entry>"
    yield f"<id>urn:uuid:{_text(each.update.partition('--')[2])}</id>"
    yield f"<title>{_text(each.title)}</title>"
    yield f"<published>{_instant(each.first_published)}</published>"
    yield f"<updated>{_instant(each.published)}</updated>"
    yield f"<author><name>{_text(each.author)}</name></author>"
    yield f"<rights>{_text(each.label)}</rights>"
    yield f'<content type="text">{_text(_content(each))}</content>'
    yield "</entry>"


def _content(each: UpdateSheet) -> str:
    return f"Edition {each.edition}, effective {each.effective}.\n\n{each.text}"


def _text(text: str) -> str:
    return escape(_NOT_XML.sub("\ufffd", text))


def _instant(at: datetime) -> str:
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
