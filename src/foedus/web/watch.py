"""The watch: what arrives now and since one's last watch, and what waits for it.

- The page is whole without a script: reloading shows what is there. With one, the
  browser follows `/live` and asks for the parts of the page anew when something comes.
- What one has seen is marked by the newest row that the page showed, never by the
  time: what came meanwhile is shown next time.
- Shown of one's nation's consumers is what they were sent and how they fare; of the
  address only the host.
"""

import asyncio
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import urlsplit

import msgspec
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from foedus.clock import from_ms, from_us, to_ms
from foedus.errors import InvalidInputError
from foedus.identity.accounts import Account
from foedus.identity.webhooks import State, Webhook
from foedus.intel.reading import Snapshot
from foedus.intel.recall_sheets import recall_sheet
from foedus.intel.recalls import label_of, recalls
from foedus.releasability.join import FixedLabel
from foedus.releasability.viewers import Viewer
from foedus.web.chips import Chip, Token, chip, page_marking, token
from foedus.web.frame import Page, Site, frame, require_session, signed_form
from foedus.web.items import Item, newest_items
from foedus.web.rendering import page_headers, see_other

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


class Consumer(msgspec.Struct, frozen=True, kw_only=True):
    """A program of the visitor's nation that is sent what comes.

    Attributes:
        css: the class of its state.
        state: in words.
        detail: since when, or why not.
    """

    name: str
    kind: str
    css: str
    state: str
    detail: str


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
        waiting, labels = _waiting(seen, viewer)
        labels += [each.fixed for each in items[:ROWS_MAX]]
        marking = page_marking(labels, seen.access, viewer.nation)
    webhooks = hub.keyring.webhooks.of_nation(account.nation)
    return Watch(
        items=tuple(items[:ROWS_MAX]),
        since=_when(from_us(since_us)),
        is_first=marked_us is None,
        until_us=items[0].added_us if items else since_us,
        more=len(items) > ROWS_MAX,
        waiting=tuple(waiting),
        consumers=tuple(_consumer(site, each) for each in webhooks),
        marking=marking,
    )


def _waiting(seen: Snapshot, viewer: Viewer) -> tuple[list[Waiting], list[FixedLabel]]:
    """Find the recalls that the visitor's nation has yet to confirm, and labels."""
    found: list[Waiting] = []
    labels: list[FixedLabel] = []
    for each in recalls(seen, viewer, limit=RECALLS_MAX):
        sheet = recall_sheet(seen, viewer, each)
        if sheet.asks:
            label = label_of(seen, viewer, each)
            labels.append(label)
            found.append(
                Waiting(
                    recall=sheet.recall,
                    object=sheet.id,
                    reason=sheet.reason,
                    at=_when(sheet.at),
                    instant=sheet.at.isoformat(),
                    nation=token(sheet.nation, seen.access),
                    chip=chip(label, seen.access),
                )
            )
    return found, labels


def _consumer(site: Site, webhook: Webhook) -> Consumer:
    name = site.hub.keyring.names.of(webhook.account_id) or ""
    css, state, detail = _fares(webhook)
    host = urlsplit(webhook.url).hostname or ""
    return Consumer(
        name=name, kind=f"webhook to {host}", css=css, state=state, detail=detail
    )


def _fares(webhook: Webhook) -> tuple[str, str, str]:
    """Tell how a webhook fares: the class, the state, and since when or why."""
    if webhook.state is State.STOPPED:
        return "bad", "stopped", webhook.reason
    if webhook.state is State.PAUSED:
        return "", "paused", "by its owner"
    if webhook.failing_ms is not None:
        since = _when(from_ms(webhook.failing_ms))
        return "warn", "behind", f"since {since}: {webhook.reason}"
    if webhook.delivered_ms is None:
        return "good", "up to date", "nothing sent yet"
    return "good", "up to date", f"last sent {_when(from_ms(webhook.delivered_ms))}"


def _when(at: datetime) -> str:
    return f"{at:%a} {at.day} {at:%b %Y %H:%M} UTC"
