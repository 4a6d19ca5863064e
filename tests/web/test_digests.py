"""Letters are stopped by whoever has one, and by nobody else."""

import httpx
import pytest

from foedus.clock import to_ms
from foedus.hub import Hub
from foedus.identity.digests import Every, Order
from foedus.ids import AccountId
from foedus.processes.digests import stop_token

ORDER = Order(address="duty@example.org", minute=420, zone="UTC", every=Every.DAY)


@pytest.fixture
def reader(hub: Hub) -> AccountId:
    account = hub.authenticator.named("norway")
    hub.keyring.digests.set(account.id, ORDER, at_ms=to_ms(hub.clock()))
    return account.id


def paused(hub: Hub, reader: AccountId) -> bool:
    found = hub.keyring.digests.find(reader)
    assert found is not None
    return bool(found.paused)


async def test_opening_the_address_asks_and_the_button_stops(
    hub: Hub, stranger: httpx.AsyncClient, reader: AccountId
) -> None:
    address = f"/digests/{stop_token(hub.digest_desk, reader)}"
    page = await stranger.get(address)
    assert "Stop letters of what came?" in page.text
    assert "duty@" not in page.text
    assert not paused(hub, reader)
    done = await stranger.post(address)
    assert (done.status_code, done.headers["location"]) == (303, address)
    assert paused(hub, reader)
    assert "No more letters" in (await stranger.get(address)).text


async def test_one_click_of_a_mail_program_stops(
    hub: Hub, stranger: httpx.AsyncClient, reader: AccountId
) -> None:
    address = f"/digests/{stop_token(hub.digest_desk, reader)}"
    body = {"List-Unsubscribe": "One-Click"}
    assert (await stranger.post(address, data=body)).status_code == 303
    assert paused(hub, reader)


async def test_an_address_that_no_letter_has_is_not_there(
    hub: Hub, stranger: httpx.AsyncClient, reader: AccountId
) -> None:
    assert (await stranger.get("/digests/unknown")).status_code == 404
    assert (await stranger.post("/digests/unknown")).status_code == 404
    assert not paused(hub, reader)
