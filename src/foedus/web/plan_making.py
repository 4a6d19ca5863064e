"""The answer to whoever makes a plan: the page of the plan, or what happens until then.

- What is made within a moment answers as every write does, with the page that shows it.
- What takes longer is told step by step on a page that goes on, without a script, and
  leads to the plan at its end.
- Steps are told without what they name: whose label it has is known at the end alone.
- Whoever leaves stops it: the process that solves is killed, and nothing is kept.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from html import escape
from typing import Final

import msgspec
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from foedus.errors import FoedusError
from foedus.planning.progress import Progress, Tell
from foedus.web.rendering import page_headers, see_other, sentence

PATIENCE_S: Final = 1.0
"""How long whoever asks waits for an answer without being told anything."""

BEAT_S: Final = 0.5
"""Seconds between two looks at how far it has come."""

MARK: Final = "<!--steps-->"
"""Where steps stand in the page."""


class Done(msgspec.Struct, frozen=True, kw_only=True):
    """What has been done.

    Attributes:
        location: where the plan is shown.
        said: what came of it, on the page that goes on; empty where that leads on.
    """

    location: str
    said: str = ""


Work = Callable[[Tell], Awaitable[Done]]
"""Makes the plan, tells its steps, and gives where it is shown."""


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What has been done, or why nothing was."""

    done: Done = Done(location="")
    error: FoedusError | None = None


class Making(Response):
    """Makes a plan while it answers.

    Args:
        work: what is to be done.
        page: the page that goes on, with `MARK` where steps stand.
        refused: gives the page of an error that came at once.
        patience_s: how long nothing is told.
    """

    def __init__(
        self,
        work: Work,
        page: str,
        refused: Callable[[FoedusError], Awaitable[Response]],
        patience_s: float = PATIENCE_S,
    ) -> None:
        super().__init__()
        self._work = work
        self._before, _, self._after = page.partition(MARK)
        self._refused = refused
        self._patience_s = patience_s
        self._steps: list[Progress] = []
        self._told = 0
        self._begun = time.monotonic()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer; called by the framework."""
        async with asyncio.TaskGroup() as tasks:
            making = tasks.create_task(self._made())
            leaving = tasks.create_task(_has_left(receive))
            either = {making, leaving}
            first = asyncio.FIRST_COMPLETED
            await asyncio.wait(either, timeout=self._patience_s, return_when=first)
            is_slow = not making.done() and not leaving.done()
            if is_slow:
                await self._open(send)
            while not making.done() and not leaving.done():
                await asyncio.wait(either, timeout=BEAT_S, return_when=first)
                await _write(send, self._news())
            leaving.cancel()
            making.cancel()  # does nothing to what is done
        if making.cancelled():
            return
        outcome = making.result()
        if outcome.done.said and not is_slow:
            await self._open(send)
            is_slow = True
        if is_slow:
            await _write(send, self._end(outcome) + self._after, more=False)
            return
        answer = (
            see_other(outcome.done.location)
            if outcome.error is None
            else await self._refused(outcome.error)
        )
        await answer(scope, receive, send)

    async def _made(self) -> Outcome:
        try:
            return Outcome(done=await self._work(self._steps.append))
        except FoedusError as error:
            return Outcome(error=error)

    async def _open(self, send: Send) -> None:
        headers = {**page_headers(), "Content-Type": "text/html; charset=utf-8"}
        headers["X-Accel-Buffering"] = "no"
        raw = [(name.lower().encode(), each.encode()) for name, each in headers.items()]
        await send({"type": "http.response.start", "status": 200, "headers": raw})
        await _write(send, self._before)

    def _news(self) -> str:
        """Write the steps that were told since the last look."""
        news = self._steps[self._told :]
        self._told += len(news)
        return "".join(map(self._line, news[-1:]))

    def _line(self, step: Progress) -> str:
        done = "goes on" if step.done is None else f"{100 * step.done:.0f} % done"
        return f"<li>{done}, after {self._elapsed()}</li>\n"

    def _end(self, outcome: Outcome) -> str:
        if outcome.error is not None:
            said = escape(sentence(outcome.error.detail))
            return f'<li class="error" role="alert">No plan was made: {said}</li>\n'
        there = escape(outcome.done.location)
        if outcome.done.said:
            return (
                f'<li role="status">Done after {self._elapsed()}: '
                f"{escape(outcome.done.said)}</li>\n"
                f'<li><a href="{there}">back to the plan</a></li>\n'
            )
        return (
            f'<li role="status">Done after {self._elapsed()}: '
            f'<a href="{there}">open the plan</a></li>\n'
            f'<meta http-equiv="refresh" content="0;url={there}">\n'
        )

    def _elapsed(self) -> str:
        return f"{time.monotonic() - self._begun:.0f} s"


async def _has_left(receive: Receive) -> None:
    """Wait until whoever asked is gone."""
    while (await receive())["type"] != "http.disconnect":
        pass


async def _write(send: Send, text: str, *, more: bool = True) -> None:
    if text or not more:
        body = {"type": "http.response.body", "body": text.encode(), "more_body": more}
        await send(body)
