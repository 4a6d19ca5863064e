"""Folds entries of the log into views: tables that may be deleted at any time.

- Rows and the folded position change in one transaction, in whole commits.
- Any process may fold; the lock of `views.db` decides, and every transaction reads
  the folded position anew.
- A fold that fails changes nothing, is logged once, and is told to whoever waits.
- A rebuild is one transaction: readers see the old tables until it is done.
"""

import asyncio
import contextlib
import threading
import time
import traceback
from collections.abc import Callable, Sequence
from pathlib import Path

import apsw
import msgspec
import structlog

from foedus.errors import FoedusError, UnavailableError
from foedus.eventlog import tables
from foedus.eventlog.checkpoints import Checkpointer
from foedus.eventlog.codec import Codec
from foedus.eventlog.database import (
    immediate,
    open_readable,
    open_writable,
    refusal_of,
)
from foedus.eventlog.envelope import Recorded
from foedus.eventlog.lag import Lag
from foedus.eventlog.log import EventLog, Progress
from foedus.eventlog.views import Folding, View, version_of
from foedus.eventlog.waiters import answer
from foedus.ids import START, Position

FOLD_ENTRIES = 2000
"""Entries of one folding transaction, about; bounds how long the lock is held."""

WAIT_S = 10.0
"""Seconds that `wait` waits for the views by default."""

RETRY_S = 5.0
"""Seconds before a fold that failed is tried again without being asked."""

LOOK_AGAIN_S = 5.0
"""Seconds after which the folding thread looks even if nobody rang."""

TURN_S = 0.05
"""Seconds that a process leaves to the one that folded last, whose caches are warm."""

TURN_STEP_S = 0.002
"""Seconds between two looks at how far that one has come."""

_SCHEMA = """
CREATE TABLE IF NOT EXISTS folded (
    one         INTEGER PRIMARY KEY CHECK (one = 1),
    position    INTEGER NOT NULL CHECK (position >= 0),
    generation  INTEGER NOT NULL,
    version     TEXT NOT NULL
) STRICT;
"""

_FIRST_MARK = """
INSERT OR IGNORE INTO folded (one, position, generation, version)
VALUES (1, 0, 0, :version)
RETURNING position
"""

_READ_MARK = "SELECT position, generation, version FROM folded"

_WRITE_MARK = """
UPDATE folded
   SET position = :position, generation = :generation, version = :version
"""

_log = structlog.get_logger(__name__)


class _Mark(msgspec.Struct, frozen=True):
    """How far the views are, which rebuild they come from, and by which code."""

    position: Position
    generation: int
    version: str


class Projector:
    """Keeps `views.db` abreast of the log.

    Args:
        log: where the entries come from.
        path: the file of the views; made if need be.
        codec: reads the events.
        views: what to fold, in this order for every event.
    """

    def __init__(
        self, log: EventLog, path: Path, codec: Codec, views: Sequence[View]
    ) -> None:
        self._log = log
        self._codec = codec
        self._views = tuple(views)
        self._folding = Folding(self._views)
        self._version = version_of(self._views)
        self._lock = threading.RLock()
        self._db = open_writable(path, synchronous="NORMAL")
        self._checkpoints = Checkpointer(path, self._db)
        self._create()
        self._peek_lock = threading.Lock()
        self._peek = open_readable(path)
        self._left: _Mark | None = None
        self._is_adopted = False
        self._reached = self.position()
        self._lag = Lag()
        self._failure: UnavailableError | None = None
        self._failed_at: Position | None = None
        self._waiters: list[tuple[Position, asyncio.Future[None]]] = []
        self._waiters_lock = threading.Lock()
        self._wake = threading.Event()
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None
        self._unlisten: Callable[[], None] = _nothing

    @property
    def synced_at(self) -> float:
        """When the views were last seen to have everything (`time.monotonic`)."""
        return self._lag.synced_at

    def lag_s(self) -> float:
        """Give the seconds since when the log has held what the views do not show."""
        return self._lag.seconds()

    @property
    def version(self) -> str:
        """What the views are marked with that this code folds."""
        return self._version

    def position(self) -> Position:
        """Give the position up to which the views are folded."""
        return self._peek_mark().position

    def rebuilds(self) -> int:
        """Tell how often the views were made anew."""
        return self._peek_mark().generation

    def catch_up(self) -> Position:
        """Fold until the views have everything; from any thread.

        The first call also rebuilds views that other code has left.

        Returns:
            The position that the views have reached.

        Raises:
            UnavailableError: a view failed, the views are locked, or newer code
                folds them.
        """
        return self._guarded(self._adopt_and_fold)

    async def wait(self, position: Position, timeout_s: float = WAIT_S) -> None:
        """Wait until the views show the log up to a position.

        Raises:
            UnavailableError: they do not in time, or a view fails.
        """
        if self._reached >= position:
            return
        if self._thread is None:
            await asyncio.to_thread(self.catch_up)
            return
        try:
            async with asyncio.timeout(timeout_s):
                await self._enlist(position)
        except TimeoutError as error:
            raise UnavailableError("the views have not caught up; come back") from error

    def rebuild(self, progress: Progress | None = None) -> Position:
        """Drop every table and fold the whole log anew, in one transaction.

        Other processes may go on reading the old tables until it is done.

        Args:
            progress: told now and then how far it has come.

        Raises:
            UnavailableError: a view failed, or another process holds the lock.
        """
        return self._guarded(lambda: self._rebuild(progress))

    def start(self) -> None:
        """Fold from now on in a background thread, woken by the log."""
        if self._thread is not None:
            return
        self._stopping.clear()
        self._wake.set()
        self._unlisten = self._log.listen(self._poke)
        self._thread = threading.Thread(target=self._run, name="projector", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End the background thread, after the transaction it is in."""
        if self._thread is None:
            return
        self._unlisten()
        self._stopping.set()
        self._wake.set()
        self._thread.join()
        self._thread = None
        self._answer_all(UnavailableError("the hub is stopping; come back"))

    def close(self) -> None:
        """Stop, and let go of the file."""
        self.stop()
        self._checkpoints.close()
        with self._lock, self._peek_lock:
            self._db.close()
            self._peek.close()

    def _create(self) -> None:
        """Make the tables of a new file; leave those of other code to `catch_up`."""
        with immediate(self._db):
            self._db.execute(_SCHEMA)
            mark = self._db.execute(_FIRST_MARK, {"version": self._version}).get
            if mark is not None:
                self._create_views()

    def _create_views(self) -> None:
        for view in self._views:
            self._db.execute(view.schema)

    def _peek_mark(self) -> _Mark:
        with self._peek_lock:
            return _read_mark(self._peek)

    def _guarded(self, work: Callable[[], Position]) -> Position:
        """Do work alone in this process; a failure is told to whoever waits."""
        with self._lock:
            try:
                reached = work()
            except Exception as error:
                # The edge of the folding task, whoever it runs for.
                raise self._fail(error) from error
            self._failure = self._failed_at = None
        self._release(reached)
        return reached

    def _adopt_and_fold(self) -> Position:
        """Fold; but first rebuild what other code has left.

        That only once, so that two processes of different code do not take turns.
        """
        if not self._is_adopted and _read_mark(self._db).version != self._version:
            _log.info("views_outdated")
            self._rebuild(None)
        self._is_adopted = True
        return self._fold_all()

    def _fold_all(self) -> Position:
        while True:
            mark = _read_mark(self._db)
            head = self._log.head()
            self._lag.observe(folded=mark.position, head=head)
            if mark.position >= head and self._left is not None:
                self._reached = mark.position
                return mark.position
            with immediate(self._db):
                left = self._fold_page()
            self._left = left
            self._reached = left.position
            self._release(left.position)

    def _fold_page(self) -> _Mark:
        mark = _read_mark(self._db)
        if mark.version != self._version:
            raise UnavailableError(
                "another version of Foedus folds these views; restart this process"
            )
        is_mine, self._left = mark == self._left, None
        if not is_mine:
            self._load()
        page = self._log.take_recent(
            mark.position, FOLD_ENTRIES
        ) or self._log.read_after(mark.position, FOLD_ENTRIES)
        if not page:
            return mark
        self._apply(page)
        left = _Mark(page[-1].position, mark.generation, mark.version)
        _write_mark(self._db, left)
        return left

    def _load(self) -> None:
        for view in self._views:
            view.load(self._db)

    def _apply(self, page: Sequence[Recorded]) -> None:
        """Apply whole commits."""
        arrival_ms = page[0].arrival_ms
        for recorded in page:
            if recorded.arrival_ms != arrival_ms:
                self._close_commit(arrival_ms)
                arrival_ms = recorded.arrival_ms
            if recorded.body is None and recorded.residue is None:
                # Nothing is left of it that could be folded.
                continue
            self._failed_at = recorded.position
            event = self._codec.decode(recorded)
            for apply in self._folding.of(type(event)):
                apply(self._db, recorded, event)
        self._close_commit(arrival_ms)

    def _close_commit(self, arrival_ms: int) -> None:
        for view in self._views:
            view.close_commit(self._db, arrival_ms)

    def _rebuild(self, progress: Progress | None) -> Position:
        self._left = None
        with immediate(self._db):
            old = _read_mark(self._db)
            tables.drop_all(self._db, but={"folded"})
            self._create_views()
            self._load()
            position = START
            while page := self._log.read_after(position, FOLD_ENTRIES):
                self._apply(page)
                position = page[-1].position
                if progress is not None:
                    progress(position)
            left = _Mark(position, old.generation + 1, self._version)
            _write_mark(self._db, left)
        self._left = left
        self._is_adopted = True
        self._reached = position
        self._lag.observe(folded=position, head=self._log.head())
        _log.info("views_rebuilt", position=position)
        return position

    def _fail(self, error: Exception) -> UnavailableError:
        """Remember a failure, log it the first time, and tell whoever waits."""
        self._left = None
        self._lag.fail()
        failure = _explain(error)
        if self._failure is None or str(self._failure) != str(failure):
            _log.error(
                "fold_failed",
                position=self._failed_at,
                error=type(error).__name__,
                where=traceback.format_tb(error.__traceback__),
            )
        self._failure = failure
        self._answer_all(failure)
        return failure

    async def _enlist(self, position: Position) -> None:
        failure = self._failure
        if failure is not None:
            raise UnavailableError(failure.detail)
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        with self._waiters_lock:
            self._waiters.append((position, future))
        if self._reached >= position:
            # Since it was asked; whoever released may not have seen this one.
            self._release(self._reached)
        self._poke()
        await future

    def _release(self, reached: Position) -> None:
        """Answer those who wait for no more than this."""
        with self._waiters_lock:
            ready = [future for place, future in self._waiters if place <= reached]
            self._waiters = [
                (place, future)
                for place, future in self._waiters
                if place > reached and not future.done()
            ]
        answer((future, None) for future in ready)

    def _answer_all(self, failure: UnavailableError) -> None:
        with self._waiters_lock:
            waiters, self._waiters = self._waiters, []
        answer((future, failure) for _, future in waiters)

    def _poke(self) -> None:
        self._wake.set()

    def _run(self) -> None:
        while not self._stopping.is_set():
            self._wake.wait(LOOK_AGAIN_S)
            self._wake.clear()
            self._leave_the_turn()
            try:
                if not self._stopping.is_set():
                    self.catch_up()
            except UnavailableError:
                self._stopping.wait(RETRY_S)
                self._wake.set()

    def _leave_the_turn(self) -> None:
        """Let the process that folded last fold this too, if it soon does."""
        until = time.monotonic() + TURN_S
        with contextlib.suppress(FoedusError, apsw.Error):
            while self._is_turn_of_another() and time.monotonic() < until:
                self._stopping.wait(TURN_STEP_S)

    def _is_turn_of_another(self) -> bool:
        if self._left is None or self._stopping.is_set():
            return False
        mark = self._peek_mark()
        if mark == self._left:
            return False
        self._reached = mark.position
        self._release(mark.position)
        return mark.position < self._log.head()


def tables_dump(db: apsw.Connection) -> dict[str, list[tuple[object, ...]]]:
    """Give the sorted rows of every table of the views, to compare two folds.

    The mark of the fold is left out, but for its position.
    """
    dump = tables.dump(db, but={"folded"})
    dump["folded"] = [(_read_mark(db).position,)]
    return dump


def _nothing() -> None:
    """Not listen, and so have nothing to end."""


def _read_mark(db: apsw.Connection) -> _Mark:
    position, generation, version = db.execute(_READ_MARK).get
    return _Mark(Position(position), generation, version)


def _write_mark(db: apsw.Connection, mark: _Mark) -> None:
    db.execute(_WRITE_MARK, msgspec.structs.asdict(mark))


def _explain(error: Exception) -> UnavailableError:
    if isinstance(error, UnavailableError):
        return error
    if isinstance(error, apsw.BusyError):
        return UnavailableError("another process is folding the views; come back")
    return refusal_of(error) or UnavailableError(
        "the views cannot follow the log; see the hub's own log"
    )
