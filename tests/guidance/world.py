"""A bureau over a log in memory and views in a file, with Nordic and other accounts."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

import apsw
import msgspec

from foedus.alliance import commands as alliance
from foedus.alliance.events import AllianceEvent
from foedus.alliance.pack import load_pack
from foedus.alliance.records import Pack
from foedus.alliance.statuses import Status
from foedus.alliance.views import AllianceView, access_date, load_alliance
from foedus.clock import StoppedClock
from foedus.eventlog.codec import Codec
from foedus.eventlog.envelope import Act, Recorded, Redacted, Who
from foedus.eventlog.memory import MemoryEventLog
from foedus.eventlog.projector import Projector
from foedus.guidance.commands import Bureau
from foedus.guidance.events import GuidanceEvent
from foedus.guidance.views import GuidanceView
from foedus.ids import START, WHOEVER_RUNS_THE_HUB, AccountId, NationCode
from foedus.releasability.access import Access
from foedus.releasability.labelled import LabelView
from foedus.releasability.news import NewsView
from foedus.releasability.viewers import Role, Viewer
from foedus.releasability.wordings import WordingView

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
TODAY = NOON.date()
EVENTS = (AllianceEvent, GuidanceEvent, Redacted)


def viewer(nation: str, role: Role = Role.DELEGATE, clearance: int = 1) -> Viewer:
    return Viewer(
        nation=NationCode(nation),
        clearance=clearance,
        roles=frozenset({role}),
        account=AccountId(f"account--{nation}"),
    )


POL, FIN, SWE, MDA = (viewer(nation) for nation in ("POL", "FIN", "SWE", "MDA"))
DESK = viewer("NATO", Role.SECRETARIAT)


@cache
def nato_pack() -> Pack:
    return load_pack("nato")


class Seen(msgspec.Struct, frozen=True):
    """The views at one moment."""

    db: apsw.Connection
    access: Access


class World:
    """Everything that guidance needs, founded for NATO."""

    def __init__(self, folder: Path) -> None:
        self.clock = StoppedClock(NOON)
        self.log = MemoryEventLog(Codec(EVENTS), self.clock)
        who = Who(account=WHOEVER_RUNS_THE_HUB, nation="NATO", door="cli")
        founding = Act(who=who, at=NOON)
        asyncio.run(alliance.found(self.log, nato_pack(), founding))
        self.path = folder / "views.db"
        self.projector = Projector(
            self.log,
            self.path,
            Codec(EVENTS),
            [AllianceView(), LabelView(), NewsView(), WordingView(), GuidanceView()],
        )
        self.bureau = Bureau(log=self.log, sight=self.sight, ceiling=3)

    @contextmanager
    def sight(self) -> Iterator[Seen]:
        self.projector.catch_up()
        with self.as_it_stands() as seen:
            yield seen

    @contextmanager
    def as_it_stands(self) -> Iterator[Seen]:
        """Look at the views without waiting for the log."""
        db = apsw.Connection(str(self.path), flags=apsw.SQLITE_OPEN_READONLY)
        try:
            on = access_date(db)
            assert on is not None, "it is founded"
            yield Seen(db, Access(load_alliance(db), on))
        finally:
            db.close()

    def act(self, by: Viewer) -> Act:
        self.clock.advance(timedelta(seconds=1))
        who = Who(account=by.account, nation=by.nation, door="api")
        return Act(who=who, at=self.clock())

    def entries(self) -> list[Recorded]:
        return self.log.read_after(START, 1_000)

    async def suspend(self, nation: str) -> None:
        await alliance.change_status(
            self.log,
            NationCode(nation),
            status=Status.SUSPENDED,
            since=TODAY,
            act=self.act(DESK),
        )

    def close(self) -> None:
        self.projector.close()
        self.log.close()
