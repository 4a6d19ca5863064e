"""Threads whose work is taken from each nation in turn.

What may take long is done by threads, and there are few of them. They take what waits
one of each nation at a time, so that one nation's long reads are never before
everybody else's.
"""

import threading
from collections import OrderedDict, deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import ContextVar
from functools import partial
from typing import Any, Final, ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")

working_for: Final[ContextVar[str]] = ContextVar("working_for", default="")
"""The nation for which this task works; empty for the hub itself."""


class FairThreads(ThreadPoolExecutor):
    """A pool of threads; made the default of an event loop."""

    def __init__(self, threads: int) -> None:
        super().__init__(threads, thread_name_prefix="fair")
        self._changing = threading.Lock()
        self._lines: OrderedDict[str, deque[Callable[[], None]]] = OrderedDict()

    def submit(
        self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs
    ) -> Future[T]:
        """Have something done when it is its nation's turn."""
        future: Future[T] = Future()
        work = partial(_run, future, partial(fn, *args, **kwargs))
        with self._changing:
            self._lines.setdefault(working_for.get(), deque()).append(work)
        super().submit(self._next)
        return future

    def _next(self) -> None:
        """Do the first of the nation that has waited longest."""
        with self._changing:
            nation, line = next(iter(self._lines.items()))
            work = line.popleft()
            if line:
                self._lines.move_to_end(nation)
            else:
                del self._lines[nation]
        work()


def _run(future: Future[Any], work: Callable[[], Any]) -> None:
    if not future.set_running_or_notify_cancel():
        return
    try:
        result = work()
    except BaseException as error:  # noqa: BLE001 - handed to whoever waits
        future.set_exception(error)
    else:
        future.set_result(result)
