"""Streams: what one consumer is sent, from its first frame to its last.

- A consumer is a place in the views and nothing more. Its next page is read when the
  last one has been taken, so that who is slow holds up nobody and loses nothing.
- Before each page it is asked whether the consumer may still follow; who may not is
  told `access-ended`, and the stream ends.
- When the hub stops, streams end; a client comes back by itself.
- Judging patterns takes time as whoever wrote them likes; so each nation's streams that
  do it wait for each other.
- A node that lags behind the log sends heartbeats with the old id, and nothing else.
"""

import asyncio
import time
from collections import defaultdict
from collections.abc import AsyncIterator
from typing import Final

from foedus.errors import (
    ConflictError,
    ForbiddenError,
    RateLimitedError,
    UnauthorizedError,
    UnavailableError,
)
from foedus.hub import Hub
from foedus.identity.accounts import Account
from foedus.intel.courses import GRACE, Course, after, begin, check_age, resume
from foedus.intel.places import Interest
from foedus.intel.telling import BEAT
from foedus.live.asking import Ask, interest_of
from foedus.live.frames import RETRY, access_ended, ended, heartbeat, stopping
from foedus.live.glances import Glances
from foedus.live.pages import CHANGES_MAX, Sheet, Sheets
from foedus.processes.receipts import Trail
from foedus.releasability.viewers import Viewer
from foedus.streaming.pulse import GATHER_S, LOOK_S, Pulse
from foedus.streaming.seats import Seat

DOOR: Final = "live"
"""How receipts name this surface."""

OF_ACCOUNT_MAX: Final = 16
"""Streams of one account in a worker; a consumer needs one."""

OF_NATION_MAX: Final = 512
"""Streams of one nation in a worker: a quarter of the 2,000 that a hub serves."""

SNAPSHOT_PER_S: Final = 2_000
"""Changes a second of a snapshot: it must not keep the hub from what happens now."""

_PAUSE_S: Final = CHANGES_MAX / SNAPSHOT_PER_S

_BEAT_S: Final = BEAT.total_seconds() - LOOK_S - GATHER_S
"""Seconds to wait for a heartbeat, so that it comes in time however the pulse looks."""


class Streams:
    """The streams of one process.

    Args:
        hub: what they tell of.
        sheets: where pages are written.
        pulse: what wakes them.

    Attributes:
        glances: by which those near the end read.
        turns: by nation, whose turn it is to judge patterns.
    """

    def __init__(self, hub: Hub, sheets: Sheets, pulse: Pulse) -> None:
        self.hub = hub
        self.sheets = sheets
        self.pulse = pulse
        self.glances = Glances(hub.reading)
        self.turns: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._open: dict[str, int] = {}

    def check_room(self, account: Account) -> None:
        """Refuse one stream too many.

        Raises:
            RateLimitedError: the account or its nation has as many as it may.
        """
        if self._open.get(account.id, 0) >= OF_ACCOUNT_MAX:
            raise RateLimitedError(
                f"your account follows with {OF_ACCOUNT_MAX} streams already; end one",
                retry_after_s=5,
            )
        if self._open.get(account.nation, 0) >= OF_NATION_MAX:
            raise RateLimitedError(
                f"your nation follows with {OF_NATION_MAX} streams already; end one",
                retry_after_s=5,
            )

    def start(self, seat: Seat, ask: Ask) -> tuple[Interest, Course]:
        """Find out where a consumer begins.

        Raises:
            ForbiddenError: its nation has no standing.
            NotFoundError: there is no such collection for it.
            InvalidInputError: the id was not given to it.
            ConflictError: the id is too old.
        """
        viewer, now = seat.account.viewer(), self.hub.clock()
        with self.hub.reading.snapshot() as seen:
            if not seen.access.standing(viewer.nation):
                raise ForbiddenError("your nation has no standing here at present")
            interest = interest_of(ask, seen, viewer)
            if ask.after:
                told = self.sheets.ids.open(viewer, ask.after)
                return interest, resume(seen, viewer, told, now)
            return interest, begin(seen, viewer, now, snapshot=ask.snapshot)

    async def run(
        self, seat: Seat, interest: Interest, course: Course, *, follow: bool
    ) -> AsyncIterator[bytes]:
        """Give the frames of one consumer."""
        account = seat.account
        self._count(account, 1)
        trail = self.hub.receipts.begin(account, DOOR)
        taking = self.hub.consumers.begin(account, DOOR)
        try:
            yield RETRY
            stream = _Stream(self, seat, interest, course)
            async for sheet in stream.frames(follow=follow):
                if isinstance(sheet, bytes):
                    yield sheet
                else:
                    yield sheet.frames
                    self._note(trail, sheet)
                self.hub.consumers.reach(taking, stream.reached_ms)
        except (ForbiddenError, UnauthorizedError):
            yield access_ended()
        except ConflictError as error:
            yield ended(error.detail)
        finally:
            self.hub.receipts.end(trail)
            self.hub.consumers.end(taking)
            self._count(account, -1)

    def _note(self, trail: Trail, sheet: Sheet) -> None:
        """Note what a consumer has taken."""
        for each in sheet.given:
            if each.only:
                self.hub.receipts.note(trail.account, DOOR, each)
            else:
                trail.follow(each)

    def _count(self, account: Account, by: int) -> None:
        for whose in (account.id, account.nation):
            left = self._open.get(whose, 0) + by
            if left:
                self._open[whose] = left
            else:
                self._open.pop(whose, None)


class _Stream:
    """One consumer."""

    def __init__(
        self, streams: Streams, seat: Seat, interest: Interest, course: Course
    ) -> None:
        self._hub = streams.hub
        self._sheets = streams.sheets
        self._glances = streams.glances
        self._pulse = streams.pulse
        self._turns = streams.turns
        self._seat = seat
        self._interest = interest
        self._course = course
        self._is_near = not course.told.is_snapshot
        self._class = (seat.account.nation, seat.account.clearance)

    @property
    def reached_ms(self) -> int | None:
        """When what was last told had come; None where nothing more has."""
        if self._is_near:
            return None
        told = self._course.told
        return 0 if told.is_snapshot else told.commit_ms

    async def frames(self, *, follow: bool) -> AsyncIterator[bytes | Sheet]:
        """Give pages as long as there are any, and heartbeats."""
        yield self._beat()
        due = time.monotonic() + _BEAT_S
        while True:
            ticket = self._pulse.ticket()
            if self._pulse.is_stopping:
                yield stopping()
                return
            sheet = await self._next(ticket)
            has_more = sheet is not None and sheet.stretch.more
            self._is_near = not has_more
            if sheet is not None and sheet.frames:
                yield sheet
            if has_more:
                await asyncio.sleep(_PAUSE_S if self._course.told.is_snapshot else 0)
                continue
            if not follow:
                yield self._beat()
                return
            if time.monotonic() >= due:
                yield self._beat()
                due = time.monotonic() + _BEAT_S
            await self._pulse.wait(ticket, due)

    async def _next(self, ticket: int) -> Sheet | None:
        """Read the next page; None where the node lags behind the log.

        Args:
            ticket: as of before this look.

        Raises:
            UnauthorizedError: the credential is good no longer.
            ForbiddenError: the nation has no standing.
            ConflictError: so much was left behind that some may be forgotten.
        """
        viewer = self._viewer()
        now = self._hub.clock()
        course = self._course
        if not self._is_near:
            check_age(course.told, now, GRACE)
        try:
            self._hub.check_fresh()
            is_light = self._is_near and not self._interest.pattern
            sheet = self._here(viewer, ticket) if is_light else None
            if sheet is None:
                sheet = await self._apart(viewer)
        except UnavailableError:
            return None
        self._course = after(course, sheet.stretch, now)
        return sheet

    def _viewer(self) -> Viewer:
        account = self._seat.check(self._pulse.credentials)
        if (account.nation, account.clearance) != self._class:
            raise ForbiddenError("the account is cleared for something else now")
        return account.viewer()

    def _here(self, viewer: Viewer, ticket: int) -> Sheet:
        """Read on the event loop: near the end there is little, for many at once.

        Not what judges patterns: how long that takes is up to who wrote them.
        """
        seen = self._glances.look(ticket)
        if not seen.access.standing(viewer.nation):
            raise ForbiddenError("your nation has no standing here at present")
        found = self._sheets.find(seen, viewer, self._interest, self._course)
        if found is not None:
            return found
        return self._sheets.keep(seen, viewer, self._interest, self._course)

    async def _apart(self, viewer: Viewer) -> Sheet:
        """Read in a thread; of a nation's streams that judge patterns one at a time.

        There are few threads, and other nations' pages wait for them, too.
        """
        if not self._interest.pattern:
            return await asyncio.to_thread(self._write, viewer)
        async with self._turns[viewer.nation]:
            return await asyncio.to_thread(self._write, viewer)

    def _write(self, viewer: Viewer) -> Sheet:
        with self._hub.reading.snapshot() as seen:
            return self._sheets.write(seen, viewer, self._interest, self._course)

    def _beat(self) -> bytes:
        told = self._course.told
        viewer = self._seat.account.viewer()
        return heartbeat(self._hub.clock(), self._sheets.ids.seal(viewer, told))
