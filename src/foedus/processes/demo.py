"""The demo: three nations of different standing, and what they publish by the minute.

- `prepare` opens the accounts and collections once and tells the first stories, so
  that no page is empty; a second time it only says who there is.
- `feed` tells one story a beat, through the same commands as everybody, until it is
  stopped or `OBJECTS_MAX` objects have been told; then it is quiet.
- How much has been told is written down before it is told: a crash loses a story of
  the demo, and never passes the limit.
"""

import asyncio
from datetime import timedelta
from typing import Final, Protocol

import msgspec
import structlog

from foedus.clock import Clock
from foedus.errors import ConflictError, NotFoundError, UnavailableError
from foedus.eventlog.envelope import Act, Who
from foedus.eventlog.log import EventLog
from foedus.eventlog.projector import Projector
from foedus.identity.authenticator import Authenticator
from foedus.identity.commands import Registry, open_account
from foedus.identity.rules import Opening as AccountOpening
from foedus.identity.secret import Secret
from foedus.identity.store import StateStore
from foedus.ids import WHOEVER_RUNS_THE_HUB, NationCode, Position
from foedus.intel import commands as intel
from foedus.intel.reading import IntelReading
from foedus.intel.rules import Opening as CollectionOpening
from foedus.processes.demo_data import Item, Teller, introduce
from foedus.releasability.viewers import Role, Viewer

OBJECTS_MAX: Final = 5_000
"""Objects that the demo publishes in all: it may run for days on a laptop."""

STORIES_AT_ONCE: Final = 25
"""Stories that are told before the first page is looked at."""

PACE: Final = timedelta(seconds=1.5)
"""From one story to the next: fast enough to see, slow enough to read."""

SEATS: Final = "demo.seats"
"""The setting that makes a hub a demo hub: account names, in order of the columns."""

TOLD: Final = "demo.told"
"""The setting that holds how much has been told."""

_log = structlog.get_logger(__name__)


class Stage(Protocol):
    """What the demo needs of a hub; the hub itself stands a floor above."""

    @property
    def clock(self) -> Clock:
        """Tells when each story is told."""
        ...

    @property
    def log(self) -> EventLog:
        """Where it is told."""
        ...

    @property
    def projector(self) -> Projector:
        """Tells when it can be read."""
        ...

    @property
    def store(self) -> StateStore:
        """Keeps who sits where, and how much has been told."""
        ...

    @property
    def reading(self) -> IntelReading:
        """Tells what the alliance is."""
        ...

    @property
    def registry(self) -> Registry:
        """Where accounts are opened."""
        ...

    @property
    def authenticator(self) -> Authenticator:
        """Tells whose the names are."""
        ...


class Seat(msgspec.Struct, frozen=True, kw_only=True):
    """An account of the demo.

    Attributes:
        level: the name of its clearance.
        column: whether the page of the worlds has a column for it.
    """

    name: str
    nation: NationCode
    roles: frozenset[Role]
    level: str
    column: bool = True


class DemoAccount(msgspec.Struct, frozen=True, kw_only=True):
    """An account of the demo, as it is printed.

    Attributes:
        nation: the nation's code, or the body's.
        nation_name: in words.
        password: shown this once; None when it was opened earlier.
    """

    name: str
    nation: NationCode
    nation_name: str
    password: Secret | None


class DemoAccounts(msgspec.Struct, frozen=True, kw_only=True):
    """All accounts of the demo."""

    accounts: tuple[DemoAccount, ...]


class _Told(msgspec.Struct, frozen=True, kw_only=True):
    """How much has been told."""

    stories: int = 0
    objects: int = 0


_ANALYST = frozenset({Role.READER, Role.PUBLISHER})

_SEATS: Final = (
    Seat(name="norway", nation=NationCode("NOR"), roles=_ANALYST, level="NATO SECRET"),
    Seat(
        name="sweden",
        nation=NationCode("SWE"),
        roles=_ANALYST,
        level="NATO CONFIDENTIAL",
    ),
    Seat(
        name="moldova",
        nation=NationCode("MDA"),
        roles=_ANALYST,
        level="NATO RESTRICTED",
    ),
)
"""A member of the first hour, the newest member, and a partner."""

_DUTY: Final = Seat(
    name="duty",
    nation=NationCode("NATO"),
    roles=frozenset({Role.DUTY_OFFICER, Role.SECRETARIAT, Role.READER}),
    level="NATO SECRET",
    column=False,
)

_COLLECTIONS: Final = (
    CollectionOpening(
        alias="indicators",
        title="Indicators",
        description="What to block and what to look for. For members unless marked.",
        default_label="NATO RESTRICTED // REL TO NATO",
        read="PUBLIC",
        write="MEMBERS,PARTNERSHIP",
    ),
    CollectionOpening(
        alias="warnings",
        title="Warnings",
        description="For everybody on the hub who has standing.",
        default_label="TLP:GREEN",
        read="PUBLIC",
        write="MEMBERS,PARTNERSHIP",
    ),
    CollectionOpening(
        alias="open",
        title="Open",
        description="What anybody may know and pass on.",
        default_label="NATO UNCLASSIFIED // PUBLIC",
        read="PUBLIC",
        write="MEMBERS,PARTNERSHIP",
    ),
)


async def prepare(stage: Stage) -> DemoAccounts:
    """Make a hub a demo hub, once; afterwards only name its accounts."""
    opened = [await _seat(stage, each) for each in (*_SEATS, _DUTY)]
    if stage.store.setting(SEATS) is None:
        await _open_collections(stage)
        for seat in _SEATS:
            name = stage.reading.access().alliance.nations[seat.nation].name
            await _tell(stage, introduce(seat.nation, name, stage.clock()))
        await _tell_first(stage)
        names = [seat.name for seat in _SEATS if seat.column]
        stage.store.set_setting(SEATS, msgspec.json.encode(names).decode())
    return DemoAccounts(accounts=tuple(opened))


async def feed(stage: Stage, stop: asyncio.Event, pace: timedelta = PACE) -> None:
    """Tell one story a beat until stopped, or until the limit is reached."""
    told = _read_told(stage.store)
    teller = Teller(told.stories)
    while not stop.is_set():
        item = teller.tell(stage.clock())
        told = _Told(stories=teller.told, objects=told.objects + item.count)
        if told.objects > OBJECTS_MAX:
            return
        _write_told(stage.store, told)
        try:
            await _tell(stage, item)
        except UnavailableError:
            _log.warning("demo_story_skipped", story=told.stories)
        await _pause(stop, pace)


async def _pause(stop: asyncio.Event, pace: timedelta) -> None:
    try:
        async with asyncio.timeout(pace.total_seconds()):
            await stop.wait()
    except TimeoutError:
        return


async def _seat(stage: Stage, seat: Seat) -> DemoAccount:
    alliance = stage.reading.access().alliance
    opening = AccountOpening(
        name=seat.name,
        nation=seat.nation,
        roles=seat.roles,
        clearance=alliance.level(seat.level),
    )
    body = NationCode(alliance.code)
    act = Act(
        who=Who(account=WHOEVER_RUNS_THE_HUB, nation=body, door="demo"),
        at=stage.clock(),
    )
    password = None
    try:
        stage.authenticator.named(seat.name)
    except NotFoundError:
        opened = await open_account(
            stage.registry, opening, None, alliance=alliance, act=act
        )
        await stage.projector.wait(opened.position)
        password = opened.password
    nation = alliance.nations.get(seat.nation)
    return DemoAccount(
        name=seat.name,
        nation=seat.nation,
        nation_name=nation.name if nation else f"{alliance.code} staff",
        password=password,
    )


async def _open_collections(stage: Stage) -> None:
    duty, act = _player(stage, _DUTY.nation)
    desk = intel.Desk(log=stage.log, reading=stage.reading)
    for opening in _COLLECTIONS:
        try:
            _, position = await intel.open_collection(desk, duty, act, opening)
        except ConflictError:
            # An earlier run was interrupted after it had opened this one.
            continue
        await stage.projector.wait(position)


async def _tell_first(stage: Stage) -> None:
    told = _read_told(stage.store)
    teller = Teller(told.stories)
    while teller.told < STORIES_AT_ONCE:
        item = teller.tell(stage.clock())
        told = _Told(stories=teller.told, objects=told.objects + item.count)
        _write_told(stage.store, told)
        await _tell(stage, item)


async def _tell(stage: Stage, item: Item) -> None:
    viewer, act = _player(stage, item.by)
    desk = intel.Desk(log=stage.log, reading=stage.reading)
    outcomes = await intel.publish(desk, viewer, act, item.to, item.objects)
    refused = sum(each.outcome == "refused" for each in outcomes)
    if refused:
        _log.warning("demo_objects_refused", objects=refused)
    reached = [each.position for each in outcomes if each.position is not None]
    if reached:
        await stage.projector.wait(Position(max(reached)))


def _player(stage: Stage, nation: NationCode) -> tuple[Viewer, Act]:
    """Give the account that plays a nation, and its act now."""
    names = {seat.nation: seat.name for seat in (*_SEATS, _DUTY)}
    account = stage.authenticator.named(names[nation])
    who = Who(account=account.id, nation=account.nation, door="demo")
    return account.viewer(), Act(who=who, at=stage.clock())


def _read_told(store: StateStore) -> _Told:
    raw = store.setting(TOLD)
    return msgspec.json.decode(raw, type=_Told) if raw else _Told()


def _write_told(store: StateStore, told: _Told) -> None:
    store.set_setting(TOLD, msgspec.json.encode(told).decode())
