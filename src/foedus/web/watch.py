"""The watch: what arrives now and since one's last watch, and what waits for it.

- The page is whole without a script: reloading shows what is there. With one, the
  browser follows `/live` and asks for the parts of the page anew when something comes.
- What one has seen is marked by the newest row that the page showed, never by the
  time: what came meanwhile is shown next time.
- One's nation's programs are shown beside it: `watch_consumers`.
"""

import asyncio
from datetime import timedelta
from typing import Final

import msgspec
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from foedus.clock import from_us, to_ms
from foedus.errors import InvalidInputError
from foedus.identity.accounts import Account
from foedus.intel.reading import Snapshot
from foedus.intel.recall_sheets import recall_sheet
from foedus.intel.recalls import label_of, recalls
from foedus.releasability.join import FixedLabel
from foedus.releasability.viewers import Viewer
from foedus.web.chips import Chip, Token, chip, page_marking, token
from foedus.web.frame import Page, Site, frame, require_session, signed_form
from foedus.web.items import Item, newest_items
from foedus.web.rendering import page_headers, see_other
from foedus.web.watch_consumers import Consumer, consumers, when

ROWS_MAX: Final = 50
"""Rows of what arrived: two screens; the collections have the rest."""

RECALLS_MAX: Final = 200
"""Recalls that are looked at for those that wait."""

FIRST: Final = timedelta(hours=24)
"""How far back a first watch looks."""

DIGITS_MAX: Final = 18
"""Digits of a date added in microseconds: enough until the year 33658."""

DONE: Final = {"seen": "Noted. What comes from now on is shown next time."}
"""What is said after an act, by the word in the address."""


class Waiting(msgspec.Struct, frozen=True, kw_only=True):
    """A recall that the visitor's nation has yet to confirm."""

    recall: str
    object: str
    reason: str
    at: str
    instant: str
    nation: Token
    chip: Chip


class Watch(msgspec.Struct, frozen=True, kw_only=True):
    """What the page shows.

    Attributes:
        since: in words.
        is_first: whether the visitor never said what was seen.
        until_us: of the newest row; what is marked as seen by it.
        more: whether there are older rows that are not shown.
    """

    items: tuple[Item, ...]
    since: str
    is_first: bool
    until_us: int
    more: bool
    waiting: tuple[Waiting, ...]
    consumers: tuple[Consumer, ...]
    marking: Chip | None


async def show_watch(site: Site, request: Request) -> Response:
    """Show what arrived since the visitor's last watch, and what waits."""
    account = require_session(site, request).account
    watch = await asyncio.to_thread(_read, site, account)
    page = Page(title="Watch", marking=watch.marking)
    return site.renderer.page(
        "watch.html",
        {
            **frame(site, request, page),
            "watch": watch,
            "done": DONE.get(request.query_params.get("done", ""), ""),
        },
    )


async def show_parts(site: Site, request: Request) -> Response:
    """Give the parts of the page that change, for the script."""
    account = require_session(site, request).account
    watch = await asyncio.to_thread(_read, site, account)
    session = require_session(site, request)
    fill = site.renderer.fragment
    held = {
        "watch": watch,
        "session_token": site.hub.authenticator.csrf_token(session),
    }
    parts = {
        "arrivals": fill("_watch_rows.html", held),
        "waiting": fill("_watch_waiting.html", held),
        "consumers": fill("_watch_consumers.html", held),
        "seen": fill("_watch_seen.html", held),
        "rest": fill("_watch_rest.html", held),
    }
    if watch.marking is not None:
        marking = fill("_marking.html", {"chip": watch.marking})
        parts |= {"marking-top": marking, "marking-foot": marking}
    return JSONResponse(parts, headers=page_headers())


async def mark(site: Site, request: Request) -> Response:
    """Note that the visitor has seen what the page showed."""
    session, form = await signed_form(site, request)
    text = form.get("until", "")
    if not (text.isascii() and text.isdecimal() and len(text) <= DIGITS_MAX):
        raise InvalidInputError("until: open the page again and send it from there")
    now_us = to_ms(site.hub.clock()) * 1_000
    site.hub.keyring.watches.mark(session.account.id, min(int(text), now_us))
    return see_other("/watch?done=seen")


def _read(site: Site, account: Account) -> Watch:
    hub, viewer, now = site.hub, account.viewer(), site.hub.clock()
    marked_us = hub.keyring.watches.until_us(account.id)
    since_us = to_ms(now - FIRST) * 1_000 if marked_us is None else marked_us
    with hub.reading.snapshot() as seen:
        collections = seen.collections(viewer)
        found = newest_items(seen, viewer, collections, now=now, limit=ROWS_MAX + 1)
        items = [each for each in found if each.added_us > since_us]
        waits = recalls_waiting(seen, viewer)
        labels = [label for _, label in waits]
        labels += [each.fixed for each in items[:ROWS_MAX]]
        marking = page_marking(labels, seen.access, viewer.nation)
        programs = consumers(hub, seen, account)
    return Watch(
        items=tuple(items[:ROWS_MAX]),
        since=when(from_us(since_us)),
        is_first=marked_us is None,
        until_us=items[0].added_us if items else since_us,
        more=len(items) > ROWS_MAX,
        waiting=tuple(each for each, _ in waits),
        consumers=programs,
        marking=marking,
    )


def recalls_waiting(seen: Snapshot, viewer: Viewer) -> list[tuple[Waiting, FixedLabel]]:
    """Find the recalls that the viewer's nation has yet to confirm, with labels."""
    found: list[tuple[Waiting, FixedLabel]] = []
    for each in recalls(seen, viewer, limit=RECALLS_MAX):
        sheet = recall_sheet(seen, viewer, each)
        if sheet.asks:
            label = label_of(seen, viewer, each)
            waiting = Waiting(
                recall=sheet.recall,
                object=sheet.id,
                reason=sheet.reason,
                at=when(sheet.at),
                instant=sheet.at.isoformat(),
                nation=token(sheet.nation, seen.access),
                chip=chip(label, seen.access),
            )
            found.append((waiting, label))
    return found
