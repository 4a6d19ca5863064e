"""The page of an object, and what the nation that published it may do with it.

Everything is read as the visitor. Objects may be long, so they are read and taken
apart beside the event loop.
"""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import datetime
from http import HTTPStatus
from typing import Final

import msgspec
import orjson
from starlette.requests import Request
from starlette.responses import Response

from foedus.errors import (
    FoedusError,
    ForbiddenError,
    InvalidInputError,
    NotFoundError,
    RuleViolationError,
)
from foedus.ids import CollectionId
from foedus.intel.collections import Collection
from foedus.intel.explain import explain
from foedus.intel.judging import Outcome
from foedus.intel.pages import Filters
from foedus.intel.reading import Snapshot, Stored
from foedus.intel.tearing import tear_line
from foedus.intel.withdrawing import Withdrawal, withdraw_object
from foedus.processes.receipts import Given
from foedus.releasability.viewers import Viewer
from foedus.stix.identifiers import as_identifier
from foedus.web.audiences import make_panel
from foedus.web.chips import Chip, page_marking
from foedus.web.frame import Page, Site, frame, require_session, signed_form
from foedus.web.items import Item, items_of, make_item
from foedus.web.moments import linked, moments
from foedus.web.reading import read_out
from foedus.web.recalls import recall_address
from foedus.web.rendering import see_other
from foedus.web.things import Thing, describe, instant_words

VERSIONS_MAX: Final = 50
"""Versions of an object that are listed."""

CONNECTED_MAX: Final = 50
"""Objects that are looked up because an object names them."""

RAW_MAX: Final = 20_000
"""Characters of a raw object on its page; TAXII has the rest."""

DONE: Final = {
    "published": "Published. Below stands who receives it.",
    "torn": "This is the part for partners. Withdrawing the original withdraws it too.",
}
"""What is said after an act, by the word in the address."""


class Connection(msgspec.Struct, frozen=True, kw_only=True):
    """An object that another one names, and as what."""

    how: str
    item: Item


class Own(msgspec.Struct, frozen=True, kw_only=True):
    """What the visitor's own nation has published under an id, newest version.

    Attributes:
        collection: its alias.
        marked: whether some of its properties carry markings of their own.
    """

    id: str
    collection: str
    thing: Thing
    marked: bool
    stored: Stored


async def show_object(site: Site, request: Request) -> Response:
    """Show one object: who may see it, what it says, what it is connected to."""
    viewer = require_session(site, request).account.viewer()
    return await _page(site, request, viewer)


async def show_withdrawal(site: Site, request: Request) -> Response:
    """Ask whether an object shall be withdrawn, and why."""
    viewer = require_session(site, request).account.viewer()
    return await _withdrawal(site, request, viewer)


async def withdraw(site: Site, request: Request) -> Response:
    """Withdraw what the visitor's own nation published under an id."""
    session, form = await signed_form(site, request)
    hub, viewer = site.hub, session.account.viewer()
    act = hub.act(session.account, door="web", at=hub.clock())
    reason = form.get("reason", "").strip()
    wanted = Withdrawal(
        id=_id(request),
        version="last" if form.get("versions") == "last" else "all",
        reason=reason,
    )
    if not reason:
        missing = InvalidInputError("say why; those who lose it may ask")
        return await _withdrawal(site, request, viewer, error=missing, form=form)
    try:
        done, position = await withdraw_object(hub.desk, viewer, act, wanted)
    except (InvalidInputError, ForbiddenError) as error:
        return await _withdrawal(site, request, viewer, error=error, form=form)
    await hub.seen([position])
    return see_other(f"/collections/{done[0].collection}?done=withdrawn")


async def tear(site: Site, request: Request) -> Response:
    """Publish the part for partners of an object of the visitor's own nation."""
    session, _ = await signed_form(site, request)
    hub, viewer = site.hub, session.account.viewer()
    act = hub.act(session.account, door="web", at=hub.clock())
    with hub.reading.snapshot() as seen:
        own = _own(seen, viewer, _id(request))
    if own is None:
        raise NotFoundError("no such object")
    try:
        outcomes = await tear_line(hub.desk, viewer, act, own.id, own.collection)
        _check_published(outcomes)
    except (InvalidInputError, ForbiddenError, RuleViolationError) as error:
        return await _page(site, request, viewer, error=error)
    await hub.seen([each.position for each in outcomes])
    return see_other(f"/objects/{outcomes[0].id}?done=torn")


async def _page(
    site: Site, request: Request, viewer: Viewer, *, error: FoedusError | None = None
) -> Response:
    stix_id, now = _id(request), site.hub.clock()

    def read() -> dict[str, object]:
        with site.hub.reading.snapshot() as seen:
            return _object(seen, viewer, stix_id, now)

    context = await asyncio.to_thread(read)
    item = context["item"]
    assert isinstance(item, Item)
    given = context.pop("given")
    assert isinstance(given, list)
    account = require_session(site, request).account
    for each in given:
        site.hub.receipts.note(account, "web", each)
    labels = context.pop("marking")
    assert isinstance(labels, Chip | None)
    page = Page(title=item.thing.title, marking=labels)
    return site.renderer.page(
        "object.html",
        {
            **frame(site, request, page),
            **context,
            "done": DONE.get(request.query_params.get("done", ""), ""),
            "error": error.detail if error else "",
        },
        status=error.status if error else HTTPStatus.OK,
    )


async def _withdrawal(
    site: Site,
    request: Request,
    viewer: Viewer,
    *,
    error: FoedusError | None = None,
    form: Mapping[str, str] | None = None,
) -> Response:
    stix_id = _id(request)

    def read() -> tuple[Own, Chip | None]:
        with site.hub.reading.snapshot() as seen:
            own = _own(seen, viewer, stix_id)
            if own is None:
                raise NotFoundError("no such object")
            label = own.stored.label
            return own, page_marking([label], seen.access, viewer.nation)

    own, marking = await asyncio.to_thread(read)
    filled = form or {}
    return site.renderer.page(
        "object_withdraw.html",
        {
            **frame(site, request, Page(title="Withdraw", marking=marking)),
            "object": own,
            "reason": filled.get("reason", ""),
            "only_last": filled.get("versions") == "last",
            "error": error.detail if error else "",
        },
        status=error.status if error else HTTPStatus.OK,
    )


def _check_published(outcomes: Sequence[Outcome]) -> None:
    for each in outcomes:
        if each.outcome == "refused":
            raise RuleViolationError(each.reason)


def _id(request: Request) -> str:
    stix_id = as_identifier(request.path_params["id"])
    if stix_id is None:
        raise NotFoundError("no such object")
    return stix_id


def _own(seen: Snapshot, viewer: Viewer, stix_id: str) -> Own | None:
    """Find what the visitor may withdraw: the own nation's, where one may write."""
    writable = {each.key: each for each in seen.collections(viewer) if each.can_write}
    own = [
        each
        for each in seen.stored(viewer, [stix_id])
        if each.nation == viewer.nation
        and each.label.level <= viewer.clearance
        and each.collection in writable
    ]
    if not own:
        return None
    newest = max(own, key=lambda each: (each.modified_us, each.key))
    raw = seen.original(newest.key)
    return Own(
        id=newest.id,
        collection=writable[newest.collection].alias,
        thing=describe(raw),
        marked=bool(orjson.loads(raw).get("granular_markings")),
        stored=newest,
    )


def _object(
    seen: Snapshot, viewer: Viewer, stix_id: str, now: datetime
) -> dict[str, object]:
    versions: list[Item] = []
    shown: dict[CollectionId, list[int]] = {}
    home: Collection | None = None
    raw = b""
    for each in seen.collections(viewer):
        filters = Filters(ids=(stix_id,), versions=("all",))
        records = seen.page(viewer, each, filters, limit=VERSIONS_MAX).records
        for record in records:
            made = make_item(record, seen.access, viewer=viewer, now=now)
            shown.setdefault(each.id, []).append(made.added_us)
            if not versions or made.added_us >= versions[0].added_us:
                home, raw = each, record.raw
            versions.append(made)
            versions.sort(key=lambda version: version.added_us, reverse=True)
    if home is None:
        raise NotFoundError("no such object")
    item = versions[0]
    connections = _connections(seen, viewer, item, now)
    found = linked(seen, viewer, stix_id, now)
    labels = [*versions, *(each.item for each in connections)]
    labels += [each.item for each in found]
    labels += [each.other for each in found if each.other is not None]
    panel = make_panel(seen, viewer, stix_id)
    explanation = explain(seen, viewer, stix_id, viewer.nation)
    why = [each.detail for each in explanation.why]
    own = _own(seen, viewer, stix_id)
    return {
        "marking": page_marking(
            [each.fixed for each in labels], seen.access, viewer.nation
        ),
        "item": item,
        "collection": home,
        "versions": [
            {"item": each, "version": _version(raw, each)} for each in versions
        ],
        "connections": connections,
        "said": read_out(raw, item.thing.exact or item.thing.title),
        "moments": moments(raw, versions, found, now),
        "panel": panel,
        "given": [_given(each, dates) for each, dates in shown.items()],
        "own_object": own,
        "recall": recall_address(
            seen, viewer, stix_id, viewer.nation if own else item.nation.code
        ),
        "why": [*why[:2], panel.by_release] if panel.by_release else why,
        "raw": orjson.dumps(orjson.loads(raw), option=orjson.OPT_INDENT_2).decode()[
            :RAW_MAX
        ],
        "size": len(raw),
    }


def _version(raw: bytes, item: Item) -> str:
    """Tell a version by when it was changed; observables have no such instant."""
    return instant_words(item.version) if b'"modified"' in raw else "As it came"


def _given(collection: CollectionId, dates: list[int]) -> Given:
    """Say for receipts what a page shows of a collection."""
    only = tuple(sorted(dates))
    return Given(
        collection=collection, after_us=only[0] - 1, last_us=only[-1], only=only
    )


def _connections(
    seen: Snapshot, viewer: Viewer, item: Item, now: datetime
) -> list[Connection]:
    """Look up what an object names, as far as the visitor sees it."""
    named: Mapping[str, str] = {
        stix_id: how for how, stix_id in reversed(item.thing.references)
    }
    found = items_of(seen, viewer, tuple(named)[:CONNECTED_MAX], now=now)
    return [
        Connection(how=how, item=found[stix_id])
        for stix_id, how in named.items()
        if stix_id in found
    ]
