"""Webhooks: everything in order, once it is taken, to nobody who may not have it."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from foedus import app
from foedus.clock import StoppedClock
from foedus.hub import Hub
from foedus.identity.accounts import Account
from foedus.identity.leases import LENGTH
from foedus.identity.webhooks import State, Webhook
from foedus.intel.withdrawing import Withdrawal, withdraw_object
from foedus.processes import webhooks as module
from foedus.processes.webhook_reading import CLOSED, NO_STANDING
from foedus.processes.webhook_retrying import GIVE_UP
from foedus.processes.webhooks import AT_ONCE, REST
from tests.api.world import clock, founded, hub, suspend
from tests.processes.receiver import Receiver, receiving
from tests.processes.webhook_world import (
    KEPT,
    PUBLIC,
    RESTRICTED,
    add_webhook,
    close,
    courier_of,
    open_service,
    put,
    put_many,
    tools,
    until,
)

__all__ = ["clock", "founded", "hub"]


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    async with receiving() as receiver:
        yield receiver


@pytest.fixture
async def siem(hub: Hub) -> Account:
    await open_service(hub, "pol-tool", "POL", clearance=1)
    return await open_service(hub, "siem", "FIN", clearance=1)


def minute(clock: StoppedClock, minutes: int = 2) -> None:
    """Let more time pass than clocks may be apart."""
    clock.advance(timedelta(minutes=minutes))


async def test_what_comes_is_posted_signed_and_in_order(
    hub: Hub, siem: Account, receiver: Receiver
) -> None:
    _, secret = await add_webhook(hub, receiver, siem)
    courier = courier_of(hub)
    sent = [("put", await put(hub, n, PUBLIC)) for n in range(3)]
    await courier.send_due()
    sent.append(("put", await put(hub, 9, RESTRICTED)))
    await courier.send_due()
    await courier.send_due()
    assert tools(receiver) == sent
    assert len(receiver.messages) == 2
    assert all(each.is_signed_by(secret.reveal()) for each in receiver.messages)
    [change] = [c for c in receiver.messages[1].changes if c["id"] == sent[-1][1]]
    assert change["label"] == RESTRICTED
    assert change["object"]["id"] == sent[-1][1]
    assert change["event_id"]


async def test_receipts_are_taken_of_what_has_left_and_of_nothing_else(
    hub: Hub, siem: Account, receiver: Receiver
) -> None:
    await add_webhook(hub, receiver, siem)
    await put(hub, 1)
    await put(hub, 2, KEPT)
    receiver.answers = [(500, {})]
    await courier_of(hub).send_due()
    assert hub.receipts.flush() == 0
    hub.store.write("UPDATE webhook SET next_ms = 0", {})
    await courier_of(hub).send_due()
    hub.receipts.flush()
    [receipt] = hub.receipts.receipts.of_nation(siem.nation, 1)
    assert (receipt.account, receipt.door) == (siem.id, "webhook")
    assert receipt.last - receipt.first == 1, "an object and its marking left"


async def test_what_there_is_comes_first_where_it_is_wanted(
    hub: Hub, siem: Account, receiver: Receiver, clock: StoppedClock
) -> None:
    stix_id = await put(hub, 1)
    minute(clock)
    await add_webhook(hub, receiver, siem)
    await add_webhook(hub, receiver, siem, snapshot=True)
    await courier_of(hub).send_due()
    assert tools(receiver) == [("put", stix_id)]


async def test_only_what_is_wanted_is_posted(
    hub: Hub, siem: Account, receiver: Receiver
) -> None:
    await add_webhook(hub, receiver, siem, types=("malware",))
    await add_webhook(hub, receiver, siem, collections=("members",))
    await put(hub, 1)
    wanted = await put(hub, 2, to="members")
    await courier_of(hub).send_due()
    assert tools(receiver) == [("put", wanted)]


async def test_many_come_in_messages_of_a_hundred(
    hub: Hub, siem: Account, receiver: Receiver
) -> None:
    await add_webhook(hub, receiver, siem)
    sent = [("put", each) for each in await put_many(hub, 120)]
    await courier_of(hub).send_due()
    assert [len(each.changes) for each in receiver.messages] == [100, 20]
    assert tools(receiver) == sent


# Exits


async def test_nothing_above_the_ceiling_leaves_nor_is_its_loss_told(
    hub: Hub, siem: Account, receiver: Receiver
) -> None:
    await add_webhook(hub, receiver, siem, ceiling="NU")
    courier = courier_of(hub)
    high = await put(hub, 1, RESTRICTED)
    low = await put(hub, 2)
    await courier.send_due()
    await take_back(hub, high)
    await courier.send_due()
    assert tools(receiver) == [("put", low)]
    assert b"RESTRICTED" not in b"".join(each.body for each in receiver.messages)


async def test_what_may_not_be_passed_on_leaves_to_ones_own_systems_alone(
    hub: Hub, siem: Account, receiver: Receiver, clock: StoppedClock
) -> None:
    await add_webhook(hub, receiver, siem)
    courier = courier_of(hub)
    kept = await put(hub, 1, KEPT)
    await courier.send_due()
    await take_back(hub, kept)
    await courier.send_due()
    assert tools(receiver) == []
    assert receiver.messages == []

    minute(clock)
    await add_webhook(hub, receiver, siem, own_system=True)
    kept = await put(hub, 2, KEPT)
    await courier.send_due()
    await take_back(hub, kept)
    await courier.send_due()
    assert tools(receiver) == [("put", kept), ("delete", kept)]


async def test_a_suspended_nation_is_sent_nothing_from_that_moment_on(
    hub: Hub, siem: Account, receiver: Receiver
) -> None:
    made, _ = await add_webhook(hub, receiver, siem)
    await put(hub, 1)
    await suspend(hub, "FIN")
    await courier_of(hub).send_due()
    found = hub.keyring.webhooks.find(made.id)
    assert (found.state, found.reason) == (State.STOPPED, NO_STANDING)
    assert receiver.messages == []


async def test_a_closed_account_is_sent_nothing_even_if_its_webhook_is_still_there(
    hub: Hub, siem: Account, receiver: Receiver
) -> None:
    made, _ = await add_webhook(hub, receiver, siem)
    await put(hub, 1)
    await close(hub, siem)
    await courier_of(hub).send_due()
    found = hub.keyring.webhooks.find(made.id)
    assert (found.state, found.reason) == (State.STOPPED, CLOSED)
    assert receiver.messages == []


async def test_what_was_recalled_before_it_was_taken_does_not_leave(
    hub: Hub, siem: Account, receiver: Receiver, clock: StoppedClock
) -> None:
    await add_webhook(hub, receiver, siem)
    courier = courier_of(hub)
    first, second = await put(hub, 1), await put(hub, 2)
    receiver.answers = [(503, {})]
    await courier.send_due()
    await take_back(hub, first)
    clock.advance(timedelta(minutes=1))
    receiver.messages.clear()
    await courier.send_due()
    assert tools(receiver) == [("put", second), ("delete", first)]


async def test_an_address_of_the_inside_is_never_sent_to(
    hub: Hub, siem: Account, receiver: Receiver
) -> None:
    made, _ = await add_webhook(hub, receiver, siem)
    await put(hub, 1)
    await courier_of(hub, "169.254.169.254").send_due()
    assert "not one that this hub sends to" in hub.keyring.webhooks.find(made.id).reason
    assert receiver.messages == []


# Failures


async def test_what_is_not_taken_is_sent_again_under_the_same_id_and_nothing_after_it(
    hub: Hub, siem: Account, receiver: Receiver, clock: StoppedClock
) -> None:
    made, _ = await add_webhook(hub, receiver, siem)
    courier = courier_of(hub)
    stix_id = await put(hub, 1)
    receiver.answers = [(500, {})]
    await courier.send_due()
    await courier.send_due()
    assert len(receiver.messages) == 1
    failing = hub.keyring.webhooks.find(made.id)
    assert (failing.failures, failing.place) == (1, made.place)
    assert failing.reason == "it answered 500 Internal Server Error"
    clock.advance(timedelta(seconds=10))
    await courier.send_due()
    assert len({each.headers["webhook-id"] for each in receiver.messages}) == 1
    assert tools(receiver) == [("put", stix_id)] * 2
    assert hub.keyring.webhooks.find(made.id).failures == 0


async def test_after_three_days_without_success_it_stops_and_resumes_without_a_gap(
    hub: Hub, siem: Account, receiver: Receiver, clock: StoppedClock
) -> None:
    made, _ = await add_webhook(hub, receiver, siem)
    courier = courier_of(hub)
    first = await put(hub, 1)
    receiver.answers = [(500, {})] * 2
    await courier.send_due()
    clock.advance(GIVE_UP)
    await courier.send_due()
    stopped = hub.keyring.webhooks.find(made.id)
    assert stopped.state is State.STOPPED
    assert stopped.reason == "it answered 500 Internal Server Error"
    second = await put(hub, 2)
    await courier.send_due()
    assert len(receiver.messages) == 2
    receiver.messages.clear()
    hub.keyring.webhooks.resume(made.id)
    await courier_of(hub).deliver(hub.keyring.webhooks.find(made.id))
    await courier.send_due()
    assert tools(receiver) == [("put", first), ("put", second)]


async def test_who_says_gone_is_asked_no_more(
    hub: Hub, siem: Account, receiver: Receiver
) -> None:
    made, _ = await add_webhook(hub, receiver, siem)
    await put(hub, 1)
    receiver.answers = [(410, {})]
    await courier_of(hub).send_due()
    assert hub.keyring.webhooks.find(made.id).state is State.STOPPED


async def test_who_asks_for_a_pause_gets_it(
    hub: Hub, siem: Account, receiver: Receiver, clock: StoppedClock
) -> None:
    made, _ = await add_webhook(hub, receiver, siem)
    await put(hub, 1)
    receiver.answers = [(503, {"Retry-After": "600"})]
    await courier_of(hub).send_due()
    clock.advance(timedelta(seconds=599))
    assert courier_of(hub).due() == []
    clock.advance(timedelta(seconds=1))
    other = courier_of(hub)
    assert [each.id for each in other.due()] == [made.id]


async def test_a_place_older_than_thirty_days_stops_and_says_what_to_do(
    hub: Hub, siem: Account, receiver: Receiver, clock: StoppedClock
) -> None:
    made, _ = await add_webhook(hub, receiver, siem)
    hub.keyring.webhooks.pause(made.id)
    await put(hub, 1)
    clock.advance(timedelta(days=31))
    hub.keyring.webhooks.resume(made.id)
    await courier_of(hub).send_due()
    stopped = hub.keyring.webhooks.find(made.id)
    assert stopped.state is State.STOPPED
    assert "30 days" in stopped.reason
    assert receiver.messages == []


async def test_a_webhook_without_news_stays_resumable(
    hub: Hub, siem: Account, receiver: Receiver, clock: StoppedClock
) -> None:
    made, _ = await add_webhook(hub, receiver, siem)
    courier = courier_of(hub)
    for _ in range(31):
        clock.advance(timedelta(days=1))
        await courier.send_due()
    found = hub.keyring.webhooks.find(made.id)
    assert (found.state, found.delivered_ms) == (State.ACTIVE, None)
    assert receiver.messages == []
    sent = await put(hub, 1)
    await courier_of(hub).send_due()
    assert tools(receiver) == [("put", sent)]


async def test_a_webhook_at_rest_is_not_read_again_before_something_happens(
    hub: Hub, siem: Account, receiver: Receiver, clock: StoppedClock
) -> None:
    await add_webhook(hub, receiver, siem)
    courier = courier_of(hub)
    await courier.send_due()
    assert courier.due() == []
    await put(hub, 1)
    assert len(courier.due()) == 1
    await courier.send_due()
    assert courier.due() == []
    clock.advance(REST)
    assert len(courier.due()) == 1


# Several processes


async def test_one_process_sends_and_another_goes_on_when_it_dies(
    hub: Hub, siem: Account, receiver: Receiver, clock: StoppedClock, tmp_path: Path
) -> None:
    await add_webhook(hub, receiver, siem)
    other = app.open_hub(tmp_path / "data", environment={}, clock=clock)
    try:
        first, second = courier_of(hub), courier_of(other)
        sent = [("put", await put(hub, 1))]
        await first.send_due()
        sent.append(("put", await put(hub, 2)))
        other.projector.catch_up()
        assert second.due() == []
        clock.advance(LENGTH)
        await second.send_due()
        await first.send_due()
        assert tools(receiver) == sent
    finally:
        app.close_hub(other)


async def test_who_lost_the_lease_on_the_way_notes_nothing(
    hub: Hub, siem: Account, receiver: Receiver, clock: StoppedClock, tmp_path: Path
) -> None:
    made, _ = await add_webhook(hub, receiver, siem)
    other = app.open_hub(tmp_path / "data", environment={}, clock=clock)
    try:
        first, second = courier_of(hub), courier_of(other)
        await put(hub, 1)
        other.projector.catch_up()
        receiver.holds = asyncio.Event()
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(first.send_due())
            await until(receiver.came)
            clock.advance(LENGTH)
            assert len(second.due()) == 1
            receiver.holds.set()
        assert hub.keyring.webhooks.find(made.id) == made
        await second.send_due()
        assert hub.keyring.webhooks.find(made.id).place != made.place
        names = [each.headers["webhook-id"] for each in receiver.messages]
        assert names[0] == names[1]
    finally:
        app.close_hub(other)


async def test_no_process_takes_the_lease_where_nobody_has_a_webhook(hub: Hub) -> None:
    assert courier_of(hub).due() == []
    assert hub.store.value("SELECT count(*) FROM lease", {}, int) == 0


async def test_a_slow_receiver_holds_up_nobody(
    hub: Hub, siem: Account, receiver: Receiver
) -> None:
    async with receiving() as slow:
        slow.holds = asyncio.Event()
        await add_webhook(hub, slow, siem)
        await add_webhook(hub, receiver, siem)
        await put(hub, 1)
        async with asyncio.TaskGroup() as tasks:
            kept = tasks.create_task(courier_of(hub).keep())
            await until(slow.came)
            await until(receiver.came)
            receiver.came.clear()
            sent = await put(hub, 2)
            await until(receiver.came)
            slow.holds.set()
            kept.cancel()
    assert tools(receiver)[-1] == ("put", sent)
    assert len(slow.messages) == 1


async def test_a_failure_of_the_hub_ends_with_the_webhook_that_met_it(
    hub: Hub, siem: Account, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    made, _ = await add_webhook(hub, receiver, siem)
    await put(hub, 1)
    noted = asyncio.Event()

    async def break_down(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    async def note(_: float) -> None:
        if hub.keyring.webhooks.find(made.id).failures:
            noted.set()
        await asyncio.sleep(0)

    monkeypatch.setattr(module, "send", break_down)
    async with asyncio.TaskGroup() as tasks:
        kept = tasks.create_task(courier_of(hub).keep(note))
        await until(noted)
        kept.cancel()
    assert "the hub failed" in hub.keyring.webhooks.find(made.id).reason


async def test_what_is_removed_while_it_is_sent_stays_removed(
    hub: Hub, siem: Account, receiver: Receiver
) -> None:
    made, _ = await add_webhook(hub, receiver, siem)
    await put(hub, 1)
    receiver.holds = asyncio.Event()
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(courier_of(hub).send_due())
        await until(receiver.came)
        hub.keyring.webhooks.remove(made.id)
        receiver.holds.set()
    assert hub.keyring.webhooks.every() == []


@pytest.mark.parametrize("end", ["remove", "pause"])
async def test_what_is_ended_while_it_waits_for_its_turn_is_sent_nothing(
    hub: Hub, siem: Account, receiver: Receiver, clock: StoppedClock, end: str
) -> None:
    async with receiving() as slow:
        slow.holds = asyncio.Event()
        for _ in range(AT_ONCE):
            await add_webhook(hub, slow, siem)
        clock.advance(timedelta(milliseconds=1))  # the oldest go first
        ended, _ = await add_webhook(hub, receiver, siem)
        await put(hub, 1)
        all_came = asyncio.Event()

        async def look(_: float) -> None:
            if len(slow.messages) == AT_ONCE and not slow.holds.is_set():
                getattr(hub.keyring.webhooks, end)(ended.id)
                slow.holds.set()
            elif all(each.delivered_ms for each in _others(hub, ended.id)):
                all_came.set()
            await asyncio.sleep(0)

        async with asyncio.TaskGroup() as tasks:
            kept = tasks.create_task(courier_of(hub).keep(look))
            await until(all_came)
            await put(hub, 2)
            slow.came.clear()
            await until(slow.came)
            kept.cancel()
    assert receiver.messages == []


def _others(hub: Hub, webhook_id: str) -> list[Webhook]:
    return [each for each in hub.keyring.webhooks.every() if each.id != webhook_id]


async def take_back(hub: Hub, stix_id: str) -> None:
    account = hub.authenticator.named("pol-tool")
    act = hub.act(account, door="api", at=hub.clock())
    wanted = Withdrawal(id=stix_id, reason="a test")
    _, position = await withdraw_object(hub.desk, account.viewer(), act, wanted)
    await hub.seen([position])
