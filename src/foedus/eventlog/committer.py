"""The group committer: many waiters, one writer thread, one commit for many.

- While a commit is being made durable the next one gathers.
- Nations take turns in what waits; see `queueing`.
- Every waiter is answered: with outcomes, or with why there are none.
- A waiter that is cancelled harms nobody; what it asked for is dropped if it has
  not been picked up, else it is written.
"""

import asyncio
import threading
import traceback
from collections import Counter
from collections.abc import Callable, Sequence

import structlog

from foedus.errors import FoedusError, UnavailableError
from foedus.eventlog.draft import Draft
from foedus.eventlog.figures import Figures
from foedus.eventlog.log import Outcome, Sequencer
from foedus.eventlog.queueing import Limits, Queue, Request
from foedus.eventlog.waiters import answer

IDLE_S = 1.0
"""Seconds without a commit after which the sequencer does its chores."""

_log = structlog.get_logger(__name__)


class Committer:
    """Gathers drafts from many tasks into commits of one sequencer.

    Args:
        sequencer: writes the commits.
        on_commit: called by the writer thread after each commit.
        limits: how much may share a commit, and how much may wait.
    """

    def __init__(
        self,
        sequencer: Sequencer,
        on_commit: Callable[[], None],
        limits: Limits | None = None,
    ) -> None:
        self._sequencer = sequencer
        self._on_commit = on_commit
        self._limits = Limits() if limits is None else limits
        self._changed = threading.Condition()
        self._queue = Queue(self._limits)
        self._commits: Counter[int] = Counter()
        self._committed_bytes = 0
        self._refused = 0
        self._failed = 0
        self._closed = False
        self._writer: threading.Thread | None = None

    async def submit(self, drafts: Sequence[Draft]) -> list[Outcome]:
        """Have drafts committed, together as far as the limits allow.

        Returns:
            One outcome for each draft, in order.
        """
        outcomes: list[Outcome] = []
        for part in self._parts(drafts):
            try:
                outcomes += await self._enqueue(part)
            except FoedusError as error:
                outcomes += [error] * len(part)
        return outcomes

    def figures(self) -> Figures:
        """Tell how much was written, and how much waits; from any thread."""
        with self._changed:
            return Figures(
                commits=dict(self._commits),
                committed_bytes=self._committed_bytes,
                refused=self._refused,
                failed=self._failed,
                waiting=self._queue.appends,
                waiting_bytes=self._queue.size,
            )

    def close(self) -> None:
        """Commit what is queued, answer everybody, and end the writer thread."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
        if self._writer is not None:
            self._writer.join()
        self._sequencer.close()

    def _parts(self, drafts: Sequence[Draft]) -> list[list[Draft]]:
        parts: list[list[Draft]] = []
        size = 0
        for draft in drafts:
            size += draft.size
            if (
                not parts
                or len(parts[-1]) >= self._limits.commit_appends_max
                or size > self._limits.commit_bytes_max
            ):
                parts.append([])
                size = draft.size
            parts[-1].append(draft)
        return parts

    def _enqueue(self, drafts: list[Draft]) -> asyncio.Future[list[Outcome]]:
        future = asyncio.get_running_loop().create_future()
        size = sum(draft.size for draft in drafts)
        request = Request(drafts, drafts[0].nation, size, future)
        with self._changed:
            if self._closed:
                raise UnavailableError("the log is closed; come back")
            try:
                self._queue.put(request)
            except UnavailableError:
                self._refused += len(drafts)
                raise
            if self._writer is None:
                self._writer = threading.Thread(
                    target=self._run, name="log-writer", daemon=True
                )
                self._writer.start()
            self._changed.notify()
        return future

    def _run(self) -> None:
        is_idle = False
        while True:
            requests = self._next_requests(None if is_idle else IDLE_S)
            if requests is None:
                return
            is_idle = not requests
            if is_idle:
                self._do_chores(self._sequencer.idle)
            else:
                self._commit(requests)
                self._do_chores(self._on_commit)

    def _next_requests(self, timeout_s: float | None) -> list[Request] | None:
        """Wait for requests; empty after the time-out, None when it is all over."""
        with self._changed:
            self._changed.wait_for(lambda: self._queue or self._closed, timeout_s)
            if self._closed and not self._queue:
                return None
            return self._queue.take()

    def _commit(self, requests: list[Request]) -> None:
        requests = [request for request in requests if not request.future.cancelled()]
        drafts = [draft for request in requests for draft in request.drafts]
        if not drafts:
            return
        try:
            outcomes = self._sequencer.commit(drafts).outcomes
        except Exception as error:  # noqa: BLE001 - edge of the log's task
            self._failed += 1
            refusal = _refusal(error)
            answer((request.future, refusal) for request in requests)
            return
        self._commits[len(drafts)] += 1
        self._committed_bytes += sum(request.size for request in requests)
        start = 0
        answers: list[tuple[asyncio.Future[list[Outcome]], list[Outcome]]] = []
        for request in requests:
            end = start + len(request.drafts)
            answers.append((request.future, outcomes[start:end]))
            start = end
        answer(answers)

    def _do_chores(self, chores: Callable[[], None]) -> None:
        try:
            chores()
        except Exception as error:  # noqa: BLE001 - edge of the log's task
            _report("log_chores_failed", error)


def _refusal(error: Exception) -> FoedusError:
    if isinstance(error, FoedusError):
        return error
    _report("commit_failed", error)
    return UnavailableError(
        "the log could not be written; a retry with the same event id is safe"
    )


def _report(event: str, error: Exception) -> None:
    """Log where it failed, never what it said: that may hold what has a label."""
    where = traceback.format_tb(error.__traceback__)
    _log.error(event, error=type(error).__name__, where=where)
