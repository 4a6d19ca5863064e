"""The stage of the demo: the hub, the nations that play on it, and what they may do."""

from collections.abc import Sequence
from typing import Final, Protocol

import msgspec
import structlog

from foedus.clock import Clock
from foedus.eventlog.envelope import Act, Who
from foedus.eventlog.log import EventLog
from foedus.eventlog.projector import Projector
from foedus.identity.accounts import Account
from foedus.identity.authenticator import Authenticator
from foedus.identity.commands import Registry
from foedus.identity.store import StateStore
from foedus.ids import NationCode, Position
from foedus.intel import commands as intel
from foedus.intel.commands import Desk
from foedus.intel.pages import Filters
from foedus.intel.reading import IntelReading
from foedus.processes.demo_pack import INVENTED
from foedus.processes.widening import Deliverer, deliver
from foedus.releasability.viewers import Role

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
    """

    name: str
    nation: NationCode
    roles: frozenset[Role]
    level: str


COUNTED_MAX: Final = 10_000
"""Objects of a collection that are counted: more than the demo ever publishes."""

NORWAY: Final = NationCode("NOR")
SWEDEN: Final = NationCode("SWE")
MOLDOVA: Final = NationCode("MDA")
FINLAND: Final = NationCode("FIN")
POLAND: Final = NationCode("POL")
STAFF: Final = NationCode("NATO")

_ANALYST = frozenset({Role.READER, Role.PUBLISHER, Role.DELEGATE})

SEATS: Final = (
    Seat(name="norway", nation=NORWAY, roles=_ANALYST, level="NATO SECRET"),
    Seat(name="sweden", nation=SWEDEN, roles=_ANALYST, level="NATO CONFIDENTIAL"),
    Seat(name="moldova", nation=MOLDOVA, roles=_ANALYST, level="NATO RESTRICTED"),
    Seat(name="illustria", nation=INVENTED, roles=_ANALYST, level="NATO RESTRICTED"),
)
"""A member of the first hour, the newest member, a partner, and an invented nation."""

_DELEGATE = frozenset({Role.READER, Role.DELEGATE})

DELEGATES: Final = (
    Seat(name="finland", nation=FINLAND, roles=_DELEGATE, level="NATO RESTRICTED"),
    Seat(name="poland", nation=POLAND, roles=_DELEGATE, level="NATO RESTRICTED"),
)
"""Delegations that decide with those of the columns; they publish nothing."""

DUTY: Final = Seat(
    name="duty",
    nation=STAFF,
    roles=frozenset({Role.DUTY_OFFICER, Role.SECRETARIAT, Role.READER}),
    level="NATO SECRET",
)
"""The alliance's own staff; it has no column."""


KEEPERS: Final = (
    Seat(
        name="norway-auditor",
        nation=NORWAY,
        roles=frozenset({Role.READER, Role.AUDITOR}),
        level="NATO SECRET",
    ),
    Seat(
        name="poland-planner",
        nation=POLAND,
        roles=frozenset({Role.READER, Role.PLANNER}),
        level="NATO RESTRICTED",
    ),
    Seat(
        name="operator",
        nation=STAFF,
        roles=frozenset({Role.OPERATOR}),
        level="NATO UNCLASSIFIED",
    ),
)
"""Those who check, who plan and who run the hub; they take no part in the play."""


def seats(stage: Stage) -> tuple[Seat, ...]:
    """List the nations of the columns; a hub of an older demo has no Illustria."""
    known = stage.reading.access().alliance.nations
    return tuple(each for each in SEATS if each.nation in known)


def desk(stage: Stage) -> Desk:
    """Give where intelligence is published and read."""
    return Desk(log=stage.log, reading=stage.reading)


def player(stage: Stage, nation: NationCode) -> tuple[Account, Act]:
    """Give the account that plays a nation, and its act now."""
    names = {seat.nation: seat.name for seat in (*SEATS, *DELEGATES, DUTY)}
    account = stage.authenticator.named(names[nation])
    who = Who(account=account.id, nation=account.nation, door="demo")
    return account, Act(who=who, at=stage.clock())


async def settle(stage: Stage, *positions: Position | None) -> None:
    """Wait until what was written can be read, and what it gives is delivered."""
    reached = [each for each in positions if each is not None]
    if reached:
        await stage.projector.wait(Position(max(reached)))
    deliverer = Deliverer(
        desk=desk(stage), projector=stage.projector, clock=stage.clock
    )
    await deliver(deliverer)


async def publish(
    stage: Stage, nation: NationCode, alias: str, objects: Sequence[bytes]
) -> None:
    """Publish objects as a nation, and wait until they can be read."""
    account, act = player(stage, nation)
    outcomes = await intel.publish(desk(stage), account.viewer(), act, alias, objects)
    refused = sum(each.outcome == "refused" for each in outcomes)
    if refused:
        _log.warning("demo_objects_refused", objects=refused)
    await settle(stage, *(each.position for each in outcomes))


def count(stage: Stage, nation: NationCode) -> int:
    """Count what a nation sees, without the definitions of markings."""
    account, _ = player(stage, nation)
    viewer = account.viewer()
    with stage.reading.snapshot() as seen:
        return sum(
            record.type != "marking-definition"
            for each in seen.collections(viewer)
            for record in seen.page(
                viewer, each, Filters(), limit=COUNTED_MAX, bodies=False
            ).records
        )
