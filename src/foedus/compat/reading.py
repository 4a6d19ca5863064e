"""Reading on: what follows an event in a stream, a page at a time.

- A connection is a journey: where it is, and the last id that it was given. Nothing
  else is kept, so that any node goes on from an id.
- Until `recover_ms` it is given what there is, each object's last version of then;
  behind it, what happened. Losses from before that are not told then.
- Ids grow. What would have an id that is no greater than the last one was told.
- An id that we gave is good for 30 days: losses are forgotten after that, and who came
  later would keep what it should have given up.

Source: `cti-platforms` reference, 3a; ADR 13 and 17.
"""

from datetime import datetime
from typing import Final

import msgspec

from foedus.clock import to_ms
from foedus.compat.frames import frame
from foedus.compat.ids import BEGINNING, GIVEN, EventId
from foedus.compat.telling import Memory, Teller, Wish
from foedus.errors import ConflictError, InvalidInputError
from foedus.intel.courses import MARGIN, RESUME
from foedus.intel.following import follow
from foedus.intel.histories import Histories
from foedus.intel.ordinals import Ordinal, Ordinals, ordinal_of
from foedus.intel.places import INTEL, LOST, Change, Interest, Place
from foedus.intel.reading import Snapshot
from foedus.releasability.viewers import Viewer

CHANGES_MAX: Final = 100
"""Changes that are read, and sent, at once: what clients' parsers are fastest with."""

_MARGIN_MS: Final = int(MARGIN.total_seconds() * 1_000)
_RESUME_MS: Final = int(RESUME.total_seconds() * 1_000)


class Journey(msgspec.Struct, frozen=True, kw_only=True):
    """Where a connection is.

    Attributes:
        place: behind what was read.
        last: the last id that was given.
        recover_ms: until when what there is is told.
        lost_after_ms: only losses of later commits.
        known: where the last change was, and its ordinal.
        skips: whether the next event is passed over.
    """

    place: Place
    last: EventId
    recover_ms: int = 0
    lost_after_ms: int = 0
    known: tuple[Place, Ordinal] | None = None
    skips: bool = False

    @property
    def is_recovering(self) -> bool:
        """Whether what there is is told."""
        return self.place.commit_ms < self.recover_ms


class Frame(msgspec.Struct, frozen=True, kw_only=True):
    """One event as it is sent."""

    id: EventId
    data: bytes


class Sheet(msgspec.Struct, frozen=True, kw_only=True):
    """What follows.

    Attributes:
        frames: the events.
        journey: where the connection is behind them.
        more: whether more follows already.
    """

    frames: list[Frame]
    journey: Journey
    more: bool


def begin(
    seen: Snapshot, viewer: Viewer, last: EventId, recover_ms: int, now: datetime
) -> Journey:
    """Begin behind an id.

    Args:
        seen: the views.
        viewer: who reads.
        last: the last event that it has done with.
        recover_ms: until when it wants what there is instead of what happened.
        now: the present instant.

    Raises:
        ConflictError: the id was given so long ago that losses since are forgotten.
        InvalidInputError: it lies in the future.
    """
    now_ms = to_ms(now)
    if last.ms > now_ms + _MARGIN_MS:
        raise InvalidInputError(
            "last-event-id: lies in the future; write an instant as ms since 1970"
        )
    recover_ms = recover_ms if recover_ms > last.ms else 0
    if last.is_given and max(last.ms, recover_ms) < now_ms - _RESUME_MS:
        raise ConflictError(
            f"last-event-id: more than {RESUME.days} days old; empty what you have, "
            "and begin at 0-0 (foedus connector rewind)"
        )
    lost_after_ms = recover_ms or (now_ms if last == BEGINNING else 0)
    return Journey(
        place=_place_of(seen, viewer, last),
        last=last,
        recover_ms=recover_ms,
        lost_after_ms=max(0, min(lost_after_ms, now_ms) - _MARGIN_MS),
    )


def idle(journey: Journey, now: datetime) -> Sheet:
    """Give the page of a connection that has everything."""
    last = max(journey.last, _instant(now))
    moved = msgspec.structs.replace(journey, last=last)
    return Sheet(frames=[], journey=moved, more=False)


def _instant(now: datetime) -> EventId:
    """Give the instant before which everything has been told to who has everything."""
    return EventId(to_ms(now) - _MARGIN_MS, GIVEN)


def _place_of(seen: Snapshot, viewer: Viewer, last: EventId) -> Place:
    if last.number <= GIVEN:
        return Place(last.ms, LOST)
    return Ordinals(seen, viewer).before(ordinal_of(last.ms, last.number))


class Reader:
    """Reads one stream for one connection.

    Args:
        collections: the ids of those in the stream; all if empty.
        wish: how changes are told.
    """

    def __init__(self, collections: tuple[str, ...], wish: Wish) -> None:
        self._collections = collections
        self._wish = wish
        self._memory = Memory()

    def read(
        self, seen: Snapshot, viewer: Viewer, journey: Journey, now: datetime
    ) -> Sheet:
        """Read on.

        Raises:
            ForbiddenError: the viewer's nation has no standing.
        """
        interest = Interest(
            kinds=(INTEL,),
            collections=self._collections,
            lost_after_ms=journey.lost_after_ms,
        )
        found = follow(seen, viewer, interest, journey.place, limit=CHANGES_MAX)
        ordinals = Ordinals(seen, viewer, journey.known)
        frames = self._tell(seen, viewer, journey, found.changes, ordinals)
        last = max([journey.last, *(each.id for each in frames)])
        skips = journey.skips
        if skips and frames:
            skips, frames = False, frames[1:]
        if not found.more:
            last = max(last, _instant(now))
        behind = msgspec.structs.replace(
            journey, place=found.place, last=last, known=ordinals.known, skips=skips
        )
        return Sheet(frames=frames, journey=behind, more=found.more)

    def _tell(
        self,
        seen: Snapshot,
        viewer: Viewer,
        journey: Journey,
        changes: tuple[Change, ...],
        ordinals: Ordinals,
    ) -> list[Frame]:
        teller = Teller(
            Histories(seen, viewer, self._collections),
            Histories(seen, viewer),
            self._memory,
            self._wish,
        )
        frames = []
        for change in changes:
            ordinal = ordinals.of(change.place)
            for event in teller.tell(change, recover_ms=journey.recover_ms):
                number = ordinal._replace(step=event.step).number
                event_id = EventId(change.place.commit_ms, number)
                if event_id > journey.last:
                    data = frame(event.name, event.data, event_id)
                    frames.append(Frame(id=event_id, data=data))
        return frames
