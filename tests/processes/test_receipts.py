"""What readers are given is noted, and written as ranges of deliveries."""

import asyncio
from contextlib import suppress

import httpx
import pytest

from foedus import app
from foedus.errors import UnavailableError
from foedus.hub import Hub
from foedus.identity.accounts import Account
from foedus.identity.receipts import Receipts
from foedus.identity.store import StateStore
from foedus.ids import CollectionId, NationCode
from foedus.processes import receipts
from foedus.processes.receipts import Given, Recorder
from tests.taxii.world import (
    HOST,
    OPEN,
    Clients,
    clients,
    clock,
    environment,
    founded,
    hub,
    indicator,
    malware,
)

__all__ = ["clients", "clock", "environment", "founded", "hub"]

FIN = NationCode("FIN")
OBJECTS = f"collections/{OPEN}/objects/"


def written(hub: Hub, nation: NationCode = FIN) -> list[tuple[int, int]]:
    """Write what was noted, and give the ranges of a nation."""
    hub.receipts.flush()
    found = hub.receipts.receipts.of_nation(nation, 9)
    return sorted((each.first, each.last) for each in found)


async def test_pages_that_follow_each_other_are_one_range(
    hub: Hub, clients: Clients
) -> None:
    await clients.pol.add(*map(indicator, range(5)))
    first = (await clients.fin.get(OBJECTS, limit="2")).json()
    assert written(hub) == [(1, 2)]

    await clients.fin.get(OBJECTS, limit="2", next=first["next"])

    assert written(hub) == [(1, 4)]


async def test_a_page_that_is_kept_is_noted_for_each_who_gets_it(
    hub: Hub, clients: Clients
) -> None:
    await clients.pol.add(indicator(1))

    for _ in range(2):
        await clients.fin.get(OBJECTS)
    await clients.pol_2.get(OBJECTS)

    assert written(hub) == written(hub, NationCode("POL")) == [(1, 1)]


async def test_a_search_is_noted_as_exactly_what_it_gave(
    hub: Hub, clients: Clients
) -> None:
    await clients.pol.add(indicator(1), malware(1), indicator(2))

    await clients.fin.get(OBJECTS, match_type="indicator")

    assert written(hub) == [(1, 1), (3, 3)]


@pytest.mark.parametrize(
    "path",
    [
        f"collections/{OPEN}/manifest/",
        f"collections/{OPEN}/objects/{indicator(1)['id']}/versions/",
        f"collections/{OPEN}/objects/?added_after=2030-01-01T00:00:00Z",
    ],
)
async def test_what_gives_no_object_is_not_noted(
    hub: Hub, clients: Clients, path: str
) -> None:
    await clients.pol.add(indicator(1))

    assert (await clients.fin.get(path)).is_success

    assert written(hub) == []


async def test_what_a_client_has_already_is_not_noted_again(
    hub: Hub, clients: Clients
) -> None:
    await clients.pol.add(indicator(1))
    tag = (await clients.pol.get(OBJECTS)).headers["etag"]
    hub.receipts.flush()
    before = hub.receipts.receipts.of_nation(NationCode("POL"), 9)

    again = await clients.pol.get(OBJECTS, headers={"If-None-Match": tag})

    assert again.status_code == 304
    hub.receipts.flush()
    assert hub.receipts.receipts.of_nation(NationCode("POL"), 9) == before


async def test_persons_are_noted_for_their_nation(hub: Hub, clients: Clients) -> None:
    await clients.pol.add(indicator(1))
    await clients.fin.get(OBJECTS)
    hub.receipts.flush()

    (found,) = hub.receipts.receipts.of_nation(FIN, 9)

    assert found.account == ""


async def test_nobody_has_read_who_only_asked_whether_there_is_something(
    hub: Hub, clients: Clients
) -> None:
    await clients.pol.add(indicator(1))

    await clients.fin.ask("HEAD", OBJECTS)

    assert written(hub) == []


# Notes


@pytest.fixture
def account(hub: Hub) -> Account:
    return hub.authenticator.named("fin")


def test_more_notes_than_there_is_room_for_are_counted_as_lost(
    hub: Hub, account: Account
) -> None:
    recorder = Recorder(hub.receipts.receipts, hub.reading, hub.clock, notes_max=3)

    for number in range(5):
        apart = Given(
            collection=CollectionId(OPEN), after_us=9 * number, last_us=9 * number + 1
        )
        recorder.note(account, "live", apart)

    assert recorder.lost == 2


async def test_notes_that_cannot_be_written_are_kept(
    hub: Hub, clients: Clients, account: Account
) -> None:
    await clients.pol.add(indicator(1))
    store = StateStore(hub.folder / app.STATE, busy_timeout_ms=0)
    recorder = Recorder(Receipts(store), hub.reading, hub.clock)
    one = Given(collection=CollectionId(OPEN), after_us=0, last_us=1 << 60)
    recorder.note(account, "live", one)

    with hub.store.transaction(), pytest.raises(UnavailableError):
        recorder.flush()

    assert recorder.flush() == 1
    store.close()


async def test_what_is_noted_is_written_when_the_hub_stops(
    hub: Hub, clients: Clients
) -> None:
    await clients.pol.add(indicator(1))
    await clients.fin.get(OBJECTS)

    async def stop(_: float) -> None:
        raise asyncio.CancelledError

    with suppress(asyncio.CancelledError):
        await receipts.keep(hub.receipts, stop)

    assert hub.receipts.receipts.of_nation(FIN, 9)


def test_nothing_is_noted_of_nothing(hub: Hub, account: Account) -> None:
    hub.receipts.note(account, "taxii", None)

    assert hub.receipts.flush() == 0


def test_a_collection_that_is_not_there_is_left_out(hub: Hub, account: Account) -> None:
    unknown = Given(collection=CollectionId("none"), after_us=0, last_us=1)
    hub.receipts.note(account, "taxii", unknown)

    assert hub.receipts.flush() == 0


# Trails


def piece(after_us: int, last_us: int) -> Given:
    return Given(collection=CollectionId(OPEN), after_us=after_us, last_us=last_us)


def test_what_a_consumer_follows_is_one_range_as_long_as_it_follows(
    hub: Hub, account: Account
) -> None:
    trail = hub.receipts.begin(account, "live")
    trail.follow(piece(4, 5))
    assert list(trail.collect()) == [piece(4, 5)]

    trail.follow(piece(7, 8))  # what lies between was not for it
    trail.follow(piece(8, 9))

    assert list(trail.collect()) == [piece(5, 9)]
    assert list(trail.collect()) == []


def test_what_another_consumer_missed_between_two_trails_is_not_noted(
    hub: Hub, account: Account
) -> None:
    first = hub.receipts.begin(account, "live")
    first.follow(piece(4, 5))
    hub.receipts.end(first)

    second = hub.receipts.begin(account, "live")
    second.follow(piece(7, 8))

    assert list(second.collect()) == [piece(7, 8)]


async def test_what_follows_live_is_noted(hub: Hub, clients: Clients) -> None:
    await clients.pol.add(*map(indicator, range(3)))
    served = httpx.ASGITransport(app=app.asgi(hub))

    async with httpx.AsyncClient(transport=served, base_url=HOST) as http:
        url = "/live?follow=0&snapshot=1"
        response = await http.get(url, headers=clients.fin.headers)

    assert response.status_code == 200
    assert written(hub) == [(1, 3)]
