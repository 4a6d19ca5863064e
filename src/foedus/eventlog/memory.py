"""The log in memory: the same contract, for tests and simulations."""

import threading
import time
from collections.abc import Sequence
from itertools import islice

from foedus.clock import Clock, to_ms
from foedus.errors import UnavailableError
from foedus.eventlog.codec import Codec
from foedus.eventlog.draft import Draft, Erasure
from foedus.eventlog.envelope import Recorded, redaction_stream, residue_of
from foedus.eventlog.log import Progress
from foedus.eventlog.queueing import Limits
from foedus.eventlog.row import (
    ARRIVAL,
    BODY,
    KIND,
    Row,
    erased_row,
    recorded_of,
    row_of,
)
from foedus.eventlog.sequence import (
    REDACTION,
    SLOWED_S,
    Head,
    Known,
    Sequenced,
    Target,
    is_too_far_ahead,
    next_arrival_ms,
    sequence,
)
from foedus.eventlog.sequenced import SequencedLog
from foedus.eventlog.verify import positions_redacted, verify_rows
from foedus.eventlog.wakeup import LocalBell
from foedus.ids import Position


class MemoryEventLog(SequencedLog):
    """An `EventLog` that is gone when the process ends.

    Args:
        codec: the events of this log.
        clock: gives arrivals.
        limits: how much may share a commit, and how much may wait.
    """

    def __init__(
        self, codec: Codec, clock: Clock, *, limits: Limits | None = None
    ) -> None:
        store = MemoryStore(clock)
        super().__init__(
            codec, sequencer=store, entries=store, bell=LocalBell(), limits=limits
        )


class MemoryStore:
    """Sequencer and reader over one list.

    Args:
        clock: gives arrivals.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._rows: list[Row] = []
        self._head = Head()
        self._ids: dict[bytes, Position] = {}
        self._streams: dict[str, list[Position]] = {}
        self._is_closed = False

    def commit(self, drafts: Sequence[Draft]) -> Sequenced:
        """As `Sequencer.commit`."""
        with self._lock:
            now_ms = to_ms(self._clock())
            arrival_ms = next_arrival_ms(self._head, now_ms)
            done = sequence(drafts, self._head, self._known(drafts), arrival_ms)
            for placed in done.placed:
                self._rows.append(row_of(placed, arrival_ms))
                self._erase(placed.draft.erases)
                self._ids[placed.draft.event_id] = placed.position
                positions = self._streams.setdefault(placed.draft.stream, [])
                positions.append(placed.position)
            self._head = done.head
        if is_too_far_ahead(done.head.arrival_ms, now_ms):
            time.sleep(SLOWED_S)
        return done

    def idle(self) -> None:
        """Nothing to do."""

    def read(self, stream: str) -> list[Recorded]:
        """As `EventLog.read`."""
        with self._lock:
            self._check_open()
            positions = self._streams.get(stream, ())
            return [self._recorded(self._rows[place - 1]) for place in positions]

    def read_after(self, after: Position, limit: int) -> list[Recorded]:
        """As `EventLog.read_after`."""
        with self._lock:
            self._check_open()
            found: list[Recorded] = []
            for row in islice(self._rows, after, None):
                if len(found) >= limit and row[ARRIVAL] != found[-1].arrival_ms:
                    break
                found.append(self._recorded(row))
            return found

    def head(self) -> Position:
        """As `EventLog.head`."""
        with self._lock:
            self._check_open()
            return self._head.position

    def verify(self, progress: Progress | None = None) -> Position:
        """As `EventLog.verify`."""
        with self._lock:
            rows, head = tuple(self._rows), self._head
        redacted = positions_redacted(
            (row[0], row[BODY]) for row in rows if row[KIND] == REDACTION
        )
        return verify_rows(rows, head, redacted=redacted, progress=progress)

    def close(self) -> None:
        """Refuse reads from now on."""
        self._is_closed = True

    def _check_open(self) -> None:
        if self._is_closed:
            raise UnavailableError("the log is closed; come back")

    def _erase(self, erasure: Erasure | None) -> None:
        if erasure is not None:
            place = erasure.position - 1
            self._rows[place] = erased_row(self._rows[place])

    def _recorded(self, row: Row) -> Recorded:
        if row[BODY] is not None:
            return recorded_of(row)
        positions = self._streams.get(redaction_stream(row[0]), ())
        bodies = (self._rows[place - 1][BODY] for place in positions)
        return recorded_of(
            row, next((residue_of(body) for body in bodies if body), None)
        )

    def _target(self, position: Position) -> Target | None:
        if not 0 < position <= len(self._rows):
            return None
        row = self._rows[position - 1]
        return Target(kind=row[3], erased=row[BODY] is None)

    def _known(self, drafts: Sequence[Draft]) -> Known:
        lasts: dict[str, Position] = {}
        for draft in drafts:
            if draft.after is not None and draft.stream in self._streams:
                lasts[draft.stream] = self._streams[draft.stream][-1]
        ids = {
            draft.event_id: self._ids[draft.event_id]
            for draft in drafts
            if draft.event_id in self._ids
        }
        return Known(ids=ids, lasts=lasts, find=self._ids.get, target=self._target)
