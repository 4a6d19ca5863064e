"""Objects' bytes, kept beside the pages: what many pages hold is read but once.

- What is kept is of one *epoch*: of one making of the views, which number the versions,
  and of one last redaction of the log. In another nothing is found.
- There is a younger and an older half. What is asked for goes to the younger one; when
  that is full it becomes the older one, and what nobody asked for meanwhile is gone.
"""

import threading
from collections.abc import Mapping, Sequence
from typing import Final

BYTES_MAX: Final = 48 << 20
"""Bytes that a process keeps, both halves together."""

OBJECT_BYTES_MAX: Final = BYTES_MAX >> 6
"""Bytes of an object that is kept: a single one must not push out many others."""

OVERHEAD: Final = 160
"""Bytes that keeping an object costs beside its own, about."""

Epoch = tuple[int, int]
"""How often the views have been made anew, and where the last redaction stands."""


class KeptBytes:
    """Keeps objects' bytes; any thread may use it.

    Args:
        bytes_max: how much is kept, with what keeping costs.
    """

    def __init__(self, bytes_max: int = BYTES_MAX) -> None:
        self._half = bytes_max // 2
        self._lock = threading.Lock()
        self._epoch: Epoch = (-1, -1)
        self._younger: dict[int, bytes] = {}
        self._older: dict[int, bytes] = {}
        self._size = 0

    def find(self, versions: Sequence[int], epoch: Epoch) -> list[bytes | None]:
        """Give the bytes of some versions, each as far as they are kept.

        Args:
            versions: their rows in the views.
            epoch: what the reader sees.
        """
        with self._lock:
            if epoch != self._epoch:
                self._younger, self._older, self._size = {}, {}, 0
                self._epoch = epoch
            found = list(map(self._younger.get, versions))
            if self._older and not all(found):
                again = {
                    version: self._older[version]
                    for version, raw in zip(versions, found, strict=True)
                    if raw is None and version in self._older
                }
                self._add(again)
                found = [
                    again.get(version) if raw is None else raw
                    for version, raw in zip(versions, found, strict=True)
                ]
            return found

    def keep(self, read: Mapping[int, bytes], epoch: Epoch) -> None:
        """Keep what was read in an epoch, if nobody has seen another one since."""
        with self._lock:
            if epoch == self._epoch:
                self._add(read)

    def __len__(self) -> int:
        """Count the objects that are kept."""
        return len(self._younger.keys() | self._older.keys())

    def _add(self, read: Mapping[int, bytes]) -> None:
        for version, raw in read.items():
            if len(raw) > OBJECT_BYTES_MAX:
                continue
            if self._size > self._half:
                self._younger, self._older, self._size = {}, self._younger, 0
            self._younger[version] = raw
            self._size += len(raw) + OVERHEAD
