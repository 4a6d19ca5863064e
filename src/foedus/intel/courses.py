"""Courses: a consumer's way through everything it may see, and the ids along it.

- An id names the last change that was told by what its viewer knows of it (the
  commit's time, the collection, the date added), never by a position. It is sealed
  with AES-SIV for the view class: the same change always has the same id, nobody reads
  or makes one, and no other class opens it.
- In it stands until when losses have been told; an id is good for `RESUME` after
  that. A consumer that has everything gets this moment with each heartbeat.
- A snapshot is a course from the beginning that gives of each object the last version,
  and no loss from before it began; an id of one resumes it.
- Recalls go before all else: each reading begins with those that have not been told
  yet, in an order of their own. An id says how far that has come beside how far the
  rest has; a recall told ahead moves nothing of the rest.
- A course without a beginning starts now. Until its first change, its ids name the
  instant `MARGIN` before, so that a clock that runs ahead of the log loses nothing.

Source: DESIGN §6, "Cursors"; §7, "Live"; ADR 13 and 14; RFC 5297.
"""

import base64
import re
from datetime import datetime, timedelta
from typing import Final

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV

from foedus.errors import ConflictError, InvalidInputError
from foedus.intel.following import change_of, follow, head, place_of
from foedus.intel.places import BEGINNING, END, NEWS, Change, Interest, Place
from foedus.intel.reading import Snapshot
from foedus.intel.sieves import Sieve
from foedus.releasability.labelled import readable_labels
from foedus.releasability.news import (
    NO_NAME,
    RECALL,
    Name,
    has_recall_after,
    last_recall,
    recalls_after,
)
from foedus.releasability.viewers import Viewer

KEY: Final = "live.place"
"""The name of the key in `state.db`."""

RESUME: Final = timedelta(days=30)
"""How long an id is good for."""

_RESUME_MS: Final = int(RESUME.total_seconds() * 1_000)

GRACE: Final = timedelta(hours=12)
"""How much longer who reads on already may take for what was there when it came."""

MARGIN: Final = timedelta(minutes=1)
"""How far clocks and the log may be apart: six times what a node may lag behind."""

_FORM = re.compile(r"[A-Za-z0-9_-]{64}|[A-Za-z0-9_-]{88}").fullmatch
_SIZES: Final = (6, 7, 8, 6, 6, 7, 8)
_SIGNED: Final = 8
_PLAIN_BYTES: Final = 50
_EARLY_BYTES: Final = 32
"""Of ids that were given before there were recalls."""

_EARLY_END: Final = 2
"""What `END` was in them."""


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """What an id says.

    Attributes:
        commit_ms: when the last change that was told came or went.
        phase: which of the two, as in `Place`; `END` where it is an instant alone.
        order: of its collection.
        added_us: its date added, in the viewer's world.
        until_ms: until when losses have been told.
        recalled: the last recall that was told, or passed over.
        is_snapshot: whether a snapshot was under way.
    """

    commit_ms: int
    phase: int
    order: int = 0
    added_us: int = 0
    until_ms: int
    recalled: Name = NO_NAME
    is_snapshot: bool = False


class Ids:
    """Seals and opens ids.

    Args:
        keys: the key to seal with, then older ones that still open; 64 bytes each.
    """

    def __init__(self, *keys: bytes) -> None:
        self._ciphers = [AESSIV(key) for key in keys]

    def seal(self, viewer: Viewer, told: Told) -> str:
        """Write an id."""
        values = (
            *(told.commit_ms, told.order, told.added_us, told.until_ms),
            *told.recalled,
        )
        flags = told.phase | told.is_snapshot << 2
        plain = bytes([flags]) + b"".join(
            value.to_bytes(size, "big", signed=size == _SIGNED)
            for value, size in zip(values, _SIZES, strict=True)
        )
        plain = plain.ljust(_PLAIN_BYTES, b"\0")
        sealed = self._ciphers[0].encrypt(plain, [_class_of(viewer)])
        return base64.urlsafe_b64encode(sealed).decode()

    def open(self, viewer: Viewer, text: str) -> Told:
        """Read an id.

        Raises:
            InvalidInputError: we never gave it, or gave it to others.
        """
        if _FORM(text):
            sealed = base64.urlsafe_b64decode(text)
            for cipher in self._ciphers:
                try:
                    plain = cipher.decrypt(sealed, [_class_of(viewer)])
                except InvalidTag:
                    continue
                return _told(plain)
        raise InvalidInputError(
            "after: not an id that was given to you; begin with a snapshot, or "
            "without an id for what comes from now on"
        )


def _told(plain: bytes) -> Told:
    phase = plain[0] & 3
    if len(plain) == _EARLY_BYTES and phase == _EARLY_END:
        phase = END
    plain = plain.ljust(_PLAIN_BYTES, b"\0")
    values, start = [], 1
    for size in _SIZES:
        piece = plain[start : start + size]
        values.append(int.from_bytes(piece, "big", signed=size == _SIGNED))
        start += size
    commit_ms, order, added_us, until_ms, *recalled = values
    return Told(
        commit_ms=commit_ms,
        phase=phase,
        order=order,
        added_us=added_us,
        until_ms=until_ms,
        recalled=Name(*recalled),
        is_snapshot=bool(plain[0] >> 2),
    )


def _class_of(viewer: Viewer) -> bytes:
    return f"{viewer.nation}/{viewer.clearance}".encode()


class Course(msgspec.Struct, frozen=True, kw_only=True):
    """Where a consumer is.

    Attributes:
        place: behind what was read.
        told: what the next heartbeat's id says.
    """

    place: Place
    told: Told


class Stretch(msgspec.Struct, frozen=True, kw_only=True):
    """What was read of a course at once.

    Attributes:
        changes: with what the id of each says.
        told: what the id says of the last that was read beside recalls, wanted or
            not; None if there was none.
        place: behind them.
        recalled: the last recall that was told, or passed over.
        more: whether more follows already.
    """

    changes: list[tuple[Told, Change]]
    told: Told | None
    place: Place
    recalled: Name
    more: bool


def begin(seen: Snapshot, viewer: Viewer, now: datetime, *, snapshot: bool) -> Course:
    """Begin a course, now or with a snapshot."""
    instant = _ms(now - MARGIN)
    first = Name(instant - _RESUME_MS, 0, 0)
    recalled = NO_NAME
    if has_recall_after(seen.db, first):
        readable = readable_labels(seen.db, seen.access, viewer)
        recalled = last_recall(seen.db, readable, first)
    if snapshot:
        told = Told(
            commit_ms=0,
            phase=0,
            until_ms=instant,
            recalled=min(recalled, first),
            is_snapshot=True,
        )
        return Course(place=BEGINNING, told=told)
    told = Told(commit_ms=instant, phase=END, until_ms=instant, recalled=recalled)
    return Course(place=head(seen), told=told)


def resume(seen: Snapshot, viewer: Viewer, told: Told, now: datetime) -> Course:
    """Go on behind what an id says.

    Raises:
        ConflictError: the id is too old.
    """
    check_age(told, now)
    name = (told.order, told.added_us)
    place = place_of(seen, viewer, told.commit_ms, told.phase, name)
    return Course(place=place, told=told)


def check_age(told: Told, now: datetime, grace: timedelta = timedelta()) -> None:
    """Refuse what is so old that losses since may have been forgotten.

    Args:
        told: the id.
        now: the present instant.
        grace: how much older it may be.

    Raises:
        ConflictError: it is.
    """
    if told.until_ms < _ms(now - RESUME - grace):
        raise ConflictError(
            f"after: the id is older than {RESUME.days} days; begin again with "
            "a snapshot, and drop what it does not give"
        )


def read(
    seen: Snapshot, viewer: Viewer, interest: Interest, course: Course, *, limit: int
) -> Stretch:
    """Read on: the recalls that were not told yet, and then what follows.

    Raises:
        ForbiddenError: the viewer's nation has no standing.
    """
    recalls, last = _recalls(seen, viewer, course, limit)
    sieve = Sieve(seen, viewer, interest)
    changes = [each for each in recalls if _is_wanted(interest, sieve, each[1])]
    told = None
    if len(recalls) == limit:
        place, more = course.place, True
    else:
        found = follow(
            seen,
            viewer,
            _narrowed(interest, course),
            course.place,
            limit=limit - len(recalls),
        )
        place, more = found.place, found.more
        if found.last is not None:
            told = _named(course, found.last, last)
        changes += [(_named(course, each, last), each) for each in found.changes]
    return Stretch(changes=changes, told=told, place=place, recalled=last, more=more)


def after(course: Course, stretch: Stretch, now: datetime) -> Course:
    """Tell where a consumer is that was given a stretch.

    Args:
        course: where it was.
        stretch: what it was given.
        now: when that was read.
    """
    told = course.told if stretch.told is None else stretch.told
    if told.recalled != stretch.recalled:
        told = msgspec.structs.replace(told, recalled=stretch.recalled)
    if not stretch.more:
        until_ms = max(told.until_ms, _ms(now - MARGIN))
        told = msgspec.structs.replace(told, until_ms=until_ms, is_snapshot=False)
    return Course(place=stretch.place, told=told)


def shared(told: Told) -> Told:
    """Give what is said alike to all who were told the same change last.

    Only the moment differs until which each has been told of losses; a minute less of
    it is as true.
    """
    return msgspec.structs.replace(told, until_ms=told.until_ms // 60_000 * 60_000)


def _narrowed(interest: Interest, course: Course) -> Interest:
    """Give what is wanted of a snapshot: what there is, and what goes meanwhile."""
    if not course.told.is_snapshot:
        return interest
    until_ms = course.told.until_ms
    return msgspec.structs.replace(
        interest,
        last_only=True,
        lost_after_ms=until_ms,
        news_after_ms=until_ms - _RESUME_MS,
    )


def _recalls(
    seen: Snapshot, viewer: Viewer, course: Course, limit: int
) -> tuple[list[tuple[Told, Change]], Name]:
    """Read what was recalled, and tell how far that has come."""
    last = course.told.recalled
    told = course.told if course.told.is_snapshot else shared(course.told)
    if not has_recall_after(seen.db, last):
        return [], last
    readable = readable_labels(seen.db, seen.access, viewer)
    found = []
    for item in recalls_after(seen.db, readable, last, limit=limit):
        last = item.name
        told = msgspec.structs.replace(told, recalled=last)
        found.append((told, change_of(item, Place(last.at_ms, NEWS))))
    return found, last


def _is_wanted(interest: Interest, sieve: Sieve, recall: Change) -> bool:
    """Tell whether a recall is wanted, by its kind, type and label alone."""
    return (
        interest.wants(RECALL)
        and (not interest.types or recall.type in interest.types)
        and sieve.takes_news(recall)
    )


def _named(course: Course, change: Change, recalled: Name) -> Told:
    """Say what the id of a change says; it is the same for all who follow."""
    place, snapshot = change.place, course.told.is_snapshot
    order, added_us = change.name
    return Told(
        commit_ms=place.commit_ms,
        phase=place.phase,
        order=order,
        added_us=added_us,
        until_ms=course.told.until_ms if snapshot else place.commit_ms,
        recalled=recalled,
        is_snapshot=snapshot,
    )


def _ms(at: datetime) -> int:
    return int(at.timestamp() * 1_000)
