"""Pages: one read of a collection and the headers and the cursor that go with it.

- A page is read in one snapshot and holds only what the viewer may see; nothing in
  it, the headers and the cursor included, depends on anything else.
- There is never an empty page with more to come.
- An empty page repeats the instant that it was asked from, so that a client that
  keeps the header keeps its place.
- What a view class was given before is given again from `PageCache`, as long as
  nothing has changed.

Source: TAXII 2.1, sections 3.2 to 3.5.
"""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Final

import msgspec
import orjson

from foedus.errors import NotFoundError
from foedus.identity.accounts import Account
from foedus.intel.collections import Collection
from foedus.intel.pages import Filters, Record
from foedus.intel.raws import TakesLongError, at_once
from foedus.intel.reading import Snapshot
from foedus.processes.receipts import Given
from foedus.releasability.viewers import Viewer
from foedus.stix.timestamps import format_us
from foedus.taxii.answers import Answer, Header, encoded
from foedus.taxii.collections import readable
from foedus.taxii.cursors import question_of
from foedus.taxii.encodings import choose
from foedus.taxii.exchange import Exchange
from foedus.taxii.filters import Query, parse_query
from foedus.taxii.page_cache import Key
from foedus.taxii.surface import Surface
from foedus.telemetry.catalogue import PAGE_CACHE

DOOR: Final = "taxii"
"""How receipts name this surface."""

READ_HERE_MAX: Final = 200
"""Records of a page that is read on the event loop; longer ones leave, unless their
bytes are kept."""

_ALL: Final = ("all",)
_LAST: Final = ("last",)


class Listing(msgspec.Struct, frozen=True, kw_only=True):
    """How an endpoint that gives no objects lists what it gives.

    Attributes:
        name: of the property that holds the list.
        item: what a record is in it.
    """

    name: str
    item: Callable[[Record], object]


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """What is asked of a collection.

    Attributes:
        kind: the endpoint; a cursor opens only at the one that gave it.
        object: the only id that matters; None for all.
        all_versions: whether every version counts, whatever the query says.
        listing: how records are listed; None where the objects' bytes are given.
    """

    kind: str
    object: str | None = None
    all_versions: bool = False
    listing: Listing | None = None

    @property
    def is_polled(self) -> bool:
        """Whether it is how a client takes all that comes."""
        return self.object is None and self.listing is None


class _Content(msgspec.Struct, frozen=True, kw_only=True):
    """A page as it was read, before it is an answer.

    Attributes:
        items: of its list, as JSON.
        added_us: when each was added, in the viewer's world; equal for equal pages.
        last_id: the id of the last.
        more: whether there are more after them.
    """

    items: list[bytes] = []
    added_us: Sequence[int] = ()
    last_id: str = ""
    more: bool = False


class _Question(msgspec.Struct, frozen=True, kw_only=True):
    """A page that was not kept: for whom, where, and what is asked for."""

    viewer: Viewer
    found: Collection
    asked: Asked
    query: Query
    key: Key


async def answer_page(
    surface: Surface, exchange: Exchange, account: Account, asked: Asked
) -> Answer:
    """Give one page of a collection.

    Raises:
        NotFoundError: no such collection, or no such object.
        ForbiddenError: the account may only write to the collection.
        InvalidInputError: the query is malformed.
    """
    viewer = account.viewer()
    coding = choose(exchange.header(b"accept-encoding"))
    with surface.hub.reading.snapshot() as seen:
        found = readable(seen, viewer, exchange.name("collection"))
        key = Key(
            kind=asked.kind,
            object=asked.object,
            collection=found.key,
            place=seen.access.place(viewer.nation, viewer.clearance),
            query=exchange.query,
            encoding=coding,
        )
        answer = surface.pages.find(key, seen.state_of(found))
        outcome = "miss" if answer is None else "hit"
        surface.hub.ledger.count(PAGE_CACHE, outcome)
        if answer is None:
            query = _narrowed(parse_query(exchange.query), asked)
            question = _Question(
                viewer=viewer, found=found, asked=asked, query=query, key=key
            )
            with suppress(TakesLongError):
                answer = _read_here(surface, seen, question)
    if answer is None:
        answer = await asyncio.to_thread(_read_apart, surface, question)
    if exchange.scope["method"] == "GET" and asked.is_polled:
        goes_on = answer.given if answer.more else None
        until_ms = None if goes_on is None else goes_on.last_us // 1_000
        surface.hub.consumers.note(account, DOOR, found.id, until_ms)
    answer = _unless_known(answer, exchange.header(b"if-none-match"))
    if exchange.scope["method"] == "GET":
        surface.hub.receipts.note(account, DOOR, answer.given)
    return answer


def _read_here(surface: Surface, seen: Snapshot, question: _Question) -> Answer:
    """Read a page on the event loop.

    Raises:
        TakesLongError: much would be looked through for it, or it is long and its
            bytes are not kept or have to be encoded.
    """
    asked, filters = question.asked, question.query.filters
    is_searched = not filters.ids and bool(
        filters.types or filters.spec_versions or filters.versions != _LAST
    )
    is_long = _limit(surface, question.query) > READ_HERE_MAX
    if is_searched or (is_long and (asked.listing or question.key.encoding)):
        raise TakesLongError
    with at_once(seen.db):
        return _read(surface, seen, question, at_once=True)


def _read_apart(surface: Surface, question: _Question) -> Answer:
    with surface.hub.reading.snapshot() as seen:
        # Another snapshot, in which the right to read may be gone.
        found = readable(seen, question.viewer, question.found.id)
        return _read(surface, seen, msgspec.structs.replace(question, found=found))


def _read(
    surface: Surface, seen: Snapshot, question: _Question, *, at_once: bool = False
) -> Answer:
    """Read a page, and keep it for who asks the same."""
    asked, found, query = question.asked, question.found, question.query
    digest = question_of(asked.kind, found.id, query.filters)
    filters = query.filters
    if query.cursor is not None:
        start_us = surface.cursors.open(query.cursor, digest)
        if filters.added_after_us is not None:
            start_us = max(start_us, filters.added_after_us)
        filters = msgspec.structs.replace(filters, added_after_us=start_us)
    limit = _limit(surface, query)
    if asked.listing is None:
        content = _bytes_of(seen, question, filters, limit, at_once=at_once)
    else:
        content = _listed(seen, question, filters, limit)
    if asked.object is not None and not content.items:
        _check_known(seen, question.viewer, found, filters)
    cursor = None
    if content.more:
        cursor = surface.cursors.seal(content.added_us[-1], content.last_id, digest)
    tag = surface.tag(question.viewer, digest, content.added_us, more=content.more)
    answer = Answer(
        headers=(*_dates(content, filters), (b"etag", tag)),
        body=_body(asked, content, cursor),
        given=_given(question, content, filters),
        more=content.more,
    )
    answer = encoded(answer, question.key.encoding)
    state = seen.state_of(found)
    surface.pages.keep(question.key, state, answer, more=content.more)
    return answer


def _bytes_of(
    seen: Snapshot,
    question: _Question,
    filters: Filters,
    limit: int,
    *,
    at_once: bool,
) -> _Content:
    """Give the bytes of objects; they are never encoded again."""
    page = seen.page_bytes(
        question.viewer, question.found, filters, limit=limit, at_once=at_once
    )
    return _Content(
        items=page.raws,
        added_us=page.added_us,
        last_id=page.last_id,
        more=page.more,
    )


def _listed(
    seen: Snapshot, question: _Question, filters: Filters, limit: int
) -> _Content:
    """List records as the endpoint lists them."""
    viewer, found, listing = question.viewer, question.found, question.asked.listing
    assert listing is not None, "bytes are given otherwise"
    page = seen.page(viewer, found, filters, limit=limit, bodies=False)
    if not page.records:
        return _Content()
    return _Content(
        items=[orjson.dumps(listing.item(each)) for each in page.records],
        added_us=[each.added_us for each in page.records],
        last_id=page.records[-1].id,
        more=page.more,
    )


def _body(asked: Asked, content: _Content, cursor: str | None) -> bytes:
    """Write the resource; empty lists are left out."""
    items = content.items
    if not items:
        return b"{}"
    name = b"objects" if asked.listing is None else asked.listing.name.encode()
    if cursor is None:
        head = b'{"more":false,"%b":[' % name
    else:
        head = b'{"more":true,"next":"%b","%b":[' % (cursor.encode(), name)
    # Joined once: a page is a hundred kilobytes and more.
    items[0] = head + items[0]
    items[-1] += b"]}"
    return b",".join(items)


def _unless_known(answer: Answer, known: bytes) -> Answer:
    """Say that nothing has changed, where the client has the page already."""
    if not known:
        return answer
    tag = dict(answer.headers)[b"etag"]
    if tag not in (each.strip() for each in known.split(b",")) and known != b"*":
        return answer
    kept = tuple(each for each in answer.headers if each[0] != b"content-encoding")
    return Answer(status=304, headers=kept)


def _narrowed(query: Query, asked: Asked) -> Query:
    """Keep of the filters what the endpoint knows."""
    if asked.object is None:
        return query
    filters = msgspec.structs.replace(query.filters, ids=(asked.object,), types=())
    if asked.all_versions:
        filters = msgspec.structs.replace(filters, versions=_ALL)
    return msgspec.structs.replace(query, filters=filters)


def _limit(surface: Surface, query: Query) -> int:
    settings = surface.hub.settings.taxii
    return min(query.limit or settings.page_size, settings.page_size_max)


def _check_known(
    seen: Snapshot, viewer: Viewer, found: Collection, filters: Filters
) -> None:
    """Tell "nothing new of it" from "no such object", as far as the viewer sees."""
    timeless = Filters(ids=filters.ids, versions=filters.versions)
    if not seen.page(viewer, found, timeless, limit=1, bodies=False).records:
        raise NotFoundError("no such object; the manifest lists what there is")


def _given(question: _Question, content: _Content, filters: Filters) -> Given | None:
    """Say for receipts what a page gives; lists of ids and dates give no object.

    Who asks for last versions only is taken to have been given all of an object.
    """
    if question.asked.listing is not None or not content.added_us:
        return None
    is_part = bool(
        filters.ids
        or filters.types
        or filters.spec_versions
        or filters.versions not in (_ALL, _LAST)
    )
    return Given(
        collection=question.found.id,
        after_us=filters.added_after_us or 0,
        last_us=content.added_us[-1],
        only=tuple(content.added_us) if is_part else (),
    )


def _dates(content: _Content, filters: Filters) -> tuple[Header, Header]:
    if content.added_us:
        first, last = content.added_us[0], content.added_us[-1]
    else:
        first = last = filters.added_after_us or 0
    first_said = last_said = format_us(last).encode()
    if first != last:
        first_said = format_us(first).encode()
    return (
        (b"x-taxii-date-added-first", first_said),
        (b"x-taxii-date-added-last", last_said),
    )
