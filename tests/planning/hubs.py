"""A hub with a small register, on which plans are made in a thread of the test.

Poland has two companies and a way to Tapa, Finland one that it keeps to itself; three
commitments ask for companies and for a ship that nobody has. Sweden shows nothing.
"""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

from foedus import app
from foedus.alliance.pack import load_pack
from foedus.clock import StoppedClock
from foedus.eventlog.envelope import Act, Append, Redacted, Who, redaction_stream
from foedus.hub import Hub
from foedus.ids import WHOEVER_RUNS_THE_HUB, Position
from foedus.planning.commands import Filed, Planner, make
from foedus.planning.horizons import Horizon
from foedus.planning.plans import Kind, Question, Within
from foedus.planning.situation_surges import More
from foedus.planning.views import PlanLine, PlanSheet, find_plan, list_plans
from foedus.readiness.commands import Recording, record
from foedus.readiness.records import AnyContent, Nations
from foedus.releasability.viewers import Role, Viewer
from tests.planning.solving import InThread
from tests.planning.test_situations import BASE, HORIZON, task, way
from tests.readiness.world import FIN, POL, report, unit, viewer

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
MEMBERS = "NATO RESTRICTED"
SHIP = [{"type": "ship", "amount": 1}]
DUTY = viewer("FIN", Role.DUTY_OFFICER)
READER = viewer("FIN", Role.READER)
MOLDOVAN = viewer("MDA")


class PlannedHub:
    """A hub, and how plans are made and read on it."""

    def __init__(self, hub: Hub, clock: StoppedClock) -> None:
        self.hub = hub
        self.clock = clock
        self.solver = InThread()

    @classmethod
    async def found(cls, folder: Path) -> "PlannedHub":
        clock = StoppedClock(NOON)
        pack = load_pack("nato")
        hub = await app.create(folder, pack, environment={}, clock=clock)
        found = cls(hub, clock)
        for name in ("First", "Second"):
            await found.reported(POL, unit(name=name, **BASE), MEMBERS)
        await found.reported(FIN, unit(nation="FIN", name="Own", **BASE), "")
        await found.record(POL, unit(name="Third", **BASE), MEMBERS)
        await found.record(POL, task(deadline_h=96), MEMBERS)
        await found.record(POL, task(title="Sea", needs=SHIP, measure=""), MEMBERS)
        await found.record(FIN, task(title="Later", priority=2), MEMBERS)
        await found.record(POL, way(), MEMBERS)
        return found

    @property
    def planner(self) -> Planner:
        return Planner(
            log=self.hub.log, sight=self.hub.reading.snapshot, solver=self.solver
        )

    def act(self, by: Viewer) -> Act:
        self.clock.advance(timedelta(seconds=1))
        who = Who(account=by.account, nation=by.nation, door="api")
        return Act(who=who, at=self.clock())

    async def record(self, by: Viewer, content: AnyContent, label: str) -> str:
        sent = Recording(content=content, label=label)
        made = await record(self.hub.register, by, self.act(by), sent)
        self.hub.projector.catch_up()
        return made.record

    async def reported(self, by: Viewer, content: AnyContent, label: str) -> str:
        name = await self.record(by, content, label)
        await self.record(by, report(name), label)
        return name

    async def plan(  # noqa: PLR0913 - what a question is made of
        self,
        by: Viewer,
        kind: Kind = "coverage",
        *,
        label: str = "",
        nations: Nations = (),
        more: More | None = None,
        within: Within | None = None,
        horizon: Horizon = HORIZON,
    ) -> Filed:
        question = Question(
            kind=kind, horizon=horizon, nations=nations, more=more, within=within
        )
        made = await make(self.planner, by, self.act(by), question, label=label)
        self.hub.projector.catch_up()
        return made

    def sheet(self, by: Viewer, plan: str) -> PlanSheet:
        with self.hub.reading.snapshot() as seen:
            return find_plan(seen.db, seen.access, by, plan)

    def lines(
        self, by: Viewer, *, after: str | None = None, limit: int = 500
    ) -> list[PlanLine]:
        with self.hub.reading.snapshot() as seen:
            return list_plans(seen.db, seen.access, by, after=after, limit=limit)

    async def redact(self, position: Position) -> None:
        await self.hub.log.append(
            Append(
                event_id=uuid4(),
                stream=redaction_stream(position),
                event=Redacted(position=position, reason="typed in error"),
                who=Who(account=WHOEVER_RUNS_THE_HUB, nation="NATO", door="cli"),
            )
        )
        self.hub.projector.catch_up()

    def close(self) -> None:
        app.close_hub(self.hub)
