from uuid import UUID

import apsw
import pytest

from foedus.eventlog.envelope import Event, Recorded, Redacted, Who
from foedus.identity import views
from foedus.identity.accounts import Holder
from foedus.identity.events import AccountClosed, AccountOpened
from foedus.identity.views import AccountView
from foedus.ids import AccountId, NationCode, Position
from foedus.releasability.viewers import Role, Viewer

BODY = NationCode("HANSE")


def _recorded(position: int) -> Recorded:
    return Recorded(
        position=Position(position),
        event_id=UUID(int=position),
        stream="s",
        kind="k",
        who=Who(account="a", nation="n", door="cli"),
        arrival_ms=position * 1000,
        label="",
        body=b"{}",
    )


def _opened(name: str, nation: str, *roles: Role) -> AccountOpened:
    return AccountOpened(
        account=AccountId(name),
        nation=NationCode(nation),
        roles=roles,
        clearance=1,
        holder=Holder.PERSON,
    )


def _fold(db: apsw.Connection, *events: Event) -> None:
    view = AccountView()
    view.load(db)
    for position, event in enumerate(events, start=1):
        view.apply(db, _recorded(position), event)
        view.close_commit(db, position * 1000)


def _viewer(account: str, nation: str, *roles: Role) -> Viewer:
    return Viewer(
        nation=NationCode(nation),
        clearance=1,
        roles=frozenset(roles),
        account=AccountId(account),
    )


@pytest.fixture
def db() -> apsw.Connection:
    db = apsw.Connection(":memory:")
    db.execute(AccountView.schema)
    return db


@pytest.fixture
def three(db: apsw.Connection) -> apsw.Connection:
    _fold(
        db,
        _opened("a1", "LUB", Role.READER),
        _opened("a2", "LUB", Role.AUDITOR),
        _opened("a3", "VIS", Role.READER),
    )
    return db


def test_the_view_tells_what_an_account_is(db: apsw.Connection) -> None:
    _fold(db, _opened("a1", "LUB", Role.READER, Role.PUBLISHER))

    facts = views.account_facts(db, AccountId("a1"))

    assert facts is not None
    assert (facts.nation, facts.clearance, facts.open) == ("LUB", 1, True)
    assert facts.roles == {Role.READER, Role.PUBLISHER}
    assert views.account_facts(db, AccountId("a2")) is None


def test_a_closed_account_is_closed(db: apsw.Connection) -> None:
    account_id = AccountId("a1")
    _fold(db, _opened("a1", "LUB", Role.READER), AccountClosed(account=account_id))

    facts = views.account_facts(db, account_id)

    assert facts is not None
    assert not facts.open


def test_other_events_change_nothing(three: apsw.Connection) -> None:
    operator = _viewer("ops", "HANSE", Role.OPERATOR)
    before = views.accounts(three, operator, body=BODY)

    _fold(three, Redacted(position=Position(1)))

    assert views.accounts(three, operator, body=BODY) == before


@pytest.mark.parametrize(
    ("viewer", "seen"),
    [
        (_viewer("a1", "LUB", Role.READER), ["a1"]),
        (_viewer("a2", "LUB", Role.AUDITOR), ["a1", "a2"]),
        (_viewer("a3", "VIS", Role.READER), ["a3"]),
        (_viewer("a9", "VIS", Role.AUDITOR), ["a3"]),
        (_viewer("ops", "HANSE", Role.OPERATOR), ["a1", "a2", "a3"]),
        (_viewer("sec", "HANSE", Role.SECRETARIAT), ["a1", "a2", "a3"]),
        (_viewer("body", "HANSE", Role.READER), []),
        (_viewer("a1", "LUB", Role.READER, Role.OPERATOR), ["a1"]),
    ],
)
def test_nobody_learns_of_the_people_of_another_nation(
    three: apsw.Connection, viewer: Viewer, seen: list[str]
) -> None:
    listed = [row.account_id for row in views.accounts(three, viewer, body=BODY)]
    found = [
        account_id
        for account_id in map(AccountId, ["a1", "a2", "a3"])
        if views.account(three, viewer, account_id, body=BODY)
    ]

    assert listed == found == seen


def test_a_list_goes_on_after_the_page_before(three: apsw.Connection) -> None:
    operator = _viewer("ops", "HANSE", Role.OPERATOR)

    first = views.accounts(three, operator, body=BODY, limit=2)
    second = views.accounts(three, operator, body=BODY, after=first[-1].account_id)

    assert [row.account_id for row in first + second] == ["a1", "a2", "a3"]
