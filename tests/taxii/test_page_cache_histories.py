"""Whatever happens, a page that was kept is the page that would be read now.

Random histories; after every act the same questions go to a surface that has kept
pages since the beginning, and to one that has just been made.
"""

import random
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from itertools import product
from pathlib import Path
from typing import Final

import msgspec
import orjson
import pytest

from foedus import app
from foedus.clock import StoppedClock, to_ms
from foedus.errors import FoedusError
from foedus.eventlog.projector import Projector
from foedus.hub import Hub
from foedus.identity.accounts import Account, Holder
from foedus.ids import CollectionId
from foedus.intel import holding, importing
from foedus.intel.events import ApiRoot, ImportTerms
from foedus.intel.importing import Dated, Plan, Planned
from foedus.intel.reading import IntelReading
from foedus.releasability.viewers import Role
from foedus.taxii import objects
from foedus.taxii.answers import Answer
from foedus.taxii.edge import Handler
from foedus.taxii.exchange import Exchange
from foedus.taxii.page_cache import PageCache
from foedus.taxii.surface import Surface, surface_of
from tests.intel.histories import IDS, History
from tests.intel.invariants import CLASSES, LABELS, PACK
from tests.intel.world import MEMORY, NOON, World, dump, report, thing, viewer

SEEDS: Final = (
    *range(3),
    *(pytest.param(seed, marks=pytest.mark.soak) for seed in range(3, 30)),
)
"""Histories: three in `make test`, 27 more in `make soak`."""

ACTS: Final = 30
ASKED: Final = 9
"""Questions that are asked after each act, one of which is new each time."""

ASKING: Final = 6
"""Accounts that ask them."""

TAKEN_OVER: Final = "91a7b528-80eb-42ed-a74d-c6fbd5a26116"
KINDS: Final[dict[str, Handler]] = {
    "objects": objects.objects,
    "manifest": objects.manifest,
    "object": objects.object_by_id,
    "versions": objects.versions,
}
PARTS: Final = (
    ("", "limit=1", "limit=2", "limit=%32", "limit=3", "limit=500"),
    ("", "", "match[version]=all", "match%5Bversion%5D=first", "match[version]=last"),
    ("", "", "", "", "match[type]=report", "match[type]=marking-definition,x-thing"),
    ("", "", "", "", "match[spec_version]=2.1", f"match[id]={report(1)},{report(2)}"),
)
"""Of each list one part of a query."""


class Serving(World):
    """A world that is folded by one process and served by another."""

    def _folding(self) -> Projector:
        projector = Projector(
            self.log, self.folder / "views.db", app.codec(), app.views()
        )
        projector.catch_up()
        return projector


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """What is asked for."""

    kind: str
    collection: str
    object: str
    query: bytes
    encoding: bytes


class Asking:
    """The surface that keeps pages, and what it was asked."""

    def __init__(self, hub: Hub, dice: random.Random) -> None:
        self.kept = surface_of(hub)
        self.dice = dice
        self.cursors = [b"A" * 43]
        self.dates = ["2026-11-23T12:00:00.000Z"]
        everybody = [
            *map(_account, CLASSES),
            _account("HARBOUR0", Role.OPERATOR),
            _account("QMA2", Role.SECRETARIAT),
        ]
        self.accounts = dice.sample(everybody, ASKING)
        self.questions = [self._make() for _ in range(ASKED)]
        self.bodies: dict[tuple[object, ...], bytes] = {}

    async def check(self) -> None:
        """Ask both surfaces the same."""
        hub = self.kept.hub
        reading = IntelReading(hub.folder / "views.db", hub.folder / "log.db")
        fresh = msgspec.structs.replace(
            self.kept, hub=msgspec.structs.replace(hub, reading=reading)
        )
        self.questions[self.dice.randrange(ASKED)] = self._make()
        for question, account in product(self.questions, self.accounts):
            now = msgspec.structs.replace(fresh, pages=PageCache())
            expected = await _ask(now, question, account)
            told = (account.name, account.roles, question)
            assert await _ask(self.kept, question, account) == expected, told
            if isinstance(expected, Answer):
                self._note(question, account, expected)
        reading.close()

    def _note(self, question: Question, account: Account, answer: Answer) -> None:
        """Keep what further questions begin at, and see that a tag names one page."""
        headers = dict(answer.headers)
        same = (
            account.nation,
            account.clearance,
            question.kind,
            question.collection,
            question.object,
            headers[b"etag"],
            headers.get(b"content-encoding"),
        )
        assert self.bodies.setdefault(same, answer.body) == answer.body, question
        if b"content-encoding" in headers:
            return
        cursor = orjson.loads(answer.body).get("next")
        if cursor is not None:
            self.cursors.append(cursor.encode())
        self.dates.append(headers[b"x-taxii-date-added-last"].decode())

    def _make(self) -> Question:
        parts = [self.dice.choice(each) for each in PARTS]
        if self.dice.random() < 0.2:
            parts.append(f"next={self.dice.choice(self.cursors).decode()}")
        if self.dice.random() < 0.2:
            parts.append(f"added_after={self.dice.choice(self.dates)}")
        return Question(
            kind=self.dice.choice((*KINDS, "objects", "objects", "manifest")),
            collection=self.dice.choice(("c", "c", "c", "c", "members", TAKEN_OVER)),
            object=report(self.dice.choice(IDS)),
            query="&".join(filter(None, parts)).encode(),
            encoding=self.dice.choice((b"", b"", b"gzip", b"zstd")),
        )


def _account(name: str, *roles: Role) -> Account:
    who = viewer(name, *roles)
    return Account(
        id=who.account,
        name=name,
        nation=who.nation,
        roles=who.roles,
        clearance=who.clearance,
        holder=Holder.PERSON,
        open=True,
    )


async def _ask(
    surface: Surface, question: Question, account: Account
) -> Answer | tuple[str, str]:
    async def receive() -> dict[str, object]:
        return {"type": "http.disconnect"}

    scope = {
        "type": "http",
        "method": "GET",
        "query_string": question.query,
        "headers": [(b"accept-encoding", question.encoding)],
        "path_params": {"collection": question.collection, "object": question.object},
    }
    try:
        return await KINDS[question.kind](surface, Exchange(scope, receive), account)
    except FoedusError as error:
        return type(error).__name__, error.detail


class Acts:
    """What happens: all that histories know, and what concerns whole collections."""

    def __init__(self, world: World, dice: random.Random) -> None:
        self.world = world
        self.dice = dice
        self.history = History(world, dice)
        known = self.history
        self.weighed: dict[Callable[[], Awaitable[object]], int] = {
            known.post: 12,
            self.add: 8,
            self.elsewhere: 4,
            self.renew: 8,
            known.withdraw: 4,
            known.change: 4,
            known.next_day: 1,
            known.release: 4,
            known.consent: 2,
            known.end_release: 3,
            known.step: 5,
            known.deliver: 2,
            known.tear: 2,
            known.redact: 1,
            known.restart: 1,
            self.rebuild: 1,
            self.end_waits: 3,
            self.open: 1,
            self.take_over: 2,
        }
        self.number = 100
        self.version = 0
        self.own: list[tuple[str, int, str]] = []
        """What was published once: by whom, which, and its label."""
        self.steps = 0
        body = viewer("HARBOUR0", Role.OPERATOR)
        self.body = body
        self.plan = Plan(
            source="ab" * 32,
            terms=ImportTerms(account="account--QMA2", read="PUBLIC", write=""),
            roots=(ApiRoot(path="old", title="Old"),),
            collections=(
                Planned(
                    id=CollectionId(TAKEN_OVER), root="old", title="Old", can_read=True
                ),
            ),
        )

    async def next(self) -> str:
        self.world.clock.advance(timedelta(milliseconds=self.dice.choice((0, 0, 5))))
        act = self.dice.choices(list(self.weighed), list(self.weighed.values()))[0]
        return f"{act.__name__} {await act()}"

    async def add(self, to: str = "c") -> str:
        """Publish what nobody has published before."""
        name = self.dice.choice(CLASSES)
        given = []
        for _ in range(self.dice.randint(1, 3)):
            self.number += 1
            one = thing(self.number, label := self.dice.choice(LABELS))
            if self.dice.random() < 0.2:
                one |= {"type": "x-thing", "id": one["id"].replace("report", "x-thing")}
            elif to == "c":
                self.own.append((name, self.number, label))
            given.append(one)
        with suppress(FoedusError):
            await self.world.post(name, *given, to=to)
        return f"{name} {self.number}"

    async def renew(self) -> str:
        """Publish a newer version of what is there, for the same readers."""
        if not self.own:
            return "nothing"
        name, number, label = self.dice.choice(self.own)
        self.version += 1
        newer = thing(number, label, version=self.version)
        with suppress(FoedusError):
            await self.world.post(name, newer)
        return f"{name} {number}"

    async def elsewhere(self) -> str:
        """Publish into another collection, which may be closed to who does."""
        return await self.add("members")

    async def end_waits(self) -> int:
        self.world.later(minutes=self.dice.choice((0, 11)))
        at_ms = to_ms(self.world.clock())
        ended = await holding.end_waits(self.world.desk, self.world.act, at_ms)
        self.world.projector.catch_up()
        return len(ended)

    async def rebuild(self) -> None:
        self.world.projector.rebuild()

    async def open(self) -> None:
        self.number += 1
        await self.world.open(f"more-{self.number}")

    async def take_over(self) -> str:
        """Begin an import, then take a little in, then end it."""
        done = self.steps
        world, act = self.world, self.world.act(self.body.nation)
        with suppress(FoedusError):  # whoever it is for may have lost standing
            if done == 0:
                await importing.begin(world.desk, self.body, act, self.plan)
                world.projector.catch_up()
                await importing.open_collections(world.desk, self.body, act, self.plan)
            elif done == 1:
                who = viewer("QMA2")
                await importing.take_in(
                    world.desk,
                    who,
                    world.act(who.nation),
                    CollectionId(TAKEN_OVER),
                    [_dated(number) for number in range(1, 4)],
                )
            elif done == 2:
                await importing.end(world.desk, act, self.plan)
            self.steps += 1
        world.projector.catch_up()
        return f"{done} -> {self.steps}"


def _dated(number: int) -> Dated:
    return Dated(
        id=report(number),
        raw=dump(thing(number)),
        added_us=ADDED_US + number * 1_000_001,
    )


ADDED_US: Final = int(datetime(2025, 3, 1, tzinfo=UTC).timestamp()) * 1_000_000


@asynccontextmanager
async def _serving(dice: random.Random) -> AsyncIterator[tuple[World, Hub]]:
    with tempfile.TemporaryDirectory(dir=MEMORY) as folder:
        clock = StoppedClock(NOON)
        hub = await app.create(Path(folder), PACK, environment={}, clock=clock)
        world = Serving(Path(folder), clock)
        await world.open(
            default_label="OPEN WATER // PUBLIC",
            tear_lines=dice.random() < 0.5,
            hold_minutes=dice.choice((0, 0, 10)),
        )
        await world.open(
            "members", default_label=LABELS[1], read="MEMBERS", write="PUBLIC"
        )
        try:
            yield world, hub
        finally:
            app.close_hub(hub)
            world.close()


async def live(seed: int, acts: int) -> Asking:
    dice = random.Random(seed)  # noqa: S311 - not a secret
    async with _serving(dice) as (world, hub):
        happening = Acts(world, dice)
        asking = Asking(hub, dice)
        await asking.check()
        for _ in range(acts):
            await happening.next()
            await asking.check()
    return asking


@pytest.mark.parametrize("seed", SEEDS)
async def test_a_page_that_was_kept_is_the_page_that_is_read(seed: int) -> None:
    asking = await live(seed, ACTS)
    assert asking.kept.pages.hits > ACTS
