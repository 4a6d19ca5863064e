from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import apsw
import msgspec
import pytest

from foedus.alliance import commands, views
from foedus.alliance.events import AllianceEvent, ParticipationChanged
from foedus.alliance.records import Pack
from foedus.alliance.statuses import Status
from foedus.alliance.views import AllianceView
from foedus.clock import StoppedClock
from foedus.errors import UnavailableError
from foedus.eventlog.codec import Codec
from foedus.eventlog.envelope import Act
from foedus.eventlog.memory import MemoryEventLog
from foedus.eventlog.projector import Projector
from foedus.ids import CommunityCode, NationCode

QMC, QMD = NationCode("QMC"), NationCode("QMD")
TODAY = date(2026, 11, 22)
TABLES = ("founding", "access_day", "nation", "status_interval", "community")


@pytest.fixture
def projector(log: MemoryEventLog, tmp_path: Path) -> Iterator[Projector]:
    projector = Projector(
        log, tmp_path / "views.db", Codec(AllianceEvent), [AllianceView()]
    )
    yield projector
    projector.close()


@pytest.fixture
def db(projector: Projector, tmp_path: Path) -> Iterator[apsw.Connection]:  # noqa: ARG001 - it makes the file
    db = apsw.Connection(str(tmp_path / "views.db"))
    yield db
    db.close()


@pytest.fixture
async def founded(log: MemoryEventLog, harbour_pack: Pack, act: Act) -> MemoryEventLog:
    await commands.found(log, harbour_pack, act)
    return log


async def record(
    log: MemoryEventLog, act: Act, nation: NationCode, status: Status, since: date
) -> None:
    await commands.change_status(log, nation, status=status, since=since, act=act)


async def test_before_the_founding_there_is_no_alliance(db: apsw.Connection) -> None:
    assert views.access_date(db) is None
    with pytest.raises(UnavailableError, match="foedus init"):
        views.load_alliance(db)


@pytest.mark.usefixtures("founded")
async def test_the_founded_alliance_is_read_from_the_tables(
    projector: Projector,
    db: apsw.Connection,
    harbour_pack: Pack,
) -> None:
    projector.catch_up()

    assert views.load_alliance(db).pack == harbour_pack
    assert views.access_date(db) == TODAY


async def test_changes_are_folded_in_the_order_of_recording(
    founded: MemoryEventLog,
    projector: Projector,
    db: apsw.Connection,
    act: Act,
) -> None:
    await record(founded, act, QMC, Status.MEMBER, date(2030, 1, 1))
    projector.catch_up()
    await record(founded, act, QMC, Status.SUSPENDED, date(2020, 1, 1))
    projector.catch_up()

    alliance = views.load_alliance(db)

    assert alliance.status(QMC, date(2019, 12, 31)) is Status.PARTNER
    assert alliance.status(QMC, date(2031, 1, 1)) is Status.SUSPENDED
    assert views.list_nations(db, TODAY, Status.SUSPENDED)[0].since == date(2020, 1, 1)


async def test_nations_are_listed_as_of_a_day_as_the_alliance_knows_them(
    founded: MemoryEventLog,
    projector: Projector,
    db: apsw.Connection,
    act: Act,
) -> None:
    await record(founded, act, QMD, Status.MEMBER, TODAY)
    projector.catch_up()
    alliance = views.load_alliance(db)

    for day in (date(1850, 1, 1), date(1940, 1, 1), date(2005, 1, 1), TODAY):
        assert [
            (row.code, row.name, row.status, row.since)
            for row in views.list_nations(db, day)
        ] == [
            (code, nation.name, alliance.status(code, day), alliance.since(code, day))
            for code, nation in sorted(alliance.nations.items())
        ]


@pytest.mark.usefixtures("founded")
async def test_nations_of_one_status_are_listed(
    projector: Projector,
    db: apsw.Connection,
) -> None:
    projector.catch_up()

    members = views.list_nations(db, TODAY, Status.MEMBER)

    assert [(row.code, row.since) for row in members] == [
        ("QMA", date(1900, 5, 1)),
        ("QMB", date(1950, 1, 1)),
    ]


async def test_the_access_date_follows_changes_and_days_that_begin(
    founded: MemoryEventLog,
    projector: Projector,
    db: apsw.Connection,
    clock: StoppedClock,
    act: Act,
) -> None:
    clock.advance(timedelta(days=1))
    second = msgspec.structs.replace(act, at=clock())
    await record(founded, second, QMC, Status.MEMBER, date(2026, 11, 24))
    projector.catch_up()
    assert views.access_date(db) == date(2026, 11, 23)
    clock.advance(timedelta(days=1))
    third = msgspec.structs.replace(act, at=clock())

    await commands.begin_day(founded, date(2026, 11, 24), third)
    projector.catch_up()

    on = views.access_date(db)
    assert on == date(2026, 11, 24)
    members = views.load_alliance(db).members_of(CommunityCode("MEMBERS"), on)
    assert QMC in members


async def test_a_rebuild_reproduces_every_table(
    founded: MemoryEventLog,
    projector: Projector,
    db: apsw.Connection,
    act: Act,
) -> None:
    await record(founded, act, QMC, Status.MEMBER, date(2030, 1, 1))
    await record(founded, act, QMD, Status.SUSPENDED, TODAY)
    projector.catch_up()
    before = [sorted(db.execute(f"SELECT * FROM {table}")) for table in TABLES]  # noqa: S608 - names of this file

    projector.rebuild()

    after = [sorted(db.execute(f"SELECT * FROM {table}")) for table in TABLES]  # noqa: S608 - names of this file
    assert after == before


async def test_participation_is_kept_in_the_order_of_recording(
    founded: MemoryEventLog, projector: Projector, db: apsw.Connection, act: Act
) -> None:
    wanted = ParticipationChanged(
        nation=QMC, framework="pilots", joined=False, since=TODAY
    )
    await commands.change_participation(founded, wanted, act)
    await record(founded, act, QMC, Status.MEMBER, TODAY)
    projector.catch_up()

    alliance = views.load_alliance(db)

    assert alliance.status(QMC, TODAY) is Status.MEMBER
    assert QMC not in alliance.participants("pilots", TODAY)
    assert db.execute("SELECT count(*) FROM participation_change").get == 1
