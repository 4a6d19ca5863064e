"""What this process appended just now, kept until its views have folded it.

Whoever folds next would otherwise read back and check what was at hand a moment ago.
Nothing depends on it: what is not here is read from the log.
"""

import threading
from collections import deque
from collections.abc import Sequence

from foedus.eventlog.draft import Draft
from foedus.eventlog.envelope import Recorded
from foedus.eventlog.log import Sequencer
from foedus.eventlog.row import recorded_from
from foedus.eventlog.sequence import Placed, Sequenced
from foedus.ids import Position

RECENT_BYTES_MAX = 16 * 1024 * 1024
"""Bytes that are kept; older commits give way. Bounds the memory of a process whose
views another one folds."""


class Recent:
    """The last commits of this process that nobody has taken.

    Args:
        bytes_max: how much is kept.
    """

    def __init__(self, bytes_max: int = RECENT_BYTES_MAX) -> None:
        self._bytes_max = bytes_max
        self._lock = threading.Lock()
        self._commits: deque[Sequenced] = deque()
        self._bytes = 0

    def keep(self, done: Sequenced) -> None:
        """Keep a commit that is durable, and nothing of what it erases."""
        if not done.placed:
            return
        erases = any(placed.draft.erases is not None for placed in done.placed)
        with self._lock:
            self._commits.append(done)
            self._bytes += _size(done.placed)
            while self._commits and (erases or self._bytes > self._bytes_max):
                self._drop()

    def take(self, after: Position, limit: int) -> list[Recorded]:
        """Give the commits right past a position, and keep them no longer.

        Args:
            after: the last position that is already known.
            limit: entries after which to stop at the end of a commit.
        """
        taken: list[Sequenced] = []
        entries = 0
        with self._lock:
            while self._commits and entries < limit:
                first = self._commits[0].placed[0].position
                if first > after + 1:
                    break
                done = self._drop()
                if first == after + 1:
                    taken.append(done)
                    entries += len(done.placed)
                    after = done.head.position
        return [
            recorded_from(placed, done.head.arrival_ms)
            for done in taken
            for placed in done.placed
        ]

    def _drop(self) -> Sequenced:
        done = self._commits.popleft()
        self._bytes -= _size(done.placed)
        return done


class KeepingSequencer:
    """A sequencer whose commits are kept until they are folded.

    Args:
        sequencer: writes.
        recent: keeps.
    """

    def __init__(self, sequencer: Sequencer, recent: Recent) -> None:
        self._sequencer = sequencer
        self._recent = recent

    def commit(self, drafts: Sequence[Draft]) -> Sequenced:
        """As `Sequencer.commit`."""
        done = self._sequencer.commit(drafts)
        self._recent.keep(done)
        return done

    def idle(self) -> None:
        """As `Sequencer.idle`."""
        self._sequencer.idle()

    def close(self) -> None:
        """As `Sequencer.close`."""
        self._sequencer.close()


def _size(placed: Sequence[Placed]) -> int:
    return sum(one.draft.size for one in placed)
