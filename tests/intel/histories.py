"""Random histories, and after each act what must be true of every view class."""

import contextlib
import random
from collections.abc import Awaitable, Callable
from datetime import date, timedelta
from typing import Any

from foedus.alliance import commands as alliance_commands
from foedus.alliance.statuses import Status
from foedus.errors import FoedusError, NotFoundError
from foedus.ids import NationCode
from foedus.intel import redacting, releasing, tearing
from foedus.intel.collections import Collection
from foedus.intel.covers import Covers
from foedus.intel.judging import Manner
from foedus.intel.pages import Filters, Record, VersionTerm
from foedus.intel.reading import Stored
from foedus.intel.releasing import Pace
from foedus.releasability.viewers import Role
from tests.intel.invariants import (
    CLASSES,
    LABELS,
    NATIONS,
    PACK,
    SELECTIONS,
    Entitled,
    check_definitions,
    check_once,
    check_order,
    check_soundness,
    key_of,
    name_of,
    same,
    versions_of,
)
from tests.intel.world import (
    ALL,
    World,
    marking,
    passing_world,
    replaced,
    report,
    thing,
    viewer,
)

IDS = range(1, 6)
STATUSES = (Status.MEMBER, Status.PARTNER, Status.SUSPENDED, Status.NONE)


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


class History:
    """Random acts, and after each what must be true of every view class."""

    def __init__(self, world: World, dice: random.Random) -> None:
        self.world = world
        self.dice = dice
        self.story: list[str] = []
        self.views: dict[str, list[Record]] = {}
        self.gains = 0
        self.away: set[str] = set()
        self.released: list[tuple[str, list[str], dict[str, Any]]] = []
        self.is_post = False
        terms: list[VersionTerm] = ["all", "last"]
        self.pollers = [
            Poller(name, Filters(versions=(term,)))
            for name in CLASSES
            for term in terms
        ]

    async def run(self, acts: int) -> None:
        weighed: dict[Callable[[], Awaitable[str]], int] = {
            self.post: 10,
            self.withdraw: 3,
            self.change: 3,
            self.next_day: 1,
            self.poll: 5,
            self.release: 4,
            self.consent: 2,
            self.end_release: 3,
            self.step: 6,
            self.deliver: 2,
            self.tear: 1,
            self.redact: 1,
            self.restart: 2,
        }
        for _ in range(acts):
            self.world.clock.advance(timedelta(milliseconds=self.dice.choice((0, 5))))
            act = self.dice.choices(list(weighed), list(weighed.values()))[0]
            self.is_post = False
            self.story.append(f"{act.__name__} {await act()}")
            self.check()
        await self.deliver()
        self.check()
        for poller in self.pollers:
            while poller.poll(self.world, 2):
                pass
        self.check_pollers()

    # Acts

    async def post(self) -> str:
        name = self.dice.choice(CLASSES)
        objects = [self._object() for _ in range(self.dice.randint(1, 4))]
        manner = Manner(replaces=self.dice.random() < 0.1)
        told = f"{name} {manner.replaces} {objects}"
        with contextlib.suppress(NotFoundError):
            outcomes = await self.world.post(name, *objects, manner=manner)
            told += f" -> {[each.outcome for each in outcomes]}"
        self.is_post = True
        return told

    def _object(self) -> dict[str, object]:
        refs = [report(self.dice.choice((*IDS, 99))) for _ in range(2)]
        more: dict[str, Any] = {}
        if self.dice.random() < 0.15:
            more["revoked"] = True
        if self.dice.random() < 0.15:
            more["description"] = "told by an agent"
            ref = marking(self.dice.choice(LABELS))
            more["granular_markings"] = [
                {"marking_ref": ref, "selectors": ["description"]}
            ]
        return thing(
            self.dice.choice(IDS),
            self.dice.choice(LABELS),
            version=self.dice.randint(0, 3),
            refs=self.dice.choice(([], refs[:1], refs)),
            **more,
        )

    async def withdraw(self) -> str:
        stix_id = report(self.dice.choice(IDS))
        name = self.dice.choice(CLASSES)
        terms: VersionTerm = self.dice.choice(("last", "first", "all"))
        with contextlib.suppress(FoedusError):
            await self.world.withdraw(name, stix_id, terms)
            return f"{name} {stix_id} {terms}"
        return "refused"

    async def change(self) -> str:
        nation, status = self.dice.choice(NATIONS), self.dice.choice(STATUSES)
        since = self.world.clock().date() - timedelta(days=self.dice.choice((0, 0, 1)))
        with contextlib.suppress(FoedusError):
            self.world.fold(await self.world.begin_change(nation, status, since))
            return f"{nation} {status} {since}"
        return "refused"

    async def next_day(self) -> str:
        self.world.later(days=1)
        act = self.world.act(NationCode("BODY"))
        day: date = self.world.clock().date()
        position = await alliance_commands.begin_day(self.world.log, day, act)
        self.world.fold(position)
        return f"{day}"

    async def poll(self) -> str:
        for poller in self.dice.sample(self.pollers, 8):
            poller.poll(self.world, self.dice.randint(1, 3))
        return ""

    async def release(self) -> str:
        name = f"{self.dice.choice(NATIONS)}2"
        if self.dice.random() < 0.2:
            name = "HARBOUR2"
        to = self.dice.sample(NATIONS, self.dice.randint(1, 3))
        terms: dict[str, Any] = {
            "label": self.dice.choice(SELECTIONS),
            "from_now_on": self.dice.random() < 0.3,
            "include_controlled": self.dice.random() < 0.3,
            "ask": tuple(self.dice.sample(NATIONS, self.dice.randint(0, 2))),
        }
        if self.dice.random() < 0.2:
            terms["since"] = self.world.clock().date()
        if self.released and self.dice.random() < 0.4:
            # What is made once more lets a like one end without anybody's noticing.
            name, to, terms = self.dice.choice(self.released)
        self.released.append((name, to, terms))
        with contextlib.suppress(FoedusError):
            given, position = await self.world.begin_release(name, *to, **terms)
            self.world.fold(position)
            return f"{given} {name} {to} {terms}"
        return "refused"

    async def consent(self) -> str:
        asked = self.world.query(_ASKED)
        if not asked:
            return "nobody is asked"
        given, nation = self.dice.choice(asked)
        name = f"{nation}{self.dice.choice((0, 2))}"
        with contextlib.suppress(FoedusError):
            self.world.fold(await self.world.begin_consent(name, given))
            return f"{name} {given}"
        return "refused"

    async def end_release(self) -> str:
        may = self.world.query(_MAY_END)
        if not may:
            return "nothing to end"
        given, nation = self.dice.choice(may)
        role = Role.SECRETARIAT if nation == "HARBOUR" else Role.DELEGATE
        who = viewer(f"{nation}2", role)
        with contextlib.suppress(FoedusError):
            act = self.world.act(who.nation)
            position = await releasing.withdraw(self.world.desk, who, act, given)
            self.world.fold(position)
            return f"{nation} {given}"
        return "refused"

    async def step(self) -> str:
        most = self.dice.randint(1, 3)
        pace = self.dice.choice((Pace(deliveries=most), Pace(versions=most)))
        act = self.world.act(NationCode("HARBOUR"))
        position = await releasing.step(self.world.desk, act, pace)
        if position is not None:
            self.world.fold(position)
        return f"{most} -> {position}"

    async def deliver(self) -> str:
        return f"{await self.world.deliver()} steps"

    async def tear(self) -> str:
        marked = self.world.query(_TORN)
        if not marked:
            return "nothing is marked"
        stix_id, nation = self.dice.choice(marked)
        who = viewer(f"{nation}2")
        with contextlib.suppress(FoedusError):
            act = self.world.act(who.nation)
            outcomes = await tearing.tear_line(self.world.desk, who, act, stix_id)
            self.world.projector.catch_up()
            return f"{who.nation} {stix_id} -> {[each.outcome for each in outcomes]}"
        return "refused"

    async def redact(self) -> str:
        found = self.world.query(_POSITIONS)
        if not found:
            return "nothing"
        position = int(self.dice.choice(found)[0])
        who = viewer("HARBOUR2", Role.OPERATOR)
        act = self.world.act(who.nation)
        self.world.fold(
            await redacting.redact(self.world.desk, who, act, position, "a spill")
        )
        return f"{position}"

    async def restart(self) -> str:
        """Read everything anew that is kept in memory beside the tables."""
        self.world.restart()
        return ""

    # Checks

    def check(self) -> None:
        with self.world.reading.snapshot() as seen:
            versions = versions_of(seen)
            covers = Covers(seen, viewer("HARBOUR2", Role.OPERATOR))
            entitled = {name: Entitled(name, versions, covers) for name in CLASSES}
            access = seen.access
        before, self.views = self.views, {}
        for name in CLASSES:
            records = self._read(name)
            self.views[name] = records
            if not access.standing(viewer(name).nation):
                assert records == []
                self.views[name] = before.get(name, [])
                self.away.add(name)
                continue
            objects = [each for each in records if each.nation]
            check_soundness(objects, entitled[name], versions)
            check_order(records)
            check_definitions(records)
            self._check_change(before.get(name, []), records, versions, entitled[name])
            if name not in self.away:
                check_once(before.get(name, []), records)
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
        entitled: Entitled,
    ) -> None:
        old = {each.added_us: each for each in before}
        new = {each.added_us: each for each in after}
        last = max(old, default=0)
        for added_us, each in new.items():
            if added_us <= last:
                assert same(old[added_us], each), "a delivery was slipped in"
        lanes = {each.id: each.nation for each in before if each.nation}
        met = {name_of(each) for each in before}
        for each in after:
            held = lanes.get(each.id, each.nation)
            if each.nation and held != each.nation:
                # A post that replaces what was met may bring more for the lane after.
                assert not any(
                    key_of(one) in entitled.at_least
                    and not (self.is_post and key_of(one) not in met)
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
                same(visible[each.added_us], each)
                for each in poller.got
                if each.added_us in visible
            )
            if "all" in poller.filters.versions:
                assert visible.keys() <= set(dates)


def _collection(world: World) -> Collection:
    return world.collection("HARBOUR0")


_ASKED = """
SELECT r.id, j.value
  FROM release AS r, json_each(r.event, '$.asks') AS j
 WHERE r.withdrawn = 0
 ORDER BY r.release, j.value
"""

_MAY_END = """
SELECT id, nation FROM release WHERE withdrawn = 0
UNION ALL
SELECT id, 'HARBOUR' FROM release WHERE withdrawn = 0
UNION ALL
SELECT r.id, j.value
  FROM release AS r, json_each(r.consents) AS j
 WHERE r.withdrawn = 0
"""

_TORN = """
SELECT v.object, v.nation
  FROM version AS v
  JOIN log.entry AS e ON e.position = v.position
 WHERE v.withdrawn = 0 AND instr(e.body, 'granular_markings') > 0
"""

_POSITIONS = """
SELECT DISTINCT position FROM version WHERE nation <> '' AND withdrawn = 0
"""


async def live(seed: int, acts: int, *, is_rebuilt: bool = False) -> History:
    async with passing_world(PACK) as world:
        history = History(world, random.Random(seed))  # noqa: S311 - not a secret
        await history.run(acts)
        if is_rebuilt:
            folded = world.dump()
            world.projector.rebuild()
            assert world.dump() == folded
    return history
