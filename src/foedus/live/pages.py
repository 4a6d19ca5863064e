"""Pages of frames, written once for all who stand at the same place.

What is kept is thrown away whenever anything in the views has changed: nothing that
was withdrawn lies here longer than until the next look.
"""

from collections.abc import Callable, Sequence
from typing import Final

import msgspec

from foedus.ids import CollectionId
from foedus.intel import following
from foedus.intel.courses import Course, Ids, Stretch, Told, read, shared
from foedus.intel.places import INTEL, Change, Interest, Place
from foedus.intel.reading import Snapshot
from foedus.intel.telling import Teller
from foedus.live.frames import frame
from foedus.processes.receipts import Given
from foedus.releasability.access import Access
from foedus.releasability.news import Name
from foedus.releasability.viewers import Role, Viewer

CHANGES_MAX: Final = 100
"""Changes that are read, and sent, at once: what clients' parsers are fastest with."""

KEPT_BYTES_MAX: Final = 32 << 20
"""Bytes of frames that a process keeps until the next commit."""

_Key = tuple[str, int, frozenset[Role], Interest, Place, Name, Told | None]


class Sheet(msgspec.Struct, frozen=True, kw_only=True):
    """A page of frames.

    Attributes:
        frames: as they are sent.
        stretch: what they tell, without its changes.
        given: the objects in them, for receipts.
    """

    frames: bytes
    stretch: Stretch
    given: tuple[Given, ...] = ()


class Sheets:
    """Reads pages of frames, and keeps those that many may want; one event loop's.

    Args:
        ids: seals ids.
    """

    def __init__(self, ids: Ids) -> None:
        self.ids = ids
        self._seen: Snapshot | None = None
        self._state = (-1, -1)
        self._kept: dict[_Key, Sheet] = {}
        self._bytes = 0
        self._access: Access | None = None
        self._teller: Teller | None = None
        self.read = 0

    def find(
        self, seen: Snapshot, viewer: Viewer, interest: Interest, course: Course
    ) -> Sheet | None:
        """Give the page that was written for somebody else at the same place."""
        self._turn_to(seen)
        if course.told.is_snapshot:
            return None
        return self._kept.get(_key(viewer, interest, course)) or self._kept.get(
            _key(viewer, interest, course, shared(course.told))
        )

    def write(
        self, seen: Snapshot, viewer: Viewer, interest: Interest, course: Course
    ) -> Sheet:
        """Read what follows, and write its frames.

        Raises:
            ForbiddenError: the viewer's nation has no standing.
        """
        return write_sheet(seen, viewer, interest, course, self._said(seen))

    def keep(
        self, seen: Snapshot, viewer: Viewer, interest: Interest, course: Course
    ) -> Sheet:
        """Write a page, and keep it for others; as `write`, on the event loop."""
        sheet = self.write(seen, viewer, interest, course)
        self.read += 1
        if not course.told.is_snapshot and self._bytes < KEPT_BYTES_MAX:
            # The ids of recalls say what was told before them, which may differ.
            recalled = sheet.stretch.recalled != course.told.recalled
            told = shared(course.told) if recalled else None
            self._kept[_key(viewer, interest, course, told)] = sheet
            self._bytes += len(sheet.frames)
        return sheet

    def _said(self, seen: Snapshot) -> tuple[Teller, Ids]:
        access, teller = self._access, self._teller
        if teller is None or access is not seen.access:
            access = seen.access
            teller = Teller(access)
            self._access, self._teller = access, teller
        return teller, self.ids

    def _turn_to(self, seen: Snapshot) -> None:
        if seen is self._seen:
            return
        self._seen, state = seen, following.state(seen)
        if state != self._state:
            self._kept.clear()
            self._bytes = 0
            self._state = state


def write_sheet(
    seen: Snapshot,
    viewer: Viewer,
    interest: Interest,
    course: Course,
    said: tuple[Teller, Ids],
) -> Sheet:
    """Read what follows, and write its frames."""
    teller, ids = said
    stretch = read(seen, viewer, interest, course, limit=CHANGES_MAX)
    seal: Callable[[Viewer, Told], str] = ids.seal
    frames = []
    for told, change in stretch.changes:
        event, data = teller.tell(change)
        frames.append(frame(event, data, seal(viewer, told)))
    rest = msgspec.structs.replace(stretch, changes=[])
    changes = [change for _, change in stretch.changes]
    given = _given(interest, changes)
    return Sheet(frames=b"".join(frames), stretch=rest, given=given)


def _given(interest: Interest, changes: Sequence[Change]) -> tuple[Given, ...]:
    """Say for receipts what came, collection by collection.

    Of a consumer that wants some objects only, exactly those; else everything that it
    could see up to the last one.
    """
    dates: dict[CollectionId, list[int]] = {}
    for each in changes:
        if each.kind == INTEL and not each.is_lost:
            dates.setdefault(each.collection, []).append(each.added_us)
    is_part = bool(
        interest.types
        or interest.labels
        or interest.level_max is not None
        or interest.confidence_min
        or interest.pattern
    )
    return tuple(
        Given(
            collection=collection,
            after_us=min(added) - 1,
            last_us=max(added),
            only=tuple(sorted(added)) if is_part else (),
        )
        for collection, added in dates.items()
    )


def _key(
    viewer: Viewer, interest: Interest, course: Course, told: Told | None = None
) -> _Key:
    return (
        viewer.nation,
        viewer.clearance,
        viewer.roles,
        interest,
        course.place,
        course.told.recalled,
        told,
    )
