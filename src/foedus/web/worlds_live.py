"""The page of the worlds and its stream: the same templates, whole or in parts.

- A part is sent when it has changed; the browser puts it where it belongs.
- What has changed is worked out once for everybody who watches.
- A stream says who it is for anew at every beat: a seat that is closed ends it.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from html import escape
from http import HTTPStatus
from typing import Final

import orjson
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from foedus.errors import (
    FoedusError,
    InvalidInputError,
    RuleViolationError,
    UnavailableError,
)
from foedus.identity.accounts import Account
from foedus.ids import START, Position
from foedus.processes.demo_told import SAID
from foedus.web import composer, worlds
from foedus.web.composer import Composer, Draft
from foedus.web.frame import Page, Site, frame, is_demo, seats
from foedus.web.rendering import page_headers, see_other
from foedus.web.visitors import (
    check_form,
    find_session,
    form_token,
    keep_form_cookie,
    read_form,
)
from foedus.web.worlds import NUMBERS, Board, read_board

BEAT_S: Final = 0.25
"""How often a stream looks whether something has arrived; well under a second."""

HEARTBEAT_BEATS: Final = 60
"""Beats without news after which a comment is sent, so that nobody hangs up."""

LIFE_BEATS: Final = 2_400
"""Beats after which a stream ends and the browser comes back: ten minutes."""

STREAMS_MAX: Final = 32
"""Streams at a time. A presentation has one; each costs a rendering a second."""

FOOT_NOTE: Final = "Demo alliance: every record is invented"


class Worlds:
    """The page of one hub, and the parts that were last sent."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._streams = 0
        self._seen: tuple[Position, str] = (START, "")
        self._parts: dict[str, str] = {}

    async def start(self, _: Site, request: Request) -> Response:
        """Send a visitor to where they begin."""
        if find_session(self._site.hub, request) is not None:
            return see_other("/home")
        demo = is_demo(self._site.hub, request)
        return see_other("/worlds" if demo else "/sign-in")

    async def show(self, _: Site, request: Request) -> Response:
        """Show the worlds."""
        return self._page(request, seats(self._site.hub, request), Draft())

    async def publish(self, _: Site, request: Request) -> Response:
        """Publish what the composer holds."""
        hub = self._site.hub
        accounts = seats(hub, request)
        form = await read_form(request)
        check_form(hub, request, form)
        draft = composer.read_draft(form)
        try:
            indicator = await composer.publish(hub, accounts, draft)
        except (InvalidInputError, RuleViolationError) as error:
            return self._page(request, accounts, draft, error=error)
        return see_other(f"/worlds?published={indicator}")

    async def events(self, _: Site, request: Request) -> Response:
        """Send the parts of the page as they change."""
        seats(self._site.hub, request)
        if self._streams >= STREAMS_MAX:
            raise UnavailableError(
                "too many watch just now; come back", retry_after_s=5
            )
        headers = {**page_headers(), "X-Accel-Buffering": "no"}
        return StreamingResponse(
            self._stream(request), media_type="text/event-stream", headers=headers
        )

    async def _stream(self, request: Request) -> AsyncIterator[bytes]:
        hub = self._site.hub
        self._streams += 1
        sent: dict[str, str] = {}
        quiet = 0
        try:
            yield b"retry: 1000\n\n"
            for _ in range(LIFE_BEATS):
                hub.check_fresh()
                news = self._news(seats(hub, request), sent)
                quiet = 0 if news else quiet + 1
                if news:
                    yield news
                elif quiet % HEARTBEAT_BEATS == 0:
                    yield b": still here\n\n"
                await asyncio.sleep(BEAT_S)
        except FoedusError:
            # Not for this visitor any more, or not now; the browser comes back.
            return
        finally:
            self._streams -= 1

    def _news(self, accounts: Sequence[Account], sent: dict[str, str]) -> bytes:
        """Give what has changed since it was sent, as events."""
        self._refresh(accounts)
        events = b""
        for name, html in self._parts.items():
            if sent.get(name) != html:
                sent[name] = html
                data = orjson.dumps({"id": name, "html": html})
                events += b"event: part\ndata: " + data + b"\n\n"
        return events

    def _refresh(self, accounts: Sequence[Account]) -> None:
        hub = self._site.hub
        seen = (Position(hub.projector.position()), hub.store.setting(SAID) or "")
        if seen != self._seen or not self._parts:
            reaches = composer.compose(accounts, Draft(), hub.access)
            self._parts = self._render(read_board(hub, accounts), reaches)
            self._seen = seen

    def _render(self, board: Board, composer: Composer) -> dict[str, str]:
        fill = self._site.renderer.fragment
        before = {"lines": board.lines[1:], "place": "-before"}
        parts = {
            "ledger": fill("_ledger.html", {"ledger": board.ledger}),
            "reaches": fill("_reaches.html", {"composer": composer}),
            "said": fill("_said.html", {"lines": board.lines[:1]}),
            "said-before": fill("_said.html", before),
        }
        for world in board.worlds:
            held = {"world": world}
            parts[f"world-{world.place}"] = fill("_world_items.html", held)
            parts[f"token-{world.place}"] = fill("_token.html", held)
            parts[f"sentence-{world.place}"] = escape(world.sentence)
            parts[f"total-{world.place}"] = escape(world.total)
        if board.marking is not None:
            marking = fill("_marking.html", {"chip": board.marking})
            parts |= {"marking-top": marking, "marking-foot": marking}
        return parts

    def _page(
        self,
        request: Request,
        accounts: Sequence[Account],
        draft: Draft,
        *,
        error: FoedusError | None = None,
    ) -> Response:
        hub = self._site.hub
        board = read_board(hub, accounts)
        made, cookie = form_token(hub, request)
        published = worlds.row_of(board, request.query_params.get("published", ""))
        page = Page(title="Worlds", marking=board.marking, note=FOOT_NOTE)
        response = self._site.renderer.page(
            "worlds.html",
            {
                **frame(self._site, request, page),
                "worlds": board.worlds,
                "number": NUMBERS[len(board.worlds)],
                "lines": board.lines,
                "ledger": board.ledger,
                "composer": composer.compose(accounts, draft, hub.access),
                "published": published,
                "error": error.detail if error else "",
                "form_token": made,
            },
            status=error.status if error else HTTPStatus.OK,
        )
        keep_form_cookie(hub, response, cookie)
        return response
