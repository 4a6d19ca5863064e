"""That the hub stops, told to what would otherwise last.

A server that is told to stop takes nothing new and waits for what is under way. An
answer without an end would keep it waiting until it is killed; whoever gives one
listens here and ends it.
"""

import asyncio
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType


class Stopping:
    """Whether this process stops.

    Args:
        signals: by which it is told; none where somebody else listens for them.

    Attributes:
        is_so: whether it does.
    """

    def __init__(self, *signals: signal.Signals) -> None:
        self._signals = signals
        self._listeners: list[Callable[[], None]] = []
        self.is_so = False

    def listen(self, told: Callable[[], None]) -> None:
        """Have something called, in the event loop, as soon as the process stops."""
        self._listeners.append(told)

    def stop(self) -> None:
        """Tell everybody, once; in the event loop."""
        if self.is_so:
            return
        self.is_so = True
        for told in self._listeners:
            told()

    @contextmanager
    def heeded(self) -> Iterator[None]:
        """Heed the signals for a block, in the thread and the loop that run it.

        The loop's own handlers are called all the same: they are woken by the file
        descriptor to which each signal is written, whatever its handler here is.
        """
        loop = asyncio.get_running_loop()

        def heed(_number: int, _frame: FrameType | None) -> None:
            loop.call_soon_threadsafe(self.stop)

        before = [signal.signal(each, heed) for each in self._signals]
        try:
            yield
        finally:
            for each, handler in zip(self._signals, before, strict=True):
                signal.signal(each, handler)
            self.stop()
