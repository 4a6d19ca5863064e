"""The contract of the log, equal on every backend, and the ports behind it.

- An append is durable when it returns, and happens once for its event id, for ever.
- Positions grow by one; nobody sees a later one before an earlier one.
- A commit is seen whole or not at all; its entries share one arrival, and arrivals
  grow from commit to commit.
"""

from collections.abc import AsyncGenerator, Callable, Sequence
from typing import Protocol

from foedus.eventlog import sequence
from foedus.eventlog.draft import Draft
from foedus.eventlog.envelope import Append, Recorded
from foedus.eventlog.figures import Figures
from foedus.ids import Position

Outcome = sequence.Outcome
"""What became of one append: its position, or why it was refused."""

Progress = Callable[[Position], None]
"""Told now and then how far a long task has come."""

COMMIT_APPENDS_MAX = 5000
"""Appends that may share a commit. Bounds latency (about 0.1 s) and memory."""

COMMIT_BYTES_MAX = 32 * 1024 * 1024
"""Bytes that may share a commit, unless one append alone is larger."""

READ_BYTES_MAX = 64 * 1024 * 1024
"""Bytes after which a read of many entries stops at the next end of a commit."""

STREAM_ENTRIES_MAX = 100_000
"""Entries of one stream that a read gives. A stream is one thing's history."""


class EventLog(Protocol):
    """What happened, in order."""

    async def append(self, request: Append) -> Position:
        """Append one event, durably.

        Returns:
            The position of the event; for a retry that of the first time.

        Raises:
            ConflictError: the stream has an entry past `after`.
            InvalidInputError: the event or a name cannot be written.
            TooLargeError: the event is above the limit of bytes.
            UnavailableError: not written now; a retry with the same id is safe.
        """
        ...

    async def append_many(self, requests: Sequence[Append]) -> list[Outcome]:
        """Append many events, in one commit where they fit.

        Returns:
            One outcome for each request, in order. A refusal harms only its own.
        """
        ...

    async def redact(self, request: Append) -> Position:
        """Append a `Redacted` event and erase the entry that it names, as one.

        When this returns, the erased bytes are in no file of the log.

        Args:
            request: the event, on the stream that `redaction_stream` names.

        Returns:
            The position of the event; for a retry that of the first time.

        Raises:
            NotFoundError: there is no such entry.
            ConflictError: it was redacted already.
            RuleViolationError: it is a redaction itself.
            InvalidInputError: the event, its stream or its residue is not what it
                must be.
            UnavailableError: not now. Either nothing was done, or the entry is
                erased and its bytes still stand beside the log; do it again.
        """
        ...

    def read(self, stream: str) -> list[Recorded]:
        """Read the whole history of a stream, in order; empty if there is none.

        Raises:
            TooLargeError: the stream is longer than a read may give.
        """
        ...

    def read_after(self, after: Position, limit: int) -> list[Recorded]:
        """Read entries past a position, in order, in whole commits.

        Args:
            after: the last position that is already known; `START` for none.
            limit: entries after which to stop at the end of a commit.
        """
        ...

    def take_recent(self, after: Position, limit: int) -> list[Recorded]:
        """Give what this process itself appended right past a position, but once.

        It spares reading them back. Whoever gets nothing reads them.

        Args:
            after: the last position that is already known.
            limit: entries after which to stop at the end of a commit.
        """
        ...

    def head(self) -> Position:
        """Give the last position; `START` while the log is empty."""
        ...

    def tail(self, after: Position) -> AsyncGenerator[Recorded]:
        """Yield every entry past a position, in order, until the log is closed."""
        ...

    def listen(self, callback: Callable[[], None]) -> Callable[[], None]:
        """Have a callback called, from any thread, soon after every commit.

        Args:
            callback: must be quick and must not raise; it wakes, and does nothing.

        Returns:
            A function that ends it.
        """
        ...

    def figures(self) -> Figures:
        """Tell how much this process has written, and how much waits."""
        ...

    def verify(self, progress: Progress | None = None) -> Position:
        """Check every entry against the chain.

        Returns:
            The last position; everything up to it is as it was written.

        Raises:
            CorruptLogError: an entry is not; it names the first position, or 0
                when every entry is good and the file around them is not.
        """
        ...

    def close(self) -> None:
        """Answer everybody who waits, and let go of files and threads."""
        ...


class Sequencer(Protocol):
    """Gives drafts their places, durably; called by one thread at a time."""

    def commit(self, drafts: Sequence[Draft]) -> sequence.Sequenced:
        """Write drafts in one commit, with one outcome each, in order.

        What a draft erases is gone from every file when its position is given.
        Any exception means that nothing is known to be written.
        """
        ...

    def idle(self) -> None:
        """Do chores; called when there has been nothing to commit for a while."""
        ...

    def close(self) -> None:
        """Let go of what it holds."""
        ...


class Entries(Protocol):
    """The reading side; safe to call from any thread."""

    def read(self, stream: str) -> list[Recorded]:
        """As `EventLog.read`."""
        ...

    def read_after(self, after: Position, limit: int) -> list[Recorded]:
        """As `EventLog.read_after`."""
        ...

    def head(self) -> Position:
        """As `EventLog.head`."""
        ...

    def verify(self, progress: Progress | None = None) -> Position:
        """As `EventLog.verify`."""
        ...

    def close(self) -> None:
        """Let go of what it holds."""
        ...


class Bell(Protocol):
    """Tells listeners that there is something new."""

    def listen(self, callback: Callable[[], None]) -> Callable[[], None]:
        """As `EventLog.listen`."""
        ...

    def ring(self) -> None:
        """Call every listener, of this process and of others."""
        ...

    def close(self) -> None:
        """Let go of what it holds."""
        ...
