"""Pages of intelligence: what changed, collections, and single objects.

Everything is read as the visitor, through the ordinary queries; what they may not
see is not there, and nothing is filtered here. Objects may be long, so they are read
and taken apart beside the event loop.
"""

import asyncio
from collections.abc import Mapping
from datetime import datetime
from typing import Final

import msgspec
import orjson
from starlette.requests import Request
from starlette.responses import Response

from foedus.errors import InvalidInputError, NotFoundError
from foedus.intel.explain import explain
from foedus.intel.pages import Filters
from foedus.intel.reading import Collection, Snapshot
from foedus.releasability.viewers import Viewer
from foedus.stix.identifiers import as_identifier
from foedus.stix.timestamps import format_us, parse_us
from foedus.web.chips import Chip, audience_words, page_marking
from foedus.web.frame import Page, Site, frame, require_session
from foedus.web.items import Item, make_item, newest_items
from foedus.web.things import instant_words

NEWEST_MAX: Final = 25
"""Rows of what changed lately: a screen and a half."""

PAGE_MAX: Final = 50
"""Rows of one page of a collection."""

VERSIONS_MAX: Final = 50
"""Versions of an object that are listed."""

CONNECTED_MAX: Final = 50
"""Objects that are looked up because an object names them."""

RAW_MAX: Final = 20_000
"""Characters of a raw object on its page; TAXII has the rest."""


class Connection(msgspec.Struct, frozen=True, kw_only=True):
    """An object that another one names, and as what."""

    how: str
    item: Item


async def show_home(site: Site, request: Request) -> Response:
    """Show what changed lately, and where to go."""
    viewer = require_session(site, request).account.viewer()
    now = site.hub.clock()

    def read() -> tuple[list[Collection], list[Item], Chip | None]:
        with site.hub.reading.snapshot() as seen:
            collections = seen.collections(viewer)
            items = newest_items(seen, viewer, collections, now=now, limit=NEWEST_MAX)
            return collections, items, _marking(items, seen, viewer)

    collections, items, marking = await asyncio.to_thread(read)
    return site.renderer.page(
        "home.html",
        {
            **frame(site, request, Page(title="Home", marking=marking)),
            "items": items,
            "collections": collections,
        },
    )


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
        },
    )


async def show_object(site: Site, request: Request) -> Response:
    """Show one object: who may see it, what it says, what it is connected to."""
    viewer = require_session(site, request).account.viewer()
    stix_id = as_identifier(request.path_params["id"])
    if stix_id is None:
        raise NotFoundError("no such object")
    now = site.hub.clock()

    def read() -> dict[str, object]:
        with site.hub.reading.snapshot() as seen:
            return _object(seen, viewer, stix_id, now)

    context = await asyncio.to_thread(read)
    item = context["item"]
    assert isinstance(item, Item)
    labels = context.pop("marking")
    assert isinstance(labels, Chip | None)
    page = Page(title=item.thing.title, marking=labels)
    return site.renderer.page("object.html", {**frame(site, request, page), **context})


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


def _object(
    seen: Snapshot, viewer: Viewer, stix_id: str, now: datetime
) -> dict[str, object]:
    versions: list[Item] = []
    home: Collection | None = None
    raw = b""
    for each in seen.collections(viewer):
        filters = Filters(ids=(stix_id,), versions=("all",))
        records = seen.page(viewer, each, filters, limit=VERSIONS_MAX).records
        for record in records:
            made = make_item(record, seen.access, viewer=viewer, now=now)
            if not versions or made.added_us >= versions[0].added_us:
                home, raw = each, record.raw
            versions.append(made)
            versions.sort(key=lambda version: version.added_us, reverse=True)
    if home is None:
        raise NotFoundError("no such object")
    item = versions[0]
    connections = _connections(seen, viewer, item, now)
    labels = [*versions, *(each.item for each in connections)]
    reach, nations = audience_words(item.fixed, seen.access, item.nation_code)
    explanation = explain(seen, viewer, stix_id, viewer.nation)
    return {
        "marking": _marking(labels, seen, viewer),
        "item": item,
        "collection": home,
        "versions": [
            {"item": each, "version": instant_words(each.version)} for each in versions
        ],
        "connections": connections,
        "reach": reach,
        "nations": nations,
        "why": explanation.why,
        "raw": orjson.dumps(orjson.loads(raw), option=orjson.OPT_INDENT_2).decode()[
            :RAW_MAX
        ],
        "size": len(raw),
    }


def _connections(
    seen: Snapshot, viewer: Viewer, item: Item, now: datetime
) -> list[Connection]:
    """Look up what an object names, as far as the visitor sees it."""
    named: Mapping[str, str] = {
        stix_id: how for how, stix_id in reversed(item.thing.references)
    }
    filters = Filters(ids=tuple(named)[:CONNECTED_MAX])
    found: dict[str, Connection] = {}
    if not named:
        return []
    for each in seen.collections(viewer):
        page = seen.page(viewer, each, filters, limit=CONNECTED_MAX)
        for record in page.records:
            made = make_item(record, seen.access, viewer=viewer, now=now)
            found.setdefault(record.id, Connection(how=named[record.id], item=made))
    return [found[stix_id] for stix_id in named if stix_id in found]


def _marking(items: list[Item], seen: Snapshot, viewer: Viewer) -> Chip | None:
    return page_marking([each.fixed for each in items], seen.access, viewer.nation)
