"""A register over a log in memory and views in a file, with accounts of nations."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path

import apsw
import msgspec

from foedus.alliance import commands as alliance
from foedus.alliance.events import AllianceEvent
from foedus.alliance.pack import load_pack
from foedus.alliance.records import Pack
from foedus.alliance.views import AllianceView, access_date, load_alliance
from foedus.clock import StoppedClock
from foedus.eventlog.codec import Codec
from foedus.eventlog.envelope import Act, Redacted, Who
from foedus.eventlog.memory import MemoryEventLog
from foedus.eventlog.projector import Projector
from foedus.ids import WHOEVER_RUNS_THE_HUB, AccountId, NationCode
from foedus.readiness.commands import Recording, Register, record
from foedus.readiness.events import ReadinessEvent
from foedus.readiness.reading import ANY, C, Held, Wanted, list_held
from foedus.readiness.records import AnyContent, Report, Unit
from foedus.readiness.views import ReadinessView
from foedus.releasability.access import Access
from foedus.releasability.labelled import LabelView
from foedus.releasability.viewers import Role, Viewer

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
TODAY = NOON.date()
FOR_MEMBERS = "NATO RESTRICTED"
CODEC = Codec((AllianceEvent, ReadinessEvent, Redacted))


def viewer(nation: str, role: Role = Role.PLANNER, clearance: int = 1) -> Viewer:
    return Viewer(
        nation=NationCode(nation),
        clearance=clearance,
        roles=frozenset({role}),
        account=AccountId(f"account--{nation}"),
    )


POL, FIN, SWE, MDA = (viewer(nation) for nation in ("POL", "FIN", "SWE", "MDA"))
STAFF = viewer("NATO", Role.SECRETARIAT)


@cache
def nato_pack() -> Pack:
    return load_pack("nato")


class Seen(msgspec.Struct, frozen=True):
    """The views at one moment."""

    db: apsw.Connection
    access: Access


class World:
    """Everything that readiness needs, founded for NATO."""

    def __init__(self, folder: Path) -> None:
        self.clock = StoppedClock(NOON)
        self.log = MemoryEventLog(CODEC, self.clock)
        who = Who(account=WHOEVER_RUNS_THE_HUB, nation="NATO", door="cli")
        founding = Act(who=who, at=NOON)
        asyncio.run(alliance.found(self.log, nato_pack(), founding))
        self.path = folder / "views.db"
        self.projector = Projector(
            self.log, self.path, CODEC, [AllianceView(), LabelView(), ReadinessView()]
        )
        self.register = Register(log=self.log, sight=self.sight, ceiling=3)

    @contextmanager
    def sight(self) -> Iterator[Seen]:
        self.projector.catch_up()
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

    async def record(
        self, by: Viewer, content: AnyContent, label: str = FOR_MEMBERS
    ) -> str:
        sent = Recording(content=content, label=label)
        return (await record(self.register, by, self.act(by), sent)).record

    def held(self, by: Viewer, kind: type[C], wanted: Wanted = ANY) -> list[Held[C]]:
        with self.sight() as seen:
            return list_held(seen.db, seen.access, by, kind, wanted)

    def close(self) -> None:
        self.projector.close()
        self.log.close()


def unit(nation: str = "POL", name: str = "First", **more: object) -> Unit:
    said = {"type": "company", "measures": ("rapid_reaction",), **more}
    return msgspec.convert(
        {"nation": nation, "name": name, "since": "2026-01-01", **said}, Unit
    )


def report(of: str, **more: object) -> Report:
    said = {
        "posture": "at-notice",
        "notice_h": 48,
        "as_of": "2026-11-01",
        "valid_until": "2027-05-01",
        "evidence": "inspection 7",
        **more,
    }
    return msgspec.convert({"unit": of, **said}, Report)


DAY = date(2026, 11, 23)
