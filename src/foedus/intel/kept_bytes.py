"""Objects' bytes, kept beside the pages: what many pages hold is read but once.

- What is kept is of one *epoch*: of one making of the views, which number the versions,
  and of one last redaction of the log. In another nothing is found.
- What was kept first is the first to go. To ask costs a look each and no more: a page
  asks a thousand times.
"""

import threading
from collections import deque
from collections.abc import Mapping, Sequence
from typing import Final

BYTES_MAX: Final = 32 << 20
"""Bytes that a process keeps, with what keeping costs."""

OBJECT_BYTES_MAX: Final = BYTES_MAX >> 5
"""Bytes of an object that is kept: a single one must not push out many others."""

OVERHEAD: Final = 200
"""Bytes that keeping an object costs beside its own, about."""

Epoch = tuple[int, int]
"""How often the views have been made anew, and where the last redaction stands."""


class KeptBytes:
    """Keeps objects' bytes; any thread may use it.

    Args:
        bytes_max: how much is kept, with what keeping costs.
    """

    def __init__(self, bytes_max: int = BYTES_MAX) -> None:
        self._bytes_max = bytes_max
        self._lock = threading.Lock()
        self._epoch: Epoch = (-1, -1)
        self._kept: dict[int, bytes] = {}
        self._order: deque[int] = deque()
        self._size = 0

    def find(self, versions: Sequence[int], epoch: Epoch) -> list[bytes | None]:
        """Give the bytes of some versions, each as far as they are kept.

        Args:
            versions: their rows in the views.
            epoch: what the reader sees.
        """
        with self._lock:
            if epoch != self._epoch:
                self._kept.clear()
                self._order.clear()
                self._size = 0
                self._epoch = epoch
            return list(map(self._kept.get, versions))

    def keep(self, read: Mapping[int, bytes], epoch: Epoch) -> None:
        """Keep what was read in an epoch, if nobody has seen another one since."""
        with self._lock:
            if epoch != self._epoch:
                return
            for version, raw in read.items():
                if len(raw) <= OBJECT_BYTES_MAX and version not in self._kept:
                    self._kept[version] = raw
                    self._order.append(version)
                    self._size += len(raw) + OVERHEAD
            while self._size > self._bytes_max:
                gone = self._kept.pop(self._order.popleft())
                self._size -= len(gone) + OVERHEAD

    def __len__(self) -> int:
        """Count the objects that are kept."""
        return len(self._kept)
