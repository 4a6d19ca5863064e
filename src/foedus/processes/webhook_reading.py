"""What a webhook is sent next: the live surface's own order, as its account sees it.

- It is read as an account that is cleared for the webhook's ceiling alone: what is
  above it leaves no trace in what is sent, nor in the ids.
- What may not be passed on is left out, and so is its loss, unless the receiver is a
  system of the account's own nation.
- The account must be open and its nation have standing in the very snapshot that is
  read; otherwise nothing is read at all.

Source: DESIGN §6, "No onward release"; ADR 16.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Final

import msgspec
import orjson

from foedus.errors import ConflictError, ForbiddenError
from foedus.identity.views import account_facts
from foedus.identity.webhooks import Webhook
from foedus.ids import CollectionId
from foedus.intel.courses import (
    GRACE,
    Course,
    Ids,
    after,
    begin,
    check_age,
    read,
    resume,
)
from foedus.intel.places import INTEL, Change, Interest
from foedus.intel.reading import IntelReading, Snapshot
from foedus.intel.telling import Teller
from foedus.processes.receipts import Given
from foedus.releasability.viewers import Viewer

CHANGES_MAX: Final = 100
"""Changes of one message; as many as live sends at once."""

TYPE: Final = "foedus.changes"
"""What a message says that it is."""

NO_ONWARD: Final = "NO ONWARD RELEASE"
"""How the canonical text of a label says that it may not be passed on."""

TOO_OLD: Final = (
    "nothing was taken for 30 days, and what was lost before that may be forgotten; "
    "remove the webhook and make another that begins with what there is"
)

CLOSED: Final = "the account is closed"

NO_STANDING: Final = "the nation has no standing at present"


class Batch(msgspec.Struct, frozen=True, kw_only=True):
    """What is sent next.

    Attributes:
        body: of the message; empty where nothing is to be sent.
        course: behind it.
        place: the same as an id.
        passed: whether there was anything, be it only to be left out.
        given: the objects in it, for receipts.
        more: whether more follows already.
    """

    body: bytes
    course: Course
    place: str
    passed: bool
    more: bool
    given: tuple[Given, ...] = ()


class Reader:
    """Reads what webhooks are sent.

    Args:
        reading: the views.
        ids: seals places.
    """

    def __init__(self, reading: IntelReading, ids: Ids) -> None:
        self._reading = reading
        self._ids = ids

    def begin(self, viewer: Viewer, now: datetime, *, snapshot: bool) -> str:
        """Give the place of a webhook that begins now, or with what there is."""
        with self._reading.snapshot() as seen:
            course = begin(seen, viewer, now, snapshot=snapshot)
        return self._ids.seal(viewer, course.told)

    def read(self, webhook: Webhook, course: Course | None, now: datetime) -> Batch:
        """Read what follows.

        Args:
            webhook: whose.
            course: where it is; None to find that by its place.
            now: the present instant.

        Raises:
            ForbiddenError: its account sees nothing here any more.
            ConflictError: its place is too old.
        """
        with self._reading.snapshot() as seen:
            viewer = viewer_of(seen, webhook)
            try:
                if course is None:
                    told = self._ids.open(viewer, webhook.place)
                    course = resume(seen, viewer, told, now)
                check_age(course.told, now, GRACE)
            except ConflictError as error:
                raise ConflictError(TOO_OLD) from error
            stretch = read(
                seen, viewer, interest_in(webhook), course, limit=CHANGES_MAX
            )
            teller = Teller(seen.access)
            leaving = [each for each in stretch.changes if may_leave(each[1], webhook)]
            told_of = [
                _line(self._ids.seal(viewer, told), *teller.tell(change))
                for told, change in leaving
            ]
        course = after(course, stretch, now)
        return Batch(
            body=_body(told_of) if told_of else b"",
            course=course,
            place=self._ids.seal(viewer, course.told),
            passed=bool(stretch.changes),
            more=stretch.more,
            given=_given(change for _, change in leaving),
        )


def viewer_of(seen: Snapshot, webhook: Webhook) -> Viewer:
    """Tell as whom a webhook is sent what it is sent.

    Raises:
        ForbiddenError: its account sees nothing here any more.
    """
    facts = account_facts(seen.db, webhook.account_id)
    if facts is None or not facts.open or facts.clearance < webhook.ceiling:
        raise ForbiddenError(CLOSED)
    if not seen.access.standing(facts.nation):
        raise ForbiddenError(NO_STANDING)
    viewer = Viewer(
        nation=facts.nation,
        clearance=facts.clearance,
        roles=facts.roles,
        account=webhook.account_id,
    )
    return under_ceiling(viewer, webhook.ceiling)


def under_ceiling(viewer: Viewer, ceiling: int) -> Viewer:
    """Look as somebody who is cleared for a ceiling alone."""
    clearance = min(viewer.clearance, ceiling)
    return msgspec.structs.replace(viewer, clearance=clearance)


def may_leave(change: Change, webhook: Webhook) -> bool:
    """Tell whether a change may leave by a webhook.

    Levels above the ceiling are not read at all; here the caveat is asked for. The
    definition of a marking that bears it stays with what bears the marking.
    """
    if webhook.own_system:
        return True
    if change.type == "marking-definition":
        return not change.is_lost and NO_ONWARD.encode() not in change.raw
    return not change.label.no_onward


def interest_in(webhook: Webhook) -> Interest:
    """Tell what of all that comes is sent; it is asked for as on live."""
    return Interest(**msgspec.structs.asdict(webhook.wanted))


def _given(changes: Iterable[Change]) -> tuple[Given, ...]:
    """Say for receipts exactly what leaves, collection by collection."""
    dates: dict[CollectionId, set[int]] = {}
    for each in changes:
        if each.kind == INTEL and not each.is_lost:
            dates.setdefault(each.collection, set()).add(each.added_us)
    return tuple(
        Given(
            collection=collection,
            after_us=min(added) - 1,
            last_us=max(added),
            only=tuple(sorted(added)),
        )
        for collection, added in dates.items()
    )


def _line(event_id: str, event: str, data: bytes) -> bytes:
    head = orjson.dumps({"event": event, "event_id": event_id})
    return head[:-1] + b"," + data[1:]


def _body(lines: list[bytes]) -> bytes:
    head = orjson.dumps({"type": TYPE})
    return head[:-1] + b',"changes":[' + b",\n".join(lines) + b"]}"
