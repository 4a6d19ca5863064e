"""What an adopted decision does takes place, once, whoever sees to it."""

import asyncio
from collections import Counter

import pytest

from foedus import app
from foedus.clock import StoppedClock
from foedus.hub import Hub
from foedus.ids import START
from foedus.processes.decisions import settle
from foedus.processes.widening import deliver
from tests.api.deciding import delegates, draft, silence_ends
from tests.api.world import Client, Clients, clients, clock, founded, http, hub, publish

__all__ = ["clients", "clock", "delegates", "founded", "http", "hub"]

TO_MOLDOVA = {
    "kind": "release",
    "to": ["MDA"],
    "label": "NATO UNCLASSIFIED",
    "since": "2026-11-01",
}


async def put(hub: Hub, number: int) -> str:
    """Publish something of Poland's for the members."""
    return await publish(hub, hub.authenticator.named("pol"), "members", number)


async def sees(client: Client, stix_id: str) -> bool:
    response = await client.get(f"/api/v1/objects/{stix_id}/explain")
    return response.status_code == 200


def written(hub: Hub) -> Counter[str]:
    """Count the entries of the log by their kinds."""
    return Counter(each.kind for each in hub.log.read_after(START, 1_000))


async def settled(hub: Hub) -> None:
    await settle(hub.clerk())
    await deliver(hub.deliverer)


async def test_a_decided_release_is_delivered_once_after_silence(
    hub: Hub, clock: StoppedClock, clients: Clients, delegates: dict[str, Client]
) -> None:
    stix_id = await put(hub, 1)
    path = await silence_ends(hub, clock, clients.desk, draft(TO_MOLDOVA))
    before = await sees(clients.mda, stix_id)

    await settled(hub)

    [effect] = (await delegates["FIN"].get(path)).json()["effects"]
    assert effect["state"] == "done"
    assert effect["reference"].startswith("release--")
    assert (before, await sees(clients.mda, stix_id)) == (False, True)
    head = hub.log.head()
    await settled(hub)
    assert hub.log.head() == head
    assert written(hub)["intel.released"] == 1


@pytest.mark.usefixtures("delegates")
async def test_two_processes_carry_an_effect_out_once(
    hub: Hub, clock: StoppedClock, clients: Clients
) -> None:
    stix_id = await put(hub, 1)
    await silence_ends(hub, clock, clients.desk, draft(TO_MOLDOVA))
    other = app.open_hub(hub.folder, environment={}, clock=clock)

    await asyncio.gather(*(settled(each) for each in (hub, other, hub, other)))

    app.close_hub(other)
    await hub.seen([hub.log.head()])
    assert await sees(clients.mda, stix_id)
    once = ("decisions.adopted", "decisions.effect-done", "intel.released")
    assert [written(hub)[each] for each in once] == [1, 1, 1]
    assert written(hub)["intel.widened"] == 1


async def test_what_a_nation_outside_the_electorate_originated_stays_hidden(
    hub: Hub, clock: StoppedClock, clients: Clients, delegates: dict[str, Client]
) -> None:
    stix_id = await put(hub, 1)
    sent = draft(TO_MOLDOVA, of=("FIN",))
    path = await silence_ends(hub, clock, clients.desk, sent)

    await settled(hub)

    [effect] = (await delegates["FIN"].get(path)).json()["effects"]
    assert effect["state"] == "done"
    assert not await sees(clients.mda, stix_id)
    assert await sees(clients.pol, stix_id)


async def test_a_decided_framework_is_joined_once(
    hub: Hub, clock: StoppedClock, clients: Clients, delegates: dict[str, Client]
) -> None:
    joins = {
        "kind": "framework",
        "framework": "eop",
        "nation": "MDA",
        "since": "2026-11-23",
    }
    path = await silence_ends(hub, clock, clients.desk, draft(joins))

    await asyncio.gather(*(settle(hub.clerk()) for _ in range(3)))

    [effect] = (await delegates["FIN"].get(path)).json()["effects"]
    assert effect["state"] == "done", effect
    assert written(hub)["alliance.participation-changed"] == 1
    assert "MDA" in {
        each.nation for each in hub.alliance.participations("eop") if not each.until
    }


async def test_a_decided_update_is_told_once_to_those_who_see_the_decision(
    hub: Hub, clock: StoppedClock, clients: Clients, delegates: dict[str, Client]
) -> None:
    says = {"kind": "update", "title": "A directive", "text": "Keep watch."}
    sent = draft(says, label="NATO UNCLASSIFIED // REL TO NATO")
    await silence_ends(hub, clock, clients.desk, sent)

    await asyncio.gather(*(settle(hub.clerk()) for _ in range(3)))

    told = (await delegates["FIN"].get("/api/v1/updates")).json()
    outside = (await delegates["MDA"].get("/api/v1/updates")).json()
    assert [each["title"] for each in told] == ["A directive"]
    assert told[0]["effective"] == "2026-11-25"
    assert outside == []
    assert written(hub)["guidance.update-published"] == 1
