"""Digests: one letter a period, to whoever may still see what it counts."""

from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest

from foedus import app
from foedus.clock import StoppedClock, to_ms
from foedus.errors import NotFoundError
from foedus.hub import Hub
from foedus.identity.accounts import Account
from foedus.identity.digests import Every, Order
from foedus.identity.leases import LENGTH
from foedus.processes.digests import (
    SETTLE,
    Writer,
    compose,
    find_by_token,
    stop_token,
)
from foedus.processes.mailing import Mailer
from foedus.settings import Mail
from tests.api.world import clock, founded, hub, suspend
from tests.processes.post_office import PostOffice, post_office
from tests.processes.webhook_world import close, open_service, put

__all__ = ["clock", "founded", "hub"]

ORDER = Order(
    address="duty@example.org", minute=420, zone="Europe/Brussels", every=Every.DAY
)
DUE = datetime(2026, 11, 24, 6, tzinfo=UTC)


@pytest.fixture
async def office() -> AsyncIterator[PostOffice]:
    async with post_office() as office:
        yield office


@pytest.fixture
async def siem(hub: Hub) -> Account:
    await open_service(hub, "pol-tool", "POL", clearance=1)
    account = await open_service(hub, "siem", "FIN", clearance=1)
    hub.keyring.digests.set(account.id, ORDER, at_ms=to_ms(hub.clock()))
    return account


def writer(hub: Hub, office: PostOffice) -> Writer:
    settings = Mail(
        host="localhost", port=office.port, security="none", sender="hub@example.org"
    )
    desk = msgspec.structs.replace(hub.digest_desk, settings=settings)
    return Writer(desk, Mailer(settings, hub.folder))


async def test_a_letter_goes_once_when_it_is_due(
    hub: Hub, siem: Account, office: PostOffice, clock: StoppedClock
) -> None:
    await put(hub, 1)
    clock.set(DUE + SETTLE - timedelta(milliseconds=1))
    await writer(hub, office).send_due()
    assert office.taken == []
    clock.set(DUE + SETTLE)
    for _ in range(3):
        await writer(hub, office).send_due()
    [taken] = office.taken
    assert taken.to == ["duty@example.org"]
    assert taken.letter["Subject"] == "Foedus: 1 new for FIN"
    assert "to Tue 24 Nov 2026 07:00 (Europe/Brussels)" in taken.text
    assert stop_token(hub.digest_desk, siem.id) in taken.text


async def test_the_next_letter_counts_what_came_since_and_none_says_nothing(
    hub: Hub, siem: Account, office: PostOffice, clock: StoppedClock
) -> None:
    await put(hub, 1)
    clock.set(DUE + SETTLE)
    await writer(hub, office).send_due()
    clock.advance(timedelta(days=1))
    await writer(hub, office).send_due()
    assert len(office.taken) == 1
    await put(hub, 2)
    clock.advance(timedelta(days=3))
    await writer(hub, office).send_due()
    assert len(office.taken) == 2
    assert "from Wed 25 Nov 2026 07:00 to Sat 28 Nov 2026" in office.taken[1].text
    assert office.taken[1].letter["Subject"] == "Foedus: 1 new for FIN"
    found = hub.keyring.digests.find(siem.id)
    assert found is not None
    assert found.sent_ms == to_ms(clock())


@pytest.mark.usefixtures("siem")
async def test_of_two_processes_one_sends_and_the_other_when_it_dies(
    hub: Hub, office: PostOffice, clock: StoppedClock, tmp_path: Path
) -> None:
    await put(hub, 1)
    other = app.open_hub(tmp_path / "data", environment={}, clock=clock)
    try:
        clock.set(DUE + SETTLE)
        first, second = writer(hub, office), writer(other, office)
        office.refuses = {"DATA": "451 not now"}
        await first.send_due()
        office.refuses = {}
        await second.send_due()
        assert office.taken == []
        clock.advance(max(LENGTH, timedelta(hours=1)))
        await second.send_due()
        await first.send_due()
        assert len(office.taken) == 1
    finally:
        app.close_hub(other)


async def test_what_the_server_does_not_take_is_sent_later_under_the_same_name(
    hub: Hub, siem: Account, office: PostOffice, clock: StoppedClock
) -> None:
    await put(hub, 1)
    clock.set(DUE + SETTLE)
    office.refuses = {"RCPT": "450 busy"}
    await writer(hub, office).send_due()
    failing = hub.keyring.digests.find(siem.id)
    assert failing is not None
    assert (failing.failures, failing.reason) == (
        1,
        "the mail server refused the address",
    )
    office.refuses = {}
    one = writer(hub, office)
    await one.send_due()
    assert office.taken == []
    clock.advance(timedelta(minutes=2))
    await one.send_due()
    assert len(office.taken) == 1


@pytest.mark.usefixtures("siem")
async def test_who_may_not_see_is_written_nothing(
    hub: Hub, office: PostOffice, clock: StoppedClock
) -> None:
    await put(hub, 1)
    pol = hub.authenticator.named("pol-tool")
    hub.keyring.digests.set(pol.id, ORDER, at_ms=to_ms(clock()))
    await suspend(hub, "FIN")
    kept = hub.keyring.digests.find(pol.id)
    await close_with_digest(hub, pol)
    assert kept is not None
    clock.set(DUE + SETTLE)
    await writer(hub, office).send_due()
    assert office.taken == []
    with pytest.raises(NotFoundError):
        compose(hub.digest_desk, kept, DUE)


async def test_a_letter_that_cannot_be_written_keeps_nobody_elses_back(
    hub: Hub, siem: Account, office: PostOffice, clock: StoppedClock
) -> None:
    await put(hub, 1)
    pol = hub.authenticator.named("pol-tool")
    bad = msgspec.structs.replace(ORDER, address="=?utf-8?q?=0d=0a?=@example.org")
    good = msgspec.structs.replace(ORDER, address="other@example.org")
    first, second = sorted([siem.id, pol.id])
    hub.keyring.digests.set(first, bad, at_ms=to_ms(clock()))
    hub.keyring.digests.set(second, good, at_ms=to_ms(clock()))
    clock.set(DUE + SETTLE)
    await writer(hub, office).send_due()
    assert [each.to for each in office.taken] == [["other@example.org"]]
    broken = hub.keyring.digests.find(first)
    assert broken is not None
    assert "the hub failed" in broken.reason
    assert broken.next_ms > to_ms(clock())


async def close_with_digest(hub: Hub, account: Account) -> None:
    """Close an account whose digest is left behind."""
    await close(hub, account)
    assert hub.keyring.digests.find(account.id) is None
    hub.keyring.digests.set(account.id, ORDER, at_ms=to_ms(hub.clock()))


async def test_who_has_paused_is_written_nothing_and_found_by_the_letters_token(
    hub: Hub, siem: Account, office: PostOffice, clock: StoppedClock
) -> None:
    await put(hub, 1)
    desk = hub.digest_desk
    found = find_by_token(desk, stop_token(desk, siem.id))
    hub.keyring.digests.pause(found.account_id, paused=True)
    clock.set(DUE + SETTLE)
    await writer(hub, office).send_due()
    assert office.taken == []


def changed(token: str) -> str:
    return ("B" if token[0] == "A" else "A") + token[1:]


@pytest.mark.parametrize(
    "spoil", [changed, lambda _: "unknown", lambda _: "A" * 33, lambda _: "é" * 40]
)
async def test_a_token_that_was_never_given_finds_nothing(
    hub: Hub, siem: Account, spoil: Callable[[str], str]
) -> None:
    desk = hub.digest_desk
    with pytest.raises(NotFoundError):
        find_by_token(desk, spoil(stop_token(desk, siem.id)))


async def test_no_process_takes_the_lease_without_a_mail_server_or_a_reader(
    hub: Hub, office: PostOffice, clock: StoppedClock
) -> None:
    await writer(hub, office).send_due()
    await open_service(hub, "pol-tool", "POL", clearance=1)
    account = hub.authenticator.named("pol-tool")
    hub.keyring.digests.set(account.id, ORDER, at_ms=to_ms(clock()))
    await Writer(hub.digest_desk, Mailer(Mail(), hub.folder)).send_due()
    assert hub.store.value("SELECT count(*) FROM lease", {}, int) == 0


@pytest.mark.usefixtures("siem")
async def test_it_is_looked_again_and_again_as_long_as_the_hub_runs(
    hub: Hub, office: PostOffice, clock: StoppedClock
) -> None:
    await put(hub, 1)
    clock.set(DUE + SETTLE)
    looks = 0

    class EnoughError(Exception):
        pass

    async def look(_: float) -> None:
        nonlocal looks
        looks += 1
        await writer(hub, office).send_due()
        if looks == 3:
            raise EnoughError

    with pytest.raises(ExceptionGroup):
        await writer(hub, office).keep(look)
    assert looks == 3
