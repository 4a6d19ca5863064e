"""Receipts as a nation's auditor is shown them.

- An auditor is shown what its own nation's people and services were given, up to its
  own clearance. What others were given is told to those whose it was, object by object
  and nation by nation (`intel.holders`).
- Numbers of deliveries count what is hidden, so none is shown: a range is told by
  dates added in the reader's world.

Source: DESIGN §6, "Non-interference"; ADR 19.
"""

from datetime import date, datetime
from typing import Final

import msgspec

from foedus.clock import from_ms, from_us
from foedus.errors import ForbiddenError
from foedus.identity.receipts import NO_ACCOUNT, Receipts, day_of
from foedus.ids import NationCode
from foedus.intel.reading import Snapshot
from foedus.releasability.viewers import Role, Viewer

PAGE_SIZE_MAX: Final = 500
"""Receipts on one page."""


class ReceiptSheet(msgspec.Struct, frozen=True, kw_only=True):
    """What a reader was given of a collection by one door on one day.

    Attributes:
        collection: its alias.
        nation: of the reader.
        reader: the account of a service; null for all persons with that clearance.
        clearance: by name.
        door: the surface.
        after: everything was given, as far as the reader could see it, that was added
            later than this,
        until: up to this.
        began: when the first was given.
        ended: when the last was.
    """

    collection: str
    nation: NationCode
    reader: str | None
    clearance: str
    door: str
    day: date
    after: datetime
    until: datetime
    began: datetime
    ended: datetime


def receipts(
    seen: Snapshot,
    kept: Receipts,
    viewer: Viewer,
    *,
    before: date | None = None,
    limit: int = PAGE_SIZE_MAX,
) -> list[ReceiptSheet]:
    """List the receipts of the viewer's own nation, the newest day first.

    Args:
        seen: one state of the views.
        kept: the table.
        viewer: an auditor.
        before: only of earlier days.
        limit: how many at most.

    Raises:
        ForbiddenError: the viewer is no auditor, or its nation has no standing.
    """
    if Role.AUDITOR not in viewer.roles:
        raise ForbiddenError("receipts are for an auditor of the nation; ask one")
    if not seen.access.standing(viewer.nation):
        raise ForbiddenError("your nation has no standing here at present")
    aliases = {str(each.id): each.alias for each in seen.every_collection()}
    found = kept.of_nation(viewer.nation, viewer.clearance, before=before, limit=limit)
    levels = seen.access.alliance.levels
    return [
        ReceiptSheet(
            collection=aliases.get(each.collection, each.collection),
            nation=each.nation,
            reader=None if each.account == NO_ACCOUNT else each.account,
            clearance=levels[each.clearance].name,
            door=each.door,
            day=day_of(each.day),
            after=from_us(each.after_us),
            until=from_us(each.until_us),
            began=from_ms(each.began_ms),
            ended=from_ms(each.ended_ms),
        )
        for each in found
    ]
