"""Receipts: noting what was given to whom, off the way of those who read.

- A surface notes what it has just given, by dates added; that costs it a few
  microseconds and writes nothing.
- What follows on what was noted before becomes one note with it; so a consumer that
  reads on and on is one note, however much it reads.
- Every `FLUSH_S` the notes are written, as numbers of deliveries. A crash loses what is
  not written yet: receipts tell at least what is written, never more than was given.
- There are at most `NOTES_MAX` notes; beyond that notes are lost, which is counted and
  logged, and nobody who reads is held up.

Source: DESIGN §5, "Three files"; ADR 19.
"""

import asyncio
import threading
from collections.abc import Awaitable, Callable, Iterator, Sequence
from datetime import date
from typing import Final, NamedTuple

import msgspec
import structlog

from foedus.clock import Clock, to_ms
from foedus.errors import FoedusError
from foedus.identity.accounts import Account, Holder
from foedus.identity.receipts import DAY_MS, NO_ACCOUNT, Receipt, Receipts
from foedus.ids import AccountId, CollectionId, NationCode
from foedus.intel.ranks import Ranks
from foedus.intel.reading import NOBODY, IntelReading, Snapshot
from foedus.processes.edge import Edge
from foedus.releasability.viewers import Viewer

FLUSH_S: Final = 5.0
"""Seconds between two writings: as much may be missing after a crash."""

NOTES_MAX: Final = 50_000
"""Notes that wait at most; a few megabytes."""

_FAILURE: Final = "receipts_not_written"

Sleep = Callable[[float], Awaitable[None]]
"""Waits so many seconds."""

_log = structlog.get_logger(__name__)


class Given(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What was given of one collection, by dates added in the reader's world.

    Attributes:
        after_us: everything was given that is dated later than this,
        last_us: up to this, which dates something that was given;
        only: or only what is dated so, in ascending order; empty for everything.
    """

    collection: CollectionId
    after_us: int
    last_us: int
    only: tuple[int, ...] = ()


class Trail:
    """One consumer's way through what it follows.

    What it is given piece by piece is one range, as long as the trail lasts: between
    two pieces there is nothing that it could see. To say so costs a look-up a piece;
    what is said becomes notes when the trail is collected.

    Args:
        account: who follows.
        door: the surface.
    """

    __slots__ = ("_after", "_until", "account", "door")

    def __init__(self, account: Account, door: str) -> None:
        self.account = account
        self.door = door
        self._after: dict[CollectionId, int] = {}
        self._until: dict[CollectionId, int] = {}

    def follow(self, given: Given) -> None:
        """Say that everything was given up to some point."""
        if given.collection not in self._after:
            self._after[given.collection] = given.after_us
        self._until[given.collection] = given.last_us

    def collect(self) -> Iterator[Given]:
        """Give what was said since the last time."""
        until, self._until = self._until, {}
        for collection, last_us in until.items():
            after_us = self._after[collection]
            self._after[collection] = last_us
            yield Given(collection=collection, after_us=after_us, last_us=last_us)


class _Reader(NamedTuple):
    """Who reads, and where; all that notes are told apart by."""

    nation: NationCode
    clearance: int
    account: AccountId
    door: str
    collection: CollectionId
    day: int


class _Note(NamedTuple):
    given: Given
    began_ms: int
    ended_ms: int


class Recorder:
    """Takes notes of what is given, and writes them; any thread may use it.

    Args:
        receipts: where they are written.
        reading: what tells the numbers of deliveries.
        clock: tells when something is given.
        notes_max: how many notes wait at most.
    """

    def __init__(
        self,
        receipts: Receipts,
        reading: IntelReading,
        clock: Clock,
        notes_max: int = NOTES_MAX,
    ) -> None:
        self.receipts = receipts
        self._reading = reading
        self._clock = clock
        self._lock = threading.Lock()
        self._notes: dict[_Reader, list[_Note]] = {}
        self._notes_max = notes_max
        self._count = 0
        self._trails: set[Trail] = set()
        self.lost = 0

    def note(self, account: Account, door: str, given: Given | None) -> None:
        """Note what an account was given; None is nothing.

        Args:
            account: who read; a person counts for the nation.
            door: the surface.
            given: what of.
        """
        if given is None:
            return
        now_ms = to_ms(self._clock())
        is_service = account.holder is Holder.SERVICE
        reader = _Reader(
            account.nation,
            account.clearance,
            account.id if is_service else NO_ACCOUNT,
            door,
            given.collection,
            now_ms // DAY_MS,
        )
        with self._lock:
            notes = self._notes.setdefault(reader, [])
            if notes and (whole := _joined(notes[-1], given, now_ms)) is not None:
                notes[-1] = whole
            elif self._count >= self._notes_max:
                self.lost += 1
            else:
                notes.append(_Note(given, now_ms, now_ms))
                self._count += 1

    def begin(self, account: Account, door: str) -> Trail:
        """Begin the trail of a consumer; of the event loop, as all about trails."""
        trail = Trail(account, door)
        self._trails.add(trail)
        return trail

    def end(self, trail: Trail) -> None:
        """End a trail, and note the rest of it."""
        self._trails.discard(trail)
        self._collect(trail)

    def collect(self) -> None:
        """Note how far every trail has come."""
        for trail in self._trails:
            self._collect(trail)

    def _collect(self, trail: Trail) -> None:
        for given in trail.collect():
            self.note(trail.account, trail.door, given)

    def flush(self) -> int:
        """Write what was noted; gives the number of receipts.

        Raises:
            UnavailableError: it cannot be written now; the notes are kept.
        """
        with self._lock:
            notes, count, lost = self._notes, self._count, self.lost
            self._notes, self._count, self.lost = {}, 0, 0
        if lost:
            _log.warning("receipts_lost", notes=lost)
        if not notes:
            return 0
        try:
            with self._reading.snapshot() as seen:
                found = list(_numbered(seen, notes))
            self.receipts.add(found)
        except FoedusError:
            with self._lock:
                for reader, kept in notes.items():
                    self._notes.setdefault(reader, [])[:0] = kept
                self._count += count
            raise
        return len(found)

    def reads(
        self, nation: NationCode, handed: Sequence[tuple[str, int, int]]
    ) -> tuple[date, date] | None:
        """Tell on which days a nation was given some deliveries; see `Receipts`."""
        return self.receipts.reads(nation, handed)


async def keep(recorder: Recorder, sleep: Sleep = asyncio.sleep) -> None:
    """Write what is noted, for as long as the hub runs, and once more at its end."""
    try:
        while True:
            await sleep(FLUSH_S)
            with Edge(_FAILURE):
                recorder.collect()
                await asyncio.to_thread(recorder.flush)
    finally:
        with Edge(_FAILURE):
            recorder.collect()
            recorder.flush()


def _joined(last: _Note, given: Given, now_ms: int) -> _Note | None:
    """Make one note of two, where the second follows on the first or repeats it."""
    known = last.given
    if known == given:
        return last._replace(ended_ms=now_ms)
    if known.only or given.only:
        return None
    if given.after_us > known.last_us or known.after_us > given.last_us:
        return None
    whole = Given(
        collection=given.collection,
        after_us=min(known.after_us, given.after_us),
        last_us=max(known.last_us, given.last_us),
    )
    return _Note(whole, last.began_ms, now_ms)


def _numbered(seen: Snapshot, notes: dict[_Reader, list[_Note]]) -> Iterator[Receipt]:
    """Turn dates into numbers of deliveries."""
    keys = {each.id: each.key for each in seen.every_collection()}
    ranks: dict[tuple[NationCode, int], Ranks] = {}
    for reader, kept in notes.items():
        key = keys.get(reader.collection)
        if key is None:
            continue
        of = (reader.nation, reader.clearance)
        if of not in ranks:
            ranks[of] = seen.ranks(_viewer(reader))
        for note in kept:
            for first, last, after, until in _ranges(ranks[of], key, note.given):
                yield Receipt(
                    collection=reader.collection,
                    nation=reader.nation,
                    clearance=reader.clearance,
                    account=reader.account,
                    door=reader.door,
                    day=reader.day,
                    first=first,
                    last=last,
                    after_us=after,
                    until_us=until,
                    began_ms=note.began_ms,
                    ended_ms=note.ended_ms,
                )


_Range = tuple[int, int, int, int]
"""First and last number, and the dates after which and up to which it was given."""


def _ranges(ranks: Ranks, collection: int, given: Given) -> Iterator[_Range]:
    if not given.only:
        after, until = given.after_us, given.last_us
        first = ranks.start(collection, after) + 1
        last = ranks.start(collection, until - 1) + 1
        if first <= last:
            yield first, last, after, until
        return
    begun: _Range | None = None
    for added_us in given.only:
        number = ranks.start(collection, added_us - 1) + 1
        if begun is not None and number == begun[1] + 1:
            begun = (begun[0], number, begun[2], added_us)
            continue
        if begun is not None:
            yield begun
        begun = (number, number, added_us - 1, added_us)
    if begun is not None:
        yield begun


def _viewer(reader: _Reader) -> Viewer:
    return Viewer(
        nation=reader.nation,
        clearance=reader.clearance,
        roles=frozenset(),
        account=NOBODY,
    )
