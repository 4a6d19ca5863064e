"""Deliveries under random histories, and under the histories that need a name."""

import asyncio
import contextlib
import random
from datetime import timedelta
from pathlib import Path

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from foedus.alliance.nations import Alliance
from foedus.alliance.pack import parse_pack
from foedus.alliance.statuses import Status
from foedus.errors import FoedusError, NotFoundError
from foedus.eventlog.database import open_writable
from foedus.intel.deliveries import Deliveries, Place
from foedus.intel.entitlements import Entitlements
from foedus.intel.pages import Filters, Record, VersionTerm
from foedus.intel.reading import Stored
from foedus.intel.views import IntelView
from foedus.releasability.join import encode_label, public
from foedus.releasability.labels import print_label
from foedus.releasability.views import Reaches
from foedus.stix.markings import hub_marking_id
from foedus.stix.timestamps import parse_us
from tests.intel.world import (
    ALL,
    World,
    marking,
    moment,
    passing_world,
    replaced,
    report,
    thing,
    viewer,
)

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
)
MEMBERS = "NATO UNCLASSIFIED // REL TO NATO 2024-03-07"
PUBLIC = msgspec.Raw(encode_label(public()))
IDS = range(1, 6)
ALL_IDS = [*map(report, IDS), *map(marking, LABELS)]
STATUSES = (Status.MEMBER, Status.PARTNER, Status.SUSPENDED, Status.NONE)

Key = tuple[str, str, str]


class Poller:
    """A client that reads on from where it stopped, a few records at a time."""

    def __init__(self, name: str, filters: Filters) -> None:
        self.name = name
        self.filters = filters
        self.got: list[Record] = []

    def poll(self, world: World, limit: int) -> bool:
        page = world.reading.page(
            viewer(self.name), _collection(world), self.filters, limit=limit
        )
        self.got += page.records
        if page.records:
            self.filters = replaced(self.filters, page.records[-1].added_us)
        return page.more


def _collection(world: World):  # noqa: ANN202 - the type of another module
    return world.collection("HARBOUR0")


class History:
    """Random acts, and after each what must be true of every view class."""

    def __init__(self, world: World, dice: random.Random) -> None:
        self.world = world
        self.dice = dice
        self.views: dict[str, list[Record]] = {}
        self.gains = 0
        self.away: set[str] = set()
        self.is_post = False
        terms: list[VersionTerm] = ["all", "last"]
        self.pollers = [
            Poller(name, Filters(versions=(term,)))
            for name in CLASSES
            for term in terms
        ]

    async def run(self, acts: int) -> None:
        for _ in range(acts):
            self.world.clock.advance(timedelta(milliseconds=self.dice.choice((0, 5))))
            act = self.dice.choices(
                (self.post, self.withdraw, self.change, self.next_day, self.poll),
                (8, 3, 3, 1, 6),
            )[0]
            self.is_post = False
            await act()
            self.check()
        for poller in self.pollers:
            while poller.poll(self.world, 2):
                pass
        self.check_pollers()

    # Acts

    async def post(self) -> None:
        name = self.dice.choice(CLASSES)
        objects = [self._object() for _ in range(self.dice.randint(1, 4))]
        with contextlib.suppress(NotFoundError):
            await self.world.post(name, *objects)
        self.is_post = True

    def _object(self) -> dict[str, object]:
        refs = [report(self.dice.choice((*IDS, 99))) for _ in range(2)]
        return thing(
            self.dice.choice(IDS),
            self.dice.choice(LABELS),
            version=self.dice.randint(0, 2),
            refs=self.dice.choice(([], refs[:1], refs)),
        )

    async def withdraw(self) -> None:
        stix_id = report(self.dice.choice(IDS))
        name = self.dice.choice(CLASSES)
        terms: VersionTerm = self.dice.choice(("last", "first", "all"))
        with contextlib.suppress(FoedusError):
            await self.world.withdraw(name, stix_id, terms)

    async def change(self) -> None:
        with contextlib.suppress(FoedusError):
            await self.world.change(
                self.dice.choice(NATIONS), self.dice.choice(STATUSES)
            )

    async def next_day(self) -> None:
        self.world.later(days=1)
        await self.world.begin_day()

    async def poll(self) -> None:
        for poller in self.dice.sample(self.pollers, 8):
            poller.poll(self.world, self.dice.randint(1, 3))

    # Checks

    def check(self) -> None:
        with self.world.reading.snapshot() as seen:
            access = seen.access
            versions = [
                each for each in seen.stored(viewer("HARBOUR2"), ALL_IDS) if each.nation
            ]
        before, self.views = self.views, {}
        for name in CLASSES:
            records = self._read(name)
            self.views[name] = records
            if not access.standing(viewer(name).nation):
                assert records == []
                self.views[name] = before.get(name, [])
                self.away.add(name)
                continue
            entitled: dict[Key, bool] = {}
            for each in versions:
                may = access.may_see(viewer(name), each.label, each.nation)
                entitled[_key(each)] = may or entitled.get(_key(each), False)
            objects = [each for each in records if each.nation]
            check_soundness(objects, entitled, versions)
            check_order(records)
            check_definitions(records)
            self._check_change(before.get(name, []), records, versions, entitled)
            if name not in self.away:
                self._check_fresh(before.get(name, []), records)
            self.away.discard(name)

    def _read(self, name: str) -> list[Record]:
        found = _collection(self.world)
        return list(
            self.world.reading.page(viewer(name), found, ALL, limit=1_000).records
        )

    def _check_change(
        self,
        before: list[Record],
        after: list[Record],
        versions: list[Stored],
        entitled: dict[Key, bool],
    ) -> None:
        old = {each.added_us: each for each in before}
        new = {each.added_us: each for each in after}
        last = max(old, default=0)
        for added_us, each in new.items():
            if added_us <= last:
                assert _same(old[added_us], each), "a delivery was slipped in"
        kept = {(_name(each), each.raw) for each in after}
        for added_us, each in old.items():
            is_again = added_us not in new and (_name(each), each.raw) in kept
            if is_again and each.nation:
                lost_newer = any(
                    (one.id, one.nation) == (each.id, each.nation)
                    and one.version > each.version
                    and (_name(one), one.raw) not in kept
                    for one in before
                )
                assert lost_newer, "delivered again without need"
        lanes = {each.id: each.nation for each in before if each.nation}
        for each in after:
            held = lanes.get(each.id, each.nation)
            if each.nation and held != each.nation:
                assert not any(
                    entitled[_key(one)]
                    for one in versions
                    if (one.id, one.nation) == (each.id, held)
                ), "a held lane was given up"

    def _check_fresh(self, before: list[Record], after: list[Record]) -> None:
        last = max((each.added_us for each in before), default=0)
        fresh = [each.added_us for each in after if each.added_us > last]
        assert not fresh or fresh[-1] % 1_000 == 0, "not on a whole millisecond"
        self.gains += bool(fresh) and not self.is_post

    def check_pollers(self) -> None:
        access = self.world.reading.access()
        for poller in self.pollers:
            dates = [each.added_us for each in poller.got]
            assert dates == sorted(set(dates))
            if not access.standing(viewer(poller.name).nation):
                continue
            visible = {each.added_us: each for each in self._read(poller.name)}
            assert all(
                _same(visible[each.added_us], each)
                for each in poller.got
                if each.added_us in visible
            )
            if "all" in poller.filters.versions:
                assert visible.keys() <= set(dates)


def check_soundness(
    objects: list[Record], entitled: dict[Key, bool], versions: list[Stored]
) -> None:
    names = [(each.id, each.version) for each in objects]
    assert len(names) == len(set(names)), "a version was delivered twice"
    lanes = {(each.id, each.nation) for each in objects}
    assert len(lanes) == len({each.id for each in objects}), "two lanes of one id"
    assert all(entitled.get(_name(each)) for each in objects), "not entitled"
    held = dict(lanes)
    for each in versions:
        if entitled[_key(each)] and held.get(each.id, each.nation) == each.nation:
            assert (each.id, each.version) in names, "entitled and not delivered"


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
            for marking in known:
                if marking.encode() in each.raw:
                    carried.setdefault(marking, each.added_us)
    assert known.keys() == carried.keys()
    assert all(known[marking] < carried[marking] for marking in known)


def _stamp_of(each: Record) -> str:
    return hub_marking_id(print_label(each.label.label, ALLIANCE))


def _same(a: Record, b: Record) -> bool:
    return (a.id, a.version, a.nation, a.raw) == (b.id, b.version, b.nation, b.raw)


def _name(each: Record) -> Key:
    return (each.id, each.version, each.nation)


def _key(each: Stored) -> Key:
    return (each.id, each.version, each.nation)


async def live(seed: int, acts: int, *, is_rebuilt: bool = False) -> History:
    async with passing_world(PACK) as world:
        history = History(world, random.Random(seed))  # noqa: S311 - not a secret
        await history.run(acts)
        if is_rebuilt:
            folded = world.dump()
            world.projector.rebuild()
            assert world.dump() == folded
    return history


@settings(max_examples=12)
@given(st.integers(0, 2**32))
def test_everybody_meets_everything_that_is_for_it_exactly_once(seed: int) -> None:
    asyncio.run(live(seed, 40))


def test_histories_widen_often_and_a_rebuild_gives_every_table_again() -> None:
    histories = [asyncio.run(live(seed, 40, is_rebuilt=True)) for seed in range(4)]
    assert sum(each.gains for each in histories) >= 4


async def test_settling_again_changes_nothing(world: World) -> None:
    await world.put("POL0", thing(1, "NU // REL TO NATO+"), thing(2, "NU // PUBLIC"))
    await world.put("FIN0", thing(1, "NU // REL TO PFP+"))
    before = world.dump()
    db = open_writable(world.folder / "views.db", synchronous="NORMAL")
    view = IntelView()
    view.load(db)
    reaches = Reaches()
    reaches.load(db)
    entitlements = Entitlements()
    entitlements.load(db)
    entitlements.use(world.reading.access())
    deliveries = Deliveries(reaches, entitlements)
    deliveries.load(db)
    for number in (1, 2):
        deliveries.settle(db, Place(collection=1, object=report(number)))
    deliveries.close(db, 0)
    db.close()
    assert world.dump() == before


async def test_a_viewer_keeps_the_lane_that_it_met_first(world: World) -> None:
    await world.put("POL0", thing(1, "NU // REL TO POL, SWE"))
    await world.put("FIN0", thing(1, "NU // REL TO FIN, SWE"))
    assert nations(world, "SWE0") == ["POL"]
    assert (nations(world, "POL0"), nations(world, "FIN0")) == (["POL"], ["FIN"])
    await world.withdraw("POL0", report(1))
    assert nations(world, "SWE0") == ["FIN"]
    await world.put("POL0", thing(1, "NU // REL TO POL, SWE"))
    assert nations(world, "SWE0") == ["FIN"]


async def test_a_lane_is_kept_when_its_older_version_comes_anew(world: World) -> None:
    await world.change("MDA", Status.NONE)
    await world.put("FIN0", thing(1, "NU // REL TO PFP+"))
    await world.put("POL0", thing(1, "NU // REL TO POL, MDA"))
    await world.put("POL0", thing(1, "NU // REL TO POL, MDA", version=1))
    await world.change("MDA", Status.PARTNER)
    first, _ = (each.added_us for each in versions(world, "MDA0"))
    await world.withdraw("POL0", report(1))
    (older,) = versions(world, "MDA0")
    assert (older.nation, older.version) == ("POL", moment(0))
    assert older.added_us > first


async def test_a_withdrawal_brings_the_older_version_anew(world: World) -> None:
    await world.put("POL0", thing(1, "NU // REL TO POL, SWE"))
    await world.put("POL0", thing(1, "NU // REL TO POL, SWE", version=2))
    before = versions(world, "SWE0")
    await world.withdraw("POL0", report(1))
    (older,) = versions(world, "SWE0")
    assert older.version == before[0].version
    assert older.added_us > before[1].added_us
    await world.withdraw("POL0", report(1))
    assert versions(world, "SWE0") == []


async def test_a_withdrawal_leaves_alone_who_never_saw_the_newer(world: World) -> None:
    await world.put("POL3", thing(1, "NU // REL TO SWE"))
    await world.put("POL3", thing(1, "NATO SECRET // REL TO SWE", version=2))
    low = versions(world, "SWE0")
    assert len(versions(world, "SWE3")) == 2
    await world.withdraw("POL3", report(1))
    assert versions(world, "SWE0") == low
    assert versions(world, "SWE3") != low


async def test_of_one_version_given_twice_a_viewer_has_one(world: World) -> None:
    await world.put("POL3", thing(1, "NATO SECRET // REL TO SWE"))
    await world.put("POL0", thing(1, "NU // REL TO SWE, FIN"))
    assert len(versions(world, "POL3")) == len(versions(world, "SWE3")) == 1
    assert len(versions(world, "SWE0")) == len(versions(world, "FIN3")) == 1
    (before,) = versions(world, "POL0")
    await world.withdraw("POL3", report(1), moment_us(0))
    assert versions(world, "SWE3") == versions(world, "SWE0") == []
    assert before.label.level == 0


async def test_dates_count_nothing_hidden(world: World) -> None:
    await world.put(
        "POL0",
        thing(1, "NU // PUBLIC"),
        thing(2, "NU // REL TO FIN"),
        thing(3, "NU // PUBLIC"),
        thing(4, "NU // REL TO FIN"),
    )
    swe = [each.added_us for each in world.walk("SWE0") if each.nation]
    assert swe[1] - swe[0] == 1
    assert swe[1] % 1_000 == 0


def nations(world: World, name: str) -> list[str]:
    return [each.nation for each in versions(world, name)]


def versions(world: World, name: str) -> list[Record]:
    """Give the reports that a viewer sees, in all versions."""
    return [each for each in world.walk(name) if each.type == "report"]


def moment_us(second: int) -> int:
    return parse_us(moment(second))
