"""The log in one SQLite file: the default, and every node's own copy of the truth.

- An append is one `BEGIN IMMEDIATE` that reads head, streams and ids inside the
  transaction; nobody trusts a head in memory, so processes append side by side.
- `synchronous=FULL`: what was acknowledged survives a power cut.
- What was redacted is gone from the file and from the write-ahead log beside it
  before its redaction is acknowledged.
"""

import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import apsw
import msgspec
import structlog

from foedus.clock import Clock, to_ms
from foedus.errors import ConflictError, FoedusError, UnavailableError
from foedus.eventlog.checkpoints import Checkpointer
from foedus.eventlog.codec import Codec
from foedus.eventlog.database import (
    disk_in_words,
    empty_wal,
    immediate,
    open_writable,
)
from foedus.eventlog.draft import Draft
from foedus.eventlog.entries import SqliteEntries, read_head
from foedus.eventlog.log import EventLog, Outcome
from foedus.eventlog.queueing import Limits
from foedus.eventlog.schema import make_current
from foedus.eventlog.sequence import (
    SLOWED_S,
    Head,
    Known,
    Placed,
    Sequenced,
    Target,
    is_too_far_ahead,
    next_arrival_ms,
    sequence,
)
from foedus.eventlog.sequenced import SequencedLog
from foedus.eventlog.streams import stream_key
from foedus.eventlog.wakeup import FolderBell
from foedus.ids import Position

FILE_NAME = "log.db"
"""The file of the log in the data folder."""

ERASE_PATIENCE_S = 5.0
"""Seconds that a redaction waits for those who still read what it erased."""

POSITION_MAX = 2**63 - 1
"""The largest number that SQLite takes."""

_WRITE_HEAD = """
UPDATE head
   SET position = :position, digest = :digest, arrival_ms = :arrival_ms
"""

_INSERT = """
INSERT INTO entry (position, event_id, stream, kind, account, nation, door, "by",
                   arrival_ms, label, salt, commitment, digest, body, stream_key)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
"""

_ERASE = "UPDATE entry SET body = NULL, salt = NULL WHERE position = :position"

_TARGET = "SELECT kind, body IS NULL FROM entry WHERE position = :position"

_ANY_REDACTION = "SELECT 1 FROM entry WHERE kind = 'log.redacted' LIMIT 1"

_FIND_ID = "SELECT position FROM entry WHERE event_id = :event_id"

_FIND_IDS = """
SELECT event_id, position
  FROM entry
 WHERE event_id IN (SELECT unhex(value) FROM json_each(:event_ids))
"""

_LASTS = """
SELECT stream, max(position)
  FROM entry
 WHERE stream_key IN (SELECT value FROM json_each(:keys))
 GROUP BY stream
"""

_LABELS = """
SELECT text, id FROM label WHERE text IN (SELECT value FROM json_each(:texts))
"""

_log = structlog.get_logger(__name__)

_NEW_LABEL = "INSERT INTO label (text) VALUES (:text) RETURNING id"


def open_sqlite_log(
    folder: Path,
    codec: Codec,
    clock: Clock,
    *,
    limits: Limits | None = None,
    patience_s: float = ERASE_PATIENCE_S,
) -> EventLog:
    """Open the log of a data folder, and make it if need be.

    Args:
        folder: the data folder; it must exist.
        codec: the events of this log.
        clock: gives arrivals.
        limits: how much may share a commit, and how much may wait.
        patience_s: how long a redaction waits for those who read an older state.

    Raises:
        UnavailableError: the file was written by a newer Foedus, or is locked.
    """
    path = folder / FILE_NAME
    sequencer = SqliteSequencer(path, clock, patience_s)
    entries = SqliteEntries(path)
    bell = FolderBell(folder, entries.is_changed)
    return SequencedLog(
        codec, sequencer=sequencer, entries=entries, bell=bell, limits=limits
    )


class SqliteSequencer:
    """The writing connection of this process.

    Args:
        path: the file of the log.
        clock: gives arrivals.
        patience_s: how long a redaction waits for those who read an older state.
    """

    def __init__(
        self, path: Path, clock: Clock, patience_s: float = ERASE_PATIENCE_S
    ) -> None:
        self._clock = clock
        self._patience_s = patience_s
        self._is_refused = False
        self._db = open_writable(path, synchronous="FULL")
        # From the first entry on: tables that grow leave copies of rows otherwise.
        self._db.pragma("secure_delete", "on")
        self._checkpoints = Checkpointer(path, self._db)
        with immediate(self._db):
            make_current(self._db)
        # A process that was killed may have erased, and not have emptied this.
        self._leaves_traces = _holds_redactions(self._db)
        self._wipe(patience_s=0)

    def commit(self, drafts: Sequence[Draft]) -> Sequenced:
        """As `Sequencer.commit`."""
        done = self._committed(drafts)
        if any(draft.erases is not None for draft in drafts):
            self._leaves_traces = True
            if not self._wipe(self._patience_s):
                outcomes = [
                    outcome if draft.erases is None else _traces(outcome)
                    for draft, outcome in zip(drafts, done.outcomes, strict=True)
                ]
                return msgspec.structs.replace(done, outcomes=outcomes)
        return done

    def _committed(self, drafts: Sequence[Draft]) -> Sequenced:
        """Commit, and say once in the hub's own log that the disk refuses."""
        try:
            with disk_in_words():
                done = self._retried(drafts)
        except UnavailableError as error:
            if not self._is_refused:
                _log.error("log_unwritable", error=type(error.__cause__).__name__)
            self._is_refused = True
            raise
        if self._is_refused:
            _log.warning("log_writable_again")
            self._is_refused = False
        return done

    def _retried(self, drafts: Sequence[Draft]) -> Sequenced:
        try:
            return self._commit(drafts, look_up_ids=False)
        except apsw.ConstraintError:
            # Some id is written already: a retry, which is rare. Looking up only
            # then spares every other commit a search for each of its ids.
            return self._commit(drafts, look_up_ids=True)

    def idle(self) -> None:
        """Move the write-ahead log into the file while nobody waits."""
        self._wipe(patience_s=0)
        self._checkpoints.poke()

    def close(self) -> None:
        """Close the connection."""
        self._checkpoints.close()
        self._db.close()

    def _commit(self, drafts: Sequence[Draft], *, look_up_ids: bool) -> Sequenced:
        streams = {draft.stream for draft in drafts}
        keys = {stream: stream_key(stream) for stream in streams}
        with immediate(self._db):
            head = read_head(self._db)
            known = self._known(drafts, keys, look_up_ids=look_up_ids)
            now_ms = to_ms(self._clock())
            done = sequence(drafts, head, known, next_arrival_ms(head, now_ms))
            if done.placed:
                self._write(done.placed, done.head, keys)
        if is_too_far_ahead(done.head.arrival_ms, now_ms):
            time.sleep(SLOWED_S)
        return done

    def _wipe(self, patience_s: float) -> bool:
        """Leave nothing beside the file of what was erased, if anything was.

        Returns:
            Whether that is so; it is tried again later.
        """
        if self._leaves_traces:
            self._leaves_traces = not empty_wal(self._db, patience_s)
        return not self._leaves_traces

    def _write(self, placed: list[Placed], head: Head, keys: Mapping[str, int]) -> None:
        labels = self._label_ids({one.draft.label for one in placed})
        self._db.executemany(_INSERT, _bindings(placed, head.arrival_ms, labels, keys))
        self._db.execute(
            _WRITE_HEAD,
            {
                "position": head.position,
                "digest": head.digest,
                "arrival_ms": head.arrival_ms,
            },
        )
        for one in placed:
            if one.draft.erases is not None:
                self._db.execute(_ERASE, {"position": one.draft.erases.position})

    def _known(
        self, drafts: Sequence[Draft], keys: Mapping[str, int], *, look_up_ids: bool
    ) -> Known:
        ids: dict[bytes, Position] = {}
        lasts: dict[str, Position] = {}
        if look_up_ids:
            event_ids = _json([draft.event_id.hex() for draft in drafts])
            ids = dict(self._db.execute(_FIND_IDS, {"event_ids": event_ids}))
        expected = [keys[draft.stream] for draft in drafts if draft.after is not None]
        if expected:
            # Streams that only share a key are found too, and do no harm.
            lasts = dict(self._db.execute(_LASTS, {"keys": _json(expected)}))
        return Known(ids=ids, lasts=lasts, find=self._find, target=self._target)

    def _find(self, event_id: bytes) -> Position | None:
        for (position,) in self._db.execute(_FIND_ID, {"event_id": event_id}):
            return Position(position)
        return None

    def _target(self, position: Position) -> Target | None:
        if not 0 < position <= POSITION_MAX:
            return None
        for kind, erased in self._db.execute(_TARGET, {"position": position}):
            return Target(kind=kind, erased=bool(erased))
        return None

    def _label_ids(self, texts: set[str]) -> dict[str, int]:
        """Give the id of each label text, with new ids for new texts."""
        found = self._db.execute(_LABELS, {"texts": _json(sorted(texts))})
        label_ids: dict[str, int] = dict(found)
        for text in sorted(texts - label_ids.keys()):
            label_ids[text] = self._db.execute(_NEW_LABEL, {"text": text}).get
        return label_ids


def _holds_redactions(db: apsw.Connection) -> bool:
    try:
        return db.execute(_ANY_REDACTION).get is not None
    except apsw.CorruptError:
        # A damaged file has to open, so that verification can say what is damaged.
        return False


def _traces(outcome: Outcome) -> Outcome:
    """Answer a redaction whose erased bytes stand in the write-ahead log yet."""
    if isinstance(outcome, FoedusError) and not isinstance(outcome, ConflictError):
        return outcome
    return UnavailableError(
        "the entry is erased, but somebody still reads the log as it was before, so "
        "its bytes stand in log.db-wal; redact it again when nobody exports or backs up"
    )


def _bindings(
    placed: list[Placed],
    arrival_ms: int,
    labels: Mapping[str, int],
    keys: Mapping[str, int],
) -> Iterator[tuple[int | str | bytes | None, ...]]:
    for one in placed:
        draft = one.draft
        yield (
            one.position,
            draft.event_id,
            *draft.names,
            arrival_ms,
            labels[draft.label],
            draft.salt,
            draft.commitment,
            one.digest,
            draft.body,
            keys[draft.stream],
        )


def _json(values: list[str] | list[int]) -> str:
    return msgspec.json.encode(values).decode()
