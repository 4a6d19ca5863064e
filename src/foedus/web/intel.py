"""Lists of intelligence: collections, and what is in them.

Everything is read as the visitor, through the ordinary queries; what they may not
see is not there, and nothing is filtered here. Objects may be long, so they are read
and taken apart beside the event loop.
"""

import asyncio
from datetime import datetime
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from foedus.errors import InvalidInputError
from foedus.intel.collections import Collection
from foedus.intel.pages import Filters
from foedus.intel.reading import Snapshot
from foedus.releasability.viewers import Viewer
from foedus.stix.timestamps import format_us, parse_us
from foedus.web.chips import Chip, page_marking
from foedus.web.frame import Page, Site, frame, require_session
from foedus.web.items import Item, make_item, newest_items

PAGE_MAX: Final = 50
"""Rows of one page of a collection."""

DONE: Final = {
    "published": "Published. The newest stand first.",
    "withdrawn": "Withdrawn. It is gone from everybody who had it.",
}
"""What is said after an act, by the word in the address."""


async def show_collections(site: Site, request: Request) -> Response:
    """List the collections that the visitor may read or write."""
    viewer = require_session(site, request).account.viewer()
    collections = site.hub.reading.collections(viewer)
    context = frame(site, request, Page(title="Collections"))
    return site.renderer.page(
        "collections.html", {**context, "collections": collections}
    )


async def show_collection(site: Site, request: Request) -> Response:
    """List a collection: the newest, or page by page from the oldest."""
    viewer = require_session(site, request).account.viewer()
    after = request.query_params.get("after")
    now = site.hub.clock()

    def read() -> tuple[Collection, list[Item], str, Chip | None]:
        onward = ""
        with site.hub.reading.snapshot() as seen:
            found = seen.collection(viewer, request.path_params["name"])
            if after is None:
                items = newest_items(seen, viewer, [found], now=now, limit=PAGE_MAX)
            else:
                items, onward = _page_after(seen, viewer, found, after, now)
            return found, items, onward, _marking(items, seen, viewer)

    collection, items, onward, marking = await asyncio.to_thread(read)
    page = Page(title=collection.title, marking=marking)
    return site.renderer.page(
        "collection.html",
        {
            **frame(site, request, page),
            "collection": collection,
            "items": items,
            "from_oldest": after is not None,
            "onward": onward,
            "done": DONE.get(request.query_params.get("done", ""), ""),
        },
    )


def _page_after(
    seen: Snapshot,
    viewer: Viewer,
    collection: Collection,
    after: str,
    now: datetime,
) -> tuple[list[Item], str]:
    """Read one page in the order of arrival, and where the next begins."""
    try:
        after_us = parse_us(after) if after else None
    except InvalidInputError as error:
        raise InvalidInputError(f"after: {error.detail}") from error
    filters = Filters(added_after_us=after_us)
    found = seen.page(viewer, collection, filters, limit=PAGE_MAX)
    items = [
        make_item(record, seen.access, viewer=viewer, now=now)
        for record in found.records
    ]
    return items, format_us(items[-1].added_us) if found.more else ""


def _marking(items: list[Item], seen: Snapshot, viewer: Viewer) -> Chip | None:
    return page_marking([each.fixed for each in items], seen.access, viewer.nation)
