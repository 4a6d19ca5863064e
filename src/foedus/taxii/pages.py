"""Pages: one read of a collection and the headers and the cursor that go with it.

- A page is read in one snapshot and holds only what the viewer may see; nothing in
  it, the headers and the cursor included, depends on anything else.
- There is never an empty page with more to come.
- An empty page repeats the instant that it was asked from, so that a client that
  keeps the header keeps its place.

Source: TAXII 2.1, sections 3.2 to 3.5.
"""

import asyncio
from typing import Final

import msgspec

from foedus.errors import NotFoundError
from foedus.identity.accounts import Account
from foedus.intel.pages import Filters, Page
from foedus.intel.reading import Collection, Snapshot
from foedus.releasability.viewers import Viewer
from foedus.stix.timestamps import format_us
from foedus.taxii.answers import Header
from foedus.taxii.collections import readable
from foedus.taxii.cursors import question_of
from foedus.taxii.exchange import Exchange
from foedus.taxii.filters import Query, parse_query
from foedus.taxii.surface import Surface

READ_HERE_MAX: Final = 200
"""Records of a page that is read on the event loop; longer ones leave."""

_ALL: Final = ("all",)
_LAST: Final = ("last",)


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """What is asked of a collection.

    Attributes:
        kind: the endpoint; a cursor opens only at the one that gave it.
        object: the only id that matters; None for all.
        all_versions: whether every version counts, whatever the query says.
        bodies: whether the bytes are wanted.
    """

    kind: str
    object: str | None = None
    all_versions: bool = False
    bodies: bool = False


class Read(msgspec.Struct, frozen=True, kw_only=True):
    """A page, its cursor and its headers.

    Attributes:
        cursor: what leads to the next page; None on the last.
    """

    page: Page
    cursor: str | None
    headers: tuple[Header, ...]

    def tail(self) -> dict[str, object]:
        """Say in a resource that there is more, and how to get it."""
        if self.cursor is None:
            return {"more": False}
        return {"more": True, "next": self.cursor}


async def read_page(
    surface: Surface, exchange: Exchange, account: Account, asked: Asked
) -> Read:
    """Read one page of a collection.

    Raises:
        NotFoundError: no such collection, or no such object.
        ForbiddenError: the account may only write to the collection.
        InvalidInputError: the query is malformed.
    """
    query = _narrowed(parse_query(exchange.query), asked)
    name = exchange.name("collection")
    if _may_take_long(query.filters) or _limit(surface, query) > READ_HERE_MAX:
        return await asyncio.to_thread(_read, surface, account, name, asked, query)
    return _read(surface, account, name, asked, query)


def _may_take_long(filters: Filters) -> bool:
    """Tell whether a whole collection may have to be looked through for one page."""
    return not filters.ids and bool(
        filters.types or filters.spec_versions or filters.versions != _LAST
    )


def _read(
    surface: Surface, account: Account, name: str, asked: Asked, query: Query
) -> Read:
    viewer = account.viewer()
    filters = query.filters
    with surface.hub.reading.snapshot() as seen:
        found = readable(seen, viewer, name)
        if query.cursor is not None:
            question = question_of(asked.kind, found.id, filters)
            start_us = surface.cursors.open(query.cursor, question)
            filters = msgspec.structs.replace(filters, added_after_us=start_us)
        limit = _limit(surface, query)
        page = seen.page(viewer, found, filters, limit=limit, bodies=asked.bodies)
        if asked.object is not None and not page.records:
            _check_known(seen, viewer, found, filters)
    cursor = None
    if page.more:
        question = question_of(asked.kind, found.id, query.filters)
        cursor = surface.cursors.seal(page.records[-1], question)
    return Read(page=page, cursor=cursor, headers=_dates(page, filters))


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
        raise NotFoundError("no such object")


def _dates(page: Page, filters: Filters) -> tuple[Header, ...]:
    if page.records:
        first, last = page.records[0].added_us, page.records[-1].added_us
    else:
        first = last = filters.added_after_us or 0
    return (
        (b"x-taxii-date-added-first", format_us(first).encode()),
        (b"x-taxii-date-added-last", format_us(last).encode()),
    )
