"""What is known of accounts: who there is, of which nation, and whether open.

- Names and credentials are not here; `state.db` has them.
- Other nations are shown the nation, never the person: the list of accounts shows a
  viewer its own, an auditor those of the auditor's nation, the alliance's operators,
  secretariat and auditors all.
"""

import apsw
import msgspec

from foedus.eventlog.envelope import Event, Recorded
from foedus.identity.accounts import AccountFacts, Holder
from foedus.identity.events import AccountClosed, AccountOpened
from foedus.identity.store import Bindings
from foedus.ids import AccountId, NationCode
from foedus.releasability.viewers import Role, Viewer

PAGE_SIZE_MAX = 500
"""Accounts on one page of a list."""

_SCHEMA = """
CREATE TABLE IF NOT EXISTS account (
    account_id TEXT    NOT NULL PRIMARY KEY,
    nation     TEXT    NOT NULL,
    roles      TEXT    NOT NULL CHECK (json_valid(roles)),
    clearance  INTEGER NOT NULL CHECK (clearance >= 0),
    holder     TEXT    NOT NULL CHECK (holder IN ('person', 'service')),
    opened_ms  INTEGER NOT NULL,
    closed_ms  INTEGER
) STRICT, WITHOUT ROWID;

CREATE INDEX IF NOT EXISTS account_of_nation ON account (nation, account_id);
"""

_OPEN = """
INSERT INTO account (account_id, nation, roles, clearance, holder, opened_ms)
VALUES (:account_id, :nation, :roles, :clearance, :holder, :opened_ms)
"""

_CLOSE = "UPDATE account SET closed_ms = :closed_ms WHERE account_id = :account_id"

_FACTS = """
SELECT account_id, nation, roles, clearance, holder, opened_ms, closed_ms
  FROM account
 WHERE account_id = :account_id
"""

_LIST = """
SELECT account_id, nation, roles, clearance, holder, opened_ms, closed_ms
  FROM account
 WHERE (:everybody OR nation = :whole_nation OR account_id = :self)
   AND account_id > :after
 ORDER BY account_id
 LIMIT :limit
"""

_ONE = """
SELECT account_id, nation, roles, clearance, holder, opened_ms, closed_ms
  FROM account
 WHERE (:everybody OR nation = :whole_nation OR account_id = :self)
   AND account_id = :account_id
"""

_DELEGATES = """
SELECT a.nation, max(a.clearance)
  FROM account AS a
 CROSS JOIN json_each(a.roles) AS r
 WHERE a.closed_ms IS NULL
   AND r.value = 'delegate'
 GROUP BY a.nation
 ORDER BY a.nation
"""

_CLEARANCES = """
SELECT a.nation, r.value, max(a.clearance)
  FROM account AS a
 CROSS JOIN json_each(a.roles) AS r
 WHERE a.closed_ms IS NULL
 GROUP BY a.nation, r.value
 ORDER BY a.nation, r.value
"""

_SEES_ALL = frozenset({Role.OPERATOR, Role.SECRETARIAT, Role.AUDITOR})


class AccountRow(msgspec.Struct, frozen=True, array_like=True):
    """One account, as the table holds it.

    Attributes:
        account_id: the opaque id.
        nation: the nation, or the alliance's own body by its code.
        roles: JSON list of roles, sorted.
        clearance: index into the alliance's levels.
        holder: a person or a service.
        opened_ms: when it was opened, in milliseconds since 1970.
        closed_ms: when it was closed; None while it is open.
    """

    account_id: AccountId
    nation: NationCode
    roles: str
    clearance: int
    holder: Holder
    opened_ms: int
    closed_ms: int | None

    def facts(self) -> AccountFacts:
        """Give the account as everybody else uses it."""
        return AccountFacts(
            nation=self.nation,
            roles=msgspec.json.decode(self.roles, type=frozenset[Role]),
            clearance=self.clearance,
            holder=self.holder,
            open=self.closed_ms is None,
        )


class AccountView:
    """How the table of accounts follows from the log."""

    folds = AccountOpened | AccountClosed
    schema = _SCHEMA

    def load(self, db: apsw.Connection) -> None:
        """Nothing is kept in memory: another process may have folded."""

    def apply(self, db: apsw.Connection, recorded: Recorded, event: Event) -> None:
        """Fold one event."""
        if isinstance(event, AccountOpened):
            db.execute(_OPEN, _opened(event, recorded.arrival_ms))
        elif isinstance(event, AccountClosed):
            bindings = {
                "account_id": event.account,
                "closed_ms": recorded.arrival_ms,
            }
            db.execute(_CLOSE, bindings)

    def close_commit(self, db: apsw.Connection, arrival_ms: int) -> None:
        """Nothing waits for the end of a commit."""


def account_facts(db: apsw.Connection, account_id: AccountId) -> AccountFacts | None:
    """Tell the authenticator what an account is; None if it never came to be."""
    rows = _rows(db, _FACTS, {"account_id": account_id})
    return rows[0].facts() if rows else None


def accounts(
    db: apsw.Connection,
    viewer: Viewer,
    *,
    body: NationCode,
    after: AccountId | None = None,
    limit: int = PAGE_SIZE_MAX,
) -> list[AccountRow]:
    """List the accounts that a viewer may know of, by id.

    Args:
        db: a connection to `views.db`.
        viewer: who asks.
        body: the code of the alliance's own body.
        after: the last account of the page before.
        limit: accounts on a page, at most `PAGE_SIZE_MAX`.
    """
    bindings = {
        **_scope(viewer, body),
        "after": after or "",
        "limit": min(limit, PAGE_SIZE_MAX),
    }
    return _rows(db, _LIST, bindings)


def account(
    db: apsw.Connection, viewer: Viewer, account_id: AccountId, *, body: NationCode
) -> AccountRow | None:
    """Tell of one account; None if it is not there or not for this viewer."""
    bindings = {**_scope(viewer, body), "account_id": account_id}
    return next(iter(_rows(db, _ONE, bindings)), None)


def _rows(db: apsw.Connection, sql: str, bindings: Bindings) -> list[AccountRow]:
    return msgspec.convert(db.execute(sql, bindings).fetchall(), type=list[AccountRow])


def _scope(viewer: Viewer, body: NationCode) -> dict[str, str | int | None]:
    staff = viewer.nation == body
    return {
        "everybody": staff and bool(viewer.roles & _SEES_ALL),
        "whole_nation": viewer.nation if Role.AUDITOR in viewer.roles else None,
        "self": viewer.account,
    }


def _opened(event: AccountOpened, opened_ms: int) -> Bindings:
    return {
        "account_id": event.account,
        "nation": event.nation,
        "roles": msgspec.json.encode(event.roles).decode(),
        "clearance": event.clearance,
        "holder": event.holder.value,
        "opened_ms": opened_ms,
    }


def delegates(db: apsw.Connection) -> dict[NationCode, int]:
    """Give the highest clearance of a delegate of each nation that has one.

    For the rule that a text lies before nobody who cannot see it; no viewer is shown
    whose accounts they are.
    """
    rows = db.execute(_DELEGATES).fetchall()
    return {NationCode(str(nation)): int(str(level)) for nation, level in rows}


def clearances(db: apsw.Connection) -> dict[NationCode, dict[Role, int]]:
    """Give the highest clearance of an open account, by nation and role.

    As `delegates`: for the rule that nobody is asked who cannot see what is asked.
    """
    found: dict[NationCode, dict[Role, int]] = {}
    for nation, role, level in db.execute(_CLEARANCES).fetchall():
        found.setdefault(NationCode(str(nation)), {})[Role(str(role))] = int(str(level))
    return found
