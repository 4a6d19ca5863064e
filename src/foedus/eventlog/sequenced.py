"""The log as everybody uses it: a committer before a sequencer, and a reader."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Callable, Sequence

from foedus.errors import FoedusError, UnavailableError
from foedus.eventlog.codec import Codec
from foedus.eventlog.committer import Committer
from foedus.eventlog.draft import Draft, draft_all, draft_redaction
from foedus.eventlog.envelope import Append, Recorded
from foedus.eventlog.figures import Figures
from foedus.eventlog.log import Bell, Entries, Outcome, Progress, Sequencer
from foedus.eventlog.queueing import Limits
from foedus.eventlog.recent import KeepingSequencer, Recent
from foedus.ids import Position

TAIL_ENTRIES = 500
"""Entries that a tail reads at once, so that a slow consumer costs little memory."""

LOOK_AGAIN_S = 5.0
"""Seconds after which a tail looks again even if nobody rang."""


AT_ONCE_MAX = 500
"""Appends made ready on the event loop; more would hold it for milliseconds."""


class SequencedLog:
    """An `EventLog` made of a sequencer, a reader and a bell.

    Args:
        codec: the events of this log.
        sequencer: writes.
        entries: reads.
        bell: wakes those who wait for something new.
        limits: how much may share a commit, and how much may wait.
    """

    def __init__(
        self,
        codec: Codec,
        *,
        sequencer: Sequencer,
        entries: Entries,
        bell: Bell,
        limits: Limits | None = None,
    ) -> None:
        self._codec = codec
        self._entries = entries
        self._bell = bell
        self._recent = Recent()
        keeping = KeepingSequencer(sequencer, self._recent)
        self._committer = Committer(keeping, bell.ring, limits)
        self._is_closed = False

    async def append(self, request: Append) -> Position:
        """As `EventLog.append`."""
        (outcome,) = await self.append_many((request,))
        if isinstance(outcome, FoedusError):
            raise outcome
        return outcome

    async def append_many(self, requests: Sequence[Append]) -> list[Outcome]:
        """As `EventLog.append_many`."""
        if len(requests) > AT_ONCE_MAX:
            drafts = await asyncio.to_thread(draft_all, self._codec, requests)
        else:
            drafts = draft_all(self._codec, requests)
        written = iter(
            await self._committer.submit(
                [draft for draft in drafts if isinstance(draft, Draft)]
            )
        )
        return [
            next(written) if isinstance(draft, Draft) else draft for draft in drafts
        ]

    async def redact(self, request: Append) -> Position:
        """As `EventLog.redact`."""
        draft = draft_redaction(self._codec, request)
        (outcome,) = await self._committer.submit([draft])
        if isinstance(outcome, FoedusError):
            raise outcome
        return outcome

    def read(self, stream: str) -> list[Recorded]:
        """As `EventLog.read`."""
        return self._entries.read(stream)

    def read_after(self, after: Position, limit: int) -> list[Recorded]:
        """As `EventLog.read_after`."""
        return self._entries.read_after(after, limit)

    def take_recent(self, after: Position, limit: int) -> list[Recorded]:
        """As `EventLog.take_recent`."""
        return self._recent.take(after, limit)

    def head(self) -> Position:
        """As `EventLog.head`."""
        return self._entries.head()

    async def tail(self, after: Position) -> AsyncGenerator[Recorded]:
        """As `EventLog.tail`."""
        loop = asyncio.get_running_loop()
        news = asyncio.Event()
        unlisten = self._bell.listen(lambda: _wake(loop, news))
        try:
            while not self._is_closed:
                news.clear()
                page = await self._page(after)
                for recorded in page:
                    yield recorded
                    after = recorded.position
                if not page:
                    await _wait(news)
        finally:
            unlisten()

    def listen(self, callback: Callable[[], None]) -> Callable[[], None]:
        """As `EventLog.listen`."""
        return self._bell.listen(callback)

    def figures(self) -> Figures:
        """As `EventLog.figures`."""
        return self._committer.figures()

    def verify(self, progress: Progress | None = None) -> Position:
        """As `EventLog.verify`."""
        return self._entries.verify(progress)

    def close(self) -> None:
        """As `EventLog.close`."""
        self._is_closed = True
        self._committer.close()
        self._bell.ring()
        self._bell.close()
        self._entries.close()

    async def _page(self, after: Position) -> list[Recorded]:
        try:
            return await asyncio.to_thread(self.read_after, after, TAIL_ENTRIES)
        except UnavailableError:
            if self._is_closed:
                return []
            raise


def _wake(loop: asyncio.AbstractEventLoop, news: asyncio.Event) -> None:
    # The loop may be closed by now: then nobody waits there.
    with contextlib.suppress(RuntimeError):
        loop.call_soon_threadsafe(news.set)


async def _wait(news: asyncio.Event) -> None:
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(LOOK_AGAIN_S):
            await news.wait()
