import asyncio
from datetime import timedelta

import msgspec
import orjson
import pytest

from foedus.errors import NotFoundError
from foedus.hub import Hub
from foedus.identity.accounts import Account
from foedus.ids import NationCode
from foedus.intel.judging import Outcome
from foedus.taxii.statuses import KEPT, WRITTEN_HERE_MAX, Statuses
from tests.taxii.world import NOON

OUTCOMES = (
    Outcome(id="indicator--1", version="v", outcome="stored"),
    Outcome(id="indicator--2", version="v", outcome="duplicate", reason="again"),
    Outcome(id="", version="", outcome="refused", reason="no object"),
)


@pytest.fixture
def statuses(hub: Hub) -> Statuses:
    return Statuses(hub.store)


@pytest.fixture
def account(hub: Hub) -> Account:
    return hub.authenticator.named("pol")


async def keep(statuses: Statuses, account: Account) -> str:
    body = await statuses.keep(account, OUTCOMES, at=NOON)
    status_id: str = orjson.loads(body)["id"]
    return status_id


async def test_duplicates_are_successes_and_refusals_failures(
    statuses: Statuses, account: Account
) -> None:
    status = orjson.loads(await statuses.keep(account, OUTCOMES, at=NOON))

    assert (status["total_count"], status["success_count"]) == (3, 2)
    assert status["successes"][1]["message"] == "again"
    assert status["failures"] == [
        {
            "id": "objects[2]",
            "version": "1970-01-01T00:00:00.000Z",
            "message": "no object",
        }
    ]
    assert status["request_timestamp"] == "2026-11-23T12:00:00.000000Z"


async def test_a_status_is_kept_as_it_was_given(
    statuses: Statuses, account: Account
) -> None:
    body = await statuses.keep(account, OUTCOMES, at=NOON)

    assert statuses.find(account, orjson.loads(body)["id"], at=NOON) == body


@pytest.mark.parametrize("number", [1, WRITTEN_HERE_MAX, WRITTEN_HERE_MAX + 1])
async def test_statuses_that_are_kept_at_once_are_all_found(
    statuses: Statuses, account: Account, number: int
) -> None:
    outcomes = OUTCOMES[:1] * number

    bodies = await asyncio.gather(
        *(statuses.keep(account, outcomes, at=NOON) for _ in range(5))
    )

    for body in bodies:
        assert statuses.find(account, orjson.loads(body)["id"], at=NOON) == body
    assert len(set(bodies)) == 5


async def test_an_account_of_another_clearance_does_not_find_it(
    statuses: Statuses, account: Account
) -> None:
    status_id = await keep(statuses, account)
    lowered = msgspec.structs.replace(account, clearance=account.clearance - 1)

    with pytest.raises(NotFoundError):
        statuses.find(lowered, status_id, at=NOON)


async def test_an_account_of_another_nation_does_not_find_it(
    statuses: Statuses, account: Account
) -> None:
    status_id = await keep(statuses, account)
    moved = msgspec.structs.replace(account, nation=NationCode("FIN"))

    with pytest.raises(NotFoundError):
        statuses.find(moved, status_id, at=NOON)


async def test_old_statuses_are_erased(
    hub: Hub, statuses: Statuses, account: Account
) -> None:
    status_id = await keep(statuses, account)
    later = NOON + KEPT + timedelta(milliseconds=1)

    await statuses.keep(account, OUTCOMES, at=later)

    rows = hub.store.rows("SELECT id FROM taxii_status", {}, tuple[str])
    assert (status_id,) not in rows
    assert len(rows) == 1


MOVED = {
    "id": "2d086da7-4bdc-4f91-900e-d77486753710",
    "status": "pending",
    "request_timestamp": "2016-11-02T12:34:34.12345Z",
    "total_count": 9,
    "success_count": 1,
    "successes": [{"id": "indicator--1", "version": "v", "message": "added"}],
    "failure_count": 2,
    "failures": [],
    "pendings": [{"id": "indicator--2", "version": "w"}],
    "x_theirs": True,
}


def test_a_status_of_another_server_is_kept_as_ours_are(
    statuses: Statuses, account: Account
) -> None:
    assert statuses.adopt(account, orjson.dumps(MOVED), at=NOON)
    assert statuses.adopt(account, orjson.dumps(MOVED), at=NOON)

    found = statuses.find(account, str(MOVED["id"]), at=NOON + KEPT)
    assert orjson.loads(found) == {
        "id": MOVED["id"],
        "status": "pending",
        "request_timestamp": "2016-11-02T12:34:34.123450Z",
        "total_count": 4,
        "success_count": 1,
        "failure_count": 2,
        "pending_count": 1,
        "successes": MOVED["successes"],
        "pendings": MOVED["pendings"],
    }


@pytest.mark.parametrize(
    "body",
    [
        b"[]",
        b"nonsense",
        b"{}",
        orjson.dumps({**MOVED, "id": "no-uuid"}),
        orjson.dumps({**MOVED, "status": "done"}),
        orjson.dumps({**MOVED, "request_timestamp": "yesterday"}),
        orjson.dumps({**MOVED, "successes": [1]}),
    ],
)
def test_what_is_no_status_is_not_kept(
    statuses: Statuses, account: Account, body: bytes
) -> None:
    assert not statuses.adopt(account, body, at=NOON)
