"""The time line of an object: what its author says of time, and what came of it here.

- The author's own dates, the arrival of each version, and what names the object since:
  relationships and sightings, as the visitor has them.
- What the visitor may not see leaves no moment and no gap.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Final

import msgspec
import orjson

from foedus.clock import from_us
from foedus.intel.neighbours import naming
from foedus.intel.pages import Filters, Record
from foedus.intel.reading import Snapshot
from foedus.releasability.viewers import Viewer
from foedus.web.chips import Chip
from foedus.web.items import Item, make_item
from foedus.web.things import in_words
from foedus.web.watch_consumers import when

NAMING_MAX: Final = 12
"""Relationships and sightings that are read; the graph has more."""

BYTES_MAX: Final = 1024 * 1024
"""Bytes of relationships, and of what stands at their other ends, that are taken apart;
it counts what the visitor sees, and nothing else."""

MOMENTS_MAX: Final = 40
"""Moments that are listed, the newest."""

DATES: Final = (
    "created",
    *("first_seen", "first_observed", "published", "submitted", "analysis_started"),
    *("analysis_ended", "start_time", "valid_from", "validity_not_before"),
    *("last_seen", "last_observed", "stop_time", "valid_until"),
    "validity_not_after",
)
"""Properties that tell when something was or will be."""


class Moment(msgspec.Struct, frozen=True, kw_only=True):
    """Something that happened, or will.

    Attributes:
        at: when, in words; `instant` for machines.
        said: what.
        title: of the object that it leads to; empty where it leads nowhere.
        is_ahead: whether it is still to come.
        chip: who may see what it leads to.
    """

    at: str
    instant: str
    said: str
    title: str = ""
    href: str = ""
    is_ahead: bool = False
    chip: Chip | None = None


class Linked(msgspec.Struct, frozen=True, kw_only=True):
    """What names an object: a relationship or a sighting, and where it leads.

    Attributes:
        item: the relationship or the sighting itself.
        other: what stands at its other end; None where the visitor may not see it.
    """

    at: datetime
    said: str
    item: Item
    other: Item | None


def linked(seen: Snapshot, viewer: Viewer, stix_id: str, now: datetime) -> list[Linked]:
    """Read the relationships and sightings that name an object, the newest first."""
    names = [
        each
        for each in naming(seen, viewer, stix_id)
        if each.startswith(("relationship--", "sighting--"))
    ][:NAMING_MAX]
    records = _records(seen, viewer, names)
    trees = {name: orjson.loads(each.raw) for name, each in records.items()}
    ends = {name: _other(tree, stix_id) for name, tree in trees.items()}
    others = _records(seen, viewer, [each for each in ends.values() if each])

    def shown(record: Record) -> Item:
        return make_item(record, seen.access, viewer=viewer, now=now)

    return [
        Linked(
            at=from_us(each.added_us),
            said=_said(trees[name], stix_id),
            item=shown(each),
            other=shown(others[ends[name]]) if ends[name] in others else None,
        )
        for name, each in records.items()
        if _is_named(trees[name], stix_id)
    ]


def moments(
    raw: bytes, versions: Sequence[Item], found: Iterable[Linked], now: datetime
) -> tuple[Moment, ...]:
    """Tell what happened to an object, the newest first."""
    told = [
        *_by_author(orjson.loads(raw), now),
        *_arrivals(versions),
        *(_link(each) for each in found),
    ]
    told.sort(key=lambda each: (each[0], each[1].said), reverse=True)
    return tuple(moment for _, moment in told[:MOMENTS_MAX])


def _by_author(
    tree: Mapping[str, object], now: datetime
) -> Iterator[tuple[datetime, Moment]]:
    for name in DATES:
        at = _instant(tree.get(name))
        if at is not None:
            said = "Made by its author" if name == "created" else in_words(name)
            yield at, _moment(at, said, is_ahead=at > now)


def _arrivals(versions: Sequence[Item]) -> Iterator[tuple[datetime, Moment]]:
    for count, each in enumerate(reversed(versions)):
        at = from_us(each.added_us)
        what = "Arrived" if not count else "Another version arrived"
        yield at, _moment(at, f"{what} from {each.nation.name}")


def _link(each: Linked) -> tuple[datetime, Moment]:
    to = each.other or each.item
    return each.at, Moment(
        at=when(each.at),
        instant=each.at.isoformat(),
        said=each.said,
        title=to.thing.title,
        href=f"/objects/{to.id}",
        chip=each.item.chip,
    )


def _moment(at: datetime, said: str, *, is_ahead: bool = False) -> Moment:
    return Moment(at=when(at), instant=at.isoformat(), said=said, is_ahead=is_ahead)


def _records(seen: Snapshot, viewer: Viewer, ids: Sequence[str]) -> dict[str, Record]:
    """Read some objects as the viewer has them, each once."""
    wanted = tuple(dict.fromkeys(ids))
    found: dict[str, Record] = {}
    left = BYTES_MAX
    if wanted:
        for each in seen.collections(viewer):
            page = seen.page(viewer, each, Filters(ids=wanted), limit=len(wanted) * 2)
            for record in page.records:
                if record.id not in found and (left := left - len(record.raw)) >= 0:
                    found[record.id] = record
    return found


def _is_named(tree: Mapping[str, object], stix_id: str) -> bool:
    """Tell whether the version that the viewer has still names the object."""
    ends = (tree.get("source_ref"), tree.get("target_ref"), tree.get("sighting_of_ref"))
    return stix_id in ends


def _other(tree: Mapping[str, object], stix_id: str) -> str:
    ends = [str(tree.get(end, "")) for end in ("source_ref", "target_ref")]
    return next((each for each in ends if each and each != stix_id), "")


def _said(tree: Mapping[str, object], stix_id: str) -> str:
    if tree.get("type") == "sighting":
        count = tree.get("count", 1)
        return "Sighted" if count == 1 else f"Sighted {count} times"
    word = in_words(str(tree.get("relationship_type", "")))
    is_source = tree.get("source_ref") == stix_id
    return word if is_source else f"Named: {word.lower()} this"


def _instant(value: object) -> datetime | None:
    try:
        at = datetime.fromisoformat(str(value)) if isinstance(value, str) else None
    except ValueError:
        return None
    return None if at is None else at.astimezone(UTC)
