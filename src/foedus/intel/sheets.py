"""Releases as every surface shows them."""

from datetime import date, datetime
from typing import Literal

import msgspec

from foedus.clock import from_ms
from foedus.ids import NationCode, ReleaseId
from foedus.intel.release_previews import Preview
from foedus.intel.releases import Release, since_day


class ReleaseSheet(msgspec.Struct, frozen=True, kw_only=True):
    """A release.

    Attributes:
        nation: its author's.
        to: nations that it lets see.
        label: what this audience could see is released, up to its level.
        since: only information that arrived on that day or later.
        from_now_on: whether what arrives later is released, too.
        at: when it was made.
        asks: nations that were asked to let it cover what they originated.
        consents: those of them that did.
    """

    release: ReleaseId
    nation: NationCode
    to: tuple[NationCode, ...]
    label: str
    since: date
    from_now_on: bool
    state: Literal["in force", "withdrawn"]
    at: datetime
    asks: tuple[NationCode, ...]
    consents: tuple[NationCode, ...]
    reason: str


class ReleaseMade(msgspec.Struct, frozen=True, kw_only=True):
    """A release that was made, or that was only tried.

    Attributes:
        release: its id; null where it was only tried.
        objects: how many objects of its author's nation it newly makes visible.
        by_label: how many of them under each label.
    """

    release: ReleaseId | None
    objects: int
    by_label: dict[str, int]


def release_made(release: ReleaseId | None, preview: Preview) -> ReleaseMade:
    """Set out what a release gives, or would give."""
    return ReleaseMade(
        release=release, objects=preview.objects, by_label=preview.by_label
    )


def release_sheet(found: Release) -> ReleaseSheet:
    """Set a release out."""
    event = found.event
    return ReleaseSheet(
        release=event.release,
        nation=event.nation,
        to=event.to,
        label=event.selection,
        since=since_day(found),
        from_now_on=event.ongoing,
        state="withdrawn" if found.withdrawn else "in force",
        at=from_ms(found.arrival_ms),
        asks=event.asks,
        consents=found.consents,
        reason=event.reason,
    )
