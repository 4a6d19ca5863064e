"""Deeds: who did what, for the auditor of the nation, and nothing that is hidden."""

from collections.abc import Iterator
from datetime import date
from uuid import UUID

import apsw
import pytest

from foedus.alliance.nations import Alliance
from foedus.errors import ForbiddenError
from foedus.eventlog.envelope import Recorded, Who
from foedus.identity.deeds import DAY_MS, DeedView, deeds
from foedus.identity.events import AccountClosed
from foedus.ids import WHOEVER_RUNS_THE_HUB, AccountId, NationCode, Position
from foedus.releasability.access import Access
from foedus.releasability.viewers import Role, Viewer
from tests.guidance.world import TODAY, nato_pack

DAY = TODAY.toordinal() - date(1970, 1, 1).toordinal()
OPEN, HIGH = "NATO UNCLASSIFIED // PUBLIC", "NATO SECRET // REL TO POL"


@pytest.fixture(scope="module")
def access() -> Access:
    return Access(Alliance.from_pack(nato_pack()), TODAY)


@pytest.fixture
def db() -> Iterator[apsw.Connection]:
    db = apsw.Connection(":memory:")
    db.execute(DeedView.schema)
    yield db
    db.close()


class Book:
    """Entries one after the other, each a commit of its own."""

    def __init__(self, db: apsw.Connection) -> None:
        self._db, self._view, self._count = db, DeedView(), 0
        self._view.load(db)

    def write(
        self,
        label: str,
        *,
        kind: str = "intel.published",
        nation: str = "POL",
        account: str = "account--1",
        days: int = 0,
    ) -> None:
        self._count += 1
        arrival_ms = (DAY + days) * DAY_MS + self._count
        recorded = Recorded(
            position=Position(self._count),
            event_id=UUID(int=self._count),
            stream="s",
            kind=kind,
            who=Who(account=account, nation=nation, door="web"),
            arrival_ms=arrival_ms,
            label=label,
            body=b"{}",
        )
        self._view.apply(self._db, recorded, AccountClosed(account=AccountId("a")))
        self._view.close_commit(self._db, arrival_ms)


def auditor(
    nation: str = "POL", clearance: int = 0, role: Role = Role.AUDITOR
) -> Viewer:
    return Viewer(
        nation=NationCode(nation),
        clearance=clearance,
        roles=frozenset({role}),
        account=AccountId("account--auditor"),
    )


def told(db: apsw.Connection, access: Access, viewer: Viewer) -> list[tuple[str, int]]:
    return [(each.kind, each.times) for each in deeds(db, access, viewer)]


def test_what_an_account_did_on_a_day_is_counted(
    db: apsw.Connection, access: Access
) -> None:
    book = Book(db)
    for days in (-1, 0, 0):
        book.write(OPEN, days=days)

    (last, first) = deeds(db, access, auditor())

    assert (last.day, last.times, last.account) == (TODAY, 2, "account--1")
    assert first.times == 1
    assert deeds(db, access, auditor(), before=TODAY) == [first]


def test_acts_above_the_auditors_clearance_are_not_counted(
    db: apsw.Connection, access: Access
) -> None:
    book = Book(db)
    book.write(OPEN)
    book.write(HIGH)
    assert told(db, access, auditor()) == [("intel.published", 1)]
    assert told(db, access, auditor(clearance=3)) == [("intel.published", 2)]


def test_an_act_without_a_label_may_speak_of_anything(
    db: apsw.Connection, access: Access
) -> None:
    book = Book(db)
    book.write("", kind="intel.withdrawn")
    book.write("", kind="identity.account-opened")
    top = access.alliance.ceiling(NationCode("POL"))
    assert told(db, access, auditor()) == [("identity.account-opened", 1)]
    assert len(told(db, access, auditor(clearance=top))) == 2


def test_other_nations_and_the_hub_itself_are_not_told_of(
    db: apsw.Connection, access: Access
) -> None:
    book = Book(db)
    book.write(OPEN, nation="FIN")
    book.write(OPEN, account=WHOEVER_RUNS_THE_HUB)
    assert told(db, access, auditor()) == []


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.AUDITOR}))
def test_only_an_auditor_is_told(
    db: apsw.Connection, access: Access, role: Role
) -> None:
    with pytest.raises(ForbiddenError):
        deeds(db, access, auditor(role=role))


def test_a_nation_without_standing_is_told_nothing(
    db: apsw.Connection, access: Access
) -> None:
    with pytest.raises(ForbiddenError):
        deeds(db, access, auditor("RUS"))
