"""Pages that were given before, kept for whoever asks the same and sees the same.

- What is kept is found only under the state of the views that it was read in; a page
  that has more after it stays valid while things are only added.
- Where the state has changed in any other way everything is dropped at once: nothing
  that was withdrawn, redacted or suspended lies here longer than until the next look.
- Many clients of one nation cost one: the key is the view class, not the account.
"""

import threading

import msgspec

from foedus.intel.pages import State
from foedus.taxii.answers import Answer

PAGES_BYTES_MAX = 24 << 20
"""Bytes of pages that a process keeps; the longest unasked goes first."""

PAGE_BYTES_MAX = 8 << 20
"""Bytes of a page that is kept: a single one must not push out all others."""

QUERY_BYTES_MAX = 1_024
"""Bytes of a query whose page is kept; nobody asks a longer one twice."""

_OVERHEAD = 1_024
"""Bytes that a page costs beside its body, about."""


class Key(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Who asks for what.

    Attributes:
        kind: the endpoint.
        object: the only id that matters; None for all.
        collection: its key.
        place: the view class.
        query: as it was written, the cursor included.
        encoding: how the body is encoded; empty for not at all.
    """

    kind: str
    object: str | None
    collection: int
    place: int
    query: bytes
    encoding: str = ""


class _Kept(msgspec.Struct, frozen=True, gc=False):
    answer: Answer
    last: int | None
    size: int


class PageCache:
    """Keeps answers; any thread may use it.

    Args:
        bytes_max: how much is kept.

    Attributes:
        hits: questions that were answered from here.
        misses: questions that were not.
    """

    def __init__(self, bytes_max: int = PAGES_BYTES_MAX) -> None:
        self._bytes_max = bytes_max
        self._lock = threading.Lock()
        self._epoch = (-1, -1, -1, -1)
        self._kept: dict[Key, _Kept] = {}
        self._bytes = 0
        self.hits = 0
        self.misses = 0

    def find(self, key: Key, state: State) -> Answer | None:
        """Give the page that was kept for a question, if it is still what it was."""
        with self._lock:
            self._turn_to(state)
            kept = self._kept.get(key)
            if kept is None or kept.last not in (None, state.last):
                self.misses += 1
                return None
            self.hits += 1
            # What was asked for last is the last to go.
            del self._kept[key]
            self._kept[key] = kept
            return kept.answer

    def keep(self, key: Key, state: State, answer: Answer, *, more: bool) -> None:
        """Keep a page that was read in a state.

        Args:
            key: the question.
            state: what was read.
            answer: the page.
            more: whether there are more after it: then further ones do not change it.
        """
        size = len(answer.body) + len(key.query) + _OVERHEAD
        if size > PAGE_BYTES_MAX or len(key.query) > QUERY_BYTES_MAX:
            return
        with self._lock:
            if _epoch_of(state) != self._epoch:
                return
            self._drop(key)
            self._kept[key] = _Kept(answer, None if more else state.last, size)
            self._bytes += size
            while self._bytes > self._bytes_max:
                self._drop(next(iter(self._kept)))

    def __len__(self) -> int:
        """Count what is kept."""
        return len(self._kept)

    def _turn_to(self, state: State) -> None:
        """Drop everything if anything but additions has happened since."""
        epoch = _epoch_of(state)
        if epoch != self._epoch:
            self._kept.clear()
            self._bytes = 0
            self._epoch = epoch

    def _drop(self, key: Key) -> None:
        kept = self._kept.pop(key, None)
        if kept is not None:
            self._bytes -= kept.size


def _epoch_of(state: State) -> tuple[int, int, int, int]:
    return (state.access, state.reaches, state.rebuilds, state.past)
