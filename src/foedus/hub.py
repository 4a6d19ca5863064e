"""The hub: what a surface is handed.

A surface gets one `Hub` and nothing else. It holds the log, the views, `state.db`
and the clock, and knows the few steps that every door takes: who is asking, what the
alliance is now, and to wait until what was written can be read.
"""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, date, datetime
from pathlib import Path

import msgspec

from foedus.alliance import commands as alliance_commands
from foedus.alliance.events import ParticipationChanged
from foedus.alliance.frameworks import named_framework
from foedus.alliance.nations import Alliance
from foedus.alliance.sheets import acts, named_nation
from foedus.alliance.statuses import Status
from foedus.clock import Clock, to_ms
from foedus.decisions.commands import Floor
from foedus.errors import FoedusError, UnavailableError
from foedus.eventlog.codec import Codec
from foedus.eventlog.envelope import Act, Who
from foedus.eventlog.log import EventLog
from foedus.eventlog.projector import Projector
from foedus.guidance import commands as guidance
from foedus.identity.accounts import Account
from foedus.identity.authenticator import Authenticator
from foedus.identity.commands import Registry
from foedus.identity.keyring import Keyring
from foedus.identity.rules import check_may_change_status
from foedus.identity.store import StateStore
from foedus.ids import NationCode, Position
from foedus.intel import commands as intel
from foedus.intel.courses import KEY, Ids
from foedus.intel.gathering import Gathering
from foedus.intel.holders import Handed
from foedus.intel.judging import PLAINLY, Manner, Outcome
from foedus.intel.reading import IntelReading
from foedus.intel.recall_sheets import Read
from foedus.intel.tearing import follow
from foedus.planning.commands import Planner, Solver
from foedus.planning.turns import Turns, reading_turns
from foedus.planning.workers import Workers
from foedus.processes import digests
from foedus.processes.activating import Activation
from foedus.processes.auditing import Auditor
from foedus.processes.automating import Automaton, poster_of
from foedus.processes.consuming import Roll
from foedus.processes.decisions import LOOK_BACK_MS, Clerk, room_of, settle
from foedus.processes.decisions_channel import Channel
from foedus.processes.escalating import Escalator
from foedus.processes.escalating_watch import TimeWatch
from foedus.processes.holding import Holder
from foedus.processes.measures_decided import WITH_MEASURES
from foedus.processes.receipts import Recorder
from foedus.processes.responding import Responder
from foedus.processes.responding import settle as settle_protocols
from foedus.processes.standing import Standing, end_sessions
from foedus.processes.timekeeping import Timekeeper
from foedus.processes.webhooks import Dispatch
from foedus.processes.widening import Deliverer, deliver
from foedus.readiness.commands import Register
from foedus.releasability.access import Access
from foedus.releasability.ceilings import resolve_ceiling
from foedus.settings import Settings
from foedus.telemetry.journal import Journal
from foedus.telemetry.ledger import Ledger
from foedus.traffic.gate import Gate
from foedus.traffic.stopping import Stopping

STALE_S_MAX = 10.0
"""Seconds that the views may lag behind the log; beyond it a node serves nothing
labelled, since it may not know yet of somebody's suspension."""


class StatusChange(msgspec.Struct, frozen=True, kw_only=True):
    """A change of status that has been recorded.

    Attributes:
        since: the day that it is dated.
        position: where it stands in the log; for the command line alone.
        acts: from when it acts on who may see what: `now`, or a day to come.
    """

    nation: NationCode
    status: Status
    since: date
    position: Position
    acts: str


class ParticipationChange(msgspec.Struct, frozen=True, kw_only=True):
    """A change of participation in a framework that has been recorded.

    Attributes:
        since: the day that it is dated.
        acts: from when it acts on who may see what: `now`, or a day to come.
    """

    nation: NationCode
    framework: str
    joined: bool
    since: date = msgspec.field(name="from")
    acts: str


class Hub(msgspec.Struct, frozen=True, kw_only=True):
    """The parts of a running hub.

    Attributes:
        folder: the data folder.
        public_url: what clients reach the hub under, without a slash at the end.
        receipts: takes notes of what is given to whom.
        consumers: takes notes of how far programs have come.
        gate: passed by every request of an account.
        ledger: what this process counts.
        watch: whether the machine's clock was put; None where another clock is used.
        journal: where a line a request is written; None for nowhere.
        workers: where plans are solved.
        gathering: brings together what is published at the same time.
        dossiers: whose turn it is to read for an assessment.
        stopping: tells answers without an end that the process stops.
    """

    folder: Path
    settings: Settings
    public_url: str
    clock: Clock
    codec: Codec
    log: EventLog
    projector: Projector
    store: StateStore
    keyring: Keyring
    authenticator: Authenticator
    reading: IntelReading
    receipts: Recorder
    consumers: Roll
    gate: Gate
    ledger: Ledger
    stopping: Stopping
    watch: TimeWatch | None = None
    journal: Journal | None = None
    workers: Solver = msgspec.field(default_factory=Workers)
    gathering: Gathering = msgspec.field(default_factory=Gathering)
    dossiers: Turns = msgspec.field(default_factory=reading_turns)

    @property
    def access(self) -> Access:
        """Who may see what, as the views stand."""
        return self.reading.access()

    @property
    def alliance(self) -> Alliance:
        """The alliance, as the views stand."""
        return self.access.alliance

    @property
    def ceiling(self) -> int:
        """The highest level that the hub may hold; index into the levels."""
        return resolve_ceiling(self.settings.ceiling, self.alliance)

    @property
    def registry(self) -> Registry:
        """Where accounts are registered."""
        return Registry(log=self.log, keyring=self.keyring)

    def act(self, account: Account, *, door: str, at: datetime) -> Act:
        """Say who acts, by which door, and when."""
        who = Who(account=account.id, nation=account.nation, door=door)
        return Act(who=who, at=at)

    def check_fresh(self) -> None:
        """Refuse to serve anything labelled from views that lag behind the log.

        Raises:
            UnavailableError: they are more than `STALE_S_MAX` behind.
        """
        if self.projector.lag_s() > STALE_S_MAX:
            raise UnavailableError(
                "this node is behind the log and serves nothing until it has caught up"
            )

    async def publish(
        self,
        account: Account,
        act: Act,
        collection: str,
        objects: Sequence[bytes],
        *,
        manner: Manner = PLAINLY,
    ) -> list[Outcome]:
        """Publish objects and wait until they can be read; one outcome each."""
        outcomes = await intel.publish(
            self.desk,
            account.viewer(),
            act,
            collection,
            objects,
            manner=manner,
        )
        outcomes = await follow(
            self.desk,
            account.viewer(),
            act,
            collection,
            list(zip(objects, outcomes, strict=True)),
        )
        await self.seen([each.position for each in outcomes])
        return outcomes

    async def change_status(
        self, account: Account, act: Act, nation: str, *, status: Status, since: date
    ) -> StatusChange:
        """Record that a nation has another status, and wait until it can be read.

        Args:
            account: on whose behalf.
            act: who acts, and when.
            nation: its code, name or alias.
            status: what it becomes.
            since: the first day, past or to come.

        Raises:
            ForbiddenError: the account may not.
            NotFoundError: the alliance knows no such nation.
            RuleViolationError: the change says nothing new, or is too far ahead.
            ConflictError: somebody was faster; decide anew.
        """
        alliance = self.alliance
        check_may_change_status(account, alliance)
        code = named_nation(alliance, nation)
        await self._end_sessions(code)  # so that a return revives none
        position = await alliance_commands.change_status(
            self.log, code, status=status, since=since, act=act
        )
        await self.seen([position])
        await self.delivered()
        # It is recorded by now, and every process that serves sees to it as well.
        with suppress(UnavailableError):
            await self._end_sessions(code)
        return StatusChange(
            nation=code,
            status=status,
            since=since,
            position=position,
            acts=acts(since, recorded=act.at.astimezone(UTC).date()),
        )

    async def change_participation(
        self, account: Account, act: Act, wanted: ParticipationChanged
    ) -> ParticipationChange:
        """Record that a nation joins or leaves a framework; wait until it can be read.

        Args:
            account: on whose behalf.
            act: who acts, and when.
            wanted: the change; nation and framework may be named in any way.

        Raises:
            ForbiddenError: the account may not.
            NotFoundError: the alliance knows no such nation or framework.
            RuleViolationError: the change says nothing new, or cannot be.
            ConflictError: somebody was faster; decide anew.
        """
        alliance = self.alliance
        check_may_change_status(account, alliance)
        change = msgspec.structs.replace(
            wanted,
            nation=named_nation(alliance, wanted.nation),
            framework=named_framework(alliance, wanted.framework).id,
        )
        position = await alliance_commands.change_participation(self.log, change, act)
        await self.seen([position])
        await self.delivered()
        return ParticipationChange(
            nation=change.nation,
            framework=change.framework,
            joined=change.joined,
            since=change.since,
            acts=acts(change.since, recorded=act.at.astimezone(UTC).date()),
        )

    @property
    def desk(self) -> intel.Desk:
        """Where intelligence is published and read."""
        ceiling = None if self.settings.ceiling is None else self.ceiling
        return intel.Desk(
            log=self.log,
            reading=self.reading,
            ceiling=ceiling,
            automation=self.settings.automation,
            gathering=self.gathering,
        )

    def reads(self, nation: NationCode, handed: Sequence[Handed]) -> Read | None:
        """Tell on which days a nation read some deliveries, as the receipts tell."""
        found = self.receipts.reads(nation, handed)
        return None if found is None else Read(first=found[0], last=found[1])

    def floor(self) -> Floor:
        """Give where decisions are taken, as the views stand."""
        since_ms = to_ms(self.clock()) - LOOK_BACK_MS
        with self.reading.snapshot() as seen:
            room = room_of(seen, since_ms)
        ceiling = None if self.settings.ceiling is None else self.ceiling
        sight = self.reading.snapshot
        return Floor(log=self.log, sight=sight, room=room, ceiling=ceiling)

    @property
    def channel(self) -> Channel:
        """The heartbeat of the channel by which silence is broken."""
        return Channel(
            log=self.log,
            store=self.store,
            clock=self.clock,
            nation=self.alliance.code,
            sure=self.timekeeper.is_sure,
        )

    def clerk(self, *, serving: bool = False) -> Clerk:
        """Give what keeps decisions on time and carries them out.

        Args:
            serving: whether silence can be broken through this process.
        """
        return Clerk(
            desk=self.desk,
            projector=self.projector,
            clock=self.clock,
            channel=self.channel if serving else None,
            executors=WITH_MEASURES,
            sure=self.timekeeper.is_sure,
        )

    async def decided(self, within_s: float | None = None) -> bool:
        """Let what was decided take place; as `delivered`, which it does, too."""
        try:
            async with asyncio.timeout(within_s):
                await settle(self.clerk())
                await deliver(self.deliverer)
        except TimeoutError:
            return False
        return True

    @property
    def responder(self) -> Responder:
        """What keeps protocols on time."""
        return Responder(
            desk=self.desk,
            projector=self.projector,
            clock=self.clock,
            sure=self.timekeeper.is_sure,
        )

    @property
    def timekeeper(self) -> Timekeeper:
        """What says whether the time is sure."""
        return Timekeeper(reading=self.reading, watch=self.watch)

    @property
    def automaton(self) -> Automaton:
        """What carries out the steps that a machine could."""
        return Automaton(
            desk=self.desk,
            projector=self.projector,
            clock=self.clock,
            folder=self.folder,
            poster=poster_of(self.settings.automation, self.folder),
        )

    @property
    def activation(self) -> Activation:
        """What judges activation rules, and carries out what is approved."""
        return Activation(desk=self.desk, projector=self.projector, clock=self.clock)

    @property
    def auditor(self) -> Auditor:
        """What finds clocks that did not tell; each remembers what it has read."""
        return Auditor(self.log, self.reading, self.store, self.clock)

    @property
    def escalator(self) -> Escalator:
        """What tells what clocks have come to; each remembers the time for itself."""
        return Escalator(
            desk=self.desk,
            projector=self.projector,
            clock=self.clock,
            watch=TimeWatch(self.clock),
        )

    async def responded(self, within_s: float | None = None) -> bool:
        """Let protocols go on; as `delivered`."""
        try:
            async with asyncio.timeout(within_s):
                await settle_protocols(self.responder)
        except TimeoutError:
            return False
        return True

    @property
    def bureau(self) -> guidance.Bureau:
        """Where obligations, engagements and policy updates are kept."""
        ceiling = None if self.settings.ceiling is None else self.ceiling
        return guidance.Bureau(
            log=self.log, sight=self.reading.snapshot, ceiling=ceiling
        )

    @property
    def register(self) -> Register:
        """Where measures, units, reports and exercises are recorded."""
        ceiling = None if self.settings.ceiling is None else self.ceiling
        return Register(log=self.log, sight=self.reading.snapshot, ceiling=ceiling)

    @property
    def planner(self) -> Planner:
        """What makes plans."""
        ceiling = None if self.settings.ceiling is None else self.ceiling
        return Planner(
            log=self.log,
            sight=self.reading.snapshot,
            solver=self.workers,
            ceiling=ceiling,
        )

    @property
    def deliverer(self) -> Deliverer:
        """What delivers what acts newly let nations see."""
        return Deliverer(desk=self.desk, projector=self.projector, clock=self.clock)

    @property
    def holder(self) -> Holder:
        """What ends the waiting of versions for what they refer to."""
        return Holder(desk=self.desk, projector=self.projector, clock=self.clock)

    @property
    def dispatch(self) -> Dispatch:
        """What sends to webhooks."""
        return Dispatch(
            reading=self.reading,
            keyring=self.keyring,
            settings=self.settings.webhooks,
            folder=self.folder,
            ids=Ids(self.store.key(KEY)),
            clock=self.clock,
            note=self.receipts.note,
            check_fresh=self.check_fresh,
        )

    @property
    def digest_desk(self) -> digests.Desk:
        """What writes letters."""
        return digests.Desk(
            reading=self.reading,
            keyring=self.keyring,
            settings=self.settings.mail,
            folder=self.folder,
            key=self.store.key(digests.KEY),
            url=self.public_url,
            clock=self.clock,
            check_fresh=self.check_fresh,
        )

    async def delivered(self, within_s: float | None = None) -> bool:
        """Deliver what acts newly let nations see.

        Args:
            within_s: how long to wait for it; every process that serves goes on.

        Returns:
            Whether everything is delivered.
        """
        try:
            async with asyncio.timeout(within_s):
                await deliver(self.deliverer)
        except TimeoutError:
            return False
        return True

    async def seen(self, positions: Sequence[Position | FoedusError | None]) -> None:
        """Wait until the views have reached what was written."""
        reached = [each for each in positions if isinstance(each, int)]
        if reached:
            await self.projector.wait(Position(max(reached)))

    async def _end_sessions(self, nation: NationCode) -> None:
        if not self.access.standing(nation):
            standing = Standing(reading=self.reading, keyring=self.keyring)
            await asyncio.to_thread(end_sessions, standing)
