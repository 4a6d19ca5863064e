"""What one message holds, read as somebody who is cleared for the ceiling alone."""

from datetime import timedelta

import orjson
import pytest

from foedus.clock import StoppedClock
from foedus.errors import ConflictError, ForbiddenError
from foedus.hub import Hub
from foedus.identity.accounts import Account
from foedus.intel.recalling import Recalling, recall
from foedus.processes.webhook_reading import NO_STANDING, TOO_OLD, viewer_of
from tests.api.world import clock, founded, hub, suspend
from tests.processes.receiver import Receiver
from tests.processes.webhook_world import (
    KEPT,
    PUBLIC,
    RESTRICTED,
    add_webhook,
    open_service,
    put,
    put_many,
)

__all__ = ["clock", "founded", "hub"]


@pytest.fixture
async def siem(hub: Hub) -> Account:
    await open_service(hub, "pol-tool", "POL", clearance=1)
    return await open_service(hub, "siem", "FIN", clearance=1)


async def test_a_batch_goes_on_where_its_course_or_its_place_says(
    hub: Hub, siem: Account
) -> None:
    made, _ = await add_webhook(hub, Receiver(), siem)
    await put_many(hub, 150)
    reader, now = hub.dispatch.reader, hub.clock()
    first = reader.read(made, None, now)
    assert (first.more, first.passed) == (True, True)
    by_course = reader.read(made, first.course, now)
    hub.store.write("UPDATE webhook SET place = :place", {"place": first.place})
    by_place = reader.read(hub.keyring.webhooks.find(made.id), None, now)
    assert by_course.body == by_place.body
    assert not by_course.more
    last = reader.read(made, by_course.course, now)
    assert (last.body, last.passed, last.more) == (b"", False, False)


async def test_what_is_above_the_ceiling_sways_nothing_of_what_is_sent(
    hub: Hub, siem: Account
) -> None:
    low, _ = await add_webhook(hub, Receiver(), siem, ceiling="NU")
    viewers = []
    with hub.reading.snapshot() as seen:
        viewers.append(viewer_of(seen, low).clearance)
    await put(hub, 1, RESTRICTED)
    batch = hub.dispatch.reader.read(low, None, hub.clock())
    assert (viewers, batch.body, batch.passed) == ([0], b"", False)


async def test_filters_hold_back_and_tell_what_leaves_what_is_wanted(
    hub: Hub, siem: Account
) -> None:
    made, _ = await add_webhook(hub, Receiver(), siem, labels=(PUBLIC,))
    wanted = await put(hub, 1)
    await put(hub, 2, RESTRICTED)
    await put(hub, 1, RESTRICTED, modified="2026-11-02T00:00:00.000Z")

    batch = hub.dispatch.reader.read(made, None, hub.clock())

    told = [
        (each["event"], each["id"])
        for each in orjson.loads(batch.body)["changes"]
        if each["id"].startswith("tool--")
    ]
    assert told == [("put", wanted), ("delete", wanted)]


@pytest.mark.parametrize("own", [True, False])
async def test_a_recall_of_what_may_not_be_passed_on_stays_where_that_did(
    hub: Hub, siem: Account, clock: StoppedClock, *, own: bool
) -> None:
    made, _ = await add_webhook(hub, Receiver(), siem, own_system=own)
    kept, free = await put(hub, 1, KEPT), await put(hub, 2, PUBLIC)
    clock.advance(timedelta(seconds=1))
    account = hub.authenticator.named("pol-tool")
    for each in (kept, free):
        act = hub.act(account, door="cli", at=hub.clock())
        wanted = Recalling(id=each, reason="It was wrong.")
        done = await recall(hub.desk, account.viewer(), act, wanted)
        await hub.seen([done.position])

    batch = hub.dispatch.reader.read(made, None, hub.clock())

    told = {
        each["id"]: each["label"]
        for each in orjson.loads(batch.body)["changes"]
        if each["kind"] == "recall"
    }
    assert told == {free: PUBLIC} | ({kept: KEPT} if own else {})
    assert (kept.encode() in batch.body) is own


async def test_nothing_is_read_for_a_nation_without_standing(
    hub: Hub, siem: Account
) -> None:
    made, _ = await add_webhook(hub, Receiver(), siem)
    await suspend(hub, "FIN")
    with pytest.raises(ForbiddenError, match=NO_STANDING):
        hub.dispatch.reader.read(made, None, hub.clock())


async def test_an_old_place_is_refused_with_what_to_do(
    hub: Hub, siem: Account, clock: StoppedClock
) -> None:
    made, _ = await add_webhook(hub, Receiver(), siem)
    batch = hub.dispatch.reader.read(made, None, hub.clock())
    clock.advance(timedelta(days=31))
    for course in (None, batch.course):
        with pytest.raises(ConflictError, match=TOO_OLD):
            hub.dispatch.reader.read(made, course, hub.clock())
