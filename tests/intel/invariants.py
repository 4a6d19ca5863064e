"""What must be true of every view class, whatever has happened."""

from collections.abc import Sequence
from pathlib import Path

from foedus.alliance.nations import Alliance
from foedus.alliance.pack import parse_pack
from foedus.ids import CollectionId
from foedus.intel.covers import Covers
from foedus.intel.pages import Record
from foedus.intel.reading import Snapshot, Stored
from foedus.intel.tables import FROM_STORED, WAITS
from foedus.releasability.join import decode_label
from foedus.releasability.labels import is_settled, parse_label, print_label
from foedus.stix.markings import hub_marking_id
from tests.intel.world import marking, viewer

HARBOUR = Path(__file__).parents[1] / "alliance/data/harbour.json"
PACK = parse_pack(HARBOUR.read_bytes())
ALLIANCE = Alliance.from_pack(PACK)
NATIONS = ("QMA", "QMB", "QMC", "QMD", "QME")
CLASSES = [f"{nation}{level}" for nation in (*NATIONS, "HARBOUR") for level in (0, 2)]
LABELS = (
    "OPEN WATER // PUBLIC",
    "OPEN WATER // REL TO MEMBERS",
    "OPEN WATER // REL TO MEMBERS+",
    "OPEN WATER // REL TO PILOTS+",
    "BELOW DECK // REL TO MEMBERS+, QME",
    "OPEN WATER // REL TO QMA, QMC",
    "BELOW DECK // REL TO QMB, QMD",
    "OPEN WATER // REL TO ORIGINATOR",
    "OPEN WATER // REL TO MEMBERS // ORIGINATOR CONTROLLED BY QMB",
)
SELECTIONS = (
    "OPEN WATER // REL TO MEMBERS",
    "BELOW DECK // REL TO MEMBERS",
    "OPEN WATER // REL TO MEMBERS+",
    "OPEN WATER // REL TO QMA",
    "BELOW DECK // REL TO ORIGINATOR",
)
SETTLED = {
    marking(text): text for text in LABELS if is_settled(parse_label(text, ALLIANCE))
}
Key = tuple[str, str, str]


class Entitled:
    """What a view class is entitled to, after some act.

    Attributes:
        at_most: by label or a release in force; what waits for its step, too.
        at_least: without what waits.
    """

    def __init__(self, name: str, versions: Sequence[Stored], covers: Covers) -> None:
        self.at_most: set[Key] = set()
        self.at_least: set[Key] = set()
        who = viewer(name)
        bit = covers.seen.access.bit(who)
        for each in versions:
            if each.label.level > who.clearance:
                continue
            key = key_of(each)
            if covers.seen.access.entitled(each.label, each.nation) & bit:
                self.at_most.add(key)
                if not covers.waits_by_label(each, who.nation):
                    self.at_least.add(key)
            for release in covers.to(each, who.nation):
                self.at_most.add(key)
                if not covers.waits(each, release):
                    self.at_least.add(key)


def check_soundness(
    objects: list[Record], entitled: Entitled, versions: list[Stored]
) -> None:
    names = [(each.id, each.version) for each in objects]
    assert len(names) == len(set(names)), "a version was delivered twice"
    lanes = {(each.id, each.nation) for each in objects}
    assert len(lanes) == len({each.id for each in objects}), "two lanes of one id"
    assert {name_of(each) for each in objects} <= entitled.at_most, "not entitled"
    held = dict(lanes)
    for each in versions:
        if key_of(each) in entitled.at_least and (
            held.get(each.id, each.nation) == each.nation
        ):
            assert (each.id, each.version) in names, "entitled and not delivered"


def check_once(before: list[Record], after: list[Record]) -> None:
    """Check that one act delivers again only where a newer version was lost."""
    dates = {each.added_us for each in after}
    kept = {(name_of(each), each.raw) for each in after}
    for each in before:
        is_again = each.added_us not in dates and (name_of(each), each.raw) in kept
        if is_again and each.nation:
            lost_newer = any(
                (one.id, one.nation) == (each.id, each.nation)
                and one.version > each.version
                and (name_of(one), one.raw) not in kept
                for one in before
            )
            assert lost_newer, "delivered again without need"


def check_order(records: list[Record]) -> None:
    dates = [each.added_us for each in records]
    assert dates == sorted(set(dates))


def check_definitions(records: list[Record]) -> None:
    """Check that what is carried is defined, before it is met, and nothing else is."""
    known = {each.id: each.added_us for each in records if not each.nation}
    carried: dict[str, int] = {}
    for each in records:
        if each.nation:
            assert _stamp_of(each) in known or each.label.is_public
            for name in {*known, *SETTLED}:
                if name.encode() in each.raw:
                    carried.setdefault(name, each.added_us)
    assert known.keys() == carried.keys()
    assert all(known[name] < carried[name] for name in known)


def _stamp_of(each: Record) -> str:
    return hub_marking_id(print_label(each.label.label, ALLIANCE))


def same(a: Record, b: Record) -> bool:
    return (a.id, a.version, a.nation, a.raw) == (b.id, b.version, b.nation, b.raw)


def name_of(each: Record) -> Key:
    return (each.id, each.version, each.nation)


def key_of(each: Stored) -> Key:
    return (each.id, each.version, each.nation)


_VERSIONS = f"""
SELECT v.version, v.collection, v.object, v.nation, v.type, v.written, v.modified,
       a.label, o.arrival, o.information, o.position, v.flags
{FROM_STORED}
  JOIN audience AS a ON a.audience = v.audience
 WHERE v.nation <> '' AND v.withdrawn = 0
 ORDER BY v.version
"""


def versions_of(seen: Snapshot) -> list[Stored]:
    """Give all versions, and what stands in for revoked ones."""
    return [
        Stored(
            key=row[0], collection=row[1], collection_id=CollectionId(""), id=row[2],
            nation=row[3], type=row[4], version=row[5], modified_us=row[6],
            label=decode_label(row[7]), arrival_ms=row[8], information_ms=row[9],
            position=row[10], waits=bool(row[11] & WAITS), held=False,
        )
        for row in seen.db.execute(_VERSIONS).fetchall()
    ]  # fmt: skip
