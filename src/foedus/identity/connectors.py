"""Connectors: programs of accounts that keep how far they have come with the hub.

- A connector's state is its own text: kept as it came, and given back so. All that is
  read in it is from which event on the connector goes on.
- Its name is good within its account: connectors of others neither meet it nor tell
  that theirs exists.
- An operator may send a connector back to an earlier event, let it pass over the one
  that follows, or stop it. A connector that runs takes its new place with its next
  start, so it is told nothing of its state until then, at which clients end.

Source: `cti-platforms` reference, 3a.
"""

import re
from typing import Any, Final

import msgspec

from foedus.errors import InvalidInputError, NotFoundError, TooLargeError
from foedus.identity.store import Bindings, StateStore
from foedus.ids import AccountId

OF_ACCOUNT_MAX: Final = 64
"""Connectors of one account; one program needs one."""

STATE_BYTES_MAX: Final = 65_536
"""Bytes of a state; those of clients are below a thousand."""

NAME_LETTERS_MAX: Final = 200
"""Letters of a connector's name, and of its id."""

BEGINNING: Final = "0-0"
"""The event before the first."""

NOTHING: Final = "null"
"""The state of a connector that has none, as its client writes it."""

SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS connector (
    account_id    TEXT    NOT NULL,
    connector_id  TEXT    NOT NULL,
    name          TEXT    NOT NULL,
    state         TEXT,
    moved         INTEGER NOT NULL CHECK (moved IN (0, 1)),
    stopped       INTEGER NOT NULL CHECK (stopped IN (0, 1)),
    skipped       TEXT,
    seen_ms       INTEGER NOT NULL,
    PRIMARY KEY (account_id, connector_id)
) STRICT, WITHOUT ROWID;
"""

_COLUMNS = """
SELECT account_id, connector_id, name, state, moved, stopped, skipped, seen_ms
  FROM connector
"""

_ONE = _COLUMNS + " WHERE account_id = :account AND connector_id = :id"

_OF_ACCOUNT = (
    _COLUMNS + " WHERE account_id = :account ORDER BY connector_id LIMIT 10000"
)

_ALL = _COLUMNS + " ORDER BY account_id, connector_id LIMIT 100000"

_COUNT = "SELECT count(*) FROM connector WHERE account_id = :account"

_REGISTER = """
INSERT INTO connector (account_id, connector_id, name, state, moved, stopped, skipped,
                       seen_ms)
VALUES (:account, :id, :name, NULL, 0, 0, NULL, :at_ms)
    ON CONFLICT (account_id, connector_id)
    DO UPDATE SET name = excluded.name, moved = 0, seen_ms = excluded.seen_ms
"""

_KEEP = """
UPDATE connector
   SET state = :state, seen_ms = :at_ms
 WHERE account_id = :account AND connector_id = :id AND moved = 0
"""

_MOVE = """
UPDATE connector
   SET state = :state, moved = 1, skipped = NULL
 WHERE account_id = :account AND connector_id = :id
"""

_SKIP = """
UPDATE connector
   SET skipped = :skipped
 WHERE account_id = :account AND connector_id = :id
"""

_STOP = """
UPDATE connector
   SET stopped = :stopped
 WHERE account_id = :account AND connector_id = :id
"""

_STOPPED = """
SELECT EXISTS (SELECT 1 FROM connector WHERE account_id = :account AND stopped = 1)
"""

_SKIPPED = """
SELECT EXISTS (
       SELECT 1 FROM connector WHERE account_id = :account AND skipped = :event)
"""

_ERASE = "DELETE FROM connector WHERE account_id = :account"

_EVENT: Final = re.compile(r"[0-9]{1,15}-[0-9]{1,19}").fullmatch

_FROM = ("connectorLastEventId", "start_from")
"""Where clients write the last event in their state; the older name goes first."""

_UNKNOWN = "no such connector; 'foedus connector list' tells which there are"


class Connector(msgspec.Struct, frozen=True, array_like=True):
    """What is kept of a connector.

    Attributes:
        state: its own text; None until it has sent one.
        moved: 1 where it was sent elsewhere and has not begun anew since.
        stopped: 1 where it is given nothing at present.
        skipped: the event behind which one is passed over; None for none.
        seen_ms: when it last said something.
    """

    account_id: AccountId
    connector_id: str
    name: str
    state: str | None
    moved: int
    stopped: int
    skipped: str | None
    seen_ms: int

    @property
    def last(self) -> str:
        """The last event that it has done with; empty if its state names none."""
        state = _read(self.state)
        return next((str(state[each]) for each in _FROM if each in state), "")


class Connectors:
    """The connectors in `state.db`."""

    def __init__(self, store: StateStore) -> None:
        self._store = store
        store.ensure(SCHEMA)

    # What connectors do

    def register(
        self, account: AccountId, connector: str, name: str, *, at_ms: int
    ) -> Connector:
        """Note that a connector begins, and give what is kept of it.

        Raises:
            InvalidInputError: it has no id, or the account has too many.
        """
        if not 0 < len(connector) <= NAME_LETTERS_MAX or not connector.isprintable():
            raise InvalidInputError(
                f"id: one line of 1 to {NAME_LETTERS_MAX} letters; a UUID is best"
            )
        shown = "".join(filter(str.isprintable, name))[:NAME_LETTERS_MAX]
        where = {"account": account, "id": connector}
        with self._store.transaction() as db:
            is_new = not db.execute(_ONE, where).fetchall()
            if is_new and db.execute(_COUNT, where).get >= OF_ACCOUNT_MAX:
                raise InvalidInputError(
                    f"an account has at most {OF_ACCOUNT_MAX} connectors"
                )
            db.execute(_REGISTER, {**where, "name": shown, "at_ms": at_ms}).fetchall()
        return self.find(account, connector)

    def keep(
        self, account: AccountId, connector: str, state: str, *, at_ms: int
    ) -> str:
        """Keep a connector's state, and give what it shall take for its state.

        Raises:
            NotFoundError: the account has no such connector; it registers first.
            TooLargeError: the state is longer than anybody's.
        """
        if len(state.encode("utf-8", "surrogatepass")) > STATE_BYTES_MAX:
            raise TooLargeError(f"state: at most {STATE_BYTES_MAX} bytes")
        known = self.find(account, connector)
        if known.moved:
            return NOTHING
        bindings = {"account": account, "id": connector, "state": state}
        self._store.touch(_KEEP, {**bindings, "at_ms": at_ms})
        return state

    def find(self, account: AccountId, connector: str) -> Connector:
        """Give what is kept of a connector.

        Raises:
            NotFoundError: the account has no such connector.
        """
        where = {"account": account, "id": connector}
        found = self._store.row(_ONE, where, Connector)
        if found is None:
            raise NotFoundError(_UNKNOWN)
        return found

    def is_stopped(self, account: AccountId) -> bool:
        """Tell whether any connector of an account is stopped."""
        return bool(self._store.value(_STOPPED, {"account": account}, int))

    def is_skipped(self, account: AccountId, event: str) -> bool:
        """Tell whether the event that follows one is passed over."""
        bindings = {"account": account, "event": event}
        return bool(self._store.value(_SKIPPED, bindings, int))

    # What operators do

    def list_of(self, account: AccountId | None = None) -> list[Connector]:
        """List an account's connectors, or everybody's."""
        if account is None:
            return self._store.rows(_ALL, {}, Connector)
        return self._store.rows(_OF_ACCOUNT, {"account": account}, Connector)

    def move(self, connector: Connector, event: str) -> None:
        """Send a connector to another place: what follows an event comes next.

        Raises:
            InvalidInputError: it is no event's id.
        """
        if not _EVENT(event):
            raise InvalidInputError(
                f"{event[:32]!r} is no id of an event; write one, 0-0 for the "
                "beginning, or an instant as ms since 1970 with -0 behind it"
            )
        state = _read(connector.state) or {"recover_until": False}
        named = [each for each in _FROM if each in state] or ["start_from"]
        state |= dict.fromkeys(named, event)
        if "last_written_msg_id" in state:  # what one client begins with instead
            state["last_written_msg_id"] = event
        moved = msgspec.json.encode(state).decode()
        self._store.write(_MOVE, {**_where(connector), "state": moved})

    def skip(self, connector: Connector) -> str:
        """Let a connector pass over the event that follows its last one.

        Returns:
            The last one.

        Raises:
            NotFoundError: its state names none.
        """
        if not connector.last:
            raise NotFoundError(
                "the connector has not told how far it has come; let it run first"
            )
        bindings = {**_where(connector), "skipped": connector.last}
        self._store.write(_SKIP, bindings)
        return connector.last

    def stop(self, connector: Connector, *, stopped: bool) -> None:
        """Stop a connector, or let it go on."""
        where: Bindings = _where(connector)
        self._store.write(_STOP, {**where, "stopped": int(stopped)})

    def erase(self, account: AccountId) -> None:
        """Forget all connectors of an account."""
        self._store.write(_ERASE, {"account": account})


def _where(connector: Connector) -> dict[str, str]:
    return {"account": connector.account_id, "id": connector.connector_id}


def _read(state: str | None) -> dict[str, Any]:
    """Read a state as far as it is an object; a client's own may be anything."""
    try:
        found = msgspec.json.decode(state or NOTHING)
    except (msgspec.DecodeError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
