"""Statuses: what became of the objects of each POST, for a day and longer.

- A status answers only to the account that posted, as long as it is of the same
  nation and clearance: it names ids.
- Statuses are kept in `state.db`; a power cut may forget one, as the client has had
  it with the 202 already.

Source: TAXII 2.1, section 4.3.
"""

import asyncio
import uuid
import zlib
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final, Literal

import msgspec
import orjson

from foedus.clock import to_ms
from foedus.errors import InvalidInputError, NotFoundError
from foedus.identity.accounts import Account
from foedus.identity.store import StateStore
from foedus.intel.judging import Outcome
from foedus.stix.objects import UNVERSIONED
from foedus.stix.timestamps import format_us, parse_us

KEPT: Final = timedelta(hours=48)
"""How long a status answers. TAXII wants 24 hours; the rest forgives weekends."""

KEPT_MS: Final = KEPT // timedelta(milliseconds=1)

PRUNE_EVERY_MS: Final = 60_000
"""Milliseconds between two looks for what is too old."""

WRITTEN_HERE_MAX: Final = 100
"""Outcomes of which a status is written on the event loop; more take a thread."""

PACKED_BYTES_MIN: Final = 1_000
"""Bytes of a status from which on it is compressed."""

SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS taxii_status (
    id         TEXT    NOT NULL PRIMARY KEY,
    account    TEXT    NOT NULL,
    nation     TEXT    NOT NULL,
    clearance  INTEGER NOT NULL,
    made_ms    INTEGER NOT NULL,
    body       BLOB    NOT NULL
) STRICT;

CREATE INDEX IF NOT EXISTS taxii_status_made ON taxii_status (made_ms);
"""

_KEEP = """
INSERT INTO taxii_status (id, account, nation, clearance, made_ms, body)
VALUES (:id, :account, :nation, :clearance, :made_ms, :body)
"""

_ADOPT = _KEEP + "    ON CONFLICT (id) DO NOTHING"

_PRUNE = "DELETE FROM taxii_status WHERE made_ms < :before_ms"

_FIND = """
SELECT body
  FROM taxii_status
 WHERE id = :id
   AND account = :account
   AND nation = :nation
   AND clearance = :clearance
   AND made_ms >= :since_ms
"""


class _Made(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """A status that is to be kept; two are never the same one."""

    id: str
    account: Account
    made_ms: int
    body: bytes

    def row(self) -> dict[str, str | int | bytes]:
        packed = len(self.body) >= PACKED_BYTES_MIN
        return {
            "id": self.id,
            **_owner(self.account),
            "made_ms": self.made_ms,
            "body": zlib.compress(self.body, 1) if packed else self.body,
        }


class Statuses:
    """The statuses of a hub.

    Args:
        store: the open `state.db`.
    """

    def __init__(self, store: StateStore) -> None:
        self._store = store
        self._waiting: list[_Made] = []
        self._turn = asyncio.Lock()
        self._pruned_ms = 0
        store.ensure(SCHEMA)

    async def keep(
        self, account: Account, outcomes: Sequence[Outcome], *, at: datetime
    ) -> bytes:
        """Write and keep the status of a request that has been dealt with.

        Requests that end at the same time are kept by one transaction.

        Returns:
            The status resource, as it is served.
        """
        if len(outcomes) <= WRITTEN_HERE_MAX:
            made = _made(account, outcomes, at)
        else:
            made = await asyncio.to_thread(_made, account, outcomes, at)
        self._waiting.append(made)
        async with self._turn:
            if made in self._waiting:
                waiting, self._waiting = self._waiting, []
                await asyncio.to_thread(self._keep, waiting)
        return made.body

    def _keep(self, made: Sequence[_Made]) -> None:
        self._store.touch_all(_KEEP, [each.row() for each in made])
        newest_ms = max(each.made_ms for each in made)
        if newest_ms - self._pruned_ms >= PRUNE_EVERY_MS:
            self._pruned_ms = newest_ms
            self._store.touch_all(_PRUNE, [{"before_ms": newest_ms - KEPT_MS}])

    def adopt(self, account: Account, given: bytes, *, at: datetime) -> bool:
        """Keep, for as long as one's own, a status that another server had given.

        Returns:
            Whether it is one.
        """
        try:
            status_id, body = _adopted(msgspec.json.decode(given, type=_Foreign))
        except (msgspec.DecodeError, UnicodeDecodeError, InvalidInputError):
            return False
        made = _Made(id=status_id, account=account, made_ms=to_ms(at), body=body)
        self._store.write(_ADOPT, made.row())
        return True

    def find(self, account: Account, status_id: str, *, at: datetime) -> bytes:
        """Give a status resource.

        Raises:
            NotFoundError: there is none, it is too old, or it is another account's.
        """
        wanted = {"id": status_id, **_owner(account), "since_ms": to_ms(at - KEPT)}
        body = self._store.value(_FIND, wanted, bytes)
        if body is None:
            raise NotFoundError(
                "no such status; one answers for two days, to who posted"
            )
        return body if body.startswith(b"{") else zlib.decompress(body)


class _ForeignDetail(msgspec.Struct, omit_defaults=True):
    id: str
    version: str = UNVERSIONED
    message: str = ""


class _Foreign(msgspec.Struct):
    """A status as another server wrote it; the details need not all be there."""

    id: str
    status: Literal["complete", "pending"]
    request_timestamp: str
    success_count: int = 0
    failure_count: int = 0
    pending_count: int = 0
    successes: list[_ForeignDetail] = []
    failures: list[_ForeignDetail] = []
    pendings: list[_ForeignDetail] = []


def _adopted(given: _Foreign) -> tuple[str, bytes]:
    """Write a foreign status as ours are; gives its id, too.

    Raises:
        InvalidInputError: its id or its time is none.
    """
    try:
        status_id = str(uuid.UUID(given.id))
    except ValueError as error:
        raise InvalidInputError("no UUID") from error
    counts = {
        "success_count": max(given.success_count, len(given.successes)),
        "failure_count": max(given.failure_count, len(given.failures)),
        "pending_count": max(given.pending_count, len(given.pendings)),
    }
    details = {
        "successes": given.successes,
        "failures": given.failures,
        "pendings": given.pendings,
    }
    status: dict[str, object] = {
        "id": status_id,
        "status": given.status,
        "request_timestamp": format_us(parse_us(given.request_timestamp)),
        "total_count": sum(counts.values()),
        **counts,
        **{name: listed for name, listed in details.items() if listed},
    }
    return status_id, msgspec.json.encode(status)


def _made(account: Account, outcomes: Sequence[Outcome], at: datetime) -> _Made:
    status_id = str(uuid.uuid4())
    body = _resource(status_id, outcomes, at)
    return _Made(id=status_id, account=account, made_ms=to_ms(at), body=body)


def _owner(account: Account) -> dict[str, str | int]:
    return {
        "account": account.id,
        "nation": account.nation,
        "clearance": account.clearance,
    }


def _resource(status_id: str, outcomes: Sequence[Outcome], at: datetime) -> bytes:
    successes: list[dict[str, str]] = []
    failures: list[dict[str, str]] = []
    for number, outcome in enumerate(outcomes):
        detail = {
            "id": outcome.id or f"objects[{number}]",
            "version": outcome.version or UNVERSIONED,
        }
        if outcome.reason:
            detail["message"] = outcome.reason
        (failures if outcome.outcome == "refused" else successes).append(detail)
    status: dict[str, object] = {
        "id": status_id,
        "status": "complete",
        "request_timestamp": format_us(to_ms(at) * 1_000),
        "total_count": len(outcomes),
        "success_count": len(successes),
        "failure_count": len(failures),
        "pending_count": 0,
    }
    if successes:
        status["successes"] = successes
    if failures:
        status["failures"] = failures
    return orjson.dumps(status)
