"""Rows of labelled things: what lists and columns show of a record."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

import msgspec

from foedus.clock import from_us, to_ms
from foedus.ids import NationCode
from foedus.intel.collections import Collection
from foedus.intel.pages import Filters, Record
from foedus.intel.reading import Snapshot
from foedus.releasability.access import Access
from foedus.releasability.join import FixedLabel
from foedus.releasability.viewers import Viewer
from foedus.web.chips import Chip, Token, chip_of_object, token
from foedus.web.newest import Wish, newest
from foedus.web.things import Thing, describe

AHEAD = timedelta(minutes=1)
"""Arrivals may be a moment ahead of the clock; so far ahead the newest are sought."""


class Item(msgspec.Struct, frozen=True, kw_only=True):
    """One record as a row.

    Attributes:
        key: the same for the same version, wherever it is shown.
        clock: the time of day when it was added, in UTC.
        day: the day; empty for today.
        instant: the same for machines.
        fixed: the label, for joining.
        by_release: whether the viewer's nation has it by a release, not by its label.
    """

    key: str
    id: str
    version: str
    added_us: int
    clock: str
    day: str
    instant: str
    nation: Token
    nation_code: NationCode
    thing: Thing
    chip: Chip
    fixed: FixedLabel
    by_release: bool


def make_item(record: Record, access: Access, *, viewer: Viewer, now: datetime) -> Item:
    """Show a record as a viewer has it."""
    thing = describe(record.raw)
    at = from_us(record.added_us)
    return Item(
        key=key_of(record),
        id=record.id,
        version=record.version,
        added_us=record.added_us,
        clock=f"{at:%H:%M:%S}",
        day="" if at.date() == now.date() else f"{at.day} {at:%b %Y}",
        instant=at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        nation=token(record.nation, access, own=record.nation == viewer.nation),
        nation_code=record.nation,
        thing=thing,
        chip=chip_of_object(
            record.label,
            access,
            nation=record.nation,
            marking_refs=thing.marking_refs,
        ),
        fixed=record.label,
        by_release=_is_released(record, access, viewer),
    )


def newest_items(
    seen: Snapshot,
    viewer: Viewer,
    collections: Iterable[Collection],
    *,
    now: datetime,
    limit: int,
) -> list[Item]:
    """Give the newest of some collections in the viewer's world, newest first.

    Definitions of markings are left out: they come with what they mark.
    """
    wish = Wish(limit=limit, before_us=to_ms(now + AHEAD) * 1_000)
    records = [
        record
        for each in collections
        if each.can_read
        for record in newest(seen, viewer, each, wish)
        if record.type != "marking-definition"
    ]
    records.sort(key=lambda record: (record.added_us, record.id), reverse=True)
    items: dict[str, Item] = {}
    for record in records:
        if len(items) < limit and key_of(record) not in items:
            made = make_item(record, seen.access, viewer=viewer, now=now)
            items[made.key] = made
    return list(items.values())


def items_of(
    seen: Snapshot, viewer: Viewer, ids: Sequence[str], *, now: datetime
) -> dict[str, Item]:
    """Look up objects by their ids, as far as the viewer sees them: one version."""
    found: dict[str, Item] = {}
    if not ids:
        return found
    filters = Filters(ids=tuple(ids))
    for each in seen.collections(viewer):
        for record in seen.page(viewer, each, filters, limit=len(ids)).records:
            if record.id not in found:
                made = make_item(record, seen.access, viewer=viewer, now=now)
                found[record.id] = made
    return found


def _is_released(record: Record, access: Access, viewer: Viewer) -> bool:
    nation = viewer.nation
    return (
        nation in access.alliance.nations
        and nation != record.nation
        and nation not in access.audience(record.label)
    )


def key_of(record: Record) -> str:
    """Name a version, the same wherever it is shown."""
    return f"{record.id}-{record.version}"
