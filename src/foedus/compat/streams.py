"""Streams: what one connector is sent, from its first frame to its last.

- A connector is a journey and nothing more. Its next page is read when the last one
  has been taken, so that who is slow holds up nobody and loses nothing.
- Before each page it is asked whether it may still read. Where it may not, the
  connection ends, and the next one is refused.
- It hears something every 5 s, also from a node that lags behind the log: after 45 s of
  silence, clients end themselves.
- A hub that is stopped tells its connectors to come back later than else, and then
  ends their connections.
"""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Final

import msgspec

from foedus.compat.asking import Ask
from foedus.compat.frames import RETRY, RETRY_RESTART, connected, heartbeat
from foedus.compat.reading import CHANGES_MAX, Journey, Reader, Sheet, begin, idle
from foedus.compat.telling import Wish
from foedus.errors import (
    ForbiddenError,
    GoneError,
    NotFoundError,
    RateLimitedError,
    UnauthorizedError,
    UnavailableError,
)
from foedus.hub import Hub
from foedus.identity.accounts import Account
from foedus.intel import following
from foedus.intel.reading import Snapshot
from foedus.intel.telling import BEAT
from foedus.releasability.viewers import Viewer
from foedus.streaming.pulse import Pulse
from foedus.streaming.seats import Seat

DOOR: Final = "opencti"
"""How the list of consumers names this surface."""

LIVE: Final = "live"
"""The stream of everything that the reader may see."""

OF_ACCOUNT_MAX: Final = 16
"""Streams of one account in a worker; a connector needs one."""

OF_NATION_MAX: Final = 256
"""Streams of one nation in a worker."""

LOOK_S: Final = 0.5
"""Seconds between two looks when nobody rings: whether the token is still good."""

FRESH_WITHIN_S: Final = 20.0
"""Seconds that a node which lags behind the log lets a new connection wait: a refusal
would end the client."""

RECOVERED_PER_S: Final = 2_000
"""Changes a second of what there is: it must not keep the hub from what happens now."""

_PAUSE_S: Final = CHANGES_MAX / RECOVERED_PER_S

_UNKNOWN: Final = (
    "no such stream for you; write the id or the alias of a collection, or 'live'"
)


class Stream(msgspec.Struct, frozen=True, kw_only=True):
    """What may be followed.

    Attributes:
        id: its name.
        name: its title.
        collections: the ids of the collections in it; all if empty.
    """

    id: str
    name: str
    description: str
    collections: tuple[str, ...] = ()

    def about(self) -> dict[str, object]:
        """Describe the stream as OpenCTI does."""
        return {
            "id": self.id,
            "name": self.name,
            "description": self.description,
            "stream_live": True,
            "stream_public": False,
        }


def find_stream(seen: Snapshot, viewer: Viewer, name: str) -> Stream:
    """Find a stream by the id or the alias of its collection.

    Raises:
        NotFoundError: there is none of that name that the viewer may read.
    """
    if not seen.access.standing(viewer.nation):
        raise NotFoundError(_UNKNOWN)
    if name == LIVE:
        return Stream(id=LIVE, name="Live", description="All that you may see.")
    with suppress(NotFoundError):
        found = seen.collection(viewer, name)
        if found.can_read:
            return Stream(
                id=found.id,
                name=found.title,
                description=found.description,
                collections=(found.id,),
            )
    raise NotFoundError(_UNKNOWN)


class Connection:
    """One connector's connection.

    Args:
        account: whose it is.
        delay_ms: how long to wait after each event.
    """

    def __init__(self, account: Account, delay_ms: int) -> None:
        self.account = account
        self.delay_ms = delay_ms


class Streams:
    """The streams of one process.

    Args:
        hub: what they tell of.
        pulse: what wakes them.
    """

    def __init__(self, hub: Hub, pulse: Pulse) -> None:
        self.hub = hub
        self.pulse = pulse
        self._open: dict[str, Connection] = {}
        self._begun: dict[str, int] = {}

    def delay(self, account: Account, connection: str, delay_ms: int) -> None:
        """Set how long a connection waits after each event.

        Raises:
            UnauthorizedError: the account has no such connection here.
        """
        found = self._open.get(connection)
        if found is None or found.account.id != account.id:
            raise UnauthorizedError("no such connection of yours")
        found.delay_ms = delay_ms

    async def start(self, seat: Seat, name: str, ask: Ask) -> tuple[Stream, Journey]:
        """Find out where a connector begins.

        Raises:
            UnauthorizedError: there is no such stream for it.
            GoneError: it has been stopped.
            RateLimitedError: it has too many streams.
            InvalidInputError: it asks for what cannot be.
            ConflictError: it was away for too long.
            UnavailableError: the node lags behind the log.
        """
        await self._be_fresh()
        account = seat.account
        self._check_room(account)
        self._check_stopped(account)
        with self.hub.reading.snapshot() as seen:
            stream = self._find(seen, account.viewer(), name)
            journey = begin(
                seen, account.viewer(), ask.last, ask.recover_ms, self.hub.clock()
            )
        skips = self.hub.keyring.connectors.is_skipped(account.id, str(ask.last))
        return stream, msgspec.structs.replace(journey, skips=skips)

    async def run(
        self, seat: Seat, stream: Stream, journey: Journey, ask: Ask
    ) -> AsyncIterator[bytes]:
        """Give the frames of one connector."""
        connection = Connection(seat.account, ask.delay_ms)
        name = self._name(seat.account)
        self._open[name] = connection
        taking = self.hub.consumers.begin(seat.account, DOOR)
        try:
            yield RETRY + connected({**stream.about(), "connectionId": name})
            running = _Running(self, seat, stream, journey, connection)
            wish = Wish(deletes=ask.deletes, dependencies=ask.dependencies)
            async for frames in running.frames(wish, follow=ask.follow):
                yield frames
                self.hub.consumers.reach(taking, running.reached_ms)
        except (ForbiddenError, GoneError, UnauthorizedError):
            return
        finally:
            self.hub.consumers.end(taking)
            del self._open[name]

    def check(self, seen: Snapshot, seat: Seat, stream: Stream) -> Viewer:
        """Make sure that somebody may still read a stream.

        Raises:
            UnauthorizedError: the token is good no longer, or the stream is gone.
            GoneError: it has been stopped.
        """
        before = (seat.account.nation, seat.account.clearance)
        account = seat.check(self.pulse.credentials)
        if (account.nation, account.clearance) != before:
            raise UnauthorizedError("the account is cleared for something else now")
        self._check_stopped(account)
        self._find(seen, account.viewer(), stream.id)
        return account.viewer()

    def _find(self, seen: Snapshot, viewer: Viewer, name: str) -> Stream:
        try:
            return find_stream(seen, viewer, name)
        except NotFoundError as error:
            raise UnauthorizedError(error.detail) from error

    def _check_stopped(self, account: Account) -> None:
        if self.hub.keyring.connectors.is_stopped(account.id):
            raise GoneError("the stream is stopped; the operator of the hub starts it")

    def _check_room(self, account: Account) -> None:
        for whose, most in (
            (account.id, OF_ACCOUNT_MAX),
            (account.nation, OF_NATION_MAX),
        ):
            taken = sum(
                whose in {each.account.id, each.account.nation}
                for each in self._open.values()
            )
            if taken >= most:
                raise RateLimitedError(
                    f"{most} streams are open already; end one", retry_after_s=5
                )

    async def _be_fresh(self) -> None:
        until = time.monotonic() + FRESH_WITHIN_S
        while True:
            try:
                return self.hub.check_fresh()
            except UnavailableError:
                if time.monotonic() >= until:
                    raise
            await asyncio.sleep(LOOK_S)

    def _name(self, account: Account) -> str:
        """Name a connection: only its own account may use the name."""
        self._begun[account.id] = count = self._begun.get(account.id, 0) + 1
        return f"{account.id}-{count}"


class _Running:
    """One connection while it lasts."""

    def __init__(
        self,
        streams: Streams,
        seat: Seat,
        stream: Stream,
        journey: Journey,
        connection: Connection,
    ) -> None:
        self._streams = streams
        self._hub = streams.hub
        self._seat = seat
        self._stream = stream
        self._journey = journey
        self._connection = connection
        self._state = (-1, -1)
        self._is_near = False
        self._due = time.monotonic()

    @property
    def reached_ms(self) -> int | None:
        """When what was last told had come; None where nothing more has."""
        return None if self._is_near else self._journey.last.ms

    async def frames(self, wish: Wish, *, follow: bool) -> AsyncIterator[bytes]:
        """Give pages as long as there are any, and heartbeats."""
        reader = Reader(self._stream.collections, wish)
        while not self._streams.pulse.is_stopping:
            ticket = self._streams.pulse.ticket()
            sheet = await self._next(reader)
            if sheet is not None:
                self._is_near = not sheet.frames and not sheet.more
                async for frames in self._paced(sheet):
                    yield frames
                self._is_near = not sheet.more
            if not follow and sheet is not None and not sheet.more:
                yield self._beat()
                return
            if time.monotonic() >= self._due:
                yield self._beat()
            if sheet is not None and sheet.more:
                recovers = self._journey.is_recovering
                await asyncio.sleep(_PAUSE_S if recovers else 0)
            else:
                until = min(self._due, time.monotonic() + LOOK_S)
                await self._streams.pulse.wait(ticket, until)
        yield RETRY_RESTART

    async def _paced(self, sheet: Sheet) -> AsyncIterator[bytes]:
        """Give the events of a page, at once or as slowly as is wanted."""
        if not self._connection.delay_ms:
            if sheet.frames:
                yield b"".join(each.data for each in sheet.frames)
        else:
            for each in sheet.frames:
                yield each.data
                await asyncio.sleep(self._connection.delay_ms / 1_000)
        self._journey = sheet.journey

    async def _next(self, reader: Reader) -> Sheet | None:
        """Read the next page; None where the node lags behind the log.

        Raises:
            UnauthorizedError: the stream is not there for the reader any longer.
            GoneError: it has been stopped.
            ForbiddenError: the nation has no standing.
        """
        try:
            self._hub.check_fresh()
            with self._hub.reading.snapshot() as seen:
                viewer = self._streams.check(seen, self._seat, self._stream)
                state = following.state(seen)
            if state == self._state:
                return idle(self._journey, self._hub.clock())
            sheet = await asyncio.to_thread(self._read, reader, viewer)
        except UnavailableError:
            return None
        if not sheet.more:
            self._state = state
        return sheet

    def _read(self, reader: Reader, viewer: Viewer) -> Sheet:
        with self._hub.reading.snapshot() as seen:
            return reader.read(seen, viewer, self._journey, self._hub.clock())

    def _beat(self) -> bytes:
        self._due = time.monotonic() + BEAT.total_seconds()
        return heartbeat(self._hub.clock(), self._journey.last)
